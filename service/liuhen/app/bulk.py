"""Append many records that came together: prepared, written and answered some hundred at a time.

The order of the records holds, so each is judged by the rules with those before it in the log. One
that is refused hinders no other. Where the log cannot be written, nothing after that record is
stored either: whoever sends it all again gets the same records, in the same order, since the
idempotency key of each is the SHA-256 of what it says.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from typing import Any

from liuhen.app.append import Answer, Appender, Body, PrepareElsewhere, content_key
from liuhen.app.case_rules import RefusedForAnother
from liuhen.app.grouping import AppendRequest, Replayed
from liuhen.app.log_writer import LogWriter
from liuhen.app.waiting import Appended, Outcome, Series
from liuhen.core.errors import AuditError, Unavailable

SLAB_RECORDS = 256
"""Records that are prepared, and go to the writer, together."""

SLAB_BYTES = 2 * 2**20
"""The same in bytes of submissions; a larger one goes alone."""

Answered = Answer | AuditError
"""What became of one record."""

_Prepared = AppendRequest | AuditError


class BulkAppender:
    """Appends many records at once to one log."""

    def __init__(
        self,
        one: Appender,
        writer: LogWriter,
        receipt_of: Callable[[str], str],
        elsewhere: PrepareElsewhere | None = None,
    ) -> None:
        """Join the parts.

        Args:
            one: Appends single records to the log.
            writer: The log's writer.
            receipt_of: Makes the receipt of a stored record from its number.
            elsewhere: Prepares records in another process.
        """
        self._one, self._writer = one, writer
        self._receipt_of, self._elsewhere = receipt_of, elsewhere

    async def append(
        self,
        contents: Sequence[bytes],
        *,
        network_address: str | None = None,
        with_receipts: bool = True,
    ) -> AsyncIterator[list[Answered]]:
        """Append, and yield what became of each record, in their order, some at a time.

        While the writer has some of them the next are prepared.

        Args:
            contents: The submissions.
            network_address: Where they came from, if that is kept.
            with_receipts: Whether receipts are wanted; else only numbers.

        Raises:
            RecordRefused: The log takes no records any more.
            Unavailable: It cannot be written now; nothing was stored.
        """
        self._one.check_not_ended()
        self._writer.check_ready()
        series = Series()
        before: _Slab | None = None
        for part in _slabs(contents):
            bodies = [
                Body(content, network_address, of_content=True, with_receipt=with_receipts)
                for content in part
            ]
            slab = _Slab(bodies, await self._prepared(bodies))
            slab.submit(self._writer, series)
            if before is not None:
                yield await self._answers(before)
            before = slab
        if before is not None:
            yield await self._answers(before)

    async def _prepared(self, bodies: Sequence[Body]) -> list[_Prepared]:
        """Prepare in the other process, and the rest beside the event loop."""
        found: list[AppendRequest | None] = [None] * len(bodies)
        if self._elsewhere is not None:
            found = await self._elsewhere.prepare(bodies)
        left = [body for body, made in zip(bodies, found, strict=True) if made is None]
        rest = iter(await asyncio.to_thread(self._prepared_here, left) if left else ())
        return [next(rest) if made is None else made for made in found]

    def _prepared_here(self, bodies: Sequence[Body]) -> list[_Prepared]:
        made: list[_Prepared] = []
        for body in bodies:
            try:
                made.append(self._one.prepare(body))
            except AuditError as error:
                made.append(error)
        return made

    async def _answers(self, slab: "_Slab") -> list[Answered]:
        outcomes = await slab.outcomes()
        there = [each.record_id for each in outcomes if isinstance(each, Replayed)]
        receipts: Mapping[str, str] = {}
        if there and slab.bodies[0].with_receipt:
            receipts = await asyncio.to_thread(self._receipts, there)
        answers: list[Answered] = []
        for at, outcome in enumerate(outcomes):
            if isinstance(outcome, Appended):
                answers.append(Answer(outcome.record_id, outcome.receipt, replayed=False))
            elif isinstance(outcome, Replayed):
                receipt = receipts.get(outcome.record_id, "")
                answers.append(Answer(outcome.record_id, receipt, replayed=True))
            elif isinstance(outcome, RefusedForAnother):
                answers.append(await self._log_refusal(outcome, slab, at))
            else:
                answers.append(outcome)
        return answers

    def _receipts(self, record_ids: Sequence[str]) -> dict[str, str]:
        return {record_id: self._receipt_of(record_id) for record_id in record_ids}

    async def _log_refusal(self, refused: RefusedForAnother, slab: "_Slab", at: int) -> AuditError:
        request, address = slab.prepared[at], slab.bodies[at].network_address
        assert isinstance(request, AppendRequest)
        draft = request.draft
        try:
            return await self._one.log_refusal(refused, draft, address, content_key(draft))
        except AuditError as error:
            return error


class _Slab:
    """Records that are with the writer together; gathers what became of each."""

    def __init__(self, bodies: Sequence[Body], prepared: Sequence[_Prepared]) -> None:
        """Begin with those that are refused already."""
        self.bodies, self.prepared = bodies, prepared
        self._loop = asyncio.get_running_loop()
        self._done = asyncio.Event()
        self._outcomes: dict[int, Outcome] = {
            at: made for at, made in enumerate(prepared) if isinstance(made, AuditError)
        }

    def submit(self, writer: LogWriter, series: Series) -> None:
        """Hand over what can be written; the rest of a series that is broken is not."""
        requests = [
            (made, at) for at, made in enumerate(self.prepared) if isinstance(made, AppendRequest)
        ]
        try:
            if requests:
                writer.submit_many(requests, self, series)
        except Unavailable as error:
            series.is_broken = True
            self._take([(at, error) for _, at in requests])
        self._look()

    async def outcomes(self) -> list[Outcome]:
        """Wait for all of them."""
        await self._done.wait()
        return [self._outcomes[at] for at in range(len(self.prepared))]

    def deliver(self, outcomes: Sequence[tuple[Any, Outcome]]) -> None:
        """Take outcomes from the writer's thread; tickets are places in the slab."""
        try:
            self._loop.call_soon_threadsafe(self._take, outcomes)
        except RuntimeError:
            return  # the loop is closed: nobody waits any more, and the records are durable

    def _take(self, outcomes: Sequence[tuple[int, Outcome]]) -> None:
        self._outcomes.update(outcomes)
        self._look()

    def _look(self) -> None:
        if len(self._outcomes) == len(self.prepared):
            self._done.set()


def _slabs(contents: Sequence[bytes]) -> Iterator[Sequence[bytes]]:
    begin, size = 0, 0
    for at, content in enumerate(contents):
        size += len(content)
        if at > begin and (at - begin == SLAB_RECORDS or size > SLAB_BYTES):
            yield contents[begin:at]
            begin, size = at, len(content)
    if begin < len(contents):
        yield contents[begin:]
