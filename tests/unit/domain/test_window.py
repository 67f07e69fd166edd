"""May I still object, challenge, complain?"""

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liuhen.adapters.china_calendar import ChinaCalendar
from liuhen.domain import deadline
from liuhen.domain.case_dates import CaseDates, Dispute
from liuhen.domain.deadline import find_deadline
from liuhen.domain.regime import Regime
from liuhen.domain.window import windows
from liuhen.domain.window_answer import MATTERS, Asker, Matter, Window, WindowState
from liuhen.domain.window_words import sentence

CALENDAR = ChinaCalendar()
ZC = CaseDates(
    regime=Regime.ZC,
    document_on=date(2026, 3, 6),
    notice_ends=date(2026, 3, 12),
    bid_deadline=date(2026, 3, 31),
    opened_on=date(2026, 3, 31),
    award_on=date(2026, 4, 8),
    award_period_ends=date(2026, 4, 9),
)
ZB = CaseDates(
    regime=Regime.ZB,
    document_on=date(2026, 3, 10),
    bid_deadline=date(2026, 4, 10),
    opened_on=date(2026, 4, 10),
    publicity_from=date(2026, 4, 13),
    publicity_to=date(2026, 4, 16),
)


def ask(dates: CaseDates, matter: Matter, day: str, **told: str) -> Window:
    """Return the one window of a matter on a day."""
    known = {name: date.fromisoformat(text) for name, text in told.items()}
    asker = Asker(day=date.fromisoformat(day), **known)
    (window,) = windows(dates, matter, asker, CALENDAR)
    return window


def told(window: Window) -> tuple[str, str | None, str | None]:
    """Return what a window answers."""
    first, last = window.first, window.last
    return (
        str(window.state),
        None if first is None else first.isoformat(),
        None if last is None else last.isoformat(),
    )


@pytest.mark.parametrize(
    ("day", "state", "left"),
    [
        ("2026-04-07", "not_yet", None),
        ("2026-04-08", "open", 8),
        ("2026-04-17", "open", 1),
        ("2026-04-20", "open", 0),
        ("2026-04-21", "closed", None),
    ],
)
def test_a_result_is_challenged_from_its_notice_to_the_seventh_working_day(
    day: str, state: str, left: int | None
) -> None:
    window = ask(ZC, Matter.RESULT, day)
    assert told(window) == (state, "2026-04-08", "2026-04-20")
    assert window.working_days_left(date.fromisoformat(day), CALENDAR) == left
    assert "94号令第10条" in window.basis.zh


def test_a_document_is_challenged_within_seven_working_days_of_its_notice() -> None:
    window = ask(ZC, Matter.DOCUMENT, "2026-03-23")
    assert told(window) == ("open", "2026-03-06", "2026-03-23")
    assert not window.is_estimate


def test_a_notice_whose_end_nobody_announced_gives_an_estimate() -> None:
    dates = CaseDates(regime=Regime.ZC, document_on=date(2026, 3, 6), notice_working_days=8)
    window = ask(dates, Matter.DOCUMENT, "2026-03-10")
    assert told(window) == ("open", "2026-03-06", "2026-03-27")
    assert window.is_estimate
    assert "公告为准" in window.notes[0].zh


@pytest.mark.parametrize(
    ("known_on", "last"),
    [("2026-03-09", "2026-03-23"), ("2026-03-12", "2026-03-23"), ("2026-03-16", "2026-03-25")],
)
def test_a_document_is_challenged_from_its_receipt_or_the_end_of_its_notice(
    known_on: str, last: str
) -> None:
    window = ask(ZC, Matter.DOCUMENT, "2026-03-20", known_on=known_on)
    assert told(window) == ("open", "2026-03-06", last)
    assert not window.is_estimate


def test_a_challenge_of_the_process_is_counted_from_when_it_was_known() -> None:
    window = ask(ZC, Matter.PROCESS, "2026-04-10", known_on="2026-04-03")
    assert told(window) == ("open", "2026-03-06", "2026-04-15")
    assert not window.is_estimate
    assert ask(ZC, Matter.PROCESS, "2026-04-10").is_estimate


def test_a_result_that_is_not_out_is_not_yet_and_an_unknown_case_is_unknown() -> None:
    begun = CaseDates(regime=Regime.ZC, document_on=date(2026, 3, 6))
    assert ask(begun, Matter.RESULT, "2026-03-31").state is WindowState.NOT_YET
    nothing = ask(CaseDates(regime=Regime.ZC), Matter.RESULT, "2026-03-31")
    assert nothing.state is WindowState.UNKNOWN
    assert nothing.missing == ("award_notice",)


