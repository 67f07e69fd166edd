"""A live witness by somebody else (aics-witness) cosigns our log, and a receipt counts it."""

import socket
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from liuhen.api.served_log import ServedLog, ServedLogs
from liuhen.core.cosignature import WitnessKey
from liuhen.core.errors import Unavailable
from liuhen.core.policy import parse_policy
from liuhen.core.receipt import parse_receipt
from liuhen.core.verdict import Outcome, Verdict
from liuhen.wiring.service import open_service
from tests.fakes.running_service import ORIGIN, settings_in, write_policy
from tests.third_party.tools import path_of, run
from tests.witness_kit import head_of

NAME = "witness.test/w"
_PATIENCE_SECONDS = 30.0


class LiveWitness:
    """aics-witness in a folder of its own; it can be stopped and started again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._program = path_of("py312", "aics-witness")
        with socket.socket() as found:
            found.bind(("127.0.0.1", 0))
            self._port = found.getsockname()[1]
        self.url = f"http://127.0.0.1:{self._port}"
        self._config = folder / "witness.json"
        listen = f"127.0.0.1:{self._port}"
        said = run([self._program, "init", "-c", self._config, "--name", NAME, "--listen", listen])
        (vkey,) = {word for word in said.split() if word.startswith(f"{NAME}+")}
        self.key = WitnessKey.parse(vkey)
        self._process: subprocess.Popen[bytes] | None = None

    def trust(self, vkey: str) -> None:
        """Let it know the log."""
        run([self._program, "add-log", "-c", self._config, "--origin", ORIGIN, "--vkey", vkey])

    def start(self) -> None:
        """Start, and wait until it listens."""
        log = (self.folder / "witness.log").open("ab")
        self._process = subprocess.Popen(
            [self._program, "serve", "-c", self._config], stdout=log, stderr=log
        )
        log.close()
        wait_for(self._listens, "the witness listens")

    def stop(self) -> None:
        """Stop this process, and no other."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(30)
            self._process = None

    def _listens(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self._port), 1).close()
        except OSError:
            return False
        return True


def wait_for(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"not within {_PATIENCE_SECONDS:g} seconds: {what}"
        time.sleep(0.02)


@pytest.fixture
def witness(tmp_path: Path) -> Iterator[LiveWitness]:
    (tmp_path / "witness").mkdir()
    live = LiveWitness(tmp_path / "witness")
    policy = parse_policy(write_policy(tmp_path, witnesses=(live.key,), quorum=1).read_bytes())
    live.trust(policy.log_keys[0][0].to_text())
    lines = f"witness w {live.key.to_text()} {live.url}\nquorum w\n"
    (tmp_path / "witnesses").write_text(lines)
    live.start()
    yield live
    live.stop()


@contextmanager
def service(folder: Path, **values: Any) -> Iterator[ServedLogs]:
    settings = settings_in(
        folder,
        witness_file=folder / "witnesses",
        witness_mode="closed",
        witness_interval_seconds=0.05,
        witness_timeout_seconds=10.0,
        **values,
    )
    with open_service(settings, development=True, anchor=False) as logs:
        yield logs


def append(log: ServedLog, count: int = 1) -> list[str]:
    """Append records; return their numbers."""
    return [
        log.append.append_here(b'{"data":{"n":%d}}' % number).record_id for number in range(count)
    ]


def wait_until_cosigned(log: ServedLog) -> None:
    size = log.prove.tree().size

    def reached() -> bool:
        try:
            return head_of(log.prove.checkpoint()).size >= size
        except Unavailable:
            return False

    wait_for(reached, f"{size} entries are cosigned")


def verdict_of(logs: ServedLogs, record_id: str) -> Verdict:
    receipt = logs.get(None).prove.receipt_of(record_id)
    return logs.verify.receipt(parse_receipt(receipt.encode()))


def trouble(log: ServedLog) -> Any:
    state: Any = log.witness_state()
    return state["witnesses"][0]["trouble"]


def test_a_live_witness_follows_a_growing_log_and_a_receipt_counts_it(
    witness: LiveWitness, tmp_path: Path
) -> None:
    with service(tmp_path) as logs:
        log = logs.get(None)
        for count in (1, 3, 300):
            record_id = append(log, count)[-1]
            wait_until_cosigned(log)
            verdict = verdict_of(logs, record_id)
            assert (verdict.outcome, verdict.reason) == (
                Outcome.MATCH,
                "all-required-checks-passed",
            )
            facts: Any = verdict.check("witnesses").facts
            assert [each["name"] for each in facts["signed"]] == [NAME]
            assert abs(facts["seen_not_later"] - int(time.time())) < 600
        assert trouble(log) is None


def test_a_log_that_forgot_the_size_is_corrected_by_the_witness(
    witness: LiveWitness, tmp_path: Path
) -> None:
    with service(tmp_path) as logs:
        append(logs.get(None), 3)
        wait_until_cosigned(logs.get(None))
    with sqlite3.connect(tmp_path / "data" / "liuhen.sqlite") as database:
        assert database.execute("SELECT size FROM witness_size").fetchall() == [(4,)]
        database.execute("DELETE FROM witness_size")
    with service(tmp_path) as logs:
        record_id = append(logs.get(None), 2)[-1]
        wait_until_cosigned(logs.get(None))
        assert verdict_of(logs, record_id).outcome is Outcome.MATCH


def test_the_log_goes_on_while_the_witness_is_restarted(
    witness: LiveWitness, tmp_path: Path
) -> None:
    with service(tmp_path) as logs:
        log = logs.get(None)
        append(log)
        wait_until_cosigned(log)
        before = log.prove.checkpoint()
        witness.stop()
        record_id = append(log, 4)[-1]
        wait_for(lambda: trouble(log) is not None, "the witness is missed")
        assert log.prove.checkpoint() == before
        waiting = verdict_of(logs, record_id)
        assert (waiting.outcome, waiting.reason) == (Outcome.WAITING, "cosignatures-missing")
        witness.start()
        wait_until_cosigned(log)
        assert verdict_of(logs, record_id).outcome is Outcome.MATCH
        wait_for(lambda: trouble(log) is None, "the witness is back")


def test_a_witness_that_does_not_know_the_log_gives_nothing(
    witness: LiveWitness, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    policy = write_policy(other, witnesses=(witness.key,), quorum=1)
    assert policy.is_file()  # the same origin, and another key: 403 of the witness
    (other / "witnesses").write_bytes((tmp_path / "witnesses").read_bytes())
    with service(other) as logs:
        append(logs.get(None))
        wait_for(lambda: trouble(logs.get(None)) is not None, "the witness refuses")
        assert "403" in trouble(logs.get(None))
        with pytest.raises(Unavailable, match="enough witnesses"):
            logs.get(None).prove.checkpoint()
