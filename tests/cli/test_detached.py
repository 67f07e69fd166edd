"""Detached mode end to end: what leaves this machine, and what a crash can lose."""

import base64
import hashlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from liuhen.cli.main import app
from liuhen.client import Liuhen
from liuhen.core.canonical import canonical
from liuhen.core.detached import Detached
from liuhen.core.disclosure import rebuild
from liuhen.core.errors import CommitmentMismatch
from liuhen.core.receipt import parse_receipt
from tests.fakes.http_running import service_at_port
from tests.fakes.http_service import FakeService
from tests.fakes.recording_proxy import RecordingProxy, recording_proxy

SCORE, NAME = "43.75", "评标专家某某"
SHEET = {
    "type": "score_sheet",
    "case": "SLZX-2026-0031",
    "submitter": {"organisation": "某交易中心", "system": "评标系统"},
    "data": {"seat": "E3", "expert": NAME, "score": SCORE},
}


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    folder = tmp_path_factory.mktemp("service")
    with service_at_port(folder) as url:
        yield folder / "policy.json", url


@pytest.fixture
def proxy(service: tuple[Path, str]) -> Iterator[RecordingProxy]:
    with recording_proxy(service[1]) as recording:
        yield recording


@pytest.fixture
def policy(service: tuple[Path, str]) -> Path:
    return service[0]


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    path = tmp_path / "sheet.json"
    path.write_text(json.dumps(SHEET, ensure_ascii=False, indent=1), encoding="utf-8")
    return path


def run(*words: str | Path) -> tuple[int, str, str]:
    done = CliRunner().invoke(app, list(map(str, words)))
    return done.exit_code, done.stdout, done.stderr


