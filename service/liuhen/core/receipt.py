"""Receipts, `audit-receipt/v1` (evidence §3): one file that anybody can check without us.

    {"anchors": [{"chain_id", "consistency", "contract", "evidence"?, "log_id", "root", "size"}],
     "checkpoint": the signed note as one string, "content"?: [row], "entry_index",
     "inclusion": [hash], "rows": [row], "schema": "audit-receipt/v1",
     "slot"?: {"path", "position", "tick"}}

A receipt file is exactly the RFC 8785 bytes of this object (one final newline is tolerated), so
whatever byte of it is changed, it is another receipt or none. Hashes are lower-case hex; `0x` only
before Ethereum values. There is no state word in it: sealed, anchored and final are for the
verifier to find out. `content` stands only beside a `detached` record (`detached.py`): the rows of
the record whose commitment that one holds, added by whoever keeps it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from liuhen.core.canonical import JsonValue, canonical, canonical_text
from liuhen.core.chain_evidence import ChainEvidence
from liuhen.core.checkpoint import MAX_SIZE
from liuhen.core.disclosure import Row, parse_rows
from liuhen.core.errors import MalformedDisclosure, MalformedReceipt
from liuhen.core.merkle import MAX_PROOF
from liuhen.core.slot import DEPTH, Slot
from liuhen.core.strict_json import Limits, parse_json

SCHEMA = "audit-receipt/v1"
MAX_RECEIPT_BYTES = 128 * 2**20
MAX_ANCHORS = 8
MAX_TRIE_NODES = 64

RECEIPT_LIMITS = Limits(body_bytes=MAX_RECEIPT_BYTES, values=2**21)
"""What reading one receipt may cost, wherever it is read.

