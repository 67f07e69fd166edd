"""Windows under the Government Procurement Law: challenge (质疑), then complaint (投诉)."""

from dataclasses import replace
from datetime import date, timedelta

from liuhen.domain.case_dates import CaseDates, Dispute
from liuhen.domain.deadline import deadline_on, due_day
from liuhen.domain.field import Label
from liuhen.domain.rule import Basis
from liuhen.domain.window_answer import (
    DERIVED,
    Asker,
    Matter,
    Window,
    WindowState,
    counted_to,
)
from liuhen.domain.working_day import Calendar

_ART_53 = Basis(
    "政府采购法第52条；实施条例第53条；94号令第10条",
    "Procurement Law art. 52; Regulations art. 53; Order 94 art. 10",
)
_ART_55 = Basis("政府采购法第55条；94号令第17条", "Procurement Law art. 55; Order 94 art. 17")
CHALLENGE_FIRST = Label(
    "投诉前应先向采购人或代理机构提出质疑，投诉事项不得超出质疑事项",
    "a challenge to the purchaser or its agency comes first, and the complaint stays within it",
)
EACH_STEP = Label(
    "对采购过程的质疑自各程序环节结束之日起算，此处按开标日推算；请填写知道之日",
    "a challenge of the process is counted from the end of each step, here from the opening; say"
    " when it was known",
)
NO_AWARD = Label("尚无中标结果公告的存证", "no award notice is on record yet")
AS_SAID = Label("按提问人所称的知道之日计算", "counted from the day that the asker names")


def window_zc(dates: CaseDates, matter: Matter, asker: Asker, calendar: Calendar) -> list[Window]:
    """Return the windows for a matter: one, or for complaints one for each challenge."""
    if matter is Matter.COMPLAINT:
        return _complaints(dates, asker, calendar)
    if matter is Matter.DOCUMENT:
        return [_document(dates, asker, calendar)]
    if matter is Matter.RESULT:
        return [_result(dates, asker, calendar)]
    return [_process(dates, asker, calendar)]


def _document(dates: CaseDates, asker: Asker, calendar: Calendar) -> Window:
    """Return the window from the end of the notice, or from when the asker had the document.

    Whichever is later, as a challenge is let in.
    """
    window = Window(matter=Matter.DOCUMENT, basis=_ART_53, first=dates.document_on)
    start, known = dates.notice_ends, asker.known_on
    if start is None and dates.document_on is not None:
        rule = deadline_on("ZC-NOTICE", dates.document_on)
        days = dates.notice_working_days
        rule = rule if days is None else replace(rule, number=days)
        start = due_day(rule, dates.document_on, calendar).day
        window = replace(window, is_estimate=True).noting(DERIVED)
    if known is not None and (start is None or known >= start):
        window, start = replace(window, is_estimate=False, notes=(AS_SAID,)), known
    if start is None:
        return replace(window, missing=("tender_document", "known_on"))
    return _challenge(replace(window, first=window.first or start), start, asker, calendar)


def _process(dates: CaseDates, asker: Asker, calendar: Calendar) -> Window:
    window = Window(matter=Matter.PROCESS, basis=_ART_53, first=dates.document_on)
    if asker.known_on is not None:
        window, start = window.noting(AS_SAID), asker.known_on
    elif dates.opened_on is not None:
        window, start = replace(window, is_estimate=True).noting(EACH_STEP), dates.opened_on
    else:
        return replace(window, missing=("opening_record", "known_on")).noting(EACH_STEP)
    return _challenge(replace(window, first=window.first or start), start, asker, calendar)


def _result(dates: CaseDates, asker: Asker, calendar: Calendar) -> Window:
    window = Window(matter=Matter.RESULT, basis=_ART_53, first=dates.award_on)
    start = dates.award_period_ends
    if start is None and dates.award_on is not None:
        start = due_day(
            deadline_on("ZC-AWARD-PERIOD", dates.award_on), dates.award_on, calendar
        ).day
        window = replace(window, is_estimate=True).noting(DERIVED)
    if start is None and asker.known_on is not None:
        window, start = replace(window, is_estimate=True).noting(AS_SAID), asker.known_on
    if start is not None:
        return _challenge(replace(window, first=window.first or start), start, asker, calendar)
    begun = dates.document_on is not None or dates.opened_on is not None
    state = WindowState.NOT_YET if begun else WindowState.UNKNOWN
    return replace(window, state=state, missing=("award_notice",)).noting(NO_AWARD)


def _challenge(window: Window, start: date, asker: Asker, calendar: Calendar) -> Window:
    rule = deadline_on("ZC-CHALLENGE", start)
    counted = due_day(rule, start, calendar)
    return counted_to(replace(window, rule=rule, start=start), counted).on(asker.day)


def _complaints(dates: CaseDates, asker: Asker, calendar: Calendar) -> list[Window]:
    disputes = [each for each in dates.disputes if not each.is_withdrawn]
    if asker.filed_on is not None:
        disputes = [Dispute(filed_on=asker.filed_on, answered_on=asker.answered_on)]
    if disputes:
        return [_complaint(each, asker, calendar) for each in disputes]
    return [_without_challenge(dates, asker, calendar)]


def _complaint(dispute: Dispute, asker: Asker, calendar: Calendar) -> Window:
    """Return the window after one challenge: it opens with the answer, or without one in time."""
    period = due_day(deadline_on("ZC-ANSWER", dispute.filed_on), dispute.filed_on, calendar)
    rule = deadline_on("ZC-COMPLAINT", period.day)
    window = Window(
        matter=Matter.COMPLAINT,
        basis=_ART_55,
        rule=rule,
        start=period.day,
        first=_opens(dispute.answered_on, period.day),
        before=CHALLENGE_FIRST,
        number=dispute.number or None,
    )
    return counted_to(window, due_day(rule, period.day, calendar)).on(asker.day)


def _opens(answered: date | None, period_end: date) -> date:
    unanswered = min(period_end, date.max - timedelta(days=1)) + timedelta(days=1)
    return unanswered if answered is None else min(answered, unanswered)


def _without_challenge(dates: CaseDates, asker: Asker, calendar: Calendar) -> Window:
    """Return whether a complaint may still come: only if a challenge may."""
    earlier = (
        _document(dates, asker, calendar),
        _process(dates, asker, calendar),
        _result(dates, asker, calendar),
    )
    states = {window.state for window in earlier}
    state = WindowState.UNKNOWN
    if states & {WindowState.OPEN, WindowState.NOT_YET}:
        state = WindowState.NOT_YET
    elif states == {WindowState.CLOSED}:
        state = WindowState.CLOSED
    return Window(
        matter=Matter.COMPLAINT,
        basis=_ART_55,
        state=state,
        before=CHALLENGE_FIRST,
        missing=("challenge", "filed_on"),
    )
