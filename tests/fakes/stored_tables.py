"""The tables of a log in memory, as an auditor reads them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields

from liuhen.adapters.sql.log_rows import case_values
from liuhen.adapters.sql.tables import METADATA
from liuhen.domain.admission import CaseState
from liuhen.ports import MinedIn, RawRow, StoredAnchor, StoredAttempt, StoredRecord
from tests.fakes.anchor_store import NOW, MemoryAnchorStore
from tests.fakes.log_store import MemoryLogStore

LOG_ID = 1


class MemoryTables:
    """`StoredTables` over rows; `strayed` are rows of no log, by table."""

    def __init__(self, rows: Mapping[str, Sequence[RawRow]]) -> None:
        self.content = {name: [dict(row) for row in rows.get(name, ())] for name in METADATA.tables}
        self.strayed: dict[str, int] = {}

    def names(self) -> frozenset[str]:
        return frozenset(self.content)

    def rows(
        self, table: str, order: Sequence[str], where: Mapping[str, object] | None = None
    ) -> Iterator[RawRow]:
        wanted = (where or {}).items()
        rows = [row for row in self.content[table] if wanted <= row.items()]
        return iter(sorted(rows, key=lambda row: [row[name] for name in order]))

    def matching(self, table: str, column: str, values: Sequence[object]) -> Iterator[RawRow]:
        return (row for row in self.content[table] if row[column] in values)

    def strays(self, table: str) -> int:
        return self.strayed.get(table, 0)


def memory_tables(
    store: MemoryLogStore, origin: str, anchors: MemoryAnchorStore | None = None
) -> MemoryTables:
    """Spread what is in memory over the tables that it would be in."""
    content, head = store.content, store.content.head
    rows: dict[str, list[RawRow]] = {
        "log": [
            {"log_id": LOG_ID, "name": _name(origin), "origin": origin, "created_at": str(NOW)},
        ],
        "head": [
            {
                "log_id": LOG_ID,
                "size": head.tree.size,
                "root": head.tree.root,
                "recorded_at": head.recorded_at,
                "map_head": head.map_head,
            }
        ],
        "entry": [{"entry_index": i, "entry": entry} for i, entry in enumerate(content.entries)],
        "record": [_record(record) for record in content.records.values()],
        "erased_record": [
            {"number": i, "entry_index": i, "stands": True, "rows": record.rows.encode()}
            for i, record in content.records.items()
            if record.rows is not None
        ],
        "tile": [
            {"level": level, "tile_index": index, "hashes": hashes}
            for (level, index), hashes in content.rows.items()
        ],
        "checkpoint": [{"size": s, "note": note} for s, note in content.checkpoints.items()],
        "case_state": [_case_row(case) for case in content.cases.values()],
        "map_head": [{"entry_index": i, "root": root} for i, root in content.map_heads.items()],
        "mapped_case": [
            {"case_key": key, "map_head": i, "salt": c.salt, "count": c.count, "head": c.head}
            for (key, i), c in content.mapped.items()
        ],
        "idempotency": [_values(answer) for answer in content.answered.values()],
        "keyed_digest": [{"digest": d, "entry_index": i} for d, i in content.digests],
    }
    if anchors is not None:
        rows |= _anchor_rows(anchors)
    return MemoryTables(rows)


def _case_row(case: CaseState) -> RawRow:
    names = ("case", "count", "head", "last_index", "sealed", "facts", "rules")
    return dict(zip(names, case_values(case), strict=True))


def _record(record: StoredRecord) -> RawRow:
    """Return a record's row; content that was erased is zeros, as in SQL."""
    row = _values(record)
    del row["rows"]
    return {**row, "body": record.body or b"\0", "secret": record.secret or bytes(32)}


def _anchor_rows(anchors: MemoryAnchorStore) -> dict[str, list[RawRow]]:
    return {
        "anchor": [_anchor(anchor) for anchor in anchors.anchors.values()],
        "anchor_attempt": [_attempt(attempt) for attempt in anchors.tries.values()],
        "outbox": [
            {"message_id": n, "topic": topic, "anchor_id": anchor_id, "created_at": str(NOW)}
            for n, (topic, anchor_id) in enumerate(anchors.messages)
        ],
    }


def _anchor(anchor: StoredAnchor) -> RawRow:
    return {
        "anchor_id": anchor.anchor_id,
        "chain_id": anchor.target.chain_id,
        "contract": anchor.target.contract,
        "chain_log_id": anchor.target.log_id,
        "size": anchor.head.size,
        "root": anchor.head.root,
        "has_checkpoint": anchor.has_checkpoint,
        "state": str(anchor.state),
        "evidence": None,
        **_block(anchor.mined_in),
    }


def _attempt(attempt: StoredAttempt) -> RawRow:
    values = _values(attempt)
    del values["mined_in"]
    return {**values, "state": str(attempt.state), **_block(attempt.mined_in)}


def _block(place: MinedIn | None) -> dict[str, object]:
    names = ("number", "hash", "time", "tx_index", "log_position")
    columns = ("block_number", "block_hash", "block_time", "tx_index", "log_position")
    values = {
        column: None if place is None else getattr(place, name)
        for column, name in zip(columns, names, strict=True)
    }
    return {**values, "created_at": str(NOW), "changed_at": str(NOW)}


def _values(value: object) -> dict[str, object]:
    return {each.name: getattr(value, each.name) for each in fields(value)}  # type: ignore[arg-type]


def _name(origin: str) -> str:
    return origin.rpartition("/")[2]
