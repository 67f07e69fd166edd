"""A slow, plain reader of JSON that can say where the fault lies.

`strict_json.py` reads with the C scanner and comes here only when that one refuses. This one
keeps an explicit stack instead of recursing, so that a hundred thousand brackets are a refusal
and not a crash, and it knows at every moment line, column, byte offset and JSON pointer.
Both accept the same texts and return the same values; a property test holds them together.
"""

import re
from dataclasses import dataclass
from json import JSONDecodeError, JSONDecoder
from typing import NoReturn

from liuhen.core.canonical import JsonObject, JsonValue
from liuhen.core.errors import MalformedJson
from liuhen.core.json_number import parse_fraction, parse_integer

_STRINGS = JSONDecoder()
"""Reads single strings: their escapes are the standard library's business in both readers."""

_SPACES = frozenset(" \t\n\r")
_SPACE = re.compile(r"[ \t\n\r]*")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_LITERAL = re.compile(r"null|true|false")
_LITERALS: dict[str, JsonValue] = {"null": None, "true": True, "false": False}
_BEYOND_JSON = re.compile(r"-?Infinity|NaN")
_LONGEST_POINTER = 1000
"""A message must not repeat a name of eight megabytes."""

_SURROGATE = re.compile("[\ud800-\udfff]")
_ESCAPE = re.compile(
    r"\\(?:u[dD][89abAB]..\\u[dD][c-fC-F]..|(?P<lone>u[dD][89a-fA-F])|.)", re.DOTALL
)


@dataclass(slots=True)
class _Open:
    """A container that is being read, and the name or position being read in it."""

    container: list[JsonValue] | JsonObject
    place: str | int | None = None


def scan(text: str, depth: int) -> JsonValue:
    """Read one JSON text.

    Args:
        text: The whole text, without lone surrogates.
        depth: Most containers that may be open at once.

    Raises:
        MalformedJson: With the place of the first fault.
    """
    return _Scanner(text, depth).read()


def lone_surrogate(text: str) -> int | None:
    """Return the position of the first escape of half a surrogate pair, if there is one."""
    return next((m.start() for m in _ESCAPE.finditer(text) if m["lone"]), None)


def place(text: str, position: int, path: str = "") -> dict[str, int | str]:
    """Describe a position for MalformedJson: line and column from 1, byte offset from 0."""
    return {
        "line": text.count("\n", 0, position) + 1,
        "column": position - text.rfind("\n", 0, position),
        "offset": len(text[:position].encode()),
        "path": path,
    }


class _Scanner:
    """One reading of one text."""

    def __init__(self, text: str, depth: int) -> None:
        self._text, self._depth = text, depth
        self._position = 0
        self._stack: list[_Open] = []

    def read(self) -> JsonValue:
        value = self._begin()
        while self._stack:
            self._next(self._stack[-1])
        self._skip_space()
        if self._position < len(self._text):
            self._refuse("text after the JSON value")
        return value

    def _next(self, parent: _Open) -> None:
        """Read one element of the innermost container, or its end."""
        closer = "}" if isinstance(parent.container, dict) else "]"
        self._skip_space()
        if self._take(closer):
            self._stack.pop()
            return
        if parent.container:
            if not self._take(","):
                self._refuse(f'"," or "{closer}" expected')
            self._skip_space()
        if isinstance(parent.container, dict):
            parent.place = None
            parent.place = name = self._name(parent.container)
            parent.container[name] = self._begin()
        else:
            parent.place = len(parent.container)
            parent.container.append(self._begin())

    def _name(self, siblings: JsonObject) -> str:
        start = self._position
        if not self._text.startswith('"', start):
            self._refuse("a member name in double quotes expected")
        name = self._string()
        if name in siblings:
            self._stack[-1].place = name
            self._refuse("a member name that stands here twice", start)
        self._skip_space()
        if not self._take(":"):
            self._refuse('":" expected')
        return name

    def _begin(self) -> JsonValue:
        """Read a scalar, or the opening of a container, which goes on the stack."""
        self._skip_space()
        start = self._text[self._position : self._position + 1]
        if start == '"':
            return self._string()
        if start in ("{", "["):
            return self._open({} if start == "{" else [])
        if start in ("n", "t", "f") and (match := _LITERAL.match(self._text, self._position)):
            self._position = match.end()
            return _LITERALS[match.group()]
        return self._number()

    def _open(self, container: list[JsonValue] | JsonObject) -> JsonValue:
        if len(self._stack) == self._depth:
            self._refuse(f"more than {self._depth} levels of nesting")
        self._position += 1
        self._stack.append(_Open(container))
        return container

    def _number(self) -> int | float:
        match = _NUMBER.match(self._text, self._position)
        if not match:
            beyond = _BEYOND_JSON.match(self._text, self._position)
            self._refuse("NaN and infinities are not JSON" if beyond else "a value expected")
        try:
            text = match.group()
            value = parse_integer(text) if text.lstrip("-").isdigit() else parse_fraction(text)
        except MalformedJson as error:
            self._refuse(error.rule)
        self._position = match.end()
        return value

    def _string(self) -> str:
        start = self._position
        value: str
        try:
            value, self._position = _STRINGS.raw_decode(self._text, start)
        except JSONDecodeError as error:
            self._refuse(error.msg[:1].lower() + error.msg[1:].removesuffix(" at"), error.pos)
        if _SURROGATE.search(value):
            at = lone_surrogate(self._text[start : self._position])
            self._refuse("half of a surrogate pair", start + (at or 0))
        return value

    def _skip_space(self) -> None:
        if self._text[self._position : self._position + 1] in _SPACES:
            match = _SPACE.match(self._text, self._position)
            self._position = match.end() if match else self._position

    def _take(self, character: str) -> bool:
        if not self._text.startswith(character, self._position):
            return False
        self._position += 1
        return True

    def _refuse(self, rule: str, position: int | None = None) -> NoReturn:
        at = self._position if position is None else position
        raise MalformedJson(rule, **place(self._text, at, self._pointer()))  # type: ignore[arg-type]

    def _pointer(self) -> str:
        """Spell the path of open containers as a JSON pointer (RFC 6901)."""
        steps = (str(entry.place) for entry in self._stack if entry.place is not None)
        path = "".join("/" + step.replace("~", "~0").replace("/", "~1") for step in steps)
        return path if len(path) <= _LONGEST_POINTER else path[:_LONGEST_POINTER] + "…"
