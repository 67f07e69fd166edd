"""What may be said for certain of years whose calendar is not published."""

from datetime import date, timedelta

import pytest

from liuhen.adapters import likely_holidays as likely
from liuhen.adapters.china_calendar import ChinaCalendar
from liuhen.domain.catalogue import challenge, publication
from liuhen.domain.unsure_calendar import WatchedCalendar, extremes
from liuhen.domain.working_day import working_days_after, working_days_before, working_days_in
from tests.result_kit import Case, awarded, evaluated

CALENDAR = ChinaCalendar()
_LUNAR = """
2015 02-19 06-20 09-27
2016 02-08 06-09 09-15
2017 01-28 05-30 10-04
2018 02-16 06-18 09-24
2019 02-05 06-07 09-13
2020 01-25 06-25 10-01
2021 02-12 06-14 09-21
2022 02-01 06-03 09-10
2023 01-22 06-22 09-29
2024 02-10 06-10 09-17
2025 01-29 05-31 10-06
"""


class Unpublished:
    """The years 2015 to 2025 as they would be guessed."""

    moves_calendar_days = True

    def __init__(self) -> None:
        self.off = {day for year in range(2014, 2027) for day in likely.likely_holidays(year)}

    def is_working_day(self, day: date) -> bool:
        return day.weekday() < 5 and day not in self.off

    def is_published(self, year: int) -> bool:
        return False


@pytest.mark.parametrize("number", [1, 5, 7, 15, 30])
def test_the_truth_lies_between_the_extremes(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    for year, *days in map(str.split, _LUNAR.strip().splitlines()):
        festivals = tuple(date.fromisoformat(f"{year}-{day}") for day in days)
        monkeypatch.setitem(likely._LUNAR_FESTIVALS, int(year), festivals)
    busiest, idlest = extremes(Unpublished())
    start = date(2015, 11, 1)  # 3 September 2015 was a day off as never before
    while start < date(2025, 9, 1):
        truth = working_days_after(CALENDAR, start, number).day
        assert working_days_after(busiest, start, number).day <= truth
        assert truth <= working_days_after(idlest, start, number).day
        before = working_days_before(CALENDAR, truth, number).day
        assert working_days_before(idlest, truth, number).day <= before
        start += timedelta(days=3)


def test_of_published_years_there_is_one_truth() -> None:
    busiest, idlest = extremes(CALENDAR)
    days = [date(2026, 1, 1) + timedelta(days=each) for each in range(350)]
    for day in days:
        told = CALENDAR.is_working_day(day)
        assert (busiest.is_working_day(day), idlest.is_working_day(day)) == (told, told)


@pytest.mark.parametrize(("day", "told"), [(date.min, [True, False]), (date.max, [True, True])])
def test_there_is_an_answer_to_the_ends_of_time(day: date, told: list[bool]) -> None:
    assert [each.is_working_day(day) for each in extremes(CALENDAR)] == told


def test_whoever_counts_days_of_an_unpublished_year_has_guessed() -> None:
    watched = WatchedCalendar(CALENDAR)
    working_days_in(watched, date(2026, 12, 1), date(2026, 12, 31))
    assert not watched.guessed
    working_days_in(watched, date(2027, 1, 1), date(2027, 1, 8))
    assert watched.guessed


def challenged_in_winter() -> Case:
    case = evaluated("ZC").enter(
        "award_notice",
        "2027-01-29",
        winner={"bid_id": "B01"},
        experts=["专家甲"],
        period_ends="2027-02-01",
    )
    assert working_days_after(CALENDAR, date(2027, 2, 1), 7).day == date(2027, 2, 16)
    return case


SAID = {"challenge_no": "ZY-1", "target": "result", "matters": [{"matter": "M1"}]}


def test_nobody_is_refused_for_a_day_that_is_only_an_estimate() -> None:
    challenged_in_winter().enter("challenge", "2027-02-17", **SAID)


def test_who_is_late_by_any_calendar_is_refused() -> None:
    case = challenged_in_winter()
    case.refuses(challenge.TOO_LATE, "challenge", "2027-03-22", **SAID)
    case.refuses(challenge.NO_MATTERS, "challenge", "2027-02-17", challenge_no="ZY-1")


def test_a_notice_that_is_too_short_by_any_calendar_is_refused() -> None:
    case = Case().enter("project", "2026-12-20", name="示例项目", regime="ZC")
    said = {"kind": "tender_notice", "from": "2027-02-08"}
    case.refuses(publication.TOO_SHORT, "publication", "2027-02-08", **said, to="2027-02-11")
    case.enter("publication", "2027-02-08", **said, to="2027-02-12")


def test_in_a_published_year_the_same_challenge_is_refused() -> None:
    awarded().refuses(challenge.TOO_LATE, "challenge", "2026-04-28", **SAID)
