import pytest
from starlette.testclient import TestClient


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8420", "testserver"])
def test_our_own_hosts_are_let_in(client: TestClient, host: str) -> None:
    assert client.get("/healthz", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "localhost@evil", "localhost:x", "", "::1"]
)
def test_a_foreign_host_is_refused(client: TestClient, host: str) -> None:
    answer = client.get("/healthz", headers={"Host": host})
    assert (answer.status_code, answer.json()["type"]) == (421, "/problems/host-not-allowed")


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "localhost", "file://"])
def test_another_site_cannot_make_a_browser_add_a_record(client: TestClient, origin: str) -> None:
    for path in ("/v1/records", "/v1/verify", "/zh/"):
        answer = client.post(path, content=b'{"data":1}', headers={"Origin": origin})
        assert (answer.status_code, answer.json()["type"]) == (403, "/problems/foreign-page")


def test_our_own_pages_may_send(client: TestClient) -> None:
    headers = {"Origin": "http://localhost:8420"}
    assert client.post("/v1/records", content=b'{"data":1}', headers=headers).status_code == 201


@pytest.mark.parametrize("path", ["/zh/", "/healthz", "/nothing", "/static/verify.js"])
def test_every_answer_has_the_security_headers(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    assert headers["Content-Security-Policy"].startswith("default-src 'none'; script-src 'self';")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert "Set-Cookie" not in headers
    assert client.post("/v1/records", content=b'{"data":1}').headers["X-Frame-Options"] == "DENY"
