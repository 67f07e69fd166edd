"""`GET /v1/cases/{case}/receipts`: who gets which receipts of a case, and what they prove."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from liuhen.api.served_log import ServedLogs
from liuhen.core.disclosure import rebuild
from liuhen.core.errors import Unavailable
from liuhen.core.receipt import parse_receipt
from liuhen.wiring.app import build_app
from tests.api.test_timeline import SAMPLE, ZC, Fields, as_, bid, open_bids, reads_of, send, start
from tests.fakes.running_service import BODY_BYTES, running_logs

PLACE = {"case_seq", "case_prev"}
ROLES = ("auditor", "supervisor", "discipline", "operator", "purchaser", "inspector", "bidder")


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedLogs]:
    folder = tmp_path_factory.mktemp("service")
    with running_logs(folder, bids_without_slots=True) as served_logs:
        yield served_logs


@pytest.fixture(scope="module")
def client(service: ServedLogs) -> Iterator[TestClient]:
    app = build_app(service, hosts=["localhost", "testserver"], body_bytes=BODY_BYTES)
    with TestClient(app, raise_server_exceptions=False) as test_client:
        yield test_client


@pytest.fixture(scope="module")
def whole_project(client: TestClient) -> str:
    """Enter the sample project, from its entry to its archive."""
    for line in (SAMPLE / "zc" / "project.jsonl").read_text().splitlines():
        assert send(client, json.loads(line)["submission"]).status_code == 201
    return ZC


def lines(client: TestClient, case: str, headers: Fields | None = None, query: str = "") -> Any:
    answer = client.get(f"/v1/cases/{case}/receipts{query}", headers=headers or {})
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"] == "application/x-ndjson"
    return [json.loads(line) for line in answer.text.splitlines()]


def receipts(told: Any) -> list[Any]:
    return [each for each in told if each["schema"] == "audit-receipt/v1"]


def test_a_role_gets_every_receipt_of_what_it_may_see_in_order(
    client: TestClient, service: ServedLogs, whole_project: str
) -> None:
    headers = as_(service, "supervisor", "财政局")
    text = client.get(f"/v1/cases/{whole_project}/receipts", headers=headers).text
    read = [parse_receipt(line.encode()) for line in text.splitlines()]
    records: list[Any] = [rebuild(receipt.rows) for receipt in read]
    sent = [
        json.loads(line)["submission"]
        for line in (SAMPLE / "zc" / "project.jsonl").read_text().splitlines()
    ]
    own = [each["data"] for each in sent if each["case"] == whole_project]
    assert [each["data"] for each in records][: len(own)] == own
    assert [each["case_seq"] for each in records] == list(range(len(records)))
    for line in text.splitlines():
        assert client.post("/v1/verify", content=line).json()["outcome"] == "match"


def test_who_may_not_know_who_complains_learns_only_that_a_record_is_there(
    client: TestClient, service: ServedLogs, whole_project: str
) -> None:
    told = lines(client, whole_project, as_(service, "auditor", "审计员"))
    withheld = [each for each in told if each["schema"] == "withheld-record/v1"]
    assert {each["type"] for each in withheld} == {"challenge", "complaint"}


def test_the_public_gets_no_number_of_a_record(
    client: TestClient, service: ServedLogs, whole_project: str
) -> None:
    told = lines(client, whole_project)
    seen = client.get(f"/v1/cases/{whole_project}").json()["entries"]
    assert [each["schema"] for each in told] == ["withheld-record/v1"] * len(seen)
    for name in ("commitment", "type", "case_seq"):
        assert [each[name] for each in told] == [each[name] for each in seen]
    assert all(each.keys() <= {"schema", "commitment", "type", "case_seq"} for each in told)
    numbers = [
        record.record_id for record in service.get(None).store.case_records(whole_project, 0, 500)
    ]
    assert not any(number in json.dumps(told) for number in numbers)


def test_a_bidder_gets_its_own(client: TestClient, service: ServedLogs, whole_project: str) -> None:
    sent = (SAMPLE / "zc" / "project.jsonl").read_text().splitlines()
    bids = [json.loads(line)["submission"]["data"] for line in sent if '"bid_receipt"' in line]
    own = bids[-1]["supplier_id"]
    told = receipts(lines(client, whole_project, as_(service, "bidder", "x", party=own)))
    assert told
    text = json.dumps(told, ensure_ascii=False)
    assert own in text
    assert not any(each["supplier_id"] in text for each in bids if each["supplier_id"] != own)


@pytest.mark.parametrize("role", [None, *ROLES])
def test_before_the_opening_nothing_tells_of_bids(
    client: TestClient, service: ServedLogs, role: str | None
) -> None:
    case = f"SEALED-{role}"
    start(client, case)
    headers = None if role is None else as_(service, role, "Early")
    before = lines(client, case, headers)
    for number in range(1, 4):
        bid(client, case, number)
    after = lines(client, case, headers)
    for each in (*before, *after):
        assert "case_seq" not in each
        if each["schema"] == "audit-receipt/v1":
            shown = {row[0][0] for row in each["rows"] if len(row) == 3}
            assert not PLACE & shown
    assert len(after) == len(before) == 3
    assert [each["schema"] for each in after] == [each["schema"] for each in before]
    if role is None:
        assert after == before
    query = "?start=3"
    assert lines(client, case, headers, query) == []


def test_after_the_opening_the_place_is_told(client: TestClient, service: ServedLogs) -> None:
    case = "OPENED"
    start(client, case)
    bid(client, case, 1)
    open_bids(client, case)
    told = lines(client, case, as_(service, "auditor", "Later"))
    assert [each["schema"] for each in told].count("audit-receipt/v1") == 5
    kinds = [each["type"] for each in lines(client, case)]
    assert kinds == ["project", "publication", "tender_document", "bid_receipt", "opening_record"]


def test_what_its_type_does_not_know_stays_withheld(
    client: TestClient, service: ServedLogs
) -> None:
    case = "UNKNOWN-MEMBER"
    start(client, case)
    bid(client, case, 1)
    open_bids(client, case)
    data = {"action": "published", "kind": "other", "url": "https://a.example", "remark": "密"}
    body = {"type": "publication", "case": case, "data": data, "submitter": {"person": "李某"}}
    assert send(client, body).status_code == 201
    *_, last = receipts(lines(client, case, as_(service, "auditor", "Wang")))
    assert "密" not in json.dumps(last, ensure_ascii=False)
    assert "李某" in json.dumps(last, ensure_ascii=False)
    verdict = client.post("/v1/verify", json=last).json()
    assert "/data/remark" in verdict["facts"]["withheld_fields"]


def test_a_part_of_a_sealed_record_tells_no_place_either(
    client: TestClient, service: ServedLogs
) -> None:
    case = "SEALED-PART"
    start(client, case)
    data = {"action": "published", "kind": "other", "url": "https://a.example", "remark": "密"}
    assert send(client, {"type": "publication", "case": case, "data": data}).status_code == 201
    *_, last = receipts(lines(client, case, as_(service, "auditor", "Wang")))
    verdict = client.post("/v1/verify", json=last).json()
    hidden = {"/data/remark", "/case_seq", "/case_prev"}
    assert hidden <= set(verdict["facts"]["withheld_fields"])
    assert verdict["outcome"] == "match"
    shown = {"/" + "/".join(map(str, row[0])) for row in last["rows"] if len(row) == 3}
    assert {"/case", "/data/url", "/submitter/person"} <= shown


def test_pages_join_to_the_whole(
    client: TestClient, service: ServedLogs, whole_project: str
) -> None:
    headers = as_(service, "auditor", "Pages")
    lines(client, whole_project, headers)  # the read is logged, and the case grows by it
    joined: list[Any] = []
    following: str | None = "0"
    while following is not None:
        query = f"?limit=7&start={following}"
        answer = client.get(f"/v1/cases/{whole_project}/receipts{query}", headers=headers)
        joined += [json.loads(line) for line in answer.text.splitlines()]
        following = answer.headers.get("Liuhen-Next")
    whole = lines(client, whole_project, headers)
    names = ("rows", "commitment")
    told = [[each.get(name) for name in names] for each in joined]
    assert told == [[each.get(name) for name in names] for each in whole]


def test_a_read_is_logged_before_it_is_answered(
    client: TestClient,
    service: ServedLogs,
    whole_project: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = f"/v1/cases/{whole_project}/receipts"
    assert client.get(path, headers=as_(service, "auditor", "")).status_code == 422
    lines(client, whole_project, as_(service, "auditor", "Li", ground="投诉"))
    *_, last = reads_of(service, whole_project)
    assert (last["data"]["reader"], last["data"]["ground"]) == ("Li", "投诉")

    def away(*_: object, **__: object) -> None:
        raise Unavailable("the disk is full")

    monkeypatch.setattr(type(service.get(None).append), "append_here", away)
    answer = client.get(path, headers=as_(service, "auditor", "Nobody"))
    assert answer.status_code == 503
    assert "rows" not in answer.text
    assert client.get(path).status_code == 200, "the public is not logged"


def test_the_public_is_counted(client: TestClient, service: ServedLogs, whole_project: str) -> None:
    name = service.get(None).name
    before = service.anonymous.reads(name)
    lines(client, whole_project)
    assert service.anonymous.reads(name) == before + 1


def test_an_erased_field_stays_withheld(client: TestClient, service: ServedLogs) -> None:
    case = "ERASED"
    start(client, case)
    open_bids(client, case)
    headers = as_(service, "auditor", "Wang")
    number = service.get(None).store.case_records(case, 0, 1)[0].record_id
    body = {"fields": ["/submitter/person"], "basis": "PIPL art. 47"}
    answer = client.post(f"/v1/records/{number}/erasures", json=body, headers=headers)
    assert answer.status_code == 201
    first, *_ = receipts(lines(client, case, headers))
    assert "李某" not in json.dumps(first, ensure_ascii=False)
    assert client.post("/v1/verify", json=first).json()["outcome"] == "match"


@pytest.mark.parametrize("case", ["NOWHERE", "FX-2026-101"])
def test_a_case_that_is_not_to_be_known_is_not_there(
    client: TestClient, whole_project: str, case: str
) -> None:
    assert whole_project
    assert client.get(f"/v1/cases/{case}/receipts").status_code == 404
