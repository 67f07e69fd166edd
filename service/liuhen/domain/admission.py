"""Admission: may this record follow the ones its case already has?

`admit` is pure and is called by the single writer while it holds the head, so what it sees of
the case is what the record will follow. Here are the rules that hold for every type; rules of
single types (life cycles, deadlines) join them later and may add to the state.
"""

from dataclasses import dataclass, replace
from typing import Protocol

from liuhen.core.errors import RecordRefused
from liuhen.core.json_number import MAX_SAFE_INTEGER
from liuhen.domain.catalogue import check_submittable

MAX_CASE_RECORDS = MAX_SAFE_INTEGER
"""`case_seq` must stay an integer that every JSON reader keeps."""


@dataclass(frozen=True, slots=True)
class CaseState:
    """What the log knows of a case before the next record.

    Attributes:
        case: Case code.
        count: Records of the case so far; the next one has this `case_seq`.
        head: Commitment of its newest record, 32 bytes; empty while there is none.
        last_index: Leaf index of its newest entry, -1 while there is none.
        sealed: Nobody may learn yet whether the case moves; its map value is salted anew at every
            map head, changed or not (evidence §4).
    """

    case: str
    count: int = 0
    head: bytes = b""
    last_index: int = -1
    sealed: bool = False

    def followed_by(self, commitment: bytes, entry_index: int) -> "CaseState":
        """Return the state after one more record."""
        return replace(self, count=self.count + 1, head=commitment, last_index=entry_index)


class Candidate(Protocol):
    """What admission looks at in a record."""

    @property
    def type(self) -> str:
        """Record type."""
        ...

    @property
    def record_id(self) -> str:
        """UUIDv7 in text form."""
        ...

    @property
    def case(self) -> str | None:
        """Case code."""
        ...

    @property
    def supersedes(self) -> str | None:
        """Number of the record that this one replaces."""
        ...


def admit(
    state: CaseState | None, record: Candidate, *, by_service: bool = False
) -> CaseState | None:
    """Decide whether a record may be appended.

    Args:
        state: State of the record's case; None for a record without a case.
        record: The record, before it has its number.
        by_service: The record is the service's own, of a type beginning with `log.`.

    Returns:
        The state of the case in which the record is numbered; None without a case.

    Raises:
        RecordRefused: A rule forbids it; names the field and the rule.
    """
    if not by_service:
        check_submittable(record.type)
    if record.supersedes == record.record_id:
        raise RecordRefused("/supersedes", "a record cannot supersede itself")
    if state is None:
        return None
    if state.case != record.case:
        raise RecordRefused("/case", "the record belongs to another case")
    if state.count >= MAX_CASE_RECORDS:
        raise RecordRefused("/case", f"the case is full: it has {state.count} records")
    return state
