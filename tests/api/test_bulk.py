"""`POST /v1/records/bulk`: a line for each record, whatever became of the others."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from starlette.testclient import TestClient

from liuhen.api import bulk as bulk_module
from liuhen.api.served_log import ServedLogs
from liuhen.app import bulk as app_bulk
from liuhen.core.disclosure import rebuild
from liuhen.core.receipt import parse_receipt
from liuhen.wiring.app import build_app
from scripts.samples import Sample, project, refused
from tests.fakes.running_service import BODY_BYTES, running_logs

Line = dict[str, Any]


@pytest.fixture(params=["in one group", "in many groups"])
def slabs(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both ways that a request may be parted."""
    if request.param == "in many groups":
        monkeypatch.setattr(app_bulk, "SLAB_RECORDS", 3)


def post(client: TestClient, content: bytes, query: str = "", language: str = "en") -> list[Line]:
    """Send many records; return the lines of the answer."""
    headers = {"Accept-Language": language}
    answer = client.post(f"/v1/records/bulk{query}", content=content, headers=headers)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"] == "application/x-ndjson"
    assert answer.headers["Content-Language"] == language[:2]
    return [json.loads(line) for line in answer.text.splitlines()]


def bodies(*submissions: Any) -> bytes:
    return b"\n".join(json.dumps(each).encode() for each in submissions)


def record_of(line: Line) -> Line:
    record = rebuild(parse_receipt(line["receipt"].encode()).rows)
    assert record is not None
    assert record["record_id"] == line["record_id"]
    return dict(record)


@pytest.mark.usefixtures("slabs")
def test_each_line_is_answered_in_its_order_with_its_receipt(client: TestClient) -> None:
    sent = [
        {"case": f"O-{n % 3}", "data": {"n": n, "way": app_bulk.SLAB_RECORDS}} for n in range(20)
    ]
    lines = post(client, bodies(*sent))
    assert [line["line"] for line in lines] == list(range(1, 21))
    assert {line["status"] for line in lines} == {201}
    assert not any(line["replayed"] for line in lines)
    records = [record_of(line) for line in lines]
    assert [record["data"]["n"] for record in records] == list(range(20))
    places = [record["case_seq"] for record in records if record["case"] == "O-0"]
    assert places == list(range(places[0], places[0] + 7))
    indexes = [parse_receipt(line["receipt"].encode()).entry_index for line in lines]
    assert indexes == sorted(indexes)


def test_a_receipt_of_many_is_the_receipt_of_one(client: TestClient) -> None:
    (line,) = post(client, b'{"data":"\xe8\xaf\x84\xe5\x88\x86 \\"x\\""}')
    fetched = client.get(f"/v1/records/{line['record_id']}/receipt").content.decode()
    assert parse_receipt(line["receipt"].encode()).rows == parse_receipt(fetched.encode()).rows
    assert client.post("/v1/verify", content=line["receipt"]).json()["outcome"] == "match"


@pytest.mark.usefixtures("slabs")
def test_one_bad_line_hinders_no_other(client: TestClient) -> None:
    way = app_bulk.SLAB_RECORDS
    content = b"\n".join(
        [
            b'{"data":["good",%d]}' % way,
            b'{"data":1,"data":2}',
            b'{"dat":1}',
            b'{"type":"no_such_type","data":1}',
            b'{"type":"finding","case":"F-%d","data":{"action":"closed"}}' % way,
            b'{"data":"' + b"x" * BODY_BYTES + b'"}',
            b'{"data":"\xff"}',
            b'{"data":["good too",%d]}' % way,
        ]
    )
    lines = post(client, content)
    assert [line["status"] for line in lines] == [201, 400, 400, 422, 422, 400, 400, 201]
    problems = [line["problem"] for line in lines[1:-1]]
    assert [each["type"].rpartition("/")[2] for each in problems] == [
        *("malformed-json", "malformed-record", "record-refused", "record-refused"),
        *("malformed-json", "malformed-json"),
    ]
    assert [problem["status"] for problem in problems] == [line["status"] for line in lines[1:-1]]
    assert (problems[0]["line"], lines[1]["line"]) == (1, 2)
    assert problems[3]["rule_code"]
    assert len({problem["instance"] for problem in problems}) == len(problems)


