"""`/v1/deadlines`, and windows and deadlines of a case."""

import json
from pathlib import Path
from typing import Any

import icalendar
import pytest
from starlette.testclient import TestClient

from liuhen.api.served_log import ServedLogs
from liuhen.domain.course import TYPES
from liuhen.domain.deadline import DEADLINES
from liuhen.wiring.app import build_app
from tests.fakes.running_service import running_logs

CASE = "SLZX-2026-0031"
DAY = "2026-04-30"
PUBLISHED = ("project", "publication", "opening_record")
SAMPLE = Path(__file__).parents[2] / "scripts" / "sample" / "zc" / "project.jsonl"


@pytest.fixture(scope="module")
def case(client: TestClient) -> str:
    """Enter what the sample project's deadlines are counted from."""
    for line in SAMPLE.read_text(encoding="utf-8").splitlines():
        submission = json.loads(line)["submission"]
        if submission.get("case") != CASE or submission["type"] not in {*TYPES, *PUBLISHED}:
            continue
        submission["data"].pop("bids", None)  # of receipts that are not entered here
        answer = client.post("/v1/records", json=submission)
        assert answer.status_code == 201, answer.text
    return CASE


@pytest.fixture
def role(logs: ServedLogs) -> dict[str, str]:
    assert logs.operator_key is not None
    told = {"Liuhen-Role": "supervisor", "Liuhen-Reader": "wang"}
    return {"Authorization": f"Bearer {logs.operator_key.hex()}", **told}


def windows(client: TestClient, case: str, query: str, **headers: str) -> list[dict[str, Any]]:
    answer = client.get(f"/v1/cases/{case}/windows?{query}", headers=headers)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["windows"]
    return found


def deadlines(client: TestClient, case: str, day: str, **headers: str) -> dict[str, dict[str, Any]]:
    answer = client.get(f"/v1/cases/{case}/deadlines?day={day}", headers=headers)
    assert answer.status_code == 200, answer.text
    return {each["rule"]: each for each in answer.json()["deadlines"]}


def test_the_table_of_rules_is_whole_and_in_both_languages(client: TestClient) -> None:
    found = client.get("/v1/deadlines").json()["deadlines"]
    assert [each["rule"] for each in found] == [rule.id for rule in DEADLINES]
    challenge = next(each for each in found if each["rule"] == "ZC-CHALLENGE")
    assert (challenge["number"], challenge["unit"]) == (7, "working_day")
    assert challenge["basis"] == {
        "zh": "政府采购法第52条；94号令第10条",
        "en": "Procurement Law art. 52; Order 94 art. 10",
    }


def test_the_table_may_be_had_for_one_law(client: TestClient) -> None:
    found = client.get("/v1/deadlines?regime=ZB").json()["deadlines"]
    assert {each["regime"] for each in found} == {"ZB"}
    assert client.get("/v1/deadlines?regime=ZX").status_code == 422


def test_anybody_learns_that_a_result_may_still_be_challenged(
    client: TestClient, case: str
) -> None:
    (window,) = windows(client, case, "matter=result&day=2026-04-16")
    assert (window["state"], window["first"], window["last"]) == (
        "open",
        "2026-04-08",
        "2026-04-20",
    )
    assert (window["working_days_left"], window["days_left"]) == (2, 4)
    assert window["answer"]["zh"].startswith("可以，截至2026-04-20")
    assert window["answer"]["en"].startswith("Yes, until the end of 2026-04-20: 2 working days")
    assert window["is_estimate"] is False


def test_there_are_three_kinds_of_no(client: TestClient, case: str) -> None:
    (early,) = windows(client, case, "matter=result&day=2026-04-01")
    (late,) = windows(client, case, "matter=result&day=2026-04-21")
    (without,) = windows(client, case, "matter=complaint&day=2026-04-16")
    assert (early["state"], late["state"], without["state"]) == ("not_yet", "closed", "not_yet")
    assert without["before"]["en"].startswith("a challenge")
    other = {"type": "project", "case": "W-1", "data": {"name": "n", "regime": "other"}}
    assert client.post("/v1/records", json=other).status_code == 201
    (unknown,) = windows(client, "W-1", "matter=result&day=2026-04-16")
    assert (unknown["state"], unknown["missing"]) == ("unknown", ["regime"])


def test_without_a_matter_every_matter_of_the_law_is_answered(
    client: TestClient, case: str
) -> None:
    found = windows(client, case, "day=2026-04-16")
    assert [each["matter"] for each in found] == ["document", "process", "result", "complaint"]


