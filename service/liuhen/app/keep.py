"""Keep: hold the files that records name, for whoever submitted them.

A file is no part of the evidence. The record names its digest and length, and only a file that has
them is taken; so a place that keeps files can lose one, and never change one unnoticed. A service
may keep none, and then they stay at home.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final

from liuhen.app.find import Finder
from liuhen.app.rows import record_text
from liuhen.core.attachment import Attachment, attachments_in
from liuhen.core.errors import Unavailable, Unknown
from liuhen.core.strict_json import AS_STORED, parse_json
from liuhen.ports import Blobs, StoredRecord

_MOST_LOOKED_FOR: Final = 100
_STAY_AT_HOME: Final = "this service keeps no files: they stay with whoever submitted the record"


class FileKeeper:
    """Keeps files of all logs of a service. Thread-safe."""

    def __init__(self, blobs: Blobs | None, finders: Callable[[], Sequence[Finder]]) -> None:
        """Join the parts.

        Args:
            blobs: Where files are kept; None: nowhere.
            finders: Returns one finder for each log of the service.
        """
        self._blobs, self._finders = blobs, finders

    def stored(self, record: StoredRecord) -> list[tuple[Attachment, bool | None]]:
        """Return a record's attachments, each with whether its file is kept here.

        None where that is not known: for attachments beyond the first hundred nobody looks, and
        the record must be had also while the place for files does not answer.
        """
        attachments = _attachments(record)
        found: list[bool | None] = []
        for each in attachments[:_MOST_LOOKED_FOR]:
            try:
                size = None if self._blobs is None else self._blobs.size(each.sha256)
            except Unavailable:
                break
            found.append(size == each.size)
        found += [None] * (len(attachments) - len(found))
        return list(zip(attachments, found, strict=True))

    def find(self, record: StoredRecord, position: int) -> Attachment:
        """Return the attachment at a position, where files are kept.

        Raises:
            Unknown: This service keeps none, or the record has none there, or it was erased.
        """
        self._place()
        for attachment in _attachments(record):
            if attachment.position == position:
                return attachment
        raise Unknown(f"the record names no file at position {position}, or it was erased")

    def put(
        self,
        attachment: Attachment,
        pieces: Iterable[bytes],
        record_again: Callable[[], StoredRecord],
    ) -> bool:
        """Keep the file of an attachment.

        Args:
            attachment: The attachment, from `find`.
            pieces: The file's bytes, in order.
            record_again: Reads the record once more, when the file is there.

        Returns:
            Whether it is new.

        Raises:
            FileMismatch: The bytes are another file.
            Unknown: The attachment was erased meanwhile; the file is not kept.
            Unavailable: It could not be stored.
        """
        new = self._place().put(attachment.sha256, attachment.size, pieces)
        record = record_again()
        if attachment.sha256 not in {each.sha256 for each in _attachments(record)}:
            self.release(attachment.sha256, record.record_id)
            raise Unknown("the attachment was erased meanwhile, and its file is not kept")
        return new

    def read(self, attachment: Attachment) -> Iterator[bytes]:
        """Return the file of an attachment in pieces.

        Raises:
            Unknown: It is not kept here.
            Unavailable: We could not look.
        """
        blobs = self._place()
        if blobs.size(attachment.sha256) != attachment.size:  # or cut short: then put it again
            raise Unknown("this file is not kept here: ask whoever submitted the record")
        return blobs.read(attachment.sha256)

    def release(self, sha256: bytes, record_id: str) -> None:
        """Delete a file that a record lets go of, unless another record names it.

        Called before the record's digest is erased, and again when it is: it is harmless.

        Raises:
            Unavailable: It is not known whether it was deleted.
        """
        if self._blobs is None:
            return
        holders = (record for finder in self._finders() for record in finder.lookup(sha256))
        if all(holder.record_id == record_id for holder in holders):
            self._blobs.delete(sha256)

    def _place(self) -> Blobs:
        if self._blobs is None:
            raise Unknown(_STAY_AT_HOME)
        return self._blobs


def _attachments(record: StoredRecord) -> list[Attachment]:
    value = parse_json(record_text(record).encode(), AS_STORED)
    assert isinstance(value, dict)
    return attachments_in(value)
