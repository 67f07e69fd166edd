"""The answer to "may I still …?": a window, or why there is none.

"No longer", "not yet" and "cannot tell" are three answers.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from liuhen.domain.deadline import Deadline
from liuhen.domain.field import Label
from liuhen.domain.regime import Regime
from liuhen.domain.rule import Basis
from liuhen.domain.working_day import Calendar, Counted, working_days_between


class Matter(StrEnum):
    """What somebody wants to object to, challenge or complain about."""

    DOCUMENT = "document"
    PREQUALIFICATION = "prequalification"
    PROCESS = "process"
    OPENING = "opening"
    RESULT = "result"
    COMPLAINT = "complaint"


MATTERS = {
    Regime.ZB: (
        *(Matter.DOCUMENT, Matter.PREQUALIFICATION, Matter.OPENING),
        *(Matter.RESULT, Matter.COMPLAINT),
    ),
    Regime.ZC: (Matter.DOCUMENT, Matter.PROCESS, Matter.RESULT, Matter.COMPLAINT),
}
"""The matters that each law knows."""


class WindowState(StrEnum):
    """How a window stands on a day."""

    OPEN = "open"
    NOT_YET = "not_yet"
    CLOSED = "closed"
    UNKNOWN = "unknown"
    """It cannot be told from what is on record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """What the asker says.

    Attributes:
        day: The day of which is asked.
        known_on: The day on which the asker knew, or should have known.
        filed_on: The day on which the asker raised an own objection or challenge.
        answered_on: The day on which that was answered.
    """

    day: date
    known_on: date | None = None
    filed_on: date | None = None
    answered_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """One answer.

    Attributes:
        matter: What was asked about.
        state: The answer.
        basis: The law.
        rule: The deadline that its end is counted by; None where it is not counted.
        first: First day on which it is open; None: not known.
        last: Last day, its end included; None: not known.
        is_estimate: The last day may be another one, and `notes` say why: what was announced
            decides.
        start: The day that was counted from.
        before: What must come first; None: nothing.
        number: Number of the objection or challenge that a complaint rests on.
        notes: What else to know.
        missing: Names of what is not known and would tell more.
    """

    matter: Matter
    state: WindowState = WindowState.UNKNOWN
    basis: Basis
    rule: Deadline | None = None
    first: date | None = None
    last: date | None = None
    is_estimate: bool = False
    start: date | None = None
    before: Label | None = None
    number: str | None = None
    notes: tuple[Label, ...] = ()
    missing: tuple[str, ...] = ()

    def on(self, day: date) -> "Window":
        """Return the window as it stands on a day; what is not counted to its end stays."""
        if self.last is not None and day > self.last:
            return replace(self, state=WindowState.CLOSED)
        if self.first is not None and day < self.first:
            return replace(self, state=WindowState.NOT_YET)
        known = self.first is not None and self.last is not None
        return replace(self, state=WindowState.OPEN) if known else self

    def noting(self, *notes: Label) -> "Window":
        """Return it with more notes."""
        return replace(self, notes=(*self.notes, *notes))

    def days_left(self, day: date) -> int | None:
        """Return how many days are left after a day; None where it is not open."""
        is_open = self.state is WindowState.OPEN and self.last is not None
        return (self.last - day).days if is_open and self.last else None

    def working_days_left(self, day: date, calendar: Calendar) -> int | None:
        """Return how many working days are left after a day; None where it is not open."""
        left = self.days_left(day)
        return None if left is None else working_days_between(calendar, day, _later(day, left))


def _later(day: date, days: int) -> date:
    return day + timedelta(days=days)


DERIVED = Label(
    "记录未载明公告期满日，按法定最短期限推算，以公告为准",
    "no record states the end of the notice period; the legal minimum is taken, the notice decides",
)
UNPUBLISHED = Label(
    "涉及尚未公布放假安排的年份，届满日为估计",
    "a year on the way has no published calendar; the last day is an estimate",
)
MOVED = Label(
    "按日历日计算的末日为休息日，已顺延（提前），以主管部门解释为准",
    "the count of calendar days ended on a day off and was moved; the authority decides",
)


def counted_to(window: Window, counted: Counted) -> Window:
    """Return a window that ends on a day that was counted to, with the doubts of counting."""
    notes = [UNPUBLISHED] if counted.is_estimate else []
    notes += [MOVED] if counted.is_moved else []
    doubtful = window.is_estimate or bool(notes)
    return replace(window, last=counted.day, is_estimate=doubtful).noting(*notes)
