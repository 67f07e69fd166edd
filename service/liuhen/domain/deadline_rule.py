"""What a deadline is: a rule of the law as a value."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from liuhen.domain.regime import Regime
from liuhen.domain.rule import Basis


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
