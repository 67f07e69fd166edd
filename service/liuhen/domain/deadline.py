"""Deadlines of the two regimes, as data: the law changes, code does not.

Counting: the first day is not counted; a last day that is no working day moves on to the next one
(民法典 201, 203; 87号令 85). Whether a free Saturday moves a deadline of calendar days is not said
in so many words (民法典 203 has 法定休假日, 87号令 85 国家法定节假日): we move it, unless the
calendar is set otherwise, and mark what was moved. A limit counted backwards ("at least 15 days
before") never moves towards the event: the stricter day holds. By 87号令 86 "以内" includes the
number and "不足" excludes it: day 7 of seven is in time, and day 15 of fifteen is not too late.
"""

from datetime import date

from liuhen.domain.deadline_rule import Bound, Certainty, Deadline, Direction, Unit
from liuhen.domain.deadline_zb import ZB_DEADLINES
from liuhen.domain.deadline_zc import ZC_DEADLINES
from liuhen.domain.working_day import (
    Calendar,
    Counted,
    calendar_days_from,
    working_days_after,
    working_days_before,
)

__all__ = ["DEADLINES", "Bound", "Certainty", "Deadline", "Direction", "Unit", "due_day"]
__all__ += ["deadline_on", "find_deadline"]

DEADLINES: tuple[Deadline, ...] = (*ZB_DEADLINES, *ZC_DEADLINES)


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


def deadline_on(deadline_id: str, day: date) -> Deadline:
    """Return a rule as it stood on the day of an event, which decides by which version it counts.

    Total: before its first version came into force that one counts, and after its last the last.
    """
    versions = [rule for rule in DEADLINES if rule.id == deadline_id]
    begun = [rule for rule in versions if rule.valid_from is None or rule.valid_from <= day]
    return begun[-1] if begun else versions[0]


def due_day(rule: Deadline, start: date, calendar: Calendar) -> Counted:
    """Return the day that a rule leads to from the day of its event.

    For `AT_MOST` it is the last day allowed. For `AT_LEAST` after an event it is the last day of
    the period that must have ended; before an event, the last day allowed.
    """
    back = rule.direction is Direction.BEFORE
    if rule.unit is Unit.DAY:
        return calendar_days_from(calendar, start, -rule.number if back else rule.number)
    count = working_days_before if back else working_days_after
    return count(calendar, start, rule.number)


def _holds(rule: Deadline, on: date) -> bool:
    return (rule.valid_from or on) <= on <= (rule.valid_to or on)
