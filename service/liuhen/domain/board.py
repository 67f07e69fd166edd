"""The board (红黄蓝): every finding, task or tolerant acceptance in its colour, on any day.

    closed 已销号 grey · due before the day 超期 red · due within five working days 临期 yellow ·
    else 正常推进 blue

A colour is never stored as the truth: it follows from the records and from the day. What had
happened by a day are the records whose day is not later; what was known by then are those with a
smaller leaf index than the size that the log had. So a board of any past day can be made again.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from liuhen.core.canonical import JsonObject, JsonValue, canonical
from liuhen.domain.board_history import History
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
        """Return the canonical row, which digests cover: no text, no name."""
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

    def digest(self) -> str:
        """Return the SHA-256 of the canonical rows, in hex."""
        return hashlib.sha256(canonical([line.to_json() for line in self.lines])).hexdigest()


def snapshot_of(board: Board, kind: str) -> JsonObject:
    """Return the data of a snapshot of a board made from a log of a known size.

    Args:
        board: The board.
        kind: What it is of, a record type.
    """
    assert board.size is not None
    return {
        "as_of": board.day.isoformat(),
        "counts": {str(shade): count for shade, count in board.counts.items()},
        "digest": board.digest(),
        "kind": kind,
        "rule_version": RULE_VERSION,
        "tree_size": board.size,
    }


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
        histories: What is on it.
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
        shade = colour(moment.due_on, day, until, is_done=moment.state in history.kind.done)
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
