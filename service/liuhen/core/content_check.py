"""Whether the content beside a `detached` record is what that record commits to.

The log says who submitted a commitment and when. What it commits to is for its keeper to show: the
rows of a record of his own, which no service has seen. So the two are two statements, and this
check joins them: the content's rows lead to the commitment that the record shows, or they do not.
Nothing else in the content is the log's word, its time and its submitter included.
"""

import re
from collections.abc import Sequence

from liuhen.core.canonical import JsonValue
from liuhen.core.disclosure import Row, Shown, rows_commitment
from liuhen.core.errors import CommitmentMismatch, MalformedReceipt, MalformedRecord
from liuhen.core.receipt import Receipt
from liuhen.core.row_rules import check_rows
from liuhen.core.shown import ShownRecord
from liuhen.core.verdict import Check, State

DETACHED = "detached"
"""Type of the records whose data is a commitment, and nothing else."""

COMMITMENT_PATH = ("data", "commitment")
_COMMITMENT = re.compile("[0-9a-f]{64}")
_SERVICES_OWN = "log."


def check_content(receipt: Receipt, record: ShownRecord) -> tuple[Check, ...]:
    """Check that the content leads to the commitment in the record.

    Args:
        receipt: The receipt.
        record: What its rows show openly.

    Returns:
        The check; none where the record is not detached.

    Raises:
        MalformedReceipt: Content stands beside a record of another type or one that hides its
            commitment, hides what no disclosure hides, or is itself such as no client can enter.
    """
    if record.type != DETACHED:
        if receipt.content is not None:
            raise MalformedReceipt(f"content: stands only beside a record of type {DETACHED}")
        return ()
    submitted: dict[str, JsonValue] = {"submitter": _submitter(receipt.rows)}
    if receipt.content is None:
        return (Check("content", State.NOT_CHECKED, "content-not-here", submitted),)
    named = _named_commitment(receipt.rows)
    content = read_content(receipt.content)
    commitment = rows_commitment(receipt.content).hex()
    facts: dict[str, JsonValue] = {
        **submitted,
        **content.facts(),
        "commitment": commitment,
        "named": named,
        "leaves": len(receipt.content),
    }
    if commitment != named:
        return (Check("content", State.FAILED, CommitmentMismatch.code, facts),)
    if content.origin != record.origin:
        return (Check("content", State.FAILED, "content-of-another-log", facts),)
    try:
        check_rows(receipt.content)
    except MalformedRecord as error:
        detail = {**facts, "detail": str(error)}
        return (Check("content", State.FAILED, "content-not-a-record", detail),)
    return (Check("content", State.PASSED, "content-commits", facts),)


def read_content(rows: Sequence[Row]) -> ShownRecord:
    """Read what content shows openly.

    Raises:
        MalformedReceipt: A member that is always shown is hidden, or the type is none for content.
    """
    try:
        content = ShownRecord.of(rows)
    except MalformedReceipt as error:
        raise MalformedReceipt(f"content: {error}") from error
    check_content_type(content.type)
    return content


def check_content_type(name: str) -> None:
    """Check that content can be of this type.

    Raises:
        MalformedReceipt: It is the service's own, or itself a commitment to something else.
    """
    if name == DETACHED or name.startswith(_SERVICES_OWN):
        raise MalformedReceipt(f"content: its type must not be {DETACHED} or begin {_SERVICES_OWN}")


def _submitter(rows: Sequence[Row]) -> JsonValue:
    """Return who submitted, as far as the record shows it; None where it names nobody."""
    shown = {row.path: row.value for row in rows if isinstance(row, Shown)}
    named = (shown.get(("submitter", part)) for part in ("organisation", "system", "person"))
    return " · ".join(str(name) for name in named if name) or None


def _named_commitment(rows: Sequence[Row]) -> str:
    """Return the commitment in a detached record; hidden, it would bind the content to nothing."""
    for row in rows:
        if isinstance(row, Shown) and row.path == COMMITMENT_PATH:
            value = row.value
            if isinstance(value, str) and _COMMITMENT.fullmatch(value):
                return value
    raise MalformedReceipt("content: the record beside it shows no /data/commitment")
