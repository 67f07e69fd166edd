"""Errors that name a place say it in their message, and only where there is one."""

import pytest

from liuhen.core.errors import ErasureRefused, MalformedJson, MalformedRecord, RecordRefused


def test_malformed_json_names_line_column_byte_and_path_as_far_as_known() -> None:
    assert str(MalformedJson("a rule")) == "a rule"
    placed = MalformedJson("a rule", line=2, column=3, offset=9)
    assert str(placed) == "a rule at line 2, column 3 (byte 9)"
    assert str(MalformedJson("a rule", path="/data/x")) == "a rule in /data/x"


@pytest.mark.parametrize("error", [MalformedRecord, ErasureRefused])
def test_a_field_is_named_and_the_whole_record_where_there_is_none(
    error: type[MalformedRecord | ErasureRefused],
) -> None:
    assert str(error("/data", "a rule")) == "/data: a rule"
    assert str(error("", "a rule")) == "the record: a rule"


def test_a_refusal_of_the_domain_names_field_and_rule() -> None:
    refusal = RecordRefused("/data/seat", "a rule")
    assert (refusal.field, refusal.rule) == ("/data/seat", "a rule")
    assert str(refusal) == "/data/seat: a rule"
