"""The SDK against a service in memory that loses requests and answers."""

import json
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from liuhen.client import Liuhen, problem_of
from liuhen.client import bulk as bulk_module
from liuhen.client import connection as connection_module
from liuhen.client.bulk import Entered
from liuhen.core.canonical import canonical
from liuhen.core.checkpoint import Checkpoint
from liuhen.core.errors import (
    CommitmentMismatch,
    Malformed,
    MalformedProof,
    MalformedReceipt,
    MalformedRecord,
    NotYet,
    ProofMismatch,
    Unavailable,
    Unknown,
)
from liuhen.core.examine import Beside, examine
from liuhen.core.merkle import TreeHead, verify_consistency
from liuhen.core.note import SignedNote
from liuhen.core.policy import Life
from liuhen.core.proof_check import ClaimedEntry, check_proof
from liuhen.core.verdict import Outcome
from tests.fakes.http_service import FakeService, problem
from tests.receipt_kit import NOW


@pytest.fixture
def service() -> FakeService:
    return FakeService()


@pytest.fixture
def log(service: FakeService) -> Iterator[Liuhen]:
    with service.connect() as connected:
        yield connected


def test_an_append_gives_a_receipt_that_matches(service: FakeService, log: Liuhen) -> None:
    stored = log.append({"score": "43.00"}, type="score_sheet", case="SLZX-2026-0031")
    policy = service.kit.policy(Life.SEALED)
    assert examine(stored.receipt, policy, Beside(NOW)).outcome is Outcome.MATCH
    assert stored.body == service.receipt(stored.record_id)
    assert not stored.replayed


def test_a_whole_submission_goes_as_it_is(service: FakeService, log: Liuhen) -> None:
    body = b'{ "data" : {"seat":"E1"}, "submitter": {"person":"Li"} }'
    log.append_bytes(body)
    assert service.requests[0].content == body
    assert "idempotency-key" not in service.requests[0].headers


@pytest.mark.parametrize("failure", ["fail_before", "fail_after"])
def test_a_lost_append_is_sent_again_and_entered_once(
    service: FakeService, log: Liuhen, failure: str
) -> None:
    setattr(service, failure, 3)
    stored = log.append({"seat": "E1"})
    assert service.size == 1
    assert len(service.requests) == 4
    assert len({request.headers["idempotency-key"] for request in service.requests}) == 1
    assert stored.replayed == (failure == "fail_after")


def test_two_appends_of_the_same_data_are_two_records(service: FakeService, log: Liuhen) -> None:
    first, second = log.append({"seat": "E1"}), log.append({"seat": "E1"})
    assert service.size == 2
    assert first.record_id != second.record_id


def test_the_same_key_gives_the_same_record(service: FakeService, log: Liuhen) -> None:
    first = log.append({"seat": "E1"}, idempotency_key="order-7")
    second = log.append({"seat": "E1"}, idempotency_key="order-7")
    assert service.size == 1
    assert (first.record_id, second.replayed) == (second.record_id, True)


@pytest.mark.parametrize("failure", ["fail_before", "fail_after"])
def test_an_append_without_a_key_is_never_sent_twice(
    service: FakeService, log: Liuhen, failure: str
) -> None:
    setattr(service, failure, 1)
    with pytest.raises(Unavailable):
        log.append_bytes(b'{"data":1}')
    assert len(service.requests) == 1


@pytest.mark.parametrize("key", ["", "a b", "键", "x" * 256])
def test_a_key_that_no_header_can_carry_is_refused(log: Liuhen, key: str) -> None:
    with pytest.raises(Malformed, match="visible ASCII"):
        log.append_bytes(b'{"data":1}', idempotency_key=key)


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_passing_trouble_is_waited_out(service: FakeService, log: Liuhen, status: int) -> None:
    service.answers = [problem(status, "unavailable") for _ in range(4)]
    log.append({"seat": "E1"})
    assert service.size == 1


def test_a_lasting_trouble_is_told_with_its_status(service: FakeService, log: Liuhen) -> None:
    service.answers = [problem(503, "unavailable", "the store does not answer") for _ in range(9)]
    with pytest.raises(Unavailable, match="the store does not answer") as caught:
        log.append({"seat": "E1"})
    told = problem_of(caught.value)
    assert told is not None
    assert (told.status, told.code, len(service.requests)) == (503, "unavailable", 5)


def test_a_refusal_names_the_field_and_is_not_repeated(service: FakeService, log: Liuhen) -> None:
    with pytest.raises(MalformedRecord) as caught:
        log.append({"seat": "E1"}, type="Score Sheet")
    assert caught.value.field == "/type"
    assert len(service.requests) == 1


def test_data_without_a_canonical_form_is_never_sent(service: FakeService, log: Liuhen) -> None:
    with pytest.raises(Malformed):
        log.append({"price": float("nan")})
    assert service.requests == []


