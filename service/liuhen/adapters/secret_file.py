"""Files that only their owner may read."""

import os
import tempfile
from pathlib import Path

from liuhen.adapters.durable import sync_folder
from liuhen.core.errors import Unavailable


def read_secret(path: Path, what: str) -> bytes:
    """Read a file whole, if nobody else can.

    Args:
        path: The file.
        what: What it is, for messages.

    Raises:
        Unavailable: It is missing, or readable by others.
    """
    try:
        mode, content = path.stat().st_mode, path.read_bytes()
    except OSError as error:
        raise Unavailable(f"{what} {path} cannot be read: {error.strerror}") from error
    if mode & 0o077:
        raise Unavailable(f"{what} {path} can be read by others: chmod 600 {path}")
    return content


def read_pass_word(path: Path, what: str) -> str:
    """Read a password or PIN: the file's text, less one newline at its end.

    Raises:
        Unavailable: It is missing, readable by others, empty, or not UTF-8.
    """
    content = read_secret(path, what)
    try:
        text = content.decode().removesuffix("\n")
    except UnicodeDecodeError:
        text = None  # raised below: the decoder's error quotes the bytes, and would be its context
    if text is None:
        raise Unavailable(f"{what} {path} is not text")
    if not text:
        raise Unavailable(f"{what} {path} is empty")
    return text


def write_secret(path: Path, text: str) -> bool:
    """Write a file under a passing name, then link it to its own, which fails if that is taken.

    So a crash leaves a whole file or none, and of two processes one makes it.

    Returns:
        Whether this text is what is there now.

    Raises:
        OSError: It cannot be written.
    """
    file, passing = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)  # mode 0600
    try:
        with os.fdopen(file, "w", encoding="utf-8") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        try:
            path.hardlink_to(passing)
        except FileExistsError:
            return False
    finally:
        Path(passing).unlink()
    sync_folder(path.parent)
    return True
