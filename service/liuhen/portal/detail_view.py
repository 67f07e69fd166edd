"""The details of a verdict for a page: times and their worth, nodes side by side, content.

`static/detail.js` says the same, and a test compares the two in a browser.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from liuhen.core.canonical import JsonValue
from liuhen.core.disclosure import Row
from liuhen.core.shown_fields import shown_fields
from liuhen.core.verdict import Check, State, fact_text
from liuhen.portal.messages import Catalogue

MOST_FIELDS: Final = 200
"""How many fields of a record a page shows."""

Line = tuple[str, str]
Time = Callable[[JsonValue], str]
"""Says seconds since the epoch in words."""


def bound_text(bound: JsonValue, messages: Catalogue, time: Time) -> str:
    """Say one bound of the time, a line each: when, which block, who tells of it."""
    if not isinstance(bound, dict):
        return messages("bound.none")
    nodes = bound["nodes"]
    assert isinstance(nodes, list)
    lines = [
        messages("bound.untold") if bound["time"] is None else time(bound["time"]),
        filled(messages("bound.block"), bound),
    ]
    if bound["hash"] is not None:
        lines.append(fact_text(bound["hash"]))
    vouchers = bound["by"]
    assert isinstance(vouchers, list)
    names = {"names": ", ".join(map(fact_text, nodes))}
    lines += [filled(messages(f"bound.{each}"), names) for each in vouchers]
    return "\n".join(lines)


def time_text(facts: Mapping[str, JsonValue], messages: Catalogue) -> str:
    """Say what the two bounds amount to, and what a block's time is worth on this chain."""
    lower, upper = facts.get("not_before") is not None, facts.get("not_after") is not None
    which = {
        (True, True): "both",
        (True, False): "only_not_before",
        (False, True): "only_not_after",
        (False, False): "neither",
    }[lower, upper]
    lines = [filled(messages(f"bound.{which}"), facts)]
    if lower or upper:
        lines.append(messages(f"bound.worth_{facts['chain_kind']}"))
    return "\n".join(lines)


def warnings_of(facts: Mapping[str, JsonValue], messages: Catalogue) -> list[str]:
    """Say what a reader must see first: a fork of the log, and its end."""
    warnings = facts.get("warnings")
    return [
        filled(messages(f"warning.{_warning_key(each)}"), each)
        for each in (warnings if isinstance(warnings, list) else [])
        if isinstance(each, dict)
    ]


def answers_of(check: Check, messages: Catalogue) -> list[str]:
    """Say what each node answered, the receipt's own claim first; where all agree, nothing."""
    answers = check.facts.get("answers")
    if check.state is State.PASSED or not isinstance(answers, list):
        return []
    said = [filled(messages("answer.receipt"), check.facts)] if "receipt" in check.facts else []
    return said + [
        _answer_text(answer, check.reason, messages)
        for answer in answers
        if isinstance(answer, dict)
    ]


def fields_of(rows: Sequence[Row], messages: Catalogue) -> tuple[list[Line], str]:
    """Return the fields of a record to show, and how many more there are."""
    fields = [(field.pointer, field.text) for field in shown_fields(rows)]
    more = len(fields) - MOST_FIELDS
    told = filled(messages("bound.more_fields"), {"count": more}) if more > 0 else ""
    return fields[:MOST_FIELDS], told


def filled(text: str, facts: Mapping[str, JsonValue]) -> str:
    """Fill facts into the gaps of a sentence, in one pass: a fact is no template."""
    parts = text.split("{")
    return parts[0] + "".join(_fill(part, facts) for part in parts[1:])


def _fill(part: str, facts: Mapping[str, JsonValue]) -> str:
    name, _, rest = part.partition("}")
    return fact_text(facts[name]) + rest


def _warning_key(warning: Mapping[str, JsonValue]) -> str:
    for_good = warning["code"] == "log-closed" and warning["successor"] is None
    return "log-closed-for-good" if for_good else fact_text(warning["code"])


def _answer_text(answer: Mapping[str, JsonValue], reason: str, messages: Catalogue) -> str:
    if "why" in answer:
        return filled(messages("answer.silent"), answer)
    if reason == "node-on-another-chain":
        return filled(messages("answer.chain"), answer)
    if answer["size"] is None:
        return filled(messages("answer.newest"), answer)
    head = "answer.no_head" if answer["root"] is None else "answer.head"
    told = filled(messages(head), answer)
    if answer["block_hash"] is not None:
        told += "\n" + filled(messages("answer.block_hash"), answer)
    return told
