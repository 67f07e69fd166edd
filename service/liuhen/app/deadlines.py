"""Deadlines and windows of a case, as far as somebody may see them.

Anybody may count from what is published. That there is a challenge, a complaint or a report is
for those with a part in the case.
"""

from dataclasses import dataclass
from datetime import date
from typing import Final

from liuhen.app.case_reading import CaseRecords, records_of_case
from liuhen.domain.case_dates import CaseDates, case_dates
from liuhen.domain.case_deadlines import CaseDeadline, case_deadlines
from liuhen.domain.course import PUBLIC_TYPES, TYPES
from liuhen.domain.role import Role
from liuhen.domain.window import windows
from liuhen.domain.window_answer import Asker, Matter, Window
from liuhen.domain.working_day import Calendar

SEE_ALL: Final = frozenset(
    {
        *(Role.OPERATOR, Role.PURCHASER, Role.SUPERVISOR),
        *(Role.DISCIPLINE, Role.INSPECTOR, Role.AUDITOR),
    }
)
"""Roles with a part in every case; all others count from what is published."""

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

    def __init__(self, store: CaseRecords, calendar: Calendar) -> None:
        self._store, self._calendar = store, calendar

    def deadlines(self, case: str, role: Role, day: date) -> list[CaseDeadline]:
        """Return what runs, or ran, in a case by what had happened until a day.

        Raises:
            Unknown: There is nothing that this role may see.
        """
        types = TYPES | PUBLIC_TYPES if role in SEE_ALL else PUBLIC_TYPES
        records = records_of_case(self._store, case, types)
        return case_deadlines([each for each in records if each.day <= day], self._calendar)

    def windows(self, case: str, role: Role, matter: Matter | None, asker: Asker) -> CaseWindows:
        """Return whether somebody may still raise a matter.

        All that is on record counts, also what happened after the day that is asked of.

        Raises:
            Unknown: There is nothing that this role may see.
        """
        types = TYPES | PUBLIC_TYPES if role in SEE_ALL else PUBLIC_TYPES
        dates = case_dates(records_of_case(self._store, case, types))
        return CaseWindows(dates, windows(dates, matter, asker, self._calendar))
