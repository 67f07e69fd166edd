"""The catalogue of record types."""

import re

import pytest

from liuhen.core.errors import RecordRefused
from liuhen.domain.catalogue import CATALOGUE, PADDED_TYPES, check_submittable


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


def test_types_whose_number_is_secret_are_refused_without_slots() -> None:
    secret = [each.name for each in CATALOGUE.values() if each.counts_before_opening]
    assert "bid_receipt" in secret
    for name in secret:
        with pytest.raises(RecordRefused, match="slots"):
            check_submittable(name)


def test_all_other_types_may_be_submitted() -> None:
    for name, record_type in CATALOGUE.items():
        if not record_type.counts_before_opening and not name.startswith("log."):
            check_submittable(name)


def test_types_whose_number_of_elements_is_secret_are_padded() -> None:
    assert {"expert_draw", "seat_assignment"} == PADDED_TYPES
