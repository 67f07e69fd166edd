"""The catalogue of record types."""

import pkgutil
import re
from collections.abc import Iterable, Iterator

import pytest

from liuhen.core.canonical import JsonValue
from liuhen.core.errors import RecordRefused
from liuhen.domain import catalogue
from liuhen.domain.catalogue import CATALOGUE, PADDED_TYPES, check_data, check_submittable
from liuhen.domain.field import Field


def test_every_type_has_a_name_in_both_languages() -> None:
    for record_type in CATALOGUE.values():
        assert re.fullmatch(r"[a-z_]+(\.[a-z_]+)?", record_type.name)
        assert re.search(r"[\u4e00-\u9fff]", record_type.zh)
        assert re.fullmatch(r"[A-Z][a-z ]+", record_type.en)


def test_names_are_unique() -> None:
    assert len({record_type.zh for record_type in CATALOGUE.values()}) == len(CATALOGUE)
    assert len({record_type.en for record_type in CATALOGUE.values()}) == len(CATALOGUE)


def test_an_unknown_type_is_refused_with_advice() -> None:
    with pytest.raises(RecordRefused, match="generic"):
        check_submittable("findings")


def test_all_types_but_the_services_own_may_be_submitted() -> None:
    for name in CATALOGUE:
        if not name.startswith("log."):
            assert check_submittable(name) is CATALOGUE[name]


def test_every_module_of_the_catalogue_is_registered() -> None:
    modules = {module.name for module in pkgutil.iter_modules(catalogue.__path__)}
    assert modules == {name for name in CATALOGUE if not name.startswith("log.")}


def test_every_field_has_labels_in_both_languages() -> None:
    for record_type in CATALOGUE.values():
        for field in every_field(record_type.fields):
            assert re.search(r"[\u4e00-\u9fffA-Z]", field.zh), (record_type.name, field.name)
            assert re.fullmatch(r"[ -~]+", field.en), (record_type.name, field.name)
            for word, label in (field.options or {}).items():
                assert re.search(r"[\u4e00-\u9fff]", label.zh), (record_type.name, word)
                assert label.en.isascii(), (record_type.name, word)


def every_field(fields: Iterable[Field]) -> Iterator[Field]:
    for field in fields:
        yield field
        yield from every_field(field.fields)


def test_types_whose_number_of_elements_is_secret_are_padded() -> None:
    assert {"expert_draw", "seat_assignment"} == PADDED_TYPES


@pytest.mark.parametrize(
    ("name", "more", "field", "element", "most"),
    [
        ("challenge", {"challenge_no": "Z1"}, "matters", {"matter": "1"}, 200),
        ("objection", {"objection_no": "Y1", "target": "result"}, "matters", {"matter": "1"}, 200),
        ("expert_draw", {}, "calls", {"expert_token": "X-1", "result": "accepted"}, 1_000),
    ],
)
def test_a_list_that_is_kept_in_the_facts_of_a_case_is_short(
    name: str, more: dict[str, JsonValue], field: str, element: dict[str, JsonValue], most: int
) -> None:
    """Twenty records of ten thousand elements made each that followed cost a second."""
    check_data(name, {**more, field: [element] * most})
    with pytest.raises(RecordRefused) as caught:
        check_data(name, {**more, field: [element] * (most + 1)})
    assert caught.value.field == f"/data/{field}"
    assert f"at most {most}" in caught.value.rule
