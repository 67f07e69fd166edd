"""An anchor and its attempts as JSON, for the API and the command line.

Amounts of wei are strings, like all money. Signed txs are left out: they are the attempts'
business, and what is still to be sent is nobody's else.
"""

from collections.abc import Sequence
from datetime import UTC, datetime

from liuhen.core.canonical import JsonObject, JsonValue
from liuhen.ports import MinedIn, StoredAnchor, StoredAttempt


def describe_anchor(
    anchor: StoredAnchor, attempts: Sequence[StoredAttempt], log: str, now: datetime
) -> JsonObject:
    """Return what there is to say of an anchor in a list.

    Args:
        anchor: The anchor.
        attempts: All attempts at it.
        log: Name of its log.
        now: The present, aware.
    """
    return {
        "id": anchor.anchor_id,
        "log": log,
        "chain_id": anchor.target.chain_id,
        "contract": _ethereum(anchor.target.contract),
        "log_id": _ethereum(anchor.target.log_id),
        "size": anchor.head.size,
        "root": anchor.head.root.hex(),
        "state": str(anchor.state),
        "planned_at": moment_text(anchor.created_at),
        "changed_at": moment_text(anchor.changed_at),
        "age_seconds": max(0, int((now - anchor.created_at).total_seconds())),
        "block": _block(anchor.mined_in),
        "reorgs": anchor.reorgs,
        "has_checkpoint": anchor.has_checkpoint,
        "has_evidence": anchor.evidence is not None,
        "attempt_count": len(attempts),
        "fee_wei": str(sum(attempt.fee_wei or 0 for attempt in attempts)),
    }


def describe_life(
    anchor: StoredAnchor, attempts: Sequence[StoredAttempt], log: str, now: datetime
) -> JsonObject:
    """Return the whole life of an anchor: the same, and every attempt, oldest first."""
    tries: list[JsonValue] = [_describe_attempt(attempt) for attempt in attempts]
    return {**describe_anchor(anchor, attempts, log, now), "attempts": tries}


def moment_text(moment: datetime) -> str:
    """Print a moment as RFC 3339 in UTC, to the second."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _describe_attempt(attempt: StoredAttempt) -> JsonObject:
    return {
        "tx_hash": _ethereum(attempt.tx_hash),
        "state": str(attempt.state),
        "sender": _ethereum(attempt.sender),
        "nonce": attempt.nonce,
        "old_size": attempt.old_size,
        "max_fee_wei": str(attempt.max_fee_wei),
        "tip_wei": str(attempt.tip_wei),
        "gas_limit": attempt.gas_limit,
        "fee_wei": None if attempt.fee_wei is None else str(attempt.fee_wei),
        "signed_at": moment_text(attempt.created_at),
        "changed_at": moment_text(attempt.changed_at),
        "block": _block(attempt.mined_in),
    }


def _block(place: MinedIn | None) -> JsonValue:
    if place is None:
        return None
    time = moment_text(datetime.fromtimestamp(place.time, UTC))
    return {"number": place.number, "hash": _ethereum(place.hash), "time": time}


def _ethereum(value: bytes) -> str:
    return "0x" + value.hex()
