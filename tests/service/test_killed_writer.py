"""kill -9 at any moment: what was acknowledged is there, and nothing is forked."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from liuhen.adapters.keys_file import LOOKUP_KEY, load_key
from liuhen.adapters.register_file import RegisterFile
from liuhen.adapters.sql.engine import Database, sqlite_url
from liuhen.adapters.sql.log_store import SqlLogs, SqlLogStore
from liuhen.app.digest_key import DigestKey
from liuhen.app.log_state import load_state
from liuhen.core.errors import HistoryMismatch, Unavailable
from liuhen.wiring.signers import open_head_signer, open_text_signer
from tests.check_log import check_log, policy_of
from tests.fakes.key_folder import put_remote
from tests.fakes.signing_service import signing_service
from tests.service.appending_program import ORIGIN, TARGET, open_service

ROOT = Path(__file__).parents[2]
PROGRAM = Path(__file__).with_name("appending_program.py")
OUTPUT = "acknowledged"
ROUNDS = 4


@contextmanager
def running(folder: Path) -> Iterator[None]:
    """Run the program from its first acknowledgement on, and kill it."""
    output = folder / OUTPUT
    with output.open("wb") as file:
        program = subprocess.Popen(
            [sys.executable, str(PROGRAM), str(folder)],
            stdout=file,
            env={**os.environ, "PYTHONPATH": f"{ROOT / 'service'}{os.pathsep}{ROOT}"},
        )
        try:
            while output.stat().st_size == 0 and program.poll() is None:
                time.sleep(0.01)
            yield
            assert program.poll() is None, "the program ended by itself"
        finally:
            program.send_signal(signal.SIGKILL)
            program.wait()


def acknowledged_in(folder: Path) -> list[str]:
    """Return the lines that the program had printed whole."""
    return (folder / OUTPUT).read_text().rpartition("\n")[0].splitlines()


def run_and_kill(folder: Path, seconds: float) -> list[str]:
    """Run the program for a while, and return what it acknowledged."""
    with running(folder):
        time.sleep(seconds)
    return acknowledged_in(folder)


def check(folder: Path, acknowledged: Sequence[str]) -> int:
    """Check the log as the killed process left it, and every checkpoint it handed out."""
    database = Database(sqlite_url(folder / "data"))
    log = SqlLogs(database).find(ORIGIN)
    assert log is not None
    store = SqlLogStore(database, log.log_id)
    keys = folder / "keys"
    log_key, signer = open_text_signer(keys, ORIGIN).log_key, open_head_signer(keys)
    policy = policy_of(log_key, signer.address, TARGET)
    digest_key = DigestKey(load_key(folder / "keys" / LOOKUP_KEY))
    fields = [line.split() for line in acknowledged]
    numbers = [record_id for record_id, _, _ in fields]
    size = check_log(store, policy, digest_key, answered=numbers)
    tree = load_state(store).tree
    register = RegisterFile(folder / "register" / "jyg.register", ORIGIN)
    signed = register.newest()
    register.close()
    assert signed is not None
    assert tree.root(signed.size) == signed.root
    for head_size, root in {(head_size, root) for _, head_size, root in fields}:
        assert tree.root(int(head_size)).hex() == root, "two heads of one size were signed"
        assert int(head_size) <= signed.size
    database.close()
    return size


def test_a_service_killed_under_load_loses_and_forks_nothing(tmp_path: Path) -> None:
    acknowledged: list[str] = []
    moments = random.Random(20260302)
    sizes = [0]
    for _ in range(ROUNDS):
        acknowledged += run_and_kill(tmp_path, moments.uniform(0.02, 0.3))
        sizes.append(check(tmp_path, acknowledged))
        assert sizes[-1] > sizes[-2]
    assert len(acknowledged) > ROUNDS
    assert len({line.split()[0] for line in acknowledged}) == len(acknowledged)


def test_a_service_killed_while_its_signer_is_asked_is_continued(tmp_path: Path) -> None:
    with signing_service() as signer:
        put_remote(tmp_path / "keys", "head", signer, "timeout_seconds = 60\n")
        with running(tmp_path):
            signer.released.clear()
            before = len(signer.asked)
            while len(signer.asked) == before:
                time.sleep(0.01)
            unsigned = signer.asked[-1]["params"][1]["message"]["size"]
        signer.released.set()
        acknowledged = acknowledged_in(tmp_path)
        assert max(int(line.split()[1]) for line in acknowledged) < unsigned
        assert check(tmp_path, acknowledged) == unsigned  # stored and released, by nobody signed
        signer.status = 503
        with pytest.raises(Unavailable, match=r"the signer at 127\.0\.0\.1.*HTTP status 503"):
            open_service(tmp_path)
        signer.status = 200
        service = open_service(tmp_path)
        assert service.writer.published.tree.size == unsigned
        service.appender.append_here(b'{"data":1}')
        service.close()
        assert check(tmp_path, acknowledged) == unsigned + 1


def test_a_database_restored_from_an_older_copy_refuses_to_sign(tmp_path: Path) -> None:
    run_and_kill(tmp_path, 0.1)
    service = open_service(tmp_path)
    service.appender.append_here(b'{"data":1}')
    service.close()
    older = tmp_path / "older"
    shutil.copytree(tmp_path / "data", older)
    service = open_service(tmp_path)
    service.appender.append_here(b'{"data":2}')
    service.close()
    shutil.rmtree(tmp_path / "data")
    older.rename(tmp_path / "data")
    register = tmp_path / "register" / "jyg.register"
    signed = register.read_text().splitlines()[-1]
    with pytest.raises(HistoryMismatch, match="Put a newer copy of the database in place"):
        open_service(tmp_path)
    assert register.read_text().splitlines()[-1] == signed
