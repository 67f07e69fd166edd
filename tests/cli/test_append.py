"""`liuhen append` and `liuhen receipt fetch` against a service in memory."""

import json
from pathlib import Path

import httpx2
import pytest
from typer.testing import CliRunner

from liuhen.cli import service_url
from liuhen.cli.main import app
from liuhen.core.policy import Life
from tests.fakes.http_service import URL, FakeService, problem

FINDING = '{"data":{"问题":"资料归档不及时"},"type":"finding","case":"SLZX-2026-0031"}'


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> FakeService:
    """Stand in for the service at any URL."""
    fake = FakeService()
    monkeypatch.setattr(service_url, "connect", fake.connect)
    monkeypatch.setenv("LIUHEN_URL", URL)
    return fake


@pytest.fixture
def finding(tmp_path: Path) -> Path:
    path = tmp_path / "finding.json"
    path.write_text(FINDING, encoding="utf-8")
    return path


def run(*words: str | Path, stdin: str | None = None) -> tuple[int, str, str]:
    done = CliRunner().invoke(app, list(map(str, words)), input=stdin)
    return done.exit_code, done.stdout, done.stderr


def record_id(number: int = 0) -> str:
    return f"01936b2e-7c00-7000-8000-{number:012x}"


# --- append -------------------------------------------------------------------------------------


def test_a_submission_is_entered_and_its_receipt_matches(
    service: FakeService, finding: Path, tmp_path: Path
) -> None:
    code, stdout, _ = run("append", finding, "--receipts", tmp_path / "receipts")
    assert (code, stdout) == (0, f"{record_id()}  entry 0  {finding}\n")
    policy = tmp_path / "policy.json"
    policy.write_text(service.kit.policy(Life.SEALED).to_text())
    receipt = tmp_path / "receipts" / f"{record_id()}.receipt.json"
    (tmp_path / "data.json").write_text('{ "问题": "资料归档不及时" }')
    assert run("verify", receipt, tmp_path / "data.json", "--policy", policy)[0] == 0


def test_the_same_submission_again_is_the_same_record(service: FakeService, finding: Path) -> None:
    first, second = run("append", finding), run("append", finding)
    assert first == second
    assert service.size == 1


def test_another_layout_of_the_same_submission_is_the_same_record(
    service: FakeService, finding: Path
) -> None:
    run("append", finding)
    run("append", "-", stdin=json.dumps(json.loads(FINDING), indent=2))
    assert service.size == 1


def test_a_key_of_the_callers_own_enters_it_anew(service: FakeService, finding: Path) -> None:
    for key in ("a", "b", "b"):
        assert run("append", finding, "--idempotency-key", key)[0] == 0
    assert service.size == 2


def test_a_file_may_be_the_data_of_a_record(service: FakeService) -> None:
    code, _, _ = run("append", "-", "--type", "finding", "--case", "A-1", stdin='{"a":[1.50]}')
    assert code == 0
    assert service.requests[0].content == b'{"case":"A-1","data":{"a":[1.5]},"type":"finding"}'


def test_a_whole_submission_is_not_entered_as_data_by_mistake(
    service: FakeService, finding: Path
) -> None:
    code, _, stderr = run("append", finding, "--case", "P-1")
    assert code == 7
    assert "/data: is there already" in stderr
    assert service.requests == []


def test_several_files_go_on_after_one_that_is_refused(
    service: FakeService, finding: Path, tmp_path: Path
) -> None:
    bad, refused = tmp_path / "bad.json", tmp_path / "refused.json"
    bad.write_text('{"data":1,"data":2}')
    refused.write_text('{"data":1,"type":"Finding"}')
    code, stdout, stderr = run("append", bad, refused, finding)
    assert code == 7
    assert stdout == f"{record_id()}  entry 0  {finding}\n"
    assert f"{bad}: " in stderr
    assert "[malformed-json]" in stderr
    assert f"{refused}: /type" in stderr


def test_the_worst_of_several_is_the_exit_code(
    service: FakeService, finding: Path, tmp_path: Path
) -> None:
    service.answers = [problem(422, "idempotency-mismatch"), problem(400, "malformed-record")]
    assert run("append", finding, finding, finding)[0] == 3


def test_a_service_that_is_away_could_not_be_asked(service: FakeService, finding: Path) -> None:
    service.fail_before = 99
    code, stdout, stderr = run("append", finding)
    assert (code, stdout) == (6, "")
    assert stderr.endswith("[unavailable]\n")


