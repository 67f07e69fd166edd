"""Append a record: from the bytes of a request to its receipt.

The long part, `prepare`, runs with the caller; the short part waits its turn with the single
writer. Coroutines and threads share that writer, each with its own way back.
"""

import asyncio
import secrets
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import NamedTuple, Protocol

from liuhen.app.case_rules import RefusedForAnother
from liuhen.app.digest_key import DigestKey
from liuhen.app.grouping import AppendRequest, Replayed
from liuhen.app.log_writer import LogWriter
from liuhen.app.refusal import REFUSAL_KEY, RefusedAndLogged, refusal_key, refusal_record
from liuhen.app.waiting import Appended, LoopSink, ThreadSink
from liuhen.core.commitment import SECRET_BYTES
from liuhen.core.draft import Draft
from liuhen.core.errors import MalformedRecord, RecordRefused
from liuhen.core.record_id import RECORD_ID_NOISE, new_record_id
from liuhen.core.strict_json import DEFAULT_LIMITS, Limits
from liuhen.core.submission import prepare
from liuhen.domain.admission import check_time
from liuhen.domain.catalogue import PADDED_TYPES, check_data, check_submittable, file_digests
from liuhen.ports import Clock

LARGE_BODY_BYTES = 64 * 2**10
"""From here on a body is prepared in a thread, so that the event loop stays awake."""

NONCE_BYTES = 16

MAX_IDEMPOTENCY_KEY = 255
"""Characters of an idempotency key."""


BUSY_CALLERS = 8
"""From so many waiting callers on, the long part is left to a second process, if there is one."""


class Body(NamedTuple):
    """One submission as it arrived.

    Attributes:
        content: The submission.
        network_address: Where it came from, if that is kept.
        idempotency_key: As the client sent it; see `of_content`.
        of_content: Its idempotency key is the SHA-256 of its canonical form, in hex digits.
        with_receipt: Whether a receipt is wanted.
    """

    content: bytes
    network_address: str | None = None
    idempotency_key: str | None = None
    of_content: bool = False
    with_receipt: bool = True


class PrepareElsewhere(Protocol):
    """Prepares records outside of this interpreter. A help: nothing depends on it."""

    async def prepare(self, bodies: Sequence[Body]) -> list[AppendRequest | None]:
        """Return prepared records, and None for each that the caller must prepare himself."""
        ...


class Answer(NamedTuple):
    """What the caller of an append gets.

    Attributes:
        record_id: Number of the record.
        receipt: Its receipt file; empty where none was wanted.
        replayed: The record was there already, under the same idempotency key.
    """

    record_id: str
    receipt: str
    replayed: bool


class Appender:
    """Appends to one log."""

    def __init__(
        self,
        writer: LogWriter,
        receipt_of: Callable[[str], str],
        digest_key: DigestKey,
        clock: Clock,
        limits: Limits = DEFAULT_LIMITS,
        elsewhere: PrepareElsewhere | None = None,
        *,
        ended: str = "",
    ) -> None:
        """Join the parts.

        Args:
            writer: The log's writer.
            receipt_of: Makes the receipt of a stored record from its number.
            digest_key: Keys what the database may not hold plainly.
            clock: Gives record numbers their time.
            limits: What one record may cost.
            elsewhere: Prepares records while many callers wait.
            ended: Why the log takes no records any more; empty while it does.
        """
        self._elsewhere, self._callers, self._ended = elsewhere, 0, ended
        self._writer, self._receipt_of = writer, receipt_of
        self._digest_key, self._clock, self._limits = digest_key, clock, limits
        self._loop_sink: LoopSink | None = None

    async def append(
        self,
        body: bytes,
        *,
        network_address: str | None = None,
        idempotency_key: str | None = None,
    ) -> Answer:
        """Append from a coroutine.

        Raises:
            MalformedJson: The body is not strict JSON.
            MalformedRecord: It is not a submission.
            RecordRefused: A rule of the domain refuses it.
            RefusedAndLogged: The same, and a record in the log tells of it.
            IdempotencyMismatch: The key was used for another submission.
            Unavailable: The log cannot be written now; the message says what is known.
        """
        self.check_not_ended()
        self._callers += 1
        try:
            request = await self._prepared(Body(body, network_address, idempotency_key))
            loop = asyncio.get_running_loop()
            if self._loop_sink is None or self._loop_sink.loop is not loop:
                self._loop_sink = LoopSink(loop)
            ticket: asyncio.Future[Appended | Replayed] = loop.create_future()
            self._writer.submit(request, self._loop_sink, ticket)
            outcome = await ticket
        except RefusedForAnother as refused:
            raise await self.log_refusal(
                refused, request.draft, network_address, idempotency_key
            ) from refused
        finally:
            self._callers -= 1
        if isinstance(outcome, Appended):
            return Answer(outcome.record_id, outcome.receipt, replayed=False)
        receipt = await asyncio.to_thread(self._receipt_of, outcome.record_id)
        return Answer(outcome.record_id, receipt, replayed=True)

    async def log_refusal(
        self,
        refused: RefusedForAnother,
        draft: Draft,
        network_address: str | None,
        idempotency_key: str | None,
    ) -> RefusedAndLogged:
        """Log that a record was refused, and return the refusal with what tells of it.

        Args:
            refused: The refusal.
            draft: The record.
            network_address: Where it came from, if that is kept.
            idempotency_key: The record's.

        Raises:
            Unavailable: The log cannot be written now.
        """
        told = await self.append(
            refusal_record(refused, draft),
            network_address=network_address,
            idempotency_key=refusal_key(idempotency_key, draft),
        )
        return RefusedAndLogged(refused, told.record_id, told.receipt)

    async def _prepared(self, body: Body) -> AppendRequest:
        """Prepare a record where that costs the other callers least."""
        if len(body.content) >= LARGE_BODY_BYTES:
            return await asyncio.to_thread(self.prepare, body)
        if self._elsewhere is not None and self._callers > BUSY_CALLERS:
            (request,) = await self._elsewhere.prepare([body])
            if request is not None:
                return request
        return self.prepare(body)

    def append_here(
        self,
        body: bytes,
        *,
        network_address: str | None = None,
        idempotency_key: str | None = None,
    ) -> Answer:
        """Append from a thread, waiting for the answer; errors as `append`."""
        self.check_not_ended()
        request = self.prepare(Body(body, network_address, idempotency_key))
        ticket: Future[Appended | Replayed] = Future()
        self._writer.submit(request, ThreadSink(), ticket)
        try:
            outcome = ticket.result()
        except RefusedForAnother as refused:
            told = self.append_here(
                refusal_record(refused, request.draft),
                network_address=network_address,
                idempotency_key=refusal_key(idempotency_key, request.draft),
            )
            raise RefusedAndLogged(refused, told.record_id, told.receipt) from refused
        if isinstance(outcome, Appended):
            return Answer(outcome.record_id, outcome.receipt, replayed=False)
        return Answer(outcome.record_id, self._receipt_of(outcome.record_id), replayed=True)

    def check_not_ended(self) -> None:
        """Check that the log still takes records.

        Raises:
            RecordRefused: It has ended.
        """
        if self._ended:
            raise RecordRefused("", self._ended)

    def prepare(self, body: Body) -> AppendRequest:
        """Do everything that needs no place in the log; errors as `append`."""
        return prepare_request(
            body,
            origin=self._writer.origin,
            digest_key=self._digest_key,
            clock=self._clock,
            limits=self._limits,
        )


