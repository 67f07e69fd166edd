"""What `markOf`, `closingOf` and `signersOf` return, read to the last bit.

The three are ABI-encoded words of 32 bytes. A node may answer anything: what no contract of ours
can return is refused, so that every answer has exactly one meaning and one spelling. All functions
raise `Unavailable`; the message says what was wrong and not who said it.
"""

from typing import Final

from liuhen.core.errors import Unavailable
from liuhen.core.json_number import MAX_SAFE_INTEGER
from liuhen.core.log_standing import AppointedSigner, ForkMark, LogClosing

MOST_SIGNERS: Final = 1_000
"""Keys of one log: more than a key a week for fifteen years."""

_WORD: Final = 32
_MARK_WORDS, _CLOSING_WORDS, _SIGNER_WORDS = 5, 3, 2
_ADDRESS_BYTES, _SIZE_BYTES = 20, 8


def parse_mark(data: bytes) -> ForkMark | None:
    """Read what `markOf` returns: signer, size, two root hashes, block; all zero is none."""
    words = _words(data, _MARK_WORDS)
    block = _block(words[4])
    if block == 0:
        _check_empty(data)
        return None
    mark = ForkMark(_address(words[0]), _size(words[1]), words[2], words[3], block)
    if mark.root == mark.other_root:
        raise Unavailable("a fork with one root hash")
    return mark


def parse_closing(data: bytes) -> LogClosing | None:
    """Read what `closingOf` returns: final size, successor, block; all zero is none."""
    words = _words(data, _CLOSING_WORDS)
    block = _block(words[2])
    if block == 0:
        _check_empty(data)
        return None
    return LogClosing(_size(words[0]), words[1] if any(words[1]) else None, block)


def parse_signers(data: bytes) -> tuple[AppointedSigner, ...]:
    """Read what `signersOf` returns: where the list begins, its length, then address and size.

    The first is good from size 0, each next one from a larger size.
    """
    if len(data) < 2 * _WORD:
        raise Unavailable(f"{len(data)} bytes in place of a list")
    begins, length = _number(data[:_WORD]), _number(data[_WORD : 2 * _WORD])
    if begins != _WORD:
        raise Unavailable("a list that does not begin where it must")
    if length > MOST_SIGNERS:
        raise Unavailable(f"more than {MOST_SIGNERS} signers")
    words = _words(data[2 * _WORD :], length * _SIGNER_WORDS)
    signers = tuple(
        AppointedSigner(_address(words[at]), _size(words[at + 1]))
        for at in range(0, len(words), _SIGNER_WORDS)
    )
    firsts = [each.first for each in signers]
    if firsts[:1] not in ([], [0]) or firsts != sorted(set(firsts)):
        raise Unavailable("signers whose sizes do not follow each other from 0")
    return signers


def _words(data: bytes, count: int) -> list[bytes]:
    if len(data) != count * _WORD:
        raise Unavailable(f"{len(data)} bytes in place of {count * _WORD}")
    return [data[at : at + _WORD] for at in range(0, len(data), _WORD)]


def _check_empty(data: bytes) -> None:
    """Check that what has no block has nothing else either."""
    if any(data):
        raise Unavailable("something that was done in no block")


def _address(word: bytes) -> bytes:
    if any(word[:-_ADDRESS_BYTES]) or not any(word):
        raise Unavailable("a word that is no address")
    return word[-_ADDRESS_BYTES:]


def _size(word: bytes) -> int:
    """Read any size that a contract can hold, beyond 2^53 - 1 too: it is true and can be told."""
    if any(word[:-_SIZE_BYTES]):
        raise Unavailable("a size beyond 64 bits")
    return _number(word)


def _block(word: bytes) -> int:
    number = _number(word)
    if number > MAX_SAFE_INTEGER:
        raise Unavailable("a block beyond 2^53 - 1")
    return number


def _number(word: bytes) -> int:
    return int.from_bytes(word, "big")
