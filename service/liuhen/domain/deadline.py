"""Deadlines of the two regimes, as data: the law changes, code does not.

Counting: the first day is not counted; a last day that is no working day moves on to the next one
(民法典 201, 203; 87号令 85). A limit counted backwards ("at least 15 days before") never moves
towards the event: the stricter day holds.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from liuhen.domain.regime import Regime
from liuhen.domain.rule import Basis
from liuhen.domain.working_day import (
    Calendar,
    Counted,
    working_days_after,
    working_days_before,
)


class Unit(StrEnum):
    """What a deadline counts."""

    DAY = "calendar_day"
    WORKING_DAY = "working_day"


class Bound(StrEnum):
    """Which side of the day is allowed."""

    AT_MOST = "at_most"
    """By that day, its end included."""
    AT_LEAST = "at_least"
    """Not before that day has ended; counted backwards: by that day at the latest."""


class Direction(StrEnum):
    """Which way a deadline is counted from its event."""

    AFTER = "after"
    BEFORE = "before"


class Certainty(StrEnum):
    """How well a rule is known."""

    TEXT = "T"
    """The text of the law was read."""
    SECONDARY = "S"
    """A secondary page was read."""
    MEMORY = "M"
    """From memory: to be checked."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """One rule.

    Attributes:
        id: Stable name, "ZC-CHALLENGE".
        regime: Under which law.
        zh: What is to be done, in Chinese.
        en: The same in English.
        number: How many units.
        unit: What is counted.
        start_zh: The event it is counted from, in Chinese.
        start_en: The same in English.
        basis: The law.
        bound: Which side of the day is allowed.
        direction: Which way it is counted.
        certainty: How well it is known.
        valid_from: First day on which it holds; None: as long as we know.
        valid_to: Last day; None: still.
    """

    id: str
    regime: Regime
    zh: str
    en: str
    number: int
    unit: Unit
    start_zh: str
    start_en: str
    basis: Basis
    bound: Bound = Bound.AT_MOST
    direction: Direction = Direction.AFTER
    certainty: Certainty = Certainty.TEXT
    valid_from: date | None = None
    valid_to: date | None = None


_ZB, _ZC = Regime.ZB, Regime.ZC
_DAY, _WORKING = Unit.DAY, Unit.WORKING_DAY

DEADLINES: tuple[Deadline, ...] = (
    Deadline(
        "ZC-CHALLENGE", _ZC, "提出质疑", "challenge", 7, _WORKING,
        "知道或者应当知道权益受损之日", "the day the harm is or should be known",
        Basis("政府采购法第52条；94号令第10条", "Procurement Law art. 52; Order 94 art. 10"),
    ),
    Deadline(
        "ZB-CANDIDATE-PUBLICITY", _ZB, "中标候选人公示期", "publication of the candidates", 3, _DAY,
        "公示开始之日", "the day publication begins",
        Basis("招标投标法实施条例第54条", "Tendering Regulations art. 54"), Bound.AT_LEAST,
    ),
)  # fmt: skip


def find_deadline(deadline_id: str, on: date | None = None) -> Deadline:
    """Return a rule by its name, as it stands on a day.

    Args:
        deadline_id: Its name.
        on: The day; None: the newest version.

    Raises:
        KeyError: There is no such rule on that day.
    """
    for rule in reversed(DEADLINES):
        if rule.id == deadline_id and (on is None or _holds(rule, on)):
            return rule
    raise KeyError(deadline_id)


def due_day(rule: Deadline, start: date, calendar: Calendar) -> Counted:
    """Return the day that a rule leads to from the day of its event.

    For `AT_MOST` it is the last day allowed. For `AT_LEAST` after an event it is the last day of
    the period that must have ended; before an event, the last day allowed.
    """
    back = rule.direction is Direction.BEFORE
    count = working_days_before if back else working_days_after
    if rule.unit is Unit.WORKING_DAY:
        return count(calendar, start, rule.number)
    days = timedelta(days=rule.number)
    counted = count(calendar, start - days if back else start + days, 0)
    years = {start.year, counted.day.year}
    return Counted(counted.day, not all(calendar.is_published(year) for year in years))


def _holds(rule: Deadline, on: date) -> bool:
    return (rule.valid_from or on) <= on <= (rule.valid_to or on)
