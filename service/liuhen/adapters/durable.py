"""Small files that a power cut leaves whole, or as they were."""

import os
from pathlib import Path


def write_durably(place: Path, content: bytes) -> None:
    """Put a file in place whole, durably; what was there before stays until then.

    Raises:
        OSError: It cannot be written.
    """
    fresh = place.with_name(place.name + ".new")
    with fresh.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    fresh.replace(place)
    sync_folder(place.parent)


def write_all(file: int, text: bytes) -> None:
    """Write to an open file at one go.

    Raises:
        OSError: It cannot be written, or only a part of it.
    """
    if os.write(file, text) != len(text):
        raise OSError("the file system took only a part of it")


def sync_folder(folder: Path) -> None:
    """Make what happened to the names in a folder durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
