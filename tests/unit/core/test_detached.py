"""Detached records: what is kept, what is sent, and how the two come together again."""

import dataclasses
import hashlib
from typing import Any

import pytest

from liuhen.core.canonical import JsonObject, canonical
from liuhen.core.detached import Detached, check_detached_data, detach
from liuhen.core.disclosure import Row, Shown, rebuild, rows_commitment
from liuhen.core.errors import (
    CommitmentMismatch,
    Malformed,
    MalformedDisclosure,
    MalformedReceipt,
    MalformedRecord,
)
from liuhen.core.file_check import FileDigest, check_file
from liuhen.core.policy import Life
from liuhen.core.receipt import Receipt, parse_receipt
from liuhen.core.sent_members import sent_members
from liuhen.core.shown import ShownRecord
from liuhen.core.strict_json import parse_json
from liuhen.core.verdict import Outcome, State
from tests.detached_kit import CONTENT_ID, SUBMISSION, content_of, detached_receipt
from tests.receipt_kit import DATA, ORIGIN, Kit, judge

KEPT = content_of()
SEALED = detached_receipt(KEPT)
COMPLETED = KEPT.complete(SEALED)
POLICY = Kit().policy(Life.SEALED)


def shown(rows: tuple[Row, ...]) -> JsonObject:
    record = rebuild(rows)
    assert record is not None
    return record


def with_row(receipt: Receipt, path: tuple[str | int, ...], value: Any) -> Receipt:
    """Change one row of the content."""
    assert receipt.content is not None
    rows = tuple(
        dataclasses.replace(row, value=value)
        if isinstance(row, Shown) and row.path == path
        else row
        for row in receipt.content
    )
    assert rows != receipt.content
    return dataclasses.replace(receipt, content=rows)


# --- what is made ---------------------------------------------------------------------------------


def test_the_service_is_told_who_and_to_which_case_and_32_bytes() -> None:
    assert KEPT.submission == {
        "type": "detached",
        "case": SUBMISSION["case"],
        "submitter": SUBMISSION["submitter"],
        "data": {"commitment": KEPT.commitment.hex()},
    }


def test_nothing_of_the_content_is_in_what_is_sent() -> None:
    for secret in ("43.00", "技术部分", "score_sheet", "15:39", CONTENT_ID):
        assert secret.encode() not in KEPT.body


def test_the_content_is_a_whole_record_of_its_own() -> None:
    content = shown(KEPT.rows)
    assert content["format"] == "audit-record/v1"
    assert (content["type"], content["data"]) == ("score_sheet", DATA)
    assert (content["record_id"], content["origin"]) == (CONTENT_ID, ORIGIN)
    assert content["occurred_at"] == SUBMISSION["occurred_at"]
    assert content["case"] is content["case_seq"] is content["case_prev"] is None


def test_another_secret_makes_another_commitment() -> None:
    assert content_of(seed=8).commitment != KEPT.commitment


@pytest.mark.parametrize("name", ["detached", "log.erasure"])
def test_content_is_neither_a_commitment_nor_the_services_own(name: str) -> None:
    with pytest.raises(MalformedRecord, match="/type"):
        content_of({**SUBMISSION, "type": name})


def test_content_that_would_not_fit_into_a_receipt_is_refused() -> None:
    with pytest.raises(Malformed):
        content_of({"data": [0] * 60_001})


# --- what is kept meanwhile -----------------------------------------------------------------------


def test_kept_content_comes_back_as_it_was() -> None:
    assert Detached.parse(KEPT.to_text().encode()) == KEPT
    assert KEPT.to_text().encode() == canonical(parse_json(KEPT.to_text().encode()))
    assert Detached.parse(f"{KEPT.to_text()}\n".encode()) == KEPT


def test_content_with_a_longer_text_than_any_submission_comes_back() -> None:
    kept = content_of({"data": {"n" * 8000: [7] * 1050}})
    assert len(kept.to_text()) > 8 * 2**20
    assert Detached.parse(kept.to_text().encode()) == kept


def test_content_without_a_nonce_is_given_one() -> None:
    assert shown(KEPT.rows)["nonce"] == "0f0e0d0c0b0a09080706050403020100"


def kept_with(**members: Any) -> bytes:
    value = parse_json(KEPT.to_text().encode())
    assert isinstance(value, dict)
    return canonical({**value, **members})


