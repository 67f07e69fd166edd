"""Any selection of any record verifies to the same commitment, and gives nothing else away."""

import json
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from liuhen.core.canonical import canonical, canonical_text
from liuhen.core.disclosure import Closed, Row, Shown, Withheld, parse_rows, rows_commitment
from liuhen.core.errors import MalformedPointer, Unknown
from liuhen.core.pointer import to_pointer
from liuhen.core.row_rules import check_rows
from liuhen.core.selection import ALWAYS_SHOWN, CASE, is_shown, select
from liuhen.core.shown import ShownRecord
from liuhen.core.strict_json import parse_json
from liuhen.core.submission import prepare

DATA: dict[str, Any] = {
    "scores": [{"bid": "B01", "price": "43.00"}, {"bid": "B02", "price": "41.30"}, "none"],
    "by_seat": {"2": "E7", "10": "E9"},
    "empty": {},
}
AT = "2026-03-31T07:40:01.250Z"


def rows_of(data: Any, record_type: str = "score_sheet", **members: Any) -> tuple[Row, ...]:
    body = canonical({"type": record_type, "case": "A-1", "data": data, **members})
    draft = prepare(
        body,
        origin="log.example/logs/kit",
        record_id="01936b2e-7c00-7000-8000-000000000001",
        secret=b"\x07" * 32,
        nonce="00" * 16,
        padded_types=["expert_draw"],
    )
    rows = parse_rows(parse_json(draft.complete(AT, 0).rows_text.encode()))
    assert rows_commitment(rows) == draft.complete(AT, 0).commitment
    return rows


ROWS = rows_of(DATA)


def shown(rows: Sequence[Row]) -> set[str]:
    return {to_pointer(row.path) for row in rows if isinstance(row, Shown)}


def of_data(rows: Sequence[Row]) -> set[str]:
    return {pointer for pointer in shown(rows) if pointer.startswith("/data")}


def test_a_field_of_an_array_is_shown_and_everything_else_is_named_only() -> None:
    rows = select(ROWS, ["/data/scores/2"])
    assert of_data(rows) == {"/data/scores/2"}
    always = {to_pointer(path) for path in ALWAYS_SHOWN | CASE}
    assert shown(rows) == always | {"/data/scores/2"}
    assert not any(isinstance(row, Closed) for row in rows)
    assert rows_commitment(rows) == rows_commitment(ROWS)
    ShownRecord.of(rows)
    check_rows(rows)


def test_a_container_is_shown_with_all_that_is_in_it() -> None:
    rows = select(ROWS, ["/data/scores/0", "/data/by_seat/2"])
    assert of_data(rows) == {"/data/scores/0/bid", "/data/scores/0/price", "/data/by_seat/2"}


def test_names_are_hidden_where_that_is_asked_for() -> None:
    rows = select(ROWS, ["/data/scores/2"], hide_names=True)
    assert not any(isinstance(row, Withheld) for row in rows)
    assert of_data(rows) == {"/data/scores/2"}
    assert "by_seat" not in canonical_text([row.to_json() for row in rows])


def test_the_case_is_hidden_with_the_place_in_it_where_that_is_asked_for() -> None:
    for pointers in (["/data/empty"], [""]):
        rows = select(ROWS, pointers, hide_case=True)
        assert not {to_pointer(path) for path in CASE} & shown(rows)
        assert ShownRecord.of(rows).case is None
        assert rows_commitment(rows) == rows_commitment(ROWS)
    for pointer in ("/case", "/case_seq", "/case_prev"):
        with pytest.raises(MalformedPointer, match="both shown and hidden"):
            select(ROWS, [pointer], hide_case=True)


def test_nothing_need_be_shown_and_everything_may() -> None:
    assert of_data(select(ROWS, [])) == set()
    assert select(ROWS, [""]) == ROWS
    assert select(ROWS, ["/data", ""]) == ROWS


def test_a_disclosure_can_be_made_from_a_disclosure_of_what_it_still_shows() -> None:
    first = select(ROWS, ["/data/scores"])
    second = select(first, ["/data/scores/1/price"])
    assert of_data(second) == {"/data/scores/1/price"}
    assert rows_commitment(second) == rows_commitment(ROWS)
    with pytest.raises(Unknown, match="hidden here"):
        select(second, ["/data/by_seat"])
    with pytest.raises(Unknown, match="hidden here"):
        select(second, ["/data/scores/0"])


