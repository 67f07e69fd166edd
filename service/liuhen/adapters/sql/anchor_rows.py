"""Rows of anchors and attempts to and from the values of the port."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row

from liuhen.core.canonical import canonical_text
from liuhen.core.chain_evidence import ChainEvidence
from liuhen.core.merkle import TreeHead
from liuhen.core.receipt import evidence_from_json, evidence_to_json
from liuhen.core.strict_json import parse_json
from liuhen.domain.anchor_life import AnchorState
from liuhen.ports import ChainTarget, MinedIn, StoredAnchor, StoredAttempt


def stored_anchor(row: Row[Any]) -> StoredAnchor:
    """Make the anchor of a row."""
    return StoredAnchor(
        anchor_id=row.anchor_id,
        target=ChainTarget(row.chain_id, row.contract, row.chain_log_id),
        head=TreeHead(row.size, row.root),
        state=AnchorState(row.state),
        mined_in=_mined_in(row),
        evidence=None
        if row.evidence is None
        else evidence_from_json(parse_json(row.evidence.encode())),
        created_at=in_utc(row.created_at),
        changed_at=in_utc(row.changed_at),
        reorgs=row.reorgs,
        has_checkpoint=row.has_checkpoint,
    )


def stored_attempt(row: Row[Any]) -> StoredAttempt:
    """Make the attempt of a row."""
    return StoredAttempt(
        attempt_id=row.attempt_id,
        anchor_id=row.anchor_id,
        old_size=row.old_size,
        sender=row.sender,
        nonce=row.nonce,
        max_fee_wei=row.max_fee_wei,
        tip_wei=row.tip_wei,
        gas_limit=row.gas_limit,
        raw_tx=row.raw_tx,
        tx_hash=row.tx_hash,
        state=AnchorState(row.state),
        mined_in=_mined_in(row),
        fee_wei=None if row.fee_wei is None else int(row.fee_wei),
        created_at=in_utc(row.created_at),
        changed_at=in_utc(row.changed_at),
    )


def block_values(mined_in: MinedIn | None) -> dict[str, object]:
    """Return the columns that tell the block; all empty outside of one."""
    return {
        "block_number": mined_in and mined_in.number,
        "block_hash": mined_in and mined_in.hash,
        "block_time": mined_in and mined_in.time,
        "tx_index": mined_in and mined_in.tx_index,
        "log_position": mined_in and mined_in.log_position,
    }


def evidence_text(evidence: ChainEvidence) -> str:
    """Print evidence as the text of its column."""
    return canonical_text(evidence_to_json(evidence))


def _mined_in(row: Row[Any]) -> MinedIn | None:
    if row.block_hash is None:
        return None
    return MinedIn(row.block_number, row.block_hash, row.block_time, row.tx_index, row.log_position)


def in_utc(time: datetime) -> datetime:
    """Give a time its zone back, which SQLite does not keep."""
    return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
