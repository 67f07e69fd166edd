"""Reading what the caller names: whole, with a bound, or hashed as it streams by."""

import codecs
import hashlib
import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO, Final

from liuhen.cli.existing import STDIN
from liuhen.core.canonical import canonical
from liuhen.core.errors import Malformed, MalformedJson, Unavailable
from liuhen.core.file_check import FileDigest
from liuhen.core.record import ENVELOPE_BYTES
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
    with _opened(path) as stream:
        body = stream.read(most + 1)
    if len(body) > most:
        raise Malformed(f"{path}: more than {most} bytes")
    return body


def digest_file(path: Path) -> FileDigest:
    """Hash a file of any size; also its canonical form where it is JSON that a record can hold."""
    sha256, start = hashlib.sha256(), io.BytesIO()
    with _opened(path) as stream:
        while piece := stream.read(_PIECE):
            sha256.update(piece)
            if start.tell() <= _LONGEST:
                start.write(piece)
    body = start.getvalue()
    if len(body) > _LONGEST:
        return FileDigest(str(path), sha256.digest(), too_long=_may_be_json(body))
    return FileDigest(str(path), sha256.digest(), _canonical_sha256(body))


def _canonical_sha256(body: bytes) -> bytes | None:
    try:
        return hashlib.sha256(canonical(parse_json(body, _RECORD_LIMITS))).digest()
    except MalformedJson:
        return None


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
def _opened(path: Path) -> Iterator[BinaryIO]:
    try:
        if path == STDIN:
            yield sys.stdin.buffer
        else:
            with path.open("rb") as stream:
                yield stream
    except OSError as error:
        raise Unavailable(f"{path} cannot be read: {error.strerror}") from error
