"""The rules of all types: one name each, and the same facts in both languages."""

import pkgutil
import re
from importlib import import_module
from string import Formatter

import pytest

from liuhen.core.errors import RecordRefused
from liuhen.domain import catalogue, rectification
from liuhen.domain.life_cycle import LifeCycle
from liuhen.domain.rule import Rule

MODULES = [
    import_module(f"{catalogue.__name__}.{m.name}")
    for m in pkgutil.iter_modules(catalogue.__path__)
]
RULES = list({id(r): r for m in MODULES for r in vars(m).values() if isinstance(r, Rule)}.values())


def test_every_rule_has_a_name_of_its_own() -> None:
    codes = [rule.code for rule in RULES]
    assert len(codes) > 60
    assert sorted(codes) == sorted(set(codes))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_rule_is_a_sentence_in_both_languages(rule: Rule) -> None:
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", rule.code)
    assert re.search(r"[\u4e00-\u9fff]", rule.zh)
    assert rule.en.isascii()
    assert not rule.zh.endswith("。")
    assert not rule.en.endswith(".")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_basis_cites_as_much_law_in_english_as_in_chinese(rule: Rule) -> None:
    if rule.basis is not None:
        assert re.search(r"[\u4e00-\u9fff]", rule.basis.zh)
        assert rule.basis.en.isascii()
        assert len(re.split("；", rule.basis.zh)) == len(re.split("; ", rule.basis.en))


LIVES = {
    module.__name__: life
    for module in (*MODULES, rectification)
    if isinstance(life := getattr(module, "LIFE", None), LifeCycle)
}


@pytest.mark.parametrize("name", sorted(LIVES))
def test_a_step_out_of_order_is_told_in_words_of_the_trade(name: str) -> None:
    life = LIVES[name]
    for state in (None, *sorted(life.states())):
        for wrong in life.steps.keys() - life.allowed(state):
            with pytest.raises(RecordRefused) as caught:
                life.check(state, wrong)
            assert not re.search(r"[a-z]", caught.value.rule_zh), caught.value.rule_zh
            assert repr(wrong) in caught.value.rule


def names(sentence: str) -> set[str]:
    return {name.split("!")[0] for _, name, _, _ in Formatter().parse(sentence) if name}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_both_languages_tell_the_same_facts(rule: Rule) -> None:
    def untranslated(found: set[str]) -> set[str]:
        return {re.sub(r"_(zh|en)$", "", name) for name in found}

    assert untranslated(names(rule.zh)) == untranslated(names(rule.en))
