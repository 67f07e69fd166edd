"""Check tlog-proofs with sigstore's checkpoint and inclusion verifiers (Python 3.11 environment).

    with_sigstore.py VKEY FILE.tlog-proof ENTRY [FILE ENTRY]…     ENTRY in hex

Prints "ok" or "refused" and why, a line for each file; exits 1 when one is refused. Nothing of
Liuhen is imported here: sigstore is given what stands in the file, as it would be in a bundle.
"""
# mypy: ignore-errors

import base64
import hashlib
import sys
from pathlib import Path
from types import SimpleNamespace

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sigstore._internal.merkle import verify_merkle_inclusion
from sigstore._internal.rekor.checkpoint import SignedCheckpoint, verify_checkpoint
from sigstore._internal.trust import Keyring
from sigstore_models.common import v1


def main() -> int:
    """Check every file that was named."""
    vkey, *rest = sys.argv[1:]
    refused = 0
    for file, entry in zip(rest[::2], rest[1::2], strict=True):
        try:
            answer = f"ok {file}: {check(vkey, Path(file).read_text(), bytes.fromhex(entry))}"
        except Exception as error:  # noqa: BLE001 -- sigstore raises ValueError and others too
            answer, refused = f"refused {file}: {type(error).__name__}: {error}"[:400], 1
        sys.stdout.write(answer.replace("\n", " ") + "\n")
    return refused


def check(vkey: str, text: str, entry: bytes) -> str:
    """Check one proof: signature, origin, root, inclusion."""
    name, _, key = vkey.split("+", 2)
    typed_key = base64.b64decode(key)
    der = Ed25519PublicKey.from_public_bytes(typed_key[1:]).public_bytes(
        Encoding.DER, PublicFormat.SubjectPublicKeyInfo
    )
    details = v1.PublicKeyDetails.PKIX_ED25519
    public_key = v1.PublicKey(raw_bytes=base64.b64encode(der), key_details=details)
    top, _, note = text.partition("\n\n")
    header, index, *hashes = top.split("\n")
    if header != "c2sp.org/tlog-proof@v1" or not index.startswith("index "):
        raise ValueError("not a tlog-proof")
    checkpoint = SignedCheckpoint.from_text(note).checkpoint
    if checkpoint.origin != name:
        raise ValueError("another origin")
    proof = SimpleNamespace(
        log_index=int(index.removeprefix("index ")),
        tree_size=checkpoint.log_size,
        root_hash=bytes.fromhex(checkpoint.log_hash),
        hashes=[base64.b64decode(line, validate=True) for line in hashes],
        checkpoint=SimpleNamespace(envelope=note),
    )
    log_id = SimpleNamespace(key_id=hashlib.sha256(name.encode() + b"\n" + typed_key).digest())
    inner = SimpleNamespace(inclusion_proof=proof, canonicalized_body=entry, log_id=log_id)
    verify_checkpoint(Keyring([public_key]), SimpleNamespace(_inner=inner))
    verify_merkle_inclusion(SimpleNamespace(_inner=inner))
    return f"entry {proof.log_index} of {proof.tree_size}"


if __name__ == "__main__":
    sys.exit(main())
