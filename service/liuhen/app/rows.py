"""The rows of a stored record: one way to read it, whole or erased in part.

A whole record is kept as its canonical body and the secret its salts come from. After an erasure
both are gone, and what is kept is the text of `rows` as receipts have them, the erased fields
withheld. Either form leads to the same commitment; everything that needs a record goes through
here.

In the database the body and secret of an erased record are zeros of the length they had, and its
rows stand in `erased_record` (adapters/sql/tables.py); the stores give `None` in their place.
"""

import re
from collections.abc import Sequence

from liuhen.core.canonical import JsonObject, JsonValue, canonical, canonical_text
from liuhen.core.commitment import Path, commitment_of, rows_text_of, value_hash
from liuhen.core.disclosure import (
    Closed,
    Row,
    Shown,
    Withheld,
    parse_rows,
    rebuild,
    rows_commitment,
)
from liuhen.core.errors import CommitmentMismatch, MalformedDisclosure, MalformedRecord
from liuhen.core.padding import PADDING
from liuhen.core.row_rules import check_rows
from liuhen.core.selection import CASE, PLACE
from liuhen.core.strict_json import AS_STORED, parse_json
from liuhen.domain.catalogue import CATALOGUE
from liuhen.ports import StoredRecord

_CASE_ROW = re.compile(
    r'\[\["(?P<name>case|case_prev|case_seq)"\],"(?P<salt>[0-9a-f]{32})",'
    r'(?P<value>null|[0-9]+|"[A-Za-z0-9._-]+")\]'
)
"""The row of one member of CASE where it is shown."""

_COLUMNS = ("record_id", "type", "case", "case_seq", "recorded_at")


def rows_text(record: StoredRecord) -> str:
    """Return the canonical text of a receipt's `rows` for a stored record: all that is there.

    Raises:
        MalformedRecord: What is stored is not a record.
        MalformedJson: It is not even JSON.
    """
    if record.rows is not None:
        return record.rows
    body, secret = _whole(record)
    return rows_text_of(body, secret, record.padded_to)


def rows_of(record: StoredRecord) -> tuple[Row, ...]:
    """Return the rows of a stored record.

    Raises:
        Malformed: What is stored is not a record.
    """
    return parse_rows(parse_json(rows_text(record).encode(), AS_STORED), AS_STORED)


def erased_paths(record: StoredRecord) -> list[Path]:
    """Return the paths of the fields that were erased; none for a whole record."""
    if record.rows is None:
        return []
    return [row.path for row in rows_of(record) if isinstance(row, Withheld)]


def record_text(record: StoredRecord) -> str:
    """Return the record as canonical JSON, with null where a field was erased."""
    if record.rows is None:
        return _whole(record)[0].decode()
    return canonical_text(rebuilt(rows_of(record)))


def rebuilt(rows: Sequence[Row]) -> JsonValue:
    """Return what rows show, with null for what is withheld; closed rows are passed over."""
    left = [row for row in rows if not isinstance(row, Closed)]
    return rebuild(
        [
            Shown(row.path, b"", None, row.path_text) if isinstance(row, Withheld) else row
            for row in left
        ]
    )


def record_members(record: StoredRecord) -> JsonObject:
    """Return the record, with null where a field was erased."""
    text = record_text(record).encode() if record.body is None else record.body
    value = parse_json(text, AS_STORED)
    assert isinstance(value, dict)
    return value


def hidden_paths(record_type: str) -> frozenset[Path]:
    """Return what a record of a sealed case does not tell before the opening (evidence §2).

    Its place in the case would tell how many bids there are; of a bid, say, even the case is
    nobody's business.
    """
    known = CATALOGUE.get(record_type)
    return CASE if known is not None and known.counts_before_opening else PLACE


def record_text_without(record: StoredRecord, hidden: frozenset[Path]) -> str:
    """Return the record as canonical JSON, with null for members that are hidden."""
    return canonical_text({**record_members(record), **{str(path[0]): None for path in hidden}})


def rows_without(rows: str, hidden: frozenset[Path]) -> str:
    """Return the text of rows with some of the members of CASE withheld.

    Done in the text, because it is done while the head is held: nothing else in the text of rows
    looks like the row of a member of the envelope, since quotation marks in a value are escaped.
    """
    names = {path[0] for path in hidden}

    def withhold(row: re.Match[str]) -> str:
        if row["name"] not in names:
            return row[0]
        digest = value_hash(bytes.fromhex(row["salt"]), row["value"].encode())
        return f'[["{row["name"]}"],"{digest.hex()}"]'

    return _CASE_ROW.sub(withhold, rows)


def check_stored(record: StoredRecord, entry: bytes) -> tuple[Row, ...]:
    """Check that what is stored of a record is exactly what its entry commits to.

    Args:
        record: The record, whole or erased in part.
        entry: The 32 bytes at its place in the log.

    Returns:
        Its rows.

    Raises:
        CommitmentMismatch: It leads to another commitment, or a column says something else.
        MalformedRecord: No record has such rows, or it is stored in two forms at once.
        MalformedDisclosure: What is left after an erasure is not rows that a record can have.
        MalformedJson: It is not canonical JSON.
    """
    rows = rows_of(record)
    if record.rows is None:
        body, secret = _whole(record)
        _check_canonical(body)
        commitment = commitment_of(body, secret, record.padded_to)
    else:
        _check_canonical(record.rows.encode())
        commitment = rows_commitment(rows)
    if commitment != entry:
        raise CommitmentMismatch(
            f"record {record.record_id} has the commitment {commitment.hex()}, its entry is"
            f" {entry.hex()}"
        )
    _check_form(record, rows)
    check_rows(rows)
    _check_columns(record, rows)
    return rows


def _whole(record: StoredRecord) -> tuple[bytes, bytes]:
    if record.body is None or record.secret is None:
        raise MalformedRecord("", f"{record.record_id} is stored without its content")
    return record.body, record.secret


def _check_canonical(text: bytes) -> None:
    if canonical(parse_json(text, AS_STORED)) != text:
        raise MalformedRecord("", "is not stored in canonical form")


def _check_form(record: StoredRecord, rows: Sequence[Row]) -> None:
    hidden = any(isinstance(row, Withheld) for row in rows)
    if any(isinstance(row, Closed) for row in rows) or hidden is not (record.rows is not None):
        raise MalformedDisclosure("the rows of a stored record are shown, or erased and withheld")
    if record.rows is not None and (record.body is not None or record.secret is not None):
        raise MalformedRecord("", "was erased in part, and its content is still there")


def _check_columns(record: StoredRecord, rows: Sequence[Row]) -> None:
    said: dict[Path, JsonValue] = {row.path: row.value for row in rows if isinstance(row, Shown)}
    for name in _COLUMNS:
        if said.get((name,)) != getattr(record, name):
            raise CommitmentMismatch(
                f"record {record.record_id}: the column {name} says something else"
            )
    padding = any(not isinstance(row, Closed) and row.path[0] == PADDING for row in rows)
    if record.padded_to is not None and record.padded_to != len(rows):
        raise CommitmentMismatch(f"record {record.record_id}: padded to another number of leaves")
    if padding and record.padded_to is None:
        raise CommitmentMismatch(f"record {record.record_id}: is padded, and not known to be")