@pytest.mark.parametrize(
    "body",
    [
        kept_with(schema="audit-content/v2"),
        kept_with(more=1),
        kept_with(submission=[]),
        kept_with(submission={**KEPT.submission, "type": "generic"}),
        kept_with(submission={**KEPT.submission, "data": {"commitment": "00" * 32}}),
        kept_with(submission={**KEPT.submission, "data": {**_data, "more": 1}})
        if isinstance(_data := KEPT.submission["data"], dict)
        else b"",
        kept_with(rows=[]),
        b" " + KEPT.to_text().encode(),
        b"\n" + KEPT.to_text().encode(),
        KEPT.to_text().encode() + b"\n\n",
        b"[]",
        b"",
    ],
)
def test_what_is_not_quite_kept_content_is_refused(body: bytes) -> None:
    with pytest.raises(Malformed):
        Detached.parse(body)


def test_one_bent_row_is_noticed_before_anything_is_sent() -> None:
    bent = KEPT.to_text().replace('"43.00"', '"44.00"').encode()
    with pytest.raises(MalformedReceipt, match="does not commit"):
        Detached.parse(bent)


# --- the receipt ----------------------------------------------------------------------------------


def test_a_completed_receipt_reads_back_and_holds_both() -> None:
    text = COMPLETED.to_text()
    assert parse_receipt(text.encode()) == COMPLETED
    assert text.encode() == canonical(parse_json(text.encode()))
    assert COMPLETED.told == KEPT.rows
    assert COMPLETED.rows == SEALED.rows


def test_a_receipt_of_another_commitment_is_not_completed() -> None:
    for other in (content_of(seed=8), content_of({**SUBMISSION, "case": "A-2"})):
        with pytest.raises(CommitmentMismatch):
            KEPT.complete(detached_receipt(other))


def test_a_receipt_in_another_case_is_not_completed() -> None:
    moved = dataclasses.replace(KEPT, submission={**KEPT.submission, "case": "A-2"})
    with pytest.raises(CommitmentMismatch, match="another case"):
        KEPT.complete(detached_receipt(moved))


def test_a_receipt_that_hides_a_row_is_not_completed() -> None:
    hidden = dataclasses.replace(SEALED, rows=hide(SEALED.rows, ("case_prev",)))
    with pytest.raises(CommitmentMismatch):
        KEPT.complete(hidden)


def test_a_receipt_of_the_content_itself_is_not_completed() -> None:
    with pytest.raises(MalformedReceipt):
        KEPT.complete(Kit().receipt())


def test_a_receipt_of_another_log_is_not_completed() -> None:
    with pytest.raises(CommitmentMismatch):
        KEPT.complete(detached_receipt(KEPT, origin="other.example/logs/kit"))


def test_the_content_of_a_detached_record_is_checked() -> None:
    verdict = judge(COMPLETED, POLICY)
    check = verdict.check("content")
    assert (verdict.outcome, check.state, check.reason) == (
        Outcome.MATCH,
        State.PASSED,
        "content-commits",
    )
    assert check.facts["submitter"] == "某交易中心 · 评标系统"
    assert check.facts["type"] == "score_sheet"
    assert verdict.facts["type"] == "detached"


def test_what_was_found_of_the_content_is_told() -> None:
    submitted = {"submitter": "某交易中心 · 评标系统"}
    told = {
        **submitted,
        **ShownRecord.of(KEPT.rows).facts(),
        "commitment": KEPT.commitment.hex(),
        "named": KEPT.commitment.hex(),
        "leaves": len(KEPT.rows),
    }
    assert judge(COMPLETED, POLICY).check("content").facts == told
    absent = judge(SEALED, POLICY).check("content")
    assert (absent.state, absent.facts) == (State.NOT_CHECKED, submitted)
    other = content_of(seed=8)
    failed = judge(dataclasses.replace(COMPLETED, content=other.rows), POLICY).check("content")
    assert failed.facts == {**told, "commitment": other.commitment.hex()}


def test_without_its_content_a_detached_record_still_matches_and_says_so() -> None:
    verdict = judge(SEALED, POLICY)
    assert verdict.outcome is Outcome.MATCH
    assert verdict.check("content").reason == "content-not-here"


def test_other_records_have_no_such_check() -> None:
    with pytest.raises(KeyError):
        judge(Kit().receipt(), POLICY).check("content")


