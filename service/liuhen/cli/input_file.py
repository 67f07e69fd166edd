"""Reading what the caller names: whole, with a bound, or hashed as it streams by."""

import hashlib
import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

from liuhen.cli.existing import STDIN
from liuhen.core.canonical import canonical
from liuhen.core.errors import Malformed, MalformedJson, Unavailable
from liuhen.core.file_check import FileDigest
from liuhen.core.strict_json import DEFAULT_LIMITS, parse_json

_PIECE: Final = 2**20


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
            if start.tell() <= DEFAULT_LIMITS.body_bytes:
                start.write(piece)
    return FileDigest(str(path), sha256.digest(), _canonical_sha256(start.getvalue()))


def _canonical_sha256(body: bytes) -> bytes | None:
    """Hash the canonical form; `parse_json` refuses a body that is longer than any record's."""
    try:
        return hashlib.sha256(canonical(parse_json(body))).digest()
    except MalformedJson:
        return None


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
