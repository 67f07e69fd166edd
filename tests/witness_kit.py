"""Witnesses with known keys, whose lines tests put under checkpoints and bend."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey

from liuhen.core.checkpoint import Checkpoint
from liuhen.core.cosignature import ED25519, ML_DSA_44, Cosignature, WitnessKey
from liuhen.core.note import NoteSignature, SignedNote

VECTORS = Path(__file__).parent / "vectors" / "cosignature.json"
SEEN_AT = 1_774_942_860
"""A minute before the kit's anchor was mined."""


@dataclass(frozen=True)
class KnownWitness:
    """A witness whose private key anybody can have."""

    name: str = "witness.example.org/w1"
    seed: int = 0x20
    type: bytes = ED25519

    @property
    def _private(self) -> Ed25519PrivateKey | MLDSA44PrivateKey:
        seed = bytes(range(self.seed, self.seed + 32))
        if self.type == ED25519:
            return Ed25519PrivateKey.from_private_bytes(seed)
        return MLDSA44PrivateKey.from_seed_bytes(seed)

    @property
    def key(self) -> WitnessKey:
        return WitnessKey(self.name, self.type, self._private.public_key().public_bytes_raw())

    def line(self, checkpoint: Checkpoint, timestamp: int = SEEN_AT) -> NoteSignature:
        """Cosign; a line of ML-DSA-44 is another one each time."""
        message = self.key.message(checkpoint, timestamp)
        return self.key.line(Cosignature(timestamp, self._private.sign(message)))


W1 = KnownWitness()
W2 = KnownWitness("witness.example.org/w2", 0x60)
W3 = KnownWitness("witness.example.net/w3", 0x80)
ML = KnownWitness("witness.example.org/w1-mldsa", 0x40, ML_DSA_44)


def cosigned(note: str, *lines: NoteSignature) -> str:
    """Put lines under a note, whatever stands there already."""
    parsed = SignedNote.parse(note)
    return SignedNote(parsed.text, (*parsed.signatures, *lines)).to_text()


def head_of(note: str) -> Checkpoint:
    return Checkpoint.parse(SignedNote.parse(note).text)


def vectors() -> Any:
    return json.loads(VECTORS.read_bytes())
