"""What a log sends to a witness and what it answers (c2sp.org/tlog-witness, `add-checkpoint`).

    old <size that the witness cosigned last, or 0>
    <base64 hash>            consistency proof from there, 0 to 63 lines
    <blank line>
    <checkpoint, verbatim>

A witness answers with signature lines; or, where it cosigned another size than `old`, with that
size alone on a line.
"""

import re
from dataclasses import dataclass

from liuhen.core.checkpoint import MAX_SIZE, Checkpoint
from liuhen.core.errors import MalformedNote
from liuhen.core.merkle import HASH_BYTES, MAX_PROOF
from liuhen.core.note import (
    MAX_NOTE_CHARACTERS,
    MAX_SIGNATURES,
    NoteSignature,
    SignedNote,
    decode_base64,
    encode_base64,
)

_DECIMAL = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)


@dataclass(frozen=True, slots=True)
class AddCheckpoint:
    """One request.

    Attributes:
        old_size: The size that the witness is believed to have cosigned last; 0 before the first.
        consistency: Proof from there to the checkpoint; empty from 0 and for the same size.
        note: The signed checkpoint.
    """

    old_size: int
    consistency: tuple[bytes, ...]
    note: str

    def to_text(self) -> str:
        """Print the body of the request."""
        hashes = "".join(f"{encode_base64(digest)}\n" for digest in self.consistency)
        return f"old {self.old_size}\n{hashes}\n{self.note}"

    @staticmethod
    def parse(text: str) -> "AddCheckpoint":
        """Read a body; the exact inverse of `to_text`.

        Raises:
            MalformedNote: Not a request: first line, proof, blank line or note are not as above.
            MalformedCheckpoint: The note's text is not a checkpoint.
        """
        if len(text) > MAX_NOTE_CHARACTERS:
            raise MalformedNote(f"a request of more than {MAX_NOTE_CHARACTERS} characters")
        above, _, note = text.partition("\n\n")
        first, *hashes = above.split("\n")
        if not first.startswith("old "):
            raise MalformedNote("a request to a witness begins with its old size")
        if len(hashes) > MAX_PROOF:
            raise MalformedNote(f"a consistency proof of more than {MAX_PROOF} hashes")
        consistency = tuple(decode_base64(line) for line in hashes)
        if any(len(digest) != HASH_BYTES for digest in consistency):
            raise MalformedNote("a consistency proof with a hash that is not 32 bytes")
        Checkpoint.parse(SignedNote.parse(note).text)
        return AddCheckpoint(_parse_decimal(first[len("old ") :]), consistency, note)


def parse_cosignatures(body: bytes) -> tuple[NoteSignature, ...]:
    """Read the answer of a witness that accepted: one or more signature lines.

    Raises:
        MalformedNote: Anything else.
    """
    text = _utf8(body)
    lines = text.split("\n")
    if lines.pop() or not lines or len(lines) > MAX_SIGNATURES:
        raise MalformedNote(f"not 1 to {MAX_SIGNATURES} lines, each with its newline")
    return tuple(NoteSignature.parse(line) for line in lines)


def parse_size(body: bytes) -> int:
    """Read the answer of a witness that cosigned another size: that size and a newline.

    Raises:
        MalformedNote: Anything else.
    """
    text = _utf8(body)
    if not text.endswith("\n"):
        raise MalformedNote("a size without its newline")
    return _parse_decimal(text[:-1])


def _parse_decimal(text: str) -> int:
    if _DECIMAL.fullmatch(text) is None or int(text) > MAX_SIZE:
        raise MalformedNote(f"not a tree size: {text[:40]!r}")
    return int(text)


def _utf8(body: bytes) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise MalformedNote("not UTF-8") from error
