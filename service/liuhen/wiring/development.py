"""`liuhen dev`: everything on one machine, set up on first run, as it was on every later one.

<folder>/data/          database
         register/      the signer's register
         keys/          private keys, 0600; here also the owner's
         chain/         the chain's state
         files/         files that records name
         policy.json    trust policy, for `liuhen verify --policy`
         liuhen.toml    settings of the last start, for `liuhen audit|erase … --settings`

With several logs there is `policies/<name>.json` in place of `policy.json`, and the keys of a log
are in `keys/<name>/`; all logs are of one owner, in one contract.
"""

import fcntl
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import structlog

from liuhen.adapters.chain.deploy import Deployer, Deployment, fund
from liuhen.adapters.chain.dev_chain import DevChain
from liuhen.adapters.clock import SystemClock
from liuhen.adapters.keys_file import OWNER_KEY, create_missing_keys, load_key
from liuhen.adapters.sql.anchor_store import SqlAnchorStore
from liuhen.adapters.sql.log_store import SqlLogs
from liuhen.core.canonical import JsonValue, canonical, canonical_text
from liuhen.core.checkpoint import is_origin
from liuhen.core.errors import Unavailable
from liuhen.core.head_signature import HeadSignerKey, LogKey
from liuhen.core.policy import (
    ChainKind,
    Life,
    SizeRange,
    TrustedChain,
    TrustPolicy,
    parse_policy,
)
from liuhen.wiring.diagnostics import set_up_diagnostics
from liuhen.wiring.log_places import read_log_places
from liuhen.wiring.nodes import chain_target
from liuhen.wiring.serve import run_service
from liuhen.wiring.service import open_database
from liuhen.wiring.settings import SettingsError, load_settings
from liuhen.wiring.signals import until_stopped
from liuhen.wiring.signers import open_head_signer, open_publisher, open_text_signer

