import hashlib

import httpx2
import pytest
from starlette.testclient import TestClient

ABC = hashlib.sha256(b"abc").hexdigest()


def test_a_record_is_found_by_its_attachment(client: TestClient, appended: httpx2.Response) -> None:
    found = client.get("/v1/lookup", params={"digest": f"sha-256:{ABC}"}).json()["records"]
    mine = [r for r in found if r["record_id"] == appended.headers["Liuhen-Record-Id"]]
    assert len(mine) == 1
    assert sorted(mine[0]) == ["entry_index", "log", "record_id", "recorded_at", "type"]
    assert mine[0]["entry_index"] == appended.json()["entry_index"]
    assert mine[0]["type"] == "contract"


def test_what_nobody_entered_is_not_found(client: TestClient) -> None:
    answer = client.get("/v1/lookup", params={"digest": "sm3:" + 64 * "0"})
    assert (answer.status_code, answer.json()["type"]) == (404, "/problems/unknown")


@pytest.mark.parametrize(
    "digest",
    [ABC, f"sha256:{ABC}", f"sha-256:{ABC.upper()}", f"sha-256:{ABC[:-1]}", f"sha-256:{ABC} ", ""],
)
def test_a_digest_has_one_spelling(client: TestClient, digest: str) -> None:
    answer = client.get("/v1/lookup", params={"digest": digest})
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/malformed-request")


def test_a_digest_must_be_given(client: TestClient) -> None:
    answer = client.get("/v1/lookup")
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/malformed-request")
