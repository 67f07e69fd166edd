"""The board (红黄蓝): every finding or task in its colour, on any day.

    closed 已销号 grey · due before the day 超期 red · due within five working days 临期 yellow ·
    else 正常推进 blue

A colour is never stored as the truth: it follows from the records and from the day. What had
happened by a day are the records whose day is not later; what was known by then are those with a
smaller leaf index than the size that the log had. So a board of any past day can be made again.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final, NamedTuple

from liuhen.core.canonical import JsonObject, JsonValue
from liuhen.domain.facts import NO_FACTS, Facts, RuleContext, section_of
from liuhen.domain.incoming import Incoming
from liuhen.domain.reading import day_of, get_flag, get_text
from liuhen.domain.rectification import DONE, learn_step
from liuhen.domain.working_day import Calendar, working_days_after

RULE_VERSION: Final = "board/v1"
YELLOW_WORKING_DAYS: Final = 5
"""The law sets no threshold; this is the one of most centres."""


class Colour(StrEnum):
    """How urgent something is."""

    RED = "red"
    """超期: overdue."""
    YELLOW = "yellow"
    """临期: due soon."""
    BLUE = "blue"
    """正常推进: on course."""
    CLOSED = "closed"
    """已销号: closed; grey."""


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
    """One finding or task, as far as the board needs it.

    Attributes:
        case: Its case.
        moments: What its records made of it, in their order.
        about: What the opening record says of it.
    """

    __slots__ = ("_days", "_facts", "_name", "about", "case", "moments")

    def __init__(self, name: str, case: str) -> None:
        """Begin without records.

        Args:
            name: Record type: finding or task.
            case: Its case.
        """
        self._name, self._facts = name, NO_FACTS
        self.case, self.about = case, dict[str, JsonValue]()
        self.moments: list[Moment] = []
        self._days: list[date] = []

    def add(self, record: Incoming, entry_index: int, context: RuleContext) -> None:
        """Take the next record of the case."""
        self._facts = facts = learn_step(self._name, self._facts, record, context)
        if not self.about:
            self.about = dict(record.data)
        self.moments.append(_moment(facts, self._name, record, entry_index))
        # A record that tells of an earlier day than the one before counts from that one's day on.
        self._days.append(max(record.day, self._days[-1]) if self._days else record.day)

    def at(self, day: date, size: int | None) -> Moment | None:
        """Return how it stood at the end of a day, as known by a size of the log."""
        position = bisect_right(self._days, day)
        while position and size is not None and self.moments[position - 1].entry_index >= size:
            position -= 1
        return self.moments[position - 1] if position else None


def _moment(facts: Facts, name: str, record: Incoming, entry_index: int) -> Moment:
    section = section_of(facts, name)
    return Moment(
        day=record.day,
        entry_index=entry_index,
        state=get_text(section, "state") or "",
        due_on=day_of(get_text(section, "due_on")),
        first_due_on=day_of(get_text(section, "first_due_on")),
        is_extended=get_flag(section, "is_extended") or False,
    )


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a board.

    Attributes:
        case: The case.
        colour: Its colour.
        state: Its state.
        due_on: The day that counts.
        first_due_on: The first such day.
        is_extended: Whether the day was moved.
        about: What its opening record says.
    """

    case: str
    colour: Colour
    state: str
    due_on: date | None
    first_due_on: date | None
    is_extended: bool
    about: Mapping[str, JsonValue]

    def to_json(self) -> JsonObject:
        """Return what a snapshot's digest covers: no text, no name."""
        return {
            "case": self.case,
            "colour": str(self.colour),
            "due_on": None if self.due_on is None else self.due_on.isoformat(),
            "first_due_on": None if self.first_due_on is None else self.first_due_on.isoformat(),
            "is_extended": self.is_extended,
            "state": self.state,
        }


@dataclass(frozen=True, slots=True)
class Board:
    """A board of one day.

    Attributes:
        day: The day.
        size: Size of the log that it is made from; None: all that is known.
        lines: By case.
    """

    day: date
    size: int | None
    lines: Sequence[Line]

    @property
    def counts(self) -> dict[Colour, int]:
        """How many lines have each colour."""
        found = dict.fromkeys(Colour, 0)
        for line in self.lines:
            found[line.colour] += 1
        return found


def colour(due_on: date | None, day: date, yellow_until: date, *, is_done: bool) -> Colour:
    """Return the colour of something on a day.

    Args:
        due_on: The day by which it is due; None: no day was set, so nothing can be overdue.
        day: The day.
        yellow_until: What is due by then is due soon; see `yellow_limit`.
        is_done: Whether nothing is due any more.
    """
    if is_done:
        return Colour.CLOSED
    if due_on is None:
        return Colour.BLUE
    if due_on < day:
        return Colour.RED
    return Colour.YELLOW if due_on <= yellow_until else Colour.BLUE


def yellow_limit(day: date, calendar: Calendar, working_days: int = YELLOW_WORKING_DAYS) -> date:
    """Return the last day that is soon, seen from a day."""
    return working_days_after(calendar, day, working_days).day


def make_board(
    histories: Iterable[History],
    day: date,
    calendar: Calendar,
    *,
    size: int | None = None,
    yellow_days: int = YELLOW_WORKING_DAYS,
) -> Board:
    """Make the board of a day.

    Args:
        histories: Findings or tasks.
        day: The day, seen from its end.
        calendar: Working days.
        size: Only what the log held at this size; None: all.
        yellow_days: Working days that are soon.
    """
    until = yellow_limit(day, calendar, yellow_days)
    lines = []
    for history in histories:
        moment = history.at(day, size)
        if moment is None:
            continue
        shade = colour(moment.due_on, day, until, is_done=moment.state in DONE)
        lines.append(
            Line(
                history.case,
                shade,
                moment.state,
                moment.due_on,
                moment.first_due_on,
                moment.is_extended,
                history.about,
            )
        )
    return Board(day, size, sorted(lines, key=lambda line: line.case))
