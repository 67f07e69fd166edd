"""Calendars for whoever must know whether an answer was a guess."""

from datetime import date

from liuhen.domain.working_day import NEXT_YEARS_REACH, Calendar

MOST_MOVED = 5
"""How many days from where it is expected a holiday may begin or end."""
_MONDAY_TO_FRIDAY = range(5)


class WatchedCalendar:
    """A `Calendar` that asks another one.

    Attributes:
        guessed: Whether it was asked of a year without a published calendar; whoever wants to know
            it of one question sets it back before.
    """

    def __init__(self, calendar: Calendar) -> None:
        """Ask a calendar, of which nothing was asked yet."""
        self._calendar, self.guessed = calendar, False

    @property
    def moves_calendar_days(self) -> bool:
        """Whether a deadline of calendar days that ends on a day off moves on."""
        return self._calendar.moves_calendar_days

    def is_working_day(self, day: date) -> bool:
        """Return whether a day is a working day."""
        self.is_published(day.year)
        return self._calendar.is_working_day(day)

    def is_published(self, year: int) -> bool:
        """Return whether the holidays of a year are known."""
        is_published = self._calendar.is_published(year)
        self.guessed = self.guessed or not is_published
        return is_published


def extremes(calendar: Calendar) -> tuple[Calendar, Calendar]:
    """Return two calendars between which the truth lies: with most working days, and with fewest.

    Where the calendar is sure of a day, so are both. What both refuse is refused for certain.
    """
    return _Busiest(calendar), _Idlest(calendar)


class _Extreme(WatchedCalendar):
    """Answers as it must where the calendar is sure of a day."""

    def is_working_day(self, day: date) -> bool:
        next_years_reach = min(day, date.max - NEXT_YEARS_REACH) + NEXT_YEARS_REACH
        is_sure = self.is_published(day.year) and self.is_published(next_years_reach.year)
        return super().is_working_day(day) if is_sure else self._may_be_worked(day)

    def _may_be_worked(self, day: date) -> bool:
        raise NotImplementedError


class _Busiest(_Extreme):
    """Works every day that it may."""

    def _may_be_worked(self, day: date) -> bool:
        del day
        return True


class _Idlest(_Extreme):
    """Works on no weekend, and on no day near a holiday."""

    def _may_be_worked(self, day: date) -> bool:
        if day.weekday() not in _MONDAY_TO_FRIDAY:
            return False
        first, last = day.toordinal() - MOST_MOVED, day.toordinal() + MOST_MOVED
        near = map(date.fromordinal, range(max(first, 1), min(last, date.max.toordinal()) + 1))
        weekdays = (each for each in near if each.weekday() in _MONDAY_TO_FRIDAY)
        return all(WatchedCalendar.is_working_day(self, each) for each in weekdays)
