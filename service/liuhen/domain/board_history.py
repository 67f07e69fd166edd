"""What has a board, and how one of it went: its states and days, record by record.

Nothing here holds what could be erased: of the opening record only fields that rules rest on.
"""

from bisect import bisect_right
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple

from liuhen.core.canonical import JsonValue
from liuhen.domain.catalogue import finding, task, tolerant_acceptance
from liuhen.domain.facts import NO_FACTS, Facts, RuleContext, section_of
from liuhen.domain.incoming import Incoming
from liuhen.domain.reading import day_of, get_flag, get_text
from liuhen.domain.record_type import Apply, RecordType
from liuhen.domain.rectification import DONE


@dataclass(frozen=True, slots=True)
class Kind:
    """What has a board.

    Attributes:
        name: Its record type.
        apply: Says what the facts are after a record.
        due: Member of its facts that holds the day that counts.
        done: States in which nothing is due any more.
        about: Fields of the opening record that lines show: those that cannot be erased.
    """

    name: str
    apply: Apply
    due: str
    done: Collection[str]
    about: Collection[str]


def _kind(record_type: RecordType, due: str, done: Collection[str]) -> Kind:
    kept = [field.name for field in record_type.table.by_name.values() if field.kept]
    return Kind(record_type.name, record_type.apply, due, done, frozenset(kept))


KINDS: Final = {
    kind.name: kind
    for kind in (
        _kind(finding.TYPE, "due_on", DONE),
        _kind(task.TYPE, "due_on", DONE),
        _kind(tolerant_acceptance.TYPE, "supply_by", frozenset({"supplied", "terminated"})),
    )
}
"""By record type."""


class Moment(NamedTuple):
    """What one record made of its case.

    Attributes:
        day: The day it happened.
        entry_index: Its place in the log.
        state: State of the case.
        due_on: The day that counts.
        first_due_on: The first such day.
        is_extended: Whether the day was moved.
    """

    day: date
    entry_index: int
    state: str
    due_on: date | None
    first_due_on: date | None
    is_extended: bool


class History:
    """One finding, task or acceptance, as far as the board needs it.

    Attributes:
        case: Its case.
        kind: What it is.
        moments: What its records made of it, in their order.
        about: What the opening record says of it, see `Kind.about`.
    """

    __slots__ = ("_days", "_facts", "about", "case", "kind", "moments")

    def __init__(self, kind: Kind, case: str) -> None:
        """Begin without records.

        Args:
            kind: What it is.
            case: Its case.
        """
        self.kind, self._facts = kind, NO_FACTS
        self.case, self.about = case, dict[str, JsonValue]()
        self.moments: list[Moment] = []
        self._days: list[date] = []

    def add(self, record: Incoming, entry_index: int, context: RuleContext) -> None:
        """Take the next record of the case."""
        self._facts = facts = self.kind.apply(self._facts, record, context)
        if not self.moments:
            self.about = {n: v for n, v in record.data.items() if n in self.kind.about}
        self.moments.append(_moment(facts, self.kind, record, entry_index))
        # A record that tells of an earlier day than the one before counts from that one's day on.
        self._days.append(max(record.day, self._days[-1]) if self._days else record.day)

    def at(self, day: date, size: int | None) -> Moment | None:
        """Return how it stood at the end of a day, as known by a size of the log."""
        position = bisect_right(self._days, day)
        while position and size is not None and self.moments[position - 1].entry_index >= size:
            position -= 1
        return self.moments[position - 1] if position else None


def _moment(facts: Facts, kind: Kind, record: Incoming, entry_index: int) -> Moment:
    section = section_of(facts, kind.name)
    due = day_of(get_text(section, kind.due))
    return Moment(
        day=record.day,
        entry_index=entry_index,
        state=get_text(section, "state") or "",
        due_on=due,
        first_due_on=day_of(get_text(section, "first_due_on")) or due,
        is_extended=get_flag(section, "is_extended") or False,
    )
