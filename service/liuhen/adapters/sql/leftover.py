"""Looking through a database file for bytes that should not be in it any more.

In a process of its own: SQLite holds POSIX locks on the file, and whoever closes the file, however
he had opened it, lets go of all locks that his process has on it.
"""

import subprocess
import sys
from collections.abc import Collection
from pathlib import Path
from typing import Final

from liuhen.core.errors import Unavailable

NEEDLE_BYTES: Final = 8
"""So many first bytes are looked for: a copy may be overwritten from its end."""

_PROGRAM: Final = """
import sys
needles = [bytes.fromhex(line) for line in sys.stdin.read().split()]
longest, before, found = max(map(len, needles)), b"", False
with open(sys.argv[1], "rb") as file:
    while not found and (piece := file.read(1 << 22)):
        text = before + piece
        found, before = any(needle in text for needle in needles), text[-longest:]
print(found)
"""


def holds_any(file: Path, secrets: Collection[bytes]) -> bool:
    """Return whether a file holds the beginning of any of some secrets.

    Raises:
        Unavailable: It could not be read.
    """
    needles = "\n".join(secret[:NEEDLE_BYTES].hex() for secret in secrets)
    command = [sys.executable, "-I", "-S", "-c", _PROGRAM, str(file)]
    try:
        done = subprocess.run(  # noqa: S603 -- our own program, the needles by standard input
            command, input=needles, capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError) as error:
        raise Unavailable(f"the database file cannot be looked through: {error}") from error
    return done.stdout.strip() != "False"
