"""A folder of keys in which each role's key lies in another way."""

from pathlib import Path

from liuhen.adapters.keys_file import create_missing_keys, load_key
from liuhen.adapters.signing.keystore_file import make_keystore
from tests.fakes.signing_service import SigningService
from tests.fakes.soft_token import LABEL, MODULE, PIN, SoftToken

PASSWORD = "pass-word-80321"


def put_plain(folder: Path, role: str) -> bytes:
    """Draw a key into a plain file; return it."""
    create_missing_keys(folder, [f"{role}.key"])
    return load_key(folder / f"{role}.key")


def put_keystore(folder: Path, role: str) -> bytes:
    """Draw a key and encrypt it, cheaply; return it."""
    key = put_plain(folder, role)
    (folder / f"{role}.key").unlink()
    put(folder / f"{role}.keystore.json", make_keystore(key, PASSWORD, rounds=2))
    put(folder / f"{role}.password", PASSWORD + "\n")
    return key


def put_remote(folder: Path, role: str, service: SigningService, more: str = "") -> None:
    """Name a signing service."""
    text = f'kind = "remote"\nurl = "{service.url}"\naddress = "0x{service.address.hex()}"\n'
    put(folder / f"{role}.toml", text + more)


def put_token(folder: Path, role: str, token: SoftToken, more: str = "") -> None:
    """Draw a key in a token, and name it."""
    token.make_key(role, edwards=role == "log")
    put(folder / f"{role}.pin", PIN + "\n")
    text = f'kind = "pkcs11"\nmodule = "{MODULE}"\ntoken = "{LABEL}"\nlabel = "{role}"\n'
    put(folder / f"{role}.toml", text + f'pin_file = "{role}.pin"\n' + more)


def put(path: Path, text: str) -> None:
    """Write a file that only its owner can read."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o600)
