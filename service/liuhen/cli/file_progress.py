"""How many bytes of some files have gone by, told on a terminal."""

from collections.abc import Iterable
from pathlib import Path
from typing import Self

from liuhen.cli.progress import Progress


class FileProgress:
    """Counts the bytes of all files together; what has no length, as stdin, is not counted."""

    def __init__(self, sizes: Iterable[int], *, quiet: bool = False) -> None:
        """Begin.

        Args:
            sizes: Length of each file, in bytes.
            quiet: Show nothing.
        """
        self._size, self._done = sum(sizes), 0
        self._line = Progress(quiet=quiet)

    @staticmethod
    def of(paths: Iterable[Path], *, quiet: bool = False) -> "FileProgress":
        """Return one for the files at these paths."""
        return FileProgress((path.stat().st_size for path in paths if path.is_file()), quiet=quiet)

    def __call__(self, more: int) -> None:
        """Be told how many more bytes have gone by."""
        self._done += more
        self._line(self._done, self._size)

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Wipe the line out."""
        self._line.end()
