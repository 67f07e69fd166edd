"""Taking a large JSON text apart, so that one release at a time is held in memory.

Only the outline is followed here: where an object's lists of releases begin and end, and what else
stands in it. The texts that come out are read strictly afterwards; a fault inside of one is a fault
of that piece alone.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from json import JSONDecodeError, JSONDecoder
from typing import Final, NoReturn

from liuhen.core.errors import MalformedJson
from liuhen.domain.mapping.mapped import Path

MOST_CHARACTERS: Final = 32 * 2**20
"""Longest piece; more is held by no single record anyway."""

_SPACE: Final = re.compile(r"[ \t\n\r]*+")
_TOKEN: Final = re.compile(r'["{}\[\]]')
_STRING: Final = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
_SCALAR: Final = re.compile(r'[^ \t\n\r,\]}"\[{:]++')
_NAMES: Final = JSONDecoder()


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text.

    Attributes:
        text: JSON of one value.
        path: Where it stands in its document.
        document: Number of the document; a text may hold several, one after another.
        is_element: It is an element of a list that was asked for; else it is a document, less
            such lists.
        holds_lists: A document that had such lists.
        members: The members that its document had before it, each as `"name":value`.
    """

    text: str
    path: Path
    document: int
    is_element: bool
    holds_lists: bool = False
    members: Sequence[str] = ()


def pieces(chunks: Iterable[str], lists: Collection[str]) -> Iterator[Piece]:
    """Take apart documents, or a list of documents.

    Args:
        chunks: The text, in parts of any length.
        lists: Names of members of a document whose elements come one by one.

    Raises:
        MalformedJson: The outline is broken, or one piece is too long; what came before is whole.
    """
    text, document = _Text(chunks), 0
    while text.peek():
        if text.peek() == "[":
            for position in text.elements():
                yield from _document(text, (position,), document, lists)
                document += 1
        else:
            yield from _document(text, (), document, lists)
            document += 1


def _document(text: "_Text", path: Path, number: int, lists: Collection[str]) -> Iterator[Piece]:
    if text.peek() != "{":
        yield Piece(text.value(), path, number, is_element=False)
        return
    members: list[str] = []
    length, holds_lists = 0, False
    for written, name in text.members():
        if name in lists and text.peek() == "[":
            holds_lists, position = True, -1
            for position in text.elements():
                place = (*path, name, position)
                yield Piece(text.value(), place, number, is_element=True, members=members)
            if position < 0:
                members.append(f"{written}:[]")
            continue
        members.append(f"{written}:{text.value()}")
        length += len(members[-1])
        if length > MOST_CHARACTERS:
            raise MalformedJson(f"an object of more than {MOST_CHARACTERS} characters")
    whole = "{" + ",".join(members) + "}"
    yield Piece(whole, path, number, is_element=False, holds_lists=holds_lists)


class _Text:
    """A text that comes in parts; what was read is let go."""

    def __init__(self, chunks: Iterable[str]) -> None:
        self._chunks = iter(chunks)
        self._held, self._at, self._before = "", 0, 0

    def peek(self) -> str:
        """Return the next character that is no space; empty at the end."""
        while True:
            match = _SPACE.match(self._held, self._at)
            self._at = match.end() if match else self._at
            if self._at < len(self._held) or not self._more():
                return self._held[self._at : self._at + 1]

    def elements(self) -> Iterator[int]:
        """Step through an array, standing before each element in turn."""
        self._take("[")
        if self.peek() == "]":
            self._take("]")
            return
        position = 0
        while True:
            yield position
            position += 1
            if self._one_of(",]") == "]":
                return

    def members(self) -> Iterator[tuple[str, str]]:
        """Step through an object: a name as written and as meant, standing before its value."""
        self._take("{")
        if self.peek() == "}":
            self._take("}")
            return
        while True:
            if self.peek() != '"':
                self._refuse("a member name in double quotes expected")
            written = self.value()
            try:
                name, _ = _NAMES.raw_decode(written)
            except JSONDecodeError:
                self._refuse("a member name that is no JSON string")
            self._take(":")
            yield written, name
            if self._one_of(",}") == "}":
                return

    def value(self) -> str:
        """Return the text of the next value."""
        first = self.peek()
        end = self._end_of_container() if first and first in "{[" else self._end_of_scalar()
        taken = self._held[self._at : end]
        self._at = end
        return taken

    def _end_of_container(self) -> int:
        depth, at = 0, self._at
        while True:
            match = _TOKEN.search(self._held, at)
            if match is None:
                at = self._grown(len(self._held))
            elif match[0] == '"':
                at = self._end_of_string(match.start())
            else:
                depth += 1 if match[0] in "{[" else -1
                at = match.end()
                if depth == 0:
                    return at

    def _end_of_string(self, at: int) -> int:
        while (match := _STRING.match(self._held, at)) is None:
            at = self._grown(at)
        return match.end()

    def _end_of_scalar(self) -> int:
        if self._held.startswith('"', self._at):
            return self._end_of_string(self._at)
        match = _SCALAR.match(self._held, self._at)
        while match is not None and match.end() == len(self._held) and self._more():
            match = _SCALAR.match(self._held, self._at)
        if match is None:
            self._refuse("a value expected")
        return match.end()

    def _grown(self, at: int) -> int:
        """Fetch more text in the midst of a value; return where a place in it is then."""
        before = self._at
        if len(self._held) - before > MOST_CHARACTERS:
            self._refuse(f"a value of more than {MOST_CHARACTERS} characters")
        if not self._more():
            self._refuse("the text ends in the midst of a value")
        return at - before + self._at

    def _more(self) -> bool:
        """Fetch more text and let go of what was read; say whether there was any."""
        chunk = next(self._chunks, "")
        self._before += self._at
        self._held = self._held[self._at :] + chunk
        self._at = 0
        return bool(chunk)

    def _take(self, expected: str) -> None:
        self._one_of(expected)

    def _one_of(self, expected: str) -> str:
        found = self.peek()
        if not found or found not in expected:
            wanted = " or ".join(f'"{each}"' for each in expected)
            self._refuse(f"{wanted} expected")
        self._at += 1
        return found

    def _refuse(self, rule: str) -> NoReturn:
        raise MalformedJson(f"{rule}, at character {self._before + self._at}")