def test_a_zc_complaint_is_counted_from_the_end_of_the_answer_period_not_from_the_answer() -> None:
    dispute = Dispute(
        number="ZY-1", filed_on=date(2026, 4, 15), answered_on=date(2026, 4, 23), target="result"
    )
    dates = CaseDates(regime=Regime.ZC, disputes=(dispute,))
    window = ask(dates, Matter.COMPLAINT, "2026-05-19")
    assert told(window) == ("open", "2026-04-23", "2026-05-19")
    assert (window.number, window.start) == ("ZY-1", date(2026, 4, 24))
    assert window.before is not None
    assert "质疑" in window.before.zh
    assert ask(dates, Matter.COMPLAINT, "2026-05-20").state is WindowState.CLOSED


def test_without_an_answer_a_complaint_opens_when_the_answer_period_has_ended() -> None:
    dates = CaseDates(regime=Regime.ZC, disputes=(Dispute(filed_on=date(2026, 4, 15)),))
    assert told(ask(dates, Matter.COMPLAINT, "2026-04-24")) == (
        "not_yet",
        "2026-04-25",
        "2026-05-19",
    )
    assert ask(dates, Matter.COMPLAINT, "2026-04-25").state is WindowState.OPEN


@pytest.mark.parametrize(
    ("day", "state"), [("2026-04-15", WindowState.NOT_YET), ("2026-06-01", WindowState.CLOSED)]
)
def test_without_a_challenge_a_complaint_may_come_only_while_a_challenge_may(
    day: str, state: WindowState
) -> None:
    window = ask(ZC, Matter.COMPLAINT, day)
    assert window.state is state
    assert window.missing == ("challenge", "filed_on")


def test_every_challenge_has_a_window_of_its_own_and_a_withdrawn_one_none() -> None:
    days = (date(2026, 4, 15), date(2026, 4, 16), date(2026, 4, 17))
    disputes = tuple(
        Dispute(number=f"ZY-{day.day}", filed_on=day, is_withdrawn=day.day == 16) for day in days
    )
    dates = CaseDates(regime=Regime.ZC, disputes=disputes)
    found = windows(dates, Matter.COMPLAINT, Asker(day=date(2026, 5, 1)), CALENDAR)
    assert [window.number for window in found] == ["ZY-15", "ZY-17"]


def test_what_the_asker_filed_is_taken_at_their_word() -> None:
    window = ask(ZC, Matter.COMPLAINT, "2026-05-01", filed_on="2026-04-15")
    assert told(window) == ("open", "2026-04-25", "2026-05-19")


@pytest.mark.parametrize(
    ("day", "state"),
    [("2026-03-09", "not_yet"), ("2026-03-31", "open"), ("2026-04-01", "closed")],
)
def test_a_zb_document_is_objected_to_until_ten_days_before_the_deadline(
    day: str, state: str
) -> None:
    assert told(ask(ZB, Matter.DOCUMENT, day)) == (state, "2026-03-10", "2026-03-31")


def test_a_zb_opening_is_objected_to_on_the_spot() -> None:
    assert told(ask(ZB, Matter.OPENING, "2026-04-10")) == ("open", "2026-04-10", "2026-04-10")
    assert ask(ZB, Matter.OPENING, "2026-04-11").state is WindowState.CLOSED
    planned = CaseDates(regime=Regime.ZB, bid_deadline=date(2026, 4, 10))
    before = ask(planned, Matter.OPENING, "2026-04-09")
    assert (before.state, before.is_estimate) == (WindowState.NOT_YET, True)
    # Whether it was opened as planned is not on record.
    assert ask(planned, Matter.OPENING, "2026-04-10").state is WindowState.UNKNOWN


@pytest.mark.parametrize(
    ("day", "state"),
    [("2026-04-12", "not_yet"), ("2026-04-16", "open"), ("2026-04-17", "closed")],
)
def test_a_zb_result_is_objected_to_while_the_candidates_are_published(
    day: str, state: str
) -> None:
    assert told(ask(ZB, Matter.RESULT, day)) == (state, "2026-04-13", "2026-04-16")


def test_a_suspended_publication_is_an_estimate() -> None:
    dates = CaseDates(
        regime=Regime.ZB,
        publicity_from=date(2026, 4, 13),
        publicity_to=date(2026, 4, 16),
        is_publicity_suspended=True,
    )
    assert ask(dates, Matter.RESULT, "2026-04-14").is_estimate


def test_the_time_in_which_an_objection_waits_does_not_count() -> None:
    # Known on the 1st, objected on the 4th (three days used), answered on the 7th: seven are left.
    dispute = Dispute(
        filed_on=date(2026, 6, 4), known_on=date(2026, 6, 1), answered_on=date(2026, 6, 8)
    )
    dates = CaseDates(regime=Regime.ZB, disputes=(dispute,))
    window = ask(dates, Matter.COMPLAINT, "2026-06-10")
    assert told(window) == ("open", "2026-06-08", "2026-06-15")
    assert not window.is_estimate


