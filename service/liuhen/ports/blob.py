"""Keeping the files that records name."""

from collections.abc import Iterable, Iterator
from typing import Protocol


class Blobs(Protocol):
    """Files by their SHA-256. Trusted for availability and secrecy, NOT for content.

    A file is there whole or not at all: before its length and digest were found right and its
    bytes are durable, nobody sees it. The same file may be put by several at once, here and in
    other processes: all succeed, and one copy remains. Whoever reads a file compares its digest.
    What the caller's own `pieces` raise comes through, and leaves nothing that anybody sees.
    """

    def put(self, sha256: bytes, size: int, pieces: Iterable[bytes]) -> bool:
        """Keep a file.

        A file that is there already is compared as a new one is, and kept as it was.

        Args:
            sha256: Its SHA-256, 32 bytes.
            size: Its length in bytes.
            pieces: Its bytes in order; read to the end, never all in memory.

        Returns:
            Whether it is new.

        Raises:
            FileMismatch: The bytes are not those of this file.
            Unavailable: They could not be stored, or it is not known whether they were.
        """
        ...

    def size(self, sha256: bytes) -> int | None:
        """Return the length of a file in bytes; None where it is not kept here.

        Raises:
            Unavailable: We could not look.
        """
        ...

    def read(self, sha256: bytes) -> Iterator[bytes]:
        """Return the bytes of a file in pieces; the errors come with the first or a later one.

        Raises:
            Unknown: It is not kept here.
            Unavailable: It cannot be read.
        """
        ...

    def delete(self, sha256: bytes) -> None:
        """Forget a file; one that is not there is forgotten already. Durable on return.

        The bytes are given back to the disk or the object store and are not overwritten: copies
        in snapshots, in versions that a bucket keeps, and in backups end when those do.

        Raises:
            Unavailable: It is not known whether it was deleted.
        """
        ...
