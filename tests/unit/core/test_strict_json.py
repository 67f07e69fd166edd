"""Every refusal names its place, what is large but honest passes, and both readers agree."""

import json
import sys
from decimal import Context
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liuhen.core.canonical import JsonValue, canonical
from liuhen.core.errors import MalformedJson
from liuhen.core.json_number import parse_fraction, parse_integer, parse_number
from liuhen.core.json_scanner import scan
from liuhen.core.strict_json import DEFAULT_LIMITS, Limits, parse_json

TEXTS = st.text(st.characters(codec="utf-8"))
NUMBERS = st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(allow_nan=False, allow_infinity=False)
SCALARS = st.none() | st.booleans() | NUMBERS | TEXTS
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner), max_leaves=20
)
NUMBER_TEXTS = st.from_regex(
    r"-?(0|[1-9][0-9]{0,22})(\.[0-9]{1,22})?([eE][+-]?[0-9]{1,4})?", fullmatch=True
)
SNIPPETS = st.sampled_from(
    [
        *("{", "}", "[", "]", ",", ":", '"', "\\", " ", "\n", "\t", "\x00", "\x7f", "-", ".", "e"),
        *("0", "1", "9", "00", "-0", "1.", ".5", "1e5", "1E+400", "NaN", "-Infinity", "Infinity"),
        *("null", "true", "false", "nul", "True", '"a":1', '"\\u0061":2', '""', '"a"', '"b":[]'),
        *("\\ud800", "\\udc00", "\\ud83d\\ude00", "\\u00", "\\x", "\\/", "/*", "//", "\ufeff"),
        *(
            "12345678901234567890",
            "9007199254740993",
            "0.1000000000000000055",
            "字",
            "😀",
            "\u2028",
        ),
    ]
)


def refusal(body: bytes, limits: Limits = DEFAULT_LIMITS) -> MalformedJson:
    with pytest.raises(MalformedJson) as caught:
        parse_json(body, limits)
    return caught.value


def same(left: JsonValue, right: JsonValue) -> bool:
    """Equal, and of the same types: 1 is not true and not 1.0."""
    return json.dumps(left, sort_keys=True) == json.dumps(right, sort_keys=True)


