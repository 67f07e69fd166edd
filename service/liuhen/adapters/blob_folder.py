"""Files of records in a folder: `<folder>/<2 digits>/<2 digits>/<SHA-256 in hex>`.

A file is written in `<folder>/incoming` under a name that nobody looks for, compared, made durable
and then renamed to its place. A kill leaves at most a file in `incoming`, which no process holds
any more; whoever opens the folder next removes it.
"""

import fcntl
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from liuhen.adapters.durable import sync_folder
from liuhen.core.attachment import FileWatch
from liuhen.core.errors import Unavailable, Unknown

_PIECE_BYTES: Final = 2**20
_INCOMING: Final = "incoming"


class BlobFolder:
    """`Blobs` in a folder of this machine, for any number of processes."""

    def __init__(self, folder: Path) -> None:
        """Open the folder, or make it, and sweep out what a kill left behind.

        Raises:
            Unavailable: It cannot be used.
        """
        self._folder = folder
        with _told(f"the folder {folder}"):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            (folder / _INCOMING).mkdir(mode=0o700, exist_ok=True)
            for left in (folder / _INCOMING).iterdir():
                _sweep(left)

    def put(self, sha256: bytes, size: int, pieces: Iterable[bytes]) -> bool:
        """Keep a file."""
        watch, place = FileWatch(sha256, size), self._place(sha256)
        if self.size(sha256) == size:
            for piece in pieces:
                watch.take(piece)
            watch.finish()
            return False
        with self._incoming() as (handle, beside):
            for piece in pieces:
                _write(handle, watch.take(piece), place)
            watch.finish()
            with _told(f"the file {place}"):
                os.fsync(handle)
                self._make_folders(place)
                beside.replace(place)
                sync_folder(place.parent)
        return True

    def size(self, sha256: bytes) -> int | None:
        """Return the length of a file; None where it is not kept here."""
        try:
            return self._place(sha256).stat().st_size
        except FileNotFoundError:
            return None
        except OSError as error:
            raise _unavailable(f"the file {self._place(sha256)}", error) from error

    def read(self, sha256: bytes) -> Iterator[bytes]:
        """Return the bytes of a file."""
        place = self._place(sha256)
        try:
            with place.open("rb") as stream:
                while piece := stream.read(_PIECE_BYTES):
                    yield piece
        except FileNotFoundError as error:
            raise Unknown("this file is not kept here") from error
        except OSError as error:
            raise _unavailable(f"the file {place}", error) from error

    def delete(self, sha256: bytes) -> None:
        """Forget a file: its name is removed and its blocks are free, not overwritten."""
        place = self._place(sha256)
        with _told(f"the file {place}"):
            place.unlink(missing_ok=True)
            if place.parent.exists():
                sync_folder(place.parent)

    def _place(self, sha256: bytes) -> Path:
        name = sha256.hex()
        return self._folder / name[:2] / name[2:4] / name

    def _make_folders(self, place: Path) -> None:
        """Make the two levels, each durable in the one above."""
        for folder in (place.parent.parent, place.parent):
            if not folder.exists():
                folder.mkdir(mode=0o700, exist_ok=True)
                sync_folder(folder.parent)

    @contextmanager
    def _incoming(self) -> Iterator[tuple[int, Path]]:
        """Open a file that nobody sees; held, so that no other process sweeps it out."""
        with _told(f"the folder {self._folder}"):
            handle, name = tempfile.mkstemp(dir=self._folder / _INCOMING)
            fcntl.flock(handle, fcntl.LOCK_EX)
        beside = Path(name)
        try:
            yield handle, beside
        finally:
            beside.unlink(missing_ok=True)
            os.close(handle)


def _write(handle: int, piece: bytes, place: Path) -> None:
    view = memoryview(piece)
    with _told(f"the file {place}"):
        while view:
            view = view[os.write(handle, view) :]


def _sweep(left: Path) -> None:
    """Remove a file that no process writes any more."""
    try:
        handle = os.open(left, os.O_RDWR)
    except FileNotFoundError:
        return
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        left.unlink(missing_ok=True)
    except BlockingIOError:
        pass  # somebody is writing it
    finally:
        os.close(handle)


@contextmanager
def _told(what: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise _unavailable(what, error) from error


def _unavailable(what: str, error: OSError) -> Unavailable:
    return Unavailable(f"{what} cannot be used: {error.strerror or error}")
