"""Who reads with the operator's key: every command says so in the same words."""

import getpass
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx2
import pytest
from starlette.testclient import TestClient
from typer.testing import CliRunner

from liuhen.api.served_log import ServedLogs
from liuhen.cli import service_url
from liuhen.cli.main import app
from liuhen.client import Liuhen
from liuhen.wiring.app import build_app
from tests.fakes.running_service import BODY_BYTES, running_logs

FINDING = {"action": "opened", "due_on": "2026-07-01", "summary": "x"}
Run = Callable[..., tuple[int, str, str]]


class Recording(httpx2.BaseTransport):
    """Passes requests on, and keeps their fields as they went over the wire."""

    def __init__(self, inner: httpx2.BaseTransport) -> None:
        self._inner, self.seen = inner, list[dict[bytes, bytes]]()

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        self.seen.append({name.lower(): value for name, value in request.headers.raw})
        return self._inner.handle_request(request)


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedLogs]:
    with running_logs(tmp_path_factory.mktemp("service")) as served:
        yield served


@pytest.fixture
def wire(logs: ServedLogs, monkeypatch: pytest.MonkeyPatch) -> Iterator[Recording]:
    served = build_app(logs, hosts=["127.0.0.1", "testserver"], body_bytes=BODY_BYTES)
    with TestClient(served, raise_server_exceptions=False) as client:
        body = {"type": "finding", "case": "FX-1", "data": FINDING}
        client.post("/v1/records", json=body, headers={"Idempotency-Key": "1"})
        recording = Recording(client._transport)
        monkeypatch.setattr(service_url, "connect", lambda url: Liuhen(url, transport=recording))
        yield recording


@pytest.fixture
def run(wire: Recording, logs: ServedLogs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    del wire  # it must be in place
    monkeypatch.setenv("LIUHEN_URL", "http://127.0.0.1:8420")
    file = tmp_path / "operator.key"
    file.touch(mode=0o600)
    file.write_text(f"{(logs.operator_key or b'').hex()}\n")

    def run_it(*words: str, key: bool = True) -> tuple[int, str, str]:
        done = CliRunner().invoke(app, [*words, *(["--operator-key", str(file)] if key else [])])
        return done.exit_code, done.stdout, done.stderr

    return run_it


COMMANDS = [
    ("ledger", "board"),
    ("ledger", "snapshot"),
    ("case", "check", "FX-1"),
    ("case", "replay", "FX-1"),
    ("deadline", "window", "FX-1"),
]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_names_who_reads(
    run: Run, wire: Recording, command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOGNAME", "clerk")
    assert getpass.getuser() == "clerk"
    run(*command)
    assert wire.seen[0][b"liuhen-reader"] == b"clerk"
    assert wire.seen[0][b"liuhen-role"] == b"auditor"
    wire.seen.clear()
    run(*command, "--reader", "王", "--role", "supervisor", "--ground", "投诉", "--party", "甲公司")
    told = {name.decode(): value.decode() for name, value in wire.seen[0].items()}
    wanted = ("王", "supervisor", "投诉", "甲公司")
    names = ("liuhen-reader", "liuhen-role", "liuhen-ground", "liuhen-party")
    assert tuple(told[name] for name in names) == wanted


@pytest.mark.parametrize(("role", "sees"), [("inspector", True), ("bidder", False)])
def test_the_role_decides_what_is_shown(run: Run, role: str, sees: bool) -> None:
    code, out, _ = run("ledger", "board", "--json", "--role", role)
    assert code == 0
    assert ("lines" in json.loads(out.splitlines()[-1])) is sees


@pytest.mark.parametrize(
    ("words", "key", "said"),
    [
        (("--role", "chief"), True, "must be one of auditor"),
        (("--reader", " "), True, "say who reads"),
        (("--role", "auditor"), False, "a role takes the operator's key"),
    ],
)
def test_a_reader_that_cannot_be_is_wrong_usage(
    run: Run, wire: Recording, words: tuple[str, ...], key: bool, said: str
) -> None:
    code, _, err = run("ledger", "board", *words, key=key)
    assert code == 2
    assert said in " ".join(err.replace("│", " ").split())
    assert not wire.seen
