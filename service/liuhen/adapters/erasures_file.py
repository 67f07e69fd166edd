"""The journal of erasures as a file: one log, one host, one process.

    audit-erasures/v1 <origin>
    {"basis":…,"erasure_id":…,"fields":[path],"record_id":…} <first 16 hex digits of the line's sum>
    …

The sum is SHA-256(origin ‖ newline ‖ erasure): a bent bit must not name another field to destroy.

It lies beside the signer's register, outside of the database and its backups, and holds no value.
Each erasure is a canonical line, durable before anything is destroyed. A crash can tear only the
last line, whose erasure was then never begun: it is as if it were not there. Any other damage is no
crash's doing; to overlook it would let an erased value come back.

The register's lock keeps a second process away.
"""

import hashlib
import os
import re
from collections.abc import Sequence
from pathlib import Path

from liuhen.adapters.durable import sync_folder, write_all
from liuhen.core.erasure import Erasure
from liuhen.core.errors import HistoryMismatch, Malformed, Unavailable

FORMAT = "audit-erasures/v1"
_SUM_DIGITS = 16
_TORN = re.compile(rb"\0+[^\0]*|[^\0]*\0+")


class ErasuresFile:
    """An `ErasureJournal` in a file."""

    def __init__(self, path: Path, origin: str) -> None:
        """Name the file; it comes into being with the first erasure."""
        self._path, self._origin = path, origin
        self._header = f"{FORMAT} {origin}\n".encode()

    def erasures(self) -> Sequence[Erasure]:
        """Return all erasures, oldest first."""
        return [self._parse(line) for line in self._read()]

    def add(self, erasure: Erasure) -> None:
        """Append a line, durably; what a crash has torn before it is cut off."""
        lines = self._read()
        for each in lines:
            self._parse(each)
        text = erasure.to_text().encode()
        line = text + b" " + self._sum(text) + b"\n"
        kept = len(self._header) + sum(len(each) + 1 for each in lines) if lines else 0
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            file = os.open(self._path, os.O_CREAT | os.O_WRONLY, 0o600)
            try:
                os.ftruncate(file, kept)
                os.lseek(file, kept, os.SEEK_SET)
                write_all(file, line if kept else self._header + line)
                os.fsync(file)
            finally:
                os.close(file)
            sync_folder(self._path.parent)
        except OSError as error:
            raise self._unavailable(error) from error

    def _read(self) -> list[bytes]:
        """Return the lines that were whole once, without their newlines."""
        try:
            content = self._path.read_bytes()
        except FileNotFoundError:
            return []
        except OSError as error:
            raise self._unavailable(error) from error
        header, *lines = content.split(b"\n")
        if not lines and self._header.startswith(header.rstrip(b"\0")):
            return []  # torn while it was made
        if header + b"\n" != self._header:
            raise HistoryMismatch(f"{self._path} is not the journal of erasures of this log")
        lines.pop()  # what follows the last newline: nothing, or a torn line
        if lines and _TORN.fullmatch(lines[-1]):
            lines.pop()
        return lines

    def _sum(self, text: bytes) -> bytes:
        digest = hashlib.sha256(self._origin.encode() + b"\n" + text).hexdigest()
        return digest[:_SUM_DIGITS].encode()

    def _parse(self, line: bytes) -> Erasure:
        text, _, line_sum = line.rpartition(b" ")
        try:
            if line_sum != self._sum(text):
                raise Malformed("its sum is another")
            return Erasure.parse(text)
        except Malformed as error:
            raise HistoryMismatch(
                f"{self._path} has a damaged line, and no crash does that: {error}; restore it,"
                " or erased values may come back with a copy of the database"
            ) from error

    def _unavailable(self, error: OSError) -> Unavailable:
        return Unavailable(f"{self._path} cannot be used: {error.strerror or error}")
