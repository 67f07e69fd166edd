"""Checkpoints (c2sp.org/tlog-checkpoint): a tree head as text, the body of a signed note.

    <origin>
    <tree size, decimal>
    <root hash, base64>

Extension lines are refused: cosignatures of type 0x06 do not cover them and no monitor can audit
them. The anchor is not here either; it is in the contract.
"""

import re
from dataclasses import dataclass

from liuhen.core.errors import MalformedCheckpoint, MalformedNote
from liuhen.core.merkle import EMPTY_ROOT, HASH_BYTES, TreeHead
from liuhen.core.note import decode_base64, encode_base64

MAX_SIZE = 2**63 - 1
MAX_ORIGIN_BYTES = 200

_DECIMAL = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)
_ORIGIN = re.compile(r"[a-z0-9][a-z0-9.:_-]*/logs/[a-z0-9][a-z0-9._-]*", re.ASCII)


def is_origin(text: str) -> bool:
    """Return whether `text` is `<host>/logs/<name>` in lower-case ASCII, at most 200 bytes."""
    return len(text) <= MAX_ORIGIN_BYTES and _ORIGIN.fullmatch(text) is not None


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The head of one log.

    Attributes:
        origin: The log's unique name.
        size: Number of entries, 0 to 2^63 - 1.
        root: Root hash, 32 bytes; that of the empty tree at size 0.
    """

    origin: str
    size: int
    root: bytes

    @property
    def head(self) -> TreeHead:
        """Size and root without the name."""
        return TreeHead(self.size, self.root)

    def to_text(self) -> str:
        """Print the three lines, each with its newline."""
        return f"{self.origin}\n{self.size}\n{encode_base64(self.root)}\n"

    @staticmethod
    def parse(text: str) -> "Checkpoint":
        """Read the text of a note; the exact inverse of `to_text`.

        Raises:
            MalformedCheckpoint: Not three lines, a size in another spelling (`01`, `1_000`, `٣`),
                a root that is not 32 bytes, or size 0 with another root than the empty one.
        """
        lines = text.split("\n")
        if len(lines) != 4 or lines[3]:  # three lines, each ended
            raise MalformedCheckpoint("a checkpoint has exactly three lines")
        origin, size_text, root_text = lines[:3]
        if _DECIMAL.fullmatch(size_text) is None or int(size_text) > MAX_SIZE:
            raise MalformedCheckpoint(f"not a tree size: {size_text[:40]!r}")
        try:
            root = decode_base64(root_text)
        except MalformedNote as error:
            raise MalformedCheckpoint(f"the root hash is {error}") from error
        checkpoint = Checkpoint(origin, int(size_text), root)
        _check(checkpoint)
        if checkpoint.to_text() != text:
            raise MalformedCheckpoint("not in canonical form")
        return checkpoint


def _check(checkpoint: Checkpoint) -> None:
    if not checkpoint.origin or any(c.isspace() for c in checkpoint.origin):
        raise MalformedCheckpoint("the origin is empty or holds a space")
    if len(checkpoint.root) != HASH_BYTES:
        raise MalformedCheckpoint("the root hash is not 32 bytes")
    if checkpoint.size == 0 and checkpoint.root != EMPTY_ROOT:
        raise MalformedCheckpoint("an empty tree with the root hash of another")
