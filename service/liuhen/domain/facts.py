"""The facts of a case: what the rules need to know of its earlier records, and nothing else.

A small JSON object, stored beside the case's count and head, and made anew from the records by
whoever audits. Every record type keeps its own section under its own name, and lets others read it
through functions of its module; `regime` and `stage` belong to all.

What stands here outlives the erasure of a field. So it holds only words of closed lists, days,
times, numbers, record numbers, and codes of fields that are `kept`; whatever may name a person or
a firm goes in as a mark (`RuleContext.mark`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from liuhen.core.canonical import JsonValue
from liuhen.domain.reading import Members, get_members, get_text, get_whole
from liuhen.domain.regime import Regime
from liuhen.domain.stage import Stage
from liuhen.domain.working_day import Calendar

Facts = Mapping[str, JsonValue]
NO_FACTS: Facts = {}


@dataclass(frozen=True, slots=True)
class RuleContext:
    """What rules need besides a record and the facts of its case.

    Attributes:
        calendar: Which days are working days.
        mark: Turns a name or number into 16 hex digits: the same for the same text in this log,
            and telling nothing without a key that lies outside of the database.
    """

    calendar: Calendar
    mark: Callable[[str], str]

    def mark_of(self, text: str | None) -> str | None:
        """Return the mark of a text, None for None."""
        return None if text is None else self.mark(text)


_STAGES: Final = {int(stage): stage for stage in Stage}


def section_of(facts: Facts, name: str) -> Members:
    """Return the section of a record type; empty where there is none."""
    return get_members(facts, name)


def with_section(facts: Facts, name: str, section: Members) -> Facts:
    """Return the facts with a section changed."""
    return {**facts, name: dict(section)}


def with_member(facts: Facts, name: str, **members: JsonValue) -> Facts:
    """Return the facts with members of a section changed."""
    return with_section(facts, name, {**section_of(facts, name), **members})


def regime_of(facts: Facts) -> Regime | None:
    """Return the regime of the case's project; None while no record has told."""
    told = get_text(facts, "regime")
    return None if told is None else Regime(told)


def stage_of(facts: Facts) -> Stage | None:
    """Return how far the case's project has come; None where there is no project."""
    told = get_whole(facts, "stage")
    return None if told is None else _STAGES[told]


def advanced(facts: Facts, stage: Stage) -> Facts:
    """Return the facts with the project at least at a stage."""
    before = stage_of(facts)
    return facts if before is not None and before >= stage else {**facts, "stage": int(stage)}