def test_the_public_does_not_learn_of_a_challenge_and_a_role_does(
    client: TestClient, case: str, role: dict[str, str]
) -> None:
    query = "matter=complaint&day=2026-05-11"
    (public,) = windows(client, case, query)
    (told,) = windows(client, case, query, **role)
    assert (public["number"], public["state"]) == (None, "closed")
    assert (told["number"], told["state"], told["last"]) == ("ZY-2026-004", "open", "2026-05-19")
    as_bidder = {**role, "Liuhen-Role": "bidder"}
    assert windows(client, case, query, **as_bidder) == [public]


def test_who_filed_a_challenge_says_so_and_is_answered(client: TestClient, case: str) -> None:
    query = "matter=complaint&day=2026-05-11&filed_on=2026-04-15&answered_on=2026-04-23"
    (window,) = windows(client, case, query)
    assert (window["state"], window["first"], window["last"]) == (
        "open",
        "2026-04-23",
        "2026-05-19",
    )


def test_the_public_sees_deadlines_of_what_is_published_only(
    client: TestClient, case: str, role: dict[str, str]
) -> None:
    public = deadlines(client, case, "2026-07-01")
    told = deadlines(client, case, "2026-07-01", **role)
    hidden = {"ZC-ANSWER", "ZC-COMPLAINT", "ZC-DECIDE", "ZC-REVIEW", "ZC-REPORT", "ZC-CONFIRM"}
    assert hidden.isdisjoint(public)
    assert hidden <= set(told)
    for rule, each in public.items():
        assert told[rule] == each
        assert "started_by" not in each, "a record's number opens all of it"
    assert (told["ZC-ANSWER"]["state"], told["ZC-ANSWER"]["met_on"]) == ("met", "2026-04-23")
    assert public["ZC-DEPOSIT-LOSERS"]["state"] == "untold"


def test_what_tells_of_the_evaluation_is_not_told_before_the_result(
    client: TestClient, role: dict[str, str]
) -> None:
    case = "EVAL-1"
    for kind, data in (
        ("project", {"name": "项目", "regime": "ZC"}),
        (
            "evaluation_report",
            {"action": "signed", "sent_to_purchaser_at": "2026-04-10T18:00:00+08:00"},
        ),
    ):
        mark = {"imported": {"source": "x"}}
        body = {"type": kind, "case": case, "occurred_at": "2026-04-10T17:00:00+08:00"}
        answer = client.post("/v1/records", json={**body, "data": {**data, **mark}})
        assert answer.status_code == 201, answer.text
    for name in ("operator", "purchaser", "supervisor", "auditor"):
        reader = {**role, "Liuhen-Role": name}
        assert {"ZC-REPORT", "ZC-CONFIRM"}.isdisjoint(deadlines(client, case, DAY, **reader))
    award = {"winner": {"name": "甲"}, "imported": {"source": "x"}}
    body = {"type": "award_notice", "case": case, "occurred_at": "2026-04-14T17:00:00+08:00"}
    assert client.post("/v1/records", json={**body, "data": award}).status_code == 201
    for name in ("operator", "purchaser", "supervisor", "auditor"):
        reader = {**role, "Liuhen-Role": name}
        assert {"ZC-REPORT", "ZC-CONFIRM"} <= set(deadlines(client, case, DAY, **reader))
    for name in ("inspector", "bidder", "public"):
        reader = {**role, "Liuhen-Role": name}
        assert {"ZC-REPORT", "ZC-CONFIRM"}.isdisjoint(deadlines(client, case, DAY, **reader))


def test_deadlines_of_disputes_are_for_those_who_may_read_of_them(
    client: TestClient, case: str, role: dict[str, str]
) -> None:
    for name, sees in (("operator", False), ("inspector", False), ("purchaser", True)):
        reader = {**role, "Liuhen-Role": name}
        found = deadlines(client, case, "2026-07-01", **reader)
        assert ("ZC-ANSWER" in found) is sees, name
        (told,) = windows(client, case, "matter=complaint&day=2026-05-11", **reader)
        assert (told["number"] is not None) is sees, name


def test_deadlines_of_a_past_day_rest_on_what_had_happened(client: TestClient, case: str) -> None:
    found = deadlines(client, case, "2026-04-16")
    assert "ZC-FILE" not in found
    running = {rule for rule, each in found.items() if each["state"] == "running"}
    assert running == {"ZC-CHALLENGE", "ZC-CONTRACT"}
    assert (found["ZC-CHALLENGE"]["working_days_left"], found["ZC-CHALLENGE"]["is_near"]) == (
        2,
        True,
    )
    assert found["ZC-CONTRACT"]["is_near"] is False


