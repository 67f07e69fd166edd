"""Entering a commitment to a record that stays here, so that a crash at any point loses nothing.

    content written (0600)  →  commitment sent  →  receipt with content written  →  content removed

Nothing but the content opens the commitment. So it is on the disk before anything is sent, under a
name that the same submission finds again; a run after a crash sends the same commitment under the
same idempotency key, and gets the same record.
"""

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from liuhen.client import Liuhen, StoredReceipt
    from liuhen.core.detached import Detached


def enter_detached(
    service: "Liuhen",
    body: bytes,
    folder: Path,
    *,
    place: tuple[str, str | None],
    key: str | None,
) -> "tuple[StoredReceipt, Path]":
    """Enter the commitment to a submission.

    Args:
        service: The service.
        body: The whole submission, canonical.
        folder: Where content is kept meanwhile.
        place: URL of the service, and name of the log if not its default: content is made for one.
        key: Idempotency key of the caller's own; else made from what is sent.

    Returns:
        The completed receipt, and the file of the content: to be removed once that is written.

    Raises:
        AuditError: It was not entered, or it is not known whether it was.
    """
    from liuhen.client import problem_of
    from liuhen.core.errors import AuditError, NotYet, Unavailable

    url, log = place
    file = folder / f"{_name(url, log or '', key or '', body)}.content"
    content = _kept(file) if file.exists() else _new(service, body, log, file)
    try:
        return service.append_content(content, idempotency_key=key), file
    except AuditError as error:
        refused = problem_of(error) is not None and not isinstance(error, NotYet | Unavailable)
        if refused:
            file.unlink(missing_ok=True)  # nothing was entered: the content opens nothing
        raise


def _kept(file: Path) -> "Detached":
    from liuhen.cli.input_file import read_file
    from liuhen.core.detached import Detached
    from liuhen.core.receipt import MAX_RECEIPT_BYTES

    return Detached.parse(read_file(file, MAX_RECEIPT_BYTES))


def _new(service: "Liuhen", body: bytes, log: str | None, file: Path) -> "Detached":
    from liuhen.cli.output_file import write_file

    content = service.detach(body, log)
    write_file(file, content.to_text().encode(), private=True)
    return content


def _name(url: str, log: str, key: str, body: bytes) -> str:
    """Make the name by which the same submission finds its content again; it stays on this disk."""
    return hashlib.sha256(b"\0".join((*map(str.encode, (url, log, key)), body))).hexdigest()[:32]
