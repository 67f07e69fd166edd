"""Working days of mainland China: the published years by `chinesecalendar`, others by likelihood.

The library is compiled from the yearly notices of the State Council. It raises for a year without
a notice; this calendar answers for every year, and says which of its answers are official.
"""

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Final

from chinese_calendar import constants  # type: ignore[import-untyped]  # it has no stubs

from liuhen.adapters.likely_holidays import likely_holidays

_SATURDAY: Final = 5
_HOLIDAYS: Final[frozenset[date]] = frozenset(constants.holidays)
_WORKED_WEEKENDS: Final[frozenset[date]] = frozenset(constants.workdays)
_FIRST_YEAR: Final = min(_HOLIDAYS).year
_LAST_YEAR: Final = max(_HOLIDAYS).year

_likely = cache(likely_holidays)


@dataclass(frozen=True, slots=True)
class ChinaCalendar:
    """A `Calendar`. It asks two sets in memory: it is called while the writer holds the head.

    Attributes:
        moves_calendar_days: See `Calendar`.
    """

    moves_calendar_days: bool = True

    def is_working_day(self, day: date) -> bool:
        """Return whether a day is a working day; in unpublished years, the likeliest answer."""
        if day in _WORKED_WEEKENDS:
            return True
        if day.weekday() >= _SATURDAY:
            return False
        return day not in (_HOLIDAYS if self.is_published(day.year) else _likely(day.year))

    def is_published(self, year: int) -> bool:
        """Return whether the State Council's notice for a year is known."""
        return _FIRST_YEAR <= year <= _LAST_YEAR