def test_a_service_that_enters_other_data_is_caught(service: FakeService, log: Liuhen) -> None:
    other = log.append_bytes(b'{"data":{"seat":"E2"}}')
    service.answers = [httpx2.Response(201, content=other.body)]
    with pytest.raises(CommitmentMismatch):
        log.append({"seat": "E1"})


def test_a_record_that_waits_for_its_tick_is_not_yet(service: FakeService, log: Liuhen) -> None:
    service.answers = [httpx2.Response(202, json={"ready_at": "2026-03-31T07:40:05Z"})]
    with pytest.raises(NotYet):
        log.append({"seat": "E1"})


def test_two_heads_of_one_history_are_proven_to_be(service: FakeService, log: Liuhen) -> None:
    heads = []
    for number in range(5):
        stored = log.append(number)
        heads.append(Checkpoint.parse(SignedNote.parse(stored.receipt.checkpoint).text).head)
    for old in heads:
        for new in heads[old.size - 1 :]:
            verify_consistency(old, new, log.consistency("kit", old, new))
    with pytest.raises(ProofMismatch):
        log.consistency("kit", TreeHead(2, bytes(32)), heads[4])
    with pytest.raises(ProofMismatch):
        log.consistency("kit", TreeHead(2, bytes(32)), heads[1])
    with pytest.raises(Unavailable):
        log.consistency("other", heads[1], heads[4])


def test_a_receipt_is_fetched_as_it_is(service: FakeService, log: Liuhen) -> None:
    stored = log.append({"seat": "E1"})
    log.append({"seat": "E2"})
    fetched = log.receipt(stored.record_id)
    assert fetched.body == service.receipt(stored.record_id) != stored.body


def test_the_receipt_of_another_record_is_refused(service: FakeService, log: Liuhen) -> None:
    first, second = log.append({"seat": "E1"}), log.append({"seat": "E2"})
    service.answers = [httpx2.Response(200, content=service.receipt(second.record_id))]
    with pytest.raises(MalformedReceipt):
        log.receipt(first.record_id)


def test_an_unknown_record_is_unknown(log: Liuhen) -> None:
    for ask in (log.receipt, log.record):
        with pytest.raises(Unknown):
            ask("01936b2e-7c00-7000-8000-0000000000ff")


def test_a_record_number_cannot_leave_its_path(service: FakeService, log: Liuhen) -> None:
    with pytest.raises(Unknown):
        log.record("../../healthz?")
    assert service.requests[0].url.raw_path == b"/v1/records/..%2F..%2Fhealthz%3F"


def test_a_lookup_gives_the_records(service: FakeService, log: Liuhen) -> None:
    stored = log.append({"seat": "E1"})
    assert log.lookup(bytes(32)) == [{"record_id": stored.record_id}]
    assert service.requests[-1].url.query == b"digest=sha-256:" + b"0" * 64


@pytest.fixture
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection_module, "_POLL_SECONDS", 0)


@pytest.mark.parametrize("life", list(Life))
def test_waiting_ends_when_the_record_has_come_so_far(
    service: FakeService, log: Liuhen, life: Life, no_pause: None
) -> None:
    stored = log.append({"seat": "E1"})
    assert log.wait_until(stored.record_id, life, timeout=60).record_id == stored.record_id
    asked = [request for request in service.requests if request.method == "GET"]
    assert len(asked) == life.rank + 2


def test_waiting_ends_with_the_time(service: FakeService, log: Liuhen) -> None:
    stored = log.append({"seat": "E1"})
    service.lives = ["anchored"]
    with pytest.raises(NotYet, match="anchored"):
        log.wait_until(stored.record_id, Life.FINAL, timeout=0)


@pytest.mark.parametrize(
    "url", ["", "127.0.0.1:8420", "ftp://user:word@127.0.0.1", "http://", "http://user:word@[::1"]
)
def test_a_url_that_is_none_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(Unavailable) as caught:
        Liuhen(url)
    assert "word" not in str(caught.value)


def test_an_answer_that_is_no_receipt_is_malformed(service: FakeService, log: Liuhen) -> None:
    for body in (b"<html>", canonical({"schema": "audit-receipt/v1"})):
        service.answers = [httpx2.Response(201, content=body)]
        with pytest.raises(Malformed):
            log.append_bytes(b'{"data":1}')


@pytest.mark.parametrize("told", [{}, {"life": "gone"}, {"life": 1}])
def test_a_state_that_we_do_not_know_is_not_guessed(
    service: FakeService, log: Liuhen, told: dict[str, Any]
) -> None:
    service.answers = [httpx2.Response(200, json=told)]
    with pytest.raises(Malformed):
        log.wait_until("01936b2e-7c00-7000-8000-000000000000", Life.FINAL, timeout=0)


def test_proofs_in_other_forms_are_fetched_and_hold(service: FakeService, log: Liuhen) -> None:
    stored = [log.append({"n": number}) for number in range(3)]
    claimed = ClaimedEntry.of(stored[1].receipt)
    for proof in (log.tlog_proof(stored[1].record_id), log.cose_receipt(stored[1].record_id)):
        assert check_proof(proof, claimed, service.kit.policy()).outcome is Outcome.MATCH


