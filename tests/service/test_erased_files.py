"""After an erasure no file of the service holds the value, nor what it could be guessed by."""

import hashlib
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import structlog
from starlette.testclient import TestClient

from liuhen.adapters.keys_file import LOOKUP_KEY, load_key
from liuhen.api.served_log import ServedLog
from liuhen.app.rows import erased_paths, rows_of
from liuhen.core.canonical import JsonObject, canonical
from liuhen.core.disclosure import Shown
from liuhen.core.errors import HistoryMismatch
from liuhen.wiring.app import build_app
from tests.fakes.running_service import running_logs
from tests.grep import digests_of, forms_of_secret, forms_of_text, grep
from tests.service.erasing_program import BASIS, BODY, VALUE

ROOT = Path(__file__).parents[2]
PROGRAM = Path(__file__).with_name("erasing_program.py")
STEPS = ["noted", "erased-uncommitted", "committed", "signed", "before-wal"]


class Secrets(NamedTuple):
    """What must not be found."""

    record_id: str
    secret: bytes
    salt: bytes

    def forms(self, folder: Path, value: str = VALUE) -> dict[str, bytes]:
        lookup = load_key(folder / "keys" / LOOKUP_KEY)
        return {
            **forms_of_text(value),
            **forms_of_secret("secret", self.secret),
            **forms_of_secret("salt", self.salt),
            **digests_of(value, self.salt, [lookup]),
        }


def secrets_of(log: ServedLog, record_id: str, name: str = "phone") -> Secrets:
    record = log.find.record(record_id)
    rows = {row.path: row for row in rows_of(record) if isinstance(row, Shown)}
    assert record.secret is not None
    return Secrets(record_id, record.secret, rows["data", name].salt)


@contextmanager
def served(folder: Path) -> Iterator[ServedLog]:
    with running_logs(folder) as logs:
        yield logs.get(None)


