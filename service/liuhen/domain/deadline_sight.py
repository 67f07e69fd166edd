"""Which deadlines and windows somebody may be told of: those counted from what they may see.

Decided by type and never by record, so that a deadline that is left out tells nothing: what a rule
may be counted from, or met by, is asked of `visibility` field by field.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from liuhen.domain.course import TYPES, Course, Event
from liuhen.domain.regime import Regime
from liuhen.domain.role import Role
from liuhen.domain.stage import Stage
from liuhen.domain.visibility import may_see, visibility

_Path = tuple[str, ...]
_DISPUTE: Final = ("action", "target", "known_on", "answered_on")
_OF_WINDOWS: Final[Mapping[str, tuple[str, ...]]] = {
    "project": ("regime",),
    "tender_document": ("action", "bid_deadline", "notice_period_working_days", "published_at"),
    "publication": ("kind", "to"),
    "opening_record": ("action",),
    "candidate_publicity": ("action", "from", "to"),
    "award_notice": ("published_on", "period_ends"),
    "objection": ("objection_no", *_DISPUTE),
    "challenge": ("challenge_no", *_DISPUTE),
}
"""Types that windows are counted from, and the fields that are read."""
ANYBODYS: Final = frozenset({"project"})
"""Anybody learns that a project is of neither law, so that nothing can be counted."""


@dataclass(frozen=True, slots=True)
class DeadlineSight:
    """The eyes of one role on a case.

    Attributes:
        regime: Of its project.
        stage: How far its project has come by now.
        role: As what somebody reads.
    """

    regime: Regime | None
    stage: Stage | None
    role: Role

    def sees(self, name: str, paths: Iterable[_Path]) -> bool:
        """Return whether every member of these paths may be seen in records of a type."""
        return all(
            may_see(
                visibility(self.regime, name, path, self.stage, self.role), self.role, owns=False
            )
            for path in paths
        )

    def sees_course(self, course: Course) -> bool:
        """Return whether all may be seen that a deadline is counted from, or met by."""
        return all(
            self.sees(event.type, _read(event, course)) for event in (course.start, *course.met)
        )

    def sees_more_than_anybody(self) -> bool:
        """Return whether answers may rest on more than what is published."""
        public = replace(self, role=Role.PUBLIC)
        mine = (self.course_types(), self.window_types())
        return mine != (public.course_types(), public.window_types())

    def course_types(self) -> frozenset[str]:
        """Return the types of the records that deadlines may be counted from."""
        return ANYBODYS | {name for name in TYPES if self.sees(name, (("type",),))}

    def window_types(self) -> frozenset[str]:
        """Return the types of the records that windows may be counted from."""
        return ANYBODYS | {
            name
            for name, fields in _OF_WINDOWS.items()
            if self.sees(name, (("type",), ("occurred_at",), *(("data", each) for each in fields)))
        }


def _read(event: Event, course: Course) -> Iterator[_Path]:
    yield ("type",)
    yield ("data", "action")
    if not event.is_strict:
        yield ("occurred_at",)
    for name in event.days:
        yield ("data", name)
    if event.kind is not None:
        yield ("data", "kind")
    if course.number is not None:
        yield ("data", course.number)
    if course.ends is not None and event is course.start:
        yield ("data", course.ends)
