"""One entry opened: what is stored of a record leads to its commitment, and is a record.

A whole record is stored as its canonical form and its secret; one with an erased field as zeros,
and beside them the rows that are left.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeGuard

from liuhen.app.audit.cells import Cells
from liuhen.app.audit.finding import Fault, Rule, shown
from liuhen.app.rows import check_stored, rebuilt
from liuhen.core.canonical import JsonObject, JsonValue, canonical
from liuhen.core.commitment import SECRET_BYTES, Path, commitment_of
from liuhen.core.disclosure import Row, Shown, Withheld, rebuild
from liuhen.core.erasure import lookup_digests
from liuhen.core.errors import CommitmentMismatch
from liuhen.core.record import check_record
from liuhen.core.strict_json import AS_STORED, parse_json
from liuhen.domain.catalogue import file_digests
from liuhen.ports import StoredRecord

_COLUMNS = ("record_id", "type", "case", "case_seq", "recorded_at")
"""Columns of a record that repeat what its body says."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A record that its entry commits to.

    Attributes:
        members: The record; of one that was erased in part, the members without members.
        rows: Its rows, where it is stored as such or padded; else none, to spare the trouble.
    """

    members: JsonObject
    rows: tuple[Row, ...] = ()

    def member(self, name: str) -> JsonValue:
        """Return a member of the envelope; None where it is null or erased."""
        return self.members.get(name)

    def withheld(self) -> frozenset[Path]:
        """Return the paths of the fields that were erased."""
        return frozenset(row.path for row in self.rows if isinstance(row, Withheld))

    def digests(self) -> set[bytes]:
        """Return the digests that the record is looked up by."""
        found = set(lookup_digests(self.rows) if self.rows else _digests_of(self.members))
        return found | set(file_digests(str(self.member("type")), self.known().get("data")))

    def known(self) -> JsonObject:
        """Return the record, with null where a field was erased."""
        if not self.withheld():
            return self.members
        whole = rebuilt(self.rows)
        assert isinstance(whole, dict)  # its rows were checked
        return whole


def open_record(cells: Cells, left: Sequence[Cells], entry: bytes, origin: str) -> Opened:
    """Open the record of an entry.

    Args:
        cells: Its row.
        left: What erasures have left of it, row by row.
        entry: The 32 bytes at its place in the log.
        origin: Name of the log.

    Raises:
        Fault: The row and the entry do not belong together.
        AuditError: What is stored is not a record.
    """
    rows = _standing(left)
    if rows is None and cells.is_null("padded_to"):
        opened = _open_whole(cells, entry)
    else:
        opened = _open_rows(_stored(cells, rows), entry)
    if opened.member("origin") != origin:
        raise Fault(Rule.RECORD, f"origin is {shown(opened.member('origin'))}: of another log")
    return opened


def compare_columns(cells: Cells, opened: Opened) -> None:
    """Compare every column of a record's row with what the record says.

    Raises:
        Fault: One says something else.
    """
    for name in _COLUMNS:
        cells.expect(name, opened.member(name))


def is_erased(cells: Cells) -> bool:
    """Return whether a record's row is what an erasure leaves of it."""
    return not any(cells.blob("secret", SECRET_BYTES))


def _open_whole(cells: Cells, entry: bytes) -> Opened:
    """Open the common kind of record the quick way; `check_stored` says the same."""
    body, secret = cells.blob("body"), cells.blob("secret", SECRET_BYTES)
    commitment = commitment_of(body, secret)
    if commitment != entry:
        raise _other_commitment(commitment, entry)
    record = parse_json(body, AS_STORED)
    check_record(record)
    assert isinstance(record, dict)
    if canonical(record) != body:
        raise Fault(Rule.RECORD, "body is not in canonical form")
    return Opened(record)


def _open_rows(record: StoredRecord, entry: bytes) -> Opened:
    try:
        rows = check_stored(record, entry)
    except CommitmentMismatch as error:
        raise Fault(Rule.COMMITMENT, str(error)) from error
    whole = rebuild(rows)
    if whole is None:
        whole = {str(row.path[0]): row.value for row in rows if _is_member(row)}
    return Opened(whole, rows)


def _is_member(row: Row) -> TypeGuard[Shown]:
    return isinstance(row, Shown) and len(row.path) == 1


def _digests_of(record: JsonObject) -> set[bytes]:
    """Do for a whole record what `lookup_digests` does for rows."""
    attachments = record["attachments"]
    assert isinstance(attachments, list)
    values = [
        attachment.get(name)
        for attachment in attachments
        if isinstance(attachment, dict)
        for name in ("sha256", "sm3")
    ]
    found = {bytes.fromhex(value) for value in values if isinstance(value, str)}
    return found | {hashlib.sha256(canonical(record["data"])).digest()}


def _stored(cells: Cells, rows: bytes | None) -> StoredRecord:
    body, secret = cells.blob("body"), cells.blob("secret", SECRET_BYTES)
    if rows is not None and (any(body) or any(secret)):
        raise Fault(Rule.RECORD, "was erased in part, and its content is still there")
    return StoredRecord(
        entry_index=cells.integer("entry_index"),
        record_id=cells.text("record_id"),
        body=None if rows is not None else body,
        secret=None if rows is not None else secret,
        type=cells.text("type"),
        case=None if cells.is_null("case") else cells.text("case"),
        case_seq=None if cells.is_null("case_seq") else cells.integer("case_seq"),
        recorded_at=cells.text("recorded_at"),
        rows=None if rows is None else _text(rows),
        padded_to=None if cells.is_null("padded_to") else cells.integer("padded_to"),
    )


def _standing(left: Sequence[Cells]) -> bytes | None:
    """Return the rows of the newest erasure; those of earlier ones must be gone."""
    standing = [cells.blob("rows") for cells in left if cells.truth("stands")]
    if any(any(cells.blob("rows")) for cells in left if not cells.truth("stands")):
        raise Fault(Rule.RECORD, "what an earlier erasure left of it is still there")
    if len(standing) > 1 or (left and not standing):
        raise Fault(Rule.RECORD, f"{len(standing)} rows stand for what erasures left of it")
    return standing[0] if standing else None


def _text(rows: bytes) -> str:
    try:
        return rows.decode()
    except UnicodeDecodeError as error:
        raise Fault(Rule.COLUMN, "rows is not UTF-8") from error


def _other_commitment(commitment: bytes, entry: bytes) -> Fault:
    what = f"the record's commitment is {commitment.hex()}, the entry is {shown(entry)}"
    return Fault(Rule.COMMITMENT, what)
