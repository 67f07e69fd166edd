"""What a log sends to a witness, and what it answers."""

import pytest

from liuhen.core.checkpoint import Checkpoint
from liuhen.core.errors import Malformed
from liuhen.core.merkle import TreeHead, verify_consistency
from liuhen.core.note import MAX_NOTE_CHARACTERS, SignedNote, decode_base64
from liuhen.core.witness_request import AddCheckpoint, parse_cosignatures, parse_size
from tests.witness_kit import ML, W1, head_of, vectors

VECTORS = vectors()
REQUEST: str = VECTORS["add_checkpoint"]
NOTE: str = VECTORS["note"]
HASH = REQUEST.split("\n")[1]
FIVE = TreeHead(5, decode_base64("GqaNMHSQWlgfhMu9D3U3lJBP2ARRvEwT5p2aU7xZUCw="))


def test_the_published_request_is_read_and_printed() -> None:
    request = AddCheckpoint.parse(REQUEST)
    assert (request.old_size, len(request.consistency), request.note) == (5, 4, NOTE)
    assert request.to_text() == REQUEST
    verify_consistency(FIVE, head_of(NOTE).head, request.consistency)


@pytest.mark.parametrize("hashes", [0, 1, 63])
def test_a_proof_has_up_to_63_hashes(hashes: int) -> None:
    request = AddCheckpoint(2**63 - 1, (bytes(32),) * hashes, NOTE)
    assert AddCheckpoint.parse(request.to_text()) == request


NEAR_MISSES = {
    "nothing": "",
    "no first line": REQUEST.partition("\n")[2],
    "no size": REQUEST.replace("old 5", "old "),
    "a zero before": REQUEST.replace("old 5", "old 05"),
    "a sign": REQUEST.replace("old 5", "old +5"),
    "an underscore": REQUEST.replace("old 5", "old 1_000"),
    "another digit": REQUEST.replace("old 5", "old ٣"),
    "two spaces": REQUEST.replace("old 5", "old  5"),
    "a space behind": REQUEST.replace("old 5", "old 5 "),
    "upper case": REQUEST.replace("old 5", "Old 5"),
    "2^63": REQUEST.replace("old 5", f"old {2**63}"),
    "carriage returns": REQUEST.replace("\n", "\r\n"),
    "no blank line": REQUEST.replace("\n\n", "\n", 1),
    "two blank lines": REQUEST.replace("\n\n", "\n\n\n", 1),
    "64 hashes": REQUEST.replace(HASH, "\n".join([HASH] * 61)),
    "a hash of 31 bytes": REQUEST.replace(HASH, "A" * 40 + "AA=="),
    "a hash of 33 bytes": REQUEST.replace(HASH, "A" * 44),
    "a hash without padding": REQUEST.replace(HASH, HASH[:-1]),
    "other padding bits": REQUEST.replace(HASH, HASH[:-2] + "d="),
    "no last newline": REQUEST[:-1],
    "a newline more": REQUEST + "\n",
    "an unsigned checkpoint": REQUEST.partition("\n\n")[0] + "\n\na/logs/b\n1\n" + HASH + "\n",
    "a note that is no checkpoint": REQUEST.replace("\n8\n", "\nx\n"),
}


@pytest.mark.parametrize("text", NEAR_MISSES.values(), ids=NEAR_MISSES.keys())
def test_a_near_miss_of_a_request_is_refused(text: str) -> None:
    assert text != REQUEST
    with pytest.raises(Malformed):
        AddCheckpoint.parse(text)


def test_a_request_without_end_is_refused() -> None:
    with pytest.raises(Malformed, match="characters"):
        AddCheckpoint.parse("old 5\n" + "A" * 1_000_000)


def test_a_request_of_as_many_characters_as_a_note_may_have_is_read() -> None:
    room = MAX_NOTE_CHARACTERS - len(REQUEST)
    blob = " QUFBQUE=\n"
    longest = f"{REQUEST}\u2014 {'w' * (room - 2 - len(blob))}{blob}"
    assert len(longest) == MAX_NOTE_CHARACTERS
    assert AddCheckpoint.parse(longest).to_text() == longest


def test_an_answer_is_one_or_more_lines() -> None:
    head = head_of(NOTE)
    lines = [W1.line(head), ML.line(head)]
    for count in (1, 2):
        body = "".join(line.to_text() for line in lines[:count]).encode()
        assert list(parse_cosignatures(body)) == lines[:count]
    assert len(parse_cosignatures(LINE * 100)) == 100


LINE = W1.line(head_of(NOTE)).to_text().encode()
BAD_ANSWERS = {
    "nothing": b"",
    "a newline": b"\n",
    "no last newline": LINE[:-1],
    "a blank line more": LINE + b"\n",
    "a blank line between": LINE + b"\n" + LINE,
    "a whole note": NOTE.encode(),
    "not UTF-8": b"\xff" + LINE,
    "a hyphen for the dash": LINE.replace("\u2014".encode(), b"-"),
    "a hundred and one": LINE * 101,
    "HTML": b"<html></html>\n",
}


@pytest.mark.parametrize("body", BAD_ANSWERS.values(), ids=BAD_ANSWERS.keys())
def test_a_near_miss_of_an_answer_is_refused(body: bytes) -> None:
    with pytest.raises(Malformed):
        parse_cosignatures(body)


def test_a_size_is_a_number_on_a_line() -> None:
    assert [parse_size(body) for body in (b"0\n", b"5\n", b"9223372036854775807\n")] == [
        0,
        5,
        2**63 - 1,
    ]


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"5", b"05\n", b"+5\n", b"-1\n", b"5\n\n", b"5\r\n", b" 5\n", b"5 \n", b"1_0\n"),
        *("٣\n".encode(), b"9223372036854775808\n", b"\xff\n", b"five\n"),
    ],
)
def test_a_near_miss_of_a_size_is_refused(body: bytes) -> None:
    with pytest.raises(Malformed):
        parse_size(body)


def test_the_checkpoint_stays_as_it_was_to_the_byte() -> None:
    note = SignedNote.parse(AddCheckpoint.parse(REQUEST).note)
    assert Checkpoint.parse(note.text).size == 8
    assert note.to_text() == NOTE
