"""Every rule of the domain is broken by some test: one that names it, or its code.

Locks are no rules that anybody breaks; see `test_visibility.py`.
"""

import ast
import pkgutil
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from liuhen import domain
from liuhen.domain import lock
from liuhen.domain.rule import Rule

HERE = Path(__file__)
NAMED = {
    f"{module.name}.{name}": value
    for module in pkgutil.walk_packages(domain.__path__, f"{domain.__name__}.")
    for name, value in vars(import_module(module.name)).items()
    if isinstance(value, Rule) and module.name != lock.__name__
}
RULES = sorted({rule.code for rule in NAMED.values()})


def told_in(path: Path) -> Iterator[str]:
    """Yield the codes of rules that a test names: `module.RULE`, an imported RULE, or the code."""
    imported: dict[str, str] = {}
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            imported |= {a.asname or a.name: f"{node.module}.{a.name}" for a in node.names}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and node.value in RULES:
            yield str(node.value)
        named = None
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            named = f"{imported.get(node.value.id)}.{node.attr}"
        if isinstance(node, ast.Name):
            named = imported.get(node.id)
        if named in NAMED:
            yield NAMED[named].code


TOLD = {code for path in HERE.parents[2].rglob("*.py") if path != HERE for code in told_in(path)}


@pytest.mark.parametrize("code", RULES)
def test_a_rule_is_named_by_a_test(code: str) -> None:
    assert code in TOLD
