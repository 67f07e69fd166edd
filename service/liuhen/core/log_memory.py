"""What a monitor remembers of a log: the signed heads it has seen, `audit-log-memory/v1`.

    {"heads": [{"note", "seen_at"}], "origin", "schema"}

JSON, canonical. Heads stand in the order in which they were seen, each with the time by the
monitor's own clock; a head whose size and root are those of the one before is not kept twice. This
memory is what a log cannot fork against: lose it, and the next look is a first look again.
"""

import re
from dataclasses import dataclass
from typing import Final

from liuhen.core.canonical import JsonValue, canonical_text
from liuhen.core.checkpoint import Checkpoint
from liuhen.core.errors import Malformed
from liuhen.core.merkle import TreeHead
from liuhen.core.note import SignedNote
from liuhen.core.strict_json import Limits, parse_json

SCHEMA: Final = "audit-log-memory/v1"
MOST_HEADS: Final = 1000
"""Heads kept. The oldest go: the newest was proven to extend them all."""

_TIME: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z", re.ASCII)

MOST_BYTES: Final = 128 * 2**20
"""Longest memory: so many notes with many cosignatures of 3 kB each."""


@dataclass(frozen=True, slots=True)
class SeenHead:
    """A signed head, and when it was seen.

    Attributes:
        note: The signed checkpoint, as it came.
        seen_at: RFC 3339 in UTC, by the monitor's clock.
    """

    note: str
    seen_at: str

    @property
    def head(self) -> TreeHead:
        """Size and root hash.

        Raises:
            MalformedNote: Not a signed note.
            MalformedCheckpoint: Not a checkpoint.
        """
        return Checkpoint.parse(SignedNote.parse(self.note).text).head


@dataclass(frozen=True, slots=True)
class LogMemory:
    """The heads seen of one log.

    Attributes:
        origin: The log's name.
        heads: The heads, the newest last.
    """

    origin: str
    heads: tuple[SeenHead, ...] = ()

    def with_head(self, seen: SeenHead) -> "LogMemory":
        """Return a memory with one more head, unless it is the newest already."""
        if self.heads and self.heads[-1].head == seen.head:
            return self
        return LogMemory(self.origin, (*self.heads, seen)[-MOST_HEADS:])

    def to_text(self) -> str:
        """Print the file, canonical, with a final newline."""
        heads: list[JsonValue] = [{"note": h.note, "seen_at": h.seen_at} for h in self.heads]
        return canonical_text({"schema": SCHEMA, "origin": self.origin, "heads": heads}) + "\n"

    @staticmethod
    def parse(body: bytes, origin: str) -> "LogMemory":
        """Read the memory of a log; the exact inverse of `to_text`.

        Raises:
            Malformed: Not a memory, or of another log.
        """
        value = parse_json(body, Limits(body_bytes=MOST_BYTES))
        if not isinstance(value, dict) or value.get("schema") != SCHEMA:
            raise Malformed(f"not a memory of heads, {SCHEMA}")
        heads = value.get("heads")
        if not isinstance(heads, list):
            raise Malformed("heads: must be an array")
        memory = LogMemory(origin, tuple(_seen_head(item) for item in heads))
        if memory.to_text().encode() != body:
            raise Malformed(f"not the canonical memory of {origin}")
        for seen in memory.heads:
            if Checkpoint.parse(SignedNote.parse(seen.note).text).origin != origin:
                raise Malformed(f"a head of another log than {origin}")
        return memory


def _seen_head(value: JsonValue) -> SeenHead:
    if isinstance(value, dict):
        note, seen_at = value.get("note"), value.get("seen_at")
        if isinstance(note, str) and isinstance(seen_at, str) and _TIME.fullmatch(seen_at):
            return SeenHead(note, seen_at)
    raise Malformed("heads: each must have note, and seen_at in UTC to the second")
