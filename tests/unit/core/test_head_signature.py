"""Both signature lines of a head: published vectors, a second implementation, and damage."""

import base64
import hashlib

import pytest
from coincurve import PrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from eth_account import Account
from eth_account.messages import encode_typed_data

from liuhen.core.checkpoint import Checkpoint
from liuhen.core.errors import MalformedKey, SignatureMismatch
from liuhen.core.head_signature import (
    HeadSignerKey,
    LogKey,
    address_of,
    chain_log_id,
    checkpoint_digest,
    recover_signer,
)
from liuhen.core.keccak import keccak256
from liuhen.core.note import NoteSignature, SignedNote

NAME = "audit.example.org/procurement"
SEED = bytes(range(32))
VKEY = f"{NAME}+21e52876+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4"
NOTE = (
    f"{NAME}\n5\nGqaNMHSQWlgfhMu9D3U3lJBP2ARRvEwT5p2aU7xZUCw=\n\n\u2014 {NAME} "
    "IeUodiUo73Hp/o95JNifNBEncZmQj6dRY3JmR4+2Nph8kHWBbwklNBbLxZlB+nBKTWHlZpX7FJ9CPs3GtgUPhK9v/AA=\n"
)
CHAIN_ID, CONTRACT, LOG_ID = 20231, bytes(range(20)), bytes(range(32, 64))
HALF_ORDER = 0x7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF5D576E7357A4501DDFE92F46681B20A0
ORDER = 2 * HALF_ORDER + 1


def bent(data: bytes, bit: int) -> bytes:
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


# --- Ed25519 ------------------------------------------------------------------------------------


def test_the_published_checkpoint_verifies_with_the_published_key() -> None:
    note, key = SignedNote.parse(NOTE), LogKey.parse(VKEY)
    assert (key.name, key.key_id.hex()) == (NAME, "21e52876")
    assert key.key_id == note.signatures[0].key_id
    key.verify(note.text, note.signatures[0])


def test_our_signature_is_the_published_one() -> None:
    note, key = SignedNote.parse(NOTE), LogKey.parse(VKEY)
    signature = Ed25519PrivateKey.from_private_bytes(SEED).sign(note.text.encode())
    assert SignedNote(note.text, (key.line(signature),)).to_text() == NOTE


def test_every_bent_bit_of_an_ed25519_signature_is_refused() -> None:
    note, key = SignedNote.parse(NOTE), LogKey.parse(VKEY)
    signature = note.signatures[0].signature
    for bit in range(8 * len(signature)):
        with pytest.raises(SignatureMismatch):
            key.verify(note.text, key.line(bent(signature, bit)))
    for changed in (b"", signature[:-1], signature + b"\0"):
        with pytest.raises(SignatureMismatch):
            key.verify(note.text, NoteSignature(NAME, key.key_id, changed))
    with pytest.raises(SignatureMismatch):
        key.verify(note.text + "more\n", note.signatures[0])