def test_json_is_one_object_a_line(service: FakeService, finding: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.json"
    other.write_text('{"data":2}')
    stdout = run("append", finding, other, "--json")[1]
    lines = [json.loads(line) for line in stdout.splitlines()]
    assert [line["record_id"] for line in lines] == [record_id(0), record_id(1)]
    assert lines[1] == {
        "entry_index": 1,
        "file": str(other),
        "receipt": None,
        "record_id": record_id(1),
    }


def test_one_key_is_for_one_file(service: FakeService, finding: Path) -> None:
    assert run("append", finding, finding, "--idempotency-key", "a")[0] == 2
    assert service.requests == []


def test_a_url_is_needed_and_must_be_one(finding: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LIUHEN_URL", raising=False)
    assert run("append", finding)[0] == 2
    code, _, stderr = run("append", finding, "--url", "ftp://user:word@127.0.0.1")
    assert code == 2
    assert "word" not in stderr


# --- receipt fetch ------------------------------------------------------------------------------


@pytest.fixture
def stored(service: FakeService, finding: Path) -> FakeService:
    assert run("append", finding)[0] == 0
    return service


@pytest.mark.parametrize(
    "ref",
    [
        record_id(),
        f"{URL}/v1/records/{record_id()}",
        f"{URL}/v1/records/{record_id()}/receipt",
        f"https://log.example/base/v1/records/{record_id()}/",
    ],
)
def test_a_receipt_is_fetched_by_number_or_url(
    stored: FakeService, tmp_path: Path, ref: str
) -> None:
    out = tmp_path / "here" / "receipt.json"
    assert run("receipt", "fetch", ref, "--out", out) == (0, f"{out}\n", "")
    assert out.read_bytes() == stored.receipt(record_id())


def test_a_receipt_lands_here_under_its_number(
    stored: FakeService, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    name = f"{record_id()}.receipt.json"
    assert run("receipt", "fetch", record_id()) == (0, f"{name}\n", "")
    assert (tmp_path / name).is_file()


def test_a_receipt_may_go_to_stdout(stored: FakeService) -> None:
    code, stdout, _ = run("receipt", "fetch", record_id(), "--out", "-")
    assert (code, stdout.encode()) == (0, stored.receipt(record_id()))


def test_an_older_receipt_of_the_same_entry_is_replaced(
    stored: FakeService, tmp_path: Path
) -> None:
    out = tmp_path / "receipt.json"
    run("receipt", "fetch", record_id(), "--out", out)
    before = out.read_bytes()
    (tmp_path / "more.json").write_text('{"data":2}')
    run("append", tmp_path / "more.json")
    assert run("receipt", "fetch", record_id(), "--out", out)[0] == 0
    assert out.read_bytes() == stored.receipt(record_id()) != before


def test_a_receipt_of_another_entry_is_never_replaced(stored: FakeService, tmp_path: Path) -> None:
    (tmp_path / "more.json").write_text('{"data":2}')
    run("append", tmp_path / "more.json", "--receipts", tmp_path)
    kept = tmp_path / f"{record_id(1)}.receipt.json"
    before = kept.read_bytes()
    code, stdout, stderr = run("receipt", "fetch", record_id(0), "--out", kept)
    assert (code, stdout) == (3, "")
    assert "keep both" in stderr
    assert kept.read_bytes() == before


@pytest.fixture
def kept(stored: FakeService, tmp_path: Path) -> Path:
    """Keep a receipt of the first of two entries."""
    (tmp_path / "more.json").write_text('{"data":2}')
    run("append", tmp_path / "more.json")
    path = tmp_path / "kept.json"
    assert run("receipt", "fetch", record_id(), "--out", path)[0] == 0
    return path


@pytest.mark.parametrize("grown", [False, True])
def test_a_receipt_of_another_history_is_never_replaced(
    stored: FakeService, tmp_path: Path, kept: Path, grown: bool
) -> None:
    before = kept.read_bytes()
    stored.forget(record_id(1))
    if grown:
        (tmp_path / "third.json").write_text('{"data":3}')
        assert run("append", tmp_path / "third.json")[0] == 0
    code, stdout, stderr = run("receipt", "fetch", record_id(), "--out", kept)
    assert (code, stdout) == (3, "")
    assert "two histories" in stderr
    assert kept.read_bytes() == before


@pytest.mark.parametrize(
    "tile",
    [
        problem(404, "unknown"),
        problem(500, "internal"),
        httpx2.Response(200, content=bytes(31)),
        httpx2.Response(200, content=b""),
    ],
)
def test_without_tiles_a_receipt_is_not_replaced(
    stored: FakeService, tmp_path: Path, kept: Path, tile: httpx2.Response
) -> None:
    before = kept.read_bytes()
    (tmp_path / "third.json").write_text('{"data":3}')
    assert run("append", tmp_path / "third.json")[0] == 0
    stored.answers = [httpx2.Response(200, content=stored.receipt(record_id())), tile]
    code, stdout, stderr = run("receipt", "fetch", record_id(), "--out", kept)
    assert (code, stdout) == (6, "")
    assert "was not replaced" in stderr
    assert kept.read_bytes() == before


def test_a_file_that_is_no_receipt_is_never_replaced(stored: FakeService, tmp_path: Path) -> None:
    (tmp_path / "notes").write_text("mine")
    assert run("receipt", "fetch", record_id(), "--out", tmp_path / "notes")[0] == 7
    assert (tmp_path / "notes").read_text() == "mine"


def test_an_unknown_record_is_not_found(stored: FakeService) -> None:
    code, stdout, stderr = run("receipt", "fetch", record_id(9))
    assert (code, stdout) == (5, "")
    assert stderr.endswith("[unknown]\n")


@pytest.mark.parametrize(
    "ref", ["a/b", "http://127.0.0.1:8420/", "https://log.example/v1/records/"]
)
def test_what_names_no_record_is_wrong_usage(stored: FakeService, ref: str) -> None:
    assert run("receipt", "fetch", ref)[0] == 2


def test_without_a_url_a_number_says_too_little(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LIUHEN_URL", raising=False)
    assert run("receipt", "fetch", record_id())[0] == 2


def test_an_answer_that_is_no_receipt_writes_nothing(stored: FakeService, tmp_path: Path) -> None:
    stored.answers = [httpx2.Response(200, content=b"{}")]
    out = tmp_path / "receipt.json"
    assert run("receipt", "fetch", record_id(), "--out", out)[0] == 7
    assert not out.exists()
