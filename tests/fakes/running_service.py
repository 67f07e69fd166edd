"""The whole service without a chain: real database, register, keys, writer; nobody at the RPC URL.

A chain that is away is no reason to refuse records, so everything but anchoring works.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from liuhen.adapters.keys_file import create_missing_keys
from liuhen.api.served_log import ServedLogs
from liuhen.core.canonical import canonical
from liuhen.core.head_signature import HeadSignerKey
from liuhen.core.policy import ChainKind, Life, SizeRange, TrustedChain, TrustPolicy
from liuhen.wiring.service import open_service
from liuhen.wiring.settings import Settings, load_settings
from liuhen.wiring.signers import open_head_signer, open_text_signer

ORIGIN = "log.example/logs/jyg"
LOG_NAME = "jyg"
CHAIN_ID = 20231
CONTRACT = bytes(19) + b"\x01"
LOG_ID = bytes(31) + b"\x02"
NOBODY = "http://127.0.0.1:9"
BODY_BYTES = 200_000


def write_policy(
    folder: Path, *, chain_id: int = CHAIN_ID, require: Life = Life.SEALED, **more: Any
) -> Path:
    """Make keys and a trust policy in a folder."""
    create_missing_keys(folder / "keys")
    head_signer = open_head_signer(folder / "keys")
    key = HeadSignerKey(ORIGIN, chain_id, CONTRACT, head_signer.address)
    policy = TrustPolicy(
        require=require,
        origin=ORIGIN,
        log_id=LOG_ID,
        log_keys=((open_text_signer(folder / "keys", ORIGIN).log_key, SizeRange()),),
        signers=((key, SizeRange()),),
        chain=TrustedChain(ChainKind.DEVELOPMENT, chain_id, bytes(32), 1),
        contract=CONTRACT,
        code_hash=bytes(32),
        max_anchor_age_seconds=3600,
        **more,
    )
    file = folder / "policy.json"
    file.write_bytes(canonical(policy.to_json()))
    return file


def settings_in(folder: Path, **values: object) -> Settings:
    """Return settings for a folder."""
    own: dict[str, Any] = {
        "data_dir": folder / "data",
        "register_dir": folder / "register",
        "keys_dir": folder / "keys",
        "policy_file": folder / "policy.json",
        "rpc_url": NOBODY,
        "rpc_timeout_seconds": 0.5,
        "body_bytes": BODY_BYTES,
    }
    return load_settings(**{**own, **values})


@contextmanager
def running_logs(folder: Path, **values: object) -> Iterator[ServedLogs]:
    """Run the service."""
    write_policy(folder)
    with open_service(settings_in(folder, **values), development=True, anchor=True) as logs:
        yield logs