@pytest.mark.parametrize(
    ("receipt", "reason"),
    [
        (with_row(COMPLETED, ("data", "seat"), "E2"), "commitment-mismatch"),
        (with_row(COMPLETED, ("occurred_at",), None), "commitment-mismatch"),
        (dataclasses.replace(COMPLETED, content=content_of(seed=8).rows), "commitment-mismatch"),
        (
            dataclasses.replace(
                detached_receipt(content_of(origin="other.example/logs/kit")),
                content=content_of(origin="other.example/logs/kit").rows,
            ),
            "content-of-another-log",
        ),
    ],
)
def test_content_that_is_not_what_was_submitted_is_different(receipt: Receipt, reason: str) -> None:
    verdict = judge(receipt, POLICY)
    assert (verdict.outcome, verdict.reason) == (Outcome.DIFFERENT, "content")
    assert verdict.check("content").reason == reason
    assert {"submitter", "commitment", "named"} <= verdict.check("content").facts.keys()
    assert verdict.life is Life.SEALED  # the log's own statement stands


def test_content_that_commits_and_is_no_record_is_different() -> None:
    rows = tuple(
        dataclasses.replace(row, value="yesterday")
        if isinstance(row, Shown) and row.path == ("occurred_at",)
        else row
        for row in KEPT.rows
    )
    submission: JsonObject = {
        **KEPT.submission,
        "data": {"commitment": rows_commitment(rows).hex()},
    }
    receipt = dataclasses.replace(Kit(submission=submission).receipt(), content=rows)
    check = judge(receipt, POLICY).check("content")
    assert (check.state, check.reason) == (State.FAILED, "content-not-a-record")
    assert check.facts["named"] == check.facts["commitment"]
    assert "/occurred_at" in str(check.facts["detail"])


def hide(rows: tuple[Row, ...], *paths: tuple[str | int, ...]) -> tuple[Row, ...]:
    return tuple(
        row.withheld() if isinstance(row, Shown) and row.path in paths else row for row in rows
    )


def test_a_part_of_the_content_may_be_shown_alone() -> None:
    rows = hide(KEPT.rows, ("data", "seat"), ("data", "scores", 0, "技术部分"))
    verdict = judge(dataclasses.replace(COMPLETED, content=rows), POLICY)
    assert verdict.outcome is Outcome.MATCH
    assert verdict.check("content").facts["withheld"] == 2


@pytest.mark.parametrize(
    "receipt",
    [
        dataclasses.replace(Kit().receipt(), content=KEPT.rows),
        dataclasses.replace(COMPLETED, rows=hide(COMPLETED.rows, ("data", "commitment"))),
        dataclasses.replace(COMPLETED, content=hide(KEPT.rows, ("origin",))),
        dataclasses.replace(COMPLETED, content=hide(KEPT.rows, ("type",))),
        with_row(COMPLETED, ("type",), "detached"),
        with_row(COMPLETED, ("type",), "log.erasure"),
        dataclasses.replace(COMPLETED, content=SEALED.rows),
    ],
)
def test_content_that_no_receipt_can_have_is_malformed(receipt: Receipt) -> None:
    with pytest.raises(MalformedReceipt, match="content: "):
        judge(parse_receipt(receipt.to_text().encode()), POLICY)


def test_a_commitment_that_is_not_one_binds_no_content() -> None:
    for wrong in (7, "0F" * 32, KEPT.commitment.hex() + "\n"):
        rows = tuple(
            dataclasses.replace(row, value=wrong)
            if isinstance(row, Shown) and row.path == ("data", "commitment")
            else row
            for row in COMPLETED.rows
        )
        with pytest.raises(MalformedReceipt, match="content: "):
            judge(dataclasses.replace(COMPLETED, rows=rows), POLICY)


def test_content_is_read_as_strictly_as_rows() -> None:
    text = COMPLETED.to_text()
    place = text.index('"content":[[["')
    with pytest.raises(MalformedDisclosure, match="content: row 0"):
        parse_receipt((text[:place] + text[place:].replace('[[["', '[[[1,"', 1)).encode())
    with pytest.raises(MalformedDisclosure, match="content: "):
        parse_receipt(dataclasses.replace(COMPLETED, content=()).to_text().encode())


def test_content_stands_where_canonical_form_has_it() -> None:
    text = COMPLETED.to_text()
    start, end = text.index(',"content":'), text.index(',"entry_index":')
    moved = text[:start] + text[end:-1] + text[start:end] + "}"
    with pytest.raises(MalformedReceipt, match="canonical"):
        parse_receipt(moved.encode())


