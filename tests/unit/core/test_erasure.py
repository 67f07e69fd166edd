"""Which fields can be erased, what is left of them, and how an erasure is noted down."""

import hashlib
from typing import Any

import pytest

from liuhen.core.canonical import canonical
from liuhen.core.disclosure import Shown, Withheld, rebuild, rows_commitment
from liuhen.core.erasure import (
    MAX_BASIS_CHARACTERS,
    MAX_FIELDS,
    Erasure,
    attachment_digests,
    check_basis,
    erase_rows,
    find_fields,
    lookup_digests,
)
from liuhen.core.errors import ErasureRefused, Malformed, Unknown
from liuhen.core.pointer import to_pointer
from liuhen.core.row_rules import check_rows
from liuhen.core.shown import ShownRecord
from tests.unit.core.test_selection import rows_of

FILE = {"name": "身份证.jpg", "media_type": "image/jpeg", "bytes": 3, "sha256": "ab" * 32}
DATA: Any = {
    "bidder": {"name": "张三", "phone": "13800138000"},
    "price": "100.00",
    "tags": ["a", "b"],
}
ROWS = rows_of(DATA, attachments=[FILE, {**FILE, "sha256": "cd" * 32, "sm3": "ef" * 32}])
LINE = Erasure(
    "01936b2e-7c00-7000-8000-00000000000e",
    "01936b2e-7c00-7000-8000-000000000001",
    (("data", "bidder"), ("attachments", 0, "sha256")),
    "个人信息保护法第四十七条",
)


def erased(*pointers: str) -> set[str]:
    left = erase_rows(ROWS, find_fields(pointers, ROWS))
    assert rows_commitment(left) == rows_commitment(ROWS)
    check_rows(left)
    ShownRecord.of(left)
    for before, after in zip(ROWS, left, strict=True):
        assert isinstance(before, Shown)
        assert after == before or after == before.withheld()
    return {to_pointer(row.path) for row in left if isinstance(row, Withheld)}


def test_a_field_is_withheld_for_good_and_the_commitment_stays() -> None:
    assert erased("/data/price") == {"/data/price"}


def test_a_container_is_erased_with_every_field_in_it() -> None:
    assert erased("/data/bidder") == {"/data/bidder/name", "/data/bidder/phone"}
    assert erased("/data/tags/1", "/submitter") == {
        "/data/tags/1",
        *(f"/submitter/{name}" for name in ("network_address", "organisation", "person", "system")),
    }
    assert len(erased("/attachments/0")) == 5


@pytest.mark.parametrize(
    "pointer",
    [
        *("", "/format", "/type", "/record_id", "/origin", "/recorded_at", "/version"),
        *("/supersedes", "/after_block", "/after_block/hash", "/case", "/case_seq", "/case_prev"),
    ],
)
def test_what_every_proof_must_show_is_never_erased(pointer: str) -> None:
    with pytest.raises(ErasureRefused, match="every proof must show") as caught:
        erase_rows(ROWS, find_fields([pointer], ROWS), again=True)
    assert caught.value.field == pointer


def test_padding_is_never_erased() -> None:
    padded = rows_of({"pool": ["e1"]}, "expert_draw")
    for pointer in ("/~0", "/~0/3"):
        with pytest.raises(ErasureRefused, match="padding"):
            erase_rows(padded, find_fields([pointer], padded))


def test_what_is_erased_already_is_said_to_be() -> None:
    fields = find_fields(["/data/bidder/phone"], ROWS)
    left = erase_rows(ROWS, fields)
    with pytest.raises(ErasureRefused, match="erased already") as caught:
        erase_rows(left, fields)
    assert caught.value.field == "/data/bidder/phone"
    assert erase_rows(left, fields, again=True) == left
    rest = erase_rows(left, find_fields(["/data/bidder"], left))
    assert sum(isinstance(row, Withheld) for row in rest) == 2


def test_the_order_of_erasures_does_not_matter() -> None:
    one, other = find_fields(["/data/price"], ROWS), find_fields(["/data/tags"], ROWS)
    assert erase_rows(erase_rows(ROWS, one), other) == erase_rows(erase_rows(ROWS, other), one)


def test_a_field_that_is_not_there_is_unknown() -> None:
    with pytest.raises(Unknown, match="/data/phone"):
        find_fields(["/data/price", "/data/phone"], ROWS)
    with pytest.raises(ErasureRefused, match="not in the record"):
        erase_rows(ROWS, [("data", "phone")])


@pytest.mark.parametrize("count", [0, MAX_FIELDS + 1])
def test_some_fields_must_be_named_and_not_too_many(count: int) -> None:
    with pytest.raises(ErasureRefused, match="1 to 100"):
        find_fields(["/data/price"] * count, ROWS)


def test_a_hundred_fields_may_be_named() -> None:
    assert find_fields(["/data/price"] * MAX_FIELDS, ROWS) == (("data", "price"),)


