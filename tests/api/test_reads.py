"""Reads of checks, evaluations, deadlines, boards and ledgers are records, or are counted."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from liuhen.api.served_log import ServedLogs
from liuhen.core.canonical import canonical
from tests.fakes.running_service import running_logs

SAMPLE = Path(__file__).parents[2] / "scripts" / "sample" / "zc" / "project.jsonl"
CASE = "SLZX-2026-0031"
OF_CASE = ("check", "evaluation", "windows", "deadlines", "deadlines.ics")
OF_BOARD = ("board", "board?kind=task", "board?kind=tolerant_acceptance", "ledger.xlsx")


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedLogs]:
    with running_logs(tmp_path_factory.mktemp("service"), bids_without_slots=True) as served_logs:
        yield served_logs


@pytest.fixture(scope="module")
def case(client: TestClient) -> str:
    """Enter the sample project."""
    numbers = dict[str, str]()
    for text in SAMPLE.read_text(encoding="utf-8").splitlines():
        line = json.loads(text)
        submission = line["submission"]
        if "supersedes" in line:
            submission["supersedes"] = numbers[line["supersedes"]]
        answer = client.post("/v1/records", content=canonical(submission))
        assert answer.status_code == 201, answer.text
        numbers[line["key"]] = answer.headers["Liuhen-Record-Id"]
    return CASE


def as_role(logs: ServedLogs, name: str | None, role: str = "auditor") -> dict[str, str]:
    assert logs.operator_key is not None
    told = {"Authorization": f"Bearer {logs.operator_key.hex()}", "Liuhen-Role": role}
    return told if name is None else {**told, "Liuhen-Reader": name, "Liuhen-Ground": "audit"}


def logged(logs: ServedLogs, name: str) -> list[Any]:
    """Return the reads of one reader, without their hour."""
    found = logs.get(None).store.records_of_types(["access_event"], 0, 500)
    bodies = [json.loads(record.body or b"") for record in found]
    data = [{**each["data"], "case": each["case"]} for each in bodies]
    return [
        {k: v for k, v in each.items() if k != "hour"} for each in data if each["reader"] == name
    ]


@pytest.mark.parametrize("route", OF_CASE)
def test_a_read_of_a_case_is_one_record_in_it(
    client: TestClient, logs: ServedLogs, case: str, route: str
) -> None:
    name = f"of-{route}"
    for _ in range(2):
        answer = client.get(f"/v1/cases/{case}/{route}", headers=as_role(logs, name))
        assert answer.status_code == 200, answer.text
    read = {"reader": name, "role": "auditor", "ground": "audit", "of_case": case, "case": case}
    assert logged(logs, name) == [read]


def test_one_hour_of_one_reader_is_one_record_whatever_is_read(
    client: TestClient, logs: ServedLogs, case: str
) -> None:
    for route in OF_CASE:
        client.get(f"/v1/cases/{case}/{route}", headers=as_role(logs, "busy"))
    client.get(f"/v1/cases/{case}", headers=as_role(logs, "busy"))
    assert len(logged(logs, "busy")) == 1


@pytest.mark.parametrize("route", OF_BOARD)
def test_a_read_of_a_board_is_one_record_outside_of_cases(
    client: TestClient, logs: ServedLogs, route: str
) -> None:
    name = f"of-{route}"
    for _ in range(2):
        assert client.get(f"/v1/{route}", headers=as_role(logs, name)).status_code == 200
    kind = route.partition("kind=")[2] or "finding"
    read = {"reader": name, "role": "auditor", "ground": "audit", "of_board": kind, "case": None}
    assert logged(logs, name) == [read]


@pytest.mark.usefixtures("case")
@pytest.mark.parametrize("path", [*(f"cases/{CASE}/{route}" for route in OF_CASE), *OF_BOARD])
def test_whoever_does_not_say_who_reads_sees_nothing(
    client: TestClient, logs: ServedLogs, path: str
) -> None:
    size = logs.get(None).store.head().tree.size
    answer = client.get(f"/v1/{path}", headers=as_role(logs, None))
    assert answer.status_code == 422
    assert "Liuhen-Reader" in answer.json()["detail"]
    assert logs.get(None).store.head().tree.size == size


@pytest.mark.usefixtures("case")
@pytest.mark.parametrize(
    "path", [f"cases/{CASE}/{route}" for route in ("check", "windows", "deadlines")] + ["board"]
)
def test_what_the_public_reads_is_counted_and_not_recorded(
    client: TestClient, logs: ServedLogs, path: str
) -> None:
    log = logs.get(None)
    size, counted = log.store.head().tree.size, logs.anonymous.reads(log.name)
    assert client.get(f"/v1/{path}").status_code == 200
    assert log.store.head().tree.size == size
    assert logs.anonymous.reads(log.name) == counted + 1


@pytest.mark.parametrize("route", ["windows", "deadlines"])
def test_a_role_that_sees_what_everybody_sees_is_not_logged(
    client: TestClient, logs: ServedLogs, case: str, route: str
) -> None:
    headers = as_role(logs, "bidder-of-nothing", role="bidder")
    assert client.get(f"/v1/cases/{case}/{route}", headers=headers).status_code == 200
    assert logged(logs, "bidder-of-nothing") == []


def test_a_read_before_the_opening_does_not_move_the_case(
    client: TestClient, logs: ServedLogs
) -> None:
    data = {"name": "新校区网络", "regime": "ZC"}
    answer = client.post("/v1/records", json={"type": "project", "case": "OPEN-1", "data": data})
    assert answer.status_code == 201, answer.text
    answer = client.get("/v1/cases/OPEN-1/windows", headers=as_role(logs, "early"))
    assert answer.status_code == 200, answer.text
    (read,) = logged(logs, "early")
    assert (read["of_case"], read["case"]) == ("OPEN-1", None)
    state = logs.get(None).store.case_state("OPEN-1")
    assert state is not None
    assert state.count == 1


def test_a_check_that_tells_nothing_before_the_opening_is_no_read(
    client: TestClient, logs: ServedLogs
) -> None:
    data = {"name": "新校区网络", "regime": "ZC"}
    client.post("/v1/records", json={"type": "project", "case": "OPEN-2", "data": data})
    answer = client.get("/v1/cases/OPEN-2/check", headers=as_role(logs, "curious"))
    assert answer.json()["outcome"] == "could_not_check"
    assert logged(logs, "curious") == []
