"""The signer's register as a file (evidence §7): one log, one host, one process.

    audit-register/v1 <origin>
    <size> <root hash, hex> <first 16 hex digits of SHA-256(origin ‖ newline ‖ size ‖ space ‖ root)>
    …

Each advance appends a line and makes it durable with one fdatasync; a new file through rename
would cost three. A crash can tear only the last line, which was then never acknowledged, so a
torn last line is as if it were not there. It is torn if it has no newline at its end, or begins or
ends in zero bytes, with which some file systems fill what did not get to the disk. Any other
damage is no crash's doing: to overlook it would roll the register back. When the file is opened,
and when it has grown long, it is rewritten with its last head alone.

Beside it lies `<file>.lock`, held while the register is open: two processes cannot both sign.
"""

import fcntl
import hashlib
import os
import re
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from liuhen.adapters.durable import sync_folder, write_all
from liuhen.core.errors import HistoryMismatch, Unavailable
from liuhen.core.merkle import EMPTY_ROOT, TreeHead, verify_consistency

FORMAT = "audit-register/v1"
LONG_FILE_BYTES = 2**20
_WHAT_TO_DO = "restore it, or open a successor log"
_TORN = re.compile(r"\0+[^\0]*|[^\0]+\0+")
_LINE = re.compile(r"(?P<size>0|[1-9][0-9]{0,18}) (?P<root>[0-9a-f]{64}) (?P<sum>[0-9a-f]{16})")


class RegisterFile:
    """A `HeadRegister` in a file."""

    def __init__(self, path: Path, origin: str) -> None:
        """Take hold of the register; the file comes into being with the first head.

        Raises:
            Unavailable: Another process holds it, or the folder cannot be used.
            HistoryMismatch: The file is of another log, or damaged.
        """
        self._path, self._origin = path, origin
        self._file = -1
        self._last: TreeHead | None = None
        self._lock = _take_lock(path)
        try:
            self.newest()
        except BaseException:
            self.close()
            raise

    def newest(self) -> TreeHead | None:
        """Return the last head; after a failed advance, what the file really holds."""
        if self._file < 0:
            try:
                self._last = read_register(self._path, self._origin)
                if self._last is not None:
                    self._rewrite(self._last)
            except OSError as error:
                raise self._unavailable(error) from error
        return self._last

    def advance(self, new: TreeHead, consistency: Sequence[bytes]) -> None:
        """Move on to a head that the last one leads to."""
        if self._file < 0 and self._last is not None:
            raise Unavailable(f"the register {self._path} must be read again before it is used")
        if new == self._last and not consistency:
            return
        _check_advance(self._last, new, consistency)
        try:
            if self._file < 0 or os.fstat(self._file).st_size > LONG_FILE_BYTES:
                self._rewrite(new)
            else:
                self._append(new)
        except OSError as error:
            self._forget()
            raise self._unavailable(error) from error
        self._last = new

    def close(self) -> None:
        """Let go of the register."""
        self._forget()
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1

    def _append(self, head: TreeHead) -> None:
        write_all(self._file, _line(self._origin, head))
        os.fdatasync(self._file)

    def _rewrite(self, head: TreeHead) -> None:
        """Replace the file by one with this head alone, durably."""
        self._forget()
        fresh = self._path.with_name(self._path.name + ".new")
        file = os.open(fresh, os.O_CREAT | os.O_TRUNC | os.O_WRONLY | os.O_APPEND, 0o600)
        try:
            write_all(file, f"{FORMAT} {self._origin}\n".encode() + _line(self._origin, head))
            os.fsync(file)
            fresh.replace(self._path)
            sync_folder(self._path.parent)
        except BaseException:
            os.close(file)
            raise
        self._file = file

    def _forget(self) -> None:
        """Close the file: what it holds must be read before it is believed again."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def _unavailable(self, error: OSError) -> Unavailable:
        return Unavailable(f"the register {self._path} cannot be used: {error.strerror or error}")


def read_register(path: Path, origin: str) -> TreeHead | None:
    """Return the last head in a register file, without taking hold of it; None if there is none.

    Safe beside the process that holds it: a line that is being written is a torn one.

    Raises:
        HistoryMismatch: The file is of another log, or damaged.
        OSError: It cannot be read.
    """
    try:
        text = path.read_bytes().decode("utf-8", "replace")
    except FileNotFoundError:
        return None
    header, *lines = text.split("\n")
    if header != f"{FORMAT} {origin}":
        raise HistoryMismatch(f"{path} is not the register of {origin}")
    if lines:
        lines.pop()  # what follows the last newline: nothing, or a torn line
    if lines and _TORN.fullmatch(lines[-1]):
        lines.pop()
    heads = [_parse(path, origin, line) for line in lines]
    if not heads or not all(_may_follow(*pair) for pair in pairwise(heads)):
        raise HistoryMismatch(f"{path} is damaged; {_WHAT_TO_DO}")
    return heads[-1]


def _parse(path: Path, origin: str, line: str) -> TreeHead:
    match = _LINE.fullmatch(line)
    if match is not None:
        head = TreeHead(int(match["size"]), bytes.fromhex(match["root"]))
        if _line(origin, head) == line.encode() + b"\n":
            return head
    raise HistoryMismatch(f"{path} has a damaged line, and no crash does that; {_WHAT_TO_DO}")


def _line(origin: str, head: TreeHead) -> bytes:
    body = f"{head.size} {head.root.hex()}"
    digest = hashlib.sha256(f"{origin}\n{body}".encode()).hexdigest()
    return f"{body} {digest[:16]}\n".encode()


def _may_follow(before: TreeHead, after: TreeHead) -> bool:
    return after.size > before.size or after == before


def _check_advance(last: TreeHead | None, new: TreeHead, consistency: Sequence[bytes]) -> None:
    """Check that a head may follow; the signer believes nobody, not even our own writer.

    Raises:
        HistoryMismatch: It goes back, contradicts the last head, or begins in the middle.
        ProofMismatch: The proof does not lead from the last head to it.
    """
    if last is None:
        if new != (0, EMPTY_ROOT):
            raise HistoryMismatch("an empty register can begin only with an empty log")
    elif new.size < last.size:
        raise HistoryMismatch(f"size {new.size} is behind the signed size {last.size}")
    elif new.size == last.size and new.root != last.root:
        raise HistoryMismatch(f"another root hash was signed for size {new.size}")
    elif last.size:
        verify_consistency(last, new, consistency)


def _take_lock(path: Path) -> int:
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.open(path.with_name(path.name + ".lock"), os.O_CREAT | os.O_RDWR, 0o600)
    except OSError as error:
        raise Unavailable(f"the register {path} cannot be used: {error.strerror}") from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(lock)
        raise Unavailable(
            f"another process holds the register {path}; only one may append to a log and sign"
        ) from error
    return lock
