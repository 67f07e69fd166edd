"""Chain evidence: hand-made headers and tries, each shape and each way to be wrong."""

from collections.abc import Callable
from typing import Any

import pytest

from liuhen.core import rlp
from liuhen.core.chain_evidence import (
    HEAD_ANCHORED,
    ChainEvidence,
    read_header,
    trie_value,
    verify_evidence,
)
from liuhen.core.errors import MalformedReceipt, ProofMismatch
from liuhen.core.keccak import keccak256

CONTRACT, LOG_ID, SIZE, ROOT = b"\x0c" * 20, b"\x1d" * 32, 300, b"\x0f" * 32
VALUE = b"a value that is long enough to be referred to by its hash"
ANCHORED = CONTRACT, LOG_ID, SIZE, ROOT

# --- the header -----------------------------------------------------------------------------------


def header(count: int = 15, **fields: Any) -> bytes:
    items: list[rlp.Item] = [b"\x01"] * count
    items[5] = fields.get("root", bytes(32))
    items[8] = fields.get("number", b"\x13")
    items[11] = fields.get("time", b"\x65\x43\x21")
    return rlp.encode(items)


@pytest.mark.parametrize("count", [15, 16, 21])
def test_a_header_tells_its_hash_number_time_and_receipts_root(count: int) -> None:
    encoded = header(count, root=ROOT)
    block, root = read_header(encoded)
    assert (block.hash, block.number, block.timestamp) == (keccak256(encoded), 19, 0x654321)
    assert root == ROOT


@pytest.mark.parametrize(
    ("number", "meant"), [(b"", 0), (b"\x80", 128), (b"\x01\x00", 256), (b"\xff" * 8, 2**64 - 1)]
)
def test_an_integer_of_a_header_has_at_most_eight_bytes(number: bytes, meant: int) -> None:
    block, _ = read_header(header(number=number, time=number))
    assert (block.number, block.timestamp) == (meant, meant)


@pytest.mark.parametrize(
    "bent",
    [
        rlp.encode(b"no list, and longer than fifteen bytes"),
        header(14),
        header(root=bytes(31)),
        header(root=bytes(33)),
        header(root=[bytes(32)]),
        header(root=[b""] * 32),
        header(number=b"\x01" * 9),
        header(number=b"\x00"),
        header(number=b"\x00\x13"),
        header(number=[b"\x13"]),
        header(time=b"\x01" * 9),
        header(time=b"\x00\x01"),
        header(time=[]),
        header() + b"\x00",
    ],
)
def test_what_is_no_header_is_malformed(bent: bytes) -> None:
    with pytest.raises(MalformedReceipt):
        read_header(bent)


# --- the trie -------------------------------------------------------------------------------------

Trie = tuple[bytes, tuple[bytes, ...]]


def trie(*nodes: list[rlp.Item]) -> Trie:
    """Encode nodes, the deepest first; each callable place of a node gets the one below it."""
    below: rlp.Item = b""
    encoded: list[bytes] = []
    for node in nodes:
        filled: list[rlp.Item] = [below if item == BELOW else item for item in node]
        encoded.insert(0, rlp.encode(filled))
        below = keccak256(encoded[0])
    return keccak256(encoded[0]), tuple(encoded)


BELOW = b"here goes the node below"


def branch(**children: rlp.Item) -> list[rlp.Item]:
    """A branch; `at_8` is the child of nibble 8, `value` what ends here."""
    node: list[rlp.Item] = [b""] * 17
    for name, item in children.items():
        node[16 if name == "value" else int(name.removeprefix("at_"))] = item
    return node


GOOD: dict[str, tuple[bytes, Trie]] = {
    "a leaf with an even path": (b"\x80", trie([b"\x20\x80", VALUE])),
    "a leaf with an odd path": (b"\x8f", trie([b"\x3f", VALUE], branch(at_8=BELOW))),
    "a leaf with a path of three": (
        b"\x8f\x12",
        trie([b"\x3f\x12", VALUE], branch(at_8=BELOW, at_2=b"\x05" * 32)),
    ),
    "a leaf without path": (
        b"\x82",
        trie([b"\x20", VALUE], branch(at_2=BELOW), branch(at_8=BELOW)),
    ),
    "the value of a branch": (b"\x80", trie(branch(value=VALUE), [b"\x00\x80", BELOW])),
    "an odd extension": (
        b"\x81\x23",
        trie([b"\x33", VALUE], branch(at_2=BELOW), [b"\x00\x81", BELOW]),
    ),
    "an odd extension of one": (
        b"\x81",
        trie([b"\x20", VALUE], branch(at_1=BELOW), [b"\x18", BELOW]),
    ),
    "an extension of three": (
        b"\x81\x23",
        trie([b"\x20", VALUE], branch(at_3=BELOW), [b"\x18\x12", BELOW]),
    ),
    "a node inside its parent": (b"\x82", trie(branch(at_8=[b"\x32", b"short"]))),
    "the last child": (b"\xf0", trie([b"\x30", VALUE], branch(at_15=BELOW))),
}


@pytest.mark.parametrize("name", GOOD)
def test_a_proof_leads_to_its_value(name: str) -> None:
    key, (root, nodes) = GOOD[name]
    assert trie_value(root, key, nodes) in (VALUE, b"short")


@pytest.mark.parametrize("name", GOOD)
@pytest.mark.parametrize("other", [b"", b"\x90", b"\x83", b"\x80\x00", b"\x8f\x13", b"\x81\x33"])
def test_another_key_is_not_there(name: str, other: bytes) -> None:
    key, (root, nodes) = GOOD[name]
    assert other != key
    with pytest.raises(ProofMismatch):
        trie_value(root, other, nodes)