@pytest.mark.parametrize(
    "basis",
    [
        "",
        "  ",
        "two\nlines",
        "bell \x07",
        "x" * (MAX_BASIS_CHARACTERS + 1),
        "for 13800138000",
        "张三要求",
    ],
)
def test_a_basis_is_one_line_and_does_not_repeat_what_is_erased(basis: str) -> None:
    left = erase_rows(ROWS, find_fields(["/data/bidder"], ROWS))
    with pytest.raises(ErasureRefused) as caught:
        check_basis(basis, ROWS, left)
    assert caught.value.field == "/basis"
    assert "13800138000" not in str(caught.value)
    assert "张三" not in str(caught.value)


@pytest.mark.parametrize(
    "basis", ["PIPL art. 47 (1)", "个人信息保护法第四十七条", "the price 100.00"]
)
def test_a_basis_may_speak_of_anything_else(basis: str) -> None:
    check_basis(basis, ROWS, erase_rows(ROWS, find_fields(["/data/bidder"], ROWS)))


def test_a_basis_of_two_thousand_characters_is_the_longest() -> None:
    left = erase_rows(ROWS, find_fields(["/data/bidder"], ROWS))
    check_basis("x" * MAX_BASIS_CHARACTERS, ROWS, left)


SMALL = rows_of(
    {
        "age": 13800,
        "no": "A12",
        "seat": "七号",
        "mark": "九",
        "yes": True,
        "off": False,
        "nil": None,
    }
)


def check_small(basis: str) -> None:
    check_basis(basis, SMALL, erase_rows(SMALL, find_fields(["/data"], SMALL)))


@pytest.mark.parametrize("basis", ["he earns 13800 a year", "of seat 七号"])
def test_a_number_and_two_characters_beyond_ascii_tell_something(basis: str) -> None:
    with pytest.raises(ErasureRefused):
        check_small(basis)


@pytest.mark.parametrize(
    "basis", ["form A12", "第九条", "it is true", "a false statement", "null and void"]
)
def test_what_may_stand_in_a_basis_by_chance_tells_nothing(basis: str) -> None:
    check_small(basis)


def test_a_record_is_found_by_what_is_left_of_it_only() -> None:
    data_digest = hashlib.sha256(canonical(DATA)).digest()
    files = [bytes.fromhex(text * 32) for text in ("ab", "cd", "ef")]
    assert lookup_digests(ROWS) == [data_digest, *files]
    assert attachment_digests(ROWS) == files
    left = erase_rows(ROWS, find_fields(["/data/bidder/phone"], ROWS))
    assert lookup_digests(left) == files
    left = erase_rows(ROWS, find_fields(["/attachments/1"], ROWS))
    assert lookup_digests(left) == [data_digest, files[0]]
    left = erase_rows(ROWS, find_fields(["/submitter/person"], ROWS))
    assert lookup_digests(left) == lookup_digests(ROWS)


def test_a_line_of_the_journal_reads_as_it_was_written() -> None:
    assert Erasure.parse(LINE.to_text().encode()) == LINE
    assert "\n" not in LINE.to_text()
    assert rebuild(ROWS) is not None


def test_the_record_of_an_erasure_says_what_was_erased_and_why() -> None:
    assert LINE.data() == {
        "record": LINE.record_id,
        "fields": [["data", "bidder"], ["attachments", 0, "sha256"]],
        "basis": LINE.basis,
    }


GOOD = LINE.to_text()


@pytest.mark.parametrize(
    "line",
    [
        "",
        "{}",
        "null",
        "[]",
        GOOD + " ",
        " " + GOOD,
        GOOD.replace('"basis"', '"Basis"'),
        GOOD.replace("{", '{"more":1,'),
        GOOD.replace('"record_id":"01936b2e-7c00-7', '"record_id":"01936b2e-7c00-4'),
        GOOD.replace('"erasure_id":"01936b2e', '"erasure_id":"01936B2E'),
        GOOD.replace('[["data","bidder"]', '[["data","bidder"],[]'),
        GOOD.replace('[["data","bidder"]', '[["data",null]'),
        GOOD.replace('[["data","bidder"]', '[["data",true]'),
        GOOD.replace('[["data","bidder"]', '["data"'),
        GOOD.replace('[["data","bidder"]', "[7"),
        GOOD.replace('[["data","bidder"]', "[null"),
        GOOD.replace('"fields":[', '"fields":{"a":[').replace("]]", "]]}"),
        GOOD.replace('"个人', '"\\u4e2a人'),
        GOOD.replace('"basis":"个人信息保护法第四十七条"', '"basis":7'),
    ],
)
def test_a_near_miss_of_a_line_is_refused(line: str) -> None:
    assert line != GOOD
    with pytest.raises(Malformed):
        Erasure.parse(line.encode())
