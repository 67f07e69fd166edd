"""A small log with fixed keys, whose receipts, policy and node answers tests take apart."""

import dataclasses
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from coincurve import PrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from liuhen.core.canonical import JsonValue, canonical
from liuhen.core.chain_view import AnchoredHead, NodeAnswer, NodeReport
from liuhen.core.checkpoint import Checkpoint
from liuhen.core.disclosure import parse_rows
from liuhen.core.examine import Beside, examine, question
from liuhen.core.head_signature import (
    HeadSignerKey,
    LogKey,
    address_of,
    chain_log_id,
    checkpoint_digest,
)
from liuhen.core.keccak import keccak256
from liuhen.core.log_standing import AppointedSigner, LogStanding
from liuhen.core.merkle import TreeHead, leaf_hash
from liuhen.core.note import SignedNote
from liuhen.core.policy import ChainKind, Life, SizeRange, TrustedChain, TrustPolicy
from liuhen.core.receipt import Anchor, Receipt
from liuhen.core.record import AfterBlock
from liuhen.core.strict_json import parse_json
from liuhen.core.submission import prepare
from liuhen.core.tiles import Edge, Tree
from liuhen.core.verdict import Verdict

ORIGIN = "log.example/logs/kit"
RECORDED_AT_TEXT = "2026-03-31T07:40:01.250Z"
RECORDED_AT = datetime(2026, 3, 31, 7, 40, 1, 250_000, tzinfo=UTC)
NOW = RECORDED_AT + timedelta(minutes=5)
CHAIN_ID, DEPTH = 20231, 2
CONTRACT, OWNER = keccak256(b"contract")[12:], keccak256(b"owner")[12:]
GENESIS, CODE_HASH = keccak256(b"genesis"), keccak256(b"code")
AFTER_BLOCK = AfterBlock(CHAIN_ID, 17, "0x" + keccak256(b"block 17").hex())
AFTER_TIME = 1_774_942_780
ANCHOR_BLOCK, ANCHOR_TIME = 19, 1_774_942_900
DATA: JsonValue = {
    "seat": "E1",
    "scores": [{"bid_id": "B01", "技术部分": "43.00"}, {"bid_id": "B02", "技术部分": "41.30"}],
    "video_sha256": "3e" * 32,
    "locked": True,
}


@dataclass
class Kit:
    """A log of a few entries; entry 2 is the record that receipts are about.

    Attributes:
        seed: Makes the keys; another seed is another operator.
        origin: The log's name.
        entries: How many entries the log has.
        index: Place of the record.
        data: What was submitted.
        recorded_at: When the log says that it took it.
        submission: The whole submission; None for a score sheet with `data`.
    """

    seed: int = 1
    origin: str = ORIGIN
    entries: int = 9
    index: int = 2
    data: JsonValue = field(default_factory=lambda: DATA)
    recorded_at: str = RECORDED_AT_TEXT
    submission: JsonValue = None

    def __post_init__(self) -> None:
        self.log_private = Ed25519PrivateKey.from_private_bytes(bytes([self.seed]) * 32)
        self.signer_private = PrivateKey(bytes([self.seed]) * 32)
        self.log_key = LogKey(self.origin, self.log_private.public_key().public_bytes_raw())
        signer = address_of(self.signer_private.public_key)
        self.signer_key = HeadSignerKey(self.origin, CHAIN_ID, CONTRACT, signer)
        self.log_id = chain_log_id(OWNER, self.origin)
        self.standing = LogStanding(signers=(AppointedSigner(signer, 0),))
        sheet: JsonValue = {"type": "score_sheet", "case": "SLZX-2026-0031", "data": self.data}
        body = canonical(self.submission or sheet)
        draft = prepare(
            body,
            origin=self.origin,
            record_id="01936b2e-7c00-7000-8000-000000000001",
            secret=bytes([self.seed]) * 32,
            nonce="000102030405060708090a0b0c0d0e0f",
            network_address="10.1.2.3",
        )
        case_seq = None if draft.case is None else 0
        self.sealed = draft.complete(self.recorded_at, case_seq, None, AFTER_BLOCK)
        leaves = [leaf_hash(keccak256(b"entry %d" % i)) for i in range(self.entries)]
        leaves[self.index] = leaf_hash(self.sealed.commitment)
        edge = Edge()
        edge.append(leaves)
        self.tree = Tree(lambda *row: edge.read(*row) or b"", self.entries)

    def head(self, size: int) -> TreeHead:
        return TreeHead(size, self.tree.root(size))

    def checkpoint(self, size: int) -> str:
        head = Checkpoint(self.origin, size, self.tree.root(size))
        text = head.to_text()
        raw = self.signer_private.sign_recoverable(
            checkpoint_digest(head, self.log_id, CHAIN_ID, CONTRACT), hasher=None
        )
        lines = (
            self.log_key.line(self.log_private.sign(text.encode())),
            self.signer_key.line(raw[:64] + bytes([raw[64] + 27])),
        )
        return SignedNote(text, lines).to_text()

    def anchor(self, size: int, old: int) -> Anchor:
        path = tuple(self.tree.consistency(old, size))
        return Anchor(CHAIN_ID, CONTRACT, self.log_id, size, self.tree.root(size), path)

    def receipt(self, size: int = 5, anchored: int | None = None, **changes: Any) -> Receipt:
        rows = parse_rows(parse_json(self.sealed.rows_text.encode()))
        receipt = Receipt(
            rows=rows,
            entry_index=self.index,
            inclusion=tuple(self.tree.inclusion(self.index, size)),
            checkpoint=self.checkpoint(size),
            anchors=() if anchored is None else (self.anchor(anchored, size),),
        )
        return dataclasses.replace(receipt, **changes)

    def policy(self, require: Life = Life.FINAL, **changes: Any) -> TrustPolicy:
        policy = TrustPolicy(
            require=require,
            origin=self.origin,
            log_id=self.log_id,
            log_keys=((self.log_key, SizeRange()),),
            signers=((self.signer_key, SizeRange()),),
            chain=TrustedChain(ChainKind.DEVELOPMENT, CHAIN_ID, GENESIS, DEPTH),
            contract=CONTRACT,
            code_hash=CODE_HASH,
            max_anchor_age_seconds=3600,
        )
        return dataclasses.replace(policy, **changes)

    def node(self, size: int | None = 9, **changes: Any) -> NodeAnswer:
        """Answer as an honest node would whose contract has anchored `size` (None: nothing)."""
        anchored = {} if size is None else {size: self.anchored_head(size)}
        answer = NodeAnswer(
            node="127.0.0.1:8545",
            chain_id=CHAIN_ID,
            genesis=GENESIS,
            code_hash=CODE_HASH,
            latest=TreeHead(0, bytes(32)) if size is None else self.head(size),
            tip=ANCHOR_BLOCK + DEPTH,
            standing=self.standing,
            heads=anchored,
            block_hashes={AFTER_BLOCK.number: bytes.fromhex(str(AFTER_BLOCK.hash)[2:])},
            block_times={AFTER_BLOCK.number: AFTER_TIME},
        )
        return dataclasses.replace(answer, **changes)

    def anchored_head(self, size: int) -> AnchoredHead:
        return AnchoredHead(self.tree.root(size), ANCHOR_BLOCK, ANCHOR_TIME)


def judge(receipt: Receipt, policy: TrustPolicy, *nodes: NodeReport, **beside: Any) -> Verdict:
    """Examine as a caller would: ask first, then examine."""
    question(receipt, policy)
    return examine(receipt, policy, Beside(**{"now": NOW, "nodes": nodes, **beside}))