def small_order_keys() -> list[bytes]:
    """Compute every encoding of the eight points of small order, canonical or not."""
    prime = 2**255 - 19
    d = -121665 * pow(121666, -1, prime) % prime
    root = pow(2, (prime - 1) // 4, prime)

    def point(y: int) -> tuple[int, int] | None:
        square = (y * y - 1) * pow(d * y * y + 1, -1, prime) % prime
        x = pow(square, (prime + 3) // 8, prime)
        x = x if x * x % prime == square else x * root % prime
        return (x, y) if x * x % prime == square else None

    def add(a: tuple[int, int], b: tuple[int, int]) -> tuple[int, int]:
        k = d * a[0] * b[0] * a[1] * b[1]
        x = (a[0] * b[1] + b[0] * a[1]) * pow(1 + k, -1, prime)
        return x % prime, (a[1] * b[1] + a[0] * b[0]) * pow(1 - k, -1, prime) % prime

    def times(number: int, base: tuple[int, int]) -> tuple[int, int]:
        result = (0, 1)
        for bit in f"{number:b}":
            result = add(result, result)
            result = add(result, base) if bit == "1" else result
        return result

    order = 2**252 + 27742317777372353535851937790883648493
    torsion = [times(order, found) for y in range(2, 60) if (found := point(y))]
    ys = {y for _, y in torsion} | {0, 1, prime - 1}
    assert len(ys) == 5
    spellings = ys | {y + prime for y in ys if y + prime < 2**255}
    return [(y | sign << 255).to_bytes(32, "little") for y in spellings for sign in (0, 1)]


@pytest.mark.parametrize("public", small_order_keys(), ids=bytes.hex)
def test_a_key_of_small_order_is_refused(public: bytes) -> None:
    with pytest.raises(MalformedKey, match="small order"):
        LogKey(NAME, public)


# --- EIP-712 ------------------------------------------------------------------------------------

PRIVATE = PrivateKey(bytes(range(1, 33)))
SIGNER = address_of(PRIVATE.public_key)
CHECKPOINT = Checkpoint(NAME, 300, keccak256(b"any root"))


def sign(digest: bytes) -> bytes:
    raw = PRIVATE.sign_recoverable(digest, hasher=None)
    return raw[:64] + bytes([raw[64] + 27])


def typed_data() -> dict[str, object]:
    return {
        "types": {
            "EIP712Domain": [
                {"name": "name", "type": "string"},
                {"name": "version", "type": "string"},
                {"name": "chainId", "type": "uint256"},
                {"name": "verifyingContract", "type": "address"},
            ],
            "Checkpoint": [
                {"name": "logId", "type": "bytes32"},
                {"name": "origin", "type": "string"},
                {"name": "size", "type": "uint64"},
                {"name": "root", "type": "bytes32"},
            ],
        },
        "primaryType": "Checkpoint",
        "domain": {
            "name": "AuditLog",
            "version": "1",
            "chainId": CHAIN_ID,
            "verifyingContract": "0x" + CONTRACT.hex(),
        },
        "message": {
            "logId": LOG_ID,
            "origin": CHECKPOINT.origin,
            "size": CHECKPOINT.size,
            "root": CHECKPOINT.root,
        },
    }


def test_the_digest_is_the_one_that_eth_account_signs() -> None:
    signed = Account.sign_message(encode_typed_data(full_message=typed_data()), PRIVATE.secret)
    digest = checkpoint_digest(CHECKPOINT, LOG_ID, CHAIN_ID, CONTRACT)
    assert bytes(signed.message_hash) == digest
    assert recover_signer(digest, bytes(signed.signature)) == SIGNER
    assert "0x" + SIGNER.hex() == Account.from_key(PRIVATE.secret).address.lower()


def test_the_log_id_is_that_of_solidity() -> None:
    """keccak256(abi.encode(address, string)), with eth_abi as the second implementation."""
    from eth_abi.abi import encode

    for origin in ("a/logs/b", "x" * 31, "x" * 32, "x" * 33, NAME):
        want = keccak256(encode(["address", "string"], ["0x" + SIGNER.hex(), origin]))
        assert chain_log_id(SIGNER, origin) == want


def test_every_bent_bit_of_an_eip712_signature_is_refused() -> None:
    key = HeadSignerKey(NAME, CHAIN_ID, CONTRACT, SIGNER)
    signature = sign(checkpoint_digest(CHECKPOINT, LOG_ID, CHAIN_ID, CONTRACT))
    key.verify(CHECKPOINT, LOG_ID, key.line(signature))
    for bit in range(8 * len(signature)):
        with pytest.raises(SignatureMismatch):
            key.verify(CHECKPOINT, LOG_ID, key.line(bent(signature, bit)))


def test_a_signature_holds_for_its_own_head_chain_and_contract_only() -> None:
    key = HeadSignerKey(NAME, CHAIN_ID, CONTRACT, SIGNER)
    line = key.line(sign(checkpoint_digest(CHECKPOINT, LOG_ID, CHAIN_ID, CONTRACT)))
    others = [
        (key, Checkpoint(NAME, 301, CHECKPOINT.root), LOG_ID),
        (key, Checkpoint(NAME + "x", 300, CHECKPOINT.root), LOG_ID),
        (key, CHECKPOINT, bytes(32)),
        (HeadSignerKey(NAME, CHAIN_ID + 1, CONTRACT, SIGNER), CHECKPOINT, LOG_ID),
        (HeadSignerKey(NAME, CHAIN_ID, bytes(20), SIGNER), CHECKPOINT, LOG_ID),
        (HeadSignerKey(NAME, CHAIN_ID, CONTRACT, bytes(20)), CHECKPOINT, LOG_ID),
    ]
    for other, checkpoint, log_id in others:
        with pytest.raises(SignatureMismatch):
            other.verify(checkpoint, log_id, line)


def test_a_high_s_is_refused_though_it_recovers_the_signer() -> None:
    digest = checkpoint_digest(CHECKPOINT, LOG_ID, CHAIN_ID, CONTRACT)
    signature = sign(digest)
    high = ORDER - int.from_bytes(signature[32:64], "big")
    twin = signature[:32] + high.to_bytes(32, "big") + bytes([55 - signature[64]])
    with pytest.raises(SignatureMismatch, match="upper half"):
        recover_signer(digest, twin)


def test_the_largest_low_s_recovers_a_signer_and_the_next_one_does_not() -> None:
    r = sign(bytes(32))[:32]
    assert len(recover_signer(bytes(32), r + HALF_ORDER.to_bytes(32, "big") + b"\x1b")) == 20
    with pytest.raises(SignatureMismatch, match="upper half"):
        recover_signer(bytes(32), r + (HALF_ORDER + 1).to_bytes(32, "big") + b"\x1b")


def test_a_line_says_which_key_made_it() -> None:
    for key in (LogKey.parse(VKEY), HeadSignerKey(NAME, CHAIN_ID, CONTRACT, SIGNER)):
        line = key.line(b"signature")
        assert (line.name, line.key_id, line.signature) == (NAME, key.key_id, b"signature")


@pytest.mark.parametrize(
    "signature", [b"", bytes(65), bytes(64) + b"\x1b", b"\xff" * 32 + bytes(32) + b"\x1b"]
)
def test_nonsense_recovers_nobody(signature: bytes) -> None:
    with pytest.raises(SignatureMismatch):
        recover_signer(bytes(32), signature)


# --- verifier keys ------------------------------------------------------------------------------


def test_both_kinds_of_key_print_as_they_were_read() -> None:
    assert LogKey.parse(VKEY).to_text() == VKEY
    key = HeadSignerKey(NAME, CHAIN_ID, CONTRACT, SIGNER)
    assert HeadSignerKey.parse(key.to_text()) == key


@pytest.mark.parametrize(
    "text",
    [
        "",
        NAME,
        VKEY.replace("+21e52876", "+21E52876"),
        VKEY.replace("+21e52876", "+21e52877"),
        VKEY.replace("audit", "audif"),
        VKEY[:-1],
        VKEY + "=",
        VKEY.replace("AQOh", "BAOh"),
        VKEY.replace(NAME, "a name"),
        VKEY.replace(NAME, ""),
        VKEY + "\n",
        HeadSignerKey(NAME, CHAIN_ID, CONTRACT, SIGNER).to_text(),
    ],
)
def test_a_near_miss_of_a_log_key_is_refused(text: str) -> None:
    with pytest.raises(MalformedKey):
        LogKey.parse(text)


def test_a_near_miss_of_a_signer_key_is_refused() -> None:
    good = HeadSignerKey(NAME, CHAIN_ID, CONTRACT, SIGNER).to_text()
    for text in (VKEY, good[:-4], good + "AAAA", good.replace("audit", "audif")):
        with pytest.raises(MalformedKey):
            HeadSignerKey.parse(text)


@pytest.mark.parametrize(
    ("chain_id", "contract", "signer"),
    [
        (0, CONTRACT, SIGNER),
        (2**64, CONTRACT, SIGNER),
        (1, CONTRACT[1:], SIGNER),
        (1, CONTRACT, b""),
    ],
)
def test_a_signer_key_with_parts_of_another_size_is_refused(
    chain_id: int, contract: bytes, signer: bytes
) -> None:
    with pytest.raises(MalformedKey):
        HeadSignerKey(NAME, chain_id, contract, signer)


@pytest.mark.parametrize("chain_id", [1, 2**64 - 1])
def test_a_signer_key_may_be_of_the_first_chain_and_of_the_last(chain_id: int) -> None:
    key = HeadSignerKey("log.example/logs/a", chain_id, bytes(20), b"\1" * 20)
    assert HeadSignerKey.parse(key.to_text()) == key


@pytest.mark.parametrize("other", [b"\xfe", b"\x01", b"\x00"])
def test_a_signer_key_of_another_type_is_refused_for_that(other: bytes) -> None:
    key = HeadSignerKey("log.example/logs/a", 7, bytes(20), b"\1" * 20)
    raw = other + base64.b64decode(key.to_text().rpartition("+" + key.key_id.hex() + "+")[2])[1:]
    key_id = hashlib.sha256(key.name.encode() + b"\n" + raw).digest()[:4].hex()
    text = f"{key.name}+{key_id}+{base64.b64encode(raw).decode()}"
    with pytest.raises(MalformedKey, match="eip712-checkpoint/v1"):
        HeadSignerKey.parse(text)
