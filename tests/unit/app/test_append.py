"""Appending from coroutines and threads."""

import asyncio
from collections.abc import Callable

import pytest

from liuhen.app import append as append_module
from liuhen.core.errors import MalformedJson, MalformedRecord, RecordRefused, Unavailable
from liuhen.core.record import parse_record
from tests.fakes.assembled_log import AssembledLog, submission

Assemble = Callable[..., AssembledLog]


def test_coroutines_share_groups_and_get_their_own_answers(log: AssembledLog) -> None:
    async def load() -> list[str]:
        answers = await asyncio.gather(
            *(log.appender.append(submission(f"A-{n % 5}", n=n)) for n in range(60))
        )
        return [answer.record_id for answer in answers]

    answered = asyncio.run(load())
    assert len(set(answered)) == 60
    assert log.check(answered) == 61
    groups = log.faults.calls.count("advance")
    assert groups < 60


def test_another_event_loop_is_served_too(log: AssembledLog) -> None:
    for number in range(3):
        asyncio.run(log.appender.append(submission(n=number)))
    assert log.check() == 4


def test_a_replay_in_a_coroutine_gives_the_same_record(log: AssembledLog) -> None:
    async def twice() -> tuple[str, str, bool]:
        first = await log.appender.append(submission(n=1), idempotency_key="k")
        again = await log.appender.append(submission(n=1), idempotency_key="k")
        return first.record_id, again.record_id, again.replayed

    first, again, replayed = asyncio.run(twice())
    assert first == again
    assert replayed


def test_a_large_body_is_prepared_beside_the_loop(
    log: AssembledLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(append_module, "LARGE_BODY_BYTES", 10)
    answer = asyncio.run(log.appender.append(submission(text="x" * 100)))
    assert log.check([answer.record_id]) == 2


def test_a_failure_reaches_the_coroutine(log: AssembledLog) -> None:
    log.faults.plan("commit", "before")
    with pytest.raises(Unavailable, match="unknown"):
        asyncio.run(log.appender.append(submission()))
    assert log.check() == 1


def test_a_caller_who_went_away_is_no_failure(log: AssembledLog) -> None:
    async def go_away() -> None:
        task = asyncio.create_task(log.appender.append(submission(n=1)))
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await log.appender.append(submission(n=2))

    asyncio.run(go_away())
    log.append(n=3)
    assert log.check() == 4


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b"", MalformedJson),
        (b'{"data":1e400}', MalformedJson),
        (b"{}", MalformedRecord),
        (b'{"data":1,"extra":2}', MalformedRecord),
        (b'{"data":1,"type":"log.opened"}', MalformedRecord),
        (b'{"data":1,"type":"no_such_type"}', RecordRefused),
        (b'{"data":1,"type":"bid_receipt"}', RecordRefused),
    ],
)
def test_what_is_no_submission_never_reaches_the_writer(
    log: AssembledLog, body: bytes, error: type[Exception]
) -> None:
    log.faults.calls.clear()
    with pytest.raises(error):
        log.appender.append_here(body)
    assert log.faults.calls == []


@pytest.mark.parametrize("key", ["", "k" * 256])
def test_an_idempotency_key_has_a_length(log: AssembledLog, key: str) -> None:
    with pytest.raises(MalformedRecord):
        log.append(key=key)
    assert not log.append(key="k" * 255).replayed


def test_the_record_says_where_it_came_from(log: AssembledLog) -> None:
    answer = log.appender.append_here(submission(), network_address="192.0.2.7")
    record = parse_record(log.finder.record(answer.record_id).body or b"")
    submitter = record["submitter"]
    assert isinstance(submitter, dict)
    assert submitter["network_address"] == "192.0.2.7"


def test_every_record_has_its_own_secret_and_nonce(log: AssembledLog) -> None:
    for _ in range(20):
        log.append()
    records = log.store.records(0, 30)
    assert len({record.secret for record in records}) == 21
    assert len({parse_record(record.body or b"")["nonce"] for record in records}) == 21
