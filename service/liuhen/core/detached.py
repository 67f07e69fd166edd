"""Detached records: the log holds a commitment, its maker keeps the content (evidence §1).

    content  a full `audit-record/v1` of the client's own: number, time, nonce and secret are his
    record   {"type": "detached", "data": {"commitment": that of the content}}, and TOLD

A service that is sent such a record learns who submits, to which case, and 32 bytes. The client
completes the receipt it gets: `content` in it are the content's rows.

Between sending and the answer the content must not be lost, for nothing else opens the commitment;
so it has a text form of its own to be kept meanwhile, `audit-content/v1`, canonical JSON:

    {"rows": [row], "schema": "audit-content/v1", "submission": what is sent}
"""

from dataclasses import dataclass, field, replace

from liuhen.core.canonical import JsonObject, JsonValue, canonical, canonical_text
from liuhen.core.content_check import DETACHED, check_content, check_content_type, read_content
from liuhen.core.disclosure import Row, parse_rows, rebuild, rows_commitment
from liuhen.core.errors import CommitmentMismatch, MalformedReceipt, MalformedRecord
from liuhen.core.receipt import RECEIPT_LIMITS, Receipt
from liuhen.core.record import RULES, check_members
from liuhen.core.shown import ShownRecord
from liuhen.core.strict_json import Limits, parse_json
from liuhen.core.submission import parse_submission, prepare
from liuhen.core.verdict import State

__all__ = ["DETACHED", "TOLD", "Detached", "check_detached_data", "detach"]

SCHEMA = "audit-content/v1"
TOLD = ("case", "submitter")
"""Members of a submission that the service is told: the log numbers a case, and names who
submitted. A case is not in the content as well, where its number would be the client's word."""

CONTENT_LIMITS = Limits(leaves=60_000, path_steps=1_700_000)
"""A little less than a record may have: a receipt holds the rows of both within its limits."""


@dataclass(frozen=True, slots=True)
class Detached:
    """Content that is kept, and the submission that commits to it.

    Attributes:
        rows: Rows of the content, all shown.
        submission: What the service is sent.
    """

    rows: tuple[Row, ...] = field(repr=False)
    submission: JsonObject

    @property
    def commitment(self) -> bytes:
        """What the log is to hold: 32 bytes."""
        return rows_commitment(self.rows)

    @property
    def origin(self) -> str:
        """The log that the content was made for."""
        return read_content(self.rows).origin

    @property
    def body(self) -> bytes:
        """The submission as it is sent."""
        return canonical(self.submission)

    def to_text(self) -> str:
        """Print the file that keeps it."""
        rows: JsonValue = [row.to_json() for row in self.rows]
        return canonical_text({"rows": rows, "schema": SCHEMA, "submission": self.submission})

    @staticmethod
    def parse(body: bytes) -> "Detached":
        """Read such a file.

        Raises:
            MalformedReceipt: It is not one; the message names the member.
            MalformedDisclosure: Its rows break a rule of evidence §2.
            MalformedJson: Not strict JSON.
        """
        value = parse_json(body, RECEIPT_LIMITS)
        if not isinstance(value, dict) or value.keys() != {"rows", "schema", "submission"}:
            raise MalformedReceipt("kept content: must have rows, schema and submission")
        if value["schema"] != SCHEMA:
            raise MalformedReceipt(f"kept content: schema must be {SCHEMA}")
        submission = value["submission"]
        if not isinstance(submission, dict):
            raise MalformedReceipt("kept content: submission must be an object")
        kept = Detached(parse_rows(value["rows"]), submission)
        named = {"commitment": kept.commitment.hex()}
        if submission.get("type") != DETACHED or submission.get("data") != named:
            raise MalformedReceipt("kept content: the submission does not commit to the rows")
        read_content(kept.rows)
        if canonical(value) != body.removesuffix(b"\n"):
            raise MalformedReceipt("kept content: not in canonical form")
        return kept

    def complete(self, receipt: Receipt) -> Receipt:
        """Put the content into the receipt that the service gave.

        Raises:
            CommitmentMismatch: The receipt is of another record than was sent.
            MalformedReceipt: Its rows show no record, or hide the commitment.
        """
        completed = replace(receipt, content=self.rows)
        record, whole = ShownRecord.of(receipt.rows), rebuild(receipt.rows)
        checks = check_content(completed, record)
        if whole is None or not checks or checks[0].state is not State.PASSED:
            raise CommitmentMismatch("the service entered another commitment than was sent")
        if [whole.get(name) for name in ("case", "data")] != [
            self.submission.get(name) for name in ("case", "data")
        ]:
            raise CommitmentMismatch("the service entered another case or other data than was sent")
        return completed


def detach(
    body: bytes, *, origin: str, record_id: str, secret: bytes, nonce: str, recorded_at: str
) -> Detached:
    """Make content and submission from what would otherwise be submitted whole.

    Args:
        body: A submission, as it would go to `POST /v1/records`.
        origin: The log's origin.
        record_id: A fresh UUID of version 7, the content's own.
        secret: 32 fresh random bytes; used for this content and never again.
        nonce: 128 random bits in hex, used if the submission has none.
        recorded_at: Now, by the client's clock: UTC, exactly three decimals, Z.

    Raises:
        MalformedJson: The body is not strict JSON.
        MalformedRecord: A member is unknown, missing or breaks its rule, or a limit is passed.
    """
    sent = parse_submission(body, CONTENT_LIMITS)
    try:
        check_content_type(str(sent.get("type", "generic")))
    except MalformedReceipt as error:
        raise MalformedRecord("/type", f"must not be {DETACHED}: it would commit twice") from error
    sealed = prepare(
        canonical({name: value for name, value in sent.items() if name != "case"}),
        origin=origin,
        record_id=record_id,
        secret=secret,
        nonce=nonce,
        limits=CONTENT_LIMITS,
    ).complete(recorded_at)
    submission: JsonObject = {name: sent[name] for name in TOLD if name in sent}
    submission["data"] = {"commitment": sealed.commitment.hex()}
    submission["type"] = DETACHED
    return Detached(parse_rows(parse_json(sealed.rows_text.encode(), RECEIPT_LIMITS)), submission)


def check_detached_data(data: JsonValue) -> None:
    """Check the data of a detached record: a commitment and nothing else.

    Raises:
        MalformedRecord: Names the member and the rule.
    """
    check_members("/data", data, {"commitment": RULES["case_prev"]})
    assert isinstance(data, dict)
    if data["commitment"] is None:
        raise MalformedRecord("/data/commitment", "must be 64 lower-case hex digits")