def test_a_proof_of_another_form_or_none_is_malformed(service: FakeService, log: Liuhen) -> None:
    number = log.append({}).record_id
    tlog, cose = service.proof(number, "proof"), service.proof(number, "cose")
    for answer, fetch in [(cose, log.tlog_proof), (tlog, log.cose_receipt), (b"", log.tlog_proof)]:
        service.answers.append(httpx2.Response(200, content=answer))
        with pytest.raises(MalformedProof):
            fetch(number)
    with pytest.raises(Unknown):
        log.cose_receipt("01936b2e-7c00-7000-8000-000000000009")


def test_a_log_of_several_is_named_in_the_request(service: FakeService, log: Liuhen) -> None:
    log.append_bytes(b'{"data":1}', log_name="north")
    log.append({"seat": "E1"}, log_name="a&b=c/d")
    log.append_bytes(b'{"data":1}')
    queries = [request.url.query for request in service.requests]
    assert queries == [b"log=north", b"log=a%26b%3Dc%2Fd", b""]


# --- many at once ---------------------------------------------------------------------------------


def test_many_are_entered_in_their_order_and_each_refusal_is_told(
    service: FakeService, log: Liuhen
) -> None:
    first, refused, second = log.enter_many([b'{"data":1}', b'{"dat":1}', b'{"data":2}'])
    assert isinstance(refused, MalformedRecord)
    told = problem_of(refused)
    assert told is not None
    assert (told.status, told.code) == (400, "malformed-record")
    assert isinstance(first, Entered)
    assert isinstance(second, Entered)
    assert [log.receipt(each.record_id).receipt.entry_index for each in (first, second)] == [0, 1]
    assert len([request for request in service.requests if request.method == "POST"]) == 1
    assert log.enter_many([b'{ "data" : 2.0 }']) == [Entered(second.record_id, replayed=True)]


@pytest.mark.parametrize("failure", ["fail_before", "fail_after"])
def test_many_that_were_lost_are_sent_again_and_entered_once(
    service: FakeService, log: Liuhen, failure: str
) -> None:
    setattr(service, failure, 2)
    assert len(log.enter_many([b'{"data":1}', b'{"data":2}'])) == 2
    assert service.size == 2


def test_many_go_in_requests_of_a_bounded_length(
    service: FakeService, log: Liuhen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk_module, "MOST_LINES", 3)
    monkeypatch.setattr(bulk_module, "MOST_BYTES", 40)
    bodies = [b'{"data":%d}' % n for n in range(5)] + [
        b'{"data":"%b"}' % (b"x" * 50),
        b'{"data":7}',
    ]
    assert len(log.enter_many(bodies, log_name="kit")) == 7
    assert [request.content.count(b"\n") + 1 for request in service.requests] == [3, 2, 1, 1]
    assert {request.url.query for request in service.requests} == {b"receipts=false&log=kit"}
    assert log.enter_many([]) == []


def answered(*lines: object) -> httpx2.Response:
    return httpx2.Response(200, content="\n".join(map(json.dumps, lines)))


def test_from_the_first_that_was_not_written_on_everything_is_sent_again(
    service: FakeService, log: Liuhen
) -> None:
    away = {"status": 503, "problem": {"type": "/problems/unavailable", "detail": "away"}}
    there = {"status": 201, "record_id": "01936b2e-7c00-7000-8000-000000000099"}
    service.answers = [answered({"line": 1, **there}, {"line": 2, **away}, {"line": 3, **there})]
    log.enter_many([b'{"data":1}', b'{"data":2}', b'{"data":3}'])
    assert service.requests[1].content == b'{"data":2}\n{"data":3}'
    service.answers = [answered({"line": 1, **away})]
    with pytest.raises(Unavailable, match="away"):
        log.enter_many([b'{"data":1}'])


@pytest.mark.parametrize("body", [b"", b"  \r", b'{"data":\n1}', b'{"data":1}\n'])
def test_a_submission_that_is_not_one_line_is_not_sent(
    service: FakeService, log: Liuhen, body: bytes
) -> None:
    with pytest.raises(Malformed, match="submission 1 is not one line"):
        log.enter_many([b'{"data":1}', body])
    assert service.requests == []


@pytest.mark.parametrize(
    "lines",
    [
        [],
        [{"line": 1, "status": 201, "record_id": "01936b2e-7c00-7000-8000-000000000099"}] * 2,
        [{"line": 2, "status": 201, "record_id": "01936b2e-7c00-7000-8000-000000000099"}],
        [{"line": 1, "status": 201, "record_id": "../01936b2e"}],
        [{"line": 1, "status": 201}],
        [{"line": 1, "status": "422", "problem": {}}],
        [["line", 1]],
    ],
)
def test_an_answer_that_does_not_fit_is_not_believed(
    service: FakeService, log: Liuhen, lines: list[object]
) -> None:
    service.answers = [answered(*lines)]
    with pytest.raises(Malformed, match="the service answered"):
        log.enter_many([b'{"data":1}'])
