"""What is stored of a record is exactly what its entry commits to, whole or erased in part."""

from dataclasses import replace
from typing import Any

import pytest

from liuhen.app.rows import (
    check_stored,
    erased_paths,
    record_text,
    rows_of,
    rows_text,
    rows_without,
)
from liuhen.core.canonical import canonical, canonical_text
from liuhen.core.disclosure import Closed, Shown, parse_rows, rebuild
from liuhen.core.erasure import erase_rows
from liuhen.core.errors import AuditError, CommitmentMismatch, Malformed, MalformedRecord
from liuhen.core.selection import CASE, PLACE
from liuhen.core.strict_json import parse_json
from liuhen.core.submission import prepare
from liuhen.ports import StoredRecord

SECRET = b"\x07" * 32
AT = "2026-03-31T07:40:01.250Z"


def stored(record_type: str, data: Any = None) -> tuple[StoredRecord, bytes]:
    """Return a record as it is stored, and its entry."""
    data = data or {"name": "张三", "n": ["1", "2"]}
    draft = prepare(
        canonical({"type": record_type, "case": "A-1", "data": data}),
        origin="log.example/logs/kit",
        record_id="01936b2e-7c00-7000-8000-000000000001",
        secret=SECRET,
        nonce="00" * 16,
        padded_types=["expert_draw"],
    )
    sealed = draft.complete(AT, 0)
    record = StoredRecord(
        entry_index=7,
        record_id=draft.record_id,
        body=sealed.record_bytes,
        secret=SECRET,
        type=record_type,
        case="A-1",
        case_seq=0,
        recorded_at=AT,
        padded_to=draft.padded_to,
    )
    return record, sealed.commitment


def erased(record: StoredRecord, *path: str | int) -> StoredRecord:
    left = erase_rows(rows_of(record), [path])
    text = canonical_text([row.to_json() for row in left])
    return replace(record, body=None, secret=None, rows=text)


@pytest.fixture(params=["score_sheet", "expert_draw"])
def whole(request: pytest.FixtureRequest) -> tuple[StoredRecord, bytes]:
    return stored(request.param)


def test_both_forms_lead_to_the_same_entry(whole: tuple[StoredRecord, bytes]) -> None:
    record, entry = whole
    left = erased(record, "data", "name")
    assert len(check_stored(record, entry)) == len(check_stored(left, entry))
    assert (erased_paths(record), erased_paths(left)) == ([], [("data", "name")])
    assert rebuild(rows_of(record)) is not None
    assert rows_text(left) == left.rows


def test_an_erased_field_is_null_in_the_record_as_it_is_told(
    whole: tuple[StoredRecord, bytes],
) -> None:
    record, _ = whole
    assert record_text(record) == (record.body or b"").decode()
    text = record_text(erased(record, "data", "n", 0))
    told: Any = parse_json(text.encode())
    assert told["data"] == {"name": "张三", "n": [None, "2"]}
    assert canonical_text(told) == text
    assert "~" not in told


def bent_forms(record: StoredRecord) -> dict[str, StoredRecord]:
    left = erased(record, "data", "name")
    assert left.rows is not None
    assert record.body is not None
    rows = rows_of(left)
    closed = [rows[0].closed() if isinstance(rows[0], Shown) else rows[0], *rows[1:]]
    return {
        "another value": replace(record, body=record.body.replace("张三".encode(), b"x")),
        "another secret": replace(record, secret=b"\x08" * 32),
        "white space": replace(record, body=record.body + b" "),
        "cut": replace(record, body=record.body[:-1]),
        "no body": replace(record, body=None),
        "no secret": replace(record, secret=None),
        "an array": replace(record, body=b"[]"),
        "padded to more": replace(record, padded_to=128),
        "padded to less": replace(record, padded_to=1),
        "another type": replace(record, type="finding"),
        "another case": replace(record, case="A-2"),
        "another number in the case": replace(record, case_seq=1),
        "another time": replace(record, recorded_at="2026-03-31T07:40:01.251Z"),
        "another record": replace(record, record_id="01936b2e-7c00-7000-8000-000000000002"),
        "content left after an erasure": replace(left, body=record.body),
        "secret left after an erasure": replace(left, secret=SECRET),
        "rows that hide nothing": replace(left, rows=rows_text(record)),
        "rows with another value": replace(left, rows=left.rows.replace('"2"', '"3"')),
        "rows with white space": replace(left, rows=left.rows + " "),
        "rows out of form": replace(left, rows=left.rows.replace("[[", "[", 1)),
        "rows with a closed one": replace(
            left, rows=canonical_text([row.to_json() for row in closed])
        ),
        "fewer rows": replace(left, rows=canonical_text([row.to_json() for row in rows[1:]])),
    }


@pytest.mark.parametrize("form", bent_forms(stored("score_sheet")[0]))
def test_anything_else_is_refused(whole: tuple[StoredRecord, bytes], form: str) -> None:
    record, entry = whole
    with pytest.raises((Malformed, CommitmentMismatch)):
        check_stored(bent_forms(record)[form], entry)


def test_another_entry_is_refused(whole: tuple[StoredRecord, bytes]) -> None:
    record, entry = whole
    bent = bytes([entry[0] ^ 1]) + entry[1:]
    for each in (record, erased(record, "data", "name")):
        with pytest.raises(CommitmentMismatch):
            check_stored(each, bent)


def test_a_padded_record_is_not_read_without_its_padding() -> None:
    record, entry = stored("expert_draw")
    with pytest.raises(CommitmentMismatch):
        check_stored(replace(record, padded_to=None), entry)
    left = erased(record, "data", "name")
    with pytest.raises(CommitmentMismatch, match="padded"):
        check_stored(replace(left, padded_to=None), entry)


def test_no_error_tells_what_is_in_the_record() -> None:
    record, entry = stored("score_sheet")
    for form in bent_forms(record).values():
        with pytest.raises(AuditError) as caught:
            check_stored(form, entry)
        assert "张三" not in str(caught.value)
        assert SECRET.hex() not in str(caught.value)
    with pytest.raises(MalformedRecord):
        record_text(replace(record, body=None))


@pytest.mark.parametrize("hidden", [CASE, PLACE])
def test_members_are_withheld_in_the_text_as_in_the_rows(hidden: frozenset[Any]) -> None:
    record, _ = stored("score_sheet")
    expected = [
        row.withheld() if isinstance(row, Shown) and row.path in hidden else row
        for row in rows_of(record)
    ]
    told = canonical_text([row.to_json() for row in expected])
    assert rows_without(rows_text(record), hidden) == told
    assert told.count("null") < rows_text(record).count("null")


def test_what_only_looks_like_a_row_of_the_case_is_left_alone() -> None:
    told = '[["case"],"' + "0" * 32 + '",1]'
    record, _ = stored("score_sheet", data={"case": told})
    (row,) = [
        row
        for row in parse_rows(parse_json(rows_without(rows_text(record), CASE).encode()))
        if not isinstance(row, Closed) and row.path == ("data", "case")
    ]
    assert isinstance(row, Shown)
    assert row.value == told
