"""A detached record in a small log, and the content that its submitter keeps."""

from typing import Any

from liuhen.core.canonical import JsonObject, canonical
from liuhen.core.detached import Detached, detach
from liuhen.core.receipt import Receipt
from tests.receipt_kit import DATA, ORIGIN, Kit

CONTENT_ID = "01936b2e-7b00-7000-8000-00000000c0de"
SUBMISSION: JsonObject = {
    "type": "score_sheet",
    "case": "SLZX-2026-0031",
    "submitter": {"organisation": "某交易中心", "system": "评标系统"},
    "occurred_at": "2026-03-31T15:39:00+08:00",
    "data": DATA,
}


def content_of(
    submission: JsonObject = SUBMISSION, *, origin: str = ORIGIN, seed: int = 7
) -> Detached:
    """Make content and the submission that commits to it, with fixed secrets."""
    return detach(
        canonical(submission),
        origin=origin,
        record_id=CONTENT_ID,
        secret=bytes([seed]) * 32,
        nonce="0f0e0d0c0b0a09080706050403020100",
        recorded_at="2026-03-31T07:39:30.000Z",
    )


def detached_receipt(
    content: Detached, size: int = 5, anchored: int | None = None, **kit: Any
) -> Receipt:
    """Return the receipt as the service gives it, without content."""
    return Kit(submission=content.submission, **kit).receipt(size, anchored)
