"""`liuhen draw check --url`: a draw run again from what a service hands out, honest or not."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from starlette.testclient import TestClient
from typer.testing import CliRunner

from liuhen.api.served_log import ServedLogs
from liuhen.cli import service_url
from liuhen.cli.main import app
from liuhen.client import Liuhen
from liuhen.core.canonical import canonical
from liuhen.core.disclosure import Shown
from liuhen.core.receipt import Receipt, parse_receipt
from liuhen.wiring.app import build_app
from tests.api.test_timeline import SAMPLE, ZC, bid, open_bids, send, start
from tests.fakes.running_service import BODY_BYTES, running_logs

SENT = [
    json.loads(line)["submission"]
    for line in (SAMPLE / "zc" / "project.jsonl").read_text().splitlines()
]
DRAWS = [each["data"] for each in SENT if each["type"] == "expert_draw"]
HASH = "0x" + DRAWS[1]["block"]["hash"]
Lines = list[bytes]
Bend = Callable[[Lines], Lines]


class Server(httpx2.BaseTransport):
    """A service that may bend the lines of a case before it hands them out."""

    def __init__(self, inner: httpx2.BaseTransport) -> None:
        self._inner, self.next = inner, ""
        self.bend: Bend = lambda lines: lines

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        answer = self._inner.handle_request(request)
        if not request.url.path.endswith("/receipts") or answer.status_code != 200:
            return answer
        lines = self.bend(answer.read().splitlines())
        headers = {"Liuhen-Next": self.next} if self.next else {}
        return httpx2.Response(200, content=b"\n".join(lines), headers=headers)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("service")


@pytest.fixture(scope="module")
def logs(folder: Path) -> Iterator[ServedLogs]:
    with running_logs(folder, bids_without_slots=True) as served:
        yield served


@pytest.fixture(scope="module")
def client(logs: ServedLogs) -> Iterator[TestClient]:
    served = build_app(logs, hosts=["127.0.0.1", "testserver"], body_bytes=BODY_BYTES)
    with TestClient(served, raise_server_exceptions=False) as test_client:
        for submission in SENT:
            assert send(test_client, submission).status_code == 201
        yield test_client


@pytest.fixture
def server(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> Server:
    server = Server(client._transport)
    monkeypatch.setattr(service_url, "connect", lambda url: Liuhen(url, transport=server))
    return server


Check = Callable[..., tuple[int, str]]


@pytest.fixture
def check(server: Server, folder: Path) -> Check:
    del server  # it must be in place

    def run(*words: str, case: str = ZC, role: str | None = "supervisor") -> tuple[int, str]:
        given = ["--operator-key", str(folder / "keys" / "operator.key")]
        who = [] if role is None else [*given, "--role", role, "--reader", "Wang"]
        more = [
            "--policy",
            str(folder / "policy.json"),
            "--lang",
            "en",
            "--url",
            "http://127.0.0.1",
        ]
        done = CliRunner().invoke(app, ["draw", "check", case, *more, *who, *words])
        return done.exit_code, done.stdout + done.stderr

    return run


def lines_of(lines: Lines, kind: str) -> list[int]:
    """Return the positions of a type's receipts."""
    mark = f'"{kind}"'.encode()
    return [at for at, line in enumerate(lines) if b'[["type"],' in line and mark in line]


def bent(line: bytes, change: Callable[[Receipt], list[Any]]) -> bytes:
    """Return a receipt with other rows."""
    value = json.loads(line)
    value["rows"] = change(parse_receipt(line))
    return canonical(value)


def test_a_draw_is_run_again_from_the_records_of_a_service(check: Check) -> None:
    code, told = check("--block-hash", HASH)
    assert code == 0, told
    assert "Match. Run again from its records, the draw makes these" in told
    assert "that no new draw follows record" in told
    assert "rests on the log's word" in told


def test_with_receipts_no_service_is_asked(
    check: Check, server: Server, client: TestClient, logs: ServedLogs, tmp_path: Path
) -> None:
    def fail(lines: Lines) -> Lines:
        raise AssertionError(lines)

    server.bend = fail
    store = logs.get(None).store
    for record in store.records_of_types(["expert_draw"], 0, 10):
        body = client.get(f"/v1/records/{record.record_id}/receipt").content
        (tmp_path / f"{record.record_id}.receipt.json").write_bytes(body)
    assert check("--block-hash", HASH, "--receipts", str(tmp_path))[0] == 0


@pytest.mark.parametrize(
    ("role", "said"),
    [
        (None, "withholds 3 records of the draw"),
        ("bidder", "withholds 3 records of the draw"),
    ],
)
def test_what_a_reader_may_not_see_makes_no_answer(
    check: Check, role: str | None, said: str
) -> None:
    code, told = check("--block-hash", HASH, role=role)
    assert code == 6
    assert said in told
    assert "Match" not in told


