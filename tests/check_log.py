"""Re-verify a whole log from what is stored: every scenario ends with this.

Everything is recomputed the slow way of the specification, from entries and records upwards; what
cannot be explained fails.
"""

from collections.abc import Sequence

from liuhen.core.case_map import CaseMap, case_key, case_value
from liuhen.core.checkpoint import Checkpoint
from liuhen.core.commitment import commit
from liuhen.core.head_signature import LogKey
from liuhen.core.log_entry import map_head_entry
from liuhen.core.merkle import leaf_hash, root_hash, subtree_root
from liuhen.core.note import SignedNote
from liuhen.core.record import parse_record
from liuhen.core.tiles import WIDTH, row_width
from liuhen.ports import LogReading, StoredRecord


def check_log(
    store: LogReading, origin: str, log_key: LogKey | None = None, answered: Sequence[str] = ()
) -> int:
    """Check a log; return its size.

    Args:
        store: The log.
        origin: Its name.
        log_key: If given, stored checkpoints must be signed by it.
        answered: Numbers of records that were acknowledged; all must be there.
    """
    head = store.head()
    entries = store.entries(0, head.tree.size + 10)
    assert len(entries) == head.tree.size, "the head counts other entries than there are"
    assert root_hash(entries) == head.tree.root, "the head has another root hash"
    records = store.records(0, head.tree.size)
    _check_entries(store, origin, entries, records)
    _check_rows(store, entries)
    _check_checkpoints(store, origin, entries, log_key)
    missing = set(answered) - {record.record_id for record in records}
    assert not missing, f"acknowledged records are lost: {sorted(missing)[:3]}"
    return head.tree.size


def _check_entries(
    store: LogReading, origin: str, entries: Sequence[bytes], records: Sequence[StoredRecord]
) -> None:
    by_index = {record.entry_index: record for record in records}
    cases: dict[str, tuple[int, bytes]] = {}
    recorded_at, map_head, mapped = "", -1, dict[bytes, tuple[int, bytes]]()
    for index, entry in enumerate(entries):
        record = by_index.get(index)
        if record is None:
            _check_map_head(store, origin, index, entry, cases, mapped)
            assert map_head != index - 1 or index == 0, "a map head follows a map head"
            map_head = index
            continue
        assert record.recorded_at >= recorded_at, "recorded_at goes back"
        recorded_at = record.recorded_at
        _check_record(record, origin, entry, cases)
    assert map_head == store.head().map_head, "the head names another map head"
    assert store.head().recorded_at == recorded_at, "the head has another time"


def _check_record(
    record: StoredRecord, origin: str, entry: bytes, cases: dict[str, tuple[int, bytes]]
) -> None:
    value = parse_record(record.body)
    assert commit(value, record.secret).commitment == entry, "the entry is another commitment"
    for name in ("record_id", "type", "case", "case_seq", "recorded_at"):
        assert value[name] == getattr(record, name), f"the column {name} says something else"
    assert value["origin"] == origin
    assert (record.entry_index == 0) == (record.type == "log.opened")
    if record.case is None:
        return
    count, previous = cases.get(record.case, (0, b""))
    assert value["case_seq"] == count, "a case has a gap or a second branch"
    assert value["case_prev"] == (previous.hex() or None), "a case chain is broken"
    cases[record.case] = (count + 1, entry)


def _check_map_head(
    store: LogReading,
    origin: str,
    index: int,
    entry: bytes,
    cases: dict[str, tuple[int, bytes]],
    mapped: dict[bytes, tuple[int, bytes]],
) -> None:
    root = store.map_root(index)
    assert root is not None, f"entry {index} cannot be explained"
    assert entry == map_head_entry(index, root)
    values = {case.key: case for case in store.mapped_cases(index)}
    mapped.clear()
    mapped.update({case_key(origin, name): state for name, state in cases.items()})
    assert {key: (case.count, case.head) for key, case in values.items()} == mapped
    tree = CaseMap({k: case_value(c.salt, c.count, c.head) for k, c in values.items()})
    assert tree.root() == root, "the case map has another root"
    assert len({case.salt for case in values.values()}) == len(values), "a salt is used twice"


def _check_rows(store: LogReading, entries: Sequence[bytes]) -> None:
    row, level = [leaf_hash(entry) for entry in entries], 0
    while row:
        for index in range(0, len(row), WIDTH):
            stored = store.row(level, index // WIDTH)
            width = row_width(len(entries), level, index // WIDTH)
            if level == 0 and width < WIDTH:
                assert stored is None, "an unfinished row of level 0 is stored"
            else:
                assert stored == b"".join(row[index : index + WIDTH]), "a stored row is wrong"
        full = len(row) // WIDTH * WIDTH
        row = [subtree_root(row[index : index + WIDTH]) for index in range(0, full, WIDTH)]
        level += 1


def _check_checkpoints(
    store: LogReading, origin: str, entries: Sequence[bytes], log_key: LogKey | None
) -> None:
    kept = [index + 1 for index in range(len(entries)) if store.map_root(index) is not None]
    for size in [0, *kept]:
        note = store.checkpoint(size)
        if note is None:
            assert size == len(entries), f"the checkpoint of size {size} was not kept"
            continue
        signed = SignedNote.parse(note)
        assert Checkpoint.parse(signed.text) == Checkpoint(origin, size, root_hash(entries[:size]))
        if log_key is not None:
            log_key.verify(signed.text, signed.signatures[0])
