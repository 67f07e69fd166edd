"""Idempotency keys: each was answered by a record that is there.

Key and submission are keyed digests of what nobody keeps, so beyond their form only this can be
checked; and that the digest of a submission is gone once a field of its record was erased.
"""

from collections.abc import Sequence

from liuhen.app.audit.cells import Cells
from liuhen.app.audit.finding import Fault, Findings, Rule
from liuhen.app.audit.opening import is_erased
from liuhen.ports import StoredTables

_DIGEST_BYTES = 32
_AT_ONCE = 500


def check_answered_keys(tables: StoredTables, found: Findings) -> None:
    """Go over all idempotency keys, some hundred at a time."""
    chunk: list[Cells] = []
    for row in tables.rows("idempotency", ["key"]):
        chunk.append(Cells("idempotency", ("key",), row))
        if len(chunk) == _AT_ONCE:
            _check(tables, found, chunk)
            chunk.clear()
    _check(tables, found, chunk)


def _check(tables: StoredTables, found: Findings, chunk: Sequence[Cells]) -> None:
    numbers: set[str] = set()
    for cells in chunk:
        with found.about("idempotency", cells.key):
            numbers.add(cells.text("record_id"))
    rows = tables.matching("record", "record_id", sorted(numbers))
    records = {row["record_id"]: Cells("record", ("entry_index",), row) for row in rows}
    for cells in chunk:
        with found.about("idempotency", cells.key):
            _check_one(cells, records.get(cells.text("record_id")))


def _check_one(cells: Cells, record: Cells | None) -> None:
    cells.blob("key", _DIGEST_BYTES)
    submission = cells.blob("submission")
    if record is None:
        raise Fault(Rule.STRAY, f"the log has no record {cells.text('record_id')}")
    if not submission and not is_erased(record):
        raise Fault(Rule.COLUMN, "submission is empty, and nothing of the record was erased")
    if submission and is_erased(record):
        raise Fault(Rule.RECORD, "submission is still there, and a field of the record was erased")
    if submission and len(submission) != _DIGEST_BYTES:
        raise Fault(Rule.COLUMN, f"submission has {len(submission)} bytes, not {_DIGEST_BYTES}")
