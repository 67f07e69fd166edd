"""A log on a real development chain, with its owner's key at hand, as an operator runs it."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import structlog
from typer.testing import CliRunner

from liuhen.adapters.chain.deploy import fund
from liuhen.adapters.chain.log_view import LogView
from liuhen.adapters.chain.node_calls import host_of
from liuhen.adapters.chain.web3_chain import connect
from liuhen.adapters.keys_file import OWNER_KEY, create_missing_keys, load_key
from liuhen.adapters.rpc import RpcNode
from liuhen.adapters.signing.local_key import LocalKey
from liuhen.api.served_log import ServedLogs
from liuhen.app.life import life_of
from liuhen.cli.main import app
from liuhen.core.checkpoint import Checkpoint
from liuhen.core.head_signature import HeadSignerKey
from liuhen.core.note import SignedNote
from liuhen.core.policy import Life, TrustPolicy, parse_policy
from liuhen.core.tiles import TileRef
from liuhen.wiring.development import set_up_log
from liuhen.wiring.log_places import LogPlace, read_log_places
from liuhen.wiring.nodes import chain_target
from liuhen.wiring.owner_account import OwnerAccount, open_account
from liuhen.wiring.service import open_service
from liuhen.wiring.settings import Settings, load_settings
from tests.fakes.head_signer import load_signer

PATIENCE_SECONDS = 60


class OperatedLog:
    """A log that is served, stopped and changed; its files and notes are kept."""

    def __init__(self, folder: Path, url: str, **more: Any) -> None:
        self.folder, self.url, self.more = folder, url, more
        create_missing_keys(folder / "keys")
        create_missing_keys(folder / "keys", (OWNER_KEY,))
        self.policy_file = set_up_log(folder, url)
        self.settings_file = folder / "liuhen.toml"
        lines = [f'{name} = "{value}"' for name, value in self._values().items()]
        self.settings_file.write_text("\n".join([*lines, 'log_level = "error"']))

    def _values(self) -> dict[str, Any]:
        names = {"data_dir": "data", "register_dir": "register", "keys_dir": "keys"}
        places = {name: self.folder / part for name, part in names.items()}
        return {**places, "policy_file": self.policy_file, "rpc_url": self.url}

    @property
    def settings(self) -> Settings:
        pace = {"anchor_interval_seconds": 0.05, "poll_seconds": 0.02, "rpc_timeout_seconds": 5.0}
        return load_settings(**{**self._values(), **pace, **self.more})

    @property
    def policy(self) -> TrustPolicy:
        return parse_policy(self.policy_file.read_bytes())

    @property
    def place(self) -> LogPlace:
        (place,) = read_log_places(self.settings, development=True)
        return place

    @property
    def keys(self) -> Path:
        return self.folder / "keys"

    @property
    def view(self) -> LogView:
        return LogView(connect(self.url), host_of(self.url), chain_target(self.policy))

    def owner(self, tell: Callable[[Any], None] = lambda _: None) -> OwnerAccount:
        key = LocalKey(load_key(self.keys / OWNER_KEY))
        return open_account(self.policy, [self.url], key, tell)

    @contextmanager
    def serving(self, *, anchor: bool = True) -> Iterator[ServedLogs]:
        with open_service(self.settings, development=True, anchor=anchor) as logs:
            yield logs

    def append(self, count: int = 1) -> str:
        """Append records, wait until the newest is final; return its newest receipt."""
        with self.serving() as logs:
            log = logs.get(None)
            for number in range(count):
                answer = log.append.append_here(b'{"data":%d}' % number)
            record = logs.find_record(answer.record_id)[1]
            deadline = time.monotonic() + PATIENCE_SECONDS
            while life_of(log.anchors, record.entry_index) is not Life.FINAL:
                assert time.monotonic() < deadline, log.anchoring.work()
                time.sleep(0.02)
            return log.prove.receipt_of(answer.record_id)

    def append_sealed(self) -> str:
        """Append a record that is not anchored; return its receipt."""
        with self.serving(anchor=False) as logs:
            return logs.get(None).append.append_here(b'{"data":1}').receipt

    def note(self) -> str:
        """Return the newest signed checkpoint."""
        with self.serving(anchor=False) as logs:
            return logs.get(None).prove.checkpoint()

    def copy(self, folder: Path) -> Path:
        """Write the files of a log of fewer than 256 entries."""
        with self.serving(anchor=False) as logs:
            prove = logs.get(None).prove
            size = prove.tree().size
            assert size < 256
            for tile in (TileRef(None, 0, size), TileRef(0, 0, size)):
                file = folder / tile.to_path()
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(prove.tile(tile))
            (folder / "checkpoint").write_text(prove.checkpoint())
        return folder

    def sign(self, size: int, root: bytes, keys: Path | None = None) -> str:
        """Sign any head at all with the log's keys, past register and database."""
        policy, own = self.policy, load_signer(keys or self.keys, self.policy.origin)
        checkpoint = Checkpoint(policy.origin, size, root)
        text = checkpoint.to_text()
        key = HeadSignerKey(policy.origin, policy.chain.id, policy.contract, own.address)
        lines = (
            own.log_key.line(own.sign_text(text.encode())),
            key.line(own.sign_head(checkpoint, chain_target(policy))),
        )
        return SignedNote(text, lines).to_text()

    def key_with_money(self, name: str) -> Path:
        """Make an account of somebody else's that can pay."""
        create_missing_keys(self.folder, [name])
        fund(self.url, LocalKey(load_key(self.folder / name)).address)
        return self.folder / name

    def run(self, *words: str | Path) -> tuple[int, str, str]:
        """Run a command of the operator's, with the settings."""
        return run(*words, "--settings", self.settings_file, "--development")

    def ask(self, method: str, *params: object) -> Any:
        node = RpcNode(self.url, timeout=20.0)
        try:
            return node._call(method, list(params))
        finally:
            node.close()

    def block_number(self) -> int:
        return int(self.ask("eth_blockNumber"), 16)


def run(*words: str | Path) -> tuple[int, str, str]:
    """Run a command; return exit code, stdout and stderr."""
    done = CliRunner().invoke(app, list(map(str, words)))
    structlog.reset_defaults()  # it wrote to the runner's stderr, which is closed now
    return done.exit_code, done.stdout, done.stderr
