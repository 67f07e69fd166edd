"""What `liuhen draw check` rests on: the receipts of a draw, and the hash of the block it named."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from liuhen.adapters.rpc import RpcNode
from liuhen.cli.chain_nodes import ask_nodes
from liuhen.cli.input_file import read_file
from liuhen.core.canonical import JsonValue
from liuhen.core.disclosure import Shown, rebuild
from liuhen.core.errors import Unavailable
from liuhen.core.examine import Beside, examine, question
from liuhen.core.policy import TrustPolicy
from liuhen.core.receipt import MAX_RECEIPT_BYTES, Receipt, parse_receipt
from liuhen.core.shown import ShownRecord
from liuhen.core.verdict import Outcome, State
from liuhen.domain.draw_record import BlockName, DrawRecord
from liuhen.domain.incoming import incoming_of

TYPE = "expert_draw"
RECEIPT_FILES = "*.receipt.json"
"""The receipts in a folder, as `liuhen append` and `liuhen receipt fetch` name them."""


@dataclass(frozen=True, slots=True)
class DrawReceipt:
    """A receipt of a draw's record, and what became of it.

    Attributes:
        record: The record; None where a part of it is hidden.
        record_id: Its number.
        number: Its number in the case; None where that is hidden.
        outcome: What examining the receipt came to; None where that was not wanted.
        reason: Why.
    """

    record: DrawRecord | None
    record_id: str
    number: int | None
    outcome: Outcome | None = None
    reason: str = ""

    def to_json(self) -> dict[str, JsonValue]:
        """Return it as in the JSON answer."""
        outcome = None if self.outcome is None else str(self.outcome)
        return {"record_id": self.record_id, "outcome": outcome, "reason": self.reason}


def receipts_in(paths: Iterable[Path]) -> list[Receipt]:
    """Read receipt files, and those in folders.

    Raises:
        Malformed: A file is no receipt.
        Unavailable: A file cannot be read.
    """
    files: list[Path] = []
    for path in paths:
        files += sorted(path.rglob(RECEIPT_FILES)) if path.is_dir() else [path]
    return [parse_receipt(read_file(file, MAX_RECEIPT_BYTES)) for file in files]


def draw_receipts(
    case: str, receipts: Iterable[Receipt], policy: TrustPolicy | None, nodes: Sequence[RpcNode]
) -> list[DrawReceipt]:
    """Return those of a case's draws in their order, examined where there is a policy."""
    found = []
    for receipt in receipts:
        shown = ShownRecord.of(receipt.rows)
        if shown.type == TYPE and _case_of(receipt, shown) == case:
            found.append(_examined(receipt, shown, policy, nodes))
    return sorted(found, key=_place)


def _examined(
    receipt: Receipt, shown: ShownRecord, policy: TrustPolicy | None, nodes: Sequence[RpcNode]
) -> DrawReceipt:
    from liuhen.adapters.clock import SystemClock

    after = shown.after_block
    named = None if after is None else BlockName(after.chain_id, after.number)
    members = rebuild(receipt.rows)
    record = None if members is None else DrawRecord(incoming_of(members), named)
    number = _number_of(receipt)
    if policy is None:
        return DrawReceipt(record, shown.record_id, number)
    reports = tuple(ask_nodes(nodes, question(receipt, policy)))
    verdict = examine(receipt, policy, Beside(SystemClock().now(), reports))
    if record is not None and verdict.outcome is Outcome.MATCH:
        anchor = verdict.check("anchor")
        block = anchor.facts.get("block")
        if anchor.state is State.PASSED and isinstance(block, int):
            anchored = BlockName(policy.chain.id, block)
            record = DrawRecord(record.record, record.after_block, anchored)
    return DrawReceipt(record, shown.record_id, number, verdict.outcome, verdict.reason)


def _number_of(receipt: Receipt) -> int | None:
    shown = (row for row in receipt.rows if isinstance(row, Shown) and row.path == ("case_seq",))
    value = next((row.value for row in shown), None)
    return value if type(value) is int else None


def _case_of(receipt: Receipt, shown: ShownRecord) -> str | None:
    """Return the case of a record; of detached content it is not shown at the top."""
    named = (row.value for row in receipt.told if isinstance(row, Shown) and row.path == ("case",))
    value = shown.case or next(named, None)
    return value if isinstance(value, str) else None


def _place(receipt: DrawReceipt) -> int:
    return -1 if receipt.number is None else receipt.number


def hash_by_nodes(
    block: BlockName, nodes: Sequence[RpcNode], policy: TrustPolicy | None
) -> bytes | None:
    """Return the hash of a block on which all nodes agree; None where no node was named.

    Args:
        block: The block.
        nodes: Who is asked.
        policy: Says how many blocks make one final, and which chain it is.

    Raises:
        Unavailable: One does not answer, serves another chain, or does not have the block as a
            final one; or they disagree.
    """
    hashes = {_hash_by(block, node, policy) for node in nodes}
    if len(hashes) > 1:
        raise Unavailable(f"the nodes disagree on block {block.number}")
    return hashes.pop() if hashes else None


def _hash_by(block: BlockName, node: RpcNode, policy: TrustPolicy | None) -> bytes:
    depth = 0
    if node.chain_id() != block.chain_id:
        raise Unavailable(f"{node.host} serves another chain than {block.chain_id}")
    if policy is not None and policy.chain.id == block.chain_id:
        depth = policy.chain.finality_depth
        if node.genesis_hash() != policy.chain.genesis:
            raise Unavailable(f"{node.host} serves another chain than the policy's")
    tip, found = node.block("latest"), node.block(block.number)
    if tip is None or found is None or tip.number - block.number < depth:
        raise Unavailable(f"block {block.number} is not there yet, or not final ({node.host})")
    return found.hash
