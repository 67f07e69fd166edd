"""Working days of mainland China, official and likely."""

from datetime import date, timedelta

import pytest

from liuhen.adapters.china_calendar import ChinaCalendar
from liuhen.adapters.likely_holidays import likely_holidays

CALENDAR = ChinaCalendar()


@pytest.mark.parametrize("day", ["2026-01-04", "2026-05-09", "2025-10-11", "2006-12-30"])
def test_a_weekend_that_is_worked_is_a_working_day(day: str) -> None:
    assert date.fromisoformat(day).weekday() >= 5
    assert CALENDAR.is_working_day(date.fromisoformat(day))


@pytest.mark.parametrize("day", ["2026-02-17", "2026-05-04", "2026-06-19", "2025-10-08"])
def test_a_holiday_of_a_published_year_is_none(day: str) -> None:
    assert date.fromisoformat(day).weekday() < 5
    assert not CALENDAR.is_working_day(date.fromisoformat(day))


def test_it_knows_which_years_are_published() -> None:
    assert [year for year in range(2000, 2030) if CALENDAR.is_published(year)] == [
        *range(2004, 2027)
    ]


@pytest.mark.parametrize(
    "day",
    [
        "2027-01-01",  # New Year
        "2027-02-05",  # New Year's Eve of the lunar calendar
        "2027-02-10",  # 6 and 7 February are a weekend, and are made up for
        "2027-04-05",  # Tomb-Sweeping Day
        "2027-05-03",  # for 1 May, a Saturday
        "2027-06-09",  # Dragon Boat
        "2027-09-15",  # Mid-Autumn
        "2027-10-01",
        "2028-01-03",  # for 1 January, a Saturday
    ],
)
def test_a_festival_of_an_unpublished_year_is_off(day: str) -> None:
    assert not CALENDAR.is_working_day(date.fromisoformat(day))


@pytest.mark.parametrize("year", [2027, 2033, 2050])
def test_an_unpublished_year_has_thirteen_days_off_besides_weekends(year: int) -> None:
    assert len(likely_holidays(year)) == 13
    assert all(day.weekday() < 5 for day in likely_holidays(year))


def test_where_the_lunar_calendar_is_not_known_the_other_festivals_stand() -> None:
    assert date(2060, 10, 1) in likely_holidays(2060)
    assert len(likely_holidays(2060)) == 7


def test_every_day_has_an_answer() -> None:
    for start in (date.min, date(1999, 12, 1), date(2026, 12, 1), date.max - timedelta(days=60)):
        days = (start + timedelta(days=number) for number in range(60))
        assert {CALENDAR.is_working_day(day) for day in days} == {True, False}
