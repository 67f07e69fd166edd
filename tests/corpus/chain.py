"""Near misses in chain evidence: RLP, trie, transaction receipt, event, header."""

import dataclasses
from collections.abc import Callable, Sequence

from liuhen.adapters.chain.evidence import prove
from liuhen.core import rlp
from liuhen.core.chain_evidence import HEAD_ANCHORED, ChainEvidence
from liuhen.core.keccak import keccak256
from liuhen.core.receipt import Receipt
from tests.receipt_corpus import (
    BLOCK_HASH,
    KIT,
    Case,
    Expected,
    different,
    evidence,
    malformed,
    match,
    policy,
    unsure,
    with_evidence,
)
from tests.receipt_kit import ANCHOR_BLOCK, ANCHOR_TIME, CONTRACT

SIZE = (9).to_bytes(32, "big")
ROOT = KIT.tree.root(9)
TOPICS: list[rlp.Item] = [HEAD_ANCHORED, KIT.log_id, SIZE]
OTHER_EVENT: rlp.Item = [CONTRACT, [keccak256(b"another event")], b""]
BAD = malformed("malformed-receipt")
MISMATCH = different("chain_evidence", "sealed")
GOOD = evidence()


def event(
    topics: Sequence[rlp.Item] = tuple(TOPICS), data: bytes = ROOT, address: bytes = CONTRACT
) -> rlp.Item:
    return [address, list(topics), data]


def tx_receipt(
    *,
    status: rlp.Item = b"\x01",
    events: Sequence[rlp.Item] = (OTHER_EVENT, event()),
    prefix: bytes = b"\x02",
    fields: int = 4,
) -> bytes:
    items: list[rlp.Item] = [status, (99_000).to_bytes(3, "big"), bytes(256), list(events)]
    return prefix + rlp.encode([*items, b""][:fields])


def header(
    receipts_root: rlp.Item, *, number: bytes = bytes([ANCHOR_BLOCK]), fields: int = 16
) -> bytes:
    made: list[rlp.Item] = [keccak256(b"parent"), keccak256(b"uncles"), bytes(20)]
    made += [keccak256(b"state"), keccak256(b"transactions"), receipts_root, bytes(256), b""]
    made += [number, (30_000_000).to_bytes(4, "big"), (120_000).to_bytes(3, "big")]
    made += [ANCHOR_TIME.to_bytes(4, "big"), b"", bytes(32), bytes(8), b"\x07"]
    return rlp.encode(made[:fields])


def block(
    value: bytes, *, at: int = 2, count: int = 4, other: bytes | None = None
) -> ChainEvidence:
    """Make a block whose transaction `at` has this receipt, and the proof of it."""
    others = {
        rlp.encode_integer(n): other or tx_receipt(events=(), status=b"\x01") for n in range(count)
    }
    key = rlp.encode_integer(at)
    root, proof = prove({**others, key: value}, key)
    return ChainEvidence(header(root), proof, tx_index=at, log_position=1)


def bent(**changes: object) -> ChainEvidence:
    return dataclasses.replace(GOOD, **changes)  # type: ignore[arg-type]


def rebuilt(change: Callable[[bytes], bytes]) -> ChainEvidence:
    """Change the last node of a proof, and hash everything above anew, header included.

    Whoever makes a chain of their own can do that: only strict reading stands against it.
    """
    nodes = list(GOOD.receipt_proof)
    old = keccak256(nodes[-1])
    nodes[-1] = change(nodes[-1])
    for at in range(len(nodes) - 2, -1, -1):
        before = nodes[at]
        nodes[at] = before.replace(old, keccak256(nodes[at + 1]))
        old = keccak256(before)
    return ChainEvidence(header(keccak256(nodes[0])), tuple(nodes), 2, 1)


def long_length(node: bytes) -> bytes:
    """Return a list with its length in one byte more than it needs."""
    assert node[0] == 0xF9
    return b"\xfa\x00" + node[1:]


