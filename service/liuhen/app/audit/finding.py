"""Findings: what an audit says, one line each, and where it collects them."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum

from liuhen.core.errors import AuditError, Unavailable


class Rule(StrEnum):
    """The rule that a finding is about; words for people are in `cli/audit_words.py`."""

    COLUMN = "column"
    STRAY = "stray"
    MISSING = "missing"
    ENTRY = "entry"
    COMMITMENT = "commitment"
    RECORD = "record"
    ORDER = "order"
    CASE = "case"
    CASE_MAP = "case-map"
    KEYED_DIGEST = "keyed-digest"
    HEAD = "head"
    TILE = "tile"
    CHECKPOINT = "checkpoint"
    SIGNATURE = "signature"
    REGISTER = "register"
    ANCHOR = "anchor"
    ATTEMPT = "attempt"
    EVIDENCE = "evidence"
    CONTRACT = "contract"
    NOT_CHECKED = "not-checked"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, or could not be looked at.

    Attributes:
        rule: The rule.
        place: Table, or "register", "chain" and the like.
        key: Which row: columns of its primary key and their values; empty for the whole.
        what: What was found and what was expected, in words for an operator.
    """

    rule: Rule
    place: str
    key: str
    what: str

    @property
    def is_contradiction(self) -> bool:
        """Whether something is wrong, not merely unknown."""
        return self.rule is not Rule.NOT_CHECKED


class Fault(Exception):
    """Something in hand breaks a rule; whoever knows the place makes a finding of it."""

    def __init__(self, rule: Rule, what: str) -> None:
        self.rule, self.what = rule, what
        super().__init__(what)


class Findings:
    """Collects findings and hands each on at once."""

    def __init__(self, found: Callable[[Finding], None]) -> None:
        """Hand findings to `found`."""
        self._found = found

    def note(self, rule: Rule, place: str, key: str, what: str) -> None:
        """Add one finding."""
        self._found(Finding(rule, place, key, what))

    @contextmanager
    def about(self, place: str, key: str, rule: Rule = Rule.RECORD) -> Iterator[None]:
        """Turn a fault, or an error of the core, into a finding about one row.

        Args:
            place: Table.
            key: The row.
            rule: The rule that an error of the core breaks here.

        Raises:
            Unavailable: The store does not answer: that is about no row.
        """
        try:
            yield
        except Fault as fault:
            self.note(fault.rule, place, key, fault.what)
        except Unavailable:
            raise
        except AuditError as error:
            self.note(rule, place, key, str(error))


def key_text(values: Mapping[str, object]) -> str:
    """Spell a key: bytes in hex, text in quotes."""
    return " ".join(f"{name}={shown(value)}" for name, value in values.items())


def shown(value: object) -> str:
    """Spell a value for a finding, cut to a readable length."""
    text = value.hex() if isinstance(value, bytes) else repr(value)
    return text if len(text) <= 80 else text[:80] + "…"
