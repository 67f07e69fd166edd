"""Signed notes (c2sp.org/signed-note): text, a blank line, signature lines.

    <text: one or more lines, the last ends in a newline>
    <blank line>
    — <key name> <base64(4-byte key ID ‖ signature)>

The signature is over the text with its final newline. Parsing is strict: what is accepted prints
again to the same characters. Which signatures verify is `head_signature.py`'s business; a line by
an unknown key is kept and skipped there.
"""

import base64
import binascii
import re
from collections.abc import Iterable
from dataclasses import dataclass

from liuhen.core.errors import MalformedNote

MAX_SIGNATURES = 100
MAX_NOTE_CHARACTERS = 1_000_000
KEY_ID_BYTES = 4

_LINE = re.compile("\u2014 (?P<name>[^ +\n]+) (?P<blob>[A-Za-z0-9+/]+={0,2})")


def decode_base64(text: str) -> bytes:
    """Decode standard base64 with padding; any other spelling of the same bytes is refused.

    Raises:
        MalformedNote: Not canonical base64 (RFC 4648 §4).
    """
    try:
        value = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise MalformedNote(f"not base64: {text[:80]!r}") from error
    if base64.b64encode(value).decode() != text:
        raise MalformedNote(f"not canonical base64: {text[:80]!r}")
    return value


def encode_base64(value: bytes) -> str:
    """Encode as standard base64 with padding (RFC 4648 §4)."""
    return base64.b64encode(value).decode()


@dataclass(frozen=True, slots=True)
class NoteSignature:
    """One signature line.

    Attributes:
        name: The key's name: no space, no plus sign.
        key_id: 4 bytes, a hint at the key.
        signature: What the key's type makes of it; at least one byte.
    """

    name: str
    key_id: bytes
    signature: bytes

    def to_text(self) -> str:
        """Print the line with its newline."""
        return f"\u2014 {self.name} {encode_base64(self.key_id + self.signature)}\n"

    @staticmethod
    def parse(line: str) -> "NoteSignature":
        """Read one line without its newline.

        Raises:
            MalformedNote: Not a signature line.
        """
        match = _LINE.fullmatch(line)
        if match is None or not is_key_name(match["name"]):
            raise MalformedNote(f"not a signature line: {line[:80]!r}")
        blob = decode_base64(match["blob"])
        if len(blob) <= KEY_ID_BYTES:
            raise MalformedNote("a signature line without a signature")
        return NoteSignature(match["name"], blob[:KEY_ID_BYTES], blob[KEY_ID_BYTES:])


@dataclass(frozen=True, slots=True)
class SignedNote:
    """A text and its signature lines.

    Attributes:
        text: The signed text, ending in a newline.
        signatures: One or more lines, in their order.
    """

    text: str
    signatures: tuple[NoteSignature, ...]

    def to_text(self) -> str:
        """Print the whole note."""
        return f"{self.text}\n{''.join(line.to_text() for line in self.signatures)}"

    def with_lines(self, lines: Iterable[NoteSignature]) -> "SignedNote":
        """Return the note with further lines: of each key that has none yet, the last."""
        there = {(line.name, line.key_id) for line in self.signatures}
        fresh = {(line.name, line.key_id): line for line in lines}
        added = [line for key, line in fresh.items() if key not in there]
        return SignedNote(self.text, (*self.signatures, *added))

    @staticmethod
    def parse(note: str) -> "SignedNote":
        """Read a note; the exact inverse of `to_text`.

        Raises:
            MalformedNote: No blank line, no signature, a control character, a missing or doubled
                last newline, or a line that is not in its one spelling.
        """
        if len(note) > MAX_NOTE_CHARACTERS:
            raise MalformedNote(f"a note of more than {MAX_NOTE_CHARACTERS} characters")
        text, blank, tail = note.rpartition("\n\n")
        if not blank or not text or not tail.endswith("\n"):
            raise MalformedNote("no blank line between text and signatures, or no last newline")
        lines = tail[:-1].split("\n")
        if len(lines) > MAX_SIGNATURES:
            raise MalformedNote(f"more than {MAX_SIGNATURES} signature lines")
        parsed = SignedNote(text + "\n", tuple(NoteSignature.parse(line) for line in lines))
        if parsed.to_text() != note or any(c < " " and c != "\n" for c in note):
            raise MalformedNote("not in canonical form")
        return parsed


def is_key_name(name: str) -> bool:
    """Return whether `name` may name a key: not empty, no Unicode space, no plus sign."""
    return bool(name) and "+" not in name and not any(c.isspace() for c in name)
