"""Counting working days."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from liuhen.adapters.china_calendar import ChinaCalendar
from liuhen.domain.working_day import (
    MOST_WORKING_DAYS,
    Counted,
    calendar_days_from,
    working_days_after,
    working_days_before,
    working_days_between,
)

CALENDAR = ChinaCalendar()
DAYS = st.dates(date(1990, 1, 1), date(2060, 12, 31))
NUMBERS = st.integers(0, 60)


def test_saturdays_that_are_worked_count() -> None:
    # 9 May 2026 is a Saturday in exchange for a day around 1 May.
    assert working_days_after(CALENDAR, date(2026, 5, 8), 1) == Counted(date(2026, 5, 9), False)
    assert working_days_before(CALENDAR, date(2026, 5, 11), 1) == Counted(date(2026, 5, 9), False)


def test_spring_festival_counts_as_nothing() -> None:
    assert working_days_after(CALENDAR, date(2026, 2, 13), 2).day == date(2026, 2, 24)
    assert working_days_before(CALENDAR, date(2026, 2, 24), 1).day == date(2026, 2, 14)


def test_a_count_across_a_year_end_is_certain_where_both_years_are_published() -> None:
    assert working_days_after(CALENDAR, date(2025, 12, 31), 7) == Counted(
        date(2026, 1, 12), is_estimate=False
    )


def test_a_count_into_an_unpublished_year_is_an_estimate() -> None:
    assert working_days_after(CALENDAR, date(2026, 12, 28), 7).is_estimate
    assert working_days_before(CALENDAR, date(2027, 1, 4), 7).is_estimate


def test_the_last_days_of_the_last_published_year_are_an_estimate() -> None:
    # The notice for 2027 may yet make 27 December 2026, a Sunday, a working day.
    assert working_days_after(CALENDAR, date(2026, 12, 21), 5).is_estimate
    assert not working_days_after(CALENDAR, date(2026, 12, 14), 5).is_estimate


def test_calendar_days_that_end_on_a_day_off_move_away_from_their_start_and_say_so() -> None:
    saturday = date(2026, 6, 13)
    start, end = saturday - timedelta(days=5), saturday + timedelta(days=5)
    assert calendar_days_from(CALENDAR, start, 5) == Counted(
        date(2026, 6, 15), is_estimate=False, is_moved=True
    )
    assert calendar_days_from(CALENDAR, end, -5) == Counted(
        date(2026, 6, 12), is_estimate=False, is_moved=True
    )


def test_a_calendar_may_be_set_to_move_no_calendar_days() -> None:
    strict = ChinaCalendar(moves_calendar_days=False)
    assert calendar_days_from(strict, date(2026, 6, 8), 5) == Counted(date(2026, 6, 13), False)


def test_counting_ends_with_the_last_day_there_is() -> None:
    last = date.max
    assert working_days_after(CALENDAR, last, 1) == Counted(last, is_estimate=True)
    assert working_days_before(CALENDAR, date.min, 1) == Counted(date.min, is_estimate=True)
    assert calendar_days_from(CALENDAR, last, 1) == Counted(last, is_estimate=True)
    assert working_days_between(CALENDAR, date.min, last) > 2_000_000


@given(DAYS, NUMBERS)
def test_what_is_counted_to_is_a_working_day_after_the_start(start: date, number: int) -> None:
    after = working_days_after(CALENDAR, start, number).day
    before = working_days_before(CALENDAR, start, number).day
    assert CALENDAR.is_working_day(after)
    assert CALENDAR.is_working_day(before)
    assert before <= start <= after
    assert number == 0 or before < start < after


@given(DAYS, NUMBERS)
def test_a_later_start_never_leads_to_an_earlier_day(start: date, number: int) -> None:
    next_day = start + timedelta(days=1)
    for count in (working_days_after, working_days_before, calendar_days_from):
        assert count(CALENDAR, next_day, number).day >= count(CALENDAR, start, number).day


@given(DAYS, NUMBERS)
def test_one_more_never_leads_to_an_earlier_day(start: date, number: int) -> None:
    for count in (working_days_after, calendar_days_from):
        assert count(CALENDAR, start, number + 1).day >= count(CALENDAR, start, number).day
    more = working_days_before(CALENDAR, start, number + 1).day
    assert more <= working_days_before(CALENDAR, start, number).day


@given(DAYS, NUMBERS)
def test_counting_forth_and_back_agree(start: date, number: int) -> None:
    begin = working_days_after(CALENDAR, start, 0).day
    end = working_days_after(CALENDAR, begin, number).day
    assert working_days_before(CALENDAR, end, number).day == begin
    assert working_days_between(CALENDAR, begin, end) == number
    assert working_days_between(CALENDAR, end, begin) == -number


@given(DAYS, NUMBERS)
def test_whatever_touches_an_unpublished_year_is_an_estimate(start: date, number: int) -> None:
    counted = working_days_after(CALENDAR, start, number)
    years = range(start.year, counted.day.year + 1)
    if not all(CALENDAR.is_published(year) for year in years):
        assert counted.is_estimate


class CountingCalendar:
    """A calendar that counts how often it is asked."""

    moves_calendar_days = True
    asked = 0

    def is_working_day(self, day: date) -> bool:
        self.asked += 1
        return CALENDAR.is_working_day(day)

    def is_published(self, year: int) -> bool:
        return CALENDAR.is_published(year)


@given(st.integers(MOST_WORKING_DAYS, 2**53))
def test_however_many_days_are_counted_the_calendar_is_asked_for_ten_years(number: int) -> None:
    calendar = CountingCalendar()
    after = working_days_after(calendar, date(2026, 3, 2), number)
    before = working_days_before(calendar, date(2026, 3, 2), number)
    assert after.day > date(2035, 1, 1)
    assert before.day < date(2018, 1, 1)
    assert calendar.asked < 10_000


def test_counting_goes_on_where_days_are_no_longer_counted_one_by_one() -> None:
    days = [
        working_days_after(CALENDAR, date(2026, 3, 2), number).day
        for number in range(MOST_WORKING_DAYS - 5, MOST_WORKING_DAYS + 20)
    ]
    assert days == sorted(days)
    assert (days[-1] - days[0]).days < 60
