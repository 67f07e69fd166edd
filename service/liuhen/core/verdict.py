"""The verdict: the answer, and every check that led to it.

"No", "not yet" and "cannot tell" are three answers. A verdict is never true or false: `bool()` of
it raises, because a caller who writes `if verdict:` has forgotten two of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from liuhen.core.canonical import JsonValue, canonical_text
from liuhen.core.json_number import MAX_SAFE_INTEGER
from liuhen.core.policy import Life

SCHEMA = "audit-verdict/v1"


class Outcome(StrEnum):
    """The five answers (evidence §6)."""

    MATCH = "match"
    WAITING = "waiting"
    DIFFERENT = "different"
    NOT_FOUND = "not_found"
    COULD_NOT_CHECK = "could_not_check"


class State(StrEnum):
    """What became of one check."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_CHECKED = "not_checked"


@dataclass(frozen=True, slots=True)
class Check:
    """One check of the list in evidence §6.

    Attributes:
        code: Name of the check, stable.
        state: What became of it.
        reason: Stable code of why, for every state.
        facts: Values a reader may want to see; never secrets.
    """

    code: str
    state: State
    reason: str
    facts: Mapping[str, JsonValue] = field(default_factory=dict)

    def to_json(self) -> dict[str, JsonValue]:
        """Return the check as in the JSON form of a verdict."""
        return {
            "code": self.code,
            "state": str(self.state),
            "reason": self.reason,
            "facts": exact(dict(self.facts)),
        }


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome of examining one receipt.

    Attributes:
        outcome: The answer.
        reason: Stable code of what decided it.
        checks: Every check, in the order of evidence §6.
        life: How far the entry has been shown to have come; None where not even sealed is shown.
        facts: What the receipt is about: origin, record, times, what is hidden.
    """

    outcome: Outcome
    reason: str
    checks: tuple[Check, ...] = ()
    life: Life | None = None
    facts: Mapping[str, JsonValue] = field(default_factory=dict)

    def __bool__(self) -> bool:
        """Refuse to be a boolean.

        Raises:
            TypeError: Always.
        """
        raise TypeError("a verdict is one of five answers: look at `outcome`")

    def check(self, code: str) -> Check:
        """Return the check with this code.

        Raises:
            KeyError: There was no such check.
        """
        for check in self.checks:
            if check.code == code:
                return check
        raise KeyError(code)

    def to_json(self) -> dict[str, JsonValue]:
        """Return the verdict as the API and `verify --json` print it; it has a canonical form."""
        return {
            "schema": SCHEMA,
            "outcome": str(self.outcome),
            "reason": self.reason,
            "life": None if self.life is None else str(self.life),
            "facts": exact(dict(self.facts)),
            "checks": [check.to_json() for check in self.checks],
        }


def fact_text(value: JsonValue) -> str:
    """Return a fact as text: a string as it is, anything else as JSON."""
    printed = exact(value)
    return printed if isinstance(printed, str) else canonical_text(printed)


def exact(value: JsonValue) -> JsonValue:
    """Turn integers that JSON readers would round into strings.

    Facts repeat what a bent receipt or a lying node says: a size of 2^60, a block of 2^200.
    """
    if isinstance(value, dict):
        return {name: exact(member) for name, member in value.items()}
    if isinstance(value, list):
        return [exact(member) for member in value]
    return str(value) if type(value) is int and abs(value) > MAX_SAFE_INTEGER else value


NOT_FOUND = Verdict(Outcome.NOT_FOUND, "no-such-record")
"""What is said of a digest or record that a service does not know."""
