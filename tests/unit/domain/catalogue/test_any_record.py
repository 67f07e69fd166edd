"""What holds for every type, whatever its records say or lack."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liuhen.core.canonical import canonical_text
from liuhen.core.errors import RecordRefused
from liuhen.domain.admission import learn
from liuhen.domain.catalogue import CATALOGUE, check_data
from liuhen.domain.facts import NO_FACTS, Facts
from liuhen.domain.field import MISSING, Field
from liuhen.domain.incoming import Incoming
from liuhen.domain.record_type import RecordType, ReviewedCase
from tests.case_kit import CASE, CONTEXT, LONG_AFTER, moment

TYPES = [kind for kind in CATALOGUE.values() if kind.fields]
TEXTS = st.sampled_from(
    [
        "NaN",
        "-Infinity",
        "1e999",
        "5",
        "ZB",
        "甲",
        "2026-03-31",
        "2026-02-30",
        "9999-12-31",
        "2026-03-31T09:30:00",
        "2026-03-31T09:30:00+08:00",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-12:00",
    ]
)
ANYTHING: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)


def record(kind: RecordType, data: dict[str, Any], position: int = 0) -> Incoming:
    at = moment("2026-03-31 12:00")
    number = f"01957b1e-0000-7000-8000-{position:012x}"
    return Incoming(kind.name, number, CASE, at, at, None, "示例中心", "经办甲", data)


def values(field: Field) -> st.SearchStrategy[Any]:
    """Return what a field may hold, and whatever it may not."""
    if field.fields:
        one = objects(field.fields)
        return ANYTHING | (st.lists(one, max_size=3) if field.many else one)
    words = st.sampled_from(sorted(field.options)) if field.options else TEXTS
    return words | ANYTHING | (st.lists(words, max_size=3) if field.many else words)


def objects(fields: tuple[Field, ...]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional={field.name: values(field) for field in fields})


@st.composite
def cases(draw: st.DrawFn) -> list[Incoming]:
    kinds = draw(st.lists(st.sampled_from(TYPES), min_size=1, max_size=6))
    return [record(kind, draw(objects(kind.fields)), at) for at, kind in enumerate(kinds)]


@given(cases())
def test_whatever_is_in_the_log_leaves_facts_and_can_be_reviewed(records: list[Incoming]) -> None:
    facts: Facts = NO_FACTS
    for each in records:
        facts = learn(facts, each, CONTEXT)
    canonical_text(dict(facts))
    case = ReviewedCase(facts, records, moment(LONG_AFTER), CONTEXT)
    for kind in CATALOGUE.values():
        for found in kind.review(case):
            assert found.zh
            assert found.en


@pytest.mark.parametrize("kind", TYPES, ids=lambda kind: kind.name)
def test_facts_hold_no_text_of_a_field_that_can_be_erased(kind: RecordType) -> None:
    for action in actions_of(kind):
        facts = learn(NO_FACTS, record(kind, {**told(kind.fields), "action": action}), CONTEXT)
        assert "SECRET" not in canonical_text(dict(facts)), action
        assert "示例中心" not in canonical_text(dict(facts))
        assert "经办甲" not in canonical_text(dict(facts))


NEEDED = [kind for kind in TYPES if any(field.required for field in kind.fields)]


@pytest.mark.parametrize("kind", NEEDED, ids=lambda kind: kind.name)
def test_a_field_that_is_needed_is_asked_for_by_its_label(kind: RecordType) -> None:
    needed = [field for field in kind.fields if field.required]
    for field in needed:
        # What comes before it is there, in whatever form: what is missing is looked for first.
        others: dict[str, Any] = {each.name: "x" for each in needed if each is not field}
        for data in (others, {**others, field.name: None}):
            with pytest.raises(RecordRefused) as caught:
                check_data(kind.name, data)
            refused = caught.value
            assert (refused.rule_code, refused.field) == (MISSING.code, f"/data/{field.name}")
            assert f"“{field.zh}”" in refused.rule_zh


def actions_of(kind: RecordType) -> list[str]:
    found = kind.table.by_name.get("action")
    return [""] if found is None else list(found.options or ())


def told(fields: tuple[Field, ...], *, is_kept: bool = False) -> dict[str, Any]:
    """Return an object with every field, in which what can be erased is a secret."""
    return dict(_members(fields, is_kept=is_kept))


def _members(fields: tuple[Field, ...], *, is_kept: bool) -> Iterator[tuple[str, Any]]:
    for field in fields:
        kept = is_kept or field.kept
        if field.fields:
            value: Any = told(field.fields, is_kept=kept)
        elif not kept:
            value = f"SECRET {field.name}"
        elif field.options:
            value = next(iter(field.options))
        else:
            value = {"day": "2026-03-31", "time": "2026-03-31T09:30:00+08:00", "decimal": "5"}.get(
                field.form_name, "K-1"
            )
        yield field.name, [value] if field.many else value
