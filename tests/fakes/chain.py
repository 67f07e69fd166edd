"""A chain in memory, with the contract's rules, that can go wrong in every way a real one does.

It keeps what really happened (blocks, their txs, the pool) and answers through a second layer that
may fail before or after doing, lag behind, forget, or lie.
"""

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from liuhen.adapters.chain.evidence import prove, shortest_bytes
from liuhen.core import rlp
from liuhen.core.chain_evidence import HEAD_ANCHORED, ChainEvidence
from liuhen.core.chain_view import AnchoredHead
from liuhen.core.errors import AuditError, Unavailable
from liuhen.core.keccak import keccak256
from liuhen.core.merkle import EMPTY_ROOT, TreeHead, verify_consistency
from liuhen.ports import (
    AnchorTx,
    Block,
    ChainIdentity,
    ChainTarget,
    MinedIn,
    NodeRefused,
    TxReceipt,
)

PUBLISHER = bytes.fromhex("a1" * 20)
HEAD_SIGNER = bytes.fromhex("b2" * 20)
TARGET = ChainTarget(20231, bytes.fromhex("c3" * 20), bytes.fromhex("d4" * 32))
GENESIS_TIME = 1_800_000_000
BLOCK_SECONDS = 12
MAX_GROWTH = 2**24
FEE_WEI = 150_000 * 101


@dataclass(frozen=True, slots=True)
class Tx:
    """A tx as the chain decodes it; a foreign one anchors nothing."""

    hash: bytes
    sender: bytes
    nonce: int
    max_fee_wei: int
    anchor: AnchorTx | None


@dataclass(frozen=True, slots=True)
class MinedBlock:
    """A block, its header and tx receipts encoded; one that is `refusing` lets anchors revert."""

    block: Block
    txs: tuple[Tx, ...]
    header: bytes
    tx_receipts: dict[bytes, bytes]
    refusing: bool = False


@dataclass(slots=True)
class State:
    """What a replay of the blocks leads to."""

    heads: dict[int, AnchoredHead] = field(default_factory=dict)
    size: int = 0
    nonces: dict[bytes, int] = field(default_factory=dict)
    receipts: dict[bytes, TxReceipt] = field(default_factory=dict)
    anchored_in: dict[int, MinedIn] = field(default_factory=dict)

    @property
    def head(self) -> TreeHead:
        return TreeHead(self.size, self.heads[self.size].root if self.size else EMPTY_ROOT)


class FakeSigner:
    """Signs nothing, and writes the tx so that the fake chain can read it."""

    def __init__(self, address: bytes = PUBLISHER) -> None:
        self.address = address

    def sign_anchor(self, tx: AnchorTx) -> tuple[bytes, bytes]:
        raw = encode(self.address, tx)
        return raw, hashlib.sha256(raw).digest()


