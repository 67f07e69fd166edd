"""What a page says of a verdict, in one language.

`static/verdict.js` says the same, and a test compares the two in a browser.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Final

from liuhen.core.canonical import JsonValue
from liuhen.core.disclosure import Row
from liuhen.core.verdict import Check, Outcome, Verdict, fact_text
from liuhen.domain.catalogue import CATALOGUE
from liuhen.portal.detail_view import (
    answers_of,
    bound_text,
    fields_of,
    time_text,
    warnings_of,
)
from liuhen.portal.messages import Catalogue

BEIJING: Final = timezone(timedelta(hours=8))
"""China has had one time zone, without summer time, since 1991."""

ICONS: Final = {
    "match": "passed",
    "match_in_part": "passed",
    "waiting": "waiting",
    "not_cosigned": "waiting",
    "different": "failed",
    "different_receipt": "failed",
    "not_found": "not_checked",
    "could_not_check": "not_checked",
}
"""The headlines a verdict can have, and their icons."""

_ABOUT: Final = (
    *("record_id", "type", "origin", "case", "recorded_at", "not_before", "not_after"),
    *("seen_not_later", "time", "entry_index"),
)
_BOUNDS: Final = frozenset({"not_before", "not_after"})

_MOST_NAMED: Final = 20
"""So many withheld fields are named on a page."""

Line = tuple[str, str]
"""A label and a value."""


@dataclass(frozen=True, slots=True)
class CheckView:
    """One check as shown."""

    state: str
    name: str
    reason: str
    answers: Sequence[str]
    facts: Sequence[Line]


@dataclass(frozen=True, slots=True)
class VerdictView:
    """A verdict as shown.

    Attributes:
        outcome: Key of the headline.
        icon: Its icon.
        warnings: What a reader must see first.
        reason: The sentence that says what decided it.
        notes: What the verdict does not show.
        about: Key facts of the record.
        fields: What the record says; only where nothing contradicts it.
        more: How many more fields there are, in words.
        checks: Every check.
    """

    outcome: str
    icon: str
    warnings: Sequence[str]
    reason: str
    notes: Sequence[str]
    about: Sequence[Line]
    fields: Sequence[Line]
    more: str
    checks: Sequence[CheckView]

    @staticmethod
    def of(verdict: Verdict, messages: Catalogue, rows: Sequence[Row] = ()) -> "VerdictView":
        """Put a verdict into the words of a language.

        Args:
            verdict: The verdict.
            messages: The language.
            rows: The rows of the receipt that was examined, where the reader brought it.
        """
        outcome = _headline(verdict)
        agrees = verdict.outcome in (Outcome.MATCH, Outcome.WAITING)
        fields, more = fields_of(rows if agrees else (), messages)
        return VerdictView(
            outcome=outcome,
            icon=ICONS[outcome],
            warnings=warnings_of(verdict.facts, messages),
            reason=messages(f"reason.{_deciding_reason(verdict)}"),
            notes=_notes(verdict, messages),
            about=_about(verdict, messages),
            fields=fields,
            more=more,
            checks=[_check(check, messages) for check in verdict.checks],
        )


def type_name(name: str, language: str) -> str:
    """Return the name of a record type, or the type itself where the catalogue lacks it."""
    found = CATALOGUE.get(name)
    if found is None:
        return name
    return found.zh if language == "zh" else found.en


def _headline(verdict: Verdict) -> str:
    """Tell a receipt that contradicts itself from another file, and a part from the whole."""
    if verdict.reason == "cosignatures-missing":
        return "not_cosigned"
    if verdict.outcome is Outcome.DIFFERENT and verdict.reason != "file":
        return "different_receipt"
    hidden = any(facts.get("withheld") or facts.get("closed") for facts in _shown(verdict))
    if verdict.outcome is Outcome.MATCH and hidden:
        return "match_in_part"
    return str(verdict.outcome)


def _deciding_reason(verdict: Verdict) -> str:
    if verdict.outcome is not Outcome.DIFFERENT:
        return verdict.reason
    return verdict.check(verdict.reason).reason


def _notes(verdict: Verdict, messages: Catalogue) -> list[str]:
    notes = [messages("note.limits")]
    if verdict.facts.get("chain_kind") == "development":
        notes.append(messages("note.development"))
    for facts in _shown(verdict):
        for name in ("withheld", "closed"):
            if facts.get(name):
                note = messages(f"note.{name}").replace("{count}", str(facts[name]))
                notes.append(note.replace("{names}", _names(facts, messages)))
    notes.append(messages("note.policy"))
    return notes


def _shown(verdict: Verdict) -> Iterator[Mapping[str, JsonValue]]:
    """Return the facts about what rows show: of the record, and of content beside it."""
    yield verdict.facts
    yield from (check.facts for check in verdict.checks if check.code == "content")


def _names(facts: Mapping[str, JsonValue], messages: Catalogue) -> str:
    """Name the first withheld fields."""
    fields, count = facts.get("withheld_fields"), facts.get("withheld")
    if not isinstance(fields, list) or not isinstance(count, int):
        return ""
    named = [fact_text(field) for field in fields[:_MOST_NAMED]]
    more = messages("note.more_names").replace("{count}", str(count - len(named)))
    return ", ".join(named) + (more if count > len(named) else "")


def _about(verdict: Verdict, messages: Catalogue) -> list[Line]:
    facts = verdict.facts
    told = {**facts, "time": time_text(facts, messages)} if "chain_kind" in facts else facts
    lines = [
        (messages(f"fact.{name}"), _fact(name, told[name], messages))
        for name in _ABOUT
        if told.get(name) is not None or (name in _BOUNDS and name in told)
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
        answers=answers_of(check, messages),
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
    if name in _BOUNDS:
        return bound_text(value, messages, lambda time: _fact("timestamp", time, messages))
    try:
        if name == "recorded_at" and isinstance(value, str):
            return _time(datetime.fromisoformat(value), messages)
        if name in {"seen_not_later", "timestamp"} and isinstance(value, int):
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