@pytest.mark.parametrize("name", GOOD)
def test_nodes_that_lack_or_are_left_over_or_are_others_are_refused(name: str) -> None:
    key, (root, nodes) = GOOD[name]
    for bent in (
        (),
        nodes[:-1],
        (*nodes, nodes[-1]),
        (*nodes, b"\x80"),
        (b"\xc2\x20\x01", *nodes[1:]),
        (*nodes[:-1], rlp.encode([b"\x20", VALUE + b"!"])),
    ):
        with pytest.raises(ProofMismatch):
            trie_value(root, key, bent)
    with pytest.raises(ProofMismatch):
        trie_value(keccak256(root), key, nodes)


@pytest.mark.parametrize(
    "node",
    [
        b"no list",
        b"a text of just seventeen"[:17],
        [],
        [b"\x20\x80"],
        [b"\x20\x80", VALUE, b""],
        [b""] * 16,
        [b""] * 18,
        [b"", VALUE],
        [[b"\x20\x80"], VALUE],
        [[], VALUE],
        [b"\x40\x80", VALUE],
        [b"\x60\x80", VALUE],
        [b"\x80\x80", VALUE],
        [b"\xf0\x80", VALUE],
        [b"\x21\x80", VALUE],
        [b"\x28\x80", VALUE],
        [b"\x01\x80", VALUE],
    ],
)
def test_what_is_no_node_is_malformed(node: rlp.Item) -> None:
    encoded = rlp.encode(node)
    with pytest.raises(MalformedReceipt):
        trie_value(keccak256(encoded), b"\x80", (encoded,))


@pytest.mark.parametrize("value", [b"", [], [VALUE]])
def test_an_empty_value_and_a_list_are_none(value: rlp.Item) -> None:
    root, nodes = trie([b"\x20\x80", value])
    with pytest.raises(ProofMismatch):
        trie_value(root, b"\x80", nodes)


# --- the event ------------------------------------------------------------------------------------

EVENT: list[rlp.Item] = [CONTRACT, [HEAD_ANCHORED, LOG_ID, SIZE.to_bytes(32, "big")], ROOT]


def tx_receipt(*logs: rlp.Item, status: bytes = b"\x01") -> list[rlp.Item]:
    return [status, b"\x52\x08", bytes(256), list(logs)]


def evidenced(
    body: bytes, position: int = 0, index: int = 0, bend: Callable[[bytes], bytes] = bytes
) -> ChainEvidence:
    key = rlp.encode_integer(index)
    root, nodes = trie([b"\x20" + key, body])
    return ChainEvidence(bend(header(root=root)), nodes, index, position)


@pytest.mark.parametrize("kind", [b"", b"\x01", b"\x02", b"\x03", b"\x04"])
@pytest.mark.parametrize(("position", "index"), [(0, 0), (1, 1), (2, 127), (2, 128), (1, 65536)])
def test_the_event_is_found_at_its_place_in_its_tx_receipt(
    kind: bytes, position: int, index: int
) -> None:
    logs: list[rlp.Item] = [[CONTRACT, [], b""] for _ in range(3)]
    logs[position] = EVENT
    evidence = evidenced(kind + rlp.encode(tx_receipt(*logs)), position, index)
    block = verify_evidence(evidence, *ANCHORED)
    assert (block.number, block.timestamp) == (19, 0x654321)
    assert block.hash == keccak256(evidence.header)
    for other in (position + 1, position - 1, 3):
        if other >= 0:
            wrong = evidenced(kind + rlp.encode(tx_receipt(*logs)), other, index)
            with pytest.raises(ProofMismatch):
                verify_evidence(wrong, *ANCHORED)


@pytest.mark.parametrize("status", [b"", b"\x02", b"\x01\x01"])
def test_a_failed_tx_anchors_nothing(status: bytes) -> None:
    evidence = evidenced(rlp.encode(tx_receipt(EVENT, status=status)))
    with pytest.raises(ProofMismatch, match="failed"):
        verify_evidence(evidence, *ANCHORED)


@pytest.mark.parametrize(
    "other",
    [
        (b"\x0d" * 20, LOG_ID, SIZE, ROOT),
        (CONTRACT, b"\x1e" * 32, SIZE, ROOT),
        (CONTRACT, LOG_ID, SIZE + 1, ROOT),
        (CONTRACT, LOG_ID, SIZE, b"\x10" * 32),
    ],
)
def test_the_event_of_another_head_is_refused(other: tuple[bytes, bytes, int, bytes]) -> None:
    evidence = evidenced(rlp.encode(tx_receipt(EVENT)))
    verify_evidence(evidence, *ANCHORED)
    with pytest.raises(ProofMismatch, match="HeadAnchored"):
        verify_evidence(evidence, *other)


@pytest.mark.parametrize(
    "body",
    [
        rlp.encode(b"four"),
        rlp.encode(tx_receipt(EVENT)[:3]),
        rlp.encode([*tx_receipt(EVENT), b""]),
        rlp.encode([*tx_receipt()[:3], b"no list"]),
        b"\x05" + rlp.encode(tx_receipt(EVENT)),
        b"\x02\x02" + rlp.encode(tx_receipt(EVENT)),
        b"\x02",
    ],
)
def test_what_is_no_tx_receipt_is_malformed(body: bytes) -> None:
    with pytest.raises(MalformedReceipt):
        verify_evidence(evidenced(body), *ANCHORED)


def test_the_key_in_the_trie_is_the_number_of_the_tx() -> None:
    good = evidenced(rlp.encode(tx_receipt(EVENT)), index=5)
    verify_evidence(good, *ANCHORED)
    with pytest.raises(ProofMismatch):
        verify_evidence(ChainEvidence(good.header, good.receipt_proof, 6, 0), *ANCHORED)
