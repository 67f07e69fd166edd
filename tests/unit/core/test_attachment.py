"""Attachments as rows and records show them, and the watch over a file's bytes."""

import dataclasses
import hashlib

import pytest

from liuhen.core.attachment import (
    Attachment,
    FileWatch,
    attachments_in,
    attachments_of,
    find_attachment,
)
from liuhen.core.canonical import JsonObject
from liuhen.core.disclosure import Row, Shown, rebuild
from liuhen.core.errors import FileMismatch
from tests.receipt_kit import Kit

ONE: JsonObject = {
    "name": "a.pdf",
    "media_type": "application/pdf",
    "bytes": 3,
    "sha256": "0a" * 32,
    "sm3": "0b" * 32,
}
TWO: JsonObject = {**ONE, "name": "b", "sha256": "0c" * 32, "sm3": None}
ROWS = Kit(submission={"data": 1, "attachments": [ONE, TWO]}).receipt().rows
FIRST = Attachment(0, b"\x0a" * 32, 3, b"\x0b" * 32, "a.pdf", "application/pdf")
SECOND = Attachment(1, b"\x0c" * 32, 3, None, "b", "application/pdf")


def hiding(*paths: tuple[str | int, ...]) -> tuple[Row, ...]:
    return tuple(
        row.withheld() if isinstance(row, Shown) and row.path in paths else row for row in ROWS
    )


def test_rows_and_record_tell_the_same() -> None:
    record = rebuild(ROWS)
    assert record is not None
    assert attachments_of(ROWS) == attachments_in(record) == [FIRST, SECOND]


def test_a_record_without_attachments_has_none() -> None:
    assert attachments_of(Kit().receipt().rows) == []
    assert attachments_in({"attachments": []}) == attachments_in({}) == []


@pytest.mark.parametrize("name", ["sha256", "bytes"])
def test_without_digest_or_length_there_is_nothing_to_compare(name: str) -> None:
    assert attachments_of(hiding(("attachments", 0, name))) == [SECOND]
    erased = {"attachments": [{**ONE, name: None}, TWO]}
    assert attachments_in(erased) == [SECOND]  # type: ignore[arg-type]


def test_what_else_is_hidden_is_unknown() -> None:
    rows = hiding(*(("attachments", 0, name) for name in ("name", "media_type", "sm3")))
    bare = dataclasses.replace(FIRST, name=None, media_type=None, sm3=None)
    assert attachments_of(rows) == [bare, SECOND]
    closed = tuple(
        row.closed() if isinstance(row, Shown) and row.path == ("attachments", 1, "name") else row
        for row in ROWS
    )
    assert attachments_of(closed)[1].name is None


def test_what_it_prints_is_what_a_submission_takes() -> None:
    assert FIRST.to_json() == ONE
    assert SECOND.to_json() == {name: TWO[name] for name in TWO if name != "sm3"}


def test_the_first_of_equal_files_is_found() -> None:
    twice = [FIRST, dataclasses.replace(FIRST, position=1)]
    assert find_attachment(twice, FIRST.sha256) is twice[0]
    assert find_attachment(twice, bytes(32)) is None


def test_sm3_is_compared_where_both_sides_have_it() -> None:
    FIRST.check(3, FIRST.sha256, FIRST.sm3)
    FIRST.check(3, FIRST.sha256)
    SECOND.check(3, SECOND.sha256, bytes(32))
    with pytest.raises(FileMismatch, match="SM3"):
        FIRST.check(3, FIRST.sha256, bytes(32))


@pytest.mark.parametrize("pieces", [[b"abc"], [b"a", b"", b"bc"]])
def test_the_right_bytes_pass_the_watch(pieces: list[bytes]) -> None:
    watch = FileWatch(hashlib.sha256(b"abc").digest(), 3)
    assert [watch.take(piece) for piece in pieces] == pieces
    watch.finish()


@pytest.mark.parametrize("content", [b"", b"ab", b"abd"])
def test_wrong_bytes_are_found_at_the_end(content: bytes) -> None:
    watch = FileWatch(hashlib.sha256(b"abc").digest(), 3)
    watch.take(content)
    with pytest.raises(FileMismatch):
        watch.finish()


def test_too_many_bytes_are_found_at_once() -> None:
    watch = FileWatch(hashlib.sha256(b"abc").digest(), 3)
    watch.take(b"abc")
    with pytest.raises(FileMismatch, match="more than the 3 bytes"):
        watch.take(b"d")
