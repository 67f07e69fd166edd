from starlette.testclient import TestClient


def test_the_description_knows_every_route(client: TestClient) -> None:
    description = client.get("/openapi.json").json()
    routes = {
        (method.upper(), path)
        for path, methods in description["paths"].items()
        for method in methods
    }
    assert routes == {
        ("POST", "/v1/records"),
        ("POST", "/v1/records/bulk"),
        ("GET", "/v1/records/{record_id}"),
        ("GET", "/v1/records/{record_id}/attachments/{position}"),
        ("PUT", "/v1/records/{record_id}/attachments/{position}"),
        ("GET", "/v1/records/{record_id}/receipt"),
        ("GET", "/v1/records/{record_id}/disclosure"),
        ("POST", "/v1/records/{record_id}/erasures"),
        ("GET", "/v1/records/{record_id}/proof"),
        ("GET", "/v1/records/{record_id}/cose"),
        ("GET", "/v1/cases/{case}"),
        ("GET", "/v1/lookup"),
        ("GET", "/v1/board"),
        ("GET", "/v1/ledger.xlsx"),
        ("GET", "/v1/anchors"),
        ("GET", "/v1/anchors/{anchor_id}"),
        ("POST", "/v1/verify"),
        ("GET", "/logs/{name}/checkpoint"),
        ("GET", "/logs/{name}/keys"),
        ("GET", "/logs/{name}/keys/{serial}"),
        ("GET", "/logs/{name}/policy.json"),
        ("GET", "/logs/{name}/tile/{path}"),
        ("GET", "/healthz"),
        ("GET", "/metrics"),
        ("GET", "/readyz"),
        ("GET", "/v1/board"),
        ("GET", "/v1/cases/{case}"),
        ("GET", "/v1/cases/{case}/check"),
        ("GET", "/v1/cases/{case}/deadlines"),
        ("GET", "/v1/cases/{case}/deadlines.ics"),
        ("GET", "/v1/cases/{case}/evaluation"),
        ("GET", "/v1/cases/{case}/ocds"),
        ("GET", "/v1/cases/{case}/receipts"),
        ("GET", "/v1/cases/{case}/windows"),
        ("GET", "/v1/deadlines"),
        ("GET", "/v1/ledger.xlsx"),
    }


def test_every_route_is_described_with_the_one_shape_of_errors(client: TestClient) -> None:
    for methods in client.get("/openapi.json").json()["paths"].values():
        for operation in methods.values():
            assert operation["summary"]
            assert operation["description"]
            assert "application/problem+json" in operation["responses"]["default"]["content"]
            assert "422" not in operation["responses"]


def test_no_page_loads_script_from_elsewhere(client: TestClient) -> None:
    assert client.get("/docs").status_code == 404
    assert client.get("/redoc").status_code == 404


def test_erasing_needs_the_operators_key(client: TestClient) -> None:
    described = client.get("/openapi.json").json()
    operation = described["paths"]["/v1/records/{record_id}/erasures"]["post"]
    (scheme,) = operation["security"][0]
    assert described["components"]["securitySchemes"][scheme]["scheme"] == "bearer"
