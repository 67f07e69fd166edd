"""By when a complaint may follow an objection (ZB): what is left of its ten days.

Ten days run from the day on which somebody knew or should have known, and the time in which their
objection waited for its answer does not count (招标投标法实施条例 60): so what was left when the
objection was raised is left when the answer comes, or when it should have come.
"""

from datetime import date

from liuhen.domain.deadline import deadline_on, due_day
from liuhen.domain.working_day import Calendar, Counted, calendar_days_from


def complaint_due(
    known: date | None, filed: date, answered: date | None, calendar: Calendar
) -> Counted:
    """Return the last day of a complaint after an objection.

    Args:
        known: The day it was or should have been known; None: that is not on record, and no day is
            taken to be used.
        filed: The day the objection was raised.
        answered: The day it was answered; None: it was not.
        calendar: Which days are working days.
    """
    rule = deadline_on("ZB-COMPLAINT", known or filed)
    ends = answered or answer_due(filed, calendar)
    if known is None:
        return due_day(rule, ends, calendar)
    if known > ends:
        return due_day(rule, known, calendar)
    used = max(0, (filed - known).days)
    return calendar_days_from(calendar, ends, max(0, rule.number - used))


def answer_due(filed: date, calendar: Calendar) -> date:
    """Return the last day on which an objection may be answered."""
    return due_day(deadline_on("ZB-OBJECTION-ANSWER", filed), filed, calendar).day