def proof_cases() -> dict[str, tuple[str, ChainEvidence, Expected]]:
    nodes = GOOD.receipt_proof
    assert len(nodes) > 1
    return {
        "trie_spare_node_fail": (
            "A node too many at the end of the trie proof.",
            bent(receipt_proof=(*nodes, nodes[-1])),
            MISMATCH,
        ),
        "trie_node_missing_fail": (
            "The last node of the trie proof is missing.",
            bent(receipt_proof=nodes[:-1]),
            MISMATCH,
        ),
        "trie_no_nodes_fail": ("No trie proof at all.", bent(receipt_proof=()), MISMATCH),
        "trie_nodes_in_other_order_fail": (
            "The nodes of the trie proof from the leaf to the root.",
            bent(receipt_proof=tuple(reversed(nodes))),
            MISMATCH,
        ),
        "trie_node_with_byte_too_many_fail": (
            "A node with a byte after its end, hashed anew up to the header.",
            rebuilt(lambda node: node + b"\0"),
            BAD,
        ),
        "trie_node_long_length_fail": (
            "A node whose length has a leading zero, hashed anew up to the header.",
            rebuilt(long_length),
            BAD,
        ),
        "trie_node_of_three_items_fail": (
            "A node of three items, hashed anew up to the header.",
            rebuilt(lambda _: rlp.encode([b" ", tx_receipt(), b""])),
            BAD,
        ),
        "trie_node_is_text_fail": (
            "A node that is no list, hashed anew up to the header.",
            rebuilt(lambda _: rlp.encode(b"x" * 40)),
            BAD,
        ),
        "trie_path_flag_unknown_fail": (
            "A node whose path has a flag that does not exist.",
            rebuilt(lambda node: node.replace(b"\x20", b"\x40", 1)),
            BAD,
        ),
        "trie_path_padding_bits_fail": (
            "A path of even length whose padding is not zero.",
            rebuilt(lambda node: node.replace(b"\x20", b"\x21", 1)),
            BAD,
        ),
        "trie_extension_for_leaf_fail": (
            "The last node says that it is an extension and no leaf.",
            rebuilt(lambda node: node.replace(b"\x20", b"\x00", 1)),
            MISMATCH,
        ),
        "transaction_index_of_another_fail": (
            "The proof of transaction 2 for transaction 1.",
            bent(tx_index=1),
            MISMATCH,
        ),
        "transaction_index_beyond_fail": (
            "A transaction that the block does not have.",
            bent(tx_index=200),
            MISMATCH,
        ),
        "transaction_index_for_position_fail": (
            "Transaction index and position of the event are exchanged.",
            bent(tx_index=GOOD.log_position, log_position=GOOD.tx_index),
            MISMATCH,
        ),
        "event_position_of_another_fail": (
            "The position of the other event in the same transaction.",
            bent(log_position=0),
            MISMATCH,
        ),
        "event_position_in_block_fail": (
            "The position of the event among those of the whole block, as JSON-RPC's logIndex is.",
            bent(log_position=7),
            MISMATCH,
        ),
    }


def event_cases() -> dict[str, tuple[str, ChainEvidence, Expected]]:
    def of(made: rlp.Item) -> ChainEvidence:
        return block(tx_receipt(events=(OTHER_EVENT, made)))

    return {
        "event_of_another_name_fail": (
            "Another event of the same contract with the same topics and data.",
            of(event([keccak256(b"HeadProposed(bytes32,uint64,bytes32)"), KIT.log_id, SIZE])),
            MISMATCH,
        ),
        "event_anonymous_fail": (
            "An anonymous event: log id and size, and no event id.",
            of(event([KIT.log_id, SIZE])),
            MISMATCH,
        ),
        "event_topic_too_many_fail": (
            "The right topics and one more.",
            of(event([*TOPICS, bytes(32)])),
            MISMATCH,
        ),
        "event_topics_exchanged_fail": (
            "Log id and size exchanged.",
            of(event([HEAD_ANCHORED, SIZE, KIT.log_id])),
            MISMATCH,
        ),
        "event_size_short_topic_fail": (
            "The size as a topic of one byte.",
            of(event([HEAD_ANCHORED, KIT.log_id, b"\x09"])),
            MISMATCH,
        ),
        "event_data_longer_fail": (
            "The root and something after it.",
            of(event(data=ROOT + bytes(32))),
            MISMATCH,
        ),
        "event_data_shorter_fail": ("Half of the root.", of(event(data=ROOT[:16])), MISMATCH),
        "event_other_root_fail": (
            "The event of another root at this size.",
            of(event(data=KIT.tree.root(8))),
            MISMATCH,
        ),
        "event_padded_address_fail": (
            "The contract's address as a word of 32 bytes.",
            of(event(address=bytes(12) + CONTRACT)),
            MISMATCH,
        ),
        "event_is_text_fail": ("The event is bytes and no list.", of(b"event"), MISMATCH),
        "transaction_status_two_fail": (
            "A transaction whose status is neither success nor failure.",
            block(tx_receipt(status=b"\x02")),
            MISMATCH,
        ),
        "transaction_state_root_fail": (
            (
                "A state root in place of the status, as before 2017: it does not say that the"
                " transaction succeeded."
            ),
            block(tx_receipt(status=keccak256(b"state"), prefix=b"")),
            MISMATCH,
        ),
        "transaction_of_three_fields_fail": (
            "A transaction receipt without events.",
            block(tx_receipt(fields=3)),
            BAD,
        ),
        "transaction_of_five_fields_fail": (
            "A transaction receipt with a fifth field.",
            block(tx_receipt(fields=5)),
            BAD,
        ),
        "transaction_type_unknown_fail": (
            "A transaction type that does not exist.",
            block(tx_receipt(prefix=b"\x05")),
            BAD,
        ),
        "transaction_type_zero_fail": (
            "The prefix 0, which no transaction has: the oldest kind has none.",
            block(tx_receipt(prefix=b"\x00")),
            BAD,
        ),
        "transaction_type_twice_fail": (
            "Two transaction types, one after the other.",
            block(tx_receipt(prefix=b"\x02\x02")),
            BAD,
        ),
        "transaction_byte_too_many_fail": (
            "A transaction receipt with a byte after its end.",
            block(tx_receipt() + b"\0"),
            BAD,
        ),
    }


