"""Check COSE receipts (RFC 9942) with pycose and sigstore's tree (Python 3.11 environment).

    with_pycose.py VKEY FILE.cose ENTRY [FILE ENTRY]…     ENTRY in hex

Prints "ok" or "refused" and why, a line for each file; exits 1 when one is refused. This is what a
verifier does that knows RFC 9942 and nothing of Liuhen: it computes the root hash from index, size
and path, and has pycose verify the signature over it. Our own label in the protected header is not
looked at, so the index and size that are printed are only as they were read.
"""
# mypy: ignore-errors

import base64
import sys
from pathlib import Path

import cbor2
from pycose.headers import KID
from pycose.keys import OKPKey
from pycose.keys.curves import Ed25519
from pycose.messages import CoseMessage
from sigstore._internal.merkle import (
    _chain_border_right,
    _chain_inner,
    _decomp_inclusion_proof,
    _hash_leaf,
)

VERIFIABLE_DATA_STRUCTURE, PROOFS, INCLUSION, RFC9162_SHA256, CWT_CLAIMS = 395, 396, -1, 1, 15


def main() -> int:
    """Check every file that was named."""
    vkey, *rest = sys.argv[1:]
    refused = 0
    for file, entry in zip(rest[::2], rest[1::2], strict=True):
        try:
            answer = f"ok {file}: {check(vkey, Path(file).read_bytes(), bytes.fromhex(entry))}"
        except Exception as error:  # noqa: BLE001 -- pycose raises whatever its parts do
            answer, refused = f"refused {file}: {type(error).__name__}: {error}"[:400], 1
        sys.stdout.write(answer.replace("\n", " ") + "\n")
    return refused


def check(vkey: str, body: bytes, entry: bytes) -> str:
    """Check one receipt: key, tree, inclusion, signature."""
    name, key_id, key = vkey.split("+", 2)
    message = CoseMessage.decode(body)
    if message.phdr[KID] != bytes.fromhex(key_id):
        raise ValueError("another key")
    if message.phdr.get(CWT_CLAIMS, {}).get(1) != name:
        raise ValueError("another issuer")
    if message.phdr.get(VERIFIABLE_DATA_STRUCTURE) != RFC9162_SHA256:
        raise ValueError("another tree")
    (proof,) = message.uhdr[PROOFS][INCLUSION]
    size, index, path = cbor2.loads(proof)
    if not 0 <= index < size or any(len(digest) != 32 for digest in path):
        raise ValueError("not an inclusion proof")
    inner, border = _decomp_inclusion_proof(index, size)
    if len(path) != inner + border:
        raise ValueError("a proof of another length")
    node = _chain_inner(_hash_leaf(entry), path[:inner], index)
    root = _chain_border_right(node, path[inner:])
    message.key = OKPKey(crv=Ed25519, x=base64.b64decode(key)[1:])
    if not message.verify_signature(detached_payload=root):
        raise ValueError("the signature is not over this root")
    return f"read as entry {index} of {size}, root {root.hex()}"


if __name__ == "__main__":
    sys.exit(main())