def prepare_request(
    body: Body,
    *,
    origin: str,
    digest_key: DigestKey,
    clock: Clock,
    limits: Limits = DEFAULT_LIMITS,
    by_service: bool = False,
    record_id: str | None = None,
) -> AppendRequest:
    """Make a record ready for the writer, with a fresh secret and nonce.

    Args:
        body: The submission.
        origin: The log's name.
        digest_key: Keys what the database may not hold plainly.
        clock: Gives record numbers their time.
        limits: What one record may cost.
        by_service: Whether the service itself is the client.
        record_id: The record's number, where it is settled already; else a fresh one.

    Raises:
        MalformedJson: The body is not strict JSON.
        MalformedRecord: It is not a submission, or the idempotency key is empty or too long.
        RecordRefused: Clients may not send records of its type.
    """
    key = body.idempotency_key
    if key is not None and not 0 < len(key) <= MAX_IDEMPOTENCY_KEY:
        raise MalformedRecord("Idempotency-Key", f"must have 1 to {MAX_IDEMPOTENCY_KEY} characters")
    # One call of the operating system for everything random: each lets go of the interpreter.
    noise = secrets.token_bytes(RECORD_ID_NOISE + SECRET_BYTES + NONCE_BYTES)
    draft = prepare(
        body.content,
        origin=origin,
        record_id=record_id or new_record_id(clock.now(), noise[:RECORD_ID_NOISE]),
        secret=noise[RECORD_ID_NOISE:-NONCE_BYTES],
        nonce=noise[-NONCE_BYTES:].hex(),
        network_address=body.network_address,
        limits=limits,
        own_types=by_service,
        padded_types=PADDED_TYPES,
        with_rows=body.with_receipt,
    )
    if body.of_content:
        key = content_key(draft)
    if not by_service:
        check_submittable(draft.type)  # the writer asks again; this spares it the trouble
        check_data(draft.type, draft.data)
        check_time(draft.occurred_at)
    named = file_digests(draft.type, draft.data)
    digests = dict.fromkeys((draft.data_digest, *draft.attachment_digests, *named))
    keyed = None if key is None else digest_key.of_idempotency_key(key)
    return AppendRequest(
        draft=draft,
        body_bytes=len(body.content),
        keyed_digests=[digest_key.of_digest(digest) for digest in digests],
        answer_key=keyed,
        submission=_keyed_submission(draft, key, digest_key),
        by_service=by_service,
    )


def content_key(draft: Draft) -> str:
    """Return the idempotency key that is made from a submission."""
    return draft.submission_digest.hex()


def _keyed_submission(draft: Draft, key: str | None, digest_key: DigestKey) -> bytes:
    """Return what a repetition under the same idempotency key is compared with.

    A key may itself be the SHA-256 of the submission; `liuhen append` makes such keys. Then key and
    submission are one and the same, and are marked so by being equal: an erasure destroys every
    digest of the whole, and has to know that this key is one. So is the key of a refusal: it says
    what was refused, which is told in the same words however late it is sent again.
    """
    if key is None:
        return b""
    if key == content_key(draft) or key.startswith(REFUSAL_KEY):
        return digest_key.of_idempotency_key(key)
    return digest_key.of_submission(draft.submission_digest)
