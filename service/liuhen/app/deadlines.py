"""Deadlines and windows of a case, as far as somebody may see what they are counted from."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from liuhen.app.case_reading import records_of_case
from liuhen.app.case_rules import CaseRules
from liuhen.domain.case_dates import CaseDates, case_dates
from liuhen.domain.case_deadlines import CaseDeadline, case_deadlines
from liuhen.domain.course import COURSES
from liuhen.domain.deadline_sight import DeadlineSight
from liuhen.domain.facts import regime_of, stage_of
from liuhen.domain.role import Role
from liuhen.domain.window import windows
from liuhen.domain.window_answer import Asker, Matter, Window
from liuhen.ports import LogReading

LEGAL_NEAR_WORKING_DAYS: Final = 2
"""A legal deadline is near (yellow) so many working days before it. No law says how many."""


@dataclass(frozen=True, slots=True)
class CaseWindows:
    """The answers to one question.

    Attributes:
        dates: What they rest on.
        windows: The answers.
    """

    dates: CaseDates
    windows: list[Window]


class DeadlineReader:
    """Reads deadlines and windows of the cases of one log."""

    def __init__(self, store: LogReading, rules: CaseRules) -> None:
        self._store, self._rules = store, rules
        self._calendar = rules.context.calendar

    def deadlines(self, case: str, role: Role, day: date) -> list[CaseDeadline]:
        """Return what runs, or ran, in a case by what had happened until a day.

        Raises:
            Unknown: There is nothing that this role may see.
        """
        eyes = self._eyes(case, role)
        seen = frozenset(course.rule for course in COURSES if eyes.sees_course(course))
        records = records_of_case(self._store, case, eyes.course_types())
        found = case_deadlines([each for each in records if each.day <= day], self._calendar)
        return [each for each in found if each.course.rule in seen]

    def windows(self, case: str, role: Role, matter: Matter | None, asker: Asker) -> CaseWindows:
        """Return whether somebody may still raise a matter.

        All that is on record counts, also what happened after the day that is asked of.

        Raises:
            Unknown: There is nothing that this role may see.
        """
        types = self._eyes(case, role).window_types()
        dates = case_dates(records_of_case(self._store, case, types))
        return CaseWindows(dates, windows(dates, matter, asker, self._calendar))

    def is_restricted(self, case: str, role: Role) -> bool:
        """Return whether what this role is told may rest on more than what is published."""
        return self._eyes(case, role).sees_more_than_anybody()

    def _eyes(self, case: str, role: Role) -> DeadlineSight:
        # The state is read before the records: what is appended in between opens nothing yet.
        facts = self._rules.facts_of(self._store, case)
        return DeadlineSight(regime_of(facts), stage_of(facts), role)