def test_what_is_withheld_after_the_draw_is_not_needed(check: Check) -> None:
    assert check("--block-hash", HASH, role="auditor")[0] == 0


def test_before_the_result_a_draw_is_withheld_from_every_role(
    check: Check, client: TestClient
) -> None:
    case = "EARLY-DRAW"
    start(client, case)
    bid(client, case, 1)
    open_bids(client, case)
    body = {"type": "expert_draw", "case": case, "data": DRAWS[0]}
    answer = send(client, {**body, "occurred_at": "2026-03-30T14:00:00+08:00"})
    assert answer.status_code == 201
    code, told = check(case=case)
    assert code == 6
    assert "withholds 1 records of the draw" in told


def test_a_case_without_a_draw_is_not_found(check: Check, client: TestClient) -> None:
    start(client, "NO-DRAW")
    open_bids(client, "NO-DRAW")
    assert check(case="NO-DRAW")[0] == 5
    assert check(case="NOWHERE")[0] == 5


def test_without_a_policy_a_service_is_not_believed(
    check: Check, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from liuhen.cli import policy_file

    monkeypatch.setattr(policy_file, "find_policy", lambda _: None)
    code, told = check("--block-hash", HASH)
    assert code == 6
    assert "no trust policy" in told


def left_out(number: int) -> Bend:
    """Leave out one record of the draw, as if it were not there."""

    def bend(lines: Lines) -> Lines:
        away = lines_of(lines, "expert_draw")[number]
        return [line for at, line in enumerate(lines) if at != away]

    return bend


def call_changed(lines: Lines) -> Lines:
    """Tell of another expert than was called."""
    (at,) = [at for at in lines_of(lines, "expert_draw") if b'"drawn"' in lines[at]]
    token = DRAWS[1]["calls"][0]["expert_token"].encode()
    other = DRAWS[1]["calls"][1]["expert_token"].encode()
    return [*lines[:at], lines[at].replace(token, other), *lines[at + 1 :]]


def field_hidden(lines: Lines) -> Lines:
    """Hide one field of the draw, as a disclosure may."""
    (at,) = [at for at in lines_of(lines, "expert_draw") if b'"drawn"' in lines[at]]

    def change(receipt: Receipt) -> list[Any]:
        hide = ("data", "calls", 0, "expert_token")
        return [
            (row.withheld() if isinstance(row, Shown) and row.path == hide else row).to_json()
            for row in receipt.rows
        ]

    return [*lines[:at], bent(lines[at], change), *lines[at + 1 :]]


def other_record_left_out(lines: Lines) -> Lines:
    """Leave out some record before the draw: it might be an earlier draw."""
    return lines[1:]


def said_to_be_withheld(lines: Lines) -> Lines:
    """Say that a record is no business of the reader's, and of another type."""
    at = lines_of(lines, "expert_draw")[1]
    told = b'{"case_seq":4,"schema":"withheld-record/v1","type":"complaint"}'
    return [*lines[:at], told, *lines[at + 1 :]]


def other_record_changed(lines: Lines) -> Lines:
    """Change a record of another type, so that the next does not name it any more."""
    at = lines_of(lines, "tender_document")[0]
    return [*lines[:at], lines[at].replace(b"2026-03", b"2026-02"), *lines[at + 1 :]]


@pytest.mark.parametrize(
    ("bend", "code", "said"),
    [
        (left_out(0), 6, "gives no receipt of record"),
        (left_out(1), 6, "gives no receipt of record"),
        (left_out(2), 4, "the seeds are not revealed yet"),
        (call_changed, 3, "different"),
        (field_hidden, 6, "hides a part of its record"),
        (other_record_left_out, 6, "no receipt of record 0 of the case"),
        (said_to_be_withheld, 6, "gives no receipt of record"),
        (other_record_changed, 3, "does not name record"),
        (lambda _: [], 5, "Not found"),
    ],
    ids=["committed", "drawn", "revealed", "call", "field", "other", "withheld", "link", "all"],
)
def test_a_lying_service_never_gets_a_match(
    check: Check, server: Server, bend: Bend, code: int, said: str
) -> None:
    server.bend = bend
    found, told = check("--block-hash", HASH)
    assert (found, said in told) == (code, True), told
    assert "Match" not in told


def test_what_is_no_receipt_is_malformed(check: Check, server: Server) -> None:
    server.bend = lambda _: [b"[]"]
    assert check("--block-hash", HASH)[0] == 7


@pytest.mark.parametrize("following", ["0", "-1", "x", "99999999"])
def test_pages_without_end_are_malformed(check: Check, server: Server, following: str) -> None:
    server.next = following
    assert check("--block-hash", HASH)[0] == 7


def test_neither_receipts_nor_service_is_wrong_usage(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LIUHEN_URL", raising=False)
    assert CliRunner().invoke(app, ["draw", "check", ZC, "--unverified"]).exit_code == 2