def test_names_that_were_hidden_stay_hidden() -> None:
    first = select(ROWS, ["/data/scores"], hide_names=True)
    second = select(first, ["/data/scores/1"])
    assert not any(isinstance(row, Withheld) for row in second)
    closed = sum(isinstance(row, Closed) for row in second)
    with pytest.raises(Unknown, match=f" {closed} fields are of unknown name here"):
        select(second, ["/data/by_seat"])
    assert any(isinstance(row, Withheld) for row in select(first, [], hide_names=False))


def test_whether_something_is_shown_can_be_asked() -> None:
    rows = select(ROWS, ["/data/scores/1"])
    for pointer in ("/data/scores/1", "/data/scores/1/bid", "/data/scores", "/type", ""):
        assert is_shown(pointer, rows)
    for pointer in ("/data/scores/0", "/data/by_seat", "/data/scores/3", "/data/nothing"):
        assert not is_shown(pointer, rows)
    with pytest.raises(MalformedPointer):
        is_shown("data", rows)


def test_where_the_number_of_fields_is_secret_names_are_hidden_unless_asked_for() -> None:
    padded = rows_of({"pool": ["e1", "e2"]}, "expert_draw")
    assert len(padded) == 32
    rows = select(padded, ["/data/pool/0"])
    assert not any(isinstance(row, Withheld) for row in rows)
    assert '"~"' not in canonical_text([row.to_json() for row in rows])
    check_rows(rows)
    assert any(isinstance(row, Withheld) for row in select(padded, [], hide_names=False))
    assert select(padded, [""]) == padded


@pytest.mark.parametrize("pointer", ["/data/scores/3", "/data/nothing", "/data/scores/0/bid/0"])
def test_a_pointer_to_nothing_is_named(pointer: str) -> None:
    with pytest.raises(Unknown, match=pointer):
        select(ROWS, ["/data", pointer])


texts = st.text(st.characters(codec="utf-8"), min_size=1, max_size=8)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-1000, 1000) | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=20,
)


@settings(max_examples=150)
@given(
    st.data(),
    values,
    st.booleans(),
    st.booleans() | st.none(),
    st.sampled_from(["score_sheet", "expert_draw"]),
)
def test_any_selection_verifies_and_holds_no_hidden_value_and_no_hidden_salt(
    data: st.DataObject, content: Any, hide_case: bool, hide_names: bool | None, record_type: str
) -> None:
    marked = {"outer": content, "mark": "a value that is unique"}
    rows = rows_of(marked, record_type)
    paths = [row.path for row in rows if isinstance(row, Shown) and row.path[0] == "data"]
    chosen = data.draw(st.lists(st.sampled_from(paths), max_size=4))
    ends = [data.draw(st.integers(1, len(path))) for path in chosen]
    pointers = [to_pointer(path[:end]) for path, end in zip(chosen, ends, strict=True)]
    made = select(rows, pointers, hide_names=hide_names, hide_case=hide_case)
    text = canonical_text([row.to_json() for row in made])
    again = parse_rows(json.loads(text))
    assert rows_commitment(again) == rows_commitment(rows)
    check_rows(again)
    ShownRecord.of(again)
    asked = [path[:end] for path, end in zip(chosen, ends, strict=True)]
    for before, after in zip(rows, again, strict=True):
        assert isinstance(before, Shown)
        wanted = any(before.path[: len(each)] == each for each in asked)
        always = before.path in ALWAYS_SHOWN or (before.path in CASE and not hide_case)
        assert isinstance(after, Shown) is (wanted or always)
        if not isinstance(after, Shown):
            assert before.salt.hex() not in text
        if isinstance(after, Closed) and before.path == ("data", "mark"):
            assert '"mark"' not in text or "mark" in str(content)
    if ("data", "mark") not in {row.path for row in again if isinstance(row, Shown)}:
        assert "a value that is unique" not in text
    assert (b"\x07" * 32).hex() not in text
