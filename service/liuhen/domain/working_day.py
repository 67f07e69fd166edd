"""Working days, as a calendar tells them, and counting by them.

Days are days in Beijing. A calendar knows which years are published; of all others it can only
guess, and whatever is counted across such a year is an estimate.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

ONE_DAY = timedelta(days=1)


class Calendar(Protocol):
    """Which days are working days. Pure: the same answer for the same day, always."""

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
    """

    day: date
    is_estimate: bool


def working_days_after(calendar: Calendar, start: date, number: int) -> Counted:
    """Return the working day that is so many working days after a day, which is not counted.

    Args:
        calendar: Which days are working days.
        start: Any day.
        number: 0 or more; 0 gives the first working day at or after the start.
    """
    day, left = start, number
    while left > 0:
        day += ONE_DAY
        left -= calendar.is_working_day(day)
    while not calendar.is_working_day(day):
        day += ONE_DAY
    return Counted(day, not _published(calendar, start, day))


def working_days_before(calendar: Calendar, start: date, number: int) -> Counted:
    """Return the working day that is so many working days before a day, which is not counted."""
    day, left = start, number
    while left > 0:
        day -= ONE_DAY
        left -= calendar.is_working_day(day)
    while not calendar.is_working_day(day):
        day -= ONE_DAY
    return Counted(day, not _published(calendar, day, start))


def working_days_between(calendar: Calendar, start: date, end: date) -> int:
    """Return how many working days lie in (start, end]; negative where end is before start."""
    if end < start:
        return -working_days_between(calendar, end, start)
    days = (start + timedelta(days=number) for number in range(1, (end - start).days + 1))
    return sum(calendar.is_working_day(day) for day in days)


def working_days_in(calendar: Calendar, first: date, last: date) -> int:
    """Return how many working days a period has; its first day and its last belong to it."""
    return working_days_between(calendar, first - ONE_DAY, last)


def _published(calendar: Calendar, first: date, last: date) -> bool:
    return all(calendar.is_published(year) for year in range(first.year, last.year + 1))
