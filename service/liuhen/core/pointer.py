"""JSON pointers (RFC 6901) to and from the paths of a record's fields.

A pointer cannot tell position 2 of an array from the member "2" of an object, a path can. So a
pointer means something only beside a document, whose paths are given here: those of its leaves.
"""

import re
from collections.abc import Collection, Iterable

from liuhen.core.commitment import Path
from liuhen.core.errors import MalformedPointer, Unknown

MAX_POINTER_CHARACTERS = 100_000

_STRAY_TILDE = re.compile("~(?![01])")


def resolve(pointer: str, paths: Collection[Path]) -> Path:
    """Return the path that a pointer names: of a leaf, or of a container of leaves.

    Args:
        pointer: The pointer; "" is the whole document.
        paths: The paths of the document's leaves, as far as they are known.

    Raises:
        MalformedPointer: It is not one.
        Unknown: It names nothing in the document; the message says how far it led.
    """
    found: Path = ()
    below: Collection[Path] = paths
    for token in _tokens(pointer):
        steps = {path[len(found)] for path in below if len(path) > len(found)}
        step = _step(token, steps)
        if step is None:
            place = repr(to_pointer(found)[:200]) if found else "the record"
            raise Unknown(f"{pointer[:200]!r} names nothing: {place} has no {token[:100]!r}")
        found = (*found, step)
        below = [path for path in below if path[: len(found)] == found]
    return found


def to_pointer(path: Iterable[str | int]) -> str:
    """Print a path as a pointer, for people: names are escaped, positions are digits."""
    steps = (str(step).replace("~", "~0").replace("/", "~1") for step in path)
    return "".join(f"/{step}" for step in steps)


def _tokens(pointer: str) -> list[str]:
    if len(pointer) > MAX_POINTER_CHARACTERS:
        raise MalformedPointer(f"a pointer of more than {MAX_POINTER_CHARACTERS} characters")
    if not pointer:
        return []
    if not pointer.startswith("/"):
        raise MalformedPointer(f"{pointer[:200]!r}: a pointer begins with / (such as /data/score)")
    tokens = pointer[1:].split("/")
    for token in tokens:
        if _STRAY_TILDE.search(token):
            raise MalformedPointer(f"{pointer[:200]!r}: ~ must be written ~0, and / in a name ~1")
    return [token.replace("~1", "/").replace("~0", "~") for token in tokens]


def _step(token: str, steps: set[str | int]) -> str | int | None:
    """Return the child of that name, or at that position: no container has both."""
    if token in steps:
        return token
    if token.isascii() and token.isdigit() and len(token) < 20 and str(int(token)) == token:
        return int(token) if int(token) in steps else None
    return None
