import hashlib
import json
from collections.abc import Iterator

import httpx2
import pytest
from starlette.testclient import TestClient

from liuhen.core.disclosure import rebuild
from liuhen.core.receipt import parse_receipt
from tests.fakes.running_service import BODY_BYTES, ORIGIN


def test_a_record_is_answered_with_its_receipt(appended: httpx2.Response) -> None:
    receipt = parse_receipt(appended.content)
    record = rebuild(receipt.rows)
    assert record is not None
    assert record["data"] == {"score": "92.50"}
    assert record["origin"] == ORIGIN
    assert record["record_id"] == appended.headers["Liuhen-Record-Id"]
    assert receipt.checkpoint.startswith(f"{ORIGIN}\n")


def test_the_answer_says_where_the_record_is(client: TestClient, appended: httpx2.Response) -> None:
    found = client.get(appended.headers["Location"])
    assert found.status_code == 200
    assert found.headers["ETag"] == appended.headers["ETag"]


def test_the_network_address_is_kept_only_where_that_is_wanted(appended: httpx2.Response) -> None:
    record = rebuild(parse_receipt(appended.content).rows)
    assert record is not None
    assert record["submitter"]["network_address"] is None  # type: ignore[index,call-overload]


def test_the_same_idempotency_key_gets_the_same_record(client: TestClient) -> None:
    headers = {"Idempotency-Key": "order-17"}
    first = client.post("/v1/records", content=b'{"data":1}', headers=headers)
    again = client.post("/v1/records", content=b'{ "data" : 1.0 }', headers=headers)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.headers["Liuhen-Record-Id"] == first.headers["Liuhen-Record-Id"]
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    other = client.post("/v1/records", content=b'{"data":2}', headers=headers)
    assert (other.status_code, other.json()["type"]) == (422, "/problems/idempotency-mismatch")


@pytest.mark.parametrize("key", ["", "a b", "x" * 256, "\u00e4".encode("latin-1")])
def test_an_idempotency_key_is_visible_ascii(client: TestClient, key: str | bytes) -> None:
    headers = {"Idempotency-Key": key}
    answer = client.post("/v1/records", content=b'{"data":1}', headers=headers)  # type: ignore[arg-type]
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/malformed-request")


def test_the_log_may_be_named(client: TestClient) -> None:
    assert client.post("/v1/records?log=jyg", content=b'{"data":1}').status_code == 201
    unknown = client.post("/v1/records?log=other", content=b'{"data":1}')
    assert (unknown.status_code, unknown.json()["type"]) == (404, "/problems/unknown")
    for query in ("?log=jyg&log=jyg", "?lag=jyg"):
        refused = client.post(f"/v1/records{query}", content=b'{"data":1}')
        assert (refused.status_code, refused.json()["type"]) == (422, "/problems/malformed-request")


def test_what_the_frameworks_parser_would_lose_is_refused_with_its_place(
    client: TestClient,
) -> None:
    twice = client.post("/v1/records", content=b'{"data":\n{"a":1,"\\u0061":2}}')
    assert twice.status_code == 400
    problem = twice.json()
    assert problem["type"] == "/problems/malformed-json"
    assert (problem["line"], problem["column"], problem["offset"]) == (2, 8, 16)
    huge = client.post("/v1/records", content=b'{"data":1e400}')
    assert (huge.status_code, huge.json()["type"]) == (400, "/problems/malformed-json")


def test_a_member_that_breaks_its_rule_is_named(client: TestClient) -> None:
    problem = client.post("/v1/records", content=b'{"data":1,"case":"no blanks"}').json()
    assert (problem["type"], problem["field"]) == ("/problems/malformed-record", "/case")
    problem = client.post("/v1/records", content=b'{"data":1,"type":"bid"}').json()
    assert (problem["status"], problem["field"]) == (422, "/type")


def test_a_body_is_refused_as_soon_as_it_is_too_large(client: TestClient) -> None:
    taken = 0

    def parts() -> Iterator[bytes]:
        nonlocal taken
        for _ in range(1000):
            taken += 1
            yield b" " * 1000

    answer = client.post("/v1/records", content=parts())
    assert (answer.status_code, answer.json()["type"]) == (413, "/problems/too-large")
    exactly = b'{"data":"' + b"x" * (BODY_BYTES - 11) + b'"}'
    assert len(exactly) == BODY_BYTES
    assert client.post("/v1/records", content=exactly).status_code == 201
    assert client.post("/v1/records", content=exactly + b" ").status_code == 413


def test_a_large_body_is_taken_too(client: TestClient) -> None:
    data = {f"field {at}": "x" * 100 for at in range(1000)}
    answer = client.post("/v1/records", content=json.dumps({"data": data}))
    record = rebuild(parse_receipt(answer.content).rows)
    assert record is not None
    assert record["data"] == data


def test_receipts_of_one_case_are_numbered(client: TestClient) -> None:
    records = []
    for _ in range(2):
        answer = client.post("/v1/records", content=b'{"data":1,"case":"P-2"}')
        records.append(rebuild(parse_receipt(answer.content).rows))
    assert [record["case_seq"] for record in records if record] == [0, 1]


def test_a_receipts_digest_is_of_what_was_sent(client: TestClient) -> None:
    answer = client.post("/v1/records", content=b'{"data":{"b":1,"a":2}}')
    digest = hashlib.sha256(b'{"a":2,"b":1}').hexdigest()
    found = client.get("/v1/lookup", params={"digest": f"sha-256:{digest}"}).json()
    numbers = [record["record_id"] for record in found["records"]]
    assert numbers == [answer.headers["Liuhen-Record-Id"]]
