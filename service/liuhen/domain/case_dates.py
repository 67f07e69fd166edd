"""The days of a case from which the windows of its parties are counted.

Read from records and never checked: whatever is missing stays None, and a window that needs it
cannot be told.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from liuhen.domain.incoming import Incoming
from liuhen.domain.reading import get_day, get_text, get_whole
from liuhen.domain.regime import Regime

_NUMBERS = {"objection": "objection_no", "challenge": "challenge_no"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispute:
    """One objection (ZB) or challenge (ZC): what a complaint rests on.

    Attributes:
        number: Its number; empty for one that the asker tells of.
        target: What it is about: document, result …
        filed_on: The day it was raised.
        known_on: The day its party knew, as the party says.
        answered_on: The day it was answered; None while it waits.
        is_withdrawn: Whether it was taken back: no complaint rests on it.
    """

    number: str = ""
    target: str | None = None
    filed_on: date
    known_on: date | None = None
    answered_on: date | None = None
    is_withdrawn: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseDates:
    """What is known of a case; None: not on record.

    Attributes:
        regime: Under which law.
        document_on: The tender document was published.
        notice_ends: Last day of the notice of the document, as announced.
        notice_working_days: How long that notice runs, as announced.
        bid_deadline: Day of the bid deadline, as it stands.
        prequalification_deadline: Day of the deadline for prequalification; no record tells it.
        opened_on: Bids were opened.
        publicity_from: First day on which the candidates are published (ZB).
        publicity_to: The last one, as announced.
        is_publicity_suspended: That publication was stopped and not begun anew.
        award_on: The award notice was published.
        award_period_ends: Last day of its period, as announced.
        disputes: Objections or challenges, in their order.
    """

    regime: Regime | None = None
    document_on: date | None = None
    notice_ends: date | None = None
    notice_working_days: int | None = None
    bid_deadline: date | None = None
    prequalification_deadline: date | None = None
    opened_on: date | None = None
    publicity_from: date | None = None
    publicity_to: date | None = None
    is_publicity_suspended: bool = False
    award_on: date | None = None
    award_period_ends: date | None = None
    disputes: tuple[Dispute, ...] = ()


@dataclass(slots=True)
class _Reader:
    """Takes one record after the other."""

    dates: CaseDates = field(default_factory=CaseDates)
    disputes: dict[str, Dispute] = field(default_factory=dict)

    def take(self, record: Incoming) -> None:
        read = _READERS.get(record.type)
        if read is not None:
            self.dates = read(self.dates, record)
        elif record.type in _NUMBERS:
            self._take_dispute(record, get_text(record.data, _NUMBERS[record.type]))

    def _take_dispute(self, record: Incoming, number: str | None) -> None:
        if number is None:
            return
        action, known = get_text(record.data, "action"), self.disputes.get(number)
        if known is None or action in (None, "filed"):
            self.disputes[number] = Dispute(
                number=number,
                target=get_text(record.data, "target"),
                filed_on=record.day,
                known_on=get_day(record.data, "known_on"),
            )
        elif action == "answered":
            answered = get_day(record.data, "answered_on") or record.day
            self.disputes[number] = replace(known, answered_on=answered)
        elif action == "withdrawn":
            self.disputes[number] = replace(known, is_withdrawn=True)


def case_dates(records: Sequence[Incoming]) -> CaseDates:
    """Return what some records of one case tell, given in their order; later ones win."""
    reader = _Reader()
    for record in records:
        reader.take(record)
    return replace(reader.dates, disputes=tuple(reader.disputes.values()))


def regime_told(record: Incoming) -> Regime | None:
    """Return the regime that a project record names."""
    told = get_text(record.data, "regime")
    return None if told is None or told not in (*Regime,) else Regime(told)


def _project(dates: CaseDates, record: Incoming) -> CaseDates:
    return replace(dates, regime=regime_told(record) or dates.regime)


def _tender_document(dates: CaseDates, record: Incoming) -> CaseDates:
    data = record.data
    days = get_whole(data, "notice_period_working_days")
    dates = replace(
        dates,
        bid_deadline=get_day(data, "bid_deadline") or dates.bid_deadline,
        notice_working_days=dates.notice_working_days if days is None else days,
    )
    if get_text(data, "action") not in (None, "published"):
        return dates
    return replace(dates, document_on=get_day(data, "published_at") or record.day)


def _publication(dates: CaseDates, record: Incoming) -> CaseDates:
    if get_text(record.data, "kind") != "tender_notice":
        return dates
    return replace(dates, notice_ends=get_day(record.data, "to") or dates.notice_ends)


def _opening_record(dates: CaseDates, record: Incoming) -> CaseDates:
    if get_text(record.data, "action") not in (None, "opened"):
        return dates
    return replace(dates, opened_on=get_day(record.data, "opened_at") or record.day)


def _candidate_publicity(dates: CaseDates, record: Incoming) -> CaseDates:
    action = get_text(record.data, "action")
    if action not in (None, "published"):
        return replace(dates, is_publicity_suspended=action == "suspended")
    return replace(
        dates,
        publicity_from=get_day(record.data, "from") or record.day,
        publicity_to=get_day(record.data, "to"),
        is_publicity_suspended=False,
    )


def _award_notice(dates: CaseDates, record: Incoming) -> CaseDates:
    return replace(
        dates,
        award_on=get_day(record.data, "published_on") or record.day,
        award_period_ends=get_day(record.data, "period_ends"),
    )


_READERS = {
    "project": _project,
    "tender_document": _tender_document,
    "publication": _publication,
    "opening_record": _opening_record,
    "candidate_publicity": _candidate_publicity,
    "award_notice": _award_notice,
}
