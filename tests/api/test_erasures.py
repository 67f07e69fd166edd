"""`POST /v1/records/{id}/erasures`, and what the other answers say afterwards."""

import hashlib
from typing import Any

import httpx2
import pytest
from starlette.testclient import TestClient

from liuhen.api.served_log import ServedLogs
from liuhen.core.canonical import canonical
from liuhen.core.strict_json import parse_json

DATA = {"name": "张三", "phone": "13800138000", "price": "100.00"}
BODY: dict[str, Any] = {"case": "P-8", "data": DATA}
BASIS = "个人信息保护法第四十七条"


@pytest.fixture
def operator(logs: ServedLogs) -> dict[str, str]:
    assert logs.operator_key is not None
    return {"Authorization": f"Bearer {logs.operator_key.hex()}"}


@pytest.fixture
def place(client: TestClient) -> str:
    answer = client.post("/v1/records", content=canonical(BODY))
    assert answer.status_code == 201, answer.text
    return str(answer.headers["Location"])


def body(*fields: str, basis: str = BASIS) -> bytes:
    return canonical({"fields": list(fields), "basis": basis})


def test_after_an_erasure_every_answer_is_honest_and_every_proof_holds(
    client: TestClient, place: str, operator: dict[str, str]
) -> None:
    before = client.get(place)
    full = client.get(place + "/receipt").content
    answer = client.post(place + "/erasures", content=body("/data/phone"), headers=operator)
    assert answer.status_code == 201, answer.text
    told = answer.json()
    assert told["erased"] == ["/data/phone"]
    assert told["fields"] == [["data", "phone"]]
    assert told["purged"] is True
    record = client.get(place)
    assert record.json()["erased"] == ["/data/phone"]
    assert record.json()["record"]["data"] == {**DATA, "phone": None}
    assert canonical(parse_json(record.content)) == record.content
    assert record.headers["ETag"] != before.headers["ETag"]
    erasure = client.get(answer.headers["Location"]).json()
    assert erasure["record"]["type"] == "log.erasure"
    assert erasure["record"]["data"] == {
        "basis": BASIS,
        "fields": [["data", "phone"]],
        "record": told["record_id"],
    }
    assert erasure["record"]["case"] is None
    assert erasure["entry_index"] == told["entry_index"]
    for path in ("/receipt", "/disclosure?show=/data/price"):
        receipt = client.get(place + path)
        assert "13800138000" not in receipt.text
        verdict = client.post("/v1/verify", content=receipt.content).json()
        assert verdict["outcome"] == "match"
        assert "/data/phone" in verdict["facts"]["withheld_fields"]
    assert client.get(place + "/proof").status_code == 200
    assert client.post("/v1/verify", content=full).json()["outcome"] == "match"


@pytest.mark.parametrize("what", ["", "/receipt", "/disclosure", "/proof", "/cose"])
def test_what_can_be_erased_is_never_cached(client: TestClient, place: str, what: str) -> None:
    answer = client.get(place + what)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"


def test_what_was_erased_is_not_found_nor_shown(
    client: TestClient, place: str, operator: dict[str, str]
) -> None:
    digest = hashlib.sha256(canonical(DATA)).hexdigest()  # type: ignore[arg-type]
    assert client.get(f"/v1/lookup?digest=sha-256:{digest}").status_code == 200
    found = client.get(f"/v1/lookup?digest=sha-256:{digest}").json()["records"]
    for record in found:
        path = f"/v1/records/{record['record_id']}/erasures"
        assert client.post(path, content=body("/data/phone"), headers=operator).status_code in {
            *(201, 422),
        }
    assert client.get(f"/v1/lookup?digest=sha-256:{digest}").status_code == 404
    shown = client.get(place + "/disclosure?show=/data/phone")
    assert (shown.status_code, shown.json()["type"]) == (404, "/problems/unknown")
    assert "hidden" in shown.json()["detail"]
    whole = {**client.get(place).json()["record"], "data": DATA}
    verdict = client.post("/v1/verify", content=canonical({"record": whole})).json()
    assert verdict["outcome"] == "could_not_check"


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (body("/data/phone", "/case"), 422, "erasure-refused"),
        (body(), 422, "erasure-refused"),
        (body("/data/phone", basis=" "), 422, "erasure-refused"),
        (body("/data/fax"), 404, "unknown"),
        (body("data/phone"), 400, "malformed-pointer"),
        (b"{", 400, "malformed-json"),
        (b"[]", 400, "malformed-request"),
        (b'{"fields":["/data"]}', 400, "malformed-request"),
        (b'{"fields":"/data","basis":"x"}', 400, "malformed-request"),
        (b'{"fields":[7],"basis":"x"}', 400, "malformed-request"),
        (b'{"fields":["/data"],"basis":"x","more":1}', 400, "malformed-request"),
        (b'{"fields":["/data"],"fields":["/data"],"basis":"x"}', 400, "malformed-json"),
        (b" " * (2**20 + 1), 413, "too-large"),
    ],
)
def test_a_request_that_cannot_be_met_erases_nothing(
    client: TestClient, place: str, operator: dict[str, str], content: bytes, status: int, code: str
) -> None:
    answer = client.post(place + "/erasures", content=content, headers=operator)
    assert (answer.status_code, answer.json()["type"]) == (status, f"/problems/{code}")
    assert client.get(place).json()["erased"] == []


@pytest.mark.parametrize(
    "given",
    [None, "", "Bearer", "Bearer ", "Bearer " + "0" * 64, "Basic {key}", "bearer {key}", "{key}"],
)
def test_nobody_but_the_operator_erases(
    client: TestClient, place: str, logs: ServedLogs, given: str | None
) -> None:
    assert logs.operator_key is not None
    text = None if given is None else given.format(key=logs.operator_key.hex())
    headers = {} if text is None else {"Authorization": text}
    answer = client.post(place + "/erasures", content=body("/data/phone"), headers=headers)
    assert (answer.status_code, answer.json()["type"]) == (401, "/problems/operator-only")
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert logs.operator_key.hex() not in answer.text
    assert client.get(place).json()["erased"] == []


def test_the_operators_key_is_not_in_the_text_of_the_service(logs: ServedLogs) -> None:
    assert logs.operator_key is not None
    assert repr(logs.operator_key) not in repr(logs)


def test_a_record_that_is_not_there_cannot_be_erased(
    client: TestClient, operator: dict[str, str]
) -> None:
    place = "/v1/records/019a8f3e-7c51-7d04-9a57-2f8f7f4a6b11/erasures"
    answer: httpx2.Response = client.post(place, content=body("/data"), headers=operator)
    assert answer.status_code == 404
