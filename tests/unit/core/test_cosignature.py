"""Cosignatures of both kinds: published vectors, near misses of keys, and damage."""

import base64
import hashlib
from dataclasses import replace

import pytest
from cryptography.exceptions import UnsupportedAlgorithm
from hypothesis import given
from hypothesis import strategies as st

from liuhen.core import cosignature
from liuhen.core.checkpoint import Checkpoint
from liuhen.core.cosignature import ED25519, ML_DSA_44, Cosignature, WitnessKey
from liuhen.core.errors import MalformedKey, SignatureMismatch, Unavailable
from liuhen.core.head_signature import LogKey
from liuhen.core.note import NoteSignature, SignedNote
from tests.unit.core.test_head_signature import small_order_keys
from tests.witness_kit import ML, W1, W2, KnownWitness, cosigned, head_of, vectors

VECTORS = vectors()
HEAD = head_of(VECTORS["note"])
TIME = VECTORS["timestamp"]
both = pytest.mark.parametrize("witness", [W1, ML], ids=["ed25519", "ml_dsa_44"])


def bent(data: bytes, bit: int) -> bytes:
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def published(kind: str) -> NoteSignature:
    return NoteSignature.parse(VECTORS[kind]["line"])


# --- vectors ------------------------------------------------------------------------------------


def test_the_published_ed25519_line_verifies_with_the_published_key() -> None:
    key = WitnessKey.parse(VECTORS["ed25519"]["vkey"])
    assert (key.name, key.key_id.hex(), key) == ("witness.example.org/w1", "f3c080b6", W1.key)
    assert key.verify(HEAD, published("ed25519")).timestamp == TIME
    assert (
        hashlib.sha256(key.message(HEAD, TIME)).hexdigest()
        == (VECTORS["ed25519"]["message_sha256"])
    )


def test_our_ed25519_line_is_the_published_one() -> None:
    assert W1.line(HEAD, TIME) == published("ed25519")


def test_the_ml_dsa_key_and_message_are_the_published_ones() -> None:
    key, known = ML.key, VECTORS["ml_dsa_44"]
    assert key.message(HEAD, TIME).hex() == known["message"]
    assert key.key_id.hex() == known["key_id"]
    assert hashlib.sha256(key.public).hexdigest() == known["public_sha256"]
    assert len(key.to_text()) == known["vkey_characters"]
    assert key.verify(HEAD, published("ml_dsa_44")).timestamp == TIME


def test_a_note_holds_the_lines_of_sixteen_ml_dsa_witnesses() -> None:
    lines = [replace(published("ml_dsa_44"), name=f"w{number}") for number in range(16)]
    note = cosigned(VECTORS["note"], *lines)
    assert len(note) > 50_000
    assert SignedNote.parse(note).to_text() == note


# --- keys ---------------------------------------------------------------------------------------


@both
def test_a_key_prints_as_it_was_read(witness: KnownWitness) -> None:
    text = witness.key.to_text()
    assert WitnessKey.parse(text) == witness.key
    assert WitnessKey.parse(text).to_text() == text


def vkey(name: str, key: bytes, key_id: str | None = None) -> str:
    made = hashlib.sha256(name.encode() + b"\n" + key).hexdigest()[:8]
    return f"{name}+{key_id or made}+{base64.b64encode(key).decode()}"


GOOD = W1.key.public
NEAR_MISSES = {
    "a log's key": LogKey("log.example/logs/a", GOOD).to_text(),
    "no type": vkey("w", GOOD),
    "type 0x05": vkey("w", b"\x05" + GOOD),
    "ML-DSA with 32 bytes": vkey("w", b"\x06" + GOOD),
    "Ed25519 with 1312 bytes": vkey("w", b"\x04" + ML.key.public),
    "ML-DSA with a byte too few": vkey("w", b"\x06" + ML.key.public[:-1]),
    "ML-DSA with a byte too many": vkey("w", b"\x06" + ML.key.public + b"\0"),
    "another key ID": vkey("w", b"\x04" + GOOD, "00000000"),
    "an upper-case key ID": vkey("w", b"\x04" + GOOD).replace("+a", "+A").upper(),
    "a space in the name": vkey("w 1", b"\x04" + GOOD),
    "no name": vkey("", b"\x04" + GOOD),
    "a long name": vkey("w" * 256, b"\x04" + GOOD),
    "a newline behind": W1.key.to_text() + "\n",
    "a space before": " " + W1.key.to_text(),
    "no padding": vkey("w", b"\x04" + GOOD[:-1]).rstrip("="),
    "half a character in the name": f"\ud800{W1.key.to_text()}",
    "the other half in the name": f"\udfff{W1.key.to_text()}",
    "nothing": "",
}


@pytest.mark.parametrize("text", NEAR_MISSES.values(), ids=NEAR_MISSES.keys())
def test_a_near_miss_of_a_key_is_refused(text: str) -> None:
    with pytest.raises(MalformedKey):
        WitnessKey.parse(text)


