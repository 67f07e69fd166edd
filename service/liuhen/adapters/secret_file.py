"""Files that only their owner may read."""

from pathlib import Path

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
    try:
        text = read_secret(path, what).decode().removesuffix("\n")
    except UnicodeDecodeError:
        raise Unavailable(f"{what} {path} is not text") from None  # the error quotes the bytes
    if not text:
        raise Unavailable(f"{what} {path} is empty")
    return text
