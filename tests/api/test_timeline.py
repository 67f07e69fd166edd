"""`GET /v1/cases/{case}`: what a case shows to whom, and the log of who saw it."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx2
import pytest
from starlette.testclient import TestClient

from liuhen.api.served_log import ServedLogs
from liuhen.core.canonical import canonical
from liuhen.core.errors import Unavailable
from liuhen.wiring.app import build_app
from tests.fakes.running_service import BODY_BYTES, running_logs

SAMPLE = Path(__file__).parents[2] / "scripts" / "sample"
ZC, ZB = "SLZX-2026-0031", "ZB-CASE"
BID = {"action": "received", "sealed": True, "supplier_id": "91SAMPLE0000000001"}
NOTICE = {"action": "published", "kind": "tender_notice", "url": "https://a.example/1"}


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
        submission = json.loads(line)["submission"]
        assert send(client, submission).status_code == 201
    return ZC


def send(client: TestClient, submission: dict[str, Any]) -> httpx2.Response:
    return client.post("/v1/records", content=canonical(submission))


def start(client: TestClient, case: str, regime: str = "ZC") -> None:
    """Bring a project to the stage in which bids come."""
    moment = "2026-03-06T08:30:00+08:00"
    for name, data in (
        ("project", {"name": "样例", "regime": regime, "reason": "内部"}),
        ("publication", NOTICE),
        ("tender_document", {"sha256": 64 * "a", "bid_deadline": "2026-03-31T09:30:00+08:00"}),
    ):
        body = {"type": name, "case": case, "occurred_at": moment, "data": data}
        answer = send(client, {**body, "submitter": {"organisation": "代理", "person": "李某"}})
        assert answer.status_code == 201, answer.text


def bid(client: TestClient, case: str, number: int, supplier: str = "S") -> httpx2.Response:
    data = {**BID, "receipt_no": f"R-{case}-{number}", "bid_id": f"B{number}"}
    data |= {"supplier_id": f"{supplier}{number}", "ciphertext_sha256": f"{number:064x}"}
    moment = f"2026-03-30T10:{number:02}:00+08:00"
    answer = send(
        client, {"type": "bid_receipt", "case": case, "occurred_at": moment, "data": data}
    )
    assert answer.status_code == 201, answer.text
    return answer


def open_bids(client: TestClient, case: str) -> None:
    moment = "2026-03-31T09:30:00+08:00"
    data = {"action": "opened", "opened_at": moment, "bids": []}
    body = {"type": "opening_record", "case": case, "occurred_at": moment, "data": data}
    assert send(client, body).status_code == 201


Fields = dict[bytes, bytes]


def as_(service: ServedLogs, role: str, name: str = "Wang", **more: str) -> Fields:
    """Return the fields of a request for a reader, in UTF-8 as they go over the wire."""
    assert service.operator_key is not None
    told = {f"Liuhen-{each.capitalize()}": value for each, value in more.items()}
    told |= {"Liuhen-Role": role, "Liuhen-Reader": name}
    told |= {"Authorization": f"Bearer {service.operator_key.hex()}"}
    return {each.encode(): value.encode() for each, value in told.items()}


def timeline(client: TestClient, case: str, headers: Fields | None = None) -> Any:
    answer = client.get(f"/v1/cases/{case}", headers=headers or {})
    assert answer.status_code == 200, answer.text
    return answer.json()


def reads_of(service: ServedLogs, case: str) -> list[Any]:
    log = service.get(None)
    found = [
        log.find.record(r.record_id) for r in log.store.records_of_types(["access_event"], 0, 500)
    ]
    bodies = [json.loads(record.body or b"{}") for record in found]
    return [body for body in bodies if body["data"]["of_case"] == case]


@pytest.mark.parametrize("regime", ["ZC", "ZB"])
def test_before_the_opening_the_public_answer_is_the_same_with_no_one_and_seven_bids(
    client: TestClient, service: ServedLogs, regime: str
) -> None:
    case = f"COUNT-{regime}"
    start(client, case, regime)
    pages = [f"/v1/cases/{case}", f"/v1/cases/{case}?start=2&limit=1", f"/v1/cases/{case}?start=3"]
    before = [client.get(page) for page in pages]
    for number in range(1, 8):
        bid(client, case, number)
        if number in (1, 7):
            after = [client.get(page) for page in pages]
            assert [each.content for each in after] == [each.content for each in before]
            assert [each.headers for each in after] == [each.headers for each in before]
    for role in ("auditor", "supervisor", "operator", "purchaser", "bidder"):
        seen = timeline(client, case, as_(service, role))
        assert len(seen["entries"]) == 3
        assert "case_seq" not in json.dumps(seen)
        assert "case_prev" not in json.dumps(seen)


def test_reads_before_the_opening_do_not_move_the_case(
    client: TestClient, service: ServedLogs
) -> None:
    case = "READ-EARLY"
    start(client, case)
    store = service.get(None).store
    before = store.case_state(case)
    timeline(client, case, as_(service, "supervisor", "Early"))
    assert store.case_state(case) == before
    (read,) = reads_of(service, case)
    assert read["case"] is None
    open_bids(client, case)
    timeline(client, case, as_(service, "supervisor", "Later"))
    assert [each["case"] for each in reads_of(service, case)] == [None, case]
    timeline(client, case, as_(service, "supervisor", "Early"))
    assert len(reads_of(service, case)) == 2, "the hour has not changed with the opening"


def test_a_bidder_sees_its_own_receipt_before_the_opening_and_no_place_in_the_case(
    client: TestClient, service: ServedLogs
) -> None:
    case = "OWN-RECEIPT"
    start(client, case)
    for number in (1, 2):
        bid(client, case, number, "F")
    seen = timeline(client, case, as_(service, "bidder", "x", party="F2"))
    receipts = [each for each in seen["entries"] if each["type"] == "bid_receipt"]
    assert [each["data"]["receipt_no"] for each in receipts] == [f"R-{case}-2"]
    assert "case_seq" not in receipts[0]
    assert "F1" not in json.dumps(seen)
    assert reads_of(service, case) == []


def test_after_the_opening_another_s_receipt_is_a_commitment_and_a_lock(
    client: TestClient,
) -> None:
    case = "OTHERS-RECEIPT"
    start(client, case)
    bid(client, case, 1)
    open_bids(client, case)
    (receipt,) = [e for e in timeline(client, case)["entries"] if e["type"] == "bid_receipt"]
    assert receipt["data"] == {}
    assert "occurred_at" not in receipt
    assert len(receipt["commitment"]) == 64
    (lock,) = receipt["locks"]
    assert lock["code"] == "sealed-until-opening"
    assert lock["opens"] is None
    assert "/data/supplier_id" in lock["fields"]


def test_what_is_withheld_is_named_with_reason_basis_and_stage_in_both_languages(
    client: TestClient, service: ServedLogs
) -> None:
    case = "LOCKS"
    start(client, case)
    data = {"action": "committed", "commitment": 64 * "c"}
    body = {"type": "seat_assignment", "case": case, "data": data}
    assert send(client, body).status_code == 201
    auditor = as_(service, "auditor", "审计员")
    for language, label, stage, opening in (
        ("zh", "工位卡位", "结果公示", "开标"),
        ("en", "Seat assignment", "result published", "opened"),
    ):
        fields = {b"Accept-Language": language.encode()}
        answer = client.get(f"/v1/cases/{case}", headers=fields)
        assert answer.headers["Content-Language"] == language
        project, *_, seats = answer.json()["entries"]
        assert seats["label"] == label
        assert seats["data"] == {}
        assert seats["recorded_at"]
        (lock,) = seats["locks"]
        assert lock["code"] == "committee-until-result"
        assert lock["basis"]
        assert lock["opens"] is None, "seats are never for the public"
        assert len(lock["labels"]) == len(lock["fields"])
        first = project["locks"][0]
        assert first["fields"] == ["/data/reason"]
        assert first["opens"]["label"] == opening
        assert first["opens_at"] == "2026-03-31T09:30:00+08:00"
        seen = timeline(client, case, {**auditor, **fields})
        assert seen["entries"][-1]["locks"][0]["opens"]["label"] == stage


def test_locks_tell_the_type_and_not_the_record(client: TestClient) -> None:
    """Whether a sealed record has a value, and how many rows, is not told."""
    locks = []
    seats = [{"seat": f"E{number}", "site": "A"} for number in range(5)]
    for case, more in (("ELEMENTS-1", {}), ("ELEMENTS-2", {"seats": seats})):
        start(client, case)
        data = {"action": "committed", "commitment": 64 * "c", **more}
        body = {"type": "seat_assignment", "case": case, "data": data}
        assert send(client, body).status_code == 201
        locks.append(timeline(client, case)["entries"][-1]["locks"])
    assert locks[0] == locks[1]


def test_the_sample_project_in_the_archive_shows_what_the_law_opens(
    client: TestClient, whole_project: str
) -> None:
    seen = timeline(client, whole_project)
    assert seen["stage"]["code"] == "archive"
    text = json.dumps(seen, ensure_ascii=False)
    by_type: dict[str, list[Any]] = {}
    for entry in seen["entries"]:
        by_type.setdefault(entry["type"], []).append(entry)
    assert by_type["award_notice"][0]["data"]["experts"], "ZC names the experts"
    assert all(each["data"] == {} for each in by_type["score_sheet"])
    assert by_type["opening_record"][0]["data"]["bids"][0]["price"]
    assert "plaintext_sha256" not in by_type["opening_record"][0]["data"]["bids"][0]
    decided = [each for each in by_type["complaint"] if "decision" in each["data"]]
    assert len(decided) == 1
    assert not {"challenge", "finding", "site_supervision", "access_event"} & set(by_type)
    for never in ("record_id", "submitter", "person", "supersedes"):
        assert f'"{never}"' not in text


def test_a_loser_is_told_its_own_total_and_nobody_else_s(
    client: TestClient, service: ServedLogs, whole_project: str
) -> None:
    lines = (SAMPLE / "zc" / "project.jsonl").read_text().splitlines()
    bids = [json.loads(line)["submission"] for line in lines if '"bid_receipt"' in line]
    own = bids[-1]["data"]
    seen = timeline(client, whole_project, as_(service, "bidder", "x", party=own["supplier_id"]))
    (report,) = [each for each in seen["entries"] if each["type"] == "evaluation_report"]
    (row,) = report["data"]["summary"]
    assert row["bid_id"] == own["bid_id"]
    assert row["total"]
    assert "quality_average" not in row
    assert all(each["data"] == {} for each in seen["entries"] if each["type"] == "score_sheet")


def test_who_reads_is_logged_once_a_reader_case_and_hour(
    client: TestClient, service: ServedLogs, whole_project: str
) -> None:
    before = len(reads_of(service, whole_project))
    for _ in range(3):
        timeline(client, whole_project, as_(service, "auditor", "审计员", ground="年度审计"))
    timeline(client, whole_project, as_(service, "auditor", "审计员", ground="another"))
    timeline(client, whole_project, as_(service, "supervisor", "审计员"))
    fresh = reads_of(service, whole_project)[before:]
    assert [each["data"]["role"] for each in fresh] == ["auditor", "supervisor"]
    assert fresh[0]["data"]["reader"] == "审计员"
    assert fresh[0]["data"]["ground"] == "年度审计"
    assert fresh[0]["case"] == whole_project


def test_many_readers_at_once_are_still_one_record_each(
    client: TestClient, service: ServedLogs, whole_project: str
) -> None:
    before = len(reads_of(service, whole_project))
    with ThreadPoolExecutor(4) as pool:
        headers = [as_(service, "auditor", f"parallel {n % 2}") for n in range(8)]
        seen = list(pool.map(lambda each: timeline(client, whole_project, each), headers))
    assert all(each["entries"] for each in seen)
    assert len(reads_of(service, whole_project)) == before + 2


def test_nothing_restricted_is_shown_without_a_name(
    client: TestClient, service: ServedLogs, whole_project: str
) -> None:
    before = len(reads_of(service, whole_project))
    answer = client.get(f"/v1/cases/{whole_project}", headers=as_(service, "auditor", ""))
    assert answer.status_code == 422
    assert "Liuhen-Reader" in answer.json()["detail"]
    assert len(reads_of(service, whole_project)) == before


def test_what_cannot_be_logged_is_not_shown(
    client: TestClient,
    service: ServedLogs,
    whole_project: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def away(*_: object, **__: object) -> None:
        raise Unavailable("the disk is full")

    monkeypatch.setattr(type(service.get(None).append), "append_here", away)
    answer = client.get(f"/v1/cases/{whole_project}", headers=as_(service, "auditor", "Nobody"))
    assert answer.status_code == 503
    assert "entries" not in answer.json()
    assert client.get(f"/v1/cases/{whole_project}").status_code == 200, "the public is not logged"


def test_the_public_is_counted_and_never_recorded(
    client: TestClient, service: ServedLogs, whole_project: str
) -> None:
    log = service.get(None)
    before, counted = log.store.head(), service.anonymous.reads(log.name)
    timeline(client, whole_project)
    assert service.anonymous.reads(log.name) == counted + 1
    checks = service.anonymous.checks(log.name)
    body = canonical({"digest": "sha-256:" + 64 * "0"})
    assert client.post("/v1/verify", content=body).status_code == 200
    assert service.anonymous.checks(log.name) == checks + 1
    assert log.store.head().tree == before.tree
    metrics = client.get("/metrics").text
    assert f'liuhen_anonymous_reads_total{{log="{log.name}"}} {counted + 1}.0' in metrics


def test_a_finding_is_as_good_as_not_there_to_the_public(
    client: TestClient, service: ServedLogs, whole_project: str
) -> None:
    assert whole_project
    case = "FX-2026-101"
    public, nowhere = client.get(f"/v1/cases/{case}"), client.get("/v1/cases/FX-2026-999")
    assert (public.status_code, nowhere.status_code) == (404, 404)
    assert public.json()["detail"].replace(case, "") == nowhere.json()["detail"].replace(
        "FX-2026-999", ""
    )
    seen = timeline(client, case, as_(service, "inspector", "检查员"))
    assert seen["entries"][0]["action"]["code"] == "opened"


def test_pages_join_to_the_whole(client: TestClient, whole_project: str) -> None:
    whole = timeline(client, whole_project)
    joined: list[Any] = []
    page: Any = {"next": 0}
    while page["next"] is not None:
        page = client.get(f"/v1/cases/{whole_project}?start={page['next']}&limit=7").json()
        joined += page["entries"]
    assert joined == whole["entries"]


def test_an_auditor_gets_the_number_that_opens_a_record_once_all_of_it_is_open(
    client: TestClient, service: ServedLogs, whole_project: str
) -> None:
    seen = timeline(client, whole_project, as_(service, "auditor", "审计员"))
    (report,) = [each for each in seen["entries"] if each["type"] == "evaluation_report"]
    assert client.get(f"/v1/records/{report['record_id']}").status_code == 200


def test_a_bidder_s_receipt_tells_no_place_before_the_opening_and_all_of_it_afterwards(
    client: TestClient,
) -> None:
    case = "SEALED-RECEIPT"
    start(client, case)
    answer = bid(client, case, 1)
    place = answer.headers["Location"]
    hidden = {"/case", "/case_prev", "/case_seq"}
    for path in ("/receipt", "/disclosure?show=/data/receipt_no"):
        receipt = client.get(place + path)
        verdict = client.post("/v1/verify", content=receipt.content).json()
        assert verdict["outcome"] == "match"
        assert hidden <= set(verdict["facts"]["withheld_fields"])
        assert case not in receipt.text.replace(f"R-{case}", "")
    record = client.get(place).json()
    assert set(record["withheld"]) == hidden
    assert [record["record"][name] for name in ("case", "case_seq", "case_prev")] == [None] * 3
    notice = client.get(place).headers["ETag"]
    open_bids(client, case)
    full = client.get(place + "/receipt")
    verdict = client.post("/v1/verify", content=full.content).json()
    assert verdict["outcome"] == "match"
    assert verdict["facts"]["withheld_fields"] == []
    record = client.get(place)
    assert record.json()["record"]["case_seq"] == 3
    assert "withheld" not in record.json()
    assert record.headers["ETag"] != notice
