"""What sets a deadline running in a case, and what meets it.

One line a course: a rule, the record that starts it, the record that meets it, who has to act.
What only a bid receipt could start is not here (the bond of a withdrawn bid): the number of bids
is secret before the opening.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from liuhen.domain.field import Label
from liuhen.domain.incoming import Incoming
from liuhen.domain.reading import get_day, get_text


class CourseKind(StrEnum):
    """What it means that its day has passed."""

    DUTY = "duty"
    """Somebody must act by then."""
    RIGHT = "right"
    """Somebody may act until then; it ends unused, and nobody is late."""
    PERIOD = "period"
    """It runs by itself, and something else may not happen before it has ended."""


@dataclass(frozen=True, slots=True)
class Event:
    """Which records tell that something happened, and on which day.

    Attributes:
        type: Record type.
        actions: Steps that tell it.
        days: Members of `data` with the day; the first that is there counts, and the day of the
            record where none is.
        kind: The `kind` that the record must have, where that matters.
        is_first: A record without `action` tells it too.
        is_strict: Where none of `days` is there it did not happen.
    """

    type: str
    actions: tuple[str, ...]
    days: tuple[str, ...] = ()
    kind: str | None = None
    is_first: bool = False
    is_strict: bool = False

    def day_of(self, record: Incoming) -> date | None:
        """Return the day on which a record says that it happened; None if it does not."""
        if record.type != self.type:
            return None
        if self.kind is not None and get_text(record.data, "kind") != self.kind:
            return None
        action = get_text(record.data, "action")
        if action not in self.actions and not (self.is_first and action is None):
            return None
        named = (get_day(record.data, name) for name in self.days)
        day = next((each for each in named if each is not None), None)
        return None if day is None and self.is_strict else day or record.day


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """How one rule runs in a case.

    Attributes:
        rule: Name of the deadline.
        who: Who has to act, or may.
        start: What starts it; with `follows`, the same as starts that one.
        met: What meets it; empty: no record tells.
        follows: Name of the deadline from whose last day it is counted.
        kind: Duty, right or period.
        number: Member of `data` with the number of what it is about.
        ends: Member of the starting record with its last day, as announced.
        is_rough: What else it hangs on is not on record, so its day is an estimate.
    """

    rule: str
    who: Label
    start: Event
    met: tuple[Event, ...] = ()
    follows: str | None = None
    kind: CourseKind = CourseKind.DUTY
    number: str | None = None
    ends: str | None = None
    is_rough: bool = False


def _first(type_: str, action: str, *days: str, is_strict: bool = False) -> Event:
    return Event(type_, (action,), days, is_first=True, is_strict=is_strict)


_ANYBODY = Label("供应商、投标人", "suppliers and bidders")
_BUYER = Label("采购人、招标人", "purchaser or tenderer")
_AGENCY = Label("代理机构", "agency")
_AUTHORITY = Label("监督部门", "supervising authority")
_OTHER_SIDE = Label("被投诉人", "the other side")
_PARTIES = Label("采购人、招标人与中标人", "purchaser or tenderer, and the winner")

_DEADLINE = Event(
    "tender_document", ("published", "clarified"), ("bid_deadline",), is_first=True, is_strict=True
)
_REPORT = Event("evaluation_report", ("signed", "revised"))
_REPORT_SENT = Event(
    "evaluation_report", ("signed", "revised"), ("sent_to_purchaser_at",), is_strict=True
)
_AWARD = Event("award_notice", ("published", "changed"), ("published_on",), is_first=True)
_DECIDED = Event("award_notice", ("published",), ("confirmed_on",), is_first=True, is_strict=True)
_LETTER = Event("award_letter", ("issued", "changed"), ("issued_on",), is_first=True)
_SIGNED = _first("contract", "signed", "signed_on")
_NOTICE = Event("publication", ("published",), ("from",), kind="tender_notice", is_first=True)
_PUBLICITY = _first("candidate_publicity", "published", "from")
_CHALLENGED, _OBJECTED = _first("challenge", "filed"), _first("objection", "filed")
_COMPLAINED = _first("complaint", "filed")
_TAKEN_UP = Event("complaint", ("accepted",))
_NOT_TAKEN_UP = Event("complaint", ("not_accepted", "withdrawn"))
_RULED = Event("complaint", ("decided", "withdrawn", "not_accepted"))
_ORDERED, _LIFTED = _first("suspension", "ordered", "from"), Event("suspension", ("lifted",))
_NO_CHALLENGE, _NO_OBJECTION = "challenge_no", "objection_no"
_RIGHT, _PERIOD = CourseKind.RIGHT, CourseKind.PERIOD

COURSES: tuple[Course, ...] = (
    # 招标投标法
    Course(rule="ZB-CLARIFICATION", who=_BUYER, start=_DEADLINE, kind=_RIGHT),
    Course(rule="ZB-DOCUMENT-OBJECTION", who=_ANYBODY, start=_DEADLINE, kind=_RIGHT),
    Course(rule="ZB-CANDIDATE-PUBLISH", who=_BUYER, start=_REPORT_SENT, met=(_PUBLICITY,)),
    Course(rule="ZB-CANDIDATE-PUBLICITY", who=_ANYBODY, start=_PUBLICITY, kind=_PERIOD, ends="to"),
    Course(
        rule="ZB-OBJECTION-ANSWER",
        who=_BUYER,
        start=_OBJECTED,
        met=(Event("objection", ("answered", "withdrawn"), ("answered_on",)),),
        number=_NO_OBJECTION,
    ),
    Course(
        rule="ZB-COMPLAINT",
        who=_ANYBODY,
        start=Event("objection", ("answered",), ("answered_on",)),
        kind=_RIGHT,
        number=_NO_OBJECTION,
        is_rough=True,
    ),
    Course(
        rule="ZB-ACCEPT",
        who=_AUTHORITY,
        start=_COMPLAINED,
        met=(_TAKEN_UP, _NOT_TAKEN_UP),
        number="complaint_no",
    ),
    Course(
        rule="ZB-DECIDE",
        who=_AUTHORITY,
        start=_TAKEN_UP,
        met=(_RULED,),
        number="complaint_no",
    ),
    Course(rule="ZB-WRITTENREPORT", who=_BUYER, start=_DECIDED),
    Course(rule="ZB-CONTRACT", who=_PARTIES, start=_LETTER, met=(_SIGNED,)),
    Course(rule="ZB-DEPOSIT", who=_BUYER, start=_SIGNED),
    # 政府采购法
    Course(rule="ZC-CLARIFICATION", who=_BUYER, start=_DEADLINE, kind=_RIGHT),
    Course(
        rule="ZC-NOTICE",
        who=_AGENCY,
        start=_NOTICE,
        kind=_PERIOD,
        ends="to",
    ),
    Course(rule="ZC-REPORT", who=_AGENCY, start=_REPORT, met=(_REPORT_SENT,)),
    Course(rule="ZC-CONFIRM", who=_BUYER, start=_REPORT_SENT, met=(_DECIDED,)),
    Course(rule="ZC-AWARDNOTICE", who=_BUYER, start=_DECIDED, met=(_AWARD,)),
    Course(rule="ZC-AWARD-PERIOD", who=_AGENCY, start=_AWARD, kind=_PERIOD, ends="period_ends"),
    Course(rule="ZC-CHALLENGE", who=_ANYBODY, start=_AWARD, follows="ZC-AWARD-PERIOD", kind=_RIGHT),
    Course(
        rule="ZC-ANSWER",
        who=_BUYER,
        start=_CHALLENGED,
        met=(Event("challenge", ("answered", "withdrawn"), ("answered_on",)),),
        number=_NO_CHALLENGE,
    ),
    Course(
        rule="ZC-COMPLAINT",
        who=_ANYBODY,
        start=_CHALLENGED,
        follows="ZC-ANSWER",
        kind=_RIGHT,
        number=_NO_CHALLENGE,
    ),
    Course(
        rule="ZC-REVIEW",
        who=_AUTHORITY,
        start=_COMPLAINED,
        met=(_TAKEN_UP, _NOT_TAKEN_UP),
        number="complaint_no",
    ),
    Course(rule="ZC-SERVE", who=_AUTHORITY, start=_COMPLAINED, number="complaint_no"),
    Course(
        rule="ZC-REPLY",
        who=_OTHER_SIDE,
        start=_COMPLAINED,
        follows="ZC-SERVE",
        number="complaint_no",
        is_rough=True,
    ),
    Course(
        rule="ZC-DECIDE",
        who=_AUTHORITY,
        start=_COMPLAINED,
        met=(_RULED,),
        number="complaint_no",
    ),
    Course(rule="ZC-SUSPENSION", who=_AUTHORITY, start=_ORDERED, met=(_LIFTED,), number="order_no"),
    Course(rule="ZC-CONTRACT", who=_PARTIES, start=_LETTER, met=(_SIGNED,)),
    Course(rule="ZC-DEPOSIT-LOSERS", who=_BUYER, start=_LETTER),
    Course(
        rule="ZC-CONTRACTNOTICE",
        who=_BUYER,
        start=_SIGNED,
        met=(Event("contract", ("published",)),),
    ),
    Course(rule="ZC-FILE", who=_BUYER, start=_SIGNED, met=(Event("contract", ("filed",)),)),
    Course(rule="ZC-DEPOSIT-WINNER", who=_BUYER, start=_SIGNED),
)
"""A course stands behind the one that it follows."""

TYPES = frozenset(event.type for course in COURSES for event in (course.start, *course.met))
"""Types whose records start or meet a deadline."""
