from collections.abc import Iterator

import httpx2
import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from liuhen.api.served_log import ServedLog, ServedLogs
from liuhen.wiring.app import build_app
from tests.fakes.running_service import BODY_BYTES, running_logs


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedLogs]:
    with running_logs(tmp_path_factory.mktemp("service")) as served_logs:
        yield served_logs


@pytest.fixture
def served(logs: ServedLogs) -> ServedLog:
    return logs.get(None)


@pytest.fixture(scope="module")
def app(logs: ServedLogs) -> FastAPI:
    return build_app(logs, hosts=["localhost", "testserver"], body_bytes=BODY_BYTES)


@pytest.fixture(scope="module")
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, raise_server_exceptions=False) as test_client:
        yield test_client


@pytest.fixture
def appended(client: TestClient) -> httpx2.Response:
    body = (
        b'{"type":"contract","case":"P-1","data":{"score":"92.50"},"attachments":[{"name":"a.txt"'
        b',"media_type":"text/plain","bytes":3,"sha256":'
        b'"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"}]}'
    )
    answer = client.post("/v1/records", content=body)
    assert answer.status_code == 201, answer.text
    return answer
