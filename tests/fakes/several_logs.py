"""Several logs of one server without a chain: a policy and keys for each, all else shared."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from liuhen.adapters.keys_file import create_missing_keys
from liuhen.api.served_log import ServedLogs
from liuhen.core.canonical import canonical
from liuhen.core.head_signature import HeadSignerKey
from liuhen.core.policy import ChainKind, Life, SizeRange, TrustedChain, TrustPolicy
from liuhen.wiring.service import open_service
from liuhen.wiring.settings import Settings
from tests.fakes.head_signer import load_signer
from tests.fakes.running_service import CHAIN_ID, CONTRACT, settings_in

HOST = "log.example/logs/"


def write_policies(folder: Path, names: Sequence[str], host: str = HOST) -> Path:
    """Make keys and trust policies of logs in a folder; return the folder of policies."""
    policies = folder / "policies"
    policies.mkdir(exist_ok=True)
    for number, name in enumerate(names):
        origin = host + name
        create_missing_keys(folder / "keys" / name)
        signer = load_signer(folder / "keys" / name, origin)
        key = HeadSignerKey(origin, CHAIN_ID, CONTRACT, signer.address)
        policy = TrustPolicy(
            require=Life.SEALED,
            origin=origin,
            log_id=bytes([9]) * 31 + bytes([number]),
            log_keys=((signer.log_key, SizeRange()),),
            signers=((key, SizeRange()),),
            chain=TrustedChain(ChainKind.DEVELOPMENT, CHAIN_ID, bytes(32), 1),
            contract=CONTRACT,
            code_hash=bytes(32),
            max_anchor_age_seconds=3600,
        )
        (policies / f"{name}.json").write_bytes(canonical(policy.to_json()))
    return policies


def several_settings(folder: Path, **values: object) -> Settings:
    """Return settings for a folder with several logs."""
    return settings_in(folder, **{"policy_file": folder / "policies", **values})


@contextmanager
def several_logs(folder: Path, names: Sequence[str], **values: object) -> Iterator[ServedLogs]:
    """Run a service with several logs."""
    write_policies(folder, names)
    settings = several_settings(folder, **values)
    with open_service(settings, development=True, anchor=False) as logs:
        yield logs
