"""A case put together from receipts and disclosures: what an auditor holds, and no service.

Each commitment is computed from the receipt's own rows. That the receipts are those of a log is
not looked at here: `liuhen verify` tells.
"""

from collections.abc import Iterable, Iterator

from liuhen.core.canonical import JsonObject
from liuhen.core.commitment import Path
from liuhen.core.disclosure import Closed, Row, Shown, Withheld, rebuild, rows_commitment
from liuhen.core.pointer import to_pointer
from liuhen.core.receipt import Receipt
from liuhen.core.shown import ShownRecord
from liuhen.domain.case_chain import CaseEntry
from liuhen.domain.incoming import incoming_of
from liuhen.domain.reading import get_text

EVERYTHING = ""
"""JSON pointer of the whole record: where rows are closed, any field may be one that is hidden."""


def case_of_receipts(receipts: Iterable[Receipt], case: str) -> list[CaseEntry]:
    """Return the records of a case among receipts; those that hide their case are left out.

    Raises:
        MalformedReceipt: A receipt does not show what is always shown.
    """
    shown = ((receipt.rows, ShownRecord.of(receipt.rows)) for receipt in receipts)
    return [_entry(rows) for rows, record in shown if record.case == case]


def _entry(rows: tuple[Row, ...]) -> CaseEntry:
    members = _members(rows)
    hidden = [to_pointer(row.path) for row in rows if isinstance(row, Withheld)]
    if any(isinstance(row, Closed) for row in rows):
        hidden.append(EVERYTHING)
    previous = get_text(members, "case_prev")
    return CaseEntry(incoming_of(members), rows_commitment(rows), previous, tuple(hidden))


def _members(rows: tuple[Row, ...]) -> JsonObject:
    """Return the record, with null for what is withheld, and without what is closed."""
    named = [row for row in rows if not isinstance(row, Closed)]
    blank = [
        Shown(row.path, b"", None, row.path_text) if isinstance(row, Withheld) else row
        for row in named
    ]
    blank += [Shown(path, b"", None, b"") for path in _holes([row.path for row in named])]
    record = rebuild(blank)
    assert record is not None  # nothing in it is withheld or closed
    return record


def _holes(paths: Iterable[Path]) -> Iterator[Path]:
    """Return the elements of arrays that are closed where later ones are not: null fills them."""
    elements: dict[Path, set[int]] = {}
    for path in paths:
        for at, step in enumerate(path):
            if isinstance(step, int):
                elements.setdefault(path[:at], set()).add(step)
    for array, there in elements.items():
        yield from ((*array, number) for number in range(max(there)) if number not in there)
