"""keccak-256, Ethereum's hash; not SHA3-256, which pads otherwise."""

import sys

# pycryptodome loads its C code through cffi's parser of declarations where cffi is there, else
# through ctypes. Both hash equally fast; importing the parser takes longer than all the rest of a
# verification. So cffi is hidden from this one import (unless somebody has imported it already).
_HIDDEN = "cffi" not in sys.modules
if _HIDDEN:
    sys.modules["cffi"] = None  # type: ignore[assignment]  # None means "cannot be imported"
try:
    from Crypto.Hash import keccak
finally:
    if _HIDDEN:
        del sys.modules["cffi"]


def keccak256(data: bytes) -> bytes:
    """Hash with keccak-256."""
    return keccak.new(digest_bits=256, data=data).digest()
