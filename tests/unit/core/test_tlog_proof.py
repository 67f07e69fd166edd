"""tlog-proofs: vectors of the format, near misses of the parser, round trips."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liuhen.core.checkpoint import Checkpoint
from liuhen.core.errors import Malformed, MalformedCheckpoint, MalformedNote, MalformedProof
from liuhen.core.merkle import leaf_hash, verify_inclusion
from liuhen.core.note import SignedNote
from liuhen.core.tlog_proof import MAX_CHARACTERS, TlogProof

# Vectors of an independent implementation; the leaves are the ASCII bytes of entry-2 and entry-299.
PLAIN = """c2sp.org/tlog-proof@v1
index 2
J0ebarMh0u5HdFL2i6UndI6GPK/o+9HfK/idFXDRtpc=
LyelCCwdQq+kiKw1Cp/EOQwIT1T3Hs3/hZ6Y24QptHk=
GUu1otW9EOXRqm/V1CmAs1bK8dpiPNmYfEv6L4F3Htc=

audit.example.org/procurement
5
GqaNMHSQWlgfhMu9D3U3lJBP2ARRvEwT5p2aU7xZUCw=

— audit.example.org/procurement \
IeUodiUo73Hp/o95JNifNBEncZmQj6dRY3JmR4+2Nph8kHWBbwklNBbLxZlB+nBKTWHlZpX7FJ9CPs3GtgUPhK9v/AA=
"""
EXTRA = """c2sp.org/tlog-proof@v1
extra ZG9zc2llciAyMDI2LTAwMQ==
index 299
roHFK2GeEfrJIXipWXmQDNwO0yMJmTeGfYo62yUDQ2w=
2lYuRxs4F3vbvJ7A3eOboRNxtXH/V7ysQDci78g6uUw=
5QWGoKvVDcWxa2f8JXX8CmwY8h7Xke6CGi0fr/++f+k=
AmVbsd3VCvhUVT1ylhqiPiaPJHrlz2DlqFneJTA4ePs=
+F9OrTQIBxC00egIMBVDqquBqgTeuIWZNQ3Cak8vWN4=

audit.example.org/procurement
300
rrsCfVw90Ihx7lJXemH8gxItDRQ1J5GUNjm9TBLTaUM=