def test_the_value_is_in_no_file_and_cannot_be_guessed_from_any(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    structlog.reset_defaults()  # what earlier tests in this process have set up
    with served(tmp_path) as log:
        neighbours = [b'{"data":{"n":%d,"text":"%s"}}' % (n, b"x" * 300) for n in range(40)]
        for body in neighbours[:20]:
            log.append.append_here(body)
        record_id = log.append.append_here(BODY, idempotency_key="key").record_id
        for body in neighbours[20:]:
            log.append.append_here(body)
        wanted = secrets_of(log, record_id)
        forms = wanted.forms(tmp_path)
        found = grep([tmp_path], forms)
        assert {line.rpartition(": ")[2] for line in found} == {"utf-8", "secret"}
        done = log.erase.erase(record_id, ["/data/phone"], BASIS)
        assert done.purged
        said = "".join(capfd.readouterr())
        assert "erased" in said
        assert grep([tmp_path], forms, said.encode()) == []
    assert grep([tmp_path], forms) == []
    assert BASIS in (tmp_path / "register" / "log.example_logs_jyg.erasures").read_text()


def test_the_digest_of_the_whole_is_gone_too(tmp_path: Path) -> None:
    whole = {"phone": VALUE, "price": "100.00"}
    with served(tmp_path) as log:
        record_id = log.append.append_here(BODY, idempotency_key="key").record_id
        wanted = secrets_of(log, record_id)
        keys = [load_key(tmp_path / "keys" / LOOKUP_KEY)]
        forms = digests_of(whole, wanted.salt, keys)  # type: ignore[arg-type]
        assert any("keyed" in line for line in grep([tmp_path], forms))
        log.erase.erase(record_id, ["/data/phone"], BASIS)
        assert grep([tmp_path], forms) == []


def test_many_erasures_beside_each_other_leave_no_copies_in_free_space(tmp_path: Path) -> None:
    values = [f"value of number {number:04} to be erased" for number in range(24)]
    with served(tmp_path) as log:
        made = []
        for number, value in enumerate(values):
            data = {"phone": value, "other": "y" * (37 * number % 900), "more": f"{value} (2)"}
            made.append(log.append.append_here(canonical({"data": data})).record_id)  # type: ignore[dict-item]
        order = [(7 * number) % 24 for number in range(24)]
        for number in order:
            log.erase.erase(made[number], ["/data/phone"], BASIS)
            log.erase.erase(made[number], ["/data/more"], BASIS)
        left = [value for value in values if grep([tmp_path], {"utf-8": value.encode()})]
        assert left == []


def test_a_reader_of_the_old_state_delays_the_purge_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("liuhen.app.erase.PURGE_SECONDS", 0.1)
    monkeypatch.setattr("liuhen.app.erase.RETRY_SECONDS", 0.05)
    with served(tmp_path) as log:
        record_id = log.append.append_here(BODY).record_id
        forms = secrets_of(log, record_id).forms(tmp_path)
        reader = sqlite3.connect(tmp_path / "data" / "liuhen.sqlite", isolation_level=None)
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM record").fetchone()
        assert not log.erase.erase(record_id, ["/data/phone"], BASIS).purged
        assert erased_paths(log.find.record(record_id)) == [("data", "phone")]
        log.append.append_here(b'{"data":"others go on"}')
        assert grep([tmp_path], forms)
        reader.close()
        wait_until_gone(tmp_path, forms)


def wait_until_gone(folder: Path, forms: dict[str, bytes]) -> None:
    end = time.monotonic() + 20
    while grep([folder], forms):
        assert time.monotonic() < end, "it was not purged"
        time.sleep(0.05)


def test_an_attached_file_is_gone_with_its_digest_and_is_not_taken_again(tmp_path: Path) -> None:
    content = "身份证照片 of 张三".encode()
    digest = hashlib.sha256(content).hexdigest()
    named: JsonObject = {
        "name": "id.jpg",
        "media_type": "image/jpeg",
        "bytes": len(content),
        "sha256": digest,
    }
    body = canonical({"data": {"n": 1}, "attachments": [named]})
    forms = {"content": content, "digest": bytes.fromhex(digest), "digest, hex": digest.encode()}
    folder = tmp_path / "files"
    with running_logs(tmp_path, blob_store=str(folder)) as logs:
        log = logs.get(None)
        client = TestClient(build_app(logs, hosts=["testserver"]))
        record_id = log.append.append_here(body).record_id
        place = f"/v1/records/{record_id}/attachments/0"
        assert client.put(place, content=content).is_success
        assert client.get(place).content == content
        assert {line.rpartition(": ")[2] for line in grep([tmp_path], forms)} >= {
            *("content", "digest, hex"),
        }
        log.erase.erase(record_id, ["/attachments/0"], BASIS)
        assert client.get(place).status_code == 404
        names = [path.name for path in tmp_path.rglob("*")]
        assert not [name for name in names if digest in name]
        assert grep([tmp_path], forms) == []
        assert not client.put(place, content=content).is_success
        assert grep([tmp_path], forms) == []


def run_until_killed(folder: Path, step: str) -> Secrets:
    ended = subprocess.run(
        [sys.executable, str(PROGRAM), str(folder), step],
        env={**os.environ, "PYTHONPATH": f"{ROOT / 'service'}{os.pathsep}{ROOT}"},
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert ended.returncode == -9, ended.stderr.decode()
    record_id, secret, salt = ended.stdout.decode().split()
    return Secrets(record_id, bytes.fromhex(secret), bytes.fromhex(salt))


@pytest.mark.parametrize("step", STEPS)
def test_an_erasure_killed_at_any_step_is_completed_before_anything_is_served(
    tmp_path: Path, step: str
) -> None:
    wanted = run_until_killed(tmp_path, step)
    forms = wanted.forms(tmp_path)
    with served(tmp_path) as log:
        assert grep([tmp_path], forms) == []
        assert erased_paths(log.find.record(wanted.record_id)) == [("data", "phone")]
        told = [r for r in log.prove._store.records(0, 100) if r.type == "log.erasure"]
        assert len(told) == 1
        assert log.append.append_here(BODY, idempotency_key="key").record_id == wanted.record_id


def test_an_erasure_killed_before_it_was_noted_has_not_begun(tmp_path: Path) -> None:
    wanted = run_until_killed(tmp_path, "before-noting")
    with served(tmp_path) as log:
        assert erased_paths(log.find.record(wanted.record_id)) == []


def backed_up(folder: Path, *, with_register: bool) -> Secrets:
    """Make a service whose database, after an erasure, is a copy from before it."""
    copied = ["data", "register"] if with_register else ["data"]
    with served(folder) as log:
        record_id = log.append.append_here(BODY, idempotency_key="key").record_id
        wanted = secrets_of(log, record_id)
    for name in copied:
        shutil.copytree(folder / name, folder / f"{name}.copy")
    with served(folder) as log:
        log.erase.erase(record_id, ["/data/phone"], BASIS)
    erasures = (folder / "register" / "log.example_logs_jyg.erasures").read_bytes()
    for name in copied:
        shutil.rmtree(folder / name)
        (folder / f"{name}.copy").rename(folder / name)
    (folder / "register" / "log.example_logs_jyg.erasures").write_bytes(erasures)
    assert grep([folder], wanted.forms(folder))
    return wanted


def test_a_restored_database_loses_the_value_before_the_service_refuses_it(tmp_path: Path) -> None:
    """It is behind the register, so it is not served; the value is gone from it all the same."""
    wanted = backed_up(tmp_path, with_register=False)
    with pytest.raises(HistoryMismatch), served(tmp_path):
        pytest.fail("it was served")
    assert grep([tmp_path], wanted.forms(tmp_path)) == []


def test_a_restored_database_that_is_served_has_lost_the_value_again(tmp_path: Path) -> None:
    """Where somebody has turned back the register too, which nobody should."""
    wanted = backed_up(tmp_path, with_register=True)
    with served(tmp_path) as log:
        assert grep([tmp_path], wanted.forms(tmp_path)) == []
        assert erased_paths(log.find.record(wanted.record_id)) == [("data", "phone")]
        told: list[Any] = [r for r in log.prove._store.records(0, 100) if r.type == "log.erasure"]
        assert len(told) == 1
