"""Rows of the log's tables to and from the values of the ports."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, and_, bindparam, case, select

from liuhen.adapters.sql.tables import CaseRow, ErasedRecordRow, HeadRow, RecordRow, table_of
from liuhen.core.canonical import JsonValue, canonical_text
from liuhen.core.merkle import TreeHead
from liuhen.core.strict_json import AS_STORED, parse_json
from liuhen.domain.admission import RULES_VERSION, CaseState
from liuhen.ports import StoredHead, StoredRecord

_HEAD, _CASE, _RECORD = table_of(HeadRow), table_of(CaseRow), table_of(RecordRow)
_ERASED = table_of(ErasedRecordRow)

CASE_COLUMNS = (
    *(_CASE.c.case, _CASE.c.count, _CASE.c.head, _CASE.c.last_index, _CASE.c.sealed),
    *(_CASE.c.facts, _CASE.c.rules),
)
"""The columns of a case state, for `case_state`."""

_NO_FACTS_TEXT = "{}"

_IS_WHOLE = _ERASED.c.number.is_(None)

SELECT_RECORD = select(
    _RECORD.c.entry_index,
    _RECORD.c.record_id,
    case((_IS_WHOLE, _RECORD.c.body)),
    case((_IS_WHOLE, _RECORD.c.secret)),
    _RECORD.c.type,
    _RECORD.c.case,
    _RECORD.c.case_seq,
    _RECORD.c.recorded_at,
    _ERASED.c.rows,
    _RECORD.c.padded_to,
).select_from(
    _RECORD.outerjoin(
        _ERASED,
        and_(
            _ERASED.c.log_id == _RECORD.c.log_id,
            _ERASED.c.entry_index == _RECORD.c.entry_index,
            _ERASED.c.stands,
        ),
    )
)
"""The columns of a record in the order of its fields, for `stored_record`."""

_ROWS = StoredRecord.__slots__.index("rows")


_READ_HEAD = select(_HEAD.c.size, _HEAD.c.root, _HEAD.c.recorded_at, _HEAD.c.map_head).where(
    _HEAD.c.log_id == bindparam("log")
)
_HOLD_HEAD = _READ_HEAD.with_for_update()


def read_head(connection: Connection, log_id: int, *, hold: bool = False) -> StoredHead:
    """Read the head row; `hold` it where the database locks rows."""
    row = connection.execute(_HOLD_HEAD if hold else _READ_HEAD, {"log": log_id}).one()
    size, root, recorded_at, map_head = row
    return StoredHead(TreeHead(size, root), recorded_at, map_head)


def head_values(head: StoredHead) -> dict[str, Any]:
    """Return the columns of a head after `log_id`."""
    return {
        "size": head.tree.size,
        "root": head.tree.root,
        "recorded_at": head.recorded_at,
        "map_head": head.map_head,
    }


def record_values(record: StoredRecord) -> tuple[object, ...]:
    """Return the columns of a record after `log_id`, in their order."""
    return (
        record.entry_index,
        record.record_id,
        record.body,
        record.secret,
        record.type,
        record.case,
        record.case_seq,
        record.recorded_at,
        record.padded_to,
    )


def stored_record(row: Sequence[Any]) -> StoredRecord:
    """Make the record of a row of `SELECT_RECORD`."""
    values = list(row)
    if values[_ROWS] is not None:
        values[_ROWS] = values[_ROWS].decode()
    return StoredRecord(*values)


def case_values(case: CaseState) -> tuple[object, ...]:
    """Return the columns of a case state after `log_id`, in their order.

    Facts that are to be learned again are stored as of rules that never were.
    """
    facts = _NO_FACTS_TEXT if not case.facts else canonical_text(dict(case.facts))
    rules = 0 if case.facts is None else RULES_VERSION
    return case.case, case.count, case.head, case.last_index, case.sealed, facts, rules


def case_state(row: Sequence[Any]) -> CaseState:
    """Make the case state of a row of `CASE_COLUMNS`."""
    case, count, head, last_index, sealed, text, rules = row
    facts: JsonValue = {}
    if text != _NO_FACTS_TEXT:
        facts = parse_json(text.encode(), AS_STORED)
    assert isinstance(facts, dict)
    known = facts if rules == RULES_VERSION else None
    return CaseState(case, count, head, last_index, sealed, known)
