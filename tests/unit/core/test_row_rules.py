"""Rows with something hidden still have to be rows that a record can have."""

import dataclasses
from typing import Any

import pytest

from liuhen.core.canonical import JsonValue, canonical
from liuhen.core.disclosure import Closed, Row, Shown, parse_rows
from liuhen.core.errors import MalformedRecord
from liuhen.core.row_rules import check_rows
from tests.receipt_kit import Kit

ROWS = Kit().receipt().rows
DIGEST = "ab" * 32
RECORD_ID = "01936b2e-7c00-7000-8000-000000000001"


def shown(*path: str | int, value: Any = None) -> Shown:
    return Shown(path, bytes(16), value, canonical(list(path)))


def rows_with(*more: Row, without: tuple[str | int, ...] | None = None) -> tuple[Row, ...]:
    """Return the kit's rows with some more in their places; one of the data is withheld."""
    kept = [row for row in ROWS if isinstance(row, Shown) and row.path != without]
    hidden = next(row for row in kept if row.path == ("data", "locked"))
    rows: list[Any] = [row.withheld() if row is hidden else row for row in kept] + list(more)
    rows.sort(key=lambda row: row.path_text)
    return parse_rows([row.to_json() for row in rows])


def changed(path: tuple[str | int, ...], value: Any) -> tuple[Row, ...]:
    return rows_with(shown(*path, value=value), without=path)


def padded(total: int, *, hide: bool = False) -> tuple[Row, ...]:
    """Return the kit's rows with padding up to a number of rows."""
    rows: list[Any] = [shown("~", i) for i in range(total - len(ROWS))]
    named: list[Any] = [*ROWS, *([row.withheld() for row in rows] if hide else rows)]
    return tuple(sorted(named, key=lambda row: row.path_text))


def test_rows_of_a_record_pass_shown_withheld_or_closed() -> None:
    assert check_rows(ROWS) is True
    assert check_rows(rows_with()) is False
    for row in ROWS:
        assert isinstance(row, Shown)
        for hidden in (row.withheld(), row.closed()):
            assert check_rows(tuple(hidden if r is row else r for r in ROWS)) is False


@pytest.mark.parametrize(
    "more",
    [
        (shown("note", value="x"),),
        (shown("note", "a", value="x"),),
        (shown("note").withheld(),),
        (shown("submitter", "phone"),),
        (shown("submitter", "phone").withheld(),),
        (shown("submitter", "extra", 0),),
        (shown("after_block", "time"),),
        (shown("~", "x"),),
        (shown("~", "x").withheld(),),
        (shown("~", 0, 0),),
    ],
)
def test_a_place_that_no_record_has_is_refused(more: tuple[Row, ...]) -> None:
    for rows in (rows_with(*more), (*rows_with(*more), Closed(bytes(32)))):
        with pytest.raises(MalformedRecord):
            check_rows(rows)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("occurred_at",), "yesterday"),
        (("case",), "a/b"),
        (("case_seq",), -1),
        (("nonce",), "00"),
        (("type",), "Bid"),
        (("links",), {}),
        (("links",), "none"),
        (("attachments",), None),
        (("submitter", "person"), ""),
        (("after_block", "number"), -1),
    ],
)
def test_a_shown_value_that_breaks_its_rule_is_refused(
    path: tuple[str | int, ...], value: Any
) -> None:
    with pytest.raises(MalformedRecord) as caught:
        check_rows(changed(path, value))
    assert caught.value.field == "/" + "/".join(map(str, path))


def test_members_of_links_and_attachments_are_held_to_their_rules() -> None:
    def rows(member: str, value: Any) -> tuple[Row, ...]:
        link = [shown("links", 0, "rel", value="answers"), shown("links", 0, member, value=value)]
        return rows_with(*link, without=("links",))

    assert check_rows(rows("record", RECORD_ID)) is False
    for member, value in (("record", "x"), ("url", "x"), ("record", None)):
        with pytest.raises(MalformedRecord, match=member):
            check_rows(rows(member, value))
    file = {"name": "a", "media_type": "b", "bytes": 1, "sha256": DIGEST, "sm3": None}
    more = [shown("attachments", 0, name, value=value) for name, value in file.items()]
    assert check_rows(rows_with(*more, without=("attachments",))) is False
    more[2] = dataclasses.replace(more[2], value=-1)
    with pytest.raises(MalformedRecord, match="bytes"):
        check_rows(rows_with(*more, without=("attachments",)))
    with pytest.raises(MalformedRecord, match="attachments/0"):
        check_rows(rows_with(shown("attachments", 0, value={}), without=("attachments",)))


def test_without_closed_rows_no_place_of_the_envelope_may_be_missing() -> None:
    for path in (("nonce",), ("submitter", "person"), ("links",)):
        rows = rows_with(without=path)
        with pytest.raises(MalformedRecord, match=path[0]):
            check_rows(rows)
        assert check_rows((*rows, Closed(bytes(32)))) is False


def test_padding_makes_the_number_of_rows_a_power_of_two_from_32() -> None:
    assert 16 < len(ROWS) < 31
    for total in (32, 64):
        assert check_rows(padded(total)) is True
        assert check_rows(padded(total, hide=True)) is False
    for total in (len(ROWS) + 1, 31, 33, 48, 63):
        for hide in (True, False):
            with pytest.raises(MalformedRecord, match="power of two"):
                check_rows(padded(total, hide=hide))


def test_padding_holds_nothing() -> None:
    rows = padded(32)
    values: tuple[JsonValue, ...] = (0, "", False, [], {})
    for value in values:
        other = tuple(
            dataclasses.replace(row, value=value)
            if isinstance(row, Shown) and row.path == ("~", 1)
            else row
            for row in rows
        )
        with pytest.raises(MalformedRecord, match="padding"):
            check_rows(other)
