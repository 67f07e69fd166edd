"""What `markOf`, `closingOf` and `signersOf` return, read with a cursor, a word at a time."""

from typing import Any


class Refused(Exception):
    """No contract of this kind returns these bytes."""


class Words:
    """A run of 32-byte words, taken from the front."""

    def __init__(self, data: bytes) -> None:
        self._left = data.hex()

    def number(self, bits: int) -> int:
        taken, self._left = self._left[:64], self._left[64:]
        if len(taken) != 64:
            raise Refused("it ends early")
        value = int(taken, 16)
        if value >> bits:
            raise Refused(f"more than {bits} bits")
        return value

    def hash(self) -> str:
        return f"{self.number(256):064x}"

    def address(self) -> str:
        value = self.number(160)
        if value == 0:
            raise Refused("the zero address")
        return f"0x{value:040x}"

    def end(self) -> None:
        if self._left:
            raise Refused("it goes on")


def mark(data: bytes) -> Any:
    """Signer, size, two root hashes, block; all zero is None."""
    if data == bytes(160):
        return None
    words = Words(data)
    found = {
        "signer": words.address(),
        "size": told(words.number(64)),
        "root": words.hash(),
        "other_root": words.hash(),
        "block": words.number(53),
    }
    words.end()
    if not found["block"] or found["root"] == found["other_root"]:
        raise Refused("in no block, or no fork")
    return found


def closing(data: bytes) -> Any:
    """Final size, successor, block; all zero is None."""
    if data == bytes(96):
        return None
    words = Words(data)
    size, successor, block = told(words.number(64)), words.hash(), words.number(53)
    words.end()
    if not block:
        raise Refused("in no block")
    return {
        "final_size": size,
        "successor": "0x" + successor if int(successor, 16) else None,
        "block": block,
    }


def signers(data: bytes) -> Any:
    """Where the list begins, how long it is, then address and first size of each."""
    words = Words(data)
    if words.number(256) != 32:
        raise Refused("the list begins elsewhere")
    length = words.number(256)
    if length > 1000:
        raise Refused("more than 1000")
    found, least = [], 0
    for place in range(length):
        address, first = words.address(), words.number(64)
        if first < least or (place == 0 and first):
            raise Refused("sizes begin at 0 and ascend")
        found.append({"address": address, "from_size": told(first)})
        least = first + 1
    words.end()
    return found


def told(number: int) -> int | str:
    """Print a number as a verdict does."""
    return number if number < 2**53 else str(number)


READERS = {"mark": mark, "closing": closing, "signers": signers}
