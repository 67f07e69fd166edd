"""Reading the objects of a trust policy member by member, each refused by its place."""

import re
from collections.abc import Callable, Iterable
from typing import TypeVar

from liuhen.core.canonical import JsonValue
from liuhen.core.errors import MalformedPolicy

_HEX = re.compile(r"0x(?:[0-9a-f]{2})+", re.ASCII)
_Parsed = TypeVar("_Parsed")


class Members:
    """The members of one JSON object, taken one by one; `end` refuses what was not taken.

    All methods raise MalformedPolicy with the member's place: it is missing, or of another form.
    """

    def __init__(self, value: JsonValue, place: str) -> None:
        if not isinstance(value, dict):
            raise MalformedPolicy(f"{place or 'the policy'}: must be an object")
        self.place = place
        self._left = dict(value)

    def take(self, name: str) -> JsonValue:
        """Take a member of any form."""
        if name not in self._left:
            raise MalformedPolicy(f"{self._at(name)}: is missing")
        return self._left.pop(name)

    def end(self) -> None:
        """Refuse the members that were not taken."""
        for name in sorted(self._left):
            raise MalformedPolicy(f"{self._at(name)}: is unknown")

    def text(self, name: str) -> str:
        """Take a string."""
        value = self.take(name)
        if not isinstance(value, str):
            raise MalformedPolicy(f"{self._at(name)}: must be a string")
        return value

    def one_of(self, name: str, allowed: Iterable[str]) -> str:
        """Take one of the allowed strings."""
        text, texts = self.text(name), list(map(str, allowed))
        if text not in texts:
            raise MalformedPolicy(f"{self._at(name)}: must be one of {', '.join(texts)}")
        return text

    def texts(self, name: str) -> tuple[str, ...]:
        """Take an array of strings."""
        value = self.take(name)
        texts = [item for item in value if isinstance(item, str)] if isinstance(value, list) else []
        if texts != value:
            raise MalformedPolicy(f"{self._at(name)}: must be an array of strings")
        return tuple(texts)

    def integer(self, name: str) -> int:
        """Take an integer from 0."""
        value = self.take(name)
        if type(value) is not int or value < 0:
            raise MalformedPolicy(f"{self._at(name)}: must be an integer from 0")
        return value

    def bytes(self, name: str, size: int) -> bytes:
        """Take `size` bytes in hex."""
        text = self.text(name)
        if _HEX.fullmatch(text) is None or len(text) != 2 + 2 * size:
            rule = f"must be {size} bytes of lower-case hex after 0x"
            raise MalformedPolicy(f"{self._at(name)}: {rule}")
        return bytes.fromhex(text[2:])

    def members(self, name: str) -> "Members":
        """Take an object; its reader calls `end`."""
        return Members(self.take(name), self._at(name))

    def each(self, name: str, read: Callable[["Members"], _Parsed]) -> tuple[_Parsed, ...]:
        """Take an array of objects; `read` need not call `end`."""
        value = self.take(name)
        if not isinstance(value, list):
            raise MalformedPolicy(f"{self._at(name)}: must be an array")
        parsed = []
        for i, item in enumerate(value):
            members = Members(item, f"{self._at(name)}/{i}")
            parsed.append(read(members))
            members.end()
        return tuple(parsed)

    def one_or_more(self, name: str, read: Callable[["Members"], _Parsed]) -> tuple[_Parsed, ...]:
        """Take an array of objects that is not empty."""
        parsed = self.each(name, read)
        if not parsed:
            raise MalformedPolicy(f"{self._at(name)}: must not be empty")
        return parsed

    def _at(self, name: str) -> str:
        return f"{self.place}/{name}".lstrip("/")
