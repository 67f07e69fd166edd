"""Encrypted keys: Ethereum's V3 keystore, as geth, Clef and web3signer read and write it.

The 32 bytes in it are a key of secp256k1 or an Ed25519 seed. `address` is informative (and for an
Ed25519 seed means nothing), so it is neither needed nor believed.
"""

import json
from pathlib import Path
from typing import Final

from eth_account import Account

from liuhen.adapters.secret_file import read_pass_word, read_secret
from liuhen.core.canonical import JsonValue, canonical_text
from liuhen.core.errors import Unavailable

_VERSION: Final = 3
_KEY_BYTES: Final = 32
_MOST_BYTES: Final = 64 * 2**10


def open_keystore(path: Path, password_file: Path) -> bytes:
    """Return the key in a keystore, 32 bytes. Takes about a second: that is its purpose.

    Args:
        path: The keystore.
        password_file: Its password, less a newline at the end.

    Raises:
        Unavailable: A file is missing or can be read by others, the keystore is malformed, or the
            password is not its own.
    """
    content = read_secret(path, "the keystore")
    password = read_pass_word(password_file, "the password")
    try:
        found = json.loads(content) if len(content) <= _MOST_BYTES else None
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict) or found.get("version") != _VERSION:
        raise Unavailable(f"the keystore {path} is not a V3 keystore (JSON with version 3)")
    try:
        key = bytes(Account.decrypt(found, password))
    except Exception:  # noqa: BLE001 -- whatever a library says of a malformed file; it may quote it
        raise Unavailable(
            f"the keystore {path} cannot be opened: it is malformed, or {password_file} is not its"
            " password"
        ) from None
    if len(key) != _KEY_BYTES:
        raise Unavailable(f"the keystore {path} does not hold a key of 32 bytes")
    return key


def make_keystore(key: bytes, password: str, *, rounds: int | None = None) -> str:
    """Return a keystore for a key: the text of the file.

    Args:
        key: 32 bytes.
        password: What opens it.
        rounds: Cost of scrypt, a power of two; by default that of geth, about a second.
    """
    made: dict[str, JsonValue] = Account.encrypt(key, password, kdf="scrypt", iterations=rounds)
    return canonical_text(made) + "\n"
