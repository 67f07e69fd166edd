"""Text forms of a log, strictly: notes, checkpoints, verifier keys, tlog-proofs (C2SP).

One regular expression each, and base64 that must be the one spelling of its bytes.
"""

import base64
import hashlib
import re

_B64 = r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{4}|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{2}==)"
_DECIMAL = r"(?:0|[1-9][0-9]{0,18})"
_NAME = r"[^+\s]+"
_LINE = rf"\u2014 {_NAME} ({_B64})\n"
CHECKPOINT = re.compile(rf"(?P<origin>[^\s]+)\n(?P<size>{_DECIMAL})\n(?P<root>{_B64})\n")
VKEY = re.compile(rf"(?P<name>{_NAME})\+(?P<id>[0-9a-f]{{8}})\+(?P<key>{_B64})")
PROOF_TOP = re.compile(
    rf"c2sp\.org/tlog-proof@v1\n(?:extra (?P<extra>{_B64})\n)?index (?P<index>{_DECIMAL})\n"
    rf"(?P<hashes>(?:{_B64}\n){{0,63}})"
)
LARGEST = 2**63 - 1
EMPTY_ROOT = hashlib.sha256(b"").digest()


def decode(text: str) -> bytes | None:
    """Decode base64; None for another spelling of what it would stand for."""
    value = base64.b64decode(text)
    return value if base64.b64encode(value).decode() == text else None


def is_note(text: str) -> bool:
    """A text, a blank line, signature lines: the last blank line parts them."""
    body, blank, tail = text.rpartition("\n\n")
    lines = re.fullmatch(rf"(?:{_LINE})+", tail)
    if not body or not blank or lines is None or any(c < " " and c != "\n" for c in text):
        return False
    blobs = [decode(line) for line in re.findall(_LINE, tail)]
    return all(blob is not None and len(blob) > 4 for blob in blobs)


def is_checkpoint(text: str) -> bool:
    match = CHECKPOINT.fullmatch(text)
    root = None if match is None else decode(match["root"])
    if match is None or root is None or len(root) != 32 or int(match["size"]) > LARGEST:
        return False
    return int(match["size"]) > 0 or root == EMPTY_ROOT


def is_vkey(text: str, types: dict[int, int]) -> bool:
    """Return whether a text is a verifier key; `types` gives each type's length of key."""
    match = VKEY.fullmatch(text)
    key = None if match is None else decode(match["key"])
    if match is None or not key or types.get(key[0]) != len(key) - 1:
        return False
    return match["id"] == key_id(match["name"], key).hex()


def key_id(name: str, key: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + key).digest()[:4]


def is_tlog_proof(text: str) -> bool:
    top, blank, note = text.partition("\n\n")
    match = PROOF_TOP.fullmatch(top + "\n")
    if not blank or match is None or int(match["index"]) > LARGEST or not is_note(note):
        return False
    hashes = [decode(line) for line in match["hashes"].split("\n")[:-1]]
    if any(digest is None or len(digest) != 32 for digest in hashes):
        return False
    extra_is_good = match["extra"] is None or decode(match["extra"])
    return bool(extra_is_good) and is_checkpoint(note.rpartition("\n\n")[0] + "\n")
