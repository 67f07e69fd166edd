"""The file with what is remembered of a log, and the files with evidence beside it."""

import hashlib
from pathlib import Path

from liuhen.cli.input_file import read_file
from liuhen.cli.output_file import write_file
from liuhen.core.errors import Malformed
from liuhen.core.log_memory import MOST_BYTES, LogMemory


def recall(file: Path, origin: str) -> LogMemory:
    """Read what is remembered of a log; nothing where there is no file yet.

    Raises:
        Malformed: The file is damaged, or of another log.
        Unavailable: It cannot be read.
    """
    if not file.exists():
        return LogMemory(origin)
    try:
        return LogMemory.parse(read_file(file, MOST_BYTES), origin)
    except Malformed as error:
        raise Malformed(f"{file}: {error}") from error


def remember(file: Path, memory: LogMemory) -> None:
    """Write what is remembered, atomically, where it is not written already.

    Raises:
        Unavailable: It cannot be written.
    """
    text = memory.to_text().encode()
    if not file.exists() or file.read_bytes() != text:
        write_file(file, text)


def keep_evidence(fork: tuple[str, str] | None, memory_file: Path) -> Path | None:
    """Keep two signed heads that contradict each other in a file of their own, once.

    Returns:
        The file; None where nothing contradicts.

    Raises:
        Unavailable: It cannot be written.
    """
    if fork is None:
        return None
    content = "\n".join(fork).encode()
    digest = hashlib.sha256(content).hexdigest()[:16]
    place = memory_file.with_name(f"{memory_file.stem}.fork-{digest}.txt")
    if not place.exists():
        write_file(place, content)
    return place
