"""`liuhen ledger` against a whole service: in, out, and what the board says in between."""

import io
import json
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl  # type: ignore[import-untyped]  # it has no stubs
import pytest
from starlette.testclient import TestClient
from typer.testing import CliRunner

from liuhen.api.served_log import ServedLogs
from liuhen.cli import service_url
from liuhen.cli.main import app
from liuhen.client import Liuhen
from liuhen.wiring.app import build_app
from scripts.samples import SAMPLE
from tests.fakes.running_service import BODY_BYTES, running_logs

LEDGER = SAMPLE / "13-findings-ledger.csv"
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def logs(tmp_path: Path) -> Iterator[ServedLogs]:
    with running_logs(tmp_path / "service") as served_logs:
        yield served_logs


@pytest.fixture
def client(logs: ServedLogs) -> Iterator[TestClient]:
    served = build_app(logs, hosts=["testserver", "127.0.0.1"], body_bytes=BODY_BYTES)
    with TestClient(served, raise_server_exceptions=False) as test_client:
        yield test_client


@pytest.fixture
def run(client: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    def connect(url: str) -> Liuhen:
        return Liuhen(url, transport=client._transport)

    monkeypatch.setattr(service_url, "connect", connect)
    monkeypatch.setenv("LIUHEN_URL", "http://127.0.0.1:8420")

    def run_ledger(*words: str | Path, key: bool = True) -> tuple[int, str, str]:
        given = ["--operator-key", str(tmp_path / "service/keys/operator.key")] if key else []
        lang = [] if words[0] == "snapshot" else ["--lang", "en"]
        done = CliRunner().invoke(app, ["ledger", *map(str, words), *given, *lang])
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return done.exit_code, done.stdout, done.stderr

    return run_ledger


@pytest.fixture
def entered(run: Run) -> Run:
    assert run("import", LEDGER)[0] == 0
    return run


def board(run: Run, day: str, *, key: bool = True) -> dict[str, Any]:
    code, out, _ = run("board", "--day", day, "--json", key=key)
    assert code == 0
    told: dict[str, Any] = json.loads(out)
    return told


def export(run: Run, file: Path, *words: str) -> Any:
    code, _, err = run("export", "-o", file, "--day", "2026-06-30", *words)
    assert code == 0, err
    return openpyxl.load_workbook(file)


def close(client: TestClient, case: str, day: str) -> None:
    """Have somebody finish a finding that is being rectified."""
    evidence = [{"name": "报告", "sha256": "ab" * 32}]
    for by, data in (
        ("甲", {"action": "submitted", "evidence": evidence}),
        ("乙", {"action": "verified", "result": "completely"}),
        ("乙", {"action": "closed"}),
    ):
        body = {"type": "finding", "case": case, "occurred_at": f"{day}T10:00:00+08:00"}
        answer = client.post(
            "/v1/records", json={**body, "submitter": {"person": by}, "data": data}
        )
        assert answer.status_code == 201, answer.text


def test_a_ledger_is_entered_once_however_often_it_is_sent(run: Run) -> None:
    code, out, _ = run("import", LEDGER)
    assert (code, out) == (
        0,
        "106 records entered, 0 there already, 0 findings known and unchanged\n",
    )
    size = board(run, "2026-06-30")["tree_size"]
    assert run("import", LEDGER)[1].startswith("0 records entered, 106 there already")
    assert board(run, "2026-06-30")["tree_size"] == size


def test_the_board_has_the_colours_of_the_ledger(entered: Run) -> None:
    told = board(entered, "2026-06-30")
    assert told["counts"] == {"red": 10, "yellow": 3, "blue": 4, "closed": 6}
    assert len(told["lines"]) == 23
    _, out, _ = entered("board", "--day", "2026-06-30")
    assert out.splitlines()[0] == "2026-06-30  overdue 10  due soon 3  on course 4  closed 6"
    assert "FX-2026-002  due soon  submitted  2026-06-30" in out


def test_without_the_key_there_are_counts_and_nothing_else(entered: Run) -> None:
    told = board(entered, "2026-06-30", key=False)
    assert told["counts"]["red"] == 10
    assert told.keys() == {"as_of", "counts", "kind", "rule_version", "tree_size"}


def test_one_wrong_row_keeps_all_out(run: Run, tmp_path: Path) -> None:
    bent = tmp_path / "bent.csv"
    bent.write_text(LEDGER.read_text().replace("2026-05-28,closed", "2026-15-28,closed"))
    code, _, err = run("import", bent)
    assert code == 7
    assert "24 due_on: a day such as" in err
    assert board(run, "2026-06-30")["lines"] == []


def test_a_row_that_the_log_tells_otherwise_keeps_all_out(entered: Run, tmp_path: Path) -> None:
    other = tmp_path / "other.csv"
    text = LEDGER.read_text().replace("FX-2026-001", "FX-2026-901")
    other.write_text(text.replace("2026-07-24,submitted", "2026-07-24,rectifying"))
    code, _, err = entered("import", other)
    assert code == 7
    assert "6 status: is in the log already as submitted" in err
    assert len(board(entered, "2026-06-30")["lines"]) == 23


def test_a_ledger_in_another_file_adds_only_what_is_new(entered: Run, tmp_path: Path) -> None:
    other = tmp_path / "other.csv"
    other.write_text(LEDGER.read_text().replace("FX-2026-001", "FX-2026-901"))
    _, out, _ = entered("import", other)
    assert out == "6 records entered, 0 there already, 22 findings known and unchanged\n"


def test_a_snapshot_can_be_made_again_after_later_records(entered: Run, client: TestClient) -> None:
    code, out, _ = entered("snapshot", "--day", "2026-06-30")
    assert code == 0
    number = out.split()[0]
    close(client, "FX-2026-003", "2026-06-29")
    assert board(entered, "2026-06-30")["counts"]["red"] == 9
    assert entered("check", number)[:2] == (0, "equal: the records give the same\n")


def test_a_false_snapshot_is_told(entered: Run, client: TestClient) -> None:
    told = {n: v for n, v in board(entered, "2026-06-30").items() if n != "lines"}
    told["counts"]["red"] = 9
    answer = client.post("/v1/records", json={"type": "board_snapshot", "data": told})
    code, out, _ = entered("check", answer.headers["Liuhen-Record-Id"])
    assert code == 3
    assert out.startswith("different: counts")


def test_the_workbook_holds_what_the_ledger_says(entered: Run, tmp_path: Path) -> None:
    book = export(entered, tmp_path / "out.xlsx")
    sheet = book["Ledger"]
    head = [cell.value for cell in sheet[1]]
    first = dict(zip(head, sheet[2], strict=True))
    assert first["Number"].value == "FX-2026-001"
    assert first["Due on"].value == datetime(2026, 5, 22)  # noqa: DTZ001 -- as Excel has days
    assert (first["Due in working days"].value, first["Due in working days"].data_type) == (
        "5",
        "s",
    )
    assert first["Closed on"].value.date() == date(2026, 5, 20)
    assert (sheet.max_row, sheet.freeze_panes) == (24, "B2")
    assert sheet.auto_filter.ref == "A1:R24"
    assert len(sheet.conditional_formatting) == 1
    (rules,) = [each.rules for each in sheet.conditional_formatting]
    assert {rule.formula[0] for rule in rules} == {
        f'$R2="{word}"' for word in ("overdue", "due soon", "on course", "closed")
    }
    assert len(sheet.data_validations.dataValidation) == 8
    history = [[cell.value for cell in row] for row in book["History"].iter_rows(min_row=2)]
    steps = [row[2] for row in history if row[0] == "FX-2026-001"]
    assert steps == ["opened", "notified", "being rectified", "submitted", "verified", "closed"]
    check = {row[0].value: row[1].value for row in book["校验"].iter_rows()}
    assert (check["day"], check["row_count"]) == ("2026-06-30", "23")
    assert len(check["root_hash"]) == len(check["rows_digest"]) == 64


def test_an_exported_ledger_enters_another_log_as_it_is(
    entered: Run, client: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    extended = {"action": "extended", "approver": "=1+1", "new_due_on": "2026-08-31"}
    body = {"type": "finding", "case": "FX-2026-003", "occurred_at": "2026-06-01T10:00:00+08:00"}
    assert client.post("/v1/records", json={**body, "data": extended}).status_code == 201
    file = tmp_path / "out.xlsx"
    export(entered, file)
    lines = board(entered, "2026-06-30")["lines"]
    with running_logs(tmp_path / "other") as logs:
        served = build_app(logs, hosts=["127.0.0.1"], body_bytes=BODY_BYTES)
        with TestClient(served) as other:
            monkeypatch.setattr(
                service_url, "connect", lambda url: Liuhen(url, transport=other._transport)
            )
            assert logs.operator_key is not None
            key = tmp_path / "service/keys/operator.key"
            key.write_bytes((tmp_path / "other/keys/operator.key").read_bytes())
            assert entered("import", file)[0] == 0
            again = board(entered, "2026-06-30")["lines"]
    assert [{**line, "about": None} for line in again] == [
        {**line, "about": None} for line in lines
    ]
    assert [line["is_extended"] for line in lines].count(True) == 1


def test_the_same_ledger_has_the_same_bytes(
    entered: Run, client: TestClient, tmp_path: Path
) -> None:
    export(entered, tmp_path / "a.xlsx")
    export(entered, tmp_path / "b.xlsx")
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    assert entered("check", tmp_path / "a.xlsx")[0] == 0
    close(client, "FX-2026-003", "2026-06-29")
    assert entered("check", tmp_path / "a.xlsx")[0] == 0


def test_a_changed_workbook_is_told_cell_by_cell(entered: Run, tmp_path: Path) -> None:
    file = tmp_path / "out.xlsx"
    book = export(entered, file)
    book["Ledger"]["C3"] = "无问题"
    book.save(file)
    code, out, _ = entered("check", file)
    assert code == 3
    assert "different: rows_digest" in out
    assert "different: FX-2026-002: description\n" in out


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("http://x","y")'])
def test_what_looks_like_a_formula_is_text(
    run: Run, client: TestClient, tmp_path: Path, text: str
) -> None:
    data = {"action": "opened", "due_on": "2026-07-01", "summary": text, "department": text}
    body = {"type": "finding", "case": "FX-1", "occurred_at": "2026-06-01T10:00:00+08:00"}
    assert client.post("/v1/records", json={**body, "data": data}).status_code == 201
    cell = export(run, tmp_path / "out.xlsx")["Ledger"]["C2"]
    assert (cell.value, cell.data_type, cell.quotePrefix) == (text, "s", True)


def test_the_ledger_is_for_who_may_see_findings(entered: Run, client: TestClient) -> None:
    assert client.get("/v1/ledger.xlsx").status_code == 401
    key = entered.__closure__  # the operator's key is that of the fixture
    del key
    answer = client.get("/v1/ledger.xlsx", headers={"Authorization": "Bearer " + "0" * 64})
    assert (answer.status_code, answer.json()["type"]) == (401, "/problems/operator-only")


@pytest.mark.parametrize(("role", "sees"), [("inspector", True), ("bidder", False), ("x", False)])
def test_a_role_decides_who_sees_lines(
    entered: Run, client: TestClient, logs: ServedLogs, role: str, sees: bool
) -> None:
    assert logs.operator_key is not None
    headers = {"Authorization": f"Bearer {logs.operator_key.hex()}", "Liuhen-Role": role}
    told = client.get("/v1/board?day=2026-06-30", headers=headers).json()
    assert ("lines" in told) is sees
    workbook = client.get("/v1/ledger.xlsx?day=2026-06-30", headers=headers)
    assert (workbook.status_code == 200) is sees


def test_a_workbook_in_chinese_has_chinese_words(
    entered: Run, client: TestClient, logs: ServedLogs
) -> None:
    assert logs.operator_key is not None
    headers = {"Authorization": f"Bearer {logs.operator_key.hex()}", "Accept-Language": "zh-CN"}
    answer = client.get("/v1/ledger.xlsx?day=2026-06-30", headers=headers)
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    assert book.sheetnames == ["台账", "逐项销号", "校验"]
    assert [cell.value for cell in book["台账"]["R"]][1:4] == ["已销号", "临期", "超期"]


def test_an_erased_text_is_in_no_ledger_any_more(
    entered: Run, client: TestClient, logs: ServedLogs, tmp_path: Path
) -> None:
    before = board(entered, "2026-06-30")
    case = logs.get(None).store.case_records("FX-2026-002", 0, 1)
    headers = {"Authorization": f"Bearer {(logs.operator_key or b'').hex()}"}
    body = {"fields": ["/data/summary"], "basis": "个人信息保护法第四十七条"}
    path = f"/v1/records/{case[0].record_id}/erasures"
    assert client.post(path, json=body, headers=headers).status_code == 201
    sheet = export(entered, tmp_path / "out.xlsx")["Ledger"]
    assert sheet["C3"].value is None
    assert board(entered, "2026-06-30")["digest"] == before["digest"]
    assert entered("check", tmp_path / "out.xlsx")[0] == 0


@pytest.mark.parametrize("query", ["day=2026-13-01", "kind=project", "size=-1", "day=today"])
def test_a_question_that_makes_no_sense_is_refused(client: TestClient, query: str) -> None:
    assert client.get(f"/v1/board?{query}").status_code == 422
