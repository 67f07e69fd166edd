"""Keys in files of their own, readable by their owner only.

    log.key         Ed25519 seed: signs the text of heads
    log.next.key    the one that is to take its place, while a rotation is under way
    log.retired.key the one before, until the first head by `log.key` is signed
    head.key        secp256k1: signs the EIP-712 form of heads; also head.next.*, head.retired.*
    publisher.key   secp256k1: pays for anchors; also publisher.next.*, and publisher.retired-*.*,
                    which are kept, for there may be money on them
    lookup.key      32 random bytes: keys the digests in the database (evidence §2)
    operator.key    32 random bytes: whoever has it may have fields erased over HTTP
    owner.key       secp256k1: owns the log in the contract; not needed while serving, so it
                    lies elsewhere but on a development machine

The keys of log, head and publisher may have another form: `head.keystore.json` with `head.password`
is the key encrypted, `head.toml` says who else has it (wiring/signers.py).

Each holds 64 hex digits and a newline. Losing `lookup.key` loses lookup and idempotency, nothing
else; whoever gets `log.key` and `head.key` can fork the log.
"""

import re
import secrets
from collections.abc import Sequence
from pathlib import Path

from liuhen.adapters.durable import sync_folder
from liuhen.adapters.secret_file import read_secret, write_secret
from liuhen.adapters.signing.secp256k1 import CURVE_ORDER
from liuhen.core.errors import Unavailable

LOG_KEY = "log.key"
NEXT_LOG_KEY = "log.next.key"
RETIRED_LOG_KEY = "log.retired.key"
HEAD_KEY = "head.key"
PUBLISHER_KEY = "publisher.key"
LOOKUP_KEY = "lookup.key"
OWNER_KEY = "owner.key"
OPERATOR_KEY = "operator.key"
PLAIN, KEYSTORE, PLACE = FORMS = (".key", ".keystore.json", ".toml")
PASSWORD = ".password"  # noqa: S105 -- the end of a file's name
ALL_KEYS = (LOG_KEY, HEAD_KEY, PUBLISHER_KEY, LOOKUP_KEY)

_HEX = re.compile(rb"[0-9a-f]{64}\n?")


def forms_of(folder: Path, role: str) -> list[Path]:
    """Return the files in a folder that say where a role's key is; there should be one.

    Args:
        folder: The log's folder of keys.
        role: log, log.retired, head or publisher.
    """
    return [folder / (role + form) for form in FORMS if (folder / (role + form)).exists()]


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


def replace_role(folder: Path, role: str, following: str, retired: str) -> None:
    """Give a role the files of another one, in whatever form, and keep its present ones.

    A crash between two renames leaves no file of the role, or a password without its keystore; it
    is run again as long as there is a form of `following`.

    Args:
        folder: The log's folder of keys.
        role: head or publisher.
        following: Role whose files take its place.
        retired: Role whose name the present files get.

    Raises:
        Unavailable: The folder cannot be used.
    """
    try:
        for present in forms_of(folder, role):  # none if a run before has come further
            _rename(folder / (role + PASSWORD), folder / (retired + PASSWORD))
            _rename(present, folder / (retired + present.name.removeprefix(role)))
        for fresh in forms_of(folder, following):
            _rename(folder / (following + PASSWORD), folder / (role + PASSWORD))
            _rename(fresh, folder / (role + fresh.name.removeprefix(following)))
    except OSError as error:
        raise Unavailable(f"keys cannot be kept in {folder}: {error.strerror}") from error


def _rename(old: Path, new: Path) -> None:
    if old.exists():
        old.replace(new)
        sync_folder(new.parent)


def destroy_retired_key(folder: Path, role: str = "log.retired") -> None:
    """Remove the files of a retired key: the first head by the newest key is signed.

    Raises:
        Unavailable: The folder cannot be used.
    """
    for place in (*forms_of(folder, role), folder / (role + PASSWORD)):
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
    text = read_secret(path, "the key")
    if _HEX.fullmatch(text) is None:
        raise Unavailable(f"the key {path} is not 64 lower-case hex digits")
    return bytes.fromhex(text.decode())


def create_missing_keys(folder: Path, names: Sequence[str] = ALL_KEYS) -> list[str]:
    """Draw those of the keys that are not there yet, durably; return their names.

    A key that is there, in whatever form, or that another process makes meanwhile, is never
    overwritten; one whose successor is there is about to be replaced by it, and is not drawn.

    Raises:
        Unavailable: The folder cannot be used.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        roles = [(name, name.removesuffix(PLAIN)) for name in names]
        missing = [
            name
            for name, role in roles
            if not forms_of(folder, role) and not forms_of(folder, f"{role}.next")
        ]
        return [name for name in missing if write_secret(folder / name, _draw().hex() + "\n")]
    except OSError as error:
        raise Unavailable(f"keys cannot be kept in {folder}: {error.strerror}") from error


def _draw() -> bytes:
    """Draw 32 random bytes that are also a private key of secp256k1."""
    while True:
        key = secrets.token_bytes(32)
        if 0 < int.from_bytes(key) < CURVE_ORDER:
            return key
