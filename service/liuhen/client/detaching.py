"""Detached mode of the SDK: the content stays here, the log gets its commitment (evidence §1)."""

import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime
from urllib.parse import quote

from liuhen.client.content import new_content
from liuhen.client.exchange import Exchange
from liuhen.client.stored import StoredReceipt
from liuhen.core.attachment import Attachment
from liuhen.core.canonical import JsonObject, JsonValue, canonical
from liuhen.core.checkpoint import Checkpoint
from liuhen.core.detached import Detached
from liuhen.core.errors import Malformed
from liuhen.core.note import SignedNote


class Detaching:
    """The part of a connection that enters commitments to what stays here."""

    _exchange: Exchange
    _now: Callable[[], datetime]

    def append_bytes(
        self, body: bytes, *, idempotency_key: str | None = None, log_name: str | None = None
    ) -> StoredReceipt:
        """Enter a whole submission; the connection's own."""
        raise NotImplementedError

    def append_detached(
        self,
        data: JsonValue,
        *,
        type: str = "generic",  # noqa: A002 -- the record's member is called so
        case: str | None = None,
        attachments: Sequence[Attachment] = (),
        keep: Callable[[Detached], object] | None = None,
        idempotency_key: str | None = None,
        log_name: str | None = None,
    ) -> StoredReceipt:
        """Enter a commitment to a record that stays here, and complete the receipt with it.

        The service is told the case and 32 bytes, and never the content. Nobody else can open the
        commitment: if the content is lost between sending and the answer, the entry stays shut.

        Args:
            data: What stays here.
            type: The type of the content; the record in the log is of type `detached`.
            case: The case that numbers the record in the log. The service learns it.
            attachments: Files that the content names. Neither they nor their digests are sent.
            keep: Called with the content before anything is sent, to store it (`to_text`);
                `append_content` sends it again after a crash.
            idempotency_key: As for `append`; by default made from what is sent.
            log_name: As for `append`.

        Raises:
            CommitmentMismatch: The receipt is of another commitment than was sent.
        """
        content = self.detach(submission_of(data, type, case, attachments), log_name)
        if keep is not None:
            keep(content)
        return self.append_content(content, idempotency_key=idempotency_key)

    def detach(self, body: bytes, log_name: str | None = None) -> Detached:
        """Make content and the submission that commits to it; only the log's name is asked for.

        Args:
            body: A whole submission, as for `append_bytes`.
            log_name: Last part of the log's origin; None is the service's first log.

        Raises:
            Malformed: It is not a submission.
        """
        return new_content(body, self.origin(log_name), self._now())

    def append_content(
        self,
        content: Detached,
        *,
        idempotency_key: str | None = None,
    ) -> StoredReceipt:
        """Enter the commitment to some content, and complete the receipt with it.

        It enters the log that the content was made for. Called again with the same content, it
        gives the same record.

        Raises:
            CommitmentMismatch: The receipt is of another commitment than was sent.
        """
        key = idempotency_key or hashlib.sha256(content.body).hexdigest()
        log_name = content.origin.rpartition("/")[2]
        stored = self.append_bytes(content.body, idempotency_key=key, log_name=log_name)
        return stored.completed(content)

    def origin(self, log_name: str | None = None) -> str:
        """Return the origin of a log, as the service tells it.

        Args:
            log_name: Last part of it; None is the service's first log.

        Raises:
            Unknown: The service has no such log.
        """
        name = log_name or self._first_log()
        note = self._exchange.get(f"/logs/{quote(name, safe='')}/checkpoint").decode(
            errors="replace"
        )
        return Checkpoint.parse(SignedNote.parse(note).text).origin

    def _first_log(self) -> str:
        logs = self._exchange.get_object("/readyz").get("logs")
        match logs:
            case [{"log": str(name)}, *_]:
                return name
        raise Malformed("the service does not tell what its log is called")


def submission_of(
    data: JsonValue, record_type: str, case: str | None, attachments: Sequence[Attachment]
) -> bytes:
    """Put the parts of a submission together; the bytes are canonical."""
    submission: JsonObject = {"data": data, "type": record_type}
    if case is not None:
        submission["case"] = case
    if attachments:
        submission["attachments"] = [attachment.to_json() for attachment in attachments]
    return canonical(submission)
