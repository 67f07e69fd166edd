"""The connection to one service: enter, fetch, look up, wait."""

import re
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import takewhile
from typing import Final, Self
from urllib.parse import quote, urlencode
from uuid import uuid4

import httpx2

from liuhen.client.boards import Boards
from liuhen.client.bulk import MEDIA_TYPE as BULK_TYPE
from liuhen.client.bulk import Entered, check_lines, first_part, read_answer
from liuhen.client.cases import Cases
from liuhen.client.content import now
from liuhen.client.deadlines import Deadlines
from liuhen.client.detaching import Detaching, submission_of
from liuhen.client.exchange import Exchange
from liuhen.client.files import Files
from liuhen.client.history import prove_consistency
from liuhen.client.retry import Retry
from liuhen.client.stored import StoredReceipt
from liuhen.core.attachment import Attachment
from liuhen.core.canonical import JsonObject, JsonValue, canonical
from liuhen.core.cose_receipt import CoseReceipt
from liuhen.core.errors import (
    AuditError,
    Malformed,
    MalformedJson,
    MalformedProof,
    NotYet,
    Unavailable,
)
from liuhen.core.merkle import TreeHead
from liuhen.core.policy import Life
from liuhen.core.proof_check import parse_proof
from liuhen.core.strict_json import parse_json
from liuhen.core.tlog_proof import TlogProof

_KEY: Final = re.compile(r"[!-~]{1,255}", re.ASCII)
_POLL_SECONDS: Final = 0.5


