import hashlib
import json
from typing import Any

import httpx2
import pytest
from starlette.testclient import TestClient

ABC = hashlib.sha256(b"abc").hexdigest()
OTHER = hashlib.sha256(b"other").hexdigest()


def verdict(client: TestClient, body: object) -> dict[str, Any]:
    content = body if isinstance(body, bytes) else json.dumps(body)
    answer = client.post("/v1/verify", content=content)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    assert found["schema"] == "audit-verdict/v1"
    return found


def test_a_receipt_is_verified_as_it_is(client: TestClient, appended: httpx2.Response) -> None:
    found = verdict(client, appended.content)
    assert (found["outcome"], found["life"]) == ("match", "sealed")
    assert found["facts"]["record_id"] == appended.headers["Liuhen-Record-Id"]


def test_a_receipt_may_come_as_text_or_as_an_object(
    client: TestClient, appended: httpx2.Response
) -> None:
    assert verdict(client, {"receipt": appended.text})["outcome"] == "match"
    assert verdict(client, {"receipt": appended.json()})["outcome"] == "match"


def test_files_are_compared_by_digest(client: TestClient, appended: httpx2.Response) -> None:
    same = {"name": "a.txt", "sha256": ABC}
    other = {"name": "b.txt", "sha256": OTHER}
    found = verdict(client, {"receipt": appended.text, "files": [same]})
    assert found["outcome"] == "match"
    assert found["checks"][-1]["facts"]["name"] == "a.txt"
    found = verdict(client, {"receipt": appended.text, "files": [same, other]})
    assert (found["outcome"], found["reason"]) == ("different", "file")


def test_json_is_compared_in_canonical_form(client: TestClient, appended: httpx2.Response) -> None:
    file = {
        "name": "data.json",
        "sha256": OTHER,
        "canonical_sha256": hashlib.sha256(b'{"score":"92.50"}').hexdigest(),
    }
    found = verdict(client, {"receipt": appended.text, "files": [file]})
    assert found["checks"][-1]["reason"] == "data-of-record"
    assert verdict(client, {"files": [file]})["outcome"] == "match"


def test_json_too_long_for_a_record_is_left_open(
    client: TestClient, appended: httpx2.Response
) -> None:
    file = {"name": "long.json", "sha256": OTHER, "too_long": True}
    found = verdict(client, {"receipt": appended.text, "files": [file]})
    assert (found["outcome"], found["reason"]) == ("could_not_check", "file-too-long")
    found = verdict(client, {"receipt": appended.text, "files": [{**file, "too_long": False}]})
    assert found["outcome"] == "different"


def test_a_size_that_json_readers_round_is_answered(
    client: TestClient, appended: httpx2.Response
) -> None:
    receipt = appended.json()
    origin, _, rest = receipt["checkpoint"].split("\n", 2)
    bent = {**receipt, "checkpoint": f"{origin}\n{2**60}\n{rest}"}
    found = verdict(client, {"receipt": bent})
    assert (found["outcome"], found["facts"]["size"]) == ("different", str(2**60))


def test_a_digest_is_looked_for(client: TestClient, appended: httpx2.Response) -> None:
    assert appended.status_code == 201
    assert verdict(client, {"digest": f"sha-256:{ABC}"})["outcome"] == "match"
    missing = verdict(client, {"digest": f"sha-256:{OTHER}"})
    assert (missing["outcome"], missing["reason"]) == ("not_found", "no-such-record")


def test_a_whole_record_is_compared_with_the_stored_one(
    client: TestClient, appended: httpx2.Response
) -> None:
    record = client.get(appended.headers["Location"]).json()["record"]
    assert verdict(client, {"record": record})["outcome"] == "match"
    bent = {**record, "data": {"score": "93.50"}}
    assert verdict(client, {"record": bent})["outcome"] == "different"
    foreign = {**record, "record_id": "019a8f3e-7c51-7d04-9a57-2f8f7f4a6b11"}
    assert verdict(client, {"record": foreign})["outcome"] == "not_found"


