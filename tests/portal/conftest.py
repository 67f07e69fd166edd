from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from liuhen.api.served_log import ServedLogs
from liuhen.wiring.app import build_app
from tests.fakes.running_service import running_logs


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedLogs]:
    with running_logs(tmp_path_factory.mktemp("service")) as served_logs:
        yield served_logs


@pytest.fixture(scope="module")
def app(logs: ServedLogs) -> FastAPI:
    return build_app(logs, hosts=["localhost", "127.0.0.1"], receipt_bytes=100_000)


@pytest.fixture(scope="module")
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, base_url="http://localhost", raise_server_exceptions=False) as opened:
        yield opened


@pytest.fixture(scope="module")
def receipt(logs: ServedLogs) -> bytes:
    body = (
        '{"type":"contract","case":"P-1","data":{"得分":"92.50"},"attachments":[{"name":"报告.pdf"'
        ',"media_type":"application/pdf","bytes":3,"sha256":'
        '"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"}]}'
    )
    return logs.get(None).append.append_here(body.encode()).receipt.encode()
