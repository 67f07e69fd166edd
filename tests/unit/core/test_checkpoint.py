"""Checkpoints: three lines in one spelling."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liuhen.core.checkpoint import Checkpoint, is_origin
from liuhen.core.errors import MalformedCheckpoint
from liuhen.core.merkle import EMPTY_ROOT
from liuhen.core.note import encode_base64

ORIGIN = "audit.example.org/procurement"
ROOT = "GqaNMHSQWlgfhMu9D3U3lJBP2ARRvEwT5p2aU7xZUCw="
GOOD = f"{ORIGIN}\n5\n{ROOT}\n"


def test_a_checkpoint_prints_as_it_was_read() -> None:
    checkpoint = Checkpoint.parse(GOOD)
    assert (checkpoint.origin, checkpoint.size) == (ORIGIN, 5)
    assert checkpoint.head.root.hex().startswith("1aa68d30")
    assert checkpoint.to_text() == GOOD


@pytest.mark.parametrize(
    "size", ["05", "+5", "-5", "5_0", "٣", "5 ", " 5", "", "5.0", "0x5", "1e3"]
)
def test_a_size_in_another_spelling_is_refused(size: str) -> None:
    with pytest.raises(MalformedCheckpoint, match="size"):
        Checkpoint.parse(f"{ORIGIN}\n{size}\n{ROOT}\n")


@pytest.mark.parametrize("size", [2**63, 2**64, 10**18 * 99])
def test_a_size_beyond_63_bits_is_refused(size: int) -> None:
    with pytest.raises(MalformedCheckpoint, match="size"):
        Checkpoint.parse(f"{ORIGIN}\n{size}\n{ROOT}\n")


@pytest.mark.parametrize(
    "root", ["", "AAAA", ROOT[:-1], ROOT + "=", "AAAA!!!!AAAA", ROOT.replace("w=", "x="), ROOT * 2]
)
def test_a_root_that_is_not_32_bytes_in_one_spelling_is_refused(root: str) -> None:
    with pytest.raises(MalformedCheckpoint, match="root"):
        Checkpoint.parse(f"{ORIGIN}\n5\n{root}\n")


@pytest.mark.parametrize(
    "text",
    [
        "",
        GOOD.removesuffix("\n"),
        GOOD + "\n",
        GOOD + "extension\n",
        GOOD.replace("\n", "\r\n"),
        GOOD.replace(ORIGIN, ""),
        GOOD.replace(ORIGIN, "an origin"),
        "\n" + GOOD,
    ],
)
def test_another_shape_is_refused(text: str) -> None:
    with pytest.raises(MalformedCheckpoint):
        Checkpoint.parse(text)


def test_an_empty_tree_has_the_empty_root() -> None:
    empty = f"{ORIGIN}\n0\n{encode_base64(EMPTY_ROOT)}\n"
    assert Checkpoint.parse(empty).head == (0, EMPTY_ROOT)
    with pytest.raises(MalformedCheckpoint, match="empty"):
        Checkpoint.parse(f"{ORIGIN}\n0\n{ROOT}\n")


@given(st.integers(1, 2**63 - 1), st.binary(min_size=32, max_size=32))
def test_what_is_printed_reads_back(size: int, root: bytes) -> None:
    checkpoint = Checkpoint(ORIGIN, size, root)
    assert Checkpoint.parse(checkpoint.to_text()) == checkpoint


@given(st.text())
def test_whatever_is_accepted_is_canonical(text: str) -> None:
    try:
        checkpoint = Checkpoint.parse(text)
    except MalformedCheckpoint:
        return
    assert checkpoint.to_text() == text


@pytest.mark.parametrize(
    "origin", ["log.example/logs/jyg", "127.0.0.1:8000/logs/a-1", "a/logs/b.c", "a_b/logs/c"]
)
def test_a_host_and_a_name_are_an_origin(origin: str) -> None:
    assert is_origin(origin)


@pytest.mark.parametrize(
    "origin",
    [
        "",
        "a",
        "a/b",
        "/logs/a",
        "a/logs/",
        "A/logs/b",
        "a/logs/b/c",
        "a/logs/b ",
        "é/logs/b",
        "a" * 200 + "/logs/b",
    ],
)
def test_anything_else_is_no_origin(origin: str) -> None:
    assert not is_origin(origin)


def test_the_largest_size_is_read_and_no_larger_one() -> None:
    largest = Checkpoint("log.example/logs/a", 2**63 - 1, bytes(32))
    assert Checkpoint.parse(largest.to_text()) == largest
    with pytest.raises(MalformedCheckpoint, match="tree size"):
        Checkpoint.parse(largest.to_text().replace(str(2**63 - 1), str(2**63)))


def test_an_origin_has_at_most_200_bytes() -> None:
    longest = "log.example/logs/" + "a" * 183
    assert len(longest) == 200
    assert is_origin(longest)
    assert not is_origin(longest + "a")
