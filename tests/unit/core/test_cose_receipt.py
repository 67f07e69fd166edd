"""COSE receipts: the vector, the one encoding, and what binds index and size."""

import dataclasses
from itertools import product
from typing import Any

import cbor2
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from liuhen.core.cose_receipt import (
    MAX_BYTES,
    CoseReceipt,
    SignedSize,
    encode_receipt,
    protected_header,
    to_be_signed,
)
from liuhen.core.errors import Malformed, MalformedProof, Mismatch, ProofMismatch, SignatureMismatch
from liuhen.core.head_signature import LogKey
from liuhen.core.merkle import leaf_hash, root_from_inclusion, root_hash
from liuhen.core.tlog_proof import TlogProof
from tests.log_folder import LOG_KEY, LOG_PRIVATE, ORIGIN, sample_entries
from tests.unit.core.test_tlog_proof import PLAIN

VECTOR = bytes.fromhex(
    "d2844da30127044421e5287619018b01a119018ca12081586a83050283582027479b6ab321d2ee477452f68ba527"
    "748e863cafe8fbd1df2bf89d1570d1b69758202f27a5082c1d42afa488ac350a9fc4390c084f54f71ecdff859e98"
    "db8429b4795820194bb5a2d5bd10e5d1aa6fd5d42980b356caf1da623cd9987c4bfa2f81771ed7f65840227a7e20"
    "b842fa4798c85ad0c8a0912ddb2fc5099181e006d2cef58aad8b5dc10f7fa314ee635a938b3f9fbdc2f14c7dd992"
    "559ce239eaccab144d6491a63b0d"
)


def receipt(size: int = 5, index: int = 2) -> tuple[CoseReceipt, bytes]:
    """Make the receipt of an entry, with the entry."""
    entries = sample_entries(size)
    root = root_hash(entries)
    protected = protected_header(LOG_KEY.key_id, ORIGIN, size)
    signature = LOG_PRIVATE.sign(to_be_signed(protected, root))
    signed = SignedSize(ORIGIN, size, LOG_KEY.key_id, signature)
    return CoseReceipt(signed, index, inclusion(entries, index)), entries[index]


def inclusion(entries: list[bytes], index: int) -> tuple[bytes, ...]:
    """Prove inclusion as RFC 9162 §2.1.3.1 words it."""
    if len(entries) == 1:
        return ()
    middle = 1 << (len(entries) - 1).bit_length() - 1
    left, right = entries[:middle], entries[middle:]
    if index < middle:
        return *inclusion(left, index), root_hash(right)
    return *inclusion(right, index - middle), root_hash(left)


def test_the_vector_of_rfc_9942_is_made_to_the_byte() -> None:
    key = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    log = LogKey("audit.example.org/procurement", key.public_key().public_bytes_raw())
    root = root_hash([b"entry-%d" % number for number in range(5)])
    protected = protected_header(log.key_id)
    path = TlogProof.parse(PLAIN).inclusion
    signature = key.sign(to_be_signed(protected, root))
    assert encode_receipt(protected, 5, 2, path, signature) == VECTOR


def test_a_receipt_that_names_no_log_and_no_size_is_refused() -> None:
    with pytest.raises(MalformedProof, match="issuer or size"):
        CoseReceipt.parse(VECTOR)


def test_the_protected_header_is_deterministic_cbor() -> None:
    protected = protected_header(LOG_KEY.key_id, ORIGIN, 2**40)
    keys = [cbor2.dumps(key) for key in cbor2.loads(protected)]
    assert keys == sorted(keys)
    assert cbor2.dumps(cbor2.loads(protected), canonical=True) == protected
    assert cbor2.loads(protected) == {
        1: -8,
        4: LOG_KEY.key_id,
        15: {1: ORIGIN},
        395: 1,
        "audit-log/size/v1": 2**40,
    }


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 300])
def test_a_receipt_is_read_and_printed_and_holds(size: int) -> None:
    for index in range(size):
        one, entry = receipt(size, index)
        again = CoseReceipt.parse(one.to_bytes())
        assert again == one
        assert again.verify(LOG_KEY, entry).size == size


def test_another_entry_or_another_key_does_not_verify() -> None:
    one, entry = receipt()
    with pytest.raises(SignatureMismatch):
        one.verify(LOG_KEY, leaf_hash(entry))
    other = LogKey(ORIGIN, Ed25519PrivateKey.generate().public_key().public_bytes_raw())
    with pytest.raises(SignatureMismatch):
        one.verify(other, entry)


def test_every_bent_bit_is_malformed_or_does_not_verify() -> None:
    one, entry = receipt()
    body = one.to_bytes()
    for place, bit in product(range(len(body)), range(8)):
        bent = bytearray(body)
        bent[place] ^= 1 << bit
        try:
            again = CoseReceipt.parse(bytes(bent))
        except MalformedProof:
            continue
        if again.signed.key_id == LOG_KEY.key_id:
            with pytest.raises(Mismatch):
                again.verify(LOG_KEY, entry)


def test_only_the_size_in_the_header_binds_the_index() -> None:
    one, entry = receipt(5, 4)
    leaf, path = leaf_hash(entry), one.inclusion
    same_root = [
        (size, index)
        for size in range(1, 40)
        for index in range(size)
        if _root(leaf, index, size, path) == root_hash(sample_entries(5))
    ]
    assert (2, 1) in same_root, "RFC 9942 alone: entry 4 of 5 is entry 1 of 2 as well"
    assert [pair for pair in same_root if pair[0] == 5] == [(5, 4)]


def _root(leaf: bytes, index: int, size: int, path: tuple[bytes, ...]) -> bytes | None:
    try:
        return root_from_inclusion(leaf, index, size, path)
    except ProofMismatch:
        return None