A row is four values and one for each step of its path, and `Limits.path_steps` holds records to
what fits here; where content stands beside them, both lists of rows share it. A hostile file of so
many empty arrays takes some 200 MB and a few seconds."""

_HEX = re.compile(r"(?:[0-9a-f]{2})*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Anchor:
    """A head in the contract, and how the receipt's checkpoint leads to it.

    Attributes:
        chain_id: EIP-155 chain id.
        contract: Address of the contract, 20 bytes.
        log_id: The log's identifier in it, 32 bytes.
        size: Anchored size.
        root: Anchored root hash, 32 bytes.
        consistency: Consistency proof from the checkpoint's size; empty when equal.
        evidence: Block header and proofs for checking without a node; may be absent.
    """

    chain_id: int
    contract: bytes
    log_id: bytes
    size: int
    root: bytes
    consistency: tuple[bytes, ...] = ()
    evidence: ChainEvidence | None = None

    def to_json(self) -> dict[str, JsonValue]:
        """Return the member of `anchors`."""
        member: dict[str, JsonValue] = {
            "chain_id": self.chain_id,
            "consistency": [digest.hex() for digest in self.consistency],
            "contract": "0x" + self.contract.hex(),
            "log_id": "0x" + self.log_id.hex(),
            "root": self.root.hex(),
            "size": self.size,
        }
        if self.evidence is not None:
            member["evidence"] = evidence_to_json(self.evidence)
        return member


@dataclass(frozen=True, slots=True)
class Receipt:
    """A record or disclosure with its place in the log and on the chain.

    Attributes:
        rows: Leaves of the record, shown, withheld or closed.
        entry_index: Index of the log entry, from 0.
        inclusion: Inclusion proof in the checkpoint's tree, leaf's sibling first.
        checkpoint: The signed note.
        anchors: Anchored heads, oldest first; empty while sealed.
        slot: Place within the entry, for records that entered through a slot.
        content: Rows of the record that a `detached` one commits to; None where they are not here.
    """

    rows: tuple[Row, ...]
    entry_index: int
    inclusion: tuple[bytes, ...]
    checkpoint: str
    anchors: tuple[Anchor, ...] = ()
    slot: Slot | None = None
    content: tuple[Row, ...] | None = None

    @property
    def told(self) -> tuple[Row, ...]:
        """The rows that hold what was entered: those of the content where it is here."""
        return self.rows if self.content is None else self.content

    def to_text(self) -> str:
        """Print the receipt file."""
        return receipt_text(
            _rows_text(self.rows),
            self.entry_index,
            self.inclusion,
            self.checkpoint,
            self.anchors,
            self.slot,
            None if self.content is None else _rows_text(self.content),
        )


def receipt_text(
    rows_text: str,
    entry_index: int,
    inclusion: Sequence[bytes],
    checkpoint: str,
    anchors: Sequence[Anchor] = (),
    slot: Slot | None = None,
    content_text: str | None = None,
) -> str:
    """Print a receipt file from rows that are canonical text already.

    The members stand in their RFC 8785 order; tests compare this with `canonical`.
    """
    proof = ",".join([f'"{digest.hex()}"' for digest in inclusion])
    tail = "" if slot is None else f',"slot":{canonical_text(_slot_json(slot))}'
    content = "" if content_text is None else f',"content":{content_text}'
    return (
        f'{{"anchors":{canonical_text([anchor.to_json() for anchor in anchors])}'
        f',"checkpoint":{canonical_text(checkpoint)}{content},"entry_index":{entry_index}'
        f',"inclusion":[{proof}],"rows":{rows_text},"schema":"{SCHEMA}"{tail}}}'
    )


def parse_receipt(body: bytes, limits: Limits = RECEIPT_LIMITS) -> Receipt:
    """Read a receipt file.

    Args:
        body: The file.
        limits: What it may cost.

    Raises:
        MalformedReceipt: Not the canonical bytes of a receipt; the message names the member.
        MalformedDisclosure: Its rows break a rule of evidence §2 (a)–(e).
        MalformedJson: Not strict JSON.
    """
    value = parse_json(body, limits)
    receipt = receipt_from_json(value)
    if canonical(value) != body.removesuffix(b"\n"):
        raise MalformedReceipt(
            "not in canonical form: the file was re-formatted or changed"
            " (`liuhen record canonical FILE` prints the canonical bytes of any JSON file)"
        )
    return receipt


def receipt_from_json(value: JsonValue) -> Receipt:
    """Read a receipt from parsed JSON, where its bytes were part of something larger.

    Raises:
        MalformedReceipt: A member is missing, unknown or of the wrong form.
        MalformedDisclosure: Its rows break a rule of evidence §2 (a)–(e).
    """
    members = _object(
        value,
        "receipt",
        {"anchors", "checkpoint", "entry_index", "inclusion", "rows", "schema"},
        {"content", "slot"},
    )
    if members["schema"] != SCHEMA:
        raise MalformedReceipt(f"schema: must be {SCHEMA}")
    anchors = _list(members["anchors"], "anchors", MAX_ANCHORS)
    checkpoint = members["checkpoint"]
    if not isinstance(checkpoint, str):
        raise MalformedReceipt("checkpoint: must be a string")
    return Receipt(
        rows=parse_rows(members["rows"]),
        entry_index=_integer(members["entry_index"], "entry_index"),
        inclusion=_hashes(members["inclusion"], "inclusion", MAX_PROOF),
        checkpoint=checkpoint,
        anchors=tuple(_anchor(item, f"anchors/{i}") for i, item in enumerate(anchors)),
        slot=_slot(members["slot"]) if "slot" in members else None,
        content=_content(members["content"]) if "content" in members else None,
    )


def _content(value: JsonValue) -> tuple[Row, ...]:
    try:
        return parse_rows(value)
    except MalformedDisclosure as error:
        raise MalformedDisclosure(f"content: {error}") from error


def _rows_text(rows: Sequence[Row]) -> str:
    return canonical_text([row.to_json() for row in rows])


def _anchor(value: JsonValue, place: str) -> Anchor:
    members = _object(
        value,
        place,
        {"chain_id", "consistency", "contract", "log_id", "root", "size"},
        {"evidence"},
    )
    evidence = members.get("evidence")
    return Anchor(
        chain_id=_integer(members["chain_id"], f"{place}/chain_id"),
        contract=_bytes(members["contract"], f"{place}/contract", 20, prefix="0x"),
        log_id=_bytes(members["log_id"], f"{place}/log_id", 32, prefix="0x"),
        size=_integer(members["size"], f"{place}/size"),
        root=_bytes(members["root"], f"{place}/root", 32),
        consistency=_hashes(members["consistency"], f"{place}/consistency", MAX_PROOF),
        evidence=None
        if "evidence" not in members
        else evidence_from_json(evidence, f"{place}/evidence"),
    )


def evidence_to_json(evidence: ChainEvidence) -> dict[str, JsonValue]:
    """Return the member `evidence` of an anchor."""
    return {
        "header": "0x" + evidence.header.hex(),
        "log_position": evidence.log_position,
        "receipt_proof": ["0x" + node.hex() for node in evidence.receipt_proof],
        "tx_index": evidence.tx_index,
    }


def evidence_from_json(value: JsonValue, place: str = "evidence") -> ChainEvidence:
    """Read the member `evidence` of an anchor.

    Args:
        value: The member.
        place: How errors name it.

    Raises:
        MalformedReceipt: A member is missing, unknown or of the wrong form.
    """
    members = _object(value, place, {"header", "log_position", "receipt_proof", "tx_index"})
    proof = _list(members["receipt_proof"], f"{place}/receipt_proof", MAX_TRIE_NODES)
    return ChainEvidence(
        header=_bytes(members["header"], f"{place}/header", None, prefix="0x"),
        receipt_proof=tuple(
            _bytes(node, f"{place}/receipt_proof/{i}", None, prefix="0x")
            for i, node in enumerate(proof)
        ),
        tx_index=_integer(members["tx_index"], f"{place}/tx_index"),
        log_position=_integer(members["log_position"], f"{place}/log_position"),
    )


def _slot(value: JsonValue) -> Slot:
    members = _object(value, "slot", {"path", "position", "tick"})
    slot = Slot(
        tick=_integer(members["tick"], "slot/tick"),
        position=_integer(members["position"], "slot/position"),
        path=_hashes(members["path"], "slot/path", DEPTH),
    )
    if len(slot.path) != DEPTH or slot.position >> DEPTH:
        raise MalformedReceipt(f"slot: {DEPTH} hashes and a position below 2^{DEPTH}")
    return slot


def _slot_json(slot: Slot) -> dict[str, JsonValue]:
    path: list[JsonValue] = [digest.hex() for digest in slot.path]
    return {"path": path, "position": slot.position, "tick": slot.tick}


def _object(
    value: JsonValue, place: str, required: set[str], optional: set[str] | None = None
) -> dict[str, JsonValue]:
    if not isinstance(value, dict):
        raise MalformedReceipt(f"{place}: must be an object")
    for name in sorted(required - value.keys()):
        raise MalformedReceipt(f"{place}: the member {name} is missing")
    for name in sorted(value.keys() - required - (optional or set())):
        raise MalformedReceipt(f"{place}: the member {name} is unknown")
    return value


def _list(value: JsonValue, place: str, most: int) -> list[JsonValue]:
    if not isinstance(value, list) or len(value) > most:
        raise MalformedReceipt(f"{place}: must be an array of at most {most}")
    return value


def _integer(value: JsonValue, place: str) -> int:
    if type(value) is not int or not 0 <= value <= MAX_SIZE:
        raise MalformedReceipt(f"{place}: must be an integer from 0 to 2^63 - 1")
    return value


def _bytes(value: JsonValue, place: str, size: int | None, prefix: str = "") -> bytes:
    if not isinstance(value, str) or not value.startswith(prefix):
        raise MalformedReceipt(f"{place}: must be a hex string{' after 0x' if prefix else ''}")
    digits = value.removeprefix(prefix)
    if _HEX.fullmatch(digits) is None or (size is not None and len(digits) != 2 * size):
        raise MalformedReceipt(f"{place}: must be {size or 'whole'} bytes of lower-case hex")
    return bytes.fromhex(digits)


def _hashes(value: JsonValue, place: str, most: int) -> tuple[bytes, ...]:
    items = _list(value, place, most)
    return tuple(_bytes(item, f"{place}/{i}", 32) for i, item in enumerate(items))
