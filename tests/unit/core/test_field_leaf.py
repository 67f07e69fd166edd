"""The limits of one walk: each holds over all parts of a record together, to the last leaf."""

import pytest

from liuhen.core.canonical import JsonValue
from liuhen.core.errors import MalformedRecord
from liuhen.core.field_leaf import LeafWalk
from liuhen.core.strict_json import Limits


def walk(limits: Limits, *parts: JsonValue, counted: list[bytes] | None = None) -> None:
    """Walk over parts that are called "a", "b", … in a body of no length."""
    leaf_walk = LeafWalk(0, limits, counted or [])
    for number, part in enumerate(parts):
        leaf_walk.leaves(part, b'"%c"' % (97 + number))


def check_limit(rule: str, limits: Limits, *parts: JsonValue, more: JsonValue) -> None:
    """Parts that just fit, and one more that does not, wherever it stands."""
    walk(limits, *parts)
    for place in range(len(parts) + 1):
        with pytest.raises(MalformedRecord, match=rule):
            walk(limits, *parts[:place], more, *parts[place:])


def test_leaves_are_counted_over_all_parts() -> None:
    limits = Limits(leaves=9)
    check_limit("9 field leaves", limits, [1, 2], [3, [4, 5, {}], {"x": 6}], 7, 8, more=9)
    with pytest.raises(MalformedRecord, match="9 field leaves"):
        walk(limits, [0] * 10)
    walk(limits, [0] * 7, counted=[b'["p"]', b'["q"]'])
    with pytest.raises(MalformedRecord, match="9 field leaves"):
        walk(limits, [0] * 8, counted=[b'["p"]', b'["q"]'])


def test_the_longest_path_is_exact() -> None:
    name = "n" * 11
    walk(Limits(path_bytes=len(b'["a","nnnnnnnnnnn"]')), {name: 1})
    with pytest.raises(MalformedRecord, match="a path of more"):
        walk(Limits(path_bytes=len(b'["a","nnnnnnnnnnn"]') - 1), {name: 1})


def test_bytes_of_paths_are_counted_over_all_parts() -> None:
    one = len(b'["a",0]')
    limits = Limits(path_sum_bytes=6 * one, path_sum_factor=0)
    check_limit("bytes together", limits, [1, 2], [3, 4], [5, 6], more=[7])
    short = Limits(path_sum_bytes=2 * len(b'["a"]'), path_sum_factor=0)
    check_limit("bytes together", short, 1, 2, more=3)


def test_steps_of_paths_are_counted_over_all_parts_also_of_those_before_it_mattered() -> None:
    # Two leaves of two steps each are below depth 3 · count; the third part crosses that line.
    limits = Limits(depth=3, path_steps=12)
    check_limit("12 steps together", limits, [1, 2], [3, 4], [5, 6], more=7)
    check_limit("12 steps together", limits, [[1, 2]], [[3], 4], 5, more=6)
    exact = Limits(depth=3, path_steps=6)
    check_limit("6 steps together", exact, [[1, 2]], more=3)


def test_a_path_has_as_many_steps_as_it_has_names_and_positions() -> None:
    values: list[JsonValue] = [0, [0], [[0]], {"x": [[0]]}]
    for steps, value in enumerate(values, 1):
        walk(Limits(depth=9, path_steps=steps), value)
        with pytest.raises(MalformedRecord, match="steps together"):
            walk(Limits(depth=9, path_steps=steps - 1), value)