def test_another_size_in_the_proof_than_in_the_header_is_malformed() -> None:
    one, _ = receipt(5, 4)
    signed = one.signed
    bent = encode_receipt(signed.protected(), 2, 1, one.inclusion, signed.signature)
    with pytest.raises(MalformedProof, match="another size"):
        CoseReceipt.parse(bent)


def test_another_size_in_both_places_does_not_verify() -> None:
    one, entry = receipt(5, 4)
    smaller = dataclasses.replace(one.signed, size=2)
    with pytest.raises(SignatureMismatch):
        CoseReceipt(smaller, 1, one.inclusion).verify(LOG_KEY, entry)


def parts(**changes: Any) -> bytes:
    """Encode a receipt by hand, with changes."""
    one, _ = receipt()
    header = {1: -8, 4: LOG_KEY.key_id, 15: {1: ORIGIN}, 395: 1, "audit-log/size/v1": 5}
    header |= changes.pop("header", {})
    proof = cbor2.dumps(changes.pop("proof", [5, 2, list(one.inclusion)]))
    body = {
        "protected": cbor2.dumps({k: v for k, v in header.items() if v is not None}),
        "unprotected": {396: {-1: [proof]}},
        "payload": None,
        "signature": one.signed.signature,
        **changes,
    }
    return cbor2.dumps(cbor2.CBORTag(changes.get("tag", 18), [body[n] for n in NAMES]))


NAMES = ("protected", "unprotected", "payload", "signature")
PATH = list(receipt()[0].inclusion)
BODY = receipt()[0].to_bytes()
NEAR_MISSES = {
    "nothing": b"",
    "trailing byte": BODY + b"\0",
    "one byte short": BODY[:-1],
    "no tag": BODY[1:],
    "another tag": parts(tag=17),
    "tag in two bytes": b"\xd8\x12" + BODY[1:],
    "indefinite array": b"\xd2\x9f" + BODY[2:] + b"\xff",
    "another algorithm": parts(header={1: -7}),
    "no algorithm": parts(header={1: None}),
    "another tree algorithm": parts(header={395: 2}),
    "no key": parts(header={4: None}),
    "no claims": parts(header={15: None}),
    "no issuer": parts(header={15: {}}),
    "two claims": parts(header={15: {1: ORIGIN, 2: "x"}}),
    "issuer that is no origin": parts(header={15: {1: "Log.example/logs/x"}}),
    "issuer in bytes": parts(header={15: {1: ORIGIN.encode()}}),
    "no size": parts(header={"audit-log/size/v1": None}),
    "size as a float": parts(header={"audit-log/size/v1": 5.0}, proof=[5.0, 2, PATH]),
    "size as a truth value": parts(header={"audit-log/size/v1": True}, proof=[True, 0, []]),
    "size of 2^63": parts(header={"audit-log/size/v1": 2**63}, proof=[2**63, 2, PATH]),
    "size as a big number": parts(header={"audit-log/size/v1": 2**70}, proof=[2**70, 2, PATH]),
    "one more header": parts(header={"x": 1}),
    "protected header as a map": parts(protected={1: -8}),
    "payload attached": parts(payload=bytes(32)),
    "signature of 63 bytes in a list": parts(signature=[bytes(63)]),
    "unprotected header twice as long": parts(unprotected={396: {-1: [b""]}, 4: b"x"}),
    "two proofs": parts(unprotected={396: {-1: [cbor2.dumps([5, 2, PATH])] * 2}}),
    "no proof": parts(unprotected={396: {-1: []}}),
    "proof not wrapped": parts(unprotected={396: {-1: [[5, 2, PATH]]}}),
    "consistency proof": parts(unprotected={396: {-2: [cbor2.dumps([5, 2, PATH])]}}),
    "negative index": parts(proof=[5, -1, PATH]),
    "index missing": parts(proof=[5, PATH]),
    "hash of 31 bytes": parts(proof=[5, 2, [*PATH[:2], bytes(31)]]),
    "hash as text": parts(proof=[5, 2, [*PATH[:2], "x" * 32]]),
    "64 hashes": parts(proof=[5, 2, [bytes(32)] * 64]),
    "deep nesting": b"\x81" * 2000 + b"\x00",
    "a regular expression": cbor2.dumps(cbor2.CBORTag(35, "(a+)+b")),
    "a shared value of itself": b"\xd8\x1c\x81\xd8\x1d\x00",
    "too long": BODY + bytes(MAX_BYTES),
}


@pytest.mark.parametrize("body", NEAR_MISSES.values(), ids=NEAR_MISSES.keys())
def test_a_near_miss_is_malformed(body: bytes) -> None:
    with pytest.raises(MalformedProof):
        CoseReceipt.parse(body)


def test_the_largest_numbers_and_the_longest_path_and_receipt_are_read() -> None:
    size = 2**63 - 1
    largest = parts(header={"audit-log/size/v1": size}, proof=[size, size, [bytes(32)] * 63])
    found = CoseReceipt.parse(largest)
    assert (found.signed.size, found.index, len(found.inclusion)) == (size, size, 63)
    longest = parts(signature=bytes(MAX_BYTES - len(BODY) + 63))
    assert len(longest) == MAX_BYTES
    assert CoseReceipt.parse(longest).to_bytes() == longest


def test_the_parts_made_by_hand_are_a_receipt_when_nothing_is_changed() -> None:
    assert parts() == BODY


@given(st.binary(max_size=300) | st.binary(max_size=40).map(lambda tail: BODY[:50] + tail))
def test_foreign_bytes_are_malformed_or_encode_again(body: bytes) -> None:
    try:
        found = CoseReceipt.parse(body)
    except Malformed:
        return
    assert found.to_bytes() == body
