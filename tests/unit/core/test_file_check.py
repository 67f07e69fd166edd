"""What a file is compared with: digests in fields, data, submission, record, and the content."""

import hashlib
from typing import Any

import pytest

from liuhen.core.canonical import JsonValue, canonical
from liuhen.core.disclosure import Row, Shown
from liuhen.core.file_check import FileDigest, check_file, not_compared
from liuhen.core.selection import select
from liuhen.core.sent_members import sent_members
from liuhen.core.strict_json import parse_json
from liuhen.core.verdict import State
from tests.detached_kit import SUBMISSION, content_of, detached_receipt
from tests.receipt_kit import Kit

INNER = "5c" * 32
OUTER = "3e" * 32
SENT: dict[str, Any] = {
    "type": "score_sheet",
    "data": {"a/b~c": [OUTER], "short": OUTER[1:], "long": OUTER + "3"},
    "attachments": [
        {"name": "a.pdf", "media_type": "application/pdf", "bytes": 3, "sha256": "ab" * 32},
        {"name": "b.pdf", "media_type": "application/pdf", "bytes": 3, "sha256": "cd" * 32},
    ],
}
RECORD = Kit(submission=SENT)
ROWS = RECORD.receipt().rows
CONTENT = Kit(seed=2, data={"digest": INNER}).receipt().rows
DETACHED = Kit(submission={"type": "detached", "data": {"commitment": "ab" * 32}}).receipt().rows
HIDDEN = tuple(select(CONTENT, ["/data/digest"]))


def file_of(value: JsonValue, *, members: bool = False) -> FileDigest:
    digest = hashlib.sha256(canonical(value)).digest()
    return FileDigest("f", bytes(32), digest, members=sent_members(value) if members else None)


def outcome(
    file: FileDigest, rows: tuple[Row, ...], content: tuple[Row, ...] | None = None
) -> tuple[State, str]:
    check = check_file(file, rows, content)
    return check.state, check.reason


def test_a_digest_in_a_field_is_named_by_a_pointer_that_leads_to_it() -> None:
    check = check_file(FileDigest("f", bytes.fromhex(OUTER)), ROWS)
    assert (check.state, check.reason) == (State.PASSED, "digest-in-record")
    assert check.facts["field"] == "/data/a~1b~0c/0"


def test_a_submission_is_recognised_by_its_members_and_another_is_not() -> None:
    assert outcome(file_of(SENT, members=True), ROWS) == (State.PASSED, "submission-of-record")
    other = file_of({**SENT, "case": "another"}, members=True)
    assert outcome(other, ROWS) == (State.FAILED, "file-not-in-record")
    assert outcome(file_of(SENT), ROWS) == (State.FAILED, "file-not-in-record")


def test_a_file_that_a_detached_record_may_commit_to_is_left_open() -> None:
    check = check_file(file_of({"any": 1}), DETACHED)
    assert (check.state, check.reason) == (State.NOT_CHECKED, "content-not-here")
    assert check.facts == {"name": "f", "sha256": "00" * 32}
    data: JsonValue = {"commitment": "ab" * 32}
    assert outcome(file_of(data), DETACHED) == (State.PASSED, "data-of-record")


@pytest.mark.parametrize("digest", [INNER, OUTER])
def test_a_digest_counts_in_the_content_and_beside_it(digest: str) -> None:
    file = FileDigest("f", bytes.fromhex(digest))
    assert outcome(file, ROWS, CONTENT) == (State.PASSED, "digest-in-record")
    assert outcome(file, ROWS, HIDDEN) == (State.PASSED, "digest-in-record")


def test_the_content_answers_unless_only_the_record_is_the_file() -> None:
    content_data: JsonValue = {"digest": INNER}
    own = parse_json(RECORD.sealed.record_bytes)
    nothing = file_of({"any": 1})
    assert outcome(file_of(content_data), ROWS, CONTENT) == (State.PASSED, "data-of-record")
    assert outcome(file_of(content_data), ROWS) == (State.FAILED, "file-not-in-record")
    assert outcome(file_of(own), ROWS, CONTENT) == (State.PASSED, "whole-record")
    assert outcome(file_of(own), ROWS, HIDDEN) == (State.PASSED, "whole-record")
    assert outcome(file_of(SENT["data"]), ROWS, ROWS) == (State.PASSED, "data-of-record")
    assert outcome(nothing, ROWS, CONTENT) == (State.FAILED, "file-not-in-record")
    assert outcome(nothing, ROWS, HIDDEN) == (State.NOT_CHECKED, "part-of-record-hidden")
    assert outcome(nothing, HIDDEN, CONTENT) == (State.FAILED, "file-not-in-record")


def test_attachments_that_no_file_is_are_told_by_name_or_place() -> None:
    nameless = select(ROWS, ["/attachments/0", "/attachments/1/sha256", "/attachments/1/bytes"])
    first = FileDigest("x", bytes.fromhex("ab" * 32))
    assert not_compared(ROWS, []) == ["a.pdf", "b.pdf"]
    assert not_compared(nameless, []) == ["a.pdf", "/attachments/1"]
    assert not_compared(nameless, [first]) == ["/attachments/1"]
    assert not_compared(ROWS, [first, FileDigest("y", bytes.fromhex("cd" * 32))]) == []


KEPT = content_of()
BESIDE = detached_receipt(KEPT).rows


def test_what_was_sent_is_recognised_beside_the_case_that_the_log_was_told() -> None:
    file = file_of(SUBMISSION, members=True)
    check = check_file(file, BESIDE, KEPT.rows)
    assert (check.code, check.state) == ("file", State.PASSED)
    assert check.reason == "submission-of-record"
    assert check.facts == {"name": "f", "sha256": "00" * 32}
    elsewhere = file_of({**SUBMISSION, "case": "another"}, members=True)
    assert outcome(elsewhere, BESIDE, KEPT.rows) == (State.FAILED, "file-not-in-record")
    assert outcome(file_of(SUBMISSION), BESIDE, KEPT.rows) == (State.FAILED, "file-not-in-record")


def test_a_hidden_case_leaves_a_submission_open_that_differs_in_nothing_else() -> None:
    hidden = tuple(
        row.withheld() if isinstance(row, Shown) and row.path == ("case",) else row
        for row in BESIDE
    )
    check = check_file(file_of(SUBMISSION, members=True), hidden, KEPT.rows)
    assert (check.code, check.state) == ("file", State.NOT_CHECKED)
    assert check.reason == "part-of-record-hidden"
    assert check.facts == {"name": "f", "sha256": "00" * 32}
    other = file_of({**SUBMISSION, "data": {}}, members=True)
    assert outcome(other, hidden, KEPT.rows) == (State.FAILED, "file-not-in-record")
    no_submission = file_of(SUBMISSION)
    assert outcome(no_submission, hidden, KEPT.rows) == (State.FAILED, "file-not-in-record")


def test_content_that_has_a_case_of_its_own_is_no_submission_of_another() -> None:
    cased = Kit(submission={**SENT, "case": "own"}).receipt().rows
    other = file_of({**SENT, "case": "SLZX-2026-0031"}, members=True)
    assert outcome(other, BESIDE, cased) == (State.FAILED, "file-not-in-record")
