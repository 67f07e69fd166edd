"""Verifier keys as text ("vkeys", c2sp.org/signed-note), what all their types have in common.

    <name>+<key ID, 8 hex>+<base64(type ‖ key)>

The key ID is computed anew from name, type and key, so a text whose parts do not belong together
is refused. It is a hint at the key and no security boundary.
"""

import hashlib
import re
from typing import Protocol, TypeVar

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from liuhen.core.errors import MalformedKey, MalformedNote, SignatureMismatch
from liuhen.core.note import decode_base64, encode_base64, is_key_name

ED25519_BYTES = 32

_FIELD_PRIME = 2**255 - 19
_SMALL_ORDER_Y = frozenset(
    [
        0,
        1,
        _FIELD_PRIME - 1,
        0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826,
        0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7,
    ]
)
_VKEY = re.compile(r"(?P<name>[^+]+)\+(?P<key_id>[0-9a-f]{8})\+(?P<key>[A-Za-z0-9+/]+={0,2})")


class _Printing(Protocol):
    def to_text(self) -> str: ...


_Key = TypeVar("_Key", bound=_Printing)


def key_id_of(name: str, key: bytes) -> bytes:
    """Return the first 4 bytes of SHA-256(name ‖ 0x0A ‖ key).

    Args:
        name: The key's name.
        key: Type byte and key.
    """
    return hashlib.sha256(name.encode() + b"\n" + key).digest()[:4]


def vkey_text(name: str, key: bytes) -> str:
    """Print the vkey of a type byte and key."""
    return f"{name}+{key_id_of(name, key).hex()}+{encode_base64(key)}"


def parse_vkey(text: str) -> tuple[str, bytes]:
    """Read name, and type byte with key; who makes a key of them calls `same_text`.

    Raises:
        MalformedKey: Not of the form above.
    """
    match = _VKEY.fullmatch(text)
    if match is None or any("\ud800" <= c <= "\udfff" for c in match["name"]):
        raise MalformedKey(f"not a verifier key: {text[:80]!r}")
    try:
        return match["name"], decode_base64(match["key"])
    except MalformedNote as error:
        raise MalformedKey(f"not a verifier key: {error}") from error


def same_text(key: _Key, text: str) -> _Key:
    """Return a key that was read from `text`.

    Raises:
        MalformedKey: It does not print as `text`.
    """
    if key.to_text() != text:
        raise MalformedKey("the key ID is not that of the key")
    return key


def check_key_name(name: str) -> None:
    """Check the name of a key.

    Raises:
        MalformedKey: No key can have it.
    """
    if not is_key_name(name):
        raise MalformedKey("a key's name has no space, no plus sign, and is not empty")


def check_ed25519(public: bytes) -> None:
    """Check that an Ed25519 key is one for which all verifiers agree.

    Raises:
        MalformedKey: Not 32 bytes; a y of 2^255 - 19 or more, so that a key would have two
            spellings; or that of a point of small order.
    """
    y = int.from_bytes(public, "little") & (2**255 - 1)
    if len(public) != ED25519_BYTES or y >= _FIELD_PRIME or y in _SMALL_ORDER_Y:
        raise MalformedKey("an Ed25519 key of small order, or not 32 canonical bytes")


def verify_ed25519(name: str, public: bytes, signature: bytes, message: bytes) -> None:
    """Check an Ed25519 signature by the key called `name`.

    Raises:
        SignatureMismatch: It is not this key's over `message`.

    Source: RFC 8032.
    """
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except InvalidSignature as error:
        raise SignatureMismatch(f"the Ed25519 signature of {name} is not valid") from error
