"""The logs of one database, in memory."""

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, replace
from datetime import datetime

from liuhen.core.errors import HistoryMismatch, Unavailable, Unknown
from liuhen.core.merkle import EMPTY_ROOT, TreeHead
from liuhen.domain.admission import CaseState
from liuhen.ports import (
    AnsweredKey,
    ErasedRecord,
    Group,
    MappedCase,
    StoredHead,
    StoredLog,
    StoredRecord,
)


class MemoryLogs:
    """`Logs` in memory."""

    def __init__(self) -> None:
        self._logs: dict[str, StoredLog] = {}

    def find(self, origin: str) -> StoredLog | None:
        return self._logs.get(origin)

    def create(self, name: str, origin: str, created_at: datetime) -> StoredLog:
        if origin in self._logs or name in {log.name for log in self._logs.values()}:
            raise HistoryMismatch(f"there is a log called {name} already")
        self._logs[origin] = StoredLog(len(self._logs) + 1, name, origin)
        return self._logs[origin]


@dataclass
class Content:
    """Everything that is durable."""

    head: StoredHead
    entries: list[bytes] = field(default_factory=list)
    rows: dict[tuple[int, int], bytes] = field(default_factory=dict)
    records: dict[int, StoredRecord] = field(default_factory=dict)
    digests: set[tuple[bytes, int]] = field(default_factory=set)
    answered: dict[bytes, AnsweredKey] = field(default_factory=dict)
    cases: dict[str, CaseState] = field(default_factory=dict)
    map_heads: dict[int, bytes] = field(default_factory=dict)
    mapped: dict[tuple[bytes, int], MappedCase] = field(default_factory=dict)
    checkpoints: dict[int, str] = field(default_factory=dict)

    def copy(self) -> "Content":
        values = {each.name: getattr(self, each.name) for each in fields(self)}
        head = values.pop("head")
        return Content(head, **{name: value.copy() for name, value in values.items()})


class MemoryLogStore:
    """A `LogStore` in memory. A session works on a copy, which takes the original's place."""

    def __init__(self) -> None:
        self.content = Content(StoredHead(TreeHead(0, EMPTY_ROOT), "", -1))
        self._turn = threading.Lock()

    @contextmanager
    def appending(self) -> Iterator["MemoryAppending"]:
        with self._turn:
            draft = self.content.copy()
            yield MemoryAppending(draft)
            self.content = draft

    def purge(self) -> bool:
        return True

    def put_checkpoint(self, size: int, note: str) -> None:
        self.content.checkpoints.setdefault(size, note)

    def head(self) -> StoredHead:
        return self.content.head

    def entries(self, start: int, end: int) -> Sequence[bytes]:
        return self.content.entries[start:end]

    def row(self, level: int, index: int) -> bytes | None:
        return self.content.rows.get((level, index))

    def record(self, record_id: str) -> StoredRecord | None:
        found = [r for r in self.content.records.values() if r.record_id == record_id]
        return found[0] if found else None

    def records(self, start: int, end: int) -> Sequence[StoredRecord]:
        return [self.content.records[i] for i in range(start, end) if i in self.content.records]

    def first_recorded(self, start: int) -> tuple[int, str] | None:
        found = [index for index in self.content.records if index >= start]
        return (min(found), self.content.records[min(found)].recorded_at) if found else None

    def lookup(self, keyed_digest: bytes, limit: int) -> Sequence[StoredRecord]:
        indexes = sorted(index for digest, index in self.content.digests if digest == keyed_digest)
        return [self.content.records[index] for index in indexes[:limit]]

    def checkpoint(self, size: int) -> str | None:
        return self.content.checkpoints.get(size)

    def last_checkpoint(self, most: int) -> str | None:
        sizes = [size for size in self.content.checkpoints if size <= most]
        return self.content.checkpoints[max(sizes)] if sizes else None

    def map_root(self, entry_index: int) -> bytes | None:
        return self.content.map_heads.get(entry_index)

    def mapped_cases(self, entry_index: int) -> Sequence[MappedCase]:
        newest: dict[bytes, MappedCase] = {}
        for (key, index), case in sorted(self.content.mapped.items(), key=lambda item: item[0][1]):
            if index <= entry_index:
                newest[key] = case
        return list(newest.values())

    def case_state(self, case: str) -> CaseState | None:
        return self.content.cases.get(case)

    def case_records(self, case: str, start: int, limit: int) -> Sequence[StoredRecord]:
        return _of_case(self.content, case, start, limit)

    def case_entries(self, case: str, start: int, limit: int) -> Sequence[tuple[int, bytes]]:
        found = self.case_records(case, start, limit)
        return [(r.entry_index, self.content.entries[r.entry_index]) for r in found]

    def records_of_types(
        self, types: Sequence[str], start: int, limit: int
    ) -> Sequence[StoredRecord]:
        found = [r for i, r in sorted(self.content.records.items()) if i >= start]
        return [record for record in found if record.type in types][:limit]

    def changed_cases(self, since: int) -> Sequence[CaseState]:
        return [c for c in self.content.cases.values() if c.last_index >= since or c.sealed]


class MemoryAppending:
    """A session on a draft of the content."""

    def __init__(self, draft: Content) -> None:
        self._draft = draft
        self.head = draft.head

    def case_states(self, cases: Sequence[str]) -> Mapping[str, CaseState]:
        return {case: self._draft.cases[case] for case in cases if case in self._draft.cases}

    def answered(self, keys: Sequence[bytes]) -> Mapping[bytes, AnsweredKey]:
        return {key: self._draft.answered[key] for key in keys if key in self._draft.answered}

    def record(self, record_id: str) -> StoredRecord | None:
        found = [r for r in self._draft.records.values() if r.record_id == record_id]
        return found[0] if found else None

    def case_records(self, case: str, start: int, limit: int) -> Sequence[StoredRecord]:
        return _of_case(self._draft, case, start, limit)

    def erase(self, erased: ErasedRecord) -> None:
        draft, index = self._draft, erased.entry_index
        if index not in draft.records:
            raise Unknown(f"this log has no record at leaf index {index}")
        draft.records[index] = replace(
            draft.records[index], body=None, secret=None, rows=erased.rows
        )
        draft.digests = {each for each in draft.digests if each[1] != index}
        draft.digests |= {(digest, index) for digest in erased.keyed_digests}
        draft.answered = {
            key: replace(answer, submission=b"") if answer.record_id == erased.record_id else answer
            for key, answer in draft.answered.items()
            if answer.record_id != erased.record_id or answer.submission != key
        }

    def store(self, group: Group) -> None:
        draft = self._draft
        if group.start != len(draft.entries):
            raise Unavailable("another writer moved the head of the log")
        draft.head = group.head
        draft.entries += group.entries
        draft.rows |= {(row.level, row.index): row.hashes for row in group.rows}
        draft.records |= {record.entry_index: record for record in group.records}
        draft.digests |= set(group.keyed_digests)
        draft.answered |= {answer.key: answer for answer in group.answered}
        draft.cases |= {case.case: case for case in group.cases}
        if group.map_head is not None:
            index = group.map_head.entry_index
            draft.map_heads[index] = group.map_head.root
            draft.mapped |= {(case.key, index): case for case in group.map_head.cases}


def _of_case(content: Content, case: str, start: int, limit: int) -> Sequence[StoredRecord]:
    found = [r for _, r in sorted(content.records.items()) if r.case == case]
    return [r for r in found if r.case_seq is not None and r.case_seq >= start][:limit]
