"""The details of a verdict as lines: times and their worth, nodes side by side, content."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from liuhen.cli import detail_words, words
from liuhen.cli.language import Language
from liuhen.cli.moment import two_times
from liuhen.core.canonical import JsonValue
from liuhen.core.disclosure import Row
from liuhen.core.policy import ChainKind
from liuhen.core.shown_fields import shown_fields
from liuhen.core.verdict import Check, fact_text

_MOST_FIELDS: Final = 40
_LONGEST: Final = 300
"""How much of a record is shown unless everything was asked for."""


def bound_text(bound: JsonValue, language: Language) -> str:
    """Say one bound of the time: when, which block, and who tells of it."""
    if not isinstance(bound, dict):
        return detail_words.NOT_PROVEN.in_language(language)
    moment = bound["time"]
    when = (
        two_times(moment, language)
        if isinstance(moment, int)
        else detail_words.TIME_NOT_TOLD.in_language(language)
    )
    pair = detail_words.BLOCK if bound["hash"] is None else detail_words.BLOCK_AND_HASH
    block = pair.in_language(language).format_map({**bound, "by": _by(bound, language)})
    return f"{when}（{block}）" if language is Language.ZH else f"{when} ({block})"


def time_text(facts: Mapping[str, JsonValue], language: Language) -> str:
    """Say what the two bounds amount to, and what a block's time is worth on this chain."""
    bounds = (facts.get("not_before") is not None, facts.get("not_after") is not None)
    sentence = {
        (True, True): detail_words.BOTH_BOUNDS,
        (True, False): detail_words.ONLY_NOT_BEFORE,
        (False, True): detail_words.ONLY_NOT_AFTER,
        (False, False): detail_words.NO_BOUND,
    }[bounds]
    said = [sentence.in_language(language).format_map(facts)]
    if any(bounds):
        worth = detail_words.WORTH[ChainKind(str(facts["chain_kind"]))]
        said.append(worth.in_language(language))
    return ("" if language is Language.ZH else " ").join(said)


def warning_texts(facts: Mapping[str, JsonValue], language: Language) -> Iterator[str]:
    """Say what a reader must see first: a fork of the log, and its end."""
    warnings = facts.get("warnings")
    for warning in warnings if isinstance(warnings, list) else []:
        if isinstance(warning, dict):
            code = str(warning["code"])
            for_good = code == "log-closed" and warning["successor"] is None
            pair = words.WARNINGS["log-closed-for-good" if for_good else code]
            yield pair.in_language(language).format_map(warning)


def node_lines(check: Check, language: Language) -> Iterator[str]:
    """Say what each node answered, one line each, the receipt's own claim first."""
    answers = check.facts.get("answers")
    if not isinstance(answers, list):
        return
    if "receipt" in check.facts:
        yield detail_words.RECEIPT_SAYS.in_language(language).format_map(check.facts)
    for answer in answers:
        if isinstance(answer, dict):
            yield _answer_text(answer, check.reason, language)


def content_lines(rows: Sequence[Row], language: Language, *, everything: bool) -> Iterator[str]:
    """Say what the record says, field by field."""
    fields = list(shown_fields(rows))
    if not fields:
        return
    yield detail_words.CONTENT_TITLE.in_language(language)
    most = len(fields) if everything else _MOST_FIELDS
    for pointer, text in fields[:most]:
        short = text if everything or len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
        yield f"  {one_line(pointer)}  {one_line(short)}"
    if len(fields) > most:
        more = detail_words.MORE_FIELDS.in_language(language)
        yield f"  {more.format(more=len(fields) - most)}"


def one_line(text: str) -> str:
    """Keep a text that somebody else wrote from passing for lines of ours."""
    return text.replace("\n", "\\n")


def _by(bound: Mapping[str, JsonValue], language: Language) -> str:
    vouchers, nodes = bound["by"], bound["nodes"]
    assert isinstance(vouchers, list)
    assert isinstance(nodes, list)
    chinese = language is Language.ZH
    names = ("、" if chinese else ", ").join(map(str, nodes))
    said = (detail_words.BY[str(each)].in_language(language) for each in vouchers)
    return ("，" if chinese else ", ").join(text.format(names=names) for text in said)


def _answer_text(answer: Mapping[str, JsonValue], reason: str, language: Language) -> str:
    if "why" in answer:
        pair = detail_words.NODE_SILENT
    elif reason == "node-on-another-chain":
        pair = detail_words.NODE_CHAIN
    elif answer["size"] is None:
        pair = detail_words.NODE_NEWEST
    else:
        pair = detail_words.NODE_NO_HEAD if answer["root"] is None else detail_words.NODE_HEAD
    text = pair.in_language(language)
    if answer.get("block_hash") is not None:
        text += detail_words.NODE_BLOCK.in_language(language)
    return text.format_map({name: fact_text(value) for name, value in answer.items()})