@pytest.mark.parametrize(
    ("body", "rule", "line", "column", "offset", "path"),
    [
        (b'{"a":1,"a":2}', "twice", 1, 8, 7, "/a"),
        (b'{"a":1,\n "\\u0061":2}', "twice", 2, 2, 9, "/a"),
        (b'[{"x/y":{"~":1,"\\u007e":2}}]', "twice", 1, 16, 15, "/0/x~1y/~0"),
        ('{"字":1,"\\u5b57":2}'.encode(), "twice", 1, 8, 9, "/字"),
        (b'{"":1,"":2}', "twice", 1, 7, 6, "/"),
        (b'["\\ud800"]', "surrogate", 1, 3, 2, "/0"),
        (b'["\\\\ud800","x\\udfff"]', "surrogate", 1, 14, 13, "/1"),
        (b'["\\ud83d\\ude00\\ud83d"]', "surrogate", 1, 15, 14, "/0"),
        (b'["\\uDE00\\uD83D"]', "surrogate", 1, 3, 2, "/0"),
        (b'["\\ud83d\\u0041"]', "surrogate", 1, 3, 2, "/0"),
        (b'{"a":{"\\udc00":1}}', "surrogate", 1, 8, 7, "/a"),
        (b"NaN", "NaN", 1, 1, 0, ""),
        (b"[Infinity]", "NaN", 1, 2, 1, "/0"),
        (b'{"a":-Infinity}', "NaN", 1, 6, 5, "/a"),
        (b"[1e400]", "no double", 1, 2, 1, "/0"),
        (b"[1e-400]", "no double", 1, 2, 1, "/0"),
        (b'{"a":[0,0.1000000000000000055]}', "no double", 1, 9, 8, "/a/1"),
        (b"[9007199254740993]", "no double", 1, 2, 1, "/0"),
        (b"[9007199254740992]", "2^53", 1, 2, 1, "/0"),
        (b"[-9007199254740992.0]", "2^53", 1, 2, 1, "/0"),
        (b"[1e20]", "2^53", 1, 2, 1, "/0"),
        (b"[100000000000000000000]", "2^53", 1, 2, 1, "/0"),
        (b"\xef\xbb\xbf{}", "byte-order mark", 1, 1, 0, ""),
        (b'["a",\n"\xff"]', "UTF-8", 2, 2, 7, ""),
        ('["字\n'.encode() + b'\xed\xa0\x80"]', "UTF-8", 2, 1, 6, ""),
        (b'["\xc0\xaf"]', "UTF-8", 1, 3, 2, ""),
        (b'["\xf4\x90\x80\x80"]', "UTF-8", 1, 3, 2, ""),
        (b'["\xe5\xad', "UTF-8", 1, 3, 2, ""),
        (b"", "a value expected", 1, 1, 0, ""),
        (b" \r\n ", "a value expected", 2, 2, 4, ""),
        (b"\nx", "a value expected", 2, 1, 1, ""),
        (b"[1,\n2,\n\n  x]", "a value expected", 4, 3, 10, "/2"),
        (b"{} x", "after the JSON value", 1, 4, 3, ""),
        (b"{}{}", "after the JSON value", 1, 3, 2, ""),
        (b"[1,]", "a value expected", 1, 4, 3, "/1"),
        (b"[,1]", "a value expected", 1, 2, 1, "/0"),
        (b"[1 2]", '"," or "]" expected', 1, 4, 3, "/0"),
        (b"[01]", '"," or "]" expected', 1, 3, 2, "/0"),
        (b"[1.]", '"," or "]" expected', 1, 3, 2, "/0"),
        (b"[+1]", "a value expected", 1, 2, 1, "/0"),
        (b"[.5]", "a value expected", 1, 2, 1, "/0"),
        (b"[-]", "a value expected", 1, 2, 1, "/0"),
        (b"[1_000]", '"," or "]" expected', 1, 3, 2, "/0"),
        ("[٣]".encode(), "a value expected", 1, 2, 1, "/0"),
        (b"[0x1]", '"," or "]" expected', 1, 3, 2, "/0"),
        (b"[True]", "a value expected", 1, 2, 1, "/0"),
        (b"[tru]", "a value expected", 1, 2, 1, "/0"),
        (b"[1", '"," or "]" expected', 1, 3, 2, "/0"),
        (b"[", "a value expected", 1, 2, 1, "/0"),
        (b'{"a":1,}', "a member name", 1, 8, 7, ""),
        (b"{a:1}", "a member name", 1, 2, 1, ""),
        (b"{'a':1}", "a member name", 1, 2, 1, ""),
        (b'{"a" 1}', '":" expected', 1, 6, 5, ""),
        (b'{"a":1 "b":2}', '"," or "}" expected', 1, 8, 7, "/a"),
        (b'{"a":}', "a value expected", 1, 6, 5, "/a"),
        (b"[1}", '"," or "]" expected', 1, 3, 2, "/0"),
        (b'["a\nb"]', "control character", 1, 4, 3, "/0"),
        (b'["\x00"]', "control character", 1, 3, 2, "/0"),
        (b'["\\x41"]', "escape", 1, 3, 2, "/0"),
        (b'["\\u12g4"]', "uXXXX escape", 1, 4, 3, "/0"),
        (b'["abc', "unterminated string", 1, 2, 1, "/0"),
        (b"[1] // remark", "after the JSON value", 1, 5, 4, ""),
        ("[1\u00a0]".encode(), '"," or "]" expected', 1, 3, 2, "/0"),
        (b"[1\x0c]", '"," or "]" expected', 1, 3, 2, "/0"),
    ],
)
def test_a_refusal_names_the_place(
    body: bytes, rule: str, line: int, column: int, offset: int, path: str
) -> None:
    error = refusal(body)
    assert rule in error.rule
    assert (error.line, error.column, error.offset) == (line, column, offset)
    assert error.path == path


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b"0", 0),
        (b"-0", 0),
        (b"-0.0", 0),
        (b"0e9999999999999999999999", 0),
        (b"0.1", 0.1),
        (b"0.10", 0.1),
        (b"1e2", 100),
        (b"1E+2", 100),
        (b"100.0", 100),
        (b"12.50e-1", 1.25),
        (b"1e21", 1e21),
        (b"1000000000000000000000", 1e21),
        (b"9007199254740991", 9007199254740991),
        (b"-9007199254740991.000", -9007199254740991),
        (b"5e-324", 5e-324),
        (b"1.7976931348623157e308", 1.7976931348623157e308),
        (b"333333333.3333333", 333333333.3333333),
        (b"1e" + b"0" * 100_000 + b"1", 10),
        (b" \t\r\n[ ] ", []),
        (b'"\\ud83d\\ude00"', "😀"),
        (b'"\\\\ud800"', "\\ud800"),
        (b'["\\ud83d\\ude00","\\/\\u0000"]', ["😀", "/\x00"]),
        (b'{"a":1,"A":2,"":3}', {"a": 1, "A": 2, "": 3}),
        ('"\x7f\u2028\ufeff\U0010ffff"'.encode(), "\x7f\u2028\ufeff\U0010ffff"),
        (b"[null,true,false]", [None, True, False]),
    ],
)
def test_what_has_one_meaning_passes_both_readers(body: bytes, value: JsonValue) -> None:
    assert same(parse_json(body), value)
    assert same(scan(body.decode(), 256), value)


