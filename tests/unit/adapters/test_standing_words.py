"""What a contract returns of a log's standing: what is one step away from it is refused."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liuhen.adapters.standing_words import (
    MOST_SIGNERS,
    parse_closing,
    parse_mark,
    parse_signers,
)
from liuhen.core.errors import Unavailable
from liuhen.core.log_standing import AppointedSigner, ForkMark, LogClosing, LogStanding
from liuhen.core.verdict import exact
from tests.fakes.node_server import CLOSING_OF, MARK_OF, SIGNERS_OF, standing_words
from tests.made_vectors.every import load

SIGNER, ROOT, OTHER, NEXT = b"\x5e" * 20, b"\1" * 32, b"\2" * 32, b"\3" * 32
MOST = 2**64 - 1


def word(value: int | bytes) -> bytes:
    return value.to_bytes(32, "big") if isinstance(value, int) else value.rjust(32, b"\0")


def words(*values: int | bytes) -> bytes:
    return b"".join(map(word, values))


MARK = words(SIGNER, 7, ROOT, OTHER, 21)
CLOSING = words(9, NEXT, 22)
SIGNERS = words(32, 2, SIGNER, 0, b"\x5f" * 20, 6)


def test_a_mark_is_read() -> None:
    assert parse_mark(MARK) == ForkMark(SIGNER, 7, ROOT, OTHER, 21)
    assert parse_mark(bytes(160)) is None
    far = words(SIGNER, MOST, ROOT, OTHER, 2**53 - 1)
    assert parse_mark(far) == ForkMark(SIGNER, MOST, ROOT, OTHER, 2**53 - 1)
    empty = words(SIGNER, 0, bytes(32), OTHER, 1)
    assert parse_mark(empty) == ForkMark(SIGNER, 0, bytes(32), OTHER, 1)


def test_a_closing_is_read() -> None:
    assert parse_closing(CLOSING) == LogClosing(9, NEXT, 22)
    assert parse_closing(bytes(96)) is None
    assert parse_closing(words(MOST, 0, 1)) == LogClosing(MOST, None, 1)
    assert parse_closing(words(0, 1, 1)) == LogClosing(0, word(1), 1)


def test_signers_are_read_in_their_order() -> None:
    assert parse_signers(SIGNERS) == (
        AppointedSigner(SIGNER, 0),
        AppointedSigner(b"\x5f" * 20, 6),
    )
    assert parse_signers(words(32, 0)) == ()
    again = words(32, 3, SIGNER, 0, b"\x5f" * 20, 1, SIGNER, MOST)
    assert [each.first for each in parse_signers(again)] == [0, 1, MOST]


def test_as_many_signers_as_are_allowed_are_read_and_one_more_is_not() -> None:
    def listed(count: int) -> bytes:
        pairs = [value for n in range(count) for value in (SIGNER, n)]
        return words(32, count, *pairs)

    assert len(parse_signers(listed(MOST_SIGNERS))) == MOST_SIGNERS
    with pytest.raises(Unavailable, match="more than 1000 signers"):
        parse_signers(listed(MOST_SIGNERS + 1))


NEAR_MISSES: list[tuple[Callable[[bytes], object], bytes, str]] = [
    (parse_mark, b"", "0 bytes in place of 160"),
    (parse_mark, MARK[:-1], "159 bytes"),
    (parse_mark, MARK + b"\0", "161 bytes"),
    (parse_mark, MARK + bytes(32), "192 bytes"),
    (parse_mark, bytes(128), "128 bytes"),
    (parse_mark, words(0, 7, ROOT, OTHER, 21), "no address"),
    (parse_mark, words(b"\1" + SIGNER, 7, ROOT, OTHER, 21), "no address"),
    (parse_mark, words(b"\1" + bytes(31), 7, ROOT, OTHER, 21), "no address"),
    (parse_mark, words(SIGNER, MOST + 1, ROOT, OTHER, 21), "beyond 64 bits"),
    (parse_mark, words(SIGNER, 2**255, ROOT, OTHER, 21), "beyond 64 bits"),
    (parse_mark, words(SIGNER, 7, ROOT, ROOT, 21), "one root hash"),
    (parse_mark, words(SIGNER, 7, ROOT, OTHER, 2**53), "beyond 2"),
    (parse_mark, words(SIGNER, 7, ROOT, OTHER, 0), "in no block"),
    (parse_mark, words(0, 7, 0, 0, 0), "in no block"),
    (parse_mark, words(0, 0, 0, OTHER, 0), "in no block"),
    (parse_closing, CLOSING[:-1], "95 bytes in place of 96"),
    (parse_closing, CLOSING + bytes(32), "128 bytes"),
    (parse_closing, words(MOST + 1, NEXT, 22), "beyond 64 bits"),
    (parse_closing, words(9, NEXT, 2**53), "beyond 2"),
    (parse_closing, words(9, 0, 0), "in no block"),
    (parse_closing, words(0, NEXT, 0), "in no block"),
    (parse_signers, b"", "0 bytes in place of a list"),
    (parse_signers, words(32), "32 bytes in place of a list"),
    (parse_signers, words(32, 0)[:-1], "63 bytes in place of a list"),
    (parse_signers, words(32, 0, 0), "32 bytes in place of 0"),
    (parse_signers, words(64, 0, 0), "begin"),
    (parse_signers, words(31, 0), "begin"),
    (parse_signers, words(32, 1), "0 bytes in place of 64"),
    (parse_signers, words(32, 1, SIGNER), "32 bytes in place of 64"),
    (parse_signers, words(32, 1, SIGNER, 0, 0), "96 bytes in place of 64"),
    (parse_signers, words(32, 2, SIGNER, 0), "64 bytes in place of 128"),
    (parse_signers, words(32, 2**256 - 1, SIGNER, 0), "more than 1000"),
    (parse_signers, words(32, 1, 0, 0), "no address"),
    (parse_signers, words(32, 1, b"\1" + SIGNER, 0), "no address"),
    (parse_signers, words(32, 1, SIGNER, 1), "from 0"),
    (parse_signers, words(32, 2, SIGNER, 0, SIGNER, 0), "from 0"),
    (parse_signers, words(32, 3, SIGNER, 0, SIGNER, 7, SIGNER, 6), "from 0"),
    (parse_signers, words(32, 2, SIGNER, 0, SIGNER, MOST + 1), "beyond 64 bits"),
]


@pytest.mark.parametrize(("parse", "data", "why"), NEAR_MISSES)
def test_what_no_contract_can_return_is_unavailable(
    parse: Callable[[bytes], object], data: bytes, why: str
) -> None:
    with pytest.raises(Unavailable, match=why):
        parse(data)


HASHES = st.binary(min_size=32, max_size=32)
ADDRESSES = st.binary(min_size=20, max_size=20).filter(any)
SIZES, BLOCKS = st.integers(0, MOST), st.integers(1, 2**53 - 1)
MARKS = st.builds(ForkMark, ADDRESSES, SIZES, HASHES, HASHES, BLOCKS).filter(
    lambda mark: mark.root != mark.other_root
)
CLOSINGS = st.builds(LogClosing, SIZES, st.none() | HASHES.filter(any), BLOCKS)
FIRSTS = st.lists(st.integers(1, MOST), unique=True, max_size=5).map(
    lambda more: [0, *sorted(more)]
)


@given(st.none() | MARKS, st.none() | CLOSINGS, FIRSTS, ADDRESSES)
def test_whatever_a_contract_can_hold_is_read_back(
    mark: ForkMark | None, closing: LogClosing | None, firsts: list[int], address: bytes
) -> None:
    signers = tuple(AppointedSigner(address, first) for first in firsts)
    told = LogStanding(mark, closing, signers)
    assert parse_mark(bytes.fromhex(standing_words(told, MARK_OF))) == mark
    assert parse_closing(bytes.fromhex(standing_words(told, CLOSING_OF))) == closing
    assert parse_signers(bytes.fromhex(standing_words(told, SIGNERS_OF))) == signers


@pytest.mark.parametrize("good", [MARK, CLOSING, SIGNERS, words(32, 0), bytes(160), bytes(96)])
def test_an_answer_that_is_one_byte_short_or_long_is_refused(good: bytes) -> None:
    for parse in (parse_mark, parse_closing, parse_signers):
        for bent in (good[:-1], good + b"\0", good[1:], b"\0" + good):
            with pytest.raises(Unavailable):
                parse(bent)


@pytest.mark.parametrize("vector", load("log-standing.json"), ids=lambda vector: vector["name"])
def test_a_second_implementation_reads_the_same(vector: dict[str, Any]) -> None:
    def read() -> LogStanding:
        data = bytes.fromhex(vector["data"])
        match vector["kind"]:
            case "mark":
                return LogStanding(mark=parse_mark(data))
            case "closing":
                return LogStanding(closing=parse_closing(data))
        return LogStanding(signers=parse_signers(data))

    if vector["accept"]:
        told = exact(read().to_json())
        assert isinstance(told, dict)
        assert told[vector["kind"]] == vector["told"]
    else:
        with pytest.raises(Unavailable):
            read()
