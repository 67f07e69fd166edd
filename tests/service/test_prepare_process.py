"""The second process: records like our own, nothing for a refusal, and a fall that hurts nobody."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from liuhen.adapters.clock import SystemClock
from liuhen.adapters.prepare_process import BATCH, PrepareProcess, Task
from liuhen.app.append import BUSY_CALLERS, Body
from liuhen.app.digest_key import DigestKey
from liuhen.app.grouping import AppendRequest
from liuhen.core.disclosure import rebuild
from liuhen.core.errors import MalformedRecord, RecordRefused
from liuhen.core.receipt import parse_receipt
from liuhen.core.strict_json import DEFAULT_LIMITS
from tests.fakes.running_service import running_logs

TASK = Task("test.example/logs/a", DigestKey(bytes(32)), DEFAULT_LIMITS, SystemClock())
GOOD = b'{"type":"contract","case":"A-1","data":{"score":"43.00"}}'


async def until(condition: Callable[[], object]) -> None:
    for _ in range(500):
        if condition():
            return
        await asyncio.sleep(0.02)
    pytest.fail("it has not come so far")


@asynccontextmanager
async def started() -> AsyncIterator[PrepareProcess]:
    process = PrepareProcess(TASK)
    assert await process.prepare([Body(GOOD)]) == [None]  # not ready at first
    await until(lambda: process.pid)
    try:
        yield process
    finally:
        await process.stop()


def test_what_it_prepares_is_what_was_sent() -> None:
    async def scenario() -> list[AppendRequest | None]:
        async with started() as process:
            bodies = [Body(GOOD, "10.1.2.3", f"key-{n}") for n in range(3 * BATCH)]
            return await process.prepare(bodies)

    requests = [request for request in asyncio.run(scenario()) if request is not None]
    assert len(requests) == 3 * BATCH
    for number, request in enumerate(requests):
        draft = request.draft
        assert (draft.type, draft.case, draft.data) == ("contract", "A-1", {"score": "43.00"})
        assert request.answer_key == TASK.digest_key.of_idempotency_key(f"key-{number}")
        assert b"10.1.2.3" in draft.complete("2026-03-31T07:40:01.250Z", 0).record_bytes
    assert len({request.draft.secret for request in requests}) == len(requests)
    assert len({request.draft.record_id for request in requests}) == len(requests)


@pytest.mark.parametrize(
    "body",
    [b"", b'{"dat":1}', b'{"a":1,"a":2}', b'{"type":"bid_receipt","data":1}', b"[" * 100_000],
)
def test_a_refused_body_comes_back_for_its_reason(body: bytes) -> None:
    async def scenario() -> None:
        async with started() as process:
            good, refused = await process.prepare([Body(GOOD), Body(body)])
            assert good is not None
            assert refused is None

    asyncio.run(scenario())


def test_a_process_that_falls_over_gives_back_what_it_had_and_is_started_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("liuhen.adapters.prepare_process.RESTART_SECONDS", 0.1)

    async def scenario() -> None:
        async with started() as process:
            first = process.pid
            assert first is not None
            os.kill(first, signal.SIGSTOP)
            calls = [asyncio.create_task(process.prepare([Body(GOOD)])) for _ in range(40)]
            await asyncio.sleep(0.05)
            os.kill(first, signal.SIGKILL)
            assert await asyncio.gather(*calls) == [[None]] * 40
            await asyncio.sleep(0.15)
            await process.prepare([Body(GOOD)])
            await until(lambda: process.pid not in (None, first))
            assert await process.prepare([Body(GOOD)]) != [None]

    asyncio.run(scenario())


def test_another_event_loop_is_left_to_itself() -> None:
    async def scenario() -> None:
        async with started() as process:
            other = asyncio.to_thread(asyncio.run, process.prepare([Body(GOOD)]))
            assert await asyncio.wait_for(other, 30) == [None]

    asyncio.run(scenario())


def test_many_callers_at_once_get_their_own_answers(tmp_path: Path) -> None:
    """Through the whole writer: records of both processes in one log, refusals with reasons."""

    async def scenario() -> None:
        with running_logs(tmp_path) as logs:
            append = logs.get(None).append
            bodies = [b'{"case":"A-1","data":%d}' % n for n in range(20 * BUSY_CALLERS)]
            for _ in range(2):  # the process is ready for the second round at the latest
                answers = await asyncio.gather(*[append.append(body) for body in bodies])
                await asyncio.sleep(0.5)
            for number, answer in enumerate(answers):
                receipt = parse_receipt(answer.receipt.encode())
                record = rebuild(receipt.rows)
                assert record is not None
                assert record["data"] == number
            bad = [b'{"dat":1}', b'{"type":"bid_receipt","data":1}']
            mixed = [*(append.append(body) for body in bodies), *map(append.append, bad)]
            *good, malformed, refused = await asyncio.gather(*mixed, return_exceptions=True)
            assert not [answer for answer in good if isinstance(answer, BaseException)]
            assert isinstance(malformed, MalformedRecord)
            assert isinstance(refused, RecordRefused)

    asyncio.run(scenario())
