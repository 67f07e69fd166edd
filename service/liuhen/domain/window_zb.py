"""Windows under the Tendering Law: objection (异议), then complaint (投诉)."""

from dataclasses import replace
from datetime import date, timedelta

from liuhen.domain.case_dates import CaseDates, Dispute
from liuhen.domain.complaint_period import answer_due, complaint_due
from liuhen.domain.deadline import deadline_on, due_day, find_deadline
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

_ART_22 = Basis("招标投标法实施条例第22条", "Tendering Regulations art. 22")
_ART_44 = Basis("招标投标法实施条例第44条", "Tendering Regulations art. 44")
_ART_54 = Basis("招标投标法实施条例第54条", "Tendering Regulations art. 54")
_ART_60 = Basis("招标投标法实施条例第60条", "Tendering Regulations art. 60")
OBJECTION_FIRST = Label(
    "就招标文件、开标、评标结果投诉的，应先向招标人提出异议；其他事项可直接投诉",
    "for document, opening and result an objection to the tenderer comes first; other matters go"
    " straight to the authority",
)
ON_THE_SPOT = Label(
    "对开标的异议应在开标现场当场提出，招标人当场答复并记录",
    "an objection to the opening is raised, answered and recorded on the spot",
)
AS_PLANNED = Label(
    "尚未开标，按投标截止日推算", "not opened yet; the day of the bid deadline is taken"
)
NO_PUBLICITY = Label(
    "尚无中标候选人公示的存证", "no publication of the candidates is on record yet"
)
STOPPED = Label("公示已暂停，以重新公示为准", "the publication is suspended; a new one decides")
SINCE_FILED = Label(
    "知道之日不明，按提出异议之日推算，实际届满日可能更早",
    "when it was known is not on record; the day of the objection is taken, the true end may be"
    " earlier",
)


def window_zb(dates: CaseDates, matter: Matter, asker: Asker, calendar: Calendar) -> list[Window]:
    """Return the windows for a matter: one, or for complaints one for each objection."""
    if matter is Matter.COMPLAINT:
        return _complaints(dates, asker, calendar)
    if matter is Matter.RESULT:
        return [_result(dates, calendar).on(asker.day)]
    if matter is Matter.OPENING:
        return [_opening(dates).on(asker.day)]
    if matter is Matter.PREQUALIFICATION:
        deadline, rule = dates.prequalification_deadline, "ZB-PREQUALIFICATION-OBJECTION"
    else:
        deadline, rule = dates.bid_deadline, "ZB-DOCUMENT-OBJECTION"
    return [_before(deadline, rule, matter, dates, calendar).on(asker.day)]


def _before(
    deadline: date | None, name: str, matter: Matter, dates: CaseDates, calendar: Calendar
) -> Window:
    """Return a window that closes some days before a deadline."""
    rule = find_deadline(name) if deadline is None else deadline_on(name, deadline)
    first = dates.document_on if matter is Matter.DOCUMENT else None
    window = Window(matter=matter, basis=_ART_22, rule=rule, first=first)
    if deadline is None:
        known = "bid_deadline" if matter is Matter.DOCUMENT else "prequalification_deadline"
        return replace(window, missing=(known,))
    return counted_to(replace(window, start=deadline), due_day(rule, deadline, calendar))


def _opening(dates: CaseDates) -> Window:
    window = Window(matter=Matter.OPENING, basis=_ART_44, notes=(ON_THE_SPOT,))
    if dates.opened_on is not None:
        return replace(window, first=dates.opened_on, last=dates.opened_on)
    if dates.bid_deadline is None:
        return replace(window, missing=("opening_record",))
    planned = replace(window, first=dates.bid_deadline, is_estimate=True)
    return planned.noting(AS_PLANNED)


def _result(dates: CaseDates, calendar: Calendar) -> Window:
    name, begun_on = "ZB-CANDIDATE-PUBLICITY", dates.publicity_from
    rule = find_deadline(name) if begun_on is None else deadline_on(name, begun_on)
    window = Window(matter=Matter.RESULT, basis=_ART_54, rule=rule, first=dates.publicity_from)
    if dates.publicity_from is None:
        begun = dates.document_on is not None or dates.opened_on is not None
        state = WindowState.NOT_YET if begun else WindowState.UNKNOWN
        window = replace(window, state=state, missing=("candidate_publicity",))
        return window.noting(NO_PUBLICITY)
    window = replace(window, start=dates.publicity_from)
    if dates.publicity_to is not None:
        window = replace(window, last=dates.publicity_to)
    else:
        derived = replace(window, is_estimate=True).noting(DERIVED)
        window = counted_to(derived, due_day(rule, dates.publicity_from, calendar))
    if dates.is_publicity_suspended:
        return replace(window, is_estimate=True).noting(STOPPED)
    return window


def _complaints(dates: CaseDates, asker: Asker, calendar: Calendar) -> list[Window]:
    disputes = [each for each in dates.disputes if not each.is_withdrawn]
    if asker.filed_on is not None:
        disputes = [
            Dispute(filed_on=asker.filed_on, known_on=asker.known_on, answered_on=asker.answered_on)
        ]
    windows = [_after_objection(each, asker, calendar) for each in disputes]
    return windows or [_straight(asker, calendar)]


def _straight(asker: Asker, calendar: Calendar) -> Window:
    """Return the window of a complaint that needs no objection."""
    known = asker.known_on
    rule = deadline_on("ZB-COMPLAINT", known or asker.day)
    window = Window(matter=Matter.COMPLAINT, basis=_ART_60, rule=rule, before=OBJECTION_FIRST)
    if known is None:
        return replace(window, missing=("known_on", "objection", "filed_on"))
    counted = counted_to(replace(window, start=known, first=known), due_day(rule, known, calendar))
    return counted.on(asker.day)


def _after_objection(dispute: Dispute, asker: Asker, calendar: Calendar) -> Window:
    """Return the window after one objection.

    It begins with the answer, or when that should have come; see `complaint_due` for its end.
    """
    filed, known = dispute.filed_on, dispute.known_on or asker.known_on
    rule, due = deadline_on("ZB-COMPLAINT", known or filed), answer_due(filed, calendar)
    ends = dispute.answered_on or due
    window = Window(
        matter=Matter.COMPLAINT,
        basis=_ART_60,
        rule=rule,
        start=ends,
        first=ends if dispute.answered_on else _next(due),
        before=OBJECTION_FIRST,
        number=dispute.number or None,
        is_estimate=known is None,
        notes=(SINCE_FILED,) if known is None else (),
    )
    last = complaint_due(known, filed, dispute.answered_on, calendar)
    return counted_to(window, last).on(asker.day)


def _next(day: date) -> date:
    return min(day, date.max - timedelta(days=1)) + timedelta(days=1)
