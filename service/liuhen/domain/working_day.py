"""Working days, as a calendar tells them, and counting by them.

Days are days in Beijing. A calendar knows which years are published; of all others it can only
guess, and whatever is counted across such a year is an estimate. So is what reaches the last days
of a published year: the notice for the next one has moved those more than once.

Counting is total: beyond the last day that there is (31 December 9999) it stays there.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Protocol

ONE_DAY = timedelta(days=1)
NEXT_YEARS_REACH = timedelta(days=7)
"""How far before New Year a notice moved days: to 29 December so far (2007, 2018)."""

MOST_COUNTED = timedelta(days=36_600)
"""Beyond a century nobody counts days one by one."""

MOST_WORKING_DAYS = 2_500
"""Nor beyond ten years to a deadline: whoever enters one would keep the log waiting."""


class Calendar(Protocol):
    """Which days are working days. Pure: the same answer for the same day, always."""

    @property
    def moves_calendar_days(self) -> bool:
        """Whether a deadline of calendar days that ends on a day off moves on.

        The law does not say it in so many words of Saturdays and Sundays: a setting.
        """
        ...

    def is_working_day(self, day: date) -> bool:
        """Return whether a day is a working day; in unpublished years, the likeliest answer."""
        ...

    def is_published(self, year: int) -> bool:
        """Return whether the holidays of a year are known."""
        ...


@dataclass(frozen=True, slots=True)
class Counted:
    """A day that was counted to.

    Attributes:
        day: The day.
        is_estimate: A year on the way is not published, so the day may yet move.
        is_moved: Calendar days ended on a day off, and the day is the next working day (or the
            one before, where the count goes backwards).
    """

    day: date
    is_estimate: bool
    is_moved: bool = False


def working_days_after(calendar: Calendar, start: date, number: int) -> Counted:
    """Return the working day that is so many working days after a day, which is not counted.

    Args:
        calendar: Which days are working days.
        start: Any day.
        number: 0 or more; 0 gives the first working day at or after the start.
    """
    return _counted(calendar, start, number, ONE_DAY)


def working_days_before(calendar: Calendar, start: date, number: int) -> Counted:
    """Return the working day that is so many working days before a day, which is not counted."""
    return _counted(calendar, start, number, -ONE_DAY)


def calendar_days_from(calendar: Calendar, start: date, number: int) -> Counted:
    """Return the day that is so many calendar days after a day, or before it if negative.

    A day off moves on in the same direction, where the calendar says so: never towards the start.
    """
    step = ONE_DAY if number >= 0 else -ONE_DAY
    try:
        day = start + timedelta(days=number)
    except OverflowError:
        return _the_end(step)
    if not calendar.moves_calendar_days:
        return Counted(day, is_estimate=False)
    counted = _counted(calendar, day, 0, step)
    return replace(counted, is_moved=counted.day != day)


def working_days_between(calendar: Calendar, start: date, end: date) -> int:
    """Return how many working days lie in (start, end]; negative where end is before start."""
    if end < start:
        return -working_days_between(calendar, end, start)
    if end - start > MOST_COUNTED:
        return (end - start).days * 5 // 7
    days = (start + timedelta(days=number) for number in range(1, (end - start).days + 1))
    return sum(calendar.is_working_day(day) for day in days)


def working_days_in(calendar: Calendar, first: date, last: date) -> int:
    """Return how many working days a period has; its first day and its last belong to it."""
    return working_days_between(calendar, first - ONE_DAY, last)


def _counted(calendar: Calendar, start: date, number: int, step: timedelta) -> Counted:
    day, left = start, min(number, MOST_WORKING_DAYS)
    try:
        day += step * ((number - left) * 7 // 5)
        while left > 0:
            day += step
            left -= calendar.is_working_day(day)
        while not calendar.is_working_day(day):
            day += step
    except OverflowError:
        return _the_end(step)
    return Counted(day, not _published(calendar, min(start, day), max(start, day)))


def _published(calendar: Calendar, first: date, last: date) -> bool:
    until = min(last, date.max - NEXT_YEARS_REACH) + NEXT_YEARS_REACH
    return all(calendar.is_published(year) for year in range(first.year, until.year + 1))


def _the_end(step: timedelta) -> Counted:
    return Counted(date.max if step > timedelta(0) else date.min, is_estimate=True)
