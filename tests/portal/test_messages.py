import ast
import inspect
import re
from collections.abc import Iterator
from types import ModuleType

import pytest

from liuhen.core import (
    chain_checks,
    content_check,
    entry_check,
    examine,
    file_check,
    head_checks,
    log_standing,
    standing_checks,
    time_bounds,
    verdict,
    verdict_table,
    witness_checks,
)
from liuhen.core.errors import CommitmentMismatch, ProofMismatch, SignatureMismatch
from liuhen.core.policy import ChainKind, Life
from liuhen.core.verdict import Outcome, State
from liuhen.portal.messages import CATALOGUES, Catalogue

MODULES = (
    *(examine, entry_check, chain_checks, time_bounds, content_check, file_check, verdict),
    *(head_checks, witness_checks, verdict_table, standing_checks, log_standing),
)
REASON = re.compile(r"[a-z]+(?:-[a-z]+)+", re.ASCII)
both = pytest.mark.parametrize("messages", CATALOGUES.values(), ids=CATALOGUES.keys())


def constants(module: ModuleType) -> Iterator[str]:
    for node in ast.walk(ast.parse(inspect.getsource(module))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def first_arguments(module: ModuleType, *functions: str) -> Iterator[str]:
    """The first arguments of calls, where they are plain texts: the codes of checks."""
    for node in ast.walk(ast.parse(inspect.getsource(module))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            first = node.args[0] if node.args and node.func.id in functions else None
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield first.value


def named_facts(module: ModuleType) -> Iterator[str]:
    """The keys of every literal dictionary, and the names given to `_open`."""
    for node in ast.walk(ast.parse(inspect.getsource(module))):
        if isinstance(node, ast.Dict):
            keys = [key.value for key in node.keys if isinstance(key, ast.Constant)]
            yield from (key for key in keys if isinstance(key, str))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            names = node.keywords if node.func.id == "_open" else []
            yield from (name.arg for name in names if name.arg)


def test_both_catalogues_have_the_same_messages() -> None:
    chinese, english = CATALOGUES["zh"], CATALOGUES["en"]
    assert chinese.keys() == english.keys()
    for key in sorted(chinese.keys()):
        assert chinese(key).strip()
        assert english(key).strip()


def test_both_catalogues_have_the_same_gaps_to_fill() -> None:
    for key in sorted(CATALOGUES["zh"].keys()):
        gaps = [sorted(re.findall(r"\{\w+\}", messages(key))) for messages in CATALOGUES.values()]
        assert gaps[0] == gaps[1], key


def test_each_catalogue_is_in_its_language() -> None:
    for key in CATALOGUES["zh"].keys() - {"site.switch", "fact.sha256"}:
        assert re.search("[\u4e00-\u9fff]", CATALOGUES["zh"](key)) or key.startswith("site.lang")
        assert not re.search("[\u4e00-\u9fff]", CATALOGUES["en"](key)), key


@both
def test_every_reason_of_the_core_has_a_sentence(messages: Catalogue) -> None:
    reasons = {text for module in MODULES for text in constants(module) if REASON.fullmatch(text)}
    reasons |= {CommitmentMismatch.code, ProofMismatch.code, SignatureMismatch.code}
    assert len(reasons) > 30
    missing = {reason for reason in reasons if messages.find(f"reason.{reason}") is None}
    assert not missing


@both
def test_every_check_of_the_core_has_a_name(messages: Catalogue) -> None:
    codes = {
        code for module in MODULES for code in first_arguments(module, "Check", "_check_lines")
    }
    assert codes == {key.split(".")[1] for key in messages.under("check.")}


@both
def test_every_fact_of_the_core_has_a_label(messages: Catalogue) -> None:
    own = {"schema", "outcome", "reason", "checks", "facts", "code", "state"}  # of the verdict
    said = {"chain_kind", "require", "by", "caller"}  # in sentences
    facts = {name for module in MODULES for name in named_facts(module)} - own - said
    assert not {name for name in facts if messages.find(f"fact.{name}") is None}


@both
def test_every_state_outcome_and_life_has_its_word(messages: Catalogue) -> None:
    for state in State:
        assert messages.find(f"state.{state}")
    for outcome in [*Outcome, "different_receipt", "match_in_part"]:
        for part in ("word", "sentence", "meaning"):
            assert messages.find(f"outcome.{outcome}.{part}")
    for life in Life:
        assert messages.find(f"life.{life}")
    for kind in ChainKind:
        assert messages.find(f"chain_kind.{kind}")


def test_the_verdicts_are_those_that_were_agreed() -> None:
    chinese, english = CATALOGUES["zh"], CATALOGUES["en"]
    assert chinese("outcome.match.word") + chinese("outcome.match.sentence") == (
        "一致。这份记录与存证时完全相同，此后未被改动。"
    )
    assert english("outcome.could_not_check.word") == "We could not check."
    assert chinese("note.limits") == (
        "本结论只说明内容是否被改动，不说明内容是否真实、评审是否公正。"
    )


@both
def test_no_message_is_left_over(messages: Catalogue) -> None:
    from importlib.resources import files

    portal = files("liuhen.portal")
    places = [*(portal / "template").iterdir(), *(portal / "static").iterdir()]
    places += [portal / name for name in ("pages.py", "verdict_view.py", "detail_view.py")]
    source = "".join(place.read_text() for place in places)
    computed = ("outcome.", "check.", "reason.", "fact.", "state.", "life.", "problem.", "bound.")
    for key in sorted(messages.keys()):
        if not key.startswith((*computed, "chain_kind.", "note.", "warning.")):
            assert f"{key}'" in source or f'{key}"' in source, key
