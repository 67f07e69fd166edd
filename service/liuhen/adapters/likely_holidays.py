"""The likeliest holidays of a year whose calendar the State Council has not published.

The thirteen days of the law on festivals (全国年节及纪念日放假办法, as amended for 2025) are known
long ahead, and so is that one of them on a weekend is made up for on a working day. Which days
between are taken off, and which weekends are worked in exchange, is decided in the autumn before,
and nobody can know it; decision 0034 tells how far that leads astray.
"""

from collections.abc import Iterator
from datetime import date, timedelta

_LUNAR_TABLE = """
2027 02-06 06-09 09-15
2028 01-26 05-28 10-03
2029 02-13 06-16 09-22
2030 02-03 06-05 09-12
2031 01-23 06-24 10-01
2032 02-11 06-12 09-19
2033 01-31 06-01 09-08
2034 02-19 06-20 09-27
2035 02-08 06-10 09-16
2036 01-28 05-30 10-04
2037 02-15 06-18 09-24
2038 02-04 06-07 09-13
2039 01-24 05-27 10-02
2040 02-12 06-14 09-20
2041 02-01 06-03 09-10
2042 01-22 06-22 09-28
2043 02-10 06-11 09-17
2044 01-30 05-31 10-05
2045 02-17 06-19 09-25
2046 02-06 06-08 09-15
2047 01-26 05-29 10-04
2048 02-14 06-15 09-22
2049 02-02 06-04 09-11
2050 01-23 06-23 09-30
"""
"""Year; Spring Festival, Dragon Boat and Mid-Autumn, by the calendar of GB/T 33661."""

_LUNAR_FESTIVALS = {
    int(year): tuple(date.fromisoformat(f"{year}-{day}") for day in days)
    for year, *days in map(str.split, _LUNAR_TABLE.split("\n")[1:-1])
}


def likely_holidays(year: int) -> frozenset[date]:
    """Return the days from Monday to Friday that are off in a year, in all likelihood."""
    festivals = set(_festivals(year))
    made_up: set[date] = set()
    for day in sorted(each for each in festivals if _is_weekend(each)):
        made_up.add(_next_free(day, festivals | made_up))
    return frozenset(day for day in festivals | made_up if not _is_weekend(day))


def _festivals(year: int) -> Iterator[date]:
    yield date(year, 1, 1)
    yield _qingming(year)
    yield from _run(date(year, 5, 1), 2)
    yield from _run(date(year, 10, 1), 3)
    if year in _LUNAR_FESTIVALS:
        spring, dragon_boat, mid_autumn = _LUNAR_FESTIVALS[year]
        yield from _run(spring - timedelta(days=1), 4)
        yield from (dragon_boat, mid_autumn)


def _next_free(day: date, taken: set[date]) -> date:
    while _is_weekend(day) or day in taken:
        day += timedelta(days=1)
    return day


def _is_weekend(day: date) -> bool:
    return day.weekday() >= 5


def _run(first: date, days: int) -> Iterator[date]:
    return (first + timedelta(days=number) for number in range(days))


def _qingming(year: int) -> date:
    """Return Tomb-Sweeping Day: 4 or 5 April, by the rule for 2000 to 2099."""
    short = year % 100
    return date(year, 4, (short * 2422 + 48100) // 10000 - short // 4)