def test_256_levels_pass_and_257_do_not() -> None:
    for opening, closing in ((b"[", b"]"), (b'{"a":', b"}")):
        assert parse_json(opening * 255 + b"{}" + closing * 255)
        error = refusal(opening * 256 + b"{}" + closing * 256)
        assert "256 levels" in error.rule
        assert error.offset == len(opening) * 256
    assert refusal(b"[" * 100_000).offset == 256
    assert refusal(b'{"a":' * 100_000).offset == 256 * 5
    assert refusal(b"[[1]]", Limits(depth=1)).offset == 1
    assert parse_json(b'[["[[[[\\"[[\\\\", "]"]]', Limits(depth=2)) == [['[[[["[[\\', "]"]]


def test_a_deep_text_never_reaches_the_recursive_scanner() -> None:
    """With a raised recursion limit it would overrun the C stack and end the process."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(1_000_000)
    try:
        for text in (b"[" * 500_000, b'["a\\\\",' * 200_000, b'{"\\"":' * 200_000):
            assert "256 levels" in refusal(text).rule
    finally:
        sys.setrecursionlimit(before)


def test_many_containers_side_by_side_are_not_deep() -> None:
    assert parse_json(b"[" + b"[[]]," * 1000 + b"{}]")
    assert parse_json(b'"' + b"[," * 1000 + b'"') == "[," * 1000


def test_what_is_large_but_honest_passes() -> None:
    assert len(parse_json(json.dumps({str(n): n for n in range(20_000)}).encode())) == 20_000  # type: ignore[arg-type]
    text = "字" * 1_000_000
    assert parse_json(json.dumps([text], ensure_ascii=False).encode()) == [text]
    full = b'"' + b"a" * (8 * 2**20 - 2) + b'"'
    assert len(full) == DEFAULT_LIMITS.body_bytes
    assert len(str(parse_json(full))) == len(full) - 2
    assert "more than 8388608 bytes" in refusal(b" " + full).rule


def test_more_values_than_the_limit_are_refused_and_commas_in_text_are_none() -> None:
    limits = Limits(values=10)
    assert parse_json(b"[1,2,3,4,5,6,7,8,9]", limits)
    assert "10 values" in refusal(b"[1,2,3,4,5,6,7,8,[9]]", limits).rule
    text = r"[{,,,,\",,\\"
    assert parse_json(json.dumps([text, text]).encode(), limits) == [text, text]
    for text in ("a\\", 'a"'):
        assert parse_json(json.dumps([text, "," * 20]).encode(), limits) == [text, "," * 20]
    ten_with_the_array = [0, 0, 0, 0, 0, 0, 0, 0, ","]
    assert parse_json(json.dumps(ten_with_the_array).encode(), limits) == ten_with_the_array


def test_paths_may_have_the_fixed_sum_or_that_of_the_body_whichever_is_more() -> None:
    limits = Limits(path_sum_bytes=1000, path_sum_factor=8)
    assert [limits.path_sum(length) for length in (0, 125, 126)] == [1000, 1000, 1008]


def test_hostile_bodies_are_refused_and_the_message_stays_short() -> None:
    assert "no double" in refusal(b"9" * 1_000_000).rule
    assert "no double" in refusal(b"0." + b"0" * 1_000_000 + b"1").rule
    assert "no double" in refusal(b"1e" + b"9" * 1_000_000).rule
    assert "no double" in refusal(b"1e-" + b"9" * 1_000_000).rule
    name = b'"' + b"k" * 1_000_000 + b'"'
    error = refusal(b"{" + name + b":1," + name + b":2}")
    assert len(str(error)) < 2000


def test_a_pointer_of_1000_characters_is_whole_and_a_longer_one_is_cut_there() -> None:
    whole = "k" * 999
    assert refusal(json.dumps({whole: 0}).encode()[:-2]).path == "/" + whole
    assert refusal(json.dumps({whole + "k": 0}).encode()[:-2]).path == "/" + whole + "…"


def test_a_deep_stack_of_the_caller_changes_nothing() -> None:
    def at_depth(frames: int) -> JsonValue:
        return at_depth(frames - 1) if frames else parse_json(b"[" * 256 + b"]" * 256)

    assert at_depth(780)


def test_a_number_that_the_vectors_round_is_refused_here(shared_data: Path) -> None:
    error = refusal((shared_data / "vectors/jcs/input/values.json").read_bytes())
    assert (error.path, error.rule) == (
        "/numbers/0",
        "a number that no double carries unchanged; write it as a string",
    )


@given(VALUES)
def test_reading_canonical_form_gives_the_value_back(value: JsonValue) -> None:
    try:
        body = canonical(value)
        read = parse_json(body)
    except MalformedJson:
        assert "e+" in repr(value) or "." in repr(value)  # a double that prints beyond 2^53
        return
    assert read == value
    assert canonical(read) == body


@given(VALUES, st.booleans(), st.sampled_from([None, 1, "\t"]))
def test_whatever_is_accepted_is_canonical_after_one_print(
    value: JsonValue, ascii_only: bool, indent: Any
) -> None:
    body = json.dumps(value, ensure_ascii=ascii_only, indent=indent).encode()
    try:
        read = parse_json(body)
    except MalformedJson:
        return
    assert same(parse_json(canonical(read)), read)


def both(body: str) -> tuple[JsonValue, JsonValue]:
    def outcome(read: Any, argument: Any) -> JsonValue:
        try:
            value: JsonValue = read(argument)
        except MalformedJson as error:
            return f"refused: {error}"
        return [value]

    fast = outcome(parse_json, body.encode())
    return fast, outcome(lambda text: scan(text, 256), body)


@given(st.lists(SNIPPETS, max_size=12))
def test_both_readers_agree_on_what_is_almost_json(snippets: list[str]) -> None:
    body = "".join(snippets)
    if not body.startswith("\ufeff"):
        fast, slow = both(body)
        assert same(fast, slow)


@given(VALUES, st.booleans(), st.data())
def test_both_readers_agree_on_damaged_json(
    value: JsonValue, ascii_only: bool, data: st.DataObject
) -> None:
    body = json.dumps(value, ensure_ascii=ascii_only)
    at = data.draw(st.integers(0, len(body)))
    cut = data.draw(st.integers(0, 3))
    damaged = body[:at] + data.draw(st.just("") | SNIPPETS) + body[at + cut :]
    if not damaged.startswith("\ufeff"):
        fast, slow = both(damaged)
        assert same(fast, slow)


@given(st.binary(max_size=20))
def test_arbitrary_bytes_give_a_value_or_a_refusal(body: bytes) -> None:
    try:
        parse_json(body)
    except MalformedJson as error:
        offset = error.offset
    else:
        return
    assert offset is not None


@given(NUMBER_TEXTS)
def test_short_ways_of_reading_a_number_end_where_the_long_way_does(text: str) -> None:
    short = parse_fraction if set(text) & set(".eE") else parse_integer
    outcomes = []
    for read in (parse_number, short):
        try:
            outcomes.append(repr(read(text)))
        except MalformedJson as error:
            outcomes.append(error.rule)
    assert outcomes[0] == outcomes[1]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0.5e1", 5),
        ("0.05E+1", 0.5),
        ("0.01e-5", 1e-7),
        ("00000000000000000.25e0", 0.25),
        ("0.00000000000000000000000000000025e31", 2.5),
        ("2500e-3", 2.5),
    ],
)
def test_zeros_in_front_of_a_number_are_no_digits_of_it(text: str, value: float) -> None:
    assert repr(parse_number(text)) == repr(value)


def test_an_exponent_of_eight_digits_counts_and_a_longer_one_is_never_a_smaller_one() -> None:
    assert parse_number("0." + "0" * 9_999_999 + "1e10000000") == 1
    for exponent in ("123456789", "0123456789", "99999999"):
        with pytest.raises(MalformedJson):
            parse_number("0." + "0" * 9_999_998 + "1e" + exponent)


@given(NUMBER_TEXTS)
def test_an_accepted_number_prints_as_the_same_decimal(text: str) -> None:
    exact = Context(prec=200, Emax=999_999, Emin=-999_999)
    try:
        value = parse_number(text)
    except MalformedJson:
        return
    printed = canonical(value).decode()
    assert exact.create_decimal(printed) == exact.create_decimal(text)
    assert not printed.lstrip("-").isdigit() or abs(int(printed)) <= 2**53 - 1
    assert isinstance(value, int) == printed.lstrip("-").isdigit()
