"""`liuhen ledger` against a whole service: in, out, and what the board says in between."""

import io
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
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
from liuhen.client import KeyHolder, Liuhen
from liuhen.wiring.app import build_app
from liuhen.wiring.ledger_import import enter_ledger
from scripts.samples import SAMPLE
from tests.fakes.running_service import BODY_BYTES, running_logs

LEDGER = SAMPLE / "13-findings-ledger.csv"
Run = Callable[..., tuple[int, str, str]]


class Service:
    """A whole service and its operator."""

    def __init__(self, logs: ServedLogs, client: TestClient) -> None:
        self.logs, self.client = logs, client
        assert logs.operator_key is not None
        self.headers = {"Authorization": f"Bearer {logs.operator_key.hex()}", "Liuhen-Reader": "W"}


@contextmanager
def running(folder: Path) -> Iterator[Service]:
    with running_logs(folder) as logs:
        served = build_app(logs, hosts=["testserver", "127.0.0.1"], body_bytes=BODY_BYTES)
        with TestClient(served, raise_server_exceptions=False) as client:
            yield Service(logs, client)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service with the ledger, which no test adds to."""
    with running(tmp_path_factory.mktemp("shared")) as service:
        with Liuhen("http://127.0.0.1:8420", transport=service.client._transport) as sdk:
            holder = KeyHolder(service.logs.operator_key or b"", "Wang")
            enter_ledger(sdk, LEDGER.read_bytes(), holder, log_name=None)
        yield service


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Service]:
    """An empty service."""
    with running(tmp_path / "service") as service:
        yield service


Connect = Callable[[Service], Run]


@pytest.fixture
def connect(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Connect:
    """Return what runs `liuhen ledger` against a service."""
    monkeypatch.setenv("LIUHEN_URL", "http://127.0.0.1:8420")

    def connect_to(service: Service) -> Run:
        transport = service.client._transport
        monkeypatch.setattr(service_url, "connect", lambda url: Liuhen(url, transport=transport))
        key_file = tmp_path / "operator.key"
        key_file.unlink(missing_ok=True)
        key_file.touch(mode=0o600)
        key_file.write_text(f"{(service.logs.operator_key or b'').hex()}\n")

        def run(*words: str | Path, key: bool = True) -> tuple[int, str, str]:
            given = ["--operator-key", str(tmp_path / "operator.key")] if key else []
            lang = [] if words[0] == "snapshot" else ["--lang", "en"]
            done = CliRunner().invoke(app, ["ledger", *map(str, words), *given, *lang])
            assert done.exception is None or isinstance(done.exception, SystemExit)
            return done.exit_code, done.stdout, done.stderr

        return run

    return connect_to


@pytest.fixture
def read(shared: Service, connect: Connect) -> Run:
    """Run against the service with the ledger."""
    return connect(shared)


@pytest.fixture
def run(own: Service, connect: Connect) -> Run:
    """Run against an empty service."""
    return connect(own)


def enter_short(run: Run, folder: Path) -> None:
    """Enter the first four findings."""
    file = folder / "short.csv"
    file.write_text("\n".join(LEDGER.read_text().splitlines()[:5]))
    assert run("import", file)[0] == 0


def board(run: Run, day: str, *, key: bool = True) -> dict[str, Any]:
    code, out, _ = run("board", "--day", day, "--json", key=key)
    assert code == 0
    told: dict[str, Any] = json.loads(out.splitlines()[-1])  # after what the service itself says
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
    assert code == 0
    assert out.endswith("103 records entered, 0 there already, 0 known and unchanged\n")
    size = board(run, "2026-06-30")["tree_size"]
    assert "0 records entered, 103 there already" in run("import", LEDGER)[1]
    assert board(run, "2026-06-30")["tree_size"] == size


def test_the_board_has_the_colours_of_the_ledger(read: Run) -> None:
    told = board(read, "2026-06-30")
    assert told["counts"] == {"red": 10, "yellow": 3, "blue": 4, "closed": 6}
    assert len(told["lines"]) == 23
    _, out, _ = read("board", "--day", "2026-06-30")
    assert out.splitlines()[0] == "2026-06-30  overdue 10  due soon 3  on course 4  closed 6"
    assert "FX-2026-002  due soon  submitted  2026-06-30" in out


def test_without_the_key_there_are_counts_and_nothing_else(read: Run) -> None:
    told = board(read, "2026-06-30", key=False)
    assert told["counts"]["red"] == 10
    assert told.keys() == {"as_of", "counts", "kind", "rule_version", "tree_size"}


def test_one_wrong_row_keeps_all_out(run: Run, tmp_path: Path) -> None:
    bent = tmp_path / "bent.csv"
    bent.write_text(LEDGER.read_text().replace("2026-05-28,closed", "2026-15-28,closed"))
    code, _, err = run("import", bent)
    assert code == 7
    assert "24 due_on: a day such as" in err
    assert board(run, "2026-06-30")["lines"] == []


def test_a_row_that_the_log_tells_otherwise_keeps_all_out(read: Run, tmp_path: Path) -> None:
    other = tmp_path / "other.csv"
    text = LEDGER.read_text().replace("FX-2026-001", "FX-2026-901")
    other.write_text(text.replace("2026-07-24,submitted", "2026-07-24,rectifying"))
    code, _, err = read("import", other)
    assert code == 7
    assert "6 status: is in the log already as submitted" in err
    assert len(board(read, "2026-06-30")["lines"]) == 23


def test_a_ledger_in_another_file_adds_only_what_is_new(run: Run, tmp_path: Path) -> None:
    enter_short(run, tmp_path)
    other = tmp_path / "other.csv"
    lines = LEDGER.read_text().splitlines()[:5]
    other.write_text("\n".join(lines).replace("FX-2026-001", "FX-2026-901"))
    _, out, _ = run("import", other)
    assert out.endswith("6 records entered, 0 there already, 3 known and unchanged\n")


def test_a_snapshot_can_be_made_again_after_later_records(
    run: Run, own: Service, tmp_path: Path
) -> None:
    enter_short(run, tmp_path)
    code, out, _ = run("snapshot", "--day", "2026-06-30")
    assert code == 0
    number = out.splitlines()[-1].split()[0]
    close(own.client, "FX-2026-003", "2026-06-29")
    assert board(run, "2026-06-30")["counts"] == {"red": 1, "yellow": 1, "blue": 0, "closed": 2}
    code, out, _ = run("check", number)
    assert (code, out.splitlines()[-1]) == (0, "equal: the records give the same")


def test_a_false_snapshot_is_told(run: Run, own: Service, tmp_path: Path) -> None:
    enter_short(run, tmp_path)
    told = {n: v for n, v in board(run, "2026-06-30").items() if n != "lines"}
    told["counts"]["red"] = 9
    answer = own.client.post("/v1/records", json={"type": "board_snapshot", "data": told})
    code, out, _ = run("check", answer.headers["Liuhen-Record-Id"])
    assert code == 3
    assert out.startswith("different: counts")


def test_the_workbook_holds_what_the_ledger_says(read: Run, tmp_path: Path) -> None:
    book = export(read, tmp_path / "out.xlsx")
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
    assert len(sheet.data_validations.dataValidation) == 9
    history = [[cell.value for cell in row] for row in book["History"].iter_rows(min_row=2)]
    steps = [row[2] for row in history if row[0] == "FX-2026-001"]
    assert steps == ["opened", "notified", "being rectified", "submitted", "verified", "closed"]
    check = {row[0].value: row[1].value for row in book["校验"].iter_rows()}
    assert (check["day"], check["row_count"]) == ("2026-06-30", "23")
    assert len(check["root_hash"]) == len(check["rows_digest"]) == 64


def test_an_exported_ledger_enters_another_log_as_it_is(
    run: Run, own: Service, connect: Connect, tmp_path: Path
) -> None:
    enter_short(run, tmp_path)
    extended = {"action": "extended", "approver": "=1+1", "new_due_on": "2026-08-31"}
    body = {"type": "finding", "case": "FX-2026-003", "occurred_at": "2026-06-01T10:00:00+08:00"}
    assert own.client.post("/v1/records", json={**body, "data": extended}).status_code == 201
    file = tmp_path / "out.xlsx"
    export(run, file)
    lines = board(run, "2026-06-30")["lines"]
    with running(tmp_path / "other") as other:
        run = connect(other)
        assert run("import", file)[0] == 0
        again = board(run, "2026-06-30")["lines"]
    assert [{**line, "about": 0} for line in again] == [{**line, "about": 0} for line in lines]
    assert [line["is_extended"] for line in lines] == [False, False, True, False]


def test_the_same_ledger_has_the_same_bytes(run: Run, own: Service, tmp_path: Path) -> None:
    enter_short(run, tmp_path)
    export(run, tmp_path / "a.xlsx")
    export(run, tmp_path / "b.xlsx")
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    assert run("check", tmp_path / "a.xlsx")[0] == 0
    close(own.client, "FX-2026-003", "2026-06-29")
    assert run("check", tmp_path / "a.xlsx")[0] == 0


def test_a_changed_workbook_is_told_cell_by_cell(read: Run, tmp_path: Path) -> None:
    file = tmp_path / "out.xlsx"
    book = export(read, file)
    book["Ledger"]["C3"] = "无问题"
    book.save(file)
    code, out, _ = read("check", file)
    assert code == 3
    assert "different: rows_digest" in out
    assert "different: FX-2026-002: description\n" in out


def test_what_looks_like_a_formula_is_text(run: Run, own: Service, tmp_path: Path) -> None:
    texts = ["=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("http://x","y")']
    for number, text in enumerate(texts):
        data = {"action": "opened", "due_on": "2026-07-01", "summary": text, "department": text}
        body = {"type": "finding", "case": f"FX-{number}", "data": data}
        answer = own.client.post(
            "/v1/records", json={**body, "occurred_at": "2026-06-01T10:00:00+08:00"}
        )
        assert answer.status_code == 201
    cells = list(export(run, tmp_path / "out.xlsx")["Ledger"]["C"])[1:]
    assert [(cell.value, cell.data_type, cell.quotePrefix) for cell in cells] == [
        (text, "s", True) for text in texts
    ]


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer " + "0" * 64}])
def test_the_ledger_is_for_the_operator(shared: Service, headers: dict[str, str]) -> None:
    answer = shared.client.get("/v1/ledger.xlsx", headers=headers)
    assert (answer.status_code, answer.json()["type"]) == (401, "/problems/operator-only")


@pytest.mark.parametrize(("role", "sees"), [("inspector", True), ("bidder", False)])
def test_a_role_decides_who_sees_lines(shared: Service, role: str, sees: bool) -> None:
    headers = {**shared.headers, "Liuhen-Role": role}
    told = shared.client.get("/v1/board?day=2026-06-30", headers=headers).json()
    assert ("lines" in told) is sees
    workbook = shared.client.get("/v1/ledger.xlsx?day=2026-06-30", headers=headers)
    assert (workbook.status_code == 200) is sees


def test_a_workbook_in_chinese_has_chinese_words(shared: Service) -> None:
    headers = {**shared.headers, "Accept-Language": "zh-CN"}
    answer = shared.client.get("/v1/ledger.xlsx?day=2026-06-30", headers=headers)
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    assert book.sheetnames == ["台账", "逐项销号", "校验"]
    assert [cell.value for cell in book["台账"]["R"]][1:4] == ["已销号", "临期", "超期"]


def test_an_erased_text_is_in_no_ledger_any_more(run: Run, own: Service, tmp_path: Path) -> None:
    enter_short(run, tmp_path)
    before = board(run, "2026-06-30")
    (opening,) = own.logs.get(None).store.case_records("FX-2026-002", 0, 1)
    body = {"fields": ["/data/summary"], "basis": "个人信息保护法第四十七条"}
    path = f"/v1/records/{opening.record_id}/erasures"
    assert own.client.post(path, json=body, headers=own.headers).status_code == 201
    assert export(run, tmp_path / "out.xlsx")["Ledger"]["C3"].value is None
    assert board(run, "2026-06-30")["digest"] == before["digest"]
    assert run("check", tmp_path / "out.xlsx")[0] == 0


@pytest.mark.parametrize("query", ["day=2026-13-01", "kind=project", "size=-1", "day=today"])
def test_a_question_that_makes_no_sense_is_refused(shared: Service, query: str) -> None:
    assert shared.client.get(f"/v1/board?{query}").status_code == 422


# Tasks, and histories

HEAD = "任务编号,任务名称,立项日期,牵头领导,责任部门,配合部门,进展,原定期限"
TASKS = f"""{HEAD},整改期限,状态,核查人,销号日期
DB-2026-01,完善开标记录,2026-04-01,副主任,交易科,信息科；监督科,已起草,2026-05-20,2026-06-19,整改中,,
DB-2026-02,更换评标室设备,2026-04-10,主任,信息科,,,,2026-07-06,已报送,,
DB-2026-03,修订见证办法,2026-04-12,主任,监督科,,,,2026-05-29,销号,驻局纪检组,2026-05-28
"""


def board_of(run: Run, kind: str, day: str) -> list[Any]:
    code, out, _ = run("board", "--kind", kind, "--day", day, "--json")
    assert code == 0
    told = json.loads(out.splitlines()[-1])
    return [{**line, "about": 0} for line in told["lines"]]


def step(
    client: TestClient, kind: str, case: str, day: str, /, by: str = "甲", **data: Any
) -> None:
    body = {"type": kind, "case": case, "occurred_at": f"{day}T10:20:30+08:00", "data": data}
    answer = client.post("/v1/records", json={**body, "submitter": {"person": by}})
    assert answer.status_code == 201, answer.text


def enter_tasks(run: Run, folder: Path) -> None:
    file = folder / "tasks.csv"
    file.write_text(TASKS)
    code, out, err = run("import", file, "--kind", "task")
    assert code == 0, err
    assert out.endswith("14 records entered, 0 there already, 0 known and unchanged\n")


def test_tasks_come_in_and_have_a_board(run: Run, tmp_path: Path) -> None:
    enter_tasks(run, tmp_path)
    lines = board_of(run, "task", "2026-06-30")
    assert [(line["case"], line["state"], line["colour"]) for line in lines] == [
        ("DB-2026-01", "rectifying", "red"),
        ("DB-2026-02", "submitted", "yellow"),
        ("DB-2026-03", "closed", "closed"),
    ]
    assert [line["is_extended"] for line in lines] == [True, False, False]
    assert board_of(run, "finding", "2026-06-30") == []


def test_a_ledger_of_tasks_holds_what_the_records_say(run: Run, tmp_path: Path) -> None:
    enter_tasks(run, tmp_path)
    book = export(run, tmp_path / "tasks.xlsx", "--kind", "task")
    head, first = ([cell.value for cell in row] for row in book["Ledger"].iter_rows(max_row=2))
    told = dict(zip(head, first, strict=True))
    assert (told["Number"], told["Title"], told["Lead"]) == ("DB-2026-01", "完善开标记录", "副主任")
    assert (told["Departments that help"], told["Progress"]) == ("信息科；监督科", "已起草")
    assert told["Opened on"] == datetime(2026, 4, 1)  # noqa: DTZ001 -- as Excel has days
    assert (told["State"], told["Colour"]) == ("being rectified", "overdue")
    check = {row[0].value: row[1].value for row in book["校验"].iter_rows()}
    assert check["format"] == "task-ledger/v1"
    assert run("check", tmp_path / "tasks.xlsx")[0] == 0
    book["Ledger"]["B2"] = "别的"
    book.save(tmp_path / "tasks.xlsx")
    code, out, _ = run("check", tmp_path / "tasks.xlsx")
    assert (code, "different: DB-2026-01: title" in out) == (3, True)


@pytest.mark.parametrize("kind", ["finding", "task"])
def test_a_ledger_enters_an_empty_log_with_its_history_and_has_the_same_board_on_any_day(
    run: Run, own: Service, connect: Connect, tmp_path: Path, kind: str
) -> None:
    evidence = [{"name": "报告", "sha256": "ab" * 32}]
    for case in ("N-1", "N-2"):
        step(own.client, kind, case, "2026-04-01", action="opened", due_on="2026-04-20")
        step(own.client, kind, case, "2026-04-03", action="notified")
    extended = {"action": "extended", "approver": "主任"}
    step(own.client, kind, "N-1", "2026-04-15", **extended, new_due_on="2026-05-06")
    step(own.client, kind, "N-1", "2026-05-05", **extended, new_due_on="2026-06-01")
    step(own.client, kind, "N-1", "2026-05-08", action="rectifying")
    step(own.client, kind, "N-1", "2026-05-20", action="submitted", evidence=evidence)
    step(own.client, kind, "N-1", "2026-05-21", by="乙", action="returned", reason="不全")
    step(own.client, kind, "N-1", "2026-05-22", action="rectifying")
    step(own.client, kind, "N-1", "2026-05-25", action="submitted", evidence=evidence)
    step(own.client, kind, "N-1", "2026-05-26", by="乙", action="verified", result="completely")
    step(own.client, kind, "N-1", "2026-05-28", by="乙", action="closed")
    opening = {"title": "t"} if kind == "task" else {"summary": "t", "found_on": "2026-04-01"}
    step(own.client, kind, "N-3", "2026-04-01", **opening, action="opened", due_on="2026-04-20")
    days = [f"2026-0{month}-{day:02}" for month in (4, 5, 6) for day in range(1, 31, 3)]
    before = {day: board_of(run, kind, day) for day in days}
    file = tmp_path / "out.xlsx"
    export(run, file, "--kind", kind)
    book = openpyxl.load_workbook(file)
    about = 3 if kind == "finding" else 2
    for row in (2, 3):  # a row without its text comes from no ledger
        book["Ledger"].cell(row, about, "文字")
        if kind == "finding":
            book["Ledger"].cell(row, 4, date(2026, 4, 1))
    book.save(file)
    with running(tmp_path / "other") as other:
        again = connect(other)
        code, _, err = again("import", file, "--kind", kind)
        assert code == 0, err
        assert {day: board_of(again, kind, day) for day in days} == before
        assert "0 records entered, 14 there already" in again("import", file, "--kind", kind)[1]
    assert len({json.dumps(lines) for lines in before.values()}) > 8


def test_a_row_that_its_history_tells_otherwise_keeps_all_out(run: Run, tmp_path: Path) -> None:
    enter_tasks(run, tmp_path)
    file = tmp_path / "tasks.xlsx"
    book = export(run, file, "--kind", "task")
    head = [cell.value for cell in book["Ledger"][1]]
    book["Ledger"].cell(2, head.index("State") + 1, "submitted")
    book["Ledger"].cell(2, 1, "DB-2026-09")
    for row in book["History"].iter_rows(min_row=2):
        row[0].value = str(row[0].value).replace("2026-01", "2026-09")
    book.save(file)
    code, _, err = run("import", file, "--kind", "task")
    assert code == 7
    assert "2 status: is not what its history leads to, rectifying" in err


def test_a_ledger_of_another_kind_is_told_by_its_columns(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "tasks.csv"
    file.write_text(TASKS)
    code, _, err = run("import", file)
    assert code == 7
    assert "1 finding_no: this column is missing" in err


def test_tolerant_acceptances_are_on_a_board(run: Run, own: Service) -> None:
    project = {"name": "样例", "regime": "ZC"}
    case = "P-2026-1"
    step(own.client, "project", case, "2026-06-01", **project)
    data: dict[str, Any] = {"supply_by": "2026-06-10", "missing": ["营业执照"]}
    data |= {"action": "accepted", "commitment_sha256": "ab" * 32, "approved_by": "科长"}
    step(own.client, "tolerant_acceptance", case, "2026-06-02", **data)
    (line,) = board_of(run, "tolerant_acceptance", "2026-06-11")
    assert (line["case"], line["colour"], line["due_on"]) == (case, "red", "2026-06-10")
    assert run("export", "-o", "x.xlsx", "--kind", "tolerant_acceptance")[0] == 2
