"""`GET /v1/records/{id}/disclosure`."""

import httpx2
import pytest
from starlette.testclient import TestClient

from liuhen.core.disclosure import Closed, Shown, Withheld
from liuhen.core.pointer import to_pointer
from liuhen.core.receipt import Receipt, parse_receipt

BODY = (
    b'{"type":"contract","case":"P-7","data":{"scores":['
    b'{"bid":"B01","price":"43.00"},{"bid":"B02","price":"41.30"},{"bid":"B03","price":"39.90"}],'
    b'"by_seat":{"2":"E7"}}}'
)


@pytest.fixture
def place(client: TestClient) -> str:
    answer = client.post("/v1/records", content=BODY)
    assert answer.status_code == 201, answer.text
    return answer.headers["Location"] + "/disclosure"


def disclosed(answer: httpx2.Response) -> Receipt:
    assert answer.status_code == 200, answer.text
    return parse_receipt(answer.content)


def shown_data(receipt: Receipt) -> set[str]:
    rows = [row for row in receipt.rows if isinstance(row, Shown)]
    return {to_pointer(row.path) for row in rows if row.path[0] == "data"}


def test_one_element_of_an_array_is_shown_and_the_receipt_verifies(
    client: TestClient, place: str
) -> None:
    answer = client.get(place, params={"show": "/data/scores/2"})
    receipt = disclosed(answer)
    assert shown_data(receipt) == {"/data/scores/2/bid", "/data/scores/2/price"}
    assert "41.30" not in answer.text
    verdict = client.post("/v1/verify", content=answer.content).json()
    assert verdict["outcome"] == "match"
    assert "/data/scores/1/price" in verdict["facts"]["withheld_fields"]
    assert verdict["facts"]["withheld"] > 5
    assert answer.headers["Content-Disposition"].endswith('.disclosure.json"')


def test_several_fields_are_shown_and_names_can_be_hidden(client: TestClient, place: str) -> None:
    query = {"show": ["/data/scores/0/bid", "/data/by_seat/2"], "hide": "names"}
    answer = client.get(place, params=query)
    receipt = disclosed(answer)
    assert shown_data(receipt) == {"/data/scores/0/bid", "/data/by_seat/2"}
    assert not any(isinstance(row, Withheld) for row in receipt.rows)
    assert any(isinstance(row, Closed) for row in receipt.rows)
    verdict = client.post("/v1/verify", content=answer.content).json()
    assert (verdict["outcome"], verdict["facts"]["withheld_fields"]) == ("match", [])


def test_the_case_can_be_hidden(client: TestClient, place: str) -> None:
    answer = client.get(place, params={"hide": ["case", "values"]})
    assert "P-7" not in answer.text
    assert shown_data(disclosed(answer)) == set()


@pytest.mark.parametrize(
    ("query", "status", "code", "said"),
    [
        ("show=/data/scores/3", 404, "unknown", "/data/scores/3"),
        ("show=data", 400, "malformed-pointer", "begins with /"),
        ("show=/case&hide=case", 400, "malformed-pointer", "both shown and hidden"),
        ("hide=everything", 422, "malformed-request", "hide"),
        ("hide=names&hide=values", 422, "malformed-request", "either names or values"),
        ("&".join(["show=/data"] * 101), 422, "malformed-request", "show"),
    ],
)
def test_what_cannot_be_shown_is_named(
    client: TestClient, place: str, query: str, status: int, code: str, said: str
) -> None:
    answer = client.get(f"{place}?{query}")
    assert (answer.status_code, answer.json()["type"]) == (status, f"/problems/{code}")
    assert said in answer.json()["detail"]


def test_where_the_number_of_fields_is_secret_they_have_no_names(client: TestClient) -> None:
    answer = client.post(
        "/v1/records",
        content=b'{"type":"expert_draw","case":"D-1","data":{"imported":{"source":"x"},"experts":["e1","e2","e3"]}}',
    )
    assert len(answer.json()["rows"]) == 32
    place = answer.headers["Location"] + "/disclosure"
    receipt = disclosed(client.get(place, params={"show": "/data/experts/1"}))
    assert not any(isinstance(row, Withheld) for row in receipt.rows)
    assert len(receipt.rows) == 32
    verdict = client.post("/v1/verify", content=receipt.to_text()).json()
    assert (verdict["outcome"], verdict["facts"]["withheld"]) == ("match", 0)
    named = disclosed(client.get(place, params={"show": "/data/experts/1", "hide": "values"}))
    assert any(isinstance(row, Withheld) for row in named.rows)


def test_a_record_that_is_not_there_has_no_disclosure(client: TestClient) -> None:
    answer = client.get("/v1/records/019a8f3e-7c51-7d04-9a57-2f8f7f4a6b11/disclosure")
    assert answer.status_code == 404
