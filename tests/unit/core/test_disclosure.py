"""Disclosures: the vectors, every bent row, and rows that would open to two records."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liuhen.core.canonical import JsonValue, canonical
from liuhen.core.commitment import Commitment, bind, commit
from liuhen.core.disclosure import Closed, Row, Shown, parse_rows, rebuild, rows_commitment
from liuhen.core.errors import Malformed, MalformedDisclosure
from liuhen.core.merkle import subtree_root
from liuhen.core.strict_json import Limits, parse_json

FOLDER = Path(__file__).parents[2] / "vectors" / "evidence"
VECTORS = json.loads((FOLDER / "disclosure.json").read_bytes())
COMMITMENTS = json.loads((FOLDER / "commitment.json").read_bytes())
REASONS = {
    "salt length": "a salt must be 32",
    "hash length": "a leaf hash must be 64",
    "order": "ascending order",
    "prefix": "prefix of another",
    "array gap": "gap",
    "container kind": "names and positions",
    "value not a leaf": "not a leaf",
}
SALT, HASH = "00" * 16, "11" * 32
WITHHELD_B: JsonValue = [["b"], HASH]

TEXTS = st.text(st.characters(codec="utf-8"), max_size=3)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | TEXTS,
    lambda inner: st.lists(inner, max_size=13) | st.dictionaries(TEXTS, inner, max_size=5),
    max_leaves=25,
)


def record_with(data: JsonValue) -> dict[str, JsonValue]:
    return {**COMMITMENTS[0]["record"], "data": data}


def committed(data: JsonValue) -> Commitment:
    return commit(record_with(data), bytes(32))


def shown(*path: str | int, value: JsonValue = 1) -> JsonValue:
    return [list(path), SALT, value]


def printed(rows: Sequence[Row]) -> bytes:
    return canonical([row.to_json() for row in rows])


def in_order(*rows: JsonValue) -> JsonValue:
    return sorted(rows, key=lambda row: canonical(row[0]))  # type: ignore[index]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_every_vector_gets_its_answer_for_its_reason(vector: dict[str, Any]) -> None:
    value = parse_json(canonical(vector["rows"]))
    commitment = bytes.fromhex(vector["commitment"])
    if vector["want"] == "malformed":
        with pytest.raises(MalformedDisclosure, match=REASONS[vector["reason"]]):
            parse_rows(value)
        return
    rows = parse_rows(value)
    assert printed(rows) == canonical(vector["rows"])
    assert sum(isinstance(row, Closed) for row in rows) == vector["closed"]
    assert (rows_commitment(rows) == commitment) is (vector["want"] == "ok")
    if vector["name"] == "all shown":
        made = next(v for v in COMMITMENTS if v["commitment"] == vector["commitment"])
        assert canonical(rebuild(rows)) == canonical(made["record"])


@given(VALUES, st.data())
def test_any_choice_of_rows_leads_to_the_commitment(data: JsonValue, draw: st.DataObject) -> None:
    commitment, value = committed(data)
    rows = parse_rows(value)
    assert printed(rows) == canonical(value)
    assert canonical(rebuild(rows)) == canonical(record_with(data))
    hidden: list[Row] = []
    for row in rows:
        assert isinstance(row, Shown)
        withheld = row.withheld()
        assert withheld.closed() == row.closed()
        choices: list[Row] = [row, withheld, row.closed()]
        hidden.append(draw.draw(st.sampled_from(choices)))
    again = parse_rows(parse_json(printed(hidden)))
    assert list(again) == hidden
    assert rows_commitment(again) == commitment
    if any(not isinstance(row, Shown) for row in again):
        assert rebuild(again) is None


def test_every_bent_bit_of_the_rows_is_refused() -> None:
    commitment, value = committed({"a": [0, "x"], "字": None})
    rows = parse_rows(value)
    bare = [row for row in rows if isinstance(row, Shown)]
    mixed: list[Row] = [bare[0], bare[1].withheld(), bare[2].closed(), *bare[3:]]
    text = printed(mixed)
    assert rows_commitment(parse_rows(parse_json(text))) == commitment
    for at in range(len(text)):
        for bit in range(8):
            bent = text[:at] + bytes([text[at] ^ 1 << bit]) + text[at + 1 :]
            assert is_refused(bent, commitment), bent


def is_refused(body: bytes, commitment: bytes) -> bool:
    try:
        rows = parse_rows(parse_json(body))
    except Malformed:
        return True
    # White space bent in: refused where files are read.
    return rows_commitment(rows) != commitment or printed(rows) != body


def test_a_row_left_out_doubled_or_moved_leads_elsewhere() -> None:
    commitment, value = committed([1, 2, 3])
    rows = [Closed(row.leaf) for row in parse_rows(value)]
    assert rows_commitment(rows) == commitment
    for other in (rows[1:], rows[:-1], rows + rows[-1:], rows[1::-1] + rows[2:], [rows[0]]):
        assert rows_commitment(other) != commitment


def test_the_number_of_rows_is_bound() -> None:
    leaves = [bytes([n]) * 32 for n in range(3)]
    assert rows_commitment([Closed(leaf) for leaf in leaves]) == bind(3, subtree_root(leaves))
    assert bind(3, subtree_root(leaves)) != bind(4, subtree_root(leaves))


@pytest.mark.parametrize(
    "value",
    [
        None,
        {},
        "rows",
        [],
        [None],
        [7],
        [{}],
        [[]],
        [[["a"]]],
        [[["a"], SALT, 1, 2]],
        [["a", SALT, 1]],
        [[[], SALT, 1]],
        [[[0], SALT, 1]],
        [[["a", -1], SALT, 1]],
        [[["a", 1.5], SALT, 1]],
        [[["a", True], SALT, 1]],
        [[["a", None], SALT, 1]],
        [[["a", ["b"]], SALT, 1]],
        [[None, SALT, 1]],
        [[["a"], None, 1]],
        [[["a"], SALT[:-2], 1]],
        [[["a"], SALT + "00", 1]],
        [[["a"], SALT[:-1] + "G", 1]],
        [[["a"], "AB" * 16, 1]],
        [[["a"], " " * 32, 1]],
        [[["a"], "٠" * 32, 1]],
        [[["a"], SALT, [1]]],
        [[["a"], SALT, {"b": 1}]],
        [[["a"], HASH[:-2]]],
        [[["a"], HASH.replace("1", "A")]],
        [[["a"], SALT]],
        [[["a"], None]],
        [HASH[:-2]],
        [HASH + "11"],
        ["G" * 64],
        [""],
    ],
)
def test_a_row_of_another_form_is_malformed(value: JsonValue) -> None:
    with pytest.raises(MalformedDisclosure):
        parse_rows(value)


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        (in_order(shown("a"), shown("a", "b")), "prefix"),
        (in_order(shown("a"), shown("a", 0)), "prefix"),
        (in_order(shown("a"), shown("a", "b", "c")), "prefix"),
        (in_order(shown("a", 0), shown("a", 0, "b")), "prefix"),
        (in_order(*(shown("a", n) for n in range(11)), shown("a", 1, "x")), "prefix"),
        (in_order(shown("a", 0), shown("a", "0")), "names and positions"),
        (in_order(shown("a", "b", 0), shown("a", "b", "c")), "names and positions"),
        (in_order(shown("a", 0, "x"), shown("a", "x", 0)), "names and positions"),
        (in_order(shown("a", 1)), "gap"),
        (in_order(shown("a", 0), shown("a", 2)), "gap"),
        (in_order(shown("a", 0, 1), shown("b")), "gap"),
        (in_order(shown("a", 0), shown("a", 1, 0), shown("a", 1, 2), shown("b")), "gap"),
        (in_order(shown("~", 1, value=None)), "gap"),
        ([shown("b"), shown("a")], "ascending"),
        ([shown("a"), shown("a")], "ascending"),
        ([shown("a", 2), HASH, shown("a", 10)], "ascending"),
        ([shown("\uff08"), shown("\U00020000"), shown("a")], "ascending"),
        ([WITHHELD_B, shown("a")], "ascending"),
    ],
)
def test_paths_that_no_document_has_are_malformed(rows: JsonValue, reason: str) -> None:
    with pytest.raises(MalformedDisclosure, match=reason):
        parse_rows(rows)


def test_with_closed_rows_an_array_may_have_gaps_but_no_names() -> None:
    assert parse_rows([HASH, shown("a", 1)])
    with pytest.raises(MalformedDisclosure, match="names and positions"):
        parse_rows([shown("a", "x"), HASH, shown("a", 1)])
    with pytest.raises(MalformedDisclosure, match="prefix"):
        parse_rows([shown("a", "b"), HASH, shown("a")])


@given(st.sets(st.lists(st.sampled_from(["a", "b", 0, 1, 10]), min_size=1, max_size=4).map(tuple)))
def test_paths_are_accepted_exactly_when_a_document_has_them(paths: set[Any]) -> None:
    rows = in_order(*(shown(*path) for path in paths))
    try:
        accepted = parse_rows(rows)
    except MalformedDisclosure:
        assert not is_document(paths)
    else:
        assert is_document(paths)
        assert rebuild(accepted) is not None


def is_document(paths: set[tuple[str | int, ...]]) -> bool:
    """Rules (c) and (d), each as a slow sentence."""
    if not paths or any(not isinstance(path[0], str) for path in paths):
        return False
    prefixes = {path[:n] for path in paths for n in range(len(path))}
    if prefixes & paths:
        return False
    for prefix in prefixes:
        inside = (path for path in paths if path[: len(prefix)] == prefix)
        steps = {path[len(prefix)] for path in inside}
        names = all(isinstance(step, str) for step in steps)
        if not names and steps != set(range(len(steps))):
            return False
    return True


def test_padding_hides_the_number_and_is_no_part_of_the_record() -> None:
    rows = parse_rows([shown("a"), shown("~", 0, value=None), shown("~", 1, value=None)])
    assert rebuild(rows) == {"a": 1}
    assert rows_commitment(rows) != rows_commitment(rows[:1])
    assert rebuild(parse_rows([shown("a"), shown("~", 0, value=0)])) == {"a": 1, "~": [0]}
    assert rebuild(parse_rows([shown("a"), shown("~", value=None)])) == {"a": 1, "~": None}
    named = parse_rows([shown("a"), shown("~", "x", value=None)])
    assert rebuild(named) == {"a": 1, "~": {"x": None}}


def test_a_record_of_another_value_is_not_the_rebuilt_one() -> None:
    rows = parse_rows(committed([1]).rows)
    assert canonical(rebuild(rows)) == canonical(record_with([1]))
    assert canonical(rebuild(rows)) != canonical(record_with([2]))


def test_rows_beyond_what_a_record_can_have_are_malformed() -> None:
    limits = Limits(leaves=2, path_bytes=10, depth=3)
    assert parse_rows([HASH] * 2, limits)
    too_much: list[list[JsonValue]] = [[HASH] * 3, [shown("a" * 7)], [shown("a", 0, 0, 0)]]
    for value in too_much:
        with pytest.raises(MalformedDisclosure):
            parse_rows(value, limits)
    assert parse_rows([shown("a" * 6)], limits)
    assert parse_rows([shown("a", 0, 0)], limits)


def test_deep_and_wide_rows_are_read() -> None:
    deep: JsonValue = 1
    for _ in range(254):
        deep = [deep]
    assert rebuild(parse_rows(committed(deep).rows)) == record_with(deep)
    wide: JsonValue = list(range(2000))
    assert rebuild(parse_rows(committed(wide).rows)) == record_with(wide)


@pytest.mark.parametrize(
    "bad",
    [
        "00",
        7,
        [[], "00" * 16, 1],
        [["b"], "00", 1],
        [["b"], "00"],
        [["b"], "00" * 16, [1]],
        [["b" * 99], "00" * 16, 1],
    ],
)
def test_a_refusal_says_which_row_it_is_about(bad: JsonValue) -> None:
    good: JsonValue = [["a"], "00" * 16, 1]
    limits = Limits(path_bytes=50)
    for number in (0, 1, 2):
        rows: list[JsonValue] = [good] * number + [bad]
        with pytest.raises(MalformedDisclosure, match=rf"\brow {number}\b"):
            parse_rows(rows, limits)
