"""Proofs as one file that other people's tools read (c2sp.org/tlog-proof).

    c2sp.org/tlog-proof@v1
    extra <base64>            optional, signed by nobody; no line when there is none
    index <decimal>
    <base64 of 32 bytes>      0 to 63 hashes, the leaf's sibling first
    <blank line>
    <the signed checkpoint, as it stands, with every line of it>

The entry is not in the file: a verifier makes it from what it holds, a record's rows for example.
`extra` may help to find that and proves nothing. Parsing is strict: what is accepted prints again
to the same characters. Whether the proof holds is found out in `proof_check.py`.
"""

import re
from dataclasses import dataclass

from liuhen.core.checkpoint import MAX_SIZE, Checkpoint
from liuhen.core.errors import MalformedNote, MalformedProof
from liuhen.core.merkle import HASH_BYTES, MAX_PROOF
from liuhen.core.note import MAX_NOTE_CHARACTERS, SignedNote, decode_base64, encode_base64

HEADER = "c2sp.org/tlog-proof@v1"
MAX_CHARACTERS = MAX_NOTE_CHARACTERS + 100_000
"""The longest file that is read: a note, 63 hashes, and what may stand in `extra`."""

_INDEX = re.compile(r"index (?P<index>0|[1-9][0-9]{0,18})", re.ASCII)
_EXTRA = "extra "


@dataclass(frozen=True, slots=True)
class TlogProof:
    """An entry's place in a log, with the checkpoint that it is proven under.

    Attributes:
        index: Index of the entry, from 0.
        inclusion: Inclusion proof, the leaf's sibling first.
        checkpoint: The signed note.
        extra: At least one byte that nobody signed; None where there is none.
    """

    index: int
    inclusion: tuple[bytes, ...]
    checkpoint: str
    extra: bytes | None = None

    def to_text(self) -> str:
        """Print the file."""
        extra = "" if self.extra is None else f"{_EXTRA}{encode_base64(self.extra)}\n"
        hashes = "".join(f"{encode_base64(digest)}\n" for digest in self.inclusion)
        return f"{HEADER}\n{extra}index {self.index}\n{hashes}\n{self.checkpoint}"

    @staticmethod
    def parse(text: str) -> "TlogProof":
        """Read a file; the exact inverse of `to_text`.

        Raises:
            MalformedProof: Another first line, an index in another spelling (`01`, `+1`, `٣`), a
                hash that is not canonical base64 of 32 bytes, more than 63 of them, an empty
                `extra`, or anything else that does not print again to the same characters.
            MalformedNote: What follows the first blank line is not a signed note.
            MalformedCheckpoint: It is, and not a checkpoint.
        """
        if len(text) > MAX_CHARACTERS:
            raise MalformedProof(f"a proof of more than {MAX_CHARACTERS} characters")
        # The checkpoint has a blank line of its own, so the first one ends the proof.
        top, blank, checkpoint = text.partition("\n\n")
        lines = top.split("\n")
        if not blank or lines.pop(0) != HEADER:
            raise MalformedProof(f"the first line must be {HEADER}, and a blank line must follow")
        extra = _parse_extra(lines.pop(0)) if lines and lines[0].startswith(_EXTRA) else None
        match = _INDEX.fullmatch(lines.pop(0)) if lines else None
        if match is None or int(match["index"]) > MAX_SIZE:
            raise MalformedProof("index: must be a decimal number without sign or leading zero")
        if len(lines) > MAX_PROOF:
            raise MalformedProof(f"inclusion: more than {MAX_PROOF} hashes")
        hashes = tuple(_parse_hash(line) for line in lines)
        Checkpoint.parse(SignedNote.parse(checkpoint).text)
        proof = TlogProof(int(match["index"]), hashes, checkpoint, extra)
        if proof.to_text() != text:
            raise MalformedProof("not in canonical form")
        return proof


def _parse_extra(line: str) -> bytes:
    extra = _decode(line.removeprefix(_EXTRA), "extra")
    if not extra:
        raise MalformedProof("extra: a line that holds nothing must be left out")
    return extra


def _parse_hash(line: str) -> bytes:
    digest = _decode(line, "inclusion")
    if len(digest) != HASH_BYTES:
        raise MalformedProof(f"inclusion: a hash must be {HASH_BYTES} bytes")
    return digest


def _decode(text: str, place: str) -> bytes:
    try:
        return decode_base64(text)
    except MalformedNote as error:
        raise MalformedProof(f"{place}: {error}") from error
