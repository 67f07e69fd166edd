"""What a service finds when it starts: a chain that contradicts it is refused before anything."""

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from liuhen.adapters.chain.dev_chain import DevChain
from liuhen.adapters.keys_file import PUBLISHER_KEY, create_missing_keys
from liuhen.adapters.rpc import RpcNode
from liuhen.api.served_log import ServedLogs
from liuhen.app.life import life_of
from liuhen.core.errors import HistoryMismatch
from liuhen.core.policy import Life
from liuhen.wiring.development import set_up_logs
from liuhen.wiring.serve import anchor
from liuhen.wiring.service import open_service
from liuhen.wiring.settings import Settings, load_settings
from tests.fakes.running_service import NOBODY

PATIENCE_SECONDS = 60
SAME_GENESIS = ("--timestamp", "1700000000")


class Place:
    """A log that was anchored, its service stopped, its chain still running."""

    def __init__(self, folder: Path, chain: DevChain) -> None:
        self.folder, self.chain = folder, chain
        self.policy_file = set_up_logs(folder, chain.url)
        with self.serving() as logs:
            self.first = logs.get(None).append.append_here(b'{"data":1}').record_id
            self.wait_until_final(logs)

    def settings(self, **values: object) -> Settings:
        own: dict[str, Any] = {
            "data_dir": self.folder / "data",
            "register_dir": self.folder / "register",
            "keys_dir": self.folder / "keys",
            "policy_file": self.policy_file,
            "rpc_url": self.chain.url,
            "rpc_timeout_seconds": 2.0,
            "anchor_interval_seconds": 0.1,
            "poll_seconds": 0.05,
        }
        return load_settings(**{**own, **values})

    @contextmanager
    def serving(self, *, accept_lost: bool = False, **values: object) -> Iterator[ServedLogs]:
        settings = self.settings(**values)
        opened = open_service(settings, development=True, anchor=True, accept_lost=accept_lost)
        with opened as logs:
            yield logs

    def wait_until_final(self, logs: ServedLogs) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        log, record = logs.find_record(self.first)
        while life_of(log.anchors, record.entry_index) is not Life.FINAL:
            assert time.monotonic() < deadline, log.anchoring.work()
            time.sleep(0.05)

    def refuses(self, reason: str, **values: Any) -> None:
        """Check that neither serving nor anchoring begins, and that nothing was signed or sent."""
        database = self.folder / "data" / "liuhen.sqlite"
        register = sorted((self.folder / "register").glob("*.register"))
        before = [file.read_bytes() for file in register]
        with pytest.raises(HistoryMismatch, match=reason), self.serving(**values):
            pytest.fail("it was served")
        with pytest.raises(HistoryMismatch, match=reason):
            anchor(self.settings(**values), development=True, once=True)
        assert [file.read_bytes() for file in register] == before
        assert database.exists()

    def ask(self, method: str, *params: object) -> object:
        node = RpcNode(self.chain.url, timeout=20.0)
        try:
            return node._call(method, list(params))
        finally:
            node.close()


@pytest.fixture(scope="module")
def anchored(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("anchored")
    with DevChain.start(folder / "chain" / "state.json", options=SAME_GENESIS) as chain:
        yield Place(folder, chain)


def test_another_chain_id_is_refused(anchored: Place, tmp_path: Path) -> None:
    with DevChain.start(tmp_path / "other.json", chain_id=20239) as other:
        anchored.refuses("is on chain 20239 in place of 20231", rpc_url=other.url)


def test_another_block_0_is_refused(anchored: Place, tmp_path: Path) -> None:
    with DevChain.start(tmp_path / "other.json", options=("--timestamp", "1690000000")) as other:
        anchored.refuses("begins with another block", rpc_url=other.url)


def test_a_chain_with_the_same_block_0_and_without_the_contract_is_refused(
    anchored: Place, tmp_path: Path
) -> None:
    with DevChain.start(tmp_path / "other.json", options=SAME_GENESIS) as other:
        anchored.refuses("no contract at the policy's address", rpc_url=other.url)


def test_a_key_that_is_not_the_publisher_is_refused(anchored: Place, tmp_path: Path) -> None:
    keys = tmp_path / "keys"
    shutil.copytree(anchored.folder / "keys", keys)
    (keys / PUBLISHER_KEY).unlink()
    create_missing_keys(keys, (PUBLISHER_KEY,))
    anchored.refuses("publisher in the contract is 0x", keys_dir=keys)


def test_a_backup_of_database_and_register_is_found_to_be_old_by_the_chain(tmp_path: Path) -> None:
    with DevChain.start(tmp_path / "chain" / "state.json") as chain:
        place = Place(tmp_path, chain)
        for part in ("data", "register"):
            shutil.copytree(tmp_path / part, tmp_path / "backup" / part)
        with place.serving() as logs:
            place.first = logs.get(None).append.append_here(b'{"data":2}').record_id
            place.wait_until_final(logs)
        for part in ("data", "register"):
            shutil.rmtree(tmp_path / part)
            shutil.copytree(tmp_path / "backup" / part, tmp_path / part)
        place.refuses("the database is an old copy")


def test_anchors_that_vanished_while_nobody_watched_are_made_again_only_when_told_to(
    tmp_path: Path,
) -> None:
    with DevChain.start(
        tmp_path / "chain" / "state.json", options=("--preserve-historical-states",)
    ) as chain:
        place = Place(tmp_path, chain)
        place.ask("evm_mine")
        place.ask("anvil_reorg", 3, [])
        place.refuses("--accept-lost-anchors")
        with place.serving(accept_lost=True) as logs:
            place.wait_until_final(logs)
            state = logs.get(None).anchors[0].page(None, 9)
            assert [each.reorgs for each in state] == [1]


def test_a_chain_that_is_away_is_no_reason_to_refuse(tmp_path: Path) -> None:
    with DevChain.start(tmp_path / "chain" / "state.json") as chain:
        place = Place(tmp_path, chain)
        with place.serving(rpc_url=NOBODY) as logs:
            answer = logs.get(None).append.append_here(b'{"data":2}')
            assert logs.find_record(answer.record_id)
        place.first = answer.record_id
        with place.serving() as logs:
            place.wait_until_final(logs)
