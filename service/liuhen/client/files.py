"""Files that records name: describe them, have the service keep them, get them back.

Which file is which is decided by digest alone. What comes back is compared as it is written: a
service can lose a file, and cannot give out another one.
"""

import hashlib
import mimetypes
from collections.abc import Callable
from typing import BinaryIO, Final, NamedTuple
from urllib.parse import quote

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes

from liuhen.client.exchange import Exchange, Progress, no_progress
from liuhen.core.attachment import Attachment, FileWatch
from liuhen.core.errors import FileMismatch

_PIECE_BYTES: Final = 2**20
_ANY_BYTES: Final = "application/octet-stream"
_MEDIA_TYPES: Final = mimetypes.MimeTypes()
"""Python's own table: what a record says must not depend on the machine that it was made on."""


class Digests(NamedTuple):
    """What is to be known of a file.

    Attributes:
        size: Its length in bytes.
        sha256: Its SHA-256.
        sm3: Its SM3; None where the cryptographic library has none.
    """

    size: int
    sha256: bytes
    sm3: bytes | None


def digest_stream(stream: BinaryIO, progress: Progress = no_progress) -> Digests:
    """Hash a file of any length, a piece at a time.

    Args:
        stream: The file, open for reading.
        progress: Told how many more bytes were read.
    """
    size, sha256, sm3 = 0, hashlib.sha256(), _new_sm3()
    while piece := stream.read(_PIECE_BYTES):
        size += len(piece)
        sha256.update(piece)
        if sm3 is not None:
            sm3.update(piece)
        progress(len(piece))
    return Digests(size, sha256.digest(), None if sm3 is None else sm3.finalize())


def describe_file(
    stream: BinaryIO,
    name: str,
    media_type: str | None = None,
    progress: Progress = no_progress,
) -> Attachment:
    """Describe a file, for the `attachments` of a submission (`to_json`).

    Args:
        stream: The file, open for reading.
        name: What it is called in the record.
        media_type: Such as `application/pdf`; None guesses by the name.
        progress: Told how many more bytes were read.
    """
    found = digest_stream(stream, progress)
    kind = media_type or _MEDIA_TYPES.guess_type(name)[0] or _ANY_BYTES
    return Attachment(0, found.sha256, found.size, found.sm3, name, kind)


class Files:
    """The files that a service keeps."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    def put(
        self,
        record_id: str,
        attachment: Attachment,
        file: BinaryIO,
        progress: Progress = no_progress,
    ) -> bool:
        """Have the service keep a file that a record names; again is harmless.

        Args:
            record_id: The record.
            attachment: Which of its attachments, from its receipt.
            file: The file, open for reading; it must be able to go back to its beginning.
            progress: Told how many more bytes were sent.

        Returns:
            Whether the service had none before.

        Raises:
            FileMismatch: It is another file.
            Unknown: The service has no such record, or keeps no files.
        """
        place = _place(record_id, attachment)
        answer = self._exchange.put_file(place, file, attachment.size, progress)
        return answer.status_code == 201

    def get(
        self,
        record_id: str,
        attachment: Attachment,
        write: Callable[[bytes], object],
        progress: Progress = no_progress,
    ) -> None:
        """Fetch a file that a record names, and compare it while it comes.

        Args:
            record_id: The record.
            attachment: Which of its attachments, from its receipt.
            write: Takes the bytes; they are right only once this returns.
            progress: Told how many more bytes came.

        Raises:
            FileMismatch: The service sends another file.
            Unknown: The service has no such record, or does not keep this file.
        """
        watch, sm3 = FileWatch(attachment.sha256, attachment.size), _new_sm3()
        with self._exchange.get_pieces(_place(record_id, attachment)) as pieces:
            for piece in pieces:
                write(watch.take(piece))
                if sm3 is not None:
                    sm3.update(piece)
                progress(len(piece))
        watch.finish()
        if sm3 is not None and attachment.sm3 not in (None, sm3.finalize()):
            raise FileMismatch("the file has another SM3 than the record names")


def _place(record_id: str, attachment: Attachment) -> str:
    return f"/v1/records/{quote(record_id, safe='')}/attachments/{attachment.position}"


def _new_sm3() -> hashes.Hash | None:
    try:
        return hashes.Hash(hashes.SM3())
    except UnsupportedAlgorithm:
        return None
