"""What nodes return of a log as a whole: good answers, and each one step away from one."""

from collections.abc import Iterator
from typing import Any

from tests.reference import standing

SIGNER, NEXT = 0x5E << 152, 0x5F << 152
ROOT, OTHER, SUCCESSOR = 1 << 255, 2**256 - 1, 0x5C << 248
MOST = 2**64 - 1
MARK, CLOSING = (SIGNER, 7, ROOT, OTHER, 21), (9, SUCCESSOR, 22)
SIGNERS = (32, 2, SIGNER, 0, NEXT, 6)


def words(*values: int) -> bytes:
    return b"".join(value.to_bytes(32, "big") for value in values)


def exchanged(values: tuple[int, ...], at: int, value: int) -> bytes:
    return words(*values[:at], value, *values[at + 1 :])


def answers() -> Iterator[tuple[str, str, str, bytes]]:
    """Yield kind, name, why, and the bytes."""
    for kind, values in (("mark", MARK), ("closing", CLOSING), ("signers", SIGNERS)):
        yield kind, "as it is", "every word in its place", words(*values)
        yield kind, "a byte short", "whole words only", words(*values)[:-1]
        yield kind, "a byte long", "whole words only", words(*values) + b"\0"
        yield kind, "a word short", "every word", words(*values[:-1])
        yield kind, "a word long", "nothing after it", words(*values, 0)
        yield kind, "empty", "no code answered", b""
        yield kind, "zeros", "none; of a list, no place where it begins", bytes(32 * len(values))
    yield "mark", "no signer", "the zero address signs nothing", exchanged(MARK, 0, 0)
    yield "mark", "a long address", "20 bytes", exchanged(MARK, 0, SIGNER | 1 << 160)
    yield "mark", "size 2^64 - 1", "any 64 bits", exchanged(MARK, 1, MOST)
    yield "mark", "size 2^53 - 1", "a number", exchanged(MARK, 1, 2**53 - 1)
    yield "mark", "size 2^53", "told as text", exchanged(MARK, 1, 2**53)
    yield "mark", "size 2^64", "64 bits", exchanged(MARK, 1, MOST + 1)
    yield "mark", "one root hash", "equal ones contradict nothing", exchanged(MARK, 3, ROOT)
    yield "mark", "no block", "what was shown has a block", exchanged(MARK, 4, 0)
    yield "mark", "block 2^53", "no chain has so many", exchanged(MARK, 4, 2**53)
    yield "closing", "no successor", "null", exchanged(CLOSING, 1, 0)
    yield "closing", "size 0", "a log may end empty", exchanged(CLOSING, 0, 0)
    yield "closing", "size 2^64 - 1", "any 64 bits", exchanged(CLOSING, 0, MOST)
    yield "closing", "size 2^64", "64 bits", exchanged(CLOSING, 0, MOST + 1)
    yield "closing", "no block", "what ended has a block", exchanged(CLOSING, 2, 0)
    yield "closing", "block 2^53", "no chain has so many", exchanged(CLOSING, 2, 2**53)
    yield "signers", "none", "a log that is not known", words(32, 0)
    yield "signers", "one", "good for all sizes", words(32, 1, SIGNER, 0)
    yield "signers", "the same again", "a key may come back", exchanged(SIGNERS, 4, SIGNER)
    yield "signers", "at 2^64 - 1", "any 64 bits", exchanged(SIGNERS, 5, MOST)
    yield "signers", "at 2^64", "64 bits", exchanged(SIGNERS, 5, MOST + 1)
    yield "signers", "first not from 0", "no gap at the start", exchanged(SIGNERS, 3, 1)
    yield "signers", "equal sizes", "each range has a size", exchanged(SIGNERS, 5, 0)
    yield "signers", "no address", "the zero address signs nothing", exchanged(SIGNERS, 4, 0)
    yield "signers", "begins later", "a list begins at once", exchanged(SIGNERS, 0, 64)
    yield "signers", "says three", "as long as it says", exchanged(SIGNERS, 1, 3)
    yield "signers", "says one", "as long as it says", exchanged(SIGNERS, 1, 1)
    yield "signers", "says 2^256 - 1", "at most 1000", exchanged(SIGNERS, 1, 2**256 - 1)
    falling = words(32, 3, SIGNER, 0, NEXT, 6, SIGNER, 5)
    yield "signers", "falling sizes", "in ascending order", falling


def vectors() -> list[dict[str, Any]]:
    made = []
    for kind, name, why, data in answers():
        vector: dict[str, Any] = {
            "name": f"{kind}: {name}",
            "why": why,
            "kind": kind,
            "data": data.hex(),
        }
        try:
            told = standing.READERS[kind](data)
        except standing.Refused:
            made.append({**vector, "accept": False})
        else:
            made.append({**vector, "accept": True, "told": told})
    return made


def files() -> dict[str, Any]:
    return {"log-standing.json": vectors()}