— audit.example.org/procurement \
IeUodhqcFr9oQBG7G+kJrd6zLntQpe3IN4MU8d6xdWtbOwcF79KotRnTGM8pNrO1GYS8i2Bco82AvNdZkd3JVIH7iwk=
"""
TOP, _, NOTE = PLAIN.partition("\n\n")
HASH = "J0ebarMh0u5HdFL2i6UndI6GPK/o+9HfK/idFXDRtpc="


@pytest.mark.parametrize(
    ("text", "entry", "extra"),
    [(PLAIN, b"entry-2", None), (EXTRA, b"entry-299", b"dossier 2026-001")],
    ids=["plain", "extra"],
)
def test_the_vectors_are_read_and_printed_and_hold(
    text: str, entry: bytes, extra: bytes | None
) -> None:
    proof = TlogProof.parse(text)
    assert proof.to_text() == text
    assert proof.extra == extra
    head = Checkpoint.parse(SignedNote.parse(proof.checkpoint).text)
    verify_inclusion(leaf_hash(entry), proof.index, head.size, proof.inclusion, head.root)


def with_line(number: int, line: str) -> str:
    lines = TOP.split("\n")
    lines[number] = line
    return "\n".join([*lines, "", NOTE])


NEAR_MISSES = {
    "nothing": "",
    "header alone": "c2sp.org/tlog-proof@v1\n",
    "no header": PLAIN.removeprefix("c2sp.org/tlog-proof@v1\n"),
    "newer version": with_line(0, "c2sp.org/tlog-proof@v2"),
    "space after header": with_line(0, "c2sp.org/tlog-proof@v1 "),
    "byte-order mark": "\ufeff" + PLAIN,
    "CRLF": PLAIN.replace("\n", "\r\n"),
    "CRLF in one line": with_line(1, "index 2\r"),
    "index with a zero": with_line(1, "index 02"),
    "index with a sign": with_line(1, "index +2"),
    "negative index": with_line(1, "index -2"),
    "index in Arabic digits": with_line(1, "index ٢"),
    "index with an underscore": with_line(1, "index 2_0"),
    "index in hex": with_line(1, "index 0x2"),
    "index with two spaces": with_line(1, "index  2"),
    "index with a tail": with_line(1, "index 2 "),
    "index of 2^63": with_line(1, f"index {2**63}"),
    "index of twenty digits": with_line(1, "index 10000000000000000000"),
    "no index": PLAIN.replace("index 2\n", ""),
    "header and checkpoint alone": f"c2sp.org/tlog-proof@v1\n\n{NOTE}",
    "extra alone": f"c2sp.org/tlog-proof@v1\nextra QQ==\n\n{NOTE}",
    "two indexes": with_line(1, "index 2\nindex 2"),
    "empty extra": with_line(1, "extra \nindex 2"),
    "extra without a value": with_line(1, "extra\nindex 2"),
    "extra that is not base64": with_line(1, "extra !\nindex 2"),
    "extra without padding": with_line(1, "extra ZG9zc2llciAyMDI2LTAwMQ\nindex 2"),
    "extra with stray bits": with_line(1, "extra ZG9zc2llciAyMDI2LTAwMR==\nindex 2"),
    "extra twice": with_line(1, "extra QQ==\nextra QQ==\nindex 2"),
    "extra after the index": with_line(1, "index 2\nextra QQ=="),
    "hash of 31 bytes": with_line(2, base64.b64encode(bytes(31)).decode()),
    "hash of 33 bytes": with_line(2, base64.b64encode(bytes(33)).decode()),
    "hash with stray bits": with_line(2, HASH[:-2] + "d="),
    "hash without padding": with_line(2, HASH[:-1]),
    "hash in the URL alphabet": with_line(2, HASH.replace("/", "_")),
    "hash with a space": with_line(2, " " + HASH),
    "hash in hex": with_line(2, "27" * 32),
    "64 hashes": with_line(2, "\n".join([HASH] * 62)),
    "no blank line": PLAIN.replace("\n\n", "\n"),
    "no last newline": PLAIN[:-1],
    "two last newlines": PLAIN + "\n",
    "trailing bytes": PLAIN + "x",
    "a second blank line": PLAIN.replace("\n\n", "\n\n\n", 1),
    "no checkpoint": TOP + "\n\n",
    "no signature": TOP + "\n\n" + NOTE.split("\n\n")[0] + "\n\n",
    "signature without dash": PLAIN.replace("—", "-"),
    "control character": PLAIN.replace("\n5\n", "\n5\t\n"),
    "too long": PLAIN + "x" * MAX_CHARACTERS,
}


@pytest.mark.parametrize("text", NEAR_MISSES.values(), ids=NEAR_MISSES.keys())
def test_a_near_miss_is_malformed(text: str) -> None:
    with pytest.raises((MalformedProof, MalformedNote, MalformedCheckpoint)):
        TlogProof.parse(text)


def test_sixty_three_hashes_are_the_most() -> None:
    proof = TlogProof.parse(with_line(2, "\n".join([HASH] * 61)))
    assert len(proof.inclusion) == 63


def test_the_largest_index_and_the_longest_file_are_read() -> None:
    assert TlogProof.parse(with_line(1, f"index {2**63 - 1}")).index == 2**63 - 1
    noted = with_line(1, f"extra {'QUFB' * 25_000}\nindex 2")
    blob = " QUFBQUE=\n"
    longest = f"{noted}\u2014 {'w' * (MAX_CHARACTERS - len(noted) - 2 - len(blob))}{blob}"
    assert len(longest) == MAX_CHARACTERS
    assert TlogProof.parse(longest).to_text() == longest


def test_a_log_of_one_entry_has_no_hash_to_show() -> None:
    proof = TlogProof(0, (), NOTE)
    assert proof.to_text() == f"c2sp.org/tlog-proof@v1\nindex 0\n\n{NOTE}"
    assert TlogProof.parse(proof.to_text()) == proof


@given(
    st.integers(0, 2**63 - 1),
    st.lists(st.binary(min_size=32, max_size=32), max_size=63),
    st.none() | st.binary(min_size=1, max_size=200),
)
def test_whatever_is_printed_is_read_again(
    index: int, inclusion: list[bytes], extra: bytes | None
) -> None:
    proof = TlogProof(index, tuple(inclusion), NOTE, extra)
    assert TlogProof.parse(proof.to_text()) == proof


@given(st.data())
def test_whatever_is_accepted_prints_again(data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(EXTRA) - 1))
    cut = data.draw(st.integers(place, min(place + 3, len(EXTRA))))
    text = EXTRA[:place] + data.draw(st.text(max_size=3)) + EXTRA[cut:]
    try:
        proof = TlogProof.parse(text)
    except Malformed:
        return
    assert proof.to_text() == text