# --- what the service takes -----------------------------------------------------------------------


def test_the_data_of_a_detached_record_is_a_commitment() -> None:
    check_detached_data({"commitment": "0f" * 32})


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"commitment": "0F" * 32}, "/data/commitment"),
        ({"commitment": "0f" * 31}, "/data/commitment"),
        ({"commitment": None}, "/data/commitment"),
        ({"commitment": "0f" * 32, "score": "43.00"}, "/data/score"),
        ({}, "/data/commitment"),
        ("0f" * 32, "/data"),
        (None, "/data"),
    ],
)
def test_anything_else_in_a_detached_record_is_refused(data: Any, field: str) -> None:
    with pytest.raises(MalformedRecord) as caught:
        check_detached_data(data)
    assert caught.value.field == field


def test_a_secret_of_the_wrong_length_is_our_own_mistake() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        detach(
            b'{"data":1}',
            origin=ORIGIN,
            record_id=CONTENT_ID,
            secret=b"short",
            nonce="00" * 16,
            recorded_at="2026-03-31T07:39:30.000Z",
        )


# --- one bent byte --------------------------------------------------------------------------------


def test_one_bent_byte_is_never_a_match() -> None:
    body = COMPLETED.to_text().encode()
    for place in range(0, len(body), 11):
        for bit in (0x01, 0x20):
            bent = body[:place] + bytes([body[place] ^ bit]) + body[place + 1 :]
            try:
                outcome = judge(parse_receipt(bent), POLICY).outcome
            except Malformed:
                continue
            assert outcome in (Outcome.DIFFERENT, Outcome.COULD_NOT_CHECK), (place, bit)


def test_who_submitted_may_be_nobody() -> None:
    content = content_of({"data": 1})
    check = judge(content.complete(detached_receipt(content)), POLICY).check("content")
    assert check.facts["submitter"] is None
    alone = content_of({"data": 1, "submitter": {"person": "王五"}})
    check = judge(alone.complete(detached_receipt(alone)), POLICY).check("content")
    assert check.facts["submitter"] == "王五"
    assert "case" not in content.submission


def test_files_are_looked_for_in_content_and_record() -> None:
    def look(value: Any, receipt: Receipt = COMPLETED) -> tuple[State, str]:
        digest = hashlib.sha256(canonical(value)).digest()
        check = check_file(FileDigest("f", digest, digest), receipt.rows, receipt.content)
        return check.state, check.reason

    assert look(DATA) == (State.PASSED, "data-of-record")
    assert look(shown(KEPT.rows)) == (State.PASSED, "whole-record")
    assert look(shown(SEALED.rows)) == (State.PASSED, "whole-record")
    assert look(KEPT.submission["data"]) == (State.PASSED, "data-of-record")
    assert look({"a": 1}) == (State.FAILED, "file-not-in-record")
    assert look({"a": 1}, SEALED) == (State.NOT_CHECKED, "content-not-here")
    partly = dataclasses.replace(COMPLETED, content=hide(KEPT.rows, ("data", "seat")))
    assert look({"a": 1}, partly) == (State.NOT_CHECKED, "part-of-record-hidden")
    assert look(shown(SEALED.rows), partly) == (State.PASSED, "whole-record")


def test_the_submission_of_a_detached_record_is_recognised() -> None:
    def look(value: Any, receipt: Receipt = COMPLETED) -> tuple[State, str]:
        digest = hashlib.sha256(canonical(value)).digest()
        file = FileDigest("f", digest, digest, members=sent_members(value))
        check = check_file(file, receipt.rows, receipt.content)
        return check.state, check.reason

    passed = (State.PASSED, "submission-of-record")
    assert look(SUBMISSION) == passed
    assert look({name: SUBMISSION[name] for name in ("data", "case")}) == passed
    for other in ({"case": "another"}, {"data": 1}, {"type": "finding"}):
        assert look({**SUBMISSION, **other}) == (State.FAILED, "file-not-in-record")
    case = [("case",), ("case_seq",), ("case_prev",)]
    hidden = dataclasses.replace(COMPLETED, rows=hide(COMPLETED.rows, *case))
    opened = (State.NOT_CHECKED, "part-of-record-hidden")
    assert look(SUBMISSION, hidden) == opened
    assert look({**SUBMISSION, "data": 1}, hidden) == (State.FAILED, "file-not-in-record")
