from dataclasses import replace

from fastapi import FastAPI
from starlette.testclient import TestClient

from liuhen.api.health import health_router
from liuhen.api.served_log import ServedLog, ServedLogs
from liuhen.core.canonical import JsonObject
from liuhen.core.errors import Unavailable


def test_the_process_is_alive(client: TestClient) -> None:
    assert client.get("/healthz").json() == {"alive": True}


def test_a_chain_that_is_away_is_reported_and_no_reason_to_be_unready(client: TestClient) -> None:
    for _ in range(100):
        answer = client.get("/readyz")
        assert answer.status_code == 200
        if answer.json()["logs"][0]["chain"]["trouble"]:
            break
    (log,) = answer.json()["logs"]
    assert (log["log"], log["writer"]) == ("jyg", "ready")
    assert "127.0.0.1:9" in log["chain"]["trouble"]
    assert (log["chain"]["anchored_size"], log["chain"]["final_size"]) == (0, 0)


def test_a_writer_that_does_not_write_makes_the_service_unready(served: ServedLog) -> None:
    def refuse() -> None:
        raise Unavailable("the disk is full")

    app = FastAPI()
    broken = replace(served, check_ready=refuse)
    app.include_router(health_router(ServedLogs([broken], verify=None)))  # type: ignore[arg-type]
    answer = TestClient(app).get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["logs"][0]["writer"] == "the disk is full"


def test_witnesses_that_are_away_are_reported_and_no_reason_to_be_unready(
    client: TestClient, served: ServedLog
) -> None:
    assert "witnesses" not in client.get("/readyz").json()["logs"][0]
    state: JsonObject = {
        "mode": "open",
        "cosigned_size": 0,
        "witnesses": [{"name": "w", "trouble": "down"}],
    }
    app = FastAPI()
    watched = replace(served, witness_state=lambda: state)
    app.include_router(health_router(ServedLogs([watched], verify=None)))  # type: ignore[arg-type]
    answer = TestClient(app).get("/readyz")
    assert answer.status_code == 200
    assert answer.json()["logs"][0]["witnesses"] == state