def receipts_in(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.receipt.json"))


def spellings(text: str) -> Iterator[bytes]:
    """Every way a value might be sent without being seen at once."""
    raw = text.encode()
    yield from (raw, text.encode("utf-16-le"), text.encode("unicode_escape"), raw.hex().encode())
    yield base64.b64encode(raw)[: 4 * (len(raw) // 3)]
    for digest in (hashlib.sha256, hashlib.sha1, hashlib.md5):
        for form in (raw, canonical(text)):
            yield digest(form).digest()
            yield digest(form).hexdigest().encode()


def test_the_content_never_leaves_this_machine(
    proxy: RecordingProxy, sheet: Path, tmp_path: Path
) -> None:
    attached = tmp_path / "机密.pdf"
    attached.write_bytes(b"%PDF secret")
    arguments = ("append", "--detached", sheet, "--attach", attached)
    code, _, stderr = run(*arguments, "--url", proxy.url, "--receipts", tmp_path / "r")
    # The service logs in this process.
    told = [line for line in stderr.splitlines() if "event=appended" not in line]
    assert (code, told) == (0, [])
    (file,) = receipts_in(tmp_path / "r")
    content = rebuild(parse_receipt(file.read_bytes()).told)
    assert content is not None
    assert content["data"] == SHEET["data"]
    sent = bytes(proxy.sent)
    assert b"detached" in sent
    assert "某交易中心".encode() in sent  # who submits is told
    told = [SCORE, NAME, "score_sheet", "机密.pdf", str(content["record_id"])]
    whole = [canonical(content["data"]), canonical(content), attached.read_bytes()]
    for text in told:
        for spelling in spellings(text):
            assert spelling not in sent, (text, spelling)
    for body in whole:
        assert body not in sent
        assert hashlib.sha256(body).hexdigest().encode() not in sent
        assert hashlib.sha256(body).digest() not in sent


def test_a_completed_receipt_is_private_and_verifies(
    proxy: RecordingProxy, sheet: Path, tmp_path: Path, policy: Path
) -> None:
    folder = tmp_path / "r"
    code, stdout, _ = run("append", "--detached", sheet, "--url", proxy.url, "--receipts", folder)
    (file,) = receipts_in(folder)
    assert code == 0
    assert file.name.removesuffix(".receipt.json") in stdout
    assert file.stat().st_mode & 0o777 == 0o600
    assert list(folder.iterdir()) == [file], "what was kept meanwhile is gone"
    data = tmp_path / "data.json"
    data.write_text(json.dumps(SHEET["data"], indent=3))
    code, stdout, _ = run("verify", file, data, "--policy", policy, "--offline", "--lang", "en")
    assert code == 0, stdout
    assert "submitted by: 某交易中心 · 评标系统" in stdout
    assert "its keeper's word" in stdout
    code, stdout, _ = run("verify", file, sheet, "--policy", policy, "--offline", "--lang", "zh")
    assert code == 0, stdout
    assert "提交方：某交易中心 · 评标系统" in stdout
    assert "保管方" in stdout
    narrow = tmp_path / "narrow.json"
    assert run("disclose", file, "--show", "/type", "-o", narrow)[0] == 0
    code, stdout, _ = run("verify", narrow, "--policy", policy, "--offline", "--lang", "en")
    assert stdout.count("content kept by the submitter: Named and not shown") == 1, stdout
    other = tmp_path / "other.json"
    other.write_text("{}")
    assert run("verify", file, other, "--policy", policy, "--offline")[0] == 3


def test_a_file_beside_a_receipt_without_content_is_neither_right_nor_wrong(
    proxy: RecordingProxy, sheet: Path, tmp_path: Path, policy: Path
) -> None:
    run("append", "--detached", sheet, "--url", proxy.url, "--receipts", tmp_path / "r")
    (file,) = receipts_in(tmp_path / "r")
    record_id = file.name.removesuffix(".receipt.json")
    bare = tmp_path / "bare.json"
    assert run("receipt", "fetch", record_id, "--url", proxy.url, "--out", bare)[0] == 0
    assert parse_receipt(bare.read_bytes()).content is None
    assert run("verify", bare, "--policy", policy, "--offline")[0] == 0
    code, stdout, _ = run("verify", bare, sheet, "--policy", policy, "--offline", "--lang", "en")
    assert code == 6
    assert "its keeper completed" in stdout


def test_fetching_a_newer_receipt_keeps_the_content(
    proxy: RecordingProxy, sheet: Path, tmp_path: Path, policy: Path
) -> None:
    run("append", "--detached", sheet, "--url", proxy.url, "--receipts", tmp_path / "r")
    (file,) = receipts_in(tmp_path / "r")
    before = parse_receipt(file.read_bytes())
    with Liuhen(proxy.url) as log:
        log.append({"more": 1})
    record_id = file.name.removesuffix(".receipt.json")
    sent = len(proxy.sent)
    assert run("receipt", "fetch", record_id, "--url", proxy.url, "--out", file)[0] == 0
    after = parse_receipt(file.read_bytes())
    assert after.content == before.content is not None
    assert after.checkpoint != before.checkpoint
    assert file.stat().st_mode & 0o777 == 0o600
    assert SCORE.encode() not in proxy.sent[sent:]
    assert run("verify", file, "--policy", policy, "--offline")[0] == 0


def test_the_service_refuses_anything_else_in_a_detached_record(proxy: RecordingProxy) -> None:
    from liuhen.core.errors import RecordRefused

    with Liuhen(proxy.url) as log, pytest.raises(RecordRefused, match=r"/data/score: .*commitment"):
        log.append_bytes(
            canonical({"type": "detached", "data": {"commitment": "00" * 32, "score": SCORE}})
        )


# --- crashes --------------------------------------------------------------------------------------


def test_killed_between_sending_and_writing_nothing_is_lost(
    proxy: RecordingProxy, sheet: Path, tmp_path: Path, policy: Path
) -> None:
    folder = tmp_path / "r"
    program = "from liuhen.cli.main import main; main()"
    words = ["append", "--detached", str(sheet), "--url", proxy.url, "--receipts", str(folder)]
    size = size_of(proxy.url)
    proxy.swallow_after(b"POST ")
    command = [sys.executable, "-c", program, *words]
    with subprocess.Popen(command, env={**os.environ, "PYTHONPATH": "service"}) as child:
        assert proxy.answered.wait(20), "the commitment was never answered"
        child.send_signal(signal.SIGKILL)
    (kept,) = folder.iterdir()
    assert kept.suffix == ".content"
    assert kept.stat().st_mode & 0o777 == 0o600
    content = Detached.parse(kept.read_bytes())
    proxy.swallow_after(None)
    assert run(*words)[0] == 0
    (file,) = folder.iterdir()
    assert parse_receipt(file.read_bytes()).content == content.rows
    assert run("verify", file, "--policy", policy, "--offline")[0] == 0
    assert size_of(proxy.url) == size + 1, "one record, not two"


def size_of(url: str) -> int:
    with Liuhen(url) as log:
        state: Any = log._exchange.get_object("/readyz")
    return int(state["logs"][0]["size"])


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> FakeService:
    from liuhen.cli import service_url
    from tests.fakes.http_service import URL

    service = FakeService()
    monkeypatch.setattr(service_url, "connect", service.connect)
    monkeypatch.setenv("LIUHEN_URL", URL)
    return service


def test_a_lost_answer_leaves_the_content_and_the_next_run_completes_it(
    fake: FakeService, sheet: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "r"
    fake.lose_posts = 99
    assert run("append", "--detached", sheet, "--receipts", folder)[0] == 6
    assert [path.suffix for path in folder.iterdir()] == [".content"]
    fake.lose_posts = 0
    assert run("append", "--detached", sheet, "--receipts", folder)[0] == 0
    assert [path.suffix for path in folder.iterdir()] == [".json"]
    assert fake.size == 1


def test_what_the_service_refuses_leaves_nothing(fake: FakeService, tmp_path: Path) -> None:
    refused = tmp_path / "refused.json"
    refused.write_text('{"data":1,"case":"not a case"}')
    assert run("append", "--detached", refused, "--receipts", tmp_path / "r")[0] == 7
    assert not (tmp_path / "r").exists() or not list((tmp_path / "r").iterdir())


def test_kept_content_that_was_bent_is_never_sent(
    fake: FakeService, sheet: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "r"
    fake.lose_posts = 99
    run("append", "--detached", sheet, "--receipts", folder)
    (kept,) = folder.iterdir()
    kept.write_bytes(kept.read_bytes().replace(SCORE.encode(), b"44.75"))
    requests = len(fake.requests)
    assert run("append", "--detached", sheet, "--receipts", folder)[0] == 7
    assert len(fake.requests) == requests
    assert kept.exists()


def test_a_service_that_enters_another_commitment_is_found_out(fake: FakeService) -> None:
    with fake.connect() as log:
        first = log.append_detached({"a": 1})
        fake._keys.clear()
        content = log.detach(b'{"data":2}')
        fake._keys["k"] = first.record_id
        with pytest.raises(CommitmentMismatch):
            log.append_content(content, idempotency_key="k")


def test_the_sdk_keeps_before_it_sends(fake: FakeService) -> None:
    kept: list[Detached] = []

    def keep(content: Detached) -> None:
        assert all(request.method != "POST" for request in fake.requests)
        kept.append(content)

    with fake.connect() as log:
        stored = log.append_detached({"a": 1}, type="finding", case="A-1", keep=keep)
        again = log.append_content(kept[0])
    assert stored.receipt.content == kept[0].rows
    assert (again.record_id, again.replayed) == (stored.record_id, True)
    assert fake.size == 1


@pytest.mark.parametrize("words", [("--store",), ("--attach", "-")])
def test_contradicting_options_are_wrong_usage(
    fake: FakeService, sheet: Path, words: tuple[str, ...]
) -> None:
    assert run("append", "--detached", sheet, *words)[0] == 2
