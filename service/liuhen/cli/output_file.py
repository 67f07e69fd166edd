"""Writing a file that the caller named: whole or not at all, with its folder made if need be."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import BinaryIO, cast

from liuhen.client.whole_file import replace_file, sync_folder
from liuhen.core.errors import Unavailable


def write_file(path: Path, content: bytes, *, private: bool = False) -> None:
    """Write beside the target, fsync, rename, fsync the folder.

    Args:
        path: The file; its folder is made if need be.
        content: What it is to hold.
        private: Whether only its owner may read it (mode 0600).

    Raises:
        Unavailable: It cannot be written; a file that was there before is as it was.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_file(path, content, private=private)
    except OSError as error:
        raise Unavailable(f"{path} cannot be written: {error.strerror}") from error


@contextmanager
def written_whole(path: Path) -> Iterator[BinaryIO]:
    """Write a long file beside its target; it gets its name once the body ends without an error.

    Raises:
        Unavailable: It cannot be written; nothing is there then.
    """
    beside: Path | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=path.parent, prefix=".incoming.", delete=False) as stream:
            beside = Path(stream.name)
            yield cast("BinaryIO", stream)
            stream.flush()
            os.fsync(stream.fileno())
        beside.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        raise Unavailable(f"{path} cannot be written: {error.strerror}") from error
    finally:
        if beside is not None:
            beside.unlink(missing_ok=True)
