"""Chain evidence: that a block holds the anchor, checked without a node (evidence §6, check 5).

    header          RLP of the block header; its keccak-256 is the block hash
    receipt_proof   Merkle-Patricia nodes, root first, from header field 5 to the tx receipt
    tx_index        number of the tx in the block; the trie's key is rlp(tx_index)
    log_position    place of the event among the logs of *this* tx receipt, from 0

Alone this proves nothing: anybody can make a header. It moves the question to one block hash,
which a node, a policy's list or the caller must vouch for.
"""

from dataclasses import dataclass

from liuhen.core import rlp
from liuhen.core.errors import MalformedReceipt, ProofMismatch
from liuhen.core.keccak import keccak256

HEAD_ANCHORED = keccak256(b"HeadAnchored(bytes32,uint64,bytes32)")
_RECEIPTS_ROOT, _NUMBER, _TIMESTAMP = 5, 8, 11
_MIN_HEADER_FIELDS = 15
_TYPED_RECEIPTS = frozenset({1, 2, 3, 4})
"""EIP-2718 types of tx receipts; an older receipt is a bare list."""


@dataclass(frozen=True, slots=True)
class ChainEvidence:
    """What a receipt carries of the chain.

    Attributes:
        header: RLP of the block header.
        receipt_proof: Nodes of the receipts trie, root first.
        tx_index: Number of the tx in the block.
        log_position: Place of the event in its tx receipt.
    """

    header: bytes
    receipt_proof: tuple[bytes, ...]
    tx_index: int
    log_position: int


@dataclass(frozen=True, slots=True)
class EvidencedBlock:
    """The block that the evidence speaks of; its hash is still to be vouched for.

    Attributes:
        hash: keccak-256 of the header, 32 bytes.
        number: Block number.
        timestamp: Seconds since the epoch, as the block says.
    """

    hash: bytes
    number: int
    timestamp: int


def read_header(header: bytes) -> tuple[EvidencedBlock, bytes]:
    """Return the block and its receipts root.

    Raises:
        MalformedReceipt: Not the RLP of a header.
    """
    fields = rlp.decode(header)
    if not isinstance(fields, list) or len(fields) < _MIN_HEADER_FIELDS:
        raise MalformedReceipt("evidence/header: not a block header")
    root = fields[_RECEIPTS_ROOT]
    if not isinstance(root, bytes) or len(root) != 32:
        raise MalformedReceipt("evidence/header: the receipts root is not 32 bytes")
    block = EvidencedBlock(
        keccak256(header), _integer(fields[_NUMBER]), _integer(fields[_TIMESTAMP])
    )
    return block, root


def verify_evidence(
    evidence: ChainEvidence, contract: bytes, log_id: bytes, size: int, root: bytes
) -> EvidencedBlock:
    """Check that the block of `evidence` holds the event HeadAnchored(log_id, size, root).

    Args:
        evidence: Header and proof.
        contract: Address that must have emitted the event, 20 bytes, from the trust policy.
        log_id: The log's identifier, 32 bytes, from the trust policy.
        size: Anchored size.
        root: Anchored root hash, 32 bytes.

    Raises:
        MalformedReceipt: Header, node or tx receipt is not strict RLP.
        ProofMismatch: The trie leads elsewhere, the tx failed, or the event is another.
    """
    block, receipts_root = read_header(evidence.header)
    tx_receipt = trie_value(
        receipts_root, rlp.encode_integer(evidence.tx_index), evidence.receipt_proof
    )
    status, logs = _status_and_logs(tx_receipt)
    if status != b"\x01":
        raise ProofMismatch("the anchoring tx failed")
    if evidence.log_position >= len(logs):
        raise ProofMismatch("the tx receipt has no event at this position")
    topics: rlp.Item = [HEAD_ANCHORED, log_id, size.to_bytes(32, "big")]
    if logs[evidence.log_position] != [contract, topics, root]:
        raise ProofMismatch("the event is not HeadAnchored of this contract, log, size and root")
    return block


def trie_value(root: bytes, key: bytes, nodes: tuple[bytes, ...]) -> bytes:
    """Follow a Merkle-Patricia proof from `root` to the value of `key`.

    Raises:
        MalformedReceipt: A node is not strict RLP, or of no known shape.
        ProofMismatch: A node has another hash, the key is not there, or nodes are left over.

    Source: Ethereum Yellow Paper, appendix D.
    """
    nibbles = [half for byte in key for half in (byte >> 4, byte & 15)]
    spare = list(nodes)
    expected: rlp.Item = root
    while True:
        node = _node(expected, spare)
        if len(node) == 17:
            expected = node[16] if not nibbles else node[nibbles[0]]
            ended = not nibbles
            nibbles = nibbles[1:]
        else:
            path, ended = _path(node[0])
            if nibbles[: len(path)] != path or (ended and len(nibbles) != len(path)):
                raise ProofMismatch("the trie has no such key")
            nibbles, expected = nibbles[len(path) :], node[1]
        if ended:
            return _value(expected, spare)


def _node(expected: rlp.Item, spare: list[bytes]) -> list[rlp.Item]:
    """Return the node an item refers to: embedded, or the next proof node with that hash."""
    if isinstance(expected, list):
        node: rlp.Item = expected
    else:
        if not spare or keccak256(spare[0]) != expected:
            raise ProofMismatch("a node of the trie proof is missing or has another hash")
        node = rlp.decode(spare.pop(0))
    if not isinstance(node, list) or len(node) not in (2, 17):
        raise MalformedReceipt("evidence/receipt_proof: a trie node has 2 or 17 items")
    return node


def _path(item: rlp.Item) -> tuple[list[int], bool]:
    """Decode hex-prefix: the nibbles of a leaf or extension, and whether it is a leaf."""
    if not isinstance(item, bytes) or not item or item[0] >> 4 > 3:
        raise MalformedReceipt("evidence/receipt_proof: not a hex-prefixed path")
    odd, leaf = item[0] >> 4 & 1, item[0] >> 4 & 2
    nibbles = [half for byte in item for half in (byte >> 4, byte & 15)]
    if not odd and nibbles[1]:
        raise MalformedReceipt("evidence/receipt_proof: a hex-prefixed path with padding bits")
    return nibbles[1 if odd else 2 :], bool(leaf)


def _value(item: rlp.Item, spare: list[bytes]) -> bytes:
    if spare:
        raise ProofMismatch("the trie proof has spare nodes")
    if not isinstance(item, bytes) or not item:
        raise ProofMismatch("the trie has no such key")
    return item


def _status_and_logs(tx_receipt: bytes) -> tuple[rlp.Item, list[rlp.Item]]:
    typed = tx_receipt[0] in _TYPED_RECEIPTS
    fields = rlp.decode(tx_receipt[1:] if typed else tx_receipt)
    if not isinstance(fields, list) or len(fields) != 4 or not isinstance(fields[3], list):
        raise MalformedReceipt("evidence/receipt_proof: the value is not a tx receipt")
    return fields[0], fields[3]


def _integer(item: rlp.Item) -> int:
    if not isinstance(item, bytes) or len(item) > 8 or item[:1] == b"\0":
        raise MalformedReceipt("evidence/header: not an integer")
    return int.from_bytes(item, "big")
