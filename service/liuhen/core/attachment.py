"""Attachments: files that a record names by digest, wherever they are kept.

A record holds `attachments: [{name, media_type, bytes, sha256, sm3}]`. The file itself is never
part of the evidence: it may stay at home, or a service may keep it for whoever submitted the
record. Whoever has it compares length and digests, and nothing more is needed.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from liuhen.core.canonical import JsonObject, JsonValue
from liuhen.core.disclosure import Row, Shown
from liuhen.core.errors import FileMismatch


@dataclass(frozen=True, slots=True)
class Attachment:
    """One attachment, as far as it is shown.

    Attributes:
        position: Its place in the record's list, from 0.
        sha256: SHA-256 of the file, 32 bytes.
        size: Length of the file in bytes.
        sm3: SM3 of the file; None where the record has none, or hides it.
        name: What the file is called; None where that is hidden.
        media_type: As named, such as `application/pdf`; None where that is hidden.
    """

    position: int
    sha256: bytes
    size: int
    sm3: bytes | None = None
    name: str | None = None
    media_type: str | None = None

    def check(self, size: int, sha256: bytes, sm3: bytes | None = None) -> None:
        """Check that a file is this attachment.

        Args:
            size: Its length in bytes.
            sha256: Its SHA-256.
            sm3: Its SM3, where it was computed.

        Raises:
            FileMismatch: It is another file; names what differs.
        """
        if size != self.size:
            raise FileMismatch(f"the file has {size} bytes, the record names {self.size}")
        if sha256 != self.sha256:
            raise FileMismatch("the file has another SHA-256 than the record names")
        if sm3 is not None and self.sm3 is not None and sm3 != self.sm3:
            raise FileMismatch("the file has another SM3 than the record names")

    def to_json(self) -> JsonObject:
        """Return the member of a submission's `attachments`."""
        member: JsonObject = {
            "bytes": self.size,
            "media_type": self.media_type,
            "name": self.name,
            "sha256": self.sha256.hex(),
        }
        if self.sm3 is not None:
            member["sm3"] = self.sm3.hex()
        return member


def attachments_of(rows: Iterable[Row]) -> list[Attachment]:
    """Return the attachments of which digest and length are shown, by position.

    Args:
        rows: Rows of a record, checked by `check_rows`.
    """
    members: dict[int, dict[str, JsonValue]] = {}
    for row in rows:
        if not isinstance(row, Shown):
            continue
        match row.path:
            case ("attachments", int(position), str(name)):
                members.setdefault(position, {})[name] = row.value
    found = (_attachment(position, members[position]) for position in sorted(members))
    return [attachment for attachment in found if attachment is not None]


def attachments_in(record: JsonObject) -> list[Attachment]:
    """Return the attachments of a whole record of which digest and length are there.

    Args:
        record: The record, checked by `check_record`, with null where a field was erased.
    """
    members = record.get("attachments")
    found = (
        _attachment(position, member)
        for position, member in enumerate(members if isinstance(members, list) else [])
        if isinstance(member, dict)
    )
    return [attachment for attachment in found if attachment is not None]


def find_attachment(attachments: Sequence[Attachment], sha256: bytes) -> Attachment | None:
    """Return the first attachment with this SHA-256."""
    return next((each for each in attachments if each.sha256 == sha256), None)


def _attachment(position: int, members: JsonObject) -> Attachment | None:
    sha256, size, sm3 = members.get("sha256"), members.get("bytes"), members.get("sm3")
    if not isinstance(sha256, str) or not isinstance(size, int):
        return None
    return Attachment(
        position=position,
        sha256=bytes.fromhex(sha256),
        size=size,
        sm3=bytes.fromhex(sm3) if isinstance(sm3, str) else None,
        name=_text(members.get("name")),
        media_type=_text(members.get("media_type")),
    )


def _text(value: JsonValue) -> str | None:
    return value if isinstance(value, str) else None


class FileWatch:
    """Watches the bytes of a file go by, and says at the end whether it was the right file."""

    def __init__(self, sha256: bytes, size: int) -> None:
        """Begin.

        Args:
            sha256: The SHA-256 it must have.
            size: The length it must have.
        """
        self._wanted, self._size, self._seen = sha256, size, 0
        self._digest = hashlib.sha256()

    def take(self, piece: bytes) -> bytes:
        """Take note of the next bytes, and return them.

        Raises:
            FileMismatch: There are more than there may be.
        """
        self._seen += len(piece)
        if self._seen > self._size:
            raise FileMismatch(f"the file has more than the {self._size} bytes that are named")
        self._digest.update(piece)
        return piece

    def finish(self) -> None:
        """Check that this was all of it.

        Raises:
            FileMismatch: It was too short, or another file.
        """
        Attachment(0, self._wanted, self._size).check(self._seen, self._digest.digest())
