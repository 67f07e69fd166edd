"""Looking for a value in every file of a folder, in every form it may have been left in."""

import hashlib
import hmac
from collections.abc import Iterable, Sequence
from pathlib import Path

from liuhen.core.canonical import JsonValue, canonical
from liuhen.core.commitment import value_hash


def forms_of_text(text: str) -> dict[str, bytes]:
    """Return a text as UTF-8, UTF-16, JSON with escapes, and the hex of these."""
    escaped = text.encode("ascii", "backslashreplace")
    plain = {
        "utf-8": text.encode(),
        "utf-16-le": text.encode("utf-16-le"),
        "utf-16-be": text.encode("utf-16-be"),
        "json escapes": escaped,
        "html": text.encode("ascii", "xmlcharrefreplace"),
    }
    return {**plain, **{f"hex of {name}": form.hex().encode() for name, form in plain.items()}}


def forms_of_secret(name: str, secret: bytes) -> dict[str, bytes]:
    """Return raw bytes and their hex, in both cases."""
    return {
        name: secret,
        f"{name}, hex": secret.hex().encode(),
        f"{name}, HEX": secret.hex().upper().encode(),
    }


def digests_of(value: JsonValue, salt: bytes, keys: Sequence[bytes]) -> dict[str, bytes]:
    """Return the digests by which a value could be guessed, plain, keyed and salted.

    The salted `value_hash` is not among them: it is what stays, and says nothing without its salt.
    """
    texts = {"text": canonical(value)}
    if isinstance(value, str):
        texts["string"] = value.encode()
    found: dict[str, bytes] = {}
    for name, text in texts.items():
        found |= forms_of_secret(f"sha-256 of {name}", hashlib.sha256(text).digest())
        found |= forms_of_secret(f"sha-256 of salted {name}", hashlib.sha256(salt + text).digest())
        found |= forms_of_secret(f"md5 of {name}", hashlib.md5(text).digest())
        for key in keys:
            digest = hashlib.sha256(text).digest()
            keyed = hmac.digest(key, digest, "sha256")
            found |= forms_of_secret(f"keyed sha-256 of {name}", keyed)
    assert value_hash(salt, texts["text"]) not in found.values()
    return found


def grep(folders: Iterable[Path], forms: dict[str, bytes], extra: bytes = b"") -> list[str]:
    """Return where a form is found: "file: form"."""
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    contents = {str(path): path.read_bytes() for path in files} | {"the given text": extra}
    return [
        f"{name}: {form}"
        for name, content in contents.items()
        for form, needle in forms.items()
        if needle in content
    ]