class FakeChain:
    """One chain with one contract and one log; implements `Chain`.

    Knobs, all off at first:
        automine       a tx that is sent is mined at once
        down           every call is unavailable
        failures       method name to "before" or "after": one failure, before or after doing
        behind         answers are those of so many blocks ago
        forgetting     method name to how many of its next answers are none
        refusing       anchors in blocks mined meanwhile revert
        lying_root     root that the contract seems to keep for every size
        event_of       head in the events of tx receipts; None takes the event away
        bend_evidence  changes the evidence that is given
    """

    def __init__(self, depth: int = 1) -> None:
        self.target = TARGET
        self.depth = depth
        self.blocks: list[MinedBlock] = []
        self._add(b"genesis", ())
        self.pool: dict[bytes, Tx] = {}
        self.sent: list[bytes] = []
        self.base_fee_wei = 100
        self.suggested_tip_wei = 1
        self.balances: dict[bytes, int] = {PUBLISHER: 10**18}
        self.automine = True
        self.down = False
        self.failures: dict[str, str] = {}
        self.behind = 0
        self.forgetting: dict[str, int] = {}
        self.refusing = False
        self.lying_root: bytes | None = None
        self.event_of: TreeHead | str | None = "true"
        self.bend_evidence: Callable[[ChainEvidence], ChainEvidence | None] = _as_it_is
        self.known = ChainIdentity(
            TARGET.chain_id,
            self.blocks[0].block.hash,
            hashlib.sha256(b"code").digest(),
            PUBLISHER,
            HEAD_SIGNER,
        )
        self.told = self.known

    # What happens on the chain ------------------------------------------------------------

    @property
    def height(self) -> int:
        return len(self.blocks) - 1

    def add_block(self, *, salt: bytes = b"") -> None:
        """Mine what can be mined of the pool."""
        state, chosen = self.state(), []
        for tx in sorted(self.pool.values(), key=lambda each: (each.nonce, -each.max_fee_wei)):
            if tx.nonce == state.nonces.get(tx.sender, 0) and tx.max_fee_wei >= self.base_fee_wei:
                chosen.append(tx)
                state.nonces[tx.sender] = tx.nonce + 1
        for tx in chosen:
            del self.pool[tx.hash]
        self._add(salt, tuple(chosen), refusing=self.refusing)

    def reorganise(self, depth: int, *, again: bool = False, shorter: bool = False) -> None:
        """Replace the newest blocks by others: without their txs, or with them `again`."""
        dropped = self.blocks[-depth:]
        del self.blocks[-depth:]
        for index in range(depth - 1 if shorter else depth):
            txs = dropped[index - 1].txs if again and index else ()
            self._add(b"other" + bytes([index]) + dropped[0].block.hash, txs)
        if again:
            self._add(b"", dropped[-1].txs)

    def spend_nonce(self) -> None:
        """Let somebody with the same key send another tx."""
        nonce = self.state().nonces.get(PUBLISHER, 0)
        tx = Tx(hashlib.sha256(b"foreign%d" % nonce).digest(), PUBLISHER, nonce, 10**12, None)
        self.pool = {key: each for key, each in self.pool.items() if each.nonce != nonce}
        self._add(b"", (tx,))

    def anchor_by_another(self, head: TreeHead, consistency: list[bytes]) -> None:
        """Let somebody with the same key anchor a head that we know nothing of."""
        state = self.state()
        nonce = state.nonces.get(PUBLISHER, 0)
        tx = AnchorTx(TARGET, state.size, head, consistency, nonce, 10**12, 1, 10**6)
        self._add(b"", (decode(FakeSigner().sign_anchor(tx)[0]),))

    def drop_pool(self) -> None:
        """Forget what was sent and not mined."""
        self.pool.clear()

    def anchors(self) -> list[int]:
        """Return the anchored sizes, as the contract has them."""
        return sorted(self.state().heads)

    def state(self, behind: int = 0) -> State:
        """Replay the blocks."""
        state = State()
        for mined in self.blocks[: max(1, len(self.blocks) - behind)]:
            for index, tx in enumerate(mined.txs):
                state.nonces[tx.sender] = tx.nonce + 1
                done = tx.anchor is not None and _accepts(state, tx.anchor) and not mined.refusing
                self._execute(state, tx, MinedIn(*_of(mined.block), index, 0 if done else -1))
        return state

    # What it answers ----------------------------------------------------------------------

    def identity(self) -> ChainIdentity:
        with self._answering("identity"):
            return self.told

    def block(self, number: int) -> Block | None:
        with self._answering("block"):
            seen = self.blocks[: max(1, len(self.blocks) - self.behind)]
            return seen[number].block if number < len(seen) else None

    def newest_block(self) -> Block:
        with self._answering("newest_block"):
            newest = self.blocks[max(0, self.height - self.behind)].block
            return replace(newest, base_fee_wei=self.base_fee_wei)

    def final_block(self) -> Block | None:
        with self._answering("final_block"):
            return self.blocks[max(0, self.height - self.behind - self.depth)].block

    def anchored_head(self) -> TreeHead:
        with self._answering("anchored_head"):
            head = self.state(self.behind).head
            return head._replace(root=self.lying_root) if self.lying_root and head.size else head

    def head_at(self, size: int) -> AnchoredHead | None:
        with self._answering("head_at"):
            if self._forgets("head_at"):
                return None
            kept = self.state(self.behind).heads.get(size)
            return replace(kept, root=self.lying_root) if kept and self.lying_root else kept

    def find_anchoring(self, size: int) -> MinedIn | None:
        with self._answering("find_anchoring"):
            if self._forgets("find_anchoring"):
                return None
            return self.state(self.behind).anchored_in.get(size)

    def evidence(self, place: MinedIn) -> ChainEvidence | None:
        with self._answering("evidence"):
            mined = self.blocks[place.number]
            proof = prove(mined.tx_receipts, rlp.encode_integer(place.tx_index))[1]
            return self.bend_evidence(
                ChainEvidence(mined.header, proof, place.tx_index, place.log_position)
            )

    def next_nonce(self, sender: bytes) -> int:
        with self._answering("next_nonce"):
            return self.state(self.behind).nonces.get(sender, 0)

    def balance_wei(self, sender: bytes) -> int:
        with self._answering("balance_wei"):
            return self.balances.get(sender, 0)

    def tip_wei(self) -> int:
        with self._answering("tip_wei"):
            return self.suggested_tip_wei

    def send(self, raw_tx: bytes) -> None:
        with self._answering("send"):
            tx = decode(raw_tx)
            self.sent.append(tx.hash)
            if tx.nonce < self.state().nonces.get(tx.sender, 0):
                raise NodeRefused("nonce too low")
            if tx.hash in self.pool:
                raise NodeRefused("already known")
            self.pool[tx.hash] = tx
            if self.automine:
                self.add_block()

    def tx_receipt(self, tx_hash: bytes) -> TxReceipt | None:
        with self._answering("tx_receipt"):
            found = self.state(self.behind).receipts.get(tx_hash)
            if found is not None and self._forgets("tx_receipt"):
                return None
            if found is None or self.event_of == "true":
                return found
            assert not isinstance(self.event_of, str)
            return replace(found, anchored=self.event_of)

    def mine(self) -> None:
        with self._answering("mine"):
            self.add_block()

    @contextmanager
    def _answering(self, method: str) -> Iterator[None]:
        if self.down:
            raise Unavailable("the chain is down")
        failure = self.failures.pop(method, None)
        if failure == "before":
            raise Unavailable(f"{method} failed before doing")
        yield
        if failure == "after":
            raise Unavailable(f"{method} failed after doing")

    def _forgets(self, method: str) -> bool:
        left = self.forgetting.get(method, 0)
        self.forgetting[method] = max(0, left - 1)
        return left > 0

    def _add(self, salt: bytes, txs: tuple[Tx, ...], *, refusing: bool = False) -> None:
        """Append a block; its hash commits to what its txs did, as on a real chain."""
        number = len(self.blocks)
        state = self.state() if self.blocks else State()
        encoded = {}
        for index, tx in enumerate(txs):
            done = tx.anchor is not None and _accepts(state, tx.anchor) and not refusing
            self._execute(state, tx, MinedIn(number, b"", 0, index, 0 if done else -1))
            encoded[rlp.encode_integer(index)] = _encoded_receipt(tx, done)
        root = prove(encoded, b"\x80")[0] if encoded else keccak256(rlp.encode(b""))
        time = GENESIS_TIME + BLOCK_SECONDS * number
        parent = self.blocks[-1].block.hash if number else bytes(32)
        fields: list[rlp.Item] = [parent, *[b""] * 4, root, b"", b"", shortest_bytes(number)]
        header = rlp.encode([*fields, b"", b"", shortest_bytes(time), salt, b"", b""])
        block = Block(number, keccak256(header), time, 100)
        self.blocks.append(MinedBlock(block, txs, header, encoded, refusing))

    def _execute(self, state: State, tx: Tx, place: MinedIn) -> None:
        done = place.log_position >= 0
        anchored = tx.anchor.head if done and tx.anchor else None
        state.receipts[tx.hash] = TxReceipt(done, place, anchored, FEE_WEI)
        if anchored is not None:
            state.size = anchored.size
            state.heads[anchored.size] = AnchoredHead(anchored.root, place.number, place.time)
            state.anchored_in[anchored.size] = place


