"""`liuhen import` against the real service at a port of this machine."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from typer.testing import CliRunner

from liuhen.cli import import_sending, service_url
from liuhen.cli.import_reading import read_lines
from liuhen.cli.main import app
from liuhen.core.errors import RecordRefused
from liuhen.domain.mapping.value import case_of
from tests.fakes.http_running import service_at_port
from tests.fakes.http_service import URL, FakeService

TENDER: Any = {"title": "Roads", "tenderPeriod": {"endDate": "2026-04-01T12:00:00+02:00"}}
RELEASES: list[dict[str, Any]] = [
    {"ocid": f"ocds-x-{number}", "id": "1", "date": "2026-03-01T09:00:00Z", "tag": ["tender"]}
    | {"tender": TENDER}
    for number in range(40)
]
RELATED = {"relationship": ["prior"], "identifier": "ocds-x-0"}
RELEASES[39]["relatedProcesses"] = [RELATED]


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with service_at_port(tmp_path_factory.mktemp("service")) as at:
        yield at


@pytest.fixture
def package(tmp_path: Path) -> Path:
    return written(tmp_path / "package.json", {"uri": "u", "releases": RELEASES})


def written(path: Path, value: Any) -> Path:
    path.write_text(json.dumps(value), encoding="utf-8")
    return path


def run(*words: str | Path) -> tuple[int, str, str]:
    """Run the program; the service in this process writes its diagnostics to stdout."""
    program = Path(sys.executable).with_name("liuhen")
    done = subprocess.run(
        [program, "import", *words], check=False, capture_output=True, text=True, timeout=120
    )
    return done.returncode, done.stdout, done.stderr


def run_here(*words: str | Path) -> tuple[int, str, str]:
    done = CliRunner().invoke(app, ["import", *map(str, words)])
    return done.exit_code, done.stdout, done.stderr


def lines(stdout: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stdout.splitlines()]


def test_a_package_is_entered_once_however_often_it_is_imported(url: str, package: Path) -> None:
    code, stdout, stderr = run("ocds", package, "--url", url)
    assert (code, stderr) == (0, "")
    assert stdout == (
        f"{package}: release package, 40 items\n"
        "  records  generic 1, project 40, tender_document 40\n"
        "  generic  package-members 1\n"
        "  result   entered 81, refused 0, replayed 0\n"
    )
    code, stdout, _ = run("ocds", package, "--url", url)
    assert (code, stdout.splitlines()[-1]) == (0, "  result   entered 0, refused 0, replayed 81")


def test_records_of_a_case_are_in_their_order_and_linked(url: str, tmp_path: Path) -> None:
    file = written(tmp_path / "linked.json", {"releases": RELEASES})
    code, stdout, _ = run("ocds", file, "--url", url, "--json")
    assert code == 0
    rows = lines(stdout)[:-1]
    stored = [httpx2.get(f"{url}/v1/records/{row['record_id']}").json() for row in rows[-4:]]
    project, document = stored[1]["record"], stored[2]["record"]
    assert (project["type"], document["type"]) == ("project", "tender_document")
    assert project["case"] == document["case"] == "ocds-x-39"
    assert stored[1]["entry_index"] < stored[2]["entry_index"]
    assert {"rel": "release", "record": project["record_id"]} in document["links"]
    assert project["links"] == [{"rel": "prior", "record": rows[0]["record_id"]}]
    assert project["data"]["imported"]["position"] == 39


def test_a_dry_run_prints_the_account_and_needs_no_service(package: Path) -> None:
    code, stdout, _ = run("ocds", package, "--dry-run", "--json")
    (account,) = lines(stdout)
    assert code == 0
    assert account == {
        "file": str(package),
        "generic": {"package-members": 1},
        "holds": "release package",
        "items": 40,
        "records": {"generic": 1, "project": 40, "tender_document": 40},
        "refused": 0,
    }
    assert run("ocds", package)[0] == 2


def test_lines_are_read_one_by_one_and_a_broken_one_keeps_its_text(
    url: str, tmp_path: Path
) -> None:
    file = tmp_path / "releases.jsonl"
    file.write_text('{"ocid":"ocds-l-1","tender":{"title":"x"}}\n{"ocid":\n\n{"ocid":"ocds-l-2"}\n')
    code, stdout, _ = run("ocds", file, "--url", url)
    assert code == 0
    assert "JSON Lines, 2 items\n  records  generic 1, project 2\n" in stdout
    assert "not-strict-json 1" in stdout


def test_a_codelist_says_that_there_is_nothing_to_import(tmp_path: Path) -> None:
    file = tmp_path / "codes.csv"
    file.write_text("\ufeffCode,Title,Description\na,b,c\n")
    code, stdout, _ = run("ocds", file, "--dry-run")
    assert code == 0
    assert "a codelist tells of no process: nothing to import" in stdout


def test_a_file_that_breaks_off_is_imported_up_to_there(url: str, tmp_path: Path) -> None:
    file = tmp_path / "cut.json"
    file.write_text('{"releases":[{"ocid":"ocds-cut-1"},{"ocid":"ocds-cut-2"')
    code, stdout, stderr = run("ocds", file, "--url", url)
    assert code == 7
    assert "the text ends in the midst of a value" in stderr
    assert stdout.endswith("result   entered 1, refused 0, replayed 0\n")


def test_a_file_in_another_encoding_is_refused_in_words(tmp_path: Path) -> None:
    file = tmp_path / "latin.json"
    file.write_bytes('{"releases":[{"ocid":"é"}]}'.encode("latin-1"))
    code, _, stderr = run("ocds", file, "--dry-run")
    assert (code, "bytes that are not UTF-8" in stderr) == (7, True)


def test_bodies_of_prozorro_are_entered(url: str, tmp_path: Path) -> None:
    body = {"data": {"id": "1", "monitoring_id": "UA-M-1", "status": "draft"}, "config": {}}
    file = written(tmp_path / "body.json", body)
    code, stdout, _ = run("prozorro", file, "--url", url, "--case", "P-1")
    assert (code, "records  finding 1, generic 1" in stdout) == (0, True)


# --- submissions ----------------------------------------------------------------------------------


def test_submissions_are_entered_and_those_refused_are_named(url: str, tmp_path: Path) -> None:
    file = tmp_path / "records.jsonl"
    kept = {"type": "generic", "case": "J-1", "data": {"a": 1}}
    unknown = {"type": "no_such_type", "data": {}}
    unfit = {"type": "project", "case": "J-1", "data": {"name": "x", "regime": "ZX"}}
    ruled = {"type": "finding", "case": "J-2", "data": {"action": "closed"}}
    written_lines = map(json.dumps, (kept, unknown, unfit, ruled, [1], kept))
    file.write_text("\n".join([*written_lines, '{"data":1,"data":2}']), encoding="utf-8")
    code, stdout, stderr = run("jsonl", file, "--url", url, "--json")
    *rows, account = lines(stdout)
    assert code == 7
    assert [row["outcome"] for row in rows] == [
        "entered",
        "refused",
        "refused",
        "refused",
        "refused",
        "replayed",
        "refused",
    ]
    assert [row["place"] for row in rows][:2] == ["line 1", "line 2"]
    assert "/data/regime" in stderr
    assert (account["entered"], account["replayed"], account["refused"]) == (1, 1, 5)


def test_a_row_without_a_case_gets_the_one_of_its_number_or_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "history.jsonl"
    finding = {"type": "finding", "data": {"finding_no": "FX/9", "summary": "x"}}
    sheet = {"type": "score_sheet", "data": {"seat": "E1", "scores": []}}
    path.write_text("\n".join(json.dumps(each) for each in (finding, sheet)), encoding="utf-8")
    found = list(read_lines(path, mark=True).rows)
    assert found[0].content is not None
    assert found[0].content.case == case_of("FX/9")
    assert isinstance(found[1].error, RecordRefused)
    assert found[1].error.field == "/case"
    assert isinstance(next(read_lines(path, mark=False).rows).error, RecordRefused)


def test_history_is_marked_and_held_to_no_rule_of_order(url: str, tmp_path: Path) -> None:
    file = tmp_path / "history.jsonl"
    file.write_text(json.dumps({"type": "finding", "case": "H", "data": {"action": "closed"}}))
    assert run("jsonl", file, "--url", url)[0] == 7
    code, stdout, _ = run("jsonl", file, "--url", url, "--history", "--json")
    stored = httpx2.get(f"{url}/v1/records/{lines(stdout)[0]['record_id']}").json()
    assert code == 0
    assert stored["record"]["data"]["imported"]["source"] == "history.jsonl"
    assert len(stored["record"]["data"]["imported"]["sha256"]) == 64


def test_a_row_is_a_submission_and_the_catalogue_says_what_a_cell_means(
    url: str, tmp_path: Path
) -> None:
    file = tmp_path / "rows.csv"
    file.write_text(
        "type,case,occurred_at,submitter.organisation,data.action,data.name,data.regime,"
        "data.budget.amount,data.budget.currency,data.sections\n"
        "project,C-1,2026-03-02T09:00:00+08:00,中心,registered,道路,ZC,3980000.00,CNY,"
        '"[{""section"":""1""}]"\n'
        "project,C-2,,,registered,,ZC,,,\n",
        encoding="utf-8",
    )
    code, stdout, stderr = run("csv", file, "--url", url, "--json")
    stored = httpx2.get(f"{url}/v1/records/{lines(stdout)[0]['record_id']}").json()["record"]
    assert code == 7
    assert "row 2: /data/name" in stderr
    assert stored["data"] == {
        "action": "registered",
        "name": "道路",
        "regime": "ZC",
        "budget": {"amount": "3980000.00", "currency": "CNY"},
        "sections": [{"section": "1"}],
    }
    assert stored["submitter"]["organisation"] == "中心"


def test_a_column_that_no_submission_has_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "rows.csv"
    file.write_text("type,amount\nproject,1\n")
    code, _, stderr = run("csv", file, "--dry-run")
    assert (code, "'amount'" in stderr) == (7, True)


# --- when the service fails -----------------------------------------------------------------------


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> FakeService:
    """Stand in for a service that can fail; one request at a time, as it is not made for more."""
    service = FakeService()
    monkeypatch.setattr(service_url, "connect", service.connect)
    monkeypatch.setattr(import_sending, "IN_FLIGHT", 1)
    return service


def test_an_import_that_was_cut_off_is_taken_up_by_running_it_again(
    fake: FakeService, package: Path
) -> None:
    fake.lose_posts = 6  # five attempts at what waits for nothing, one at the rest
    code, _, stderr = run_here("ocds", package, "--url", URL)
    assert (code, "[unavailable]" in stderr) == (6, True)
    assert fake.size == 40
    code, _, _ = run_here("ocds", package, "--url", URL)
    assert (code, fake.size) == (0, 81)


def test_a_link_to_what_was_refused_is_left_out(fake: FakeService, tmp_path: Path) -> None:
    file = written(tmp_path / "one.json", RELEASES[0])
    refused = {"type": "x/record-refused", "detail": "no"}
    fake.answers = [httpx2.Response(200, json={"line": 1, "status": 422, "problem": refused})]
    code, stdout, _ = run_here("ocds", file, "--url", URL, "--json")
    project, document, _ = lines(stdout)
    assert (project["outcome"], document["outcome"]) == ("refused", "entered")
    assert b'"links"' not in fake.requests[-1].content
    assert code != 0
