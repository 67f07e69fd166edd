"""`liuhen dev`: everything on one machine, set up on first run, as it was on every later one.

<folder>/data/          database
         register/      the signer's register
         keys/          private keys, 0600; here also the owner's
         chain/         the chain's state
         policy.json    trust policy, for `liuhen verify --policy`
"""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from liuhen.adapters.chain.deploy import Deployer, Deployment, fund
from liuhen.adapters.chain.dev_chain import DevChain
from liuhen.adapters.chain.transaction_signer import LocalTransactionSigner
from liuhen.adapters.keys_file import (
    ALL_KEYS,
    OWNER_KEY,
    PUBLISHER_KEY,
    FileSigner,
    create_missing_keys,
    load_key,
    load_signer,
)
from liuhen.core.canonical import canonical
from liuhen.core.errors import HistoryMismatch, Unavailable
from liuhen.core.head_signature import HeadSignerKey
from liuhen.core.policy import (
    ChainKind,
    Life,
    SizeRange,
    TrustedChain,
    TrustPolicy,
    parse_policy,
)
from liuhen.wiring.diagnostics import set_up_diagnostics
from liuhen.wiring.serve import run_service
from liuhen.wiring.settings import load_settings
from liuhen.wiring.signals import until_stopped

ORIGIN: Final = "localhost/logs/dev"
_FINALITY_DEPTH: Final = 1
_MAX_ANCHOR_AGE_SECONDS: Final = 3600
_ANCHOR_SECONDS: Final = 1.0
_POLL_SECONDS: Final = 0.2


@dataclass(frozen=True, slots=True)
class DevelopmentPlace:
    """Where a running development service is found.

    Attributes:
        folder: Its state folder.
        url: Base URL of the service, without a final slash.
        rpc_url: URL of the chain.
        policy_file: Trust policy for `liuhen verify --policy`.
        origin: Name of the log.
    """

    folder: Path
    url: str
    rpc_url: str
    policy_file: Path
    origin: str


def dev(
    folder: Path,
    port: int = 8420,
    *,
    chain_port: int | None = None,
    on_ready: Callable[[DevelopmentPlace], None] | None = None,
) -> None:
    """Run chain, contract, service and portal until SIGINT or SIGTERM; leave no process behind.

    On first run it makes keys (0600), register, database, chain and trust policy in `folder`, and
    deploys the contract; later runs find all of it and go on with the same log.

    Args:
        folder: State folder; `.liuhen` for the command line.
        port: Port of the service on 127.0.0.1; 0 takes a free one.
        chain_port: Port of the chain on 127.0.0.1; None takes a free one.
        on_ready: Called once, when requests are being answered.

    Raises:
        AuditError: It could not be set up; the message says what to do.
    """
    set_up_diagnostics("warning")
    folder = folder.resolve()
    with until_stopped(), _only_one(folder):
        create_missing_keys(folder / "keys", (*ALL_KEYS, OWNER_KEY))
        with DevChain.start(folder / "chain" / "state.json", port=chain_port) as chain:
            policy_file = set_up_log(folder, chain.url)
            settings = load_settings(
                data_dir=folder / "data",
                register_dir=folder / "register",
                keys_dir=folder / "keys",
                policy_file=policy_file,
                rpc_url=chain.url,
                host="127.0.0.1",
                port=port,
                anchor_interval_seconds=_ANCHOR_SECONDS,
                poll_seconds=_POLL_SECONDS,
            )

            def tell(url: str) -> None:
                if on_ready is not None:
                    on_ready(DevelopmentPlace(folder, url, chain.url, policy_file, ORIGIN))

            run_service(settings, development=True, anchor=True, on_ready=tell)


def set_up_log(folder: Path, rpc_url: str) -> Path:
    """Deploy the contract, register the log, write the trust policy; all of it only once.

    Args:
        folder: State folder with all keys in `keys`.
        rpc_url: URL of the development chain.

    Returns:
        The policy file.

    Raises:
        HistoryMismatch: The folder's policy is of another chain than the one that runs.
    """
    keys = folder / "keys"
    signer = load_signer(keys, ORIGIN)
    publisher = LocalTransactionSigner(load_key(keys / PUBLISHER_KEY), chain_id=0, contract=b"")
    owner = Deployer(rpc_url, load_key(keys / OWNER_KEY))
    for account in (owner.address, publisher.address):
        fund(rpc_url, account)
    deployment = owner.set_up(ORIGIN, publisher.address, signer.address)
    policy = _policy(deployment, signer)
    file = folder / "policy.json"
    if not file.exists():
        _write(file, canonical(policy.to_json()) + b"\n")
    elif parse_policy(file.read_bytes()) != policy:
        raise HistoryMismatch(
            f"{file} speaks of another chain than the one in {folder / 'chain'}, which was started"
            f" anew; to begin from nothing, remove {folder}"
        )
    return file


def _policy(deployment: Deployment, signer: FileSigner) -> TrustPolicy:
    key = HeadSignerKey(ORIGIN, deployment.chain_id, deployment.contract, signer.address)
    return TrustPolicy(
        require=Life.FINAL,
        origin=ORIGIN,
        log_id=deployment.log_id,
        log_keys=((signer.log_key, SizeRange()),),
        signers=((key, SizeRange()),),
        chain=TrustedChain(
            kind=ChainKind.DEVELOPMENT,
            id=deployment.chain_id,
            genesis=deployment.genesis_hash,
            finality_depth=_FINALITY_DEPTH,
        ),
        contract=deployment.contract,
        code_hash=deployment.code_hash,
        max_anchor_age_seconds=_MAX_ANCHOR_AGE_SECONDS,
    )


def _write(file: Path, content: bytes) -> None:
    fresh = file.with_name(file.name + ".new")
    fresh.write_bytes(content)
    fresh.replace(file)


@contextmanager
def _only_one(folder: Path) -> Iterator[None]:
    """Hold the folder: two chains over one state file would destroy it."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.open(folder / "dev.lock", os.O_CREAT | os.O_RDWR, 0o600)
    except OSError as error:
        raise Unavailable(f"the folder {folder} cannot be used: {error.strerror}") from error
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise Unavailable(f"`liuhen dev` runs in {folder} already") from error
        yield
    finally:
        os.close(lock)