@pytest.mark.parametrize("public", small_order_keys(), ids=bytes.hex)
def test_a_key_of_small_order_is_refused(public: bytes) -> None:
    with pytest.raises(MalformedKey, match="small order"):
        WitnessKey("w", ED25519, public)


def test_a_name_of_255_bytes_is_the_longest() -> None:
    assert WitnessKey("w" * 255, ML_DSA_44, ML.key.public).message(HEAD, TIME)[12] == 255
    with pytest.raises(MalformedKey, match="255"):
        WitnessKey("证" * 86, ML_DSA_44, ML.key.public)


@given(st.text(max_size=60))
def test_whatever_is_accepted_as_a_key_is_canonical(text: str) -> None:
    try:
        key = WitnessKey.parse(text)
    except MalformedKey:
        return
    assert key.to_text() == text


# --- damage -------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["ed25519", "ml_dsa_44"])
def test_every_bent_byte_of_a_line_is_refused(kind: str) -> None:
    key, line = (W1 if kind == "ed25519" else ML).key, published(kind)
    step = 1 if kind == "ed25519" else 37
    for bit in range(0, 8 * len(line.signature), step):
        with pytest.raises(SignatureMismatch):
            key.verify(HEAD, replace(line, signature=bent(line.signature, bit)))


@pytest.mark.parametrize("kind", ["ed25519", "ml_dsa_44"])
def test_a_line_of_another_length_is_refused(kind: str) -> None:
    key, line = (W1 if kind == "ed25519" else ML).key, published(kind)
    whole = line.signature
    for signature in (whole[:-1], whole + b"\0", whole[8:], whole[:8], whole[:7], b""):
        with pytest.raises(SignatureMismatch, match="length"):
            key.verify(HEAD, replace(line, signature=signature))


@both
@pytest.mark.parametrize("timestamp", [0, 2**63, 2**64 - 1])
def test_a_signed_time_that_is_none_is_refused(witness: KnownWitness, timestamp: int) -> None:
    with pytest.raises(SignatureMismatch, match="time"):
        witness.key.verify(HEAD, witness.line(HEAD, timestamp))


@both
@pytest.mark.parametrize("timestamp", [1, 2**63 - 1])
def test_the_first_and_the_last_time_are_taken(witness: KnownWitness, timestamp: int) -> None:
    assert witness.key.verify(HEAD, witness.line(HEAD, timestamp)).timestamp == timestamp


@both
def test_a_cosignature_is_for_one_head_alone(witness: KnownWitness) -> None:
    line = witness.line(HEAD, TIME)
    for other in (
        replace(HEAD, size=9),
        replace(HEAD, root=bytes(32)),
        replace(HEAD, origin="audit.example.org/other"),
    ):
        with pytest.raises(SignatureMismatch):
            witness.key.verify(other, line)


def test_ml_dsa_binds_the_name_of_the_witness_and_ed25519_does_not() -> None:
    renamed = replace(W1.key, name="other.example/w")
    assert renamed.verify(HEAD, W1.line(HEAD, TIME)).timestamp == TIME
    with pytest.raises(SignatureMismatch):
        replace(ML.key, name="other.example/w").verify(HEAD, ML.line(HEAD, TIME))


def test_another_key_does_not_verify() -> None:
    with pytest.raises(SignatureMismatch):
        W2.key.verify(HEAD, W1.line(HEAD, TIME))


def test_an_origin_too_long_for_any_witness_is_refused() -> None:
    long = Checkpoint("o" * 256, 8, bytes(32))
    with pytest.raises(SignatureMismatch, match="origin"):
        ML.key.verify(long, ML.key.line(Cosignature(TIME, bytes(2420))))


def test_an_origin_of_255_bytes_is_the_longest_that_is_cosigned() -> None:
    head = Checkpoint("o" * 255, 8, bytes(32))
    assert ML.key.verify(head, ML.line(head, TIME)).timestamp == TIME


@both
def test_a_line_is_by_a_key_only_if_name_and_key_id_are_its_own(witness: KnownWitness) -> None:
    line = witness.line(HEAD, TIME)
    assert witness.key.is_of(line)
    assert not witness.key.is_of(replace(line, name="other.example/w"))
    assert not witness.key.is_of(replace(line, key_id=bytes(4)))
    assert not W2.key.is_of(line)


def test_a_library_without_ml_dsa_is_not_a_wrong_signature(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Without:
        @staticmethod
        def from_public_bytes(_: bytes) -> None:
            raise UnsupportedAlgorithm("not in this build")

    monkeypatch.setattr(cosignature, "MLDSA44PublicKey", Without)
    with pytest.raises(Unavailable, match="ML-DSA"):
        ML.key.verify(HEAD, published("ml_dsa_44"))