def test_windows_of_the_past_keep_the_law_of_their_day(monkeypatch: pytest.MonkeyPatch) -> None:
    names = ("ZB-COMPLAINT", "ZB-DOCUMENT-OBJECTION", "ZB-CANDIDATE-PUBLICITY")
    later = [replace(find_deadline(n), number=1, valid_from=date(2026, 7, 1)) for n in names]
    running = replace(ZB, publicity_to=None)
    said = {"known_on": "2026-04-03"}
    before = [ask(running, each, "2026-04-10", **said) for each in MATTERS[Regime.ZB]]
    monkeypatch.setattr(deadline, "DEADLINES", (*deadline.DEADLINES, *later))
    assert [ask(running, each, "2026-04-10", **said) for each in MATTERS[Regime.ZB]] == before


def test_a_zb_complaint_about_other_matters_goes_straight_to_the_authority() -> None:
    window = ask(ZB, Matter.COMPLAINT, "2026-04-10", known_on="2026-04-03")
    assert told(window) == ("open", "2026-04-03", "2026-04-13")
    assert ask(ZB, Matter.COMPLAINT, "2026-04-10").missing == ("known_on", "objection", "filed_on")


def test_without_a_regime_nothing_can_be_told() -> None:
    for regime in (None, Regime.OTHER):
        found = windows(CaseDates(regime=regime), None, Asker(day=date(2026, 4, 1)), CALENDAR)
        assert {window.state for window in found} == {WindowState.UNKNOWN}
        assert len(found) == len(Matter)


def test_a_matter_is_answered_under_the_name_that_its_law_has_for_it() -> None:
    assert ask(ZC, Matter.OPENING, "2026-04-01").matter is Matter.PROCESS
    assert ask(ZC, Matter.PREQUALIFICATION, "2026-04-01").matter is Matter.DOCUMENT
    assert ask(ZB, Matter.PROCESS, "2026-04-01").matter is Matter.COMPLAINT


def test_a_window_beyond_the_published_calendar_is_an_estimate_and_says_so() -> None:
    dates = CaseDates(
        regime=Regime.ZC, award_on=date(2026, 12, 24), award_period_ends=date(2026, 12, 25)
    )
    window = ask(dates, Matter.RESULT, "2026-12-28")
    assert (window.state, window.is_estimate) == (WindowState.OPEN, True)
    answer = sentence(window, date(2026, 12, 28), CALENDAR)
    assert "估计，以公告为准" in answer.zh
    assert "estimate; the notice decides" in answer.en


ANY_DAY = st.none() | st.dates(date(2015, 1, 1), date(2030, 12, 31))
DISPUTES = st.builds(
    Dispute,
    number=st.sampled_from(["", "A-1"]),
    filed_on=st.dates(date(2015, 1, 1), date(2030, 12, 31)),
    known_on=ANY_DAY,
    answered_on=ANY_DAY,
    is_withdrawn=st.booleans(),
)
ANY_CASE = st.builds(
    CaseDates,
    regime=st.sampled_from([None, *Regime]),
    document_on=ANY_DAY,
    notice_ends=ANY_DAY,
    notice_working_days=st.none() | st.integers(0, 30),
    bid_deadline=ANY_DAY,
    prequalification_deadline=ANY_DAY,
    opened_on=ANY_DAY,
    publicity_from=ANY_DAY,
    publicity_to=ANY_DAY,
    is_publicity_suspended=st.booleans(),
    award_on=ANY_DAY,
    award_period_ends=ANY_DAY,
    disputes=st.lists(DISPUTES, max_size=2).map(tuple),
)


@given(ANY_CASE, st.dates(date(2015, 1, 1), date(2030, 12, 31)), ANY_DAY, ANY_DAY)
def test_whatever_is_known_the_answer_fits_its_days_and_has_words(
    dates: CaseDates, day: date, known_on: date | None, filed_on: date | None
) -> None:
    asker = Asker(day=day, known_on=known_on, filed_on=filed_on)
    for window in windows(dates, None, asker, CALENDAR):
        if window.state is WindowState.OPEN:
            assert window.first is not None
            assert window.last is not None
            assert window.first <= day <= window.last
        if window.state is WindowState.UNKNOWN:
            assert window.missing or window.first is not None or window.last is not None
        answer = sentence(window, day, CALENDAR)
        assert "None" not in answer.zh + answer.en
        assert not re.search("[a-z_]{3}", answer.zh)


@given(ANY_CASE, st.dates(date(2015, 1, 1), date(2030, 12, 31)))
def test_what_has_closed_does_not_open_again(dates: CaseDates, day: date) -> None:
    for matter in MATTERS.get(dates.regime or Regime.OTHER, ()):
        before = windows(dates, matter, Asker(day=day), CALENDAR)
        after = windows(dates, matter, Asker(day=day + timedelta(days=1)), CALENDAR)
        for earlier, later in zip(before, after, strict=True):
            if earlier.state is WindowState.CLOSED:
                assert later.state is WindowState.CLOSED
