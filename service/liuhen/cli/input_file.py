"""Reading what the caller names: whole, with a bound, or hashed as it streams by."""

import codecs
import hashlib
import io
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO, Final

from liuhen.cli.existing import STDIN
from liuhen.core.canonical import canonical
from liuhen.core.errors import Malformed, MalformedJson, Unavailable
from liuhen.core.file_check import FileDigest
from liuhen.core.record import ENVELOPE_BYTES
from liuhen.core.sent_members import sent_members
from liuhen.core.strict_json import DEFAULT_LIMITS, parse_json

_PIECE: Final = 2**20
_LONGEST: Final = DEFAULT_LIMITS.body_bytes + ENVELOPE_BYTES
_RECORD_LIMITS: Final = replace(DEFAULT_LIMITS, body_bytes=_LONGEST)


def read_file(path: Path, most: int) -> bytes:
    """Return the whole content of a file, or of stdin for `-`.

    Raises:
        Malformed: It has more than `most` bytes.
        Unavailable: It cannot be read.
    """
    with opened(path) as stream:
        body = stream.read(most + 1)
    if len(body) > most:
        raise Malformed(f"{path}: more than {most} bytes")
    return body


def digest_file(path: Path, progress: Callable[[int], object] = lambda _: None) -> FileDigest:
    """Hash a file of any size; also its canonical form where it is JSON that a record can hold.

    Args:
        path: The file.
        progress: Told how many more bytes were read.

    Raises:
        Unavailable: It cannot be read.
    """
    sha256, start = hashlib.sha256(), io.BytesIO()
    with opened(path) as stream:
        while piece := stream.read(_PIECE):
            sha256.update(piece)
            progress(len(piece))
            if start.tell() <= _LONGEST:
                start.write(piece)
    body = start.getvalue()
    if len(body) > _LONGEST:
        return FileDigest(str(path), sha256.digest(), too_long=_may_be_json(body))
    return _as_json(FileDigest(str(path), sha256.digest()), body)


def _as_json(file: FileDigest, body: bytes) -> FileDigest:
    """Add what is known of a file that is strict JSON."""
    try:
        value = parse_json(body, _RECORD_LIMITS)
        digest = hashlib.sha256(canonical(value)).digest()
        return replace(file, canonical_sha256=digest, members=sent_members(value))
    except MalformedJson:
        return file


def _may_be_json(start: bytes) -> bool:
    """Return whether a long file that starts like this may be JSON.

    White space and escapes lengthen a text: what it holds may still fit into a record.
    """
    try:
        text = codecs.getincrementaldecoder("utf-8")().decode(start)
    except UnicodeDecodeError:
        return False
    return text.lstrip(" \t\r\n")[:1] in ("", "{", "[", '"')


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """Open a file, or stdin for `-`, for reading.

    Raises:
        Unavailable: It cannot be read.
    """
    try:
        if path == STDIN:
            yield sys.stdin.buffer
        else:
            with path.open("rb") as stream:
                yield stream
    except OSError as error:
        raise Unavailable(f"{path} cannot be read: {error.strerror}") from error