@pytest.mark.parametrize("path", ["windows", "deadlines", "deadlines.ics"])
def test_a_case_of_which_nothing_may_be_told_is_unknown(
    client: TestClient, role: dict[str, str], path: str
) -> None:
    data = {"challenge_no": f"Z-{path}", "target": "result", "matters": [{"matter": "m"}]}
    secret = {"type": "challenge", "case": "S-1", "data": data}
    assert client.post("/v1/records", json=secret).status_code == 201
    answer = client.get(f"/v1/cases/S-1/{path}")
    nowhere = client.get(f"/v1/cases/S-2/{path}")
    assert (answer.status_code, nowhere.status_code) == (404, 404)
    assert answer.json()["detail"].replace("S-1", "S-2") == nowhere.json()["detail"]
    assert client.get(f"/v1/cases/S-1/{path}", headers=role).status_code == 200


@pytest.mark.parametrize(
    "query", ["day=2026-4-1", "matter=price", "known_on=x", "near=-1", "near=31", "log=nope"]
)
def test_what_cannot_be_read_is_refused(client: TestClient, case: str, query: str) -> None:
    path = "deadlines" if "near" in query else "windows"
    assert client.get(f"/v1/cases/{case}/{path}?{query}").status_code in (404, 422)


def feed(client: TestClient, case: str, query: str, **headers: str) -> bytes:
    answer = client.get(f"/v1/cases/{case}/deadlines.ics?{query}", headers=headers)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    return answer.content


def events_of(content: bytes) -> Any:
    """Return the events; the library's types are of every property there is."""
    return icalendar.Calendar.from_ical(content).walk("VEVENT")


def test_the_feed_has_an_all_day_event_for_every_running_deadline(
    client: TestClient, case: str, role: dict[str, str]
) -> None:
    events = events_of(feed(client, case, "day=2026-04-16&lang=zh", **role))
    told = {str(event["CATEGORIES"].cats[0]): event for event in events}
    assert set(told) == {"ZC-CHALLENGE", "ZC-CONTRACT", "ZC-ANSWER", "ZC-COMPLAINT"}
    challenge = told["ZC-CHALLENGE"]
    assert challenge["DTSTART"].dt.isoformat() == "2026-04-20"
    assert challenge["DTEND"].dt.isoformat() == "2026-04-21"
    assert challenge["TRANSP"] == "TRANSPARENT"
    assert challenge["SUMMARY"] == f"提出质疑（{case}）"
    assert "政府采购法第52条" in challenge["DESCRIPTION"]
    # Two working days before Monday 20 April is Thursday, at nine.
    (alarm,) = challenge.walk("VALARM")
    assert alarm["TRIGGER"].dt.total_seconds() == (-4 * 24 + 9) * 3600
    assert "ZY-2026-004" in told["ZC-ANSWER"]["SUMMARY"]


def test_the_feed_has_the_same_bytes_and_numbers_whenever_it_is_asked_for(
    client: TestClient, case: str
) -> None:
    content = feed(client, case, "day=2026-04-16")
    assert feed(client, case, "day=2026-04-16") == content
    english = feed(client, case, "day=2026-04-16&lang=en")
    assert english != content
    numbers = [[str(event["UID"]) for event in events_of(each)] for each in (content, english)]
    assert numbers[0] == numbers[1]
    assert len(set(numbers[0])) == len(numbers[0]) == 2
    assert b"SUMMARY:Sign the contract" in english


def test_an_estimate_is_called_one_in_the_feed(client: TestClient) -> None:
    for type_, data in (
        ("project", {"name": "n", "regime": "ZB"}),
        ("award_letter", {"winner": {"bid_id": "B1"}, "issued_on": "2026-12-15"}),
    ):
        body = {"type": type_, "case": "E-1", "occurred_at": "2026-12-15T10:00:00+08:00"}
        answer = client.post("/v1/records", json={**body, "data": data})
        assert answer.status_code == 201, answer.text
    content = feed(client, "E-1", "day=2026-12-20&lang=en").decode()
    assert "SUMMARY:[estimate] Sign the contract" in content
    assert "The day is an" in content


@pytest.mark.parametrize(("moves", "due"), [(True, "2026-05-06"), (False, "2026-05-03")])
def test_a_centre_may_let_calendar_days_end_on_a_day_off(
    tmp_path: Path, moves: bool, due: str
) -> None:
    with (
        running_logs(tmp_path, calendar_days_move=moves) as logs,
        TestClient(build_app(logs, hosts=["testserver"])) as client,
    ):
        for type_, data in (
            ("project", {"name": "n", "regime": "ZB"}),
            ("award_letter", {"winner": {"bid_id": "B1"}, "issued_on": "2026-04-03"}),
        ):
            body = {"type": type_, "case": "M-1", "occurred_at": "2026-04-03T10:00:00+08:00"}
            assert client.post("/v1/records", json={**body, "data": data}).status_code == 201
        found = deadlines(client, "M-1", "2026-04-20")["ZB-CONTRACT"]
        assert (found["due"], found["is_estimate"]) == (due, moves)