def test_a_problem_is_told_in_the_language_that_was_asked_for(client: TestClient) -> None:
    (line,) = post(client, b'{"type":"bid_receipt","data":{"bid_id":"B01"}}', language="zh-CN")
    assert line["problem"]["detail"] == "缺少必填项“回执号”"
    assert line["problem"]["title"] != "The record is refused"


def test_lines_end_as_they_like_and_empty_ones_are_passed_over(client: TestClient) -> None:
    content = b'\n{"data":"crlf"}\r\n\r\n  \n{"data":"lf"}\n\n{"data":"no end"}'
    lines = post(client, content)
    assert [(line["line"], line["status"]) for line in lines] == [(2, 201), (5, 201), (7, 201)]
    assert [record_of(line)["data"] for line in lines] == ["crlf", "lf", "no end"]
    assert post(client, b"") == post(client, b"\r\n\n") == []


@pytest.mark.usefixtures("slabs")
def test_what_is_sent_again_gives_the_same_records(client: TestClient) -> None:
    way = app_bulk.SLAB_RECORDS
    content = bodies(*({"case": "R", "data": ["again", way, n]} for n in range(8)))
    first = post(client, content)
    lines = content.split(b"\n")
    again = post(client, b"\n".join([*lines[4:], b'{"case":"R","data":["new",%d]}' % way]))
    assert [line["record_id"] for line in again[:4]] == [line["record_id"] for line in first[4:]]
    assert [line["replayed"] for line in again] == [True, True, True, True, False]
    assert [record_of(line)["data"][2] for line in again[:4]] == [4, 5, 6, 7]


def test_the_key_of_a_line_is_the_digest_of_what_it_says(client: TestClient) -> None:
    lines = post(client, b'{"data":{"a":1,"b":"key"}}\n{ "data" : {"b":"key", "a":1.0} }')
    assert [line["replayed"] for line in lines] == [False, True]
    assert lines[0]["record_id"] == lines[1]["record_id"]
    key = "81f94201cc2c8b4a3f66e3a766055a24da83dc7e6e4de35b9925c897064fd3cb"
    answer = client.post(
        "/v1/records", content=b'{"data":{"a":1,"b":"key"}}', headers={"Idempotency-Key": key}
    )
    assert answer.headers["Idempotent-Replayed"] == "true"
    assert answer.headers["Liuhen-Record-Id"] == lines[0]["record_id"]


def test_two_events_that_say_the_same_differ_in_their_nonce(client: TestClient) -> None:
    sent = [{"data": "twice", "nonce": f"{n:032x}"} for n in range(2)]
    first, second = post(client, bodies(*sent))
    assert first["record_id"] != second["record_id"]


def test_receipts_may_stay_with_the_service(client: TestClient) -> None:
    content = bodies({"case": "N-1", "data": "number only"})
    for replayed in (False, True):
        (line,) = post(client, content, "?receipts=false&log=jyg")
        assert line.keys() == {"line", "record_id", "replayed", "status"}
        assert line["replayed"] is replayed
    receipt = client.get(f"/v1/records/{line['record_id']}/receipt").content
    assert client.post("/v1/verify", content=receipt).json()["outcome"] == "match"


@pytest.mark.parametrize(
    ("query", "headers", "status", "code"),
    [
        ("?log=other", {}, 404, "unknown"),
        ("?receipts=no", {}, 422, "malformed-request"),
        ("?receipts=true&receipts=true", {}, 422, "malformed-request"),
        ("?log=jyg&log=jyg", {}, 422, "malformed-request"),
        ("?lag=jyg", {}, 422, "malformed-request"),
        ("", {"Idempotency-Key": "one-for-all"}, 422, "malformed-request"),
    ],
)
def test_a_request_that_is_wrong_as_a_whole_enters_nothing(
    client: TestClient, query: str, headers: dict[str, str], status: int, code: str
) -> None:
    answer = client.post(f"/v1/records/bulk{query}", content=b'{"data":"whole"}', headers=headers)
    assert (answer.status_code, answer.json()["type"]) == (status, f"/problems/{code}")
    (line,) = post(client, b'{"data":"whole"}')
    again = post(client, b'{"data":"whole"}')
    assert again[0]["record_id"] == line["record_id"]


