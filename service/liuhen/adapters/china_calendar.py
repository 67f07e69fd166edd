"""Working days of mainland China, as published every year by the State Council."""

from datetime import date
from functools import lru_cache

import chinese_calendar  # type: ignore[import-untyped]  # it has no stubs


class ChinaCalendar:
    """`Calendar`; in years that are not published yet, Monday to Friday."""

    def is_working_day(self, day: date) -> bool:
        """Return whether a day is a working day."""
        return _is_working_day(day)

    def is_published(self, year: int) -> bool:
        """Return whether the holidays of a year are known."""
        return _is_published(year)


@lru_cache(maxsize=65_536)
def _is_working_day(day: date) -> bool:
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < 5


@lru_cache
def _is_published(year: int) -> bool:
    try:
        chinese_calendar.is_workday(date(year, 1, 1))
    except NotImplementedError:
        return False
    return True
