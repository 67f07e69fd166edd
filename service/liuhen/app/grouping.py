"""Making one group: admit, number and complete records, in the order in which they came.

Runs while the head is held. A record that is refused fails alone; what follows is numbered as if
it had never come.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from liuhen.app.case_rules import CaseRules
from liuhen.app.erasing import Erasing
from liuhen.app.log_state import LogState
from liuhen.app.rows import hidden_paths, rows_without
from liuhen.core.case_map import SALT_BYTES, case_key, case_value
from liuhen.core.errors import IdempotencyMismatch, Unknown
from liuhen.core.log_entry import map_head_entry
from liuhen.core.merkle import TreeHead, leaf_hash
from liuhen.core.record import AfterBlock
from liuhen.core.submission import Draft, Sealed
from liuhen.core.tiles import HEIGHT
from liuhen.domain.admission import CaseState
from liuhen.domain.facts import Facts
from liuhen.ports import (
    AnsweredKey,
    Appending,
    ErasedRecord,
    Group,
    MapHead,
    MappedCase,
    StoredHead,
    StoredRecord,
    StoredRow,
)


@dataclass(frozen=True, slots=True)
class AppendRequest:
    """A prepared record, waiting to be appended.

    Attributes:
        draft: The record, but for what the writer fills in.
        body_bytes: Length of what was submitted, a measure of the memory it takes.
        keyed_digests: What it is to be found by.
        answer_key: Keyed idempotency key, if the client gave one.
        submission: Keyed digest of the submission; used with `answer_key`.
        by_service: The service's own record, of a type beginning with `log.`.
        erasing: The erasure that this record tells of, carried out together with it.
    """

    draft: Draft
    body_bytes: int
    keyed_digests: Sequence[bytes]
    answer_key: bytes | None = None
    submission: bytes = b""
    by_service: bool = False
    erasing: Erasing | None = None


class Admitted(NamedTuple):
    """A record that got its place in the group."""

    record_id: str
    entry_index: int
    rows_text: str


class Replayed(NamedTuple):
    """A submission that was answered before, under the same idempotency key."""

    record_id: str


class Grouping:
    """One group while it is being made. Changes edge, tree and map of the state as it goes."""

    def __init__(
        self,
        origin: str,
        state: LogState,
        session: Appending,
        recorded_at: str,
        after_block: AfterBlock | None,
        rules: CaseRules,
    ) -> None:
        self._origin, self._state, self._session = origin, state, session
        self._recorded_at, self._after_block = recorded_at, after_block
        self._rules = rules
        self._start = state.head.tree.size
        self._entries: list[bytes] = []
        self._records: list[StoredRecord] = []
        self._digests: list[tuple[bytes, int]] = []
        self._cases: dict[str, CaseState] = {}
        self._changed: dict[str, CaseState] = {}
        self._answered: dict[bytes, AnsweredKey] = {}
        self._fresh_answers: list[AnsweredKey] = []
        self._map_head: MapHead | None = None

    @property
    def size(self) -> int:
        """Size of the log with what is in the group so far."""
        return self._start + len(self._entries)

    @property
    def changed(self) -> Mapping[str, CaseState]:
        """The cases that the group changed, as they are after it."""
        return self._changed

    def read_ahead(self, requests: Sequence[AppendRequest]) -> None:
        """Read what the requests need to know, all at once."""
        names = {request.draft.case for request in requests if request.draft.case is not None}
        recent = {name: self._state.cases.get(name) for name in names}
        missing = [name for name, state in recent.items() if state is None]
        stored = self._session.case_states(missing) if missing else {}
        for name, state in recent.items():
            known = state or stored.get(name) or CaseState(name)
            self._cases[name] = self._rules.complete(known, self._session.case_records)
        keys = [request.answer_key for request in requests if request.answer_key is not None]
        if keys:
            self._answered.update(self._session.answered(keys))

    def add(self, request: AppendRequest) -> Admitted | Replayed:
        """Add one record.

        Raises:
            IdempotencyMismatch: The key was used for another submission.
            RecordRefused: A rule of the domain refuses the record.
            MalformedRecord: What the writer would fill in breaks a rule of the envelope.
            ErasureRefused: What is to be erased with it cannot be.
        """
        draft = request.draft
        answered = self._find_answer(request)
        if answered is not None:
            return Replayed(answered.record_id)
        state = None if draft.case is None else self._cases[draft.case]
        facts = self._rules.admit(state, draft, self._recorded_at, by_service=request.by_service)
        erased = self._erase(request.erasing)
        admitted = self._take(request, state, facts, self._complete(draft, state))
        if erased is not None:
            self._session.erase(erased)
        return admitted

    def end_with_map_head(self) -> None:
        """Append the entry that commits to the case map of everything before it."""
        cases = [self._map_case(state) for state in (self._state.unmapped | self._changed).values()]
        root = self._state.case_map.root()
        self._map_head = MapHead(self.size, root, cases)
        self._entries.append(map_head_entry(self.size, root))

    def finish(self) -> Group | None:
        """Grow the tree by the group.

        Returns:
            What is to be stored; None if nothing was added.
        """
        if not self._entries:
            return None
        before = self._state.head
        rows = self._grow()
        map_head = before.map_head if self._map_head is None else self._map_head.entry_index
        recorded_at = self._recorded_at if self._records else before.recorded_at
        tree = TreeHead(self.size, self._state.tree.root())
        return Group(
            start=self._start,
            entries=self._entries,
            head=StoredHead(tree, recorded_at, map_head),
            rows=rows,
            records=self._records,
            keyed_digests=self._digests,
            answered=self._fresh_answers,
            cases=list(self._changed.values()),
            map_head=self._map_head,
        )

    def _find_answer(self, request: AppendRequest) -> AnsweredKey | None:
        if request.answer_key is None:
            return None
        answered = self._answered.get(request.answer_key)
        if answered is not None and answered.submission not in (b"", request.submission):
            raise IdempotencyMismatch("the idempotency key was used before, for another submission")
        return answered

    def _erase(self, erasing: Erasing | None) -> ErasedRecord | None:
        if erasing is None:
            return None
        record = self._session.record(erasing.erasure.record_id)
        if record is None:
            raise Unknown(f"this log has no record {erasing.erasure.record_id}")
        return erasing.of(record)

    def _complete(self, draft: Draft, state: CaseState | None) -> Sealed:
        if state is None:
            return draft.complete(self._recorded_at, after_block=self._after_block)
        previous = state.head.hex() if state.count else None
        return draft.complete(self._recorded_at, state.count, previous, self._after_block)

    def _take(
        self, request: AppendRequest, state: CaseState | None, facts: Facts, sealed: Sealed
    ) -> Admitted:
        draft, index = request.draft, self.size
        rows_text = sealed.rows_text
        record = StoredRecord(
            entry_index=index,
            record_id=draft.record_id,
            body=sealed.record_bytes,
            secret=draft.secret,
            type=draft.type,
            case=draft.case,
            case_seq=None if state is None else state.count,
            recorded_at=self._recorded_at,
            padded_to=draft.padded_to,
        )
        self._entries.append(sealed.commitment)
        self._records.append(record)
        self._digests += [(digest, index) for digest in request.keyed_digests]
        if state is not None:
            after = state.followed_by(sealed.commitment, index, facts)
            self._cases[state.case] = self._changed[state.case] = after
            if after.sealed and rows_text:
                rows_text = rows_without(rows_text, hidden_paths(draft.type))
        if request.answer_key is not None:
            answer = AnsweredKey(request.answer_key, request.submission, draft.record_id)
            self._answered[request.answer_key] = answer
            self._fresh_answers.append(answer)
        return Admitted(draft.record_id, index, rows_text)

    def _map_case(self, state: CaseState) -> MappedCase:
        salt = secrets.token_bytes(SALT_BYTES)
        key = case_key(self._origin, state.case)
        self._state.case_map.set(key, case_value(salt, state.count, state.head))
        return MappedCase(key, salt, state.count, state.head)

    def _grow(self) -> list[StoredRow]:
        """Grow edge and tree; return the rows to store."""
        state = self._state
        full = state.edge.append([leaf_hash(entry) for entry in self._entries])
        state.fresh_rows.clear()
        state.fresh_rows.update({(level, index): row for level, index, row in full})
        state.tree.grow(self.size)
        rows = [StoredRow(*tile) for tile in full]
        unfinished = state.edge.rows if full else []
        for level in sorted({level + 1 for level, _, _ in full}):
            if unfinished[level]:
                index = self.size >> HEIGHT * (level + 1)
                rows.append(StoredRow(level, index, unfinished[level]))
        return rows