def test_a_receipt_costs_as_much_in_every_form(client: TestClient) -> None:
    rows = ",".join(["[[" + ",".join(["0"] * 28) + "],1]"] * 60_000)
    receipt = f'{{"schema":"audit-receipt/v1","rows":[{rows}]}}'  # 1.9 million values
    for body in (receipt, json.dumps({"receipt": receipt}), f'{{"receipt":{receipt}}}'):
        answer = client.post("/v1/verify", content=body)
        assert answer.json()["type"] == "/problems/malformed-receipt", answer.text
    most = "[" + "[]," * 2**21 + "[]]"
    for body in (most, json.dumps({"receipt": most}), f'{{"receipt":{most}}}'):
        answer = client.post("/v1/verify", content=body)
        assert (answer.status_code, answer.json()["type"]) == (400, "/problems/malformed-json")


def test_a_bent_receipt_never_matches(client: TestClient, appended: httpx2.Response) -> None:
    bent = appended.content.replace(b"92.50", b"93.50")
    assert verdict(client, bent)["outcome"] == "different"
    answer = client.post("/v1/verify", content=appended.content.replace(b'"rows":', b'"rows": '))
    assert (answer.status_code, answer.json()["type"]) == (400, "/problems/malformed-receipt")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b'{"receipt":{},"receipt":{}}',
        b'{"receipt":17}',
        b'{"receipt":"x","policy":{}}',
        b'{"files":[]}',
        b'{"files":[{"name":"a","sha256":"00"}]}',
        b'{"files":[{"name":1,"sha256":"%s"}]}' % (64 * b"0"),
        b'{"files":[{"name":"a","sha256":"%s","md5":""}]}' % (64 * b"0"),
        b'{"files":{}}',
        b'{"files":[{"name":"a","sha256":"%s","too_long":1}]}' % (64 * b"0"),
        b'{"files":[{"name":"a","sha256":"%s","members":[]}]}' % (64 * b"0"),
        b'{"files":[{"name":"a","sha256":"%s","members":{"nonsense":"%s"}}]}' % (2 * (64 * b"0",)),
        b'{"files":[{"name":"a","sha256":"%s","members":{"data":"00"}}]}' % (64 * b"0"),
        b'{"digest":"x","block_hashes":[]}',
        b'{"digest":1}',
        b'{"record":{}}',
        b'{"schema":"audit-receipt/v1"}',
    ],
)
def test_what_is_malformed_gets_no_verdict(client: TestClient, body: bytes) -> None:
    answer = client.post("/v1/verify", content=body)
    assert answer.status_code == 400
    assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    "hashes",
    ["0x" + "0" * 64, {}, ["0" * 64], ["0x" + "0" * 63], ["0x" + "A" * 64], [1], [None] * 101],
)
def test_block_hashes_are_written_in_one_way(
    client: TestClient, appended: httpx2.Response, hashes: object
) -> None:
    body = json.dumps({"receipt": appended.text, "block_hashes": hashes})
    answer = client.post("/v1/verify", content=body)
    assert (answer.status_code, answer.json()["type"]) == (400, "/problems/malformed-request")


def test_a_block_that_the_caller_vouches_for_bounds_from_below(
    client: TestClient, appended: httpx2.Response
) -> None:
    found = verdict(client, {"receipt": appended.text, "block_hashes": ["0x" + "ab" * 32]})
    assert (found["outcome"], found["facts"]["not_before"]) == ("match", None)


def test_a_submission_is_recognised_by_its_members(
    client: TestClient, appended: httpx2.Response
) -> None:
    members = {"type": b'"contract"', "data": b'{"score":"92.50"}'}
    digests = {name: hashlib.sha256(text).hexdigest() for name, text in members.items()}
    file = {"name": "sheet.json", "sha256": OTHER, "members": digests}
    found = verdict(client, {"receipt": appended.text, "files": [file]})
    assert found["checks"][-1]["reason"] == "submission-of-record"
    file["members"] = {**digests, "type": OTHER}
    assert verdict(client, {"receipt": appended.text, "files": [file]})["outcome"] == "different"


def test_a_digest_that_is_not_one_is_a_malformed_request(client: TestClient) -> None:
    answer = client.post("/v1/verify", content=b'{"digest":"md5:00"}')
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/malformed-request")
