"""A refusal that is kept: what was refused leaves a record of its own, and its receipt is given."""

import hashlib
from typing import Final

from liuhen.app.case_rules import RefusedForAnother
from liuhen.core.canonical import JsonObject, canonical
from liuhen.core.draft import Draft
from liuhen.core.errors import RecordRefused

REFUSAL_KEY: Final = "refused "
"""What idempotency keys of refusals begin with."""


class RefusedAndLogged(RecordRefused):
    """The record was refused, and a record in the log says so.

    Attributes:
        record_id: Number of that record.
        receipt: Its receipt file.
    """

    def __init__(self, refusal: RecordRefused, record_id: str, receipt: str) -> None:
        """Join a refusal and the receipt of the record that tells of it."""
        super().__init__(
            refusal.field, refusal.rule, rule_code=refusal.rule_code, rule_zh=refusal.rule_zh
        )
        self.record_id, self.receipt = record_id, receipt


def refusal_record(refused: RefusedForAnother, draft: Draft) -> bytes:
    """Return the submission that tells of a refusal: same case, time and submitter."""
    body: JsonObject = {
        "type": refused.replacement.type,
        "case": draft.case,
        "data": refused.replacement.data,
    }
    if draft.occurred_at is not None:
        body["occurred_at"] = draft.occurred_at
    if draft.submitter is not None:
        body["submitter"] = draft.submitter
    return canonical(body)


def refusal_key(key: str | None, refused: Draft) -> str | None:
    """Return the idempotency key of that record, made from the refused one and its key.

    With a blank in it, so that no client can use it up beforehand: that would leave the refusal
    untold.
    """
    if key is None:
        return None
    told = hashlib.sha256(key.encode() + b"\0" + refused.submission_digest).hexdigest()
    return REFUSAL_KEY + told
