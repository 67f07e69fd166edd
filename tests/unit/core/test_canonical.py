"""RFC 8785: the official vectors, a second opinion, and what has no canonical form."""

import json
import math
import struct
from pathlib import Path

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from liuhen.core.canonical import JsonValue, canonical, canonical_text, sorted_names
from liuhen.core.errors import MalformedJson
from liuhen.core.json_number import MAX_SAFE_INTEGER, number_text

NAMES = ("arrays", "french", "structures", "unicode", "values", "weird")

INTEGERS = st.integers(-MAX_SAFE_INTEGER, MAX_SAFE_INTEGER)
FLOATS = st.floats(allow_nan=False, allow_infinity=False)
TEXTS = st.text(st.characters(codec="utf-8"))
SCALARS = st.none() | st.booleans() | INTEGERS | FLOATS | TEXTS
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner), max_leaves=30
)


def double(ieee754_hex: str) -> float:
    (value,) = struct.unpack(">d", bytes.fromhex(ieee754_hex.rjust(16, "0")))
    assert isinstance(value, float)
    return value


@pytest.mark.parametrize("name", NAMES)
def test_the_official_vectors_come_out_to_the_byte(shared_data: Path, name: str) -> None:
    folder = shared_data / "vectors" / "jcs"
    value = json.loads((folder / "input" / f"{name}.json").read_bytes())
    assert canonical(value) == (folder / "output" / f"{name}.json").read_bytes().rstrip(b"\n")
    assert canonical(value) == bytes.fromhex((folder / "outhex" / f"{name}.txt").read_text())


def test_ten_thousand_official_numbers_print_as_published(shared_data: Path) -> None:
    lines = (shared_data / "vectors/jcs/numbers/es6testfile-first-10000.txt").read_text()
    for line in lines.split():
        ieee754_hex, printed = line.split(",")
        assert number_text(double(ieee754_hex)) == printed


def test_the_numbers_of_appendix_b_print_as_published(shared_data: Path) -> None:
    samples = json.loads((shared_data / "vectors/jcs/numbers/rfc8785-appendix-b.json").read_bytes())
    for sample in samples:
        value = double(sample["ieee754_hex"])
        if sample["error"]:
            with pytest.raises(MalformedJson):
                canonical(value)
        else:
            assert canonical_text(value) == sample["json"]


@given(VALUES)
def test_a_second_implementation_agrees(value: JsonValue) -> None:
    assert canonical(value) == rfc8785.dumps(value)


@given(FLOATS)
def test_a_printed_number_reads_back_as_the_same_double(value: float) -> None:
    assert float(number_text(value)) == value


@pytest.mark.parametrize(
    ("value", "printed"),
    [
        (0.0, "0"),
        (-0.0, "0"),
        (1.0, "1"),
        (1e20, "100000000000000000000"),
        (1e21, "1e+21"),
        (1.5e300, "1.5e+300"),
        (123456789012345680000.0, "123456789012345680000"),
        (1e-6, "0.000001"),
        (-1.25e-6, "-0.00000125"),
        (1e-7, "1e-7"),
        (-1.25e-7, "-1.25e-7"),
        (MAX_SAFE_INTEGER, "9007199254740991"),
    ],
)
def test_a_number_prints_as_ecmascript_prints_it(value: float, printed: str) -> None:
    assert number_text(value) == printed


def test_members_stand_in_order_of_utf_16_and_not_of_code_points() -> None:
    beyond, below = "\U00020000", "\uff08"
    assert below < beyond
    assert canonical({below: 1, beyond: 2}) == f'{{"{beyond}":2,"{below}":1}}'.encode()


def test_only_the_shortest_escapes_are_used() -> None:
    text = "".join(map(chr, range(0x20))) + '"\\/\x7f\u2028字😀'
    assert canonical(text).decode() == (
        r'"\u0000\u0001\u0002\u0003\u0004\u0005\u0006\u0007\b\t\n\u000b\f\r\u000e\u000f\u0010\u0011'
        r"\u0012\u0013\u0014\u0015\u0016\u0017\u0018\u0019\u001a\u001b\u001c\u001d\u001e\u001f"
        '\\"\\\\/\x7f\u2028字😀"'
    )


@pytest.mark.parametrize(
    "value",
    [
        math.nan,
        math.inf,
        -math.inf,
        MAX_SAFE_INTEGER + 1,
        -MAX_SAFE_INTEGER - 1,
        "\ud800",
        ["\udfff"],
        {"\ud800": 1},
        {"字\ud800": 1},
        {1: "a"},
        {1: "a", "b": 2},
        {b"a": 1},
        (1, 2),
        b"bytes",
        {"a": {1, 2}},
    ],
)
def test_what_is_not_json_has_no_canonical_form(value: object) -> None:
    with pytest.raises(MalformedJson):
        canonical(value)  # type: ignore[arg-type]


def test_two_hundred_and_fifty_six_levels_need_as_many_frames() -> None:
    value: JsonValue = {}
    for _ in range(128):
        value = {"a": [value]}
    assert canonical(value) == b'{"a":[' * 128 + b"{}" + b"]}" * 128


def test_names_are_put_in_order_even_where_one_of_them_has_no_utf_8_form() -> None:
    assert sorted_names(["\uffff", "\ud800", "a"]) == ["a", "\ud800", "\uffff"]
