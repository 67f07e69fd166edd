"""Keys in files of their own, readable by their owner only.

    log.key         Ed25519 seed: signs the text of heads
    log.next.key    the one that is to take its place, while a rotation is under way
    log.retired.key the one before, until the first head by `log.key` is signed
    head.key        secp256k1: signs the EIP-712 form of heads
    publisher.key   secp256k1: pays for anchors
    lookup.key      32 random bytes: keys the digests in the database (evidence §2)
    operator.key    32 random bytes: whoever has it may have fields erased over HTTP
    owner.key       secp256k1: owns the log in the contract; not needed while serving, so it
                    lies elsewhere but on a development machine

Each holds 64 hex digits and a newline. Losing `lookup.key` loses lookup and idempotency, nothing
else; whoever gets `log.key` and `head.key` can fork the log.
"""

import os
import re
import secrets
import tempfile
from collections.abc import Sequence
from pathlib import Path

from coincurve import PrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from liuhen.adapters.durable import sync_folder
from liuhen.core.errors import Unavailable
from liuhen.core.head_signature import LogKey, address_of

LOG_KEY = "log.key"
NEXT_LOG_KEY = "log.next.key"
RETIRED_LOG_KEY = "log.retired.key"
HEAD_KEY = "head.key"
PUBLISHER_KEY = "publisher.key"
LOOKUP_KEY = "lookup.key"
OWNER_KEY = "owner.key"
OPERATOR_KEY = "operator.key"
ALL_KEYS = (LOG_KEY, HEAD_KEY, PUBLISHER_KEY, LOOKUP_KEY)

_CURVE_ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
_HEX = re.compile(rb"[0-9a-f]{64}\n?")


class FileSigner:
    """A `HeadSigner` with both keys in memory."""

    def __init__(self, origin: str, log_seed: bytes, head_secret: bytes) -> None:
        """Sign heads of one log.

        Args:
            origin: The log's name, which is also the name of its key.
            log_seed: Ed25519 seed, 32 bytes.
            head_secret: secp256k1 private key, 32 bytes.
        """
        self._ed25519 = Ed25519PrivateKey.from_private_bytes(log_seed)
        self._secp256k1 = PrivateKey(head_secret)
        self.log_key = LogKey(origin, self._ed25519.public_key().public_bytes_raw())
        self.address = address_of(self._secp256k1.public_key)

    def sign_text(self, text: bytes) -> bytes:
        """Sign a checkpoint's text; 64 bytes."""
        return self._ed25519.sign(text)

    def sign_digest(self, digest: bytes) -> bytes:
        """Sign 32 bytes; r ‖ s ‖ v. The library makes s low and the nonce by RFC 6979."""
        signature = self._secp256k1.sign_recoverable(digest, hasher=None)
        return signature[:64] + bytes([signature[64] + 27])


def load_signer(folder: Path, origin: str) -> FileSigner:
    """Load the keys that sign heads.

    Raises:
        Unavailable: A key is missing, malformed, or readable by others.
    """
    return FileSigner(origin, load_key(folder / LOG_KEY), load_key(folder / HEAD_KEY))


def load_retired_signer(folder: Path, origin: str) -> FileSigner | None:
    """Load the log's key before the newest, if it is still there; its other key is the present one.

    Raises:
        Unavailable: It is malformed, or readable by others.
    """
    place = folder / RETIRED_LOG_KEY
    if not place.exists():
        return None
    return FileSigner(origin, load_key(place), load_key(folder / HEAD_KEY))


def put_next_key_in_place(folder: Path) -> None:
    """Make `log.next.key` the log's key, and keep the present one as `log.retired.key`.

    A crash leaves the present key in place, or the next one; the retired one is there either way.

    Raises:
        Unavailable: The folder cannot be used.
    """
    present, following = folder / LOG_KEY, folder / NEXT_LOG_KEY
    retired = folder / RETIRED_LOG_KEY
    try:
        retired.unlink(missing_ok=True)  # a link of the present key, from an attempt before
        retired.hardlink_to(present)
        sync_folder(folder)
        following.replace(present)
        sync_folder(folder)
    except OSError as error:
        raise Unavailable(f"keys cannot be kept in {folder}: {error.strerror}") from error


def destroy_retired_key(folder: Path) -> None:
    """Remove `log.retired.key`: the first head by the newest key is signed.

    Raises:
        Unavailable: The folder cannot be used.
    """
    place = folder / RETIRED_LOG_KEY
    try:
        if place.exists():
            place.unlink()
            sync_folder(folder)
    except OSError as error:
        raise Unavailable(f"{place} cannot be removed: {error.strerror}") from error


def load_key(path: Path) -> bytes:
    """Load one key, 32 bytes.

    Raises:
        Unavailable: It is missing, malformed, or readable by others.
    """
    try:
        mode, text = path.stat().st_mode, path.read_bytes()
    except OSError as error:
        raise Unavailable(f"the key {path} cannot be read: {error.strerror}") from error
    if mode & 0o077:
        raise Unavailable(f"the key {path} can be read by others: chmod 600 {path}")
    if _HEX.fullmatch(text) is None:
        raise Unavailable(f"the key {path} is not 64 lower-case hex digits")
    return bytes.fromhex(text.decode())


def create_missing_keys(folder: Path, names: Sequence[str] = ALL_KEYS) -> list[str]:
    """Draw those of the keys that are not there yet, durably; return their names.

    A key that is there, or that another process makes meanwhile, is never overwritten.

    Raises:
        Unavailable: The folder cannot be used.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        missing = [name for name in names if not (folder / name).exists()]
        return [name for name in missing if _write_key(folder / name, _draw())]
    except OSError as error:
        raise Unavailable(f"keys cannot be kept in {folder}: {error.strerror}") from error


def _draw() -> bytes:
    """Draw 32 random bytes that are also a private key of secp256k1."""
    while True:
        key = secrets.token_bytes(32)
        if 0 < int.from_bytes(key) < _CURVE_ORDER:
            return key


def _write_key(path: Path, key: bytes) -> bool:
    """Write a key under a passing name, then link it to its own, which fails if that is taken.

    So a crash leaves a whole key or none, and of two processes one makes the key.

    Returns:
        Whether this key is the one that is there now.
    """
    file, passing = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)  # mode 0600
    try:
        with os.fdopen(file, "wb") as stream:
            stream.write(key.hex().encode() + b"\n")
            stream.flush()
            os.fsync(stream.fileno())
        try:
            path.hardlink_to(passing)
        except FileExistsError:
            return False
    finally:
        Path(passing).unlink()
    sync_folder(path.parent)
    return True