_HOST: Final = "localhost/logs/"
ORIGIN: Final = _HOST + "dev"
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
        policy_file: Trust policy for `liuhen verify --policy`, of the default log.
        settings_file: Settings for the operator's commands.
        origin: Name of the default log.
        others: Names of the other logs.
    """

    folder: Path
    url: str
    rpc_url: str
    policy_file: Path
    settings_file: Path
    origin: str
    others: tuple[str, ...] = ()

    @property
    def policy_files(self) -> tuple[Path, ...]:
        """Trust policies of all logs, the default log's first; a log's is called as it is."""
        names = (origin.rsplit("/", 1)[-1] for origin in self.others)
        return (self.policy_file, *(self.policy_file.with_name(f"{name}.json") for name in names))


def dev(
    folder: Path,
    port: int = 8420,
    *,
    chain_port: int | None = None,
    logs: Sequence[str] = (),
    on_ready: Callable[[DevelopmentPlace], None] | None = None,
) -> None:
    """Run chain, contract, service and portal until SIGINT or SIGTERM; leave no process behind.

    On first run it makes keys (0600), register, database, chain and trust policy in `folder`, and
    deploys the contract; later runs find all of it and go on with the same log.

    Args:
        folder: State folder; `.liuhen` for the command line.
        port: Port of the service on 127.0.0.1; 0 takes a free one.
        chain_port: Port of the chain on 127.0.0.1; None takes a free one.
        logs: Names of logs to make; none makes the one log `dev`, or goes on with those there are.
        on_ready: Called once, when requests are being answered.

    Raises:
        AuditError: It could not be set up; the message says what to do.
    """
    set_up_diagnostics("warning")
    folder = folder.resolve()
    with (
        until_stopped(),
        _only_one(folder),
        DevChain.start(folder / "chain" / "state.json", port=chain_port) as chain,
    ):
        values: dict[str, Any] = {
            "data_dir": str(folder / "data"),
            "register_dir": str(folder / "register"),
            "keys_dir": str(folder / "keys"),
            "policy_file": str(set_up_logs(folder, chain.url, logs)),
            "default_log": logs[0] if logs else "",
            "blob_store": str(folder / "files"),
            "bids_without_slots": True,  # whoever tries it out has nobody to hide a number from
            "rpc_url": chain.url,
            "anchor_interval_seconds": _ANCHOR_SECONDS,
            "poll_seconds": _POLL_SECONDS,
        }
        settings = load_settings(**values, host="127.0.0.1", port=port)

        first, *others = read_log_places(settings, development=True)
        origins = tuple(place.policy.origin for place in others)

        def tell(url: str) -> None:
            file = folder / "liuhen.toml"
            file.write_text(_toml({**values, "port": urlsplit(url).port or 0}))
            if on_ready is not None:
                policy, origin = first.policy_file, first.policy.origin
                on_ready(DevelopmentPlace(folder, url, chain.url, policy, file, origin, origins))

        # A chain of our own may be killed and lose its newest blocks.
        run_service(settings, development=True, anchor=True, accept_lost=True, on_ready=tell)


def _toml(values: Mapping[str, JsonValue]) -> str:
    """Print settings; a text in JSON is one in TOML."""
    texts = [f"{name} = {canonical_text(value)}" for name, value in values.items()]
    return "\n".join(["# Written anew at every start of `liuhen dev`.", *texts, ""])


def set_up_logs(folder: Path, rpc_url: str, names: Sequence[str] = ()) -> Path:
    """Set up the log `dev`, or logs with the names given and those the folder has already.

    Args:
        folder: State folder.
        rpc_url: URL of the development chain.
        names: Last parts of the origins.

    Returns:
        What to set as `policy_file`: the policy, or the folder of policies.

    Raises:
        SettingsError: A name cannot be one, or the folder holds the one log `dev`.
    """
    policies = folder / "policies"
    create_missing_keys(folder / "keys", (OWNER_KEY,))
    if not names and not policies.is_dir():
        create_missing_keys(folder / "keys")
        return set_up_log(folder, rpc_url)
    if (folder / "policy.json").exists():
        raise SettingsError(f"{folder} holds the one log `dev`: several need a folder of their own")
    for name in names:
        if not is_origin(_HOST + name):
            raise SettingsError(f"{name!r} cannot be a log's name: a-z, 0-9, '.', '_' and '-'")
    policies.mkdir(exist_ok=True)
    for name in sorted({*names, *(file.stem for file in policies.glob("*.json"))}):
        keys = folder / "keys" / name
        create_missing_keys(keys)
        _set_up(folder, _HOST + name, keys, policies / f"{name}.json", rpc_url)
    return policies


def set_up_log(folder: Path, rpc_url: str) -> Path:
    """Deploy the contract, register the log, write the trust policy; all of it only once.

    Where the chain was started anew, all of it is done again: the log goes on, and is anchored
    anew on a chain that knows nothing of it.

    Args:
        folder: State folder with all keys in `keys`.
        rpc_url: URL of the development chain.

    Returns:
        The policy file.
    """
    file = folder / "policy.json"
    _set_up(folder, ORIGIN, folder / "keys", file, rpc_url)
    return file


def _set_up(folder: Path, origin: str, keys: Path, file: Path, rpc_url: str) -> None:
    log_key, signer = open_text_signer(keys, origin).log_key, open_head_signer(keys)
    publisher = open_publisher(keys, chain_id=0, contract=b"")
    owner = Deployer(rpc_url, load_key(folder / "keys" / OWNER_KEY))
    for account in (owner.address, publisher.address):
        fund(rpc_url, account)
    known = parse_policy(file.read_bytes()) if file.exists() else None
    if known is not None and owner.knows(known.contract, known.log_id, known.chain.genesis):
        return
    if known is not None:
        _forget_chain(folder / "data", known)
    deployment = owner.set_up(origin, publisher.address, signer.address)
    policy = _policy(origin, deployment, log_key, signer.address)
    if known is not None:  # keys may have been rotated since, witnesses and requirements chosen
        policy = replace(
            known,
            log_id=policy.log_id,
            signers=policy.signers,
            chain=policy.chain,
            contract=policy.contract,
            code_hash=policy.code_hash,
            known_blocks=(),
        )
    _write(file, canonical(policy.to_json()) + b"\n")


def _forget_chain(data_dir: Path, policy: TrustPolicy) -> None:
    """Set the anchors of a chain aside that was started anew; the log itself goes on.

    Done before anything is put on the new chain, so that a kill in between is noticed and it is
    done again.
    """
    structlog.get_logger("liuhen.dev").warning("chain_started_anew", origin=policy.origin)
    with ExitStack() as stack:
        database = open_database(stack, data_dir)
        found = SqlLogs(database).find(policy.origin)
        if found is not None:
            target = chain_target(policy)
            SqlAnchorStore(database, found.log_id, target, SystemClock()).forget_chain()


def _policy(origin: str, deployment: Deployment, log_key: LogKey, signer: bytes) -> TrustPolicy:
    key = HeadSignerKey(origin, deployment.chain_id, deployment.contract, signer)
    return TrustPolicy(
        require=Life.FINAL,
        origin=origin,
        log_id=deployment.log_id,
        log_keys=((log_key, SizeRange()),),
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