class Liuhen(Detaching):
    """One service.

    Example:
        >>> with Liuhen("https://log.example") as log:  # doctest: +SKIP
        ...     stored = log.append({"score": "43.00"}, case="SLZX-2026-0031")
        ...     log.wait_until(stored.record_id, Life.FINAL, timeout=600)

    All methods raise `Unavailable` where no answer comes, and the error of `core.errors` that the
    service's problem names. What may be repeated is repeated, see `Retry`.

    Attributes:
        files: The files that records name, where the service keeps them.
        deadlines: What is due in a case, and who may still object.
        cases: What the service has to say of cases.
        boards: Boards of findings and tasks, and ledgers.
    """

    def __init__(
        self,
        base_url: str,
        *,
        timeout: float = 30.0,
        retry: Retry | None = None,
        transport: httpx2.BaseTransport | None = None,
        now: Callable[[], datetime] = now,
    ) -> None:
        """Prepare; nothing is sent yet.

        Args:
            base_url: Where the service is, such as `https://log.example`.
            timeout: Seconds allowed to each step of a request: connecting, sending, reading.
            retry: How to try again.
            transport: For tests; by default the network.
            now: The clock that detached content is dated by; by default this machine's.

        Raises:
            Unavailable: `base_url` is not http:// or https:// with a host.
        """
        self._exchange = Exchange(base_url, timeout, retry, transport)
        self.files = Files(self._exchange)
        self.deadlines = Deadlines(self._exchange)
        self.cases = Cases(self._exchange)
        self.boards = Boards(self._exchange)
        self._now = now

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the connection."""
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self._exchange.close()

    def append(
        self,
        data: JsonValue,
        *,
        type: str = "generic",  # noqa: A002 -- the record's member is called so
        case: str | None = None,
        attachments: Sequence[Attachment] = (),
        idempotency_key: str | None = None,
        log_name: str | None = None,
    ) -> StoredReceipt:
        """Enter a record, and return its receipt once it is durable.

        Args:
            data: What to enter: JSON values, with money and scores as strings.
            type: The record's type.
            case: The case that numbers it.
            attachments: Files that the record names, from `describe_file`; `files.put` sends them.
            idempotency_key: The same key again gives the same record, never a second one. None
                draws a key for this call, so that its own retries enter nothing twice.
            log_name: Last part of the log's origin; None is the service's default log.

        Raises:
            MalformedJson: `data` has no canonical form.
            CommitmentMismatch: The receipt is of other data than was sent.
        """
        key = idempotency_key or uuid4().hex
        body = submission_of(data, type, case, attachments)
        stored = self.append_bytes(body, idempotency_key=key, log_name=log_name)
        stored.check_data(data)
        return stored

    def append_bytes(
        self, body: bytes, *, idempotency_key: str | None = None, log_name: str | None = None
    ) -> StoredReceipt:
        """Enter a whole submission, as JSON text.

        Args:
            body: The submission, with `data` and what else a client knows.
            idempotency_key: As for `append`; without one the request is sent once and never again.
            log_name: As for `append`.

        Raises:
            Malformed: The key is not 1 to 255 visible ASCII characters.
        """
        response = self._post(body, idempotency_key, log_name)
        replayed = response.headers.get("idempotent-replayed") == "true"
        return StoredReceipt.parse(response.content, replayed=replayed)

    def enter_many(
        self, bodies: Sequence[bytes], *, log_name: str | None = None
    ) -> list[Entered | AuditError]:
        """Enter whole submissions in their order, and leave their receipts with the service.

        The idempotency key of each is the SHA-256 of its canonical form, so that it may be sent
        again, and two that say the same are one record. `receipt` fetches the receipt of each: the
        numbers that are returned are what the service says, and prove nothing by themselves.

        Args:
            bodies: Submissions as JSON text, each without a line break.
            log_name: As for `append`.

        Returns:
            Of each, in their order, its number or why it was refused.

        Raises:
            Malformed: A submission is not one line, or the answer does not fit what was sent.
            Unavailable: No answer came; whether the rest was entered is unknown.
        """
        check_lines(bodies)
        done: list[Entered | AuditError] = []
        while len(done) < len(bodies):
            part = first_part(bodies, len(done))
            answers = self._enter_part(part, log_name)
            # What comes after a record that could not be written is sent again together with it.
            written = takewhile(lambda each: not isinstance(each, Unavailable), answers)
            before = len(done)
            done += written
            if len(done) == before and isinstance(answers[0], AuditError):
                raise answers[0]
        return done

    def _enter_part(
        self, bodies: Sequence[bytes], log_name: str | None
    ) -> list[Entered | AuditError]:
        query = "" if log_name is None else f"&log={quote(log_name, safe='')}"
        path = f"/v1/records/bulk?receipts=false{query}"
        headers = {"content-type": BULK_TYPE}
        response = self._exchange.post(path, b"\n".join(bodies), headers, repeatable=True)
        return read_answer(response.content, len(bodies))

    def _post(
        self, body: bytes, idempotency_key: str | None, log_name: str | None
    ) -> httpx2.Response:
        headers = {"content-type": "application/json"}
        if idempotency_key is not None:
            headers["idempotency-key"] = _checked_key(idempotency_key)
        query = "" if log_name is None else f"?log={quote(log_name, safe='')}"
        response = self._exchange.post(
            f"/v1/records{query}", body, headers, repeatable=idempotency_key is not None
        )
        if response.status_code == httpx2.codes.ACCEPTED:
            raise NotYet("received, and not yet in the log: fetch the receipt later")
        return response

    def receipt(self, record_id: str) -> StoredReceipt:
        """Fetch the receipt of a record, with the anchors it has by now.

        Raises:
            Unknown: The service has no such record.
        """
        stored = StoredReceipt.parse(
            self._exchange.get(f"/v1/records/{quote(record_id, safe='')}/receipt")
        )
        stored.check_record_id(record_id)
        return stored

    def disclosure(
        self,
        record_id: str,
        show: Sequence[str] = (),
        *,
        hide_names: bool | None = None,
        hide_case: bool = False,
    ) -> StoredReceipt:
        """Fetch a receipt that shows some fields of a record and hides the rest.

        Args:
            record_id: The record.
            show: JSON pointers of fields and containers.
            hide_names: Whether hidden fields are without name; None leaves it to the service,
                which names them unless the number of fields is secret.
            hide_case: Whether to hide the case.

        Raises:
            Unknown: The service has no such record, or the record no such field.
            MalformedPointer: One is not a JSON pointer.
        """
        query = [("show", pointer) for pointer in show]
        if hide_names is not None:
            query.append(("hide", "names" if hide_names else "values"))
        if hide_case:
            query.append(("hide", "case"))
        path = f"/v1/records/{quote(record_id, safe='')}/disclosure?{urlencode(query)}"
        stored = StoredReceipt.parse(self._exchange.get(path))
        stored.check_record_id(record_id)
        return stored

    def erase(
        self, record_id: str, fields: Sequence[str], basis: str, *, operator_key: bytes
    ) -> JsonObject:
        """Have fields of a record erased for good. For the operator of the service.

        Not tried again by itself: where no answer comes, ask with `record` what was erased.

        Args:
            record_id: The record.
            fields: JSON pointers of fields and containers.
            basis: The legal basis; it stays in the log.
            operator_key: The operator's key, 32 bytes.

        Returns:
            `record_id`, `erasure_id` (number of the record that tells of it), `entry_index`,
            `erased` (all fields of the record that are erased by now), `fields`, `basis`, `purged`.

        Raises:
            Unknown: The service has no such record, or the record no such field.
            MalformedPointer: One is not a JSON pointer.
            ErasureRefused: A field cannot be erased, or is erased already.
            Unavailable: The key would go over a network in clear; nothing was sent.
        """
        if not self._exchange.keeps_secrets:
            raise Unavailable("the operator's key goes over https, or to this machine, only")
        body = canonical({"fields": list(fields), "basis": basis})
        headers = {
            "content-type": "application/json",
            "authorization": f"Bearer {operator_key.hex()}",
        }
        path = f"/v1/records/{quote(record_id, safe='')}/erasures"
        response = self._exchange.post(path, body, headers, repeatable=False)
        answer = parse_json(response.content)
        if not isinstance(answer, dict):
            raise MalformedJson("the service answered what is not an object")
        return answer

    def tlog_proof(self, record_id: str) -> TlogProof:
        """Fetch the proof of a record's entry as other people's tools read it.

        Only its form is checked here; `core.proof_check` says what it is worth.

        Raises:
            Unknown: The service has no such record.
            MalformedProof: The answer is not such a proof.
        """
        body = self._exchange.get(f"/v1/records/{quote(record_id, safe='')}/proof")
        proof = parse_proof(body)
        if not isinstance(proof, TlogProof):
            raise MalformedProof("the service answered another kind of proof")
        return proof

    def cose_receipt(self, record_id: str) -> CoseReceipt:
        """Fetch the COSE receipt of a record's entry (RFC 9942).

        Only its form is checked here; `core.proof_check` says what it is worth.

        Raises:
            Unknown: The service has no such record.
            MalformedProof: The answer is not such a receipt.
        """
        return CoseReceipt.parse(
            self._exchange.get(f"/v1/records/{quote(record_id, safe='')}/cose")
        )

    def record(self, record_id: str) -> JsonObject:
        """Fetch what the service tells of a record.

        Raises:
            Unknown: The service has no such record.
        """
        return self._exchange.get_object(f"/v1/records/{quote(record_id, safe='')}")

    def lookup(self, digest: bytes) -> list[JsonObject]:
        """Ask which records hold what has this digest; the oldest come first.

        Args:
            digest: SHA-256 of an attachment, or of the canonical form of `data`.

        Returns:
            Of each record its `record_id`, `log`, `entry_index`, `type` and `recorded_at`.

        Raises:
            Unknown: None does.
        """
        found = self._exchange.get_object(f"/v1/lookup?digest=sha-256:{digest.hex()}").get(
            "records"
        )
        return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []

    def consistency(self, log_name: str, old: TreeHead, new: TreeHead) -> list[bytes]:
        """Prove from a log's tiles that one of its heads is a prefix of another, and check that.

        Args:
            log_name: Last part of the log's origin.
            old: The smaller head; of one entry at least.
            new: The larger head.

        Raises:
            ProofMismatch: They are not of one history.
            Unavailable: A tile cannot be had.
        """
        folder = f"/logs/{quote(log_name, safe='')}"
        return prove_consistency(lambda path: self._exchange.get(f"{folder}/{path}"), old, new)

    def wait_until(self, record_id: str, life: Life, timeout: float = 300.0) -> StoredReceipt:
        """Wait until a record has come so far, as the service tells it; return its receipt then.

        Args:
            record_id: The record.
            life: Sealed, anchored or final.
            timeout: Seconds to wait.

        Raises:
            NotYet: It has not, within the time.
        """
        end = time.monotonic() + timeout
        while (reached := self._life(record_id)).rank < life.rank:
            if time.monotonic() + _POLL_SECONDS > end:
                raise NotYet(f"record {record_id} is {reached} after {timeout:g} seconds")
            time.sleep(_POLL_SECONDS)
        return self.receipt(record_id)

    def _life(self, record_id: str) -> Life:
        told = self.record(record_id).get("life")
        try:
            return Life(str(told))
        except ValueError as error:
            raise Malformed("the service tells no state that this version knows") from error


def _checked_key(key: str) -> str:
    if _KEY.fullmatch(key) is None:
        raise Malformed("an idempotency key is 1 to 255 visible ASCII characters")
    return key
