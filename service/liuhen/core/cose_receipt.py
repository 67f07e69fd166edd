"""COSE receipts (RFC 9942): the same tree in the form that SCITT verifiers read.

    18([protected, unprotected, nil, signature])        COSE_Sign1 with a detached payload
    protected    {1: -8, 4: key ID, 15: {1: origin}, 395: 1, "audit-log/size/v1": size}
    unprotected  {396: {-1: [bstr([size, index, [hash, …]])]}}
    payload      the root hash, which the verifier computes from the entry and the proof

RFC 9942 signs the root hash alone. Then who holds a receipt can write another index and another
size beside it (the entry 4 of 5 is "entry 1 of 2" as well), and a root of one log is a root of any
other log with the same key. So evidence §9: one key a log; the origin, as the issuer of the
CWT claims (RFC 9597), and the size stand in the protected header; and what a receipt is said to
claim is *membership, not position*, because other people's verifiers do not look at our label.

The encoding is deterministic (RFC 8949 §4.2.1), and parsing is strict: what is accepted encodes
again to the same bytes. Not here: consistency proofs, receipts with several proofs, other
algorithms than EdDSA over Ed25519.
"""

from dataclasses import dataclass
from typing import Any

import cbor2

from liuhen.core.checkpoint import MAX_SIZE, is_origin
from liuhen.core.errors import MalformedProof
from liuhen.core.head_signature import LogKey
from liuhen.core.merkle import HASH_BYTES, MAX_PROOF, TreeHead, leaf_hash, root_from_inclusion
from liuhen.core.verifier_key import verify_ed25519

MAX_BYTES = 8192
"""More than any receipt needs: 63 hashes and an origin are below 3 kB."""

ALGORITHM, KEY_ID, CWT_CLAIMS, TREE_ALGORITHM, PROOFS = 1, 4, 15, 395, 396
"""Labels of header parameters."""

SIZE = "audit-log/size/v1"
"""Our label: the size of the tree whose root is signed. Others skip what they do not know."""

_EDDSA, _RFC9162_SHA256, _ISSUER, _INCLUSION = -8, 1, 1, -1
_SIGN1_TAG, _MOST_NESTED = 18, 8


@dataclass(frozen=True, slots=True)
class SignedSize:
    """What the log signs for all receipts of one head: the protected header and the signature.

    Attributes:
        origin: The log's name.
        size: Entries in its tree.
        key_id: Key ID of the log's key, 4 bytes.
        signature: Ed25519 over `to_be_signed` with the root hash, 64 bytes.
    """

    origin: str
    size: int
    key_id: bytes
    signature: bytes

    def protected(self) -> bytes:
        """Encode the protected header."""
        return protected_header(self.key_id, self.origin, self.size)


@dataclass(frozen=True, slots=True)
class CoseReceipt:
    """One receipt: an entry is in a log.

    Attributes:
        signed: Header and signature.
        index: Index of the entry, from 0; nobody signed it.
        inclusion: Inclusion proof, the leaf's sibling first; it may be empty.
    """

    signed: SignedSize
    index: int
    inclusion: tuple[bytes, ...]

    def to_bytes(self) -> bytes:
        """Encode the receipt."""
        signed = self.signed
        proof = signed.size, self.index, self.inclusion
        return encode_receipt(signed.protected(), *proof, signed.signature)

    @staticmethod
    def parse(body: bytes) -> "CoseReceipt":
        """Read a receipt; the exact inverse of `to_bytes`.

        Raises:
            MalformedProof: Not CBOR, another structure, another size in the proof than in the
                protected header, or not the one encoding of what it says.
        """
        if len(body) > MAX_BYTES:
            raise MalformedProof(f"a COSE receipt of more than {MAX_BYTES} bytes")
        receipt = _read(body)
        if receipt.to_bytes() != body:
            raise MalformedProof("not the one encoding of this COSE receipt")
        return receipt

    def verify(self, key: LogKey, entry: bytes) -> TreeHead:
        """Check that a log's key signed a tree that holds the entry; return its head.

        Args:
            key: A key of the log.
            entry: The entry, as the verifier made it from what it holds.

        Raises:
            ProofMismatch: The proof has not the form that index and size need.
            SignatureMismatch: The key did not sign the root that entry and proof lead to.
        """
        signed = self.signed
        root = root_from_inclusion(leaf_hash(entry), self.index, signed.size, self.inclusion)
        message = to_be_signed(signed.protected(), root)
        verify_ed25519(key.name, key.public, signed.signature, message)
        return TreeHead(signed.size, root)