def header_cases() -> dict[str, tuple[str, ChainEvidence, Expected]]:
    elsewhere = block(tx_receipt(events=(OTHER_EVENT,)))
    root = keccak256(GOOD.receipt_proof[0])
    return {
        "header_of_another_block_fail": (
            "The header of another block with the proof of this one.",
            bent(header=elsewhere.header),
            MISMATCH,
        ),
        "header_of_14_fields_fail": (
            "A header with a field too few.",
            bent(header=header(root, fields=14)),
            BAD,
        ),
        "header_receipts_root_short_fail": (
            "A receipts root of 31 bytes.",
            bent(header=header(root[:31])),
            BAD,
        ),
        "header_receipts_root_list_fail": (
            "A list where the receipts root belongs.",
            bent(header=header([root])),
            BAD,
        ),
        "header_number_leading_zero_fail": (
            "A block number with a leading zero.",
            bent(header=header(root, number=b"\0\x13")),
            BAD,
        ),
        "header_number_too_long_fail": (
            "A block number of nine bytes.",
            bent(header=header(root, number=b"\x13" * 9)),
            BAD,
        ),
        "header_is_text_fail": (
            "A header that is no list.",
            bent(header=rlp.encode(b"x" * 60)),
            BAD,
        ),
        "header_empty_fail": ("No header.", bent(header=b""), BAD),
        "header_cut_off_fail": (
            "The header's last byte is missing.",
            bent(header=GOOD.header[:-1]),
            BAD,
        ),
        "header_nested_deep_fail": (
            "Lists in lists without end in place of a header.",
            bent(header=_nest(60)),
            BAD,
        ),
    }


def _nest(depth: int) -> bytes:
    item: rlp.Item = []
    for _ in range(depth):
        item = [item]
    return rlp.encode(item)


def good_cases() -> list[Case]:
    def vouched(name: str, why: str, made: ChainEvidence) -> Case:
        known = ((ANCHOR_BLOCK, keccak256(made.header)),)
        return Case(name, why, with_evidence(made), policy(known_blocks=known), match("final"))

    forged = with_evidence(bent(header=header(keccak256(GOOD.receipt_proof[0]), fields=15)))
    return [
        vouched(
            "evidence_untyped_transaction",
            "The anchor's transaction is of the oldest kind, without a type before its receipt.",
            block(tx_receipt(prefix=b"")),
        ),
        vouched(
            "evidence_only_transaction",
            "The anchor's transaction is the only one of its block: the trie is one leaf.",
            block(tx_receipt(), at=0, count=1),
        ),
        vouched(
            "evidence_first_transaction",
            "The anchor's transaction is the first of several: its key is the empty text's.",
            block(tx_receipt(), at=0),
        ),
        vouched(
            "evidence_in_a_full_block",
            "The anchor's transaction is the 151st of 200: its key has two bytes.",
            block(tx_receipt(), at=150, count=200),
        ),
        Case(
            "forged_header_fail",
            "A header made up by somebody, with a good proof below it: self-consistent, and nobody"
            " vouches for its hash.",
            forged,
            policy(),
            unsure("block-hash-to-compare"),
        ),
        Case(
            "forged_header_against_the_hash_fail",
            "The same, and the caller knows the hash of the real block.",
            forged,
            policy(),
            unsure("another-block-hash-given"),
            block_hashes=(BLOCK_HASH,),
        ),
    ]


def chain_cases() -> list[Case]:
    made = {**proof_cases(), **event_cases(), **header_cases()}
    receipts: dict[str, Receipt] = {name: with_evidence(e) for name, (_, e, _) in made.items()}
    bent_ones = [
        Case(name, why, receipts[name], policy(), expected)
        for name, (why, _, expected) in made.items()
    ]
    return [*bent_ones, *good_cases()]