def test_a_request_has_a_most_of_lines_and_of_bytes(
    logs: ServedLogs, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk_module, "MOST_LINES", 3)
    assert len(post(client, b'\n{"data":"most"}\n\n')) == 1
    for content in (b'\n\n\n{"data":"most"}', b"\n" * 4):
        answer = client.post("/v1/records/bulk", content=content)
        assert (answer.status_code, answer.json()["type"]) == (413, "/problems/too-large")
    small = TestClient(build_app(logs, hosts=["testserver"], bulk_bytes=12))
    assert small.post("/v1/records/bulk", content=b'{"data":123}').status_code == 200
    answer = small.post("/v1/records/bulk", content=b'{"data":123}\n')
    assert (answer.status_code, answer.json()["type"]) == (413, "/problems/too-large")


def test_a_foreign_page_enters_nothing(client: TestClient) -> None:
    headers = {"Origin": "https://elsewhere.example"}
    answer = client.post("/v1/records/bulk", content=b'{"data":1}', headers=headers)
    assert (answer.status_code, answer.json()["type"]) == (403, "/problems/foreign-page")
    assert client.get("/v1/records/bulk").status_code == 404


def test_a_request_that_breaks_off_enters_nothing(client: TestClient, logs: ServedLogs) -> None:
    """The client goes away after a whole line, before the end of its body."""
    body = b'{"data":"broken off"}\n'
    messages = iter(
        [
            {"type": "http.request", "body": body, "more_body": True},
            {"type": "http.disconnect"},
        ]
    )

    async def receive() -> Any:
        return next(messages)

    async def send(message: Any) -> None:
        raise AssertionError(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/v1/records/bulk",
        "query_string": b"",
        "headers": [(b"host", b"testserver")],
    }
    asyncio.run(build_app(logs, hosts=["testserver"])(scope, receive, send))
    assert not post(client, body)[0]["replayed"]


# --- rules ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def center(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A service that takes bids."""
    folder: Path = tmp_path_factory.mktemp("center")
    with running_logs(folder, bids_without_slots=True) as logs:
        yield TestClient(build_app(logs, hosts=["testserver"]))


def sample(key: str) -> Sample:
    return next(each for each in refused("zc") if each.key == key)


@pytest.mark.usefixtures("slabs")
def test_records_are_judged_with_those_before_them_in_the_request(center: TestClient) -> None:
    """A late bid after what sets its deadline: refused, logged, and told with its receipt."""
    case = f"SLAB-{app_bulk.SLAB_RECORDS}"
    told = [each.submission for each in project("zc")]
    before = [each for each in told if each["type"] in {"project", "tender_document"}]
    late = sample("zc-late-bid").submission
    sent = [{**each, "case": case, "links": []} for each in (*before, late)]
    sent.append({"case": case, "data": "after the late bid"})
    lines = post(center, bodies(*sent))
    assert [line["status"] for line in lines] == [*[201] * len(before), 422, 201]
    problem = lines[-2]["problem"]
    assert problem["rule_code"] == "bid-late"
    assert center.post("/v1/verify", content=problem["receipt"]).json()["outcome"] == "match"
    stored = center.get(f"/v1/records/{problem['record_id']}").json()["record"]
    assert stored["type"] == "bid_rejection"
    again = post(center, bodies(*sent))
    assert again[-2]["problem"]["record_id"] == problem["record_id"]


# --- when nothing can be written ------------------------------------------------------------------


def test_where_nothing_can_be_written_the_whole_request_is_refused(tmp_path: Path) -> None:
    with running_logs(tmp_path) as logs:
        client = TestClient(build_app(logs, hosts=["testserver"]))
        assert post(client, b'{"data":1}')
        logs.get(None).append_many._writer.stop()
        answer: httpx2.Response = client.post("/v1/records/bulk", content=b'{"data":2}\n{"x":1}')
    assert (answer.status_code, answer.json()["type"]) == (503, "/problems/unavailable")
    assert answer.headers["Retry-After"]
