"""Signed notes: printed as they were read, or refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liuhen.core.errors import MalformedNote
from liuhen.core.note import NoteSignature, SignedNote, decode_base64, is_key_name

DASH = "\u2014"
GOOD = f"text\n\n{DASH} log.example/logs/a AAAAAAE=\n"

NAMES = (
    st.text(min_size=1, max_size=20)
    .filter(is_key_name)
    .filter(lambda name: all(c >= " " for c in name) and name.isprintable())
)


def test_a_note_prints_as_it_was_read() -> None:
    note = SignedNote.parse(GOOD)
    assert note.text == "text\n"
    assert note.signatures == (NoteSignature("log.example/logs/a", bytes(4), b"\x01"),)
    assert note.to_text() == GOOD


def test_the_text_may_hold_blank_lines() -> None:
    note = SignedNote.parse("one\n\ntwo\n" + GOOD.removeprefix("text\n"))
    assert note.text == "one\n\ntwo\n"


@pytest.mark.parametrize(
    "note",
    [
        "",
        "\n",
        "text\n",
        "text\n\n",
        GOOD.removesuffix("\n"),
        GOOD + "\n",
        GOOD.replace("\n", "\r\n"),
        GOOD.replace("text", "te\txt"),
        GOOD.replace("text", "te\0xt"),
        GOOD.removeprefix("text\n"),
        GOOD.removeprefix("text"),
        GOOD.replace(DASH, "-"),
        GOOD.replace(DASH, "\u2013"),
        GOOD.replace(f"{DASH} ", DASH),
        GOOD.replace(f"{DASH} ", f"{DASH}  "),
        GOOD.replace("logs/a ", "logs/a  "),
        GOOD.replace("logs/a", "logs/+a"),
        GOOD.replace("logs/a", "logs/\u00a0a"),
        GOOD.replace("AAAAAAE=", "AAAAAAE"),
        GOOD.replace("AAAAAAE=", "AAAAAAF="),  # stray bits behind the last byte
        GOOD.replace("AAAAAAE=", "AAAAAAE=="),
        GOOD.replace("AAAAAAE=", "AAAA AAE="),
        GOOD.replace("AAAAAAE=", "AAAAAA=="),  # a key ID without a signature
        GOOD.replace("AAAAAAE=", ""),
        GOOD.replace("AAAAAAE=", "AAAA-_E="),
        "text\n\n" + f"{DASH} log AAAAAAE=\n" * 101,
        "x" * 1_000_001,
    ],
)
def test_a_near_miss_of_a_note_is_refused(note: str) -> None:
    with pytest.raises(MalformedNote):
        SignedNote.parse(note)


@given(
    st.text(max_size=60), st.lists(st.tuples(NAMES, st.binary(min_size=5, max_size=80)), min_size=1)
)
def test_what_is_printed_reads_back(text: str, lines: list[tuple[str, bytes]]) -> None:
    note = SignedNote(
        text + "x\n", tuple(NoteSignature(name, blob[:4], blob[4:]) for name, blob in lines)
    )
    try:
        again = SignedNote.parse(note.to_text())
    except MalformedNote:
        assert any(c < " " and c != "\n" for c in text) or "\n\n" in note.text
    else:
        assert again == note


@given(st.text(max_size=200) | st.just(GOOD).flatmap(lambda g: st.text().map(lambda t: t + g)))
def test_whatever_is_accepted_is_canonical(text: str) -> None:
    try:
        note = SignedNote.parse(text)
    except MalformedNote:
        return
    assert note.to_text() == text


def test_base64_has_one_spelling() -> None:
    assert decode_base64("AAE=") == b"\0\x01"
    for text in ["AAE", "AAF=", "A A E=", "AAE=\n", "AA-_", "é", "===="]:
        with pytest.raises(MalformedNote):
            decode_base64(text)


@pytest.mark.parametrize("name", ["", "+", "a+b", " ", "a b", "a\u00a0b", "a\nb", "a\u2028b"])
def test_what_would_end_a_name_early_names_no_key(name: str) -> None:
    assert not is_key_name(name)


def test_further_lines_are_added_once_a_key_and_replace_none() -> None:
    first, second = NoteSignature("a", b"1234", b"x"), NoteSignature("b", b"1234", b"y")
    again = NoteSignature("a", b"1234", b"other")
    same_name = NoteSignature("a", b"5678", b"z")
    note = SignedNote("text\n", (first,))
    assert note.with_lines([]) == note
    assert note.with_lines([again, second, same_name]) == SignedNote(
        "text\n", (first, second, same_name)
    )
    newest = NoteSignature("b", b"1234", b"newest")
    assert note.with_lines([second, newest]).signatures == (first, newest)


def test_a_hundred_lines_and_a_million_characters_are_the_most() -> None:
    line = NoteSignature("a", b"1234", b"x").to_text()
    assert len(SignedNote.parse("text\n\n" + line * 100).signatures) == 100
    with pytest.raises(MalformedNote, match="100"):
        SignedNote.parse("text\n\n" + line * 101)
    tail = "\n\n" + line
    longest = "t" * (1_000_000 - len(tail)) + tail
    assert SignedNote.parse(longest).to_text() == longest
    with pytest.raises(MalformedNote, match="1000000"):
        SignedNote.parse("t" + longest)
