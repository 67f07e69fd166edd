"""What a page says of a verdict, in one language.

`static/verdict.js` says the same, and a test compares the two in a browser.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Final

from liuhen.core.canonical import JsonValue
from liuhen.core.verdict import Check, Outcome, Verdict, fact_text
from liuhen.domain.catalogue import CATALOGUE
from liuhen.portal.messages import Catalogue

BEIJING: Final = timezone(timedelta(hours=8))
"""China has had one time zone, without summer time, since 1991."""

ICONS: Final = {
    "match": "passed",
    "waiting": "waiting",
    "different": "failed",
    "different_receipt": "failed",
    "not_found": "not_checked",
    "could_not_check": "not_checked",
}
"""The headlines a verdict can have, and their icons."""

_ABOUT: Final = ("record_id", "type", "origin", "case", "recorded_at", "not_after", "entry_index")

Line = tuple[str, str]
"""A label and a value."""


@dataclass(frozen=True, slots=True)
class CheckView:
    """One check as shown."""

    state: str
    name: str
    reason: str
    facts: Sequence[Line]


@dataclass(frozen=True, slots=True)
class VerdictView:
    """A verdict as shown.

    Attributes:
        outcome: Key of the headline.
        icon: Its icon.
        reason: The sentence that says what decided it.
        notes: What the verdict does not show.
        about: Key facts of the record.
        checks: Every check.
    """

    outcome: str
    icon: str
    reason: str
    notes: Sequence[str]
    about: Sequence[Line]
    checks: Sequence[CheckView]

    @staticmethod
    def of(verdict: Verdict, messages: Catalogue) -> "VerdictView":
        """Put a verdict into the words of a language."""
        outcome = _headline(verdict)
        return VerdictView(
            outcome=outcome,
            icon=ICONS[outcome],
            reason=messages(f"reason.{_deciding_reason(verdict)}"),
            notes=_notes(verdict, messages),
            about=_about(verdict, messages),
            checks=[_check(check, messages) for check in verdict.checks],
        )


def type_name(name: str, language: str) -> str:
    """Return the name of a record type, or the type itself where the catalogue lacks it."""
    found = CATALOGUE.get(name)
    if found is None:
        return name
    return found.zh if language == "zh" else found.en


def _headline(verdict: Verdict) -> str:
    """A receipt that contradicts itself is not the same news as a file that is another one."""
    if verdict.outcome is Outcome.DIFFERENT and verdict.reason != "file":
        return "different_receipt"
    return str(verdict.outcome)


def _deciding_reason(verdict: Verdict) -> str:
    if verdict.outcome is not Outcome.DIFFERENT:
        return verdict.reason
    return verdict.check(verdict.reason).reason


def _notes(verdict: Verdict, messages: Catalogue) -> list[str]:
    notes = [messages("note.limits")]
    if verdict.facts.get("chain_kind") == "development":
        notes.append(messages("note.development"))
    for name in ("withheld", "closed"):
        count = verdict.facts.get(name)
        if count:
            notes.append(messages(f"note.{name}").replace("{count}", str(count)))
    notes.append(messages("note.policy"))
    return notes


def _about(verdict: Verdict, messages: Catalogue) -> list[Line]:
    facts = verdict.facts
    lines = [
        (messages(f"fact.{name}"), _fact(name, facts[name], messages))
        for name in _ABOUT
        if facts.get(name) is not None
    ]
    if facts:
        life = "none" if verdict.life is None else str(verdict.life)
        lines.append((messages("fact.life"), messages(f"life.{life}")))
    return lines


def _check(check: Check, messages: Catalogue) -> CheckView:
    return CheckView(
        state=str(check.state),
        name=_check_name(check, messages),
        reason=messages(f"reason.{check.reason}"),
        facts=[
            (messages.find(f"fact.{name}") or name, _fact(name, value, messages))
            for name, value in sorted(check.facts.items())
            if value is not None
        ],
    )


def _check_name(check: Check, messages: Catalogue) -> str:
    """Name a check; several files are told apart by their own names."""
    name = messages(f"check.{check.code}")
    return f"{name} {check.facts['name']}" if check.code == "file" else name


def _fact(name: str, value: JsonValue, messages: Catalogue) -> str:
    if name == "type" and isinstance(value, str):
        return type_name(value, messages.language)
    try:
        if name == "recorded_at" and isinstance(value, str):
            return _time(datetime.fromisoformat(value), messages)
        if name in {"not_after", "timestamp"} and isinstance(value, int):
            return _time(datetime.fromtimestamp(value, UTC), messages)
    except (OverflowError, ValueError, OSError):
        pass  # a header holds any 64 bits: beyond the calendar, the number itself is shown
    return fact_text(value)


def _time(moment: datetime, messages: Catalogue) -> str:
    """Say a time twice: as people here read it, and in UTC."""
    local = moment.astimezone(BEIJING).isoformat()
    parts = {"year": local[:4], "month": local[5:7], "day": local[8:10], "clock": local[11:19]}
    text = messages("time.beijing")
    for name, part in parts.items():
        text = text.replace(f"{{{name}}}", part)
    return f"{text}\n{moment.astimezone(UTC).isoformat()[:19]}Z"