def _as_it_is(evidence: ChainEvidence) -> ChainEvidence:
    return evidence


def _encoded_receipt(tx: Tx, done: bool) -> bytes:
    """Encode a tx receipt of type 2 as the receipts trie holds it."""
    events: list[rlp.Item] = []
    if done and tx.anchor is not None:
        size = tx.anchor.head.size.to_bytes(32, "big")
        events.append([TARGET.contract, [HEAD_ANCHORED, TARGET.log_id, size], tx.anchor.head.root])
    # The hash stands where the bloom filter would, so that two txs never look alike.
    return b"\2" + rlp.encode([b"\1" if done else b"", b"", tx.hash, events])


def _accepts(state: State, tx: AnchorTx) -> bool:
    """Apply the contract's conditions (evidence §8)."""
    if tx.old_size != state.size or not 0 < tx.head.size - tx.old_size <= MAX_GROWTH:
        return False
    if tx.old_size == 0:
        return not tx.consistency
    try:
        verify_consistency(state.head, tx.head, tx.consistency)
    except AuditError:
        return False
    return True


def _of(block: Block) -> tuple[int, bytes, int]:
    return block.number, block.hash, block.time


def encode(sender: bytes, tx: AnchorTx) -> bytes:
    """Write a tx; the same bytes for the same tx."""
    proof = [each.hex() for each in tx.consistency]
    fees = [tx.nonce, tx.max_fee_wei, tx.tip_wei, tx.gas_limit]
    return json.dumps(
        [sender.hex(), tx.old_size, tx.head.size, tx.head.root.hex(), proof, fees]
    ).encode()


def decode(raw: bytes) -> Tx:
    """Read what `encode` wrote."""
    sender, old_size, size, root, proof, fees = json.loads(raw)
    head = TreeHead(size, bytes.fromhex(root))
    anchor = AnchorTx(TARGET, old_size, head, [bytes.fromhex(each) for each in proof], *fees)
    digest = hashlib.sha256(raw).digest()
    return Tx(digest, bytes.fromhex(sender), anchor.nonce, anchor.max_fee_wei, anchor)
