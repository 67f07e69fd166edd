"""Writing a file so that it is there whole or not at all, whatever interrupts us."""

import os
import tempfile
from pathlib import Path


def replace_file(
    path: Path, content: bytes, *, durable: bool = True, private: bool = False
) -> None:
    """Write beside the target, fsync, rename, fsync the folder.

    Args:
        path: The file; its folder must be there.
        content: What it is to hold.
        durable: Whether it must survive a power cut from now on; whole it is in any case that
            leaves the file system intact.
        private: Whether only its owner may read it.

    Raises:
        OSError: It cannot be written; a file that was there before is as it was.
    """
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    beside = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            if durable:
                os.fsync(stream.fileno())
        beside.chmod(0o600 if private else 0o666 & ~_umask())
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    if durable:
        sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make renames in a folder durable, where a folder can be opened (not on Windows)."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _umask() -> int:
    """Return the process's umask; POSIX lets one read it only by setting it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
