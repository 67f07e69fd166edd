"""Detached records: a commitment in the log, and content beside it that is that or is not."""

import dataclasses

from liuhen.core.canonical import JsonObject, JsonValue
from liuhen.core.detached import Detached
from liuhen.core.disclosure import Row, Shown, rows_commitment
from liuhen.core.policy import Life
from liuhen.core.receipt import Receipt
from tests.detached_kit import SUBMISSION, content_of, detached_receipt
from tests.receipt_corpus import (
    DATA,
    REPORT,
    SEALED,
    Case,
    Expected,
    different,
    malformed,
    match,
    policy,
    pretty,
    unsure,
)

KEPT = content_of({**SUBMISSION, "data": DATA})
BARE = detached_receipt(KEPT)
WHOLE = KEPT.complete(BARE)
MALFORMED = malformed("malformed-receipt")


def with_value(rows: tuple[Row, ...], path: tuple[str, ...], value: JsonValue) -> tuple[Row, ...]:
    return tuple(
        dataclasses.replace(row, value=value)
        if isinstance(row, Shown) and row.path == path
        else row
        for row in rows
    )


def hiding(rows: tuple[Row, ...], *paths: tuple[str | int, ...]) -> tuple[Row, ...]:
    return tuple(
        row.withheld() if isinstance(row, Shown) and row.path in paths else row for row in rows
    )


def committing_to(rows: tuple[Row, ...]) -> Receipt:
    """Return a receipt of a record that commits to just these rows, whatever they are."""
    data: JsonValue = {"commitment": rows_commitment(rows).hex()}
    submission: JsonObject = {**KEPT.submission, "data": data}
    return dataclasses.replace(detached_receipt(Detached(rows, submission)), content=rows)


def case(name: str, why: str, receipt: Receipt, expected: Expected) -> Case:
    return Case(name, why, receipt, policy(Life.SEALED), expected)


def detached_cases() -> list[Case]:
    """Return the cases."""
    elsewhere = content_of({**SUBMISSION, "data": DATA}, origin="other.example/logs/kit")
    failed = different("content", "sealed")
    return [
        Case(
            "detached",
            "A detached record with its content: files are compared with the content.",
            WHOLE,
            policy(Life.SEALED),
            match("sealed"),
            files={
                "data.json": pretty(DATA),
                "report.txt": REPORT,
                "other.json": pretty({**DATA, "seat": "E2"}),
            },
            with_files={
                "data.json": match("sealed"),
                "report.txt": match("sealed"),
                "other.json": different("file", "sealed"),
            },
        ),
        Case(
            "detached_without_content",
            "A detached record alone: it matches, and a file might be what it commits to.",
            BARE,
            policy(Life.SEALED),
            match("sealed"),
            files={"data.json": pretty(DATA)},
            with_files={"data.json": unsure("content-not-here")},
        ),
        case(
            "detached_content_partly_hidden",
            "Two fields of the content are withheld; the rest is what was committed to.",
            dataclasses.replace(
                WHOLE,
                content=hiding(KEPT.rows, ("data", "seat"), ("data", "scores", 0, "技术部分")),
            ),
            match("sealed"),
        ),
        case(
            "detached_bent_content_fail",
            "One value of the content was changed.",
            dataclasses.replace(WHOLE, content=with_value(KEPT.rows, ("data", "seat"), "E2")),
            failed,
        ),
        case(
            "detached_content_back_dated_fail",
            "The content's own time was moved back.",
            dataclasses.replace(
                WHOLE, content=with_value(KEPT.rows, ("recorded_at",), "2026-03-01T00:00:00.000Z")
            ),
            failed,
        ),
        case(
            "detached_other_content_fail",
            "The content of another record, with the same data under another secret.",
            dataclasses.replace(
                WHOLE, content=content_of({**SUBMISSION, "data": DATA}, seed=8).rows
            ),
            failed,
        ),
        case(
            "detached_content_of_other_log_fail",
            "The content is what was committed to, and was made for another log.",
            committing_to(elsewhere.rows),
            failed,
        ),
        case(
            "detached_content_no_record_fail",
            "The content is what was committed to, and makes no record: a time that is none.",
            committing_to(with_value(KEPT.rows, ("occurred_at",), "yesterday")),
            failed,
        ),
        case(
            "content_beside_other_type_fail",
            "Content beside a score sheet, which has its own.",
            dataclasses.replace(SEALED, content=KEPT.rows),
            MALFORMED,
        ),
        case(
            "detached_commitment_hidden_fail",
            "The record hides its commitment, so that any content would do.",
            dataclasses.replace(WHOLE, rows=hiding(WHOLE.rows, ("data", "commitment"))),
            MALFORMED,
        ),
        case(
            "detached_content_hides_origin_fail",
            "The content hides for which log it was made.",
            dataclasses.replace(WHOLE, content=hiding(KEPT.rows, ("origin",))),
            MALFORMED,
        ),
        case(
            "detached_content_detached_fail",
            "The content is itself a commitment to something else.",
            committing_to(with_value(KEPT.rows, ("type",), "detached")),
            MALFORMED,
        ),
        case(
            "detached_content_services_own_fail",
            "The content is of a type that only a service writes.",
            committing_to(with_value(KEPT.rows, ("type",), "log.erasure")),
            MALFORMED,
        ),
        case(
            "detached_content_empty_fail",
            "The content has no rows.",
            dataclasses.replace(WHOLE, content=()),
            malformed("malformed-disclosure"),
        ),
    ]
