"""Proofs of the receipts trie that we make are those that the core accepts."""

import hashlib

import pytest

from liuhen.adapters.chain.evidence import build_evidence, prove
from liuhen.core import rlp
from liuhen.core.chain_evidence import trie_value
from liuhen.core.errors import ProofMismatch

SIZES = [1, 2, 3, 16, 17, 127, 128, 129, 200, 300]


def items(count: int) -> dict[bytes, bytes]:
    return {
        rlp.encode_integer(index): hashlib.sha512(b"%d" % index).digest() for index in range(count)
    }


@pytest.mark.parametrize("count", SIZES)
def test_every_key_is_proven(count: int) -> None:
    trie = items(count)
    roots = set()
    for key, value in trie.items():
        root, proof = prove(trie, key)
        roots.add(root)
        assert trie_value(root, key, proof) == value
    assert len(roots) == 1


def test_short_values_are_embedded_and_proven_too() -> None:
    trie = {rlp.encode_integer(index): bytes([index + 1]) for index in range(40)}
    for key, value in trie.items():
        root, proof = prove(trie, key)
        assert trie_value(root, key, proof) == value


def test_a_proof_holds_for_its_own_key_only() -> None:
    trie = items(20)
    root, proof = prove(trie, rlp.encode_integer(3))
    with pytest.raises(ProofMismatch):
        trie_value(root, rlp.encode_integer(4), proof)


def test_keys_that_share_a_beginning_are_proven_through_an_extension() -> None:
    trie = {b"dogglesworth": b"cat" * 20, b"doggerel": b"123" * 20}
    for key, value in trie.items():
        root, proof = prove(trie, key)
        assert trie_value(root, key, proof) == value
    assert len(prove(trie, b"doggerel")[1]) == 3


def test_a_header_with_fields_unknown_here_gives_no_evidence() -> None:
    roots = ("parentHash", "sha3Uncles", "miner", "stateRoot", "transactionsRoot", "receiptsRoot")
    words = dict.fromkeys((*roots, "logsBloom", "extraData", "mixHash", "nonce", "hash"), "0x00")
    numbers = ("difficulty", "number", "gasLimit", "gasUsed", "timestamp")
    assert build_evidence({**words, **dict.fromkeys(numbers, "0x1")}, [], 0, 0) is None
