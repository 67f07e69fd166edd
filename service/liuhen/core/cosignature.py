"""Cosignatures of witnesses (c2sp.org/tlog-cosignature), further signature lines of a checkpoint.

    type 0x04   Ed25519     over  "cosignature/v1" ⏎ "time <t>" ⏎ the checkpoint's text
    type 0x06   ML-DSA-44   over  "subtree/v1" ⏎ 0x00 ‖ len(name) ‖ name ‖ u64 t
                                  ‖ len(origin) ‖ origin ‖ u64 0 ‖ u64 size ‖ root hash

The blob of the line is key ID ‖ u64 t ‖ signature; t are seconds since the epoch by the witness's
clock. A witness says: of all that I have seen of this log until t, this is the largest consistent
head. It says nothing about entries. Ed25519 does not bind the witness's name, so a witness has
one key alone; ML-DSA-44 does, with an empty FIPS 204 context.

t = 0 is for subtrees only, which no checkpoint of ours is; so 0 is refused.
"""

from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PublicKey

from liuhen.core.checkpoint import Checkpoint
from liuhen.core.errors import MalformedKey, SignatureMismatch, Unavailable
from liuhen.core.note import NoteSignature
from liuhen.core.verifier_key import (
    ED25519_BYTES,
    check_ed25519,
    check_key_name,
    key_id_of,
    parse_vkey,
    same_text,
    verify_ed25519,
    vkey_text,
)

ED25519 = b"\x04"
ML_DSA_44 = b"\x06"
MAX_TIMESTAMP = 2**63 - 1

_KEY_BYTES = {ED25519: ED25519_BYTES, ML_DSA_44: 1312}
_SIGNATURE_BYTES = {ED25519: 64, ML_DSA_44: 2420}
_TIMESTAMP_BYTES = 8
_MAX_NAME_BYTES = 255


@dataclass(frozen=True, slots=True)
class Cosignature:
    """What a line of a witness says beside the checkpoint.

    Attributes:
        timestamp: Seconds since the epoch by the witness's clock, 1 to 2^63 - 1.
        signature: 64 bytes (Ed25519) or 2420 (ML-DSA-44).
    """

    timestamp: int
    signature: bytes

    def encode(self) -> bytes:
        """Return the line's signature: u64 timestamp ‖ signature."""
        return self.timestamp.to_bytes(_TIMESTAMP_BYTES, "big") + self.signature


@dataclass(frozen=True, slots=True)
class WitnessKey:
    """A key of a witness.

    Attributes:
        name: The witness's name, as in its lines.
        type: `ED25519` or `ML_DSA_44`, one byte.
        public: 32 bytes, as strict as a log's key; or 1312.
    """

    name: str
    type: bytes
    public: bytes

    def __post_init__(self) -> None:
        if self.type not in _KEY_BYTES:
            raise MalformedKey("not a witness's key: neither Ed25519 (0x04) nor ML-DSA-44 (0x06)")
        if len(self.public) != _KEY_BYTES[self.type]:
            raise MalformedKey(f"a witness's key of {len(self.public)} bytes")
        if self.type == ED25519:
            check_ed25519(self.public)
        check_key_name(self.name)
        if len(self.name.encode()) > _MAX_NAME_BYTES:
            raise MalformedKey(f"a witness's name has at most {_MAX_NAME_BYTES} bytes")

    @property
    def key_id(self) -> bytes:
        """First 4 bytes of SHA-256(name ‖ 0x0A ‖ type ‖ key)."""
        return key_id_of(self.name, self.type + self.public)

    def to_text(self) -> str:
        """Print the vkey."""
        return vkey_text(self.name, self.type + self.public)

    @staticmethod
    def parse(text: str) -> "WitnessKey":
        """Read a vkey; the exact inverse of `to_text`.

        Raises:
            MalformedKey: Not a vkey of type 0x04 or 0x06, or its key ID is not its own.
        """
        name, key = parse_vkey(text)
        return same_text(WitnessKey(name, key[:1], key[1:]), text)

    def is_of(self, line: NoteSignature) -> bool:
        """Return whether a line claims to be by this key: same name and same key ID."""
        return (line.name, line.key_id) == (self.name, self.key_id)

    def line(self, cosignature: Cosignature) -> NoteSignature:
        """Make the signature line."""
        return NoteSignature(self.name, self.key_id, cosignature.encode())

    def message(self, checkpoint: Checkpoint, timestamp: int) -> bytes:
        """Return the bytes that the witness signs.

        Args:
            checkpoint: The head, of a log whose origin is at most 255 bytes.
            timestamp: Seconds since the epoch.
        """
        if self.type == ED25519:
            return f"cosignature/v1\ntime {timestamp}\n{checkpoint.to_text()}".encode()
        return (
            b"subtree/v1\n\0"
            + _short(self.name)
            + timestamp.to_bytes(8, "big")
            + _short(checkpoint.origin)
            + bytes(8)
            + checkpoint.size.to_bytes(8, "big")
            + checkpoint.root
        )

    def verify(self, checkpoint: Checkpoint, line: NoteSignature) -> Cosignature:
        """Check a line with this key's name and key ID.

        Raises:
            SignatureMismatch: Not timestamp and signature, or not this key's over `checkpoint`.
            Unavailable: The cryptographic library on this machine has no ML-DSA.

        Source: c2sp.org/tlog-cosignature; RFC 8032; FIPS 204.
        """
        timestamp = int.from_bytes(line.signature[:_TIMESTAMP_BYTES], "big")
        found = Cosignature(timestamp, line.signature[_TIMESTAMP_BYTES:])
        if len(found.signature) != _SIGNATURE_BYTES[self.type]:
            raise SignatureMismatch(f"the cosignature of {self.name} has a wrong length")
        if not 0 < timestamp <= MAX_TIMESTAMP:
            raise SignatureMismatch(f"the cosignature of {self.name} has no time")
        if len(checkpoint.origin.encode()) > _MAX_NAME_BYTES:
            raise SignatureMismatch("no witness can cosign so long an origin")
        message = self.message(checkpoint, timestamp)
        if self.type == ED25519:
            verify_ed25519(self.name, self.public, found.signature, message)
        else:
            _verify_ml_dsa(self.name, self.public, found.signature, message)
        return found


def _verify_ml_dsa(name: str, public: bytes, signature: bytes, message: bytes) -> None:
    try:
        MLDSA44PublicKey.from_public_bytes(public).verify(signature, message)
    except InvalidSignature as error:
        raise SignatureMismatch(f"the ML-DSA-44 signature of {name} is not valid") from error
    except UnsupportedAlgorithm as error:
        raise Unavailable("the cryptographic library on this machine has no ML-DSA") from error


def _short(text: str) -> bytes:
    """Prefix a text with its length in one byte."""
    encoded = text.encode()
    return bytes([len(encoded)]) + encoded