def protected_header(key_id: bytes, origin: str | None = None, size: int | None = None) -> bytes:
    """Encode the protected header; a receipt of ours names origin and size.

    RFC 9942 alone asks for neither, and a test compares that form with a receipt of others.
    """
    header: dict[int | str, Any] = {ALGORITHM: _EDDSA, KEY_ID: key_id}
    if origin is not None:
        header[CWT_CLAIMS] = {_ISSUER: origin}
    header[TREE_ALGORITHM] = _RFC9162_SHA256
    if size is not None:
        header[SIZE] = size
    return cbor2.dumps(header)  # in the order of RFC 8949 §4.2.1 as they stand


def to_be_signed(protected: bytes, root: bytes) -> bytes:
    """Return the bytes that are signed (RFC 9052 §4.4): no checkpoint's text begins like them."""
    return cbor2.dumps(["Signature1", protected, b"", root])


def encode_receipt(
    protected: bytes, size: int, index: int, inclusion: tuple[bytes, ...], signature: bytes
) -> bytes:
    """Put a receipt together; nothing is checked."""
    proof = cbor2.dumps([size, index, list(inclusion)])
    unprotected = {PROOFS: {_INCLUSION: [proof]}}
    return cbor2.dumps(cbor2.CBORTag(_SIGN1_TAG, [protected, unprotected, None, signature]))


def _read(body: bytes) -> CoseReceipt:
    """Take a receipt apart; `parse` compares what was not looked at by encoding it again."""
    match _decode(body):
        case cbor2.CBORTag(value=[bytes(protected), {396: {-1: [bytes(proof)]}}, _, bytes(signed)]):
            pass
        case _:
            raise MalformedProof("not a COSE_Sign1 with one inclusion proof")
    match _decode(protected), _decode(proof):
        case {4: bytes(key_id), 15: {1: str(origin)}, "audit-log/size/v1": size}, [
            proven_size,
            index,
            list(hashes),
        ]:
            pass
        case _:
            raise MalformedProof("the protected header names no key, issuer or size, or no proof")
    if not is_origin(origin):
        raise MalformedProof("the issuer is not the name of a log")
    if _integer(proven_size) != _integer(size):
        raise MalformedProof("the proof is of another size than the protected header")
    return CoseReceipt(SignedSize(origin, size, key_id, signed), _integer(index), _hashes(hashes))


def _decode(body: bytes) -> Any:  # noqa: ANN401 -- CBOR can be anything; `_read` finds out
    try:
        return cbor2.loads(
            body, max_depth=_MOST_NESTED, allow_indefinite=False, allow_duplicate_keys=False
        )
    except Exception as error:  # whatever a tag that we did not ask for makes of hostile bytes
        raise MalformedProof("not the CBOR of a COSE receipt") from error


def _integer(value: object) -> int:
    if type(value) is not int or not 0 <= value <= MAX_SIZE:
        raise MalformedProof("size and index must be integers from 0 to 2^63 - 1")
    return value


def _hashes(values: list[object]) -> tuple[bytes, ...]:
    hashes = tuple(item for item in values if isinstance(item, bytes) and len(item) == HASH_BYTES)
    if len(hashes) != len(values) or len(hashes) > MAX_PROOF:
        raise MalformedProof(f"a proof must be at most {MAX_PROOF} hashes of {HASH_BYTES} bytes")
    return hashes
