"""What a check of a case came to.

"No", "not yet" and "cannot tell" are three answers: what is wrong or missing stands in
`shortfalls`, what may still come in time in `open`, what nobody can see here in `unchecked`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from liuhen.core.canonical import JsonValue
from liuhen.core.verdict import Outcome
from liuhen.domain.regime import Regime
from liuhen.domain.rule import Shortfall
from liuhen.domain.stage import Stage

SCHEMA = "case-report/v1"


class Severity(StrEnum):
    """How a shortfall weighs."""

    BREACH = "breach"
    """违规: something that is there breaks a rule."""
    MISSING = "missing"
    """缺失: something that should be there is not."""
    NOTICE = "notice"
    """提示: worth a look, and decides nothing."""


class CaseKind(StrEnum):
    """What a case is the file of, by its first record."""

    PROJECT = "project"
    FINDING = "finding"
    COMPLAINT = "complaint"
    TASK = "task"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Weighed:
    """A shortfall and its weight.

    Attributes:
        shortfall: What was found.
        severity: How it weighs.
        is_estimate: It rests on a working-day calendar that is not published yet.
    """

    shortfall: Shortfall
    severity: Severity
    is_estimate: bool = False

    def to_json(self) -> dict[str, JsonValue]:
        """Return it as in the JSON form of a report."""
        found, basis = self.shortfall, self.shortfall.rule.basis
        return {
            "rule": found.rule.code,
            "severity": str(self.severity),
            "zh": found.zh,
            "en": found.en,
            "basis": None if basis is None else {"zh": basis.zh, "en": basis.en},
            "record": found.record,
            "field": found.field,
            "is_estimate": self.is_estimate,
        }


@dataclass(frozen=True, slots=True)
class Unchecked:
    """Something that could not be checked.

    Attributes:
        code: Why, as a stable code.
        zh: Why, in Chinese.
        en: The same in English.
        record: Number of the record it is about.
    """

    code: str
    zh: str
    en: str
    record: str | None = None

    def to_json(self) -> dict[str, JsonValue]:
        """Return it as in the JSON form of a report."""
        return {"code": self.code, "zh": self.zh, "en": self.en, "record": self.record}


@dataclass(frozen=True, slots=True)
class CaseReport:
    """What a check of a case came to.

    Attributes:
        case: Case code.
        as_of: The time it speaks of.
        kind: What the case is the file of; None where its records were not looked at.
        count: How many records were checked; None where that is not to be told.
        regime: By which law its project is procured.
        stage: How far its project has come.
        is_sealed: Its bids may still be sealed, so that nothing of this may be shown.
        shortfalls: What is wrong or missing.
        open: What may still come in time.
        unchecked: What could not be checked.
    """

    case: str
    as_of: datetime
    kind: CaseKind | None = None
    count: int | None = None
    regime: Regime | None = None
    stage: Stage | None = None
    is_sealed: bool = False
    shortfalls: Sequence[Weighed] = ()
    open: Sequence[Weighed] = ()
    unchecked: Sequence[Unchecked] = ()

    @property
    def outcome(self) -> Outcome:
        """The answer: match, different, waiting or could not check; notices decide nothing."""
        counted = [each for each in self.shortfalls if each.severity is not Severity.NOTICE]
        if any(not each.is_estimate for each in counted):
            return Outcome.DIFFERENT
        if self.unchecked or counted:
            return Outcome.COULD_NOT_CHECK
        return Outcome.WAITING if self.open else Outcome.MATCH

    def to_json(self) -> dict[str, JsonValue]:
        """Return the report as the API and `case check --json` print it."""
        return {
            "schema": SCHEMA,
            "case": self.case,
            "outcome": str(self.outcome),
            "as_of": self.as_of.isoformat(),
            "kind": None if self.kind is None else str(self.kind),
            "count": self.count,
            "regime": None if self.regime is None else str(self.regime),
            "stage": None if self.stage is None else self.stage.name.lower(),
            "shortfalls": [each.to_json() for each in self.shortfalls],
            "open": [each.to_json() for each in self.open],
            "unchecked": [each.to_json() for each in self.unchecked],
        }
