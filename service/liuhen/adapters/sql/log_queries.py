"""The queries on one log, built once: building one costs more than running it.

Every query takes the parameter `log`; the others are named where they stand.
"""

from sqlalchemy import BindParameter, Select, and_, bindparam, func, select

from liuhen.adapters.sql.log_rows import CASE_COLUMNS, SELECT_RECORD
from liuhen.adapters.sql.tables import (
    CaseRow,
    CheckpointRow,
    EntryRow,
    KeyedDigestRow,
    MapHeadRow,
    MappedCaseRow,
    RecordRow,
    TileRow,
    table_of,
)

_ENTRY, _RECORD, _TILE = table_of(EntryRow), table_of(RecordRow), table_of(TileRow)
_CASE, _CHECKPOINT = table_of(CaseRow), table_of(CheckpointRow)
_MAP_HEAD, _MAPPED = table_of(MapHeadRow), table_of(MappedCaseRow)
_DIGEST = table_of(KeyedDigestRow)
_LOG: BindParameter[int] = bindparam("log")

ENTRIES = (
    select(_ENTRY.c.entry)
    .where(
        _ENTRY.c.log_id == _LOG,
        _ENTRY.c.entry_index >= bindparam("start"),
        _ENTRY.c.entry_index < bindparam("end"),
    )
    .order_by(_ENTRY.c.entry_index)
)

ROW = select(_TILE.c.hashes).where(
    _TILE.c.log_id == _LOG,
    _TILE.c.level == bindparam("level"),
    _TILE.c.tile_index == bindparam("index"),
)

_RECORDS = SELECT_RECORD.where(_RECORD.c.log_id == _LOG).order_by(_RECORD.c.entry_index)

RECORD = _RECORDS.where(_RECORD.c.record_id == bindparam("record_id"))

RECORDS = _RECORDS.where(
    _RECORD.c.entry_index >= bindparam("start"), _RECORD.c.entry_index < bindparam("end")
)

FIRST_RECORDED = (
    select(_RECORD.c.entry_index, _RECORD.c.recorded_at)
    .where(_RECORD.c.log_id == _LOG, _RECORD.c.entry_index >= bindparam("start"))
    .order_by(_RECORD.c.entry_index)
    .limit(1)
)

CASE_RECORDS = (
    SELECT_RECORD.where(
        _RECORD.c.log_id == _LOG,
        _RECORD.c.case == bindparam("case"),
        _RECORD.c.case_seq >= bindparam("start"),
    )
    .order_by(_RECORD.c.case_seq)
    .limit(bindparam("most"))
)

CASE_ENTRIES = (
    select(_ENTRY.c.entry_index, _ENTRY.c.entry)
    .join_from(
        _RECORD,
        _ENTRY,
        and_(_ENTRY.c.log_id == _RECORD.c.log_id, _ENTRY.c.entry_index == _RECORD.c.entry_index),
    )
    .where(
        _RECORD.c.log_id == _LOG,
        _RECORD.c.case == bindparam("case"),
        _RECORD.c.case_seq >= bindparam("start"),
    )
    .order_by(_RECORD.c.case_seq)
    .limit(bindparam("most"))
)

RECORDS_OF_TYPES = _RECORDS.where(
    _RECORD.c.type.in_(bindparam("types", expanding=True)),
    _RECORD.c.entry_index >= bindparam("start"),
).limit(bindparam("most"))

LOOKUP = _RECORDS.where(
    _RECORD.c.entry_index.in_(
        select(_DIGEST.c.entry_index)
        .where(_DIGEST.c.log_id == _LOG, _DIGEST.c.digest == bindparam("digest"))
        .order_by(_DIGEST.c.entry_index)
        .limit(bindparam("most"))
    )
)

CHECKPOINT = select(_CHECKPOINT.c.note).where(
    _CHECKPOINT.c.log_id == _LOG, _CHECKPOINT.c.size == bindparam("size")
)

LAST_CHECKPOINT = (
    select(_CHECKPOINT.c.note)
    .where(_CHECKPOINT.c.log_id == _LOG, _CHECKPOINT.c.size <= bindparam("most"))
    .order_by(_CHECKPOINT.c.size.desc())
    .limit(1)
)

MAP_ROOT = select(_MAP_HEAD.c.root).where(
    _MAP_HEAD.c.log_id == _LOG, _MAP_HEAD.c.entry_index == bindparam("index")
)

CASE_STATE = select(*CASE_COLUMNS).where(_CASE.c.log_id == _LOG, _CASE.c.case == bindparam("case"))

CHANGED_CASES = select(*CASE_COLUMNS).where(
    _CASE.c.log_id == _LOG, (_CASE.c.last_index >= bindparam("since")) | _CASE.c.sealed
)


def _mapped_cases() -> Select[bytes, bytes, int, bytes]:
    newest = (
        select(_MAPPED.c.case_key, func.max(_MAPPED.c.map_head).label("map_head"))
        .where(_MAPPED.c.log_id == _LOG, _MAPPED.c.map_head <= bindparam("index"))
        .group_by(_MAPPED.c.case_key)
        .subquery()
    )
    same = and_(_MAPPED.c.case_key == newest.c.case_key, _MAPPED.c.map_head == newest.c.map_head)
    return (
        select(_MAPPED.c.case_key, _MAPPED.c.salt, _MAPPED.c.count, _MAPPED.c.head)
        .join(newest, same)
        .where(_MAPPED.c.log_id == _LOG)
    )


MAPPED_CASES = _mapped_cases()
"""The newest row of each case at or before the map head `index`."""
