"""Padding hides how many leaves a record has, and nothing else changes."""

import pytest

from liuhen.core.canonical import JsonValue, canonical
from liuhen.core.commitment import commit, commitment_of, rows_text_of
from liuhen.core.disclosure import Shown, parse_rows, rebuild, rows_commitment
from liuhen.core.errors import MalformedRecord
from liuhen.core.padding import is_padded_count, pad, padded_count
from liuhen.core.record import parse_record
from liuhen.core.row_rules import check_rows
from liuhen.core.strict_json import parse_json
from liuhen.core.submission import prepare

SECRET = bytes(range(32))
AT = "2026-03-31T07:40:01.250Z"


@pytest.mark.parametrize(
    ("count", "padded"),
    [(1, 32), (31, 32), (32, 32), (33, 64), (64, 64), (65, 128), (1000, 1024), (65_536, 65_536)],
)
def test_the_number_of_leaves_is_the_next_power_of_two(count: int, padded: int) -> None:
    assert padded_count(count) == padded
    assert is_padded_count(padded)
    assert len(pad([(b"x", b"null")] * count, padded)) == padded


@pytest.mark.parametrize("count", [0, 1, 16, 31, 33, 48, 65_535])
def test_other_numbers_are_no_padded_ones(count: int) -> None:
    assert not is_padded_count(count)


@pytest.mark.parametrize("padded_to", [0, 16, 32, 48, 63])
def test_a_record_is_not_padded_to_less_than_it_has(padded_to: int) -> None:
    with pytest.raises(MalformedRecord):
        pad([(b"x", b"null")] * 33, padded_to)


def test_without_padding_nothing_is_added() -> None:
    assert pad([(b"x", b"null")], None) == [(b"x", b"null")]


@pytest.mark.parametrize("experts", [0, 1, 3, 4, 5, 40, 150])
def test_a_padded_record_is_committed_to_as_the_slow_way_says(experts: int) -> None:
    pool: list[JsonValue] = [f"expert {number}" for number in range(experts)]
    draft = prepare(
        canonical({"type": "expert_draw", "data": {"pool": pool}}),
        origin="log.example/logs/kit",
        record_id="01936b2e-7c00-7000-8000-000000000001",
        secret=SECRET,
        nonce="00" * 16,
        padded_types={"expert_draw"},
    )
    sealed = draft.complete(AT)
    record = parse_record(sealed.record_bytes)
    assert "~" not in record
    slow = commit(record, SECRET, padded=True)
    assert sealed.commitment == slow.commitment
    assert canonical(slow.rows).decode() == sealed.rows_text
    assert sealed.commitment == commitment_of(sealed.record_bytes, SECRET, draft.padded_to)
    assert sealed.rows_text == rows_text_of(sealed.record_bytes, SECRET, draft.padded_to)
    rows = parse_rows(parse_json(sealed.rows_text.encode()))
    assert len(rows) == draft.leaf_count == draft.padded_to == padded_count(len(rows))
    assert rows_commitment(rows) == sealed.commitment
    assert check_rows(rows)
    assert rebuild(rows) == record


def test_the_salts_of_a_record_are_the_same_with_and_without_padding() -> None:
    record = parse_record(_body())
    plain, padded = commit(record, SECRET), commit(record, SECRET, padded=True)
    assert padded.rows[: len(plain.rows)] == plain.rows
    assert plain.commitment != padded.commitment


def test_one_element_more_or_less_does_not_show() -> None:
    """Rows of padding and of the record are alike once their names are hidden."""
    lengths = set()
    for experts in (1, 2, 3, 5, 8):
        sealed = prepare(
            canonical({"type": "expert_draw", "data": ["x"] * experts}),
            origin="log.example/logs/kit",
            record_id="01936b2e-7c00-7000-8000-000000000001",
            secret=SECRET,
            nonce="00" * 16,
            padded_types={"expert_draw"},
        ).complete(AT)
        rows = parse_rows(parse_json(sealed.rows_text.encode()))
        closed = [row.closed() for row in rows if isinstance(row, Shown)]
        lengths.add(len(canonical([row.to_json() for row in closed])))
    assert len(lengths) == 1


def test_other_types_are_not_padded() -> None:
    record = parse_record(_body())
    assert len(commit(record, SECRET).rows) not in (32, 64)


def _body() -> bytes:
    return (
        prepare(
            b'{"data":{"a":1}}',
            origin="log.example/logs/kit",
            record_id="01936b2e-7c00-7000-8000-000000000001",
            secret=SECRET,
            nonce="00" * 16,
        )
        .complete(AT)
        .record_bytes
    )
