"""The deadlines that run in a case, counted from its records."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from liuhen.domain.case_dates import regime_told
from liuhen.domain.course import COURSES, TYPES, Course, CourseKind
from liuhen.domain.deadline import Deadline, deadline_on, due_day, find_deadline
from liuhen.domain.field import Label
from liuhen.domain.incoming import Incoming
from liuhen.domain.reading import get_day, get_text
from liuhen.domain.regime import Regime
from liuhen.domain.working_day import Calendar, Counted

_Subject = tuple[str | None, str | None]
"""Section and number."""
_Key = tuple[str, str | None, str | None]
"""Rule, section and number."""


class DeadlineState(StrEnum):
    """How a deadline stands on a day."""

    RUNNING = "running"
    MET = "met"
    LATE = "late"
    """Met after its day."""
    MISSED = "missed"
    ENDED = "ended"
    """A right or a period that has passed: nobody is late."""
    UNTOLD = "untold"
    """Its day has passed, and records of its kind do not tell whether it was met."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseDeadline:
    """One deadline in a case.

    Attributes:
        rule: The rule.
        course: What starts and meets it.
        section: Section of the project that it is about; None: the whole.
        number: Number of the challenge, complaint or order that it is about.
        start: The day it is counted from.
        started_by: Number of the record that started it; not for everybody.
        recorded_at: When that record was recorded.
        due: Its day, or the last day of the period.
        is_estimate: The day may be another one.
        met_on: The day it was met; None: not yet, or no record tells.
    """

    rule: Deadline
    course: Course
    section: str | None
    number: str | None
    start: date
    started_by: str
    recorded_at: datetime
    due: date
    is_estimate: bool
    met_on: date | None = None

    @property
    def who(self) -> Label:
        """Who has to act, or may."""
        return self.course.who

    def state(self, day: date) -> DeadlineState:
        """Return how it stands on a day."""
        if self.met_on is not None and self.met_on <= day:
            return DeadlineState.MET if self.met_on <= self.due else DeadlineState.LATE
        if day <= self.due:
            return DeadlineState.RUNNING
        if self.course.kind is not CourseKind.DUTY:
            return DeadlineState.ENDED
        return DeadlineState.MISSED if self.course.met else DeadlineState.UNTOLD


def case_deadlines(records: Sequence[Incoming], calendar: Calendar) -> list[CaseDeadline]:
    """Return the deadlines that the records of one case set running, by the day they are due.

    Where a start is told again (a clarified document, a notice that was changed) the newest
    counts. Without a regime there are none: which law holds is not known.

    Args:
        records: In their order.
        calendar: Which days are working days.
    """
    regime = _regime(records)
    of_type: dict[str, list[Incoming]] = {}
    for record in records:
        if record.type in TYPES:
            of_type.setdefault(record.type, []).append(record)
    found: dict[_Key, CaseDeadline] = {}
    for course in COURSES:
        rule = find_deadline(course.rule)
        if rule.regime is regime:
            _run(course, rule, of_type, found, calendar)
    return sorted(found.values(), key=lambda each: (each.due, each.rule.id, each.number or ""))


def _run(
    course: Course,
    rule: Deadline,
    of_type: Mapping[str, Sequence[Incoming]],
    found: dict[_Key, CaseDeadline],
    calendar: Calendar,
) -> None:
    """Put the deadlines of one course with those that are found already."""
    days = _days_met(course, of_type)
    for record in of_type.get(course.start.type, ()):
        start = course.start.day_of(record)
        if start is None:
            continue
        subject = _subject(course, record)
        before = found.get((course.follows or "", *subject))
        begins = before.due if before else start
        made = _started(course, deadline_on(rule.id, begins), record, begins, calendar)
        doubtful = made.is_estimate or (before is not None and before.is_estimate)
        met = [day for day in days.get(subject, ()) if day >= made.start]
        found[(rule.id, *subject)] = replace(
            made, is_estimate=doubtful, met_on=min(met, default=None)
        )


def _days_met(
    course: Course, of_type: Mapping[str, Sequence[Incoming]]
) -> dict[_Subject, list[date]]:
    """Return on which days what a course is about was done."""
    days: dict[_Subject, list[date]] = {}
    for event in course.met:
        for record in of_type.get(event.type, ()):
            day = event.day_of(record)
            if day is not None:
                days.setdefault(_subject(course, record), []).append(day)
    return days


def _regime(records: Sequence[Incoming]) -> Regime | None:
    told = [regime_told(record) for record in records if record.type == "project"]
    return next((regime for regime in reversed(told) if regime is not None), None)


def _subject(course: Course, record: Incoming) -> _Subject:
    number = None if course.number is None else get_text(record.data, course.number)
    return get_text(record.data, "section"), number


def _started(
    course: Course, rule: Deadline, record: Incoming, start: date, calendar: Calendar
) -> CaseDeadline:
    counted = _as_announced(due_day(rule, start, calendar), course, record)
    section, number = _subject(course, record)
    return CaseDeadline(
        rule=rule,
        course=course,
        section=section,
        number=number,
        start=start,
        started_by=record.record_id,
        recorded_at=record.recorded_at,
        due=counted.day,
        is_estimate=counted.is_estimate or counted.is_moved or course.is_rough,
    )


def _as_announced(counted: Counted, course: Course, record: Incoming) -> Counted:
    """Return the last day of a period as announced, if it was: then nothing is counted."""
    announced = None if course.ends is None else get_day(record.data, course.ends)
    return counted if announced is None else Counted(announced, is_estimate=False)
