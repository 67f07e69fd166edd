"""Every code that the core can give has a sentence in both languages."""

import ast
import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

from liuhen.cli import check_words, detail_words, words
from liuhen.cli.words import Pair
from liuhen.core import (
    chain_checks,
    content_check,
    entry_check,
    examine,
    file_check,
    head_checks,
    proof_check,
    standing_checks,
    time_bounds,
    verdict,
    witness_checks,
)
from liuhen.core.policy import Life
from liuhen.core.verdict import Outcome, State

HAN = re.compile("[\u4e00-\u9fff]")
REASON = re.compile(r"[a-z]+(?:-[a-z]+)*")
NOT_A_REASON = {
    *("all-required-checks-passed", "anchoring-overdue", "operator-owes-proof"),
    "recorded-in-the-future",
}
"""Reasons of a whole verdict, not of a check."""


def checks_in(source: ast.AST) -> Iterator[str]:
    """Yield what may be a reason: the hyphened words in a module's code."""
    for node in ast.walk(source):
        text = node.value if isinstance(node, ast.Constant) else None
        if isinstance(text, str) and "-" in text and REASON.fullmatch(text):
            yield text


def every_reason() -> set[str]:
    modules = [examine, entry_check, chain_checks, time_bounds, content_check]
    modules += [file_check, head_checks, proof_check, standing_checks, witness_checks]
    sources = [ast.parse(Path(str(module.__file__)).read_text("utf-8")) for module in modules]
    return {reason for source in sources for reason in checks_in(source)}


def pairs() -> Iterator[tuple[str, Pair]]:
    for module in (words, check_words, detail_words):
        for name, value in vars(module).items():
            if isinstance(value, Pair):
                yield name, value
            elif isinstance(value, dict):
                items = [(f"{name} {key}", pair) for key, pair in value.items()]
                yield from ((key, pair) for key, pair in items if isinstance(pair, Pair))


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_every_reason_of_a_check_has_a_sentence() -> None:
    known = {reason for _, reason in check_words.REASONS}
    assert every_reason() - NOT_A_REASON <= known
    assert {reason for reason in known if "-" in reason} <= every_reason() | {
        "commitment-mismatch",
        "proof-mismatch",
        "signature-mismatch",
    }


def test_every_check_has_a_name_and_a_source() -> None:
    codes = {code for code, _ in check_words.REASONS}
    assert codes == check_words.NAMES.keys() == check_words.SOURCES.keys()


def test_every_outcome_state_and_life_has_words() -> None:
    assert words.SENTENCES.keys() == set(Outcome)
    assert words.STATES.keys() == set(State)
    assert words.LIVES.keys() == set(Life)


def test_every_reason_not_to_know_says_what_to_do() -> None:
    advised = words.NEXT.keys()
    assert {"not-anchored-yet", "contract-behind", "not-final-yet"} <= advised
    assert {"anchoring-overdue", "operator-owes-proof", "no-policy", "unavailable"} <= advised
    assert {"recorded-in-the-future", "file-too-long", "part-of-record-hidden"} <= advised
    assert verdict.NOT_FOUND.reason not in advised  # its sentence says it all


@pytest.mark.parametrize(("name", "pair"), list(pairs()), ids=[name for name, _ in pairs()])
def test_both_languages_say_the_same_facts(name: str, pair: Pair) -> None:
    assert fields(pair.zh) == fields(pair.en)
    assert pair.zh
    assert not HAN.search(pair.en)


def test_the_sentences_are_those_that_the_portal_says_too() -> None:
    assert words.SENTENCES[Outcome.MATCH].zh.startswith("一致。")
    assert words.SENTENCES[Outcome.DIFFERENT].zh.startswith("不一致。")
    assert words.SENTENCES[Outcome.COULD_NOT_CHECK].en.endswith("that anything is wrong.")
