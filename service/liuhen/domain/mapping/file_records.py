"""A whole file of another system: its pieces in order, the records of each, and the account."""

from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import Final, Protocol

from liuhen.core.canonical import JsonValue
from liuhen.core.errors import MalformedJson
from liuhen.core.strict_json import DEFAULT_LIMITS, parse_json
from liuhen.domain.mapping.account import Account
from liuhen.domain.mapping.mapped import Mapped, Place, generic, settled
from liuhen.domain.mapping.ocds_element import element_records
from liuhen.domain.mapping.ocds_release import Told
from liuhen.domain.mapping.pieces import MOST_CHARACTERS, Piece
from liuhen.domain.mapping.prozorro_records import body_records, object_records
from liuhen.domain.mapping.value import text_of
from liuhen.domain.reading import get_members

LIMITS: Final = replace(
    DEFAULT_LIMITS, body_bytes=4 * MOST_CHARACTERS, depth=DEFAULT_LIMITS.depth - 16, values=2**22
)
"""A piece becomes several records, each a few levels deeper than it was."""


class FileRecords(Protocol):
    """The records of one file.

    Attributes:
        lists: Members of a document whose elements come one by one.
        account: What was found so far.
    """

    lists: Collection[str]
    account: Account

    def of_piece(self, piece: Piece) -> Iterator[Mapped]:
        """Yield the records of the next piece."""
        ...


class _File:
    def __init__(self, name: str, sha256: str) -> None:
        """Begin a file.

        Args:
            name: Its name.
            sha256: SHA-256 of it, 64 hex digits.
        """
        self.account = Account(name)
        self._name, self._sha256 = name, sha256

    def of_piece(self, piece: Piece) -> Iterator[Mapped]:
        """Yield the records of the next piece, each such that the catalogue takes it."""
        place = Place(self._name, self._sha256, self.account.items, piece.path)
        self._look(piece)
        try:
            value = parse_json(piece.text.encode("utf-8", "surrogatepass"), LIMITS)
        except MalformedJson as error:
            found = iter((_unread(place, piece.text, error),))
        else:
            found = self._records(piece, value, place)
        for each in found:
            one = settled(each)
            self.account.add(one)
            yield one

    def _look(self, piece: Piece) -> None:
        raise NotImplementedError

    def _records(self, piece: Piece, value: JsonValue, place: Place) -> Iterator[Mapped]:
        raise NotImplementedError


def _unread(place: Place, text: str, error: MalformedJson) -> Mapped:
    """Keep the text of what is no strict JSON: a number no double carries, a member twice."""
    shown = text.encode("utf-8", "replace").decode()
    return generic(place, "text", shown, {"not-strict-json": 1}, fault=str(error))


class OcdsFile(_File):
    """A file of OCDS releases, records, packages, or lists of them."""

    lists: Collection[str] = ("releases", "records")

    def __init__(self, name: str, sha256: str) -> None:
        """Begin a file; see the class it stands on."""
        super().__init__(name, sha256)
        self._told = Told()
        self._publisher: tuple[int, int, str | None] = (-1, 0, None)

    def _look(self, piece: Piece) -> None:
        self.account.holds = _holds(piece, self.account.holds)

    def _records(self, piece: Piece, value: JsonValue, place: Place) -> Iterator[Mapped]:
        if not piece.is_element and piece.holds_lists:
            yield generic(place, "ocds.package", value, {"package-members": 1})
            return
        for one in element_records(value, place, self._told, self._publisher_of(piece)):
            mark = one.data["imported"]
            if isinstance(mark, dict) and mark.get("kind") == "ocds.release":
                self.account.items += 1
            yield one

    def _publisher_of(self, piece: Piece) -> str | None:
        """Return the publisher of a package, if it is named before its releases."""
        document, length, publisher = self._publisher
        if (document, length) != (piece.document, len(piece.members)):
            publisher = _publisher(piece)
            self._publisher = piece.document, len(piece.members), publisher
        return publisher


def _publisher(piece: Piece) -> str | None:
    for member in piece.members:
        if member.startswith('"publisher":'):
            try:
                read = parse_json(f"{{{member}}}".encode("utf-8", "surrogatepass"), LIMITS)
            except MalformedJson:
                return None
            assert isinstance(read, dict)  # the braces are ours
            return text_of(get_members(read, "publisher").get("name"))
    return None


def _holds(piece: Piece, before: str) -> str:
    if not piece.is_element:
        return before if piece.holds_lists or before != "nothing" else "single object"
    member = "record" if piece.path[-2] == "records" else "release"
    listed = "list of packages" if len(piece.path) > 2 else "package"
    return f"{member} {listed}" if before in ("nothing", "single object") else before


class ProzorroFile(_File):
    """A file of bodies of the ProZorro API."""

    lists: Collection[str] = ("data",)

    def __init__(self, name: str, sha256: str, case: str | None = None) -> None:
        """Begin a file.

        Args:
            name: Its name.
            sha256: As everywhere.
            case: The case of what does not name its tender.
        """
        super().__init__(name, sha256)
        self._case = case

    def _look(self, piece: Piece) -> None:
        self.account.holds = "list of objects" if piece.is_element else self.account.holds
        if self.account.holds == "nothing":
            self.account.holds = "body"

    def _records(self, piece: Piece, value: JsonValue, place: Place) -> Iterator[Mapped]:
        if piece.is_element:
            self.account.items += 1
            yield from object_records(value, place, self._case)
        elif not piece.holds_lists:
            self.account.items += 1
            yield from body_records(value, place, self._case)
        elif value:
            yield generic(place, "prozorro.body", value, {"body-members": 1}, case=self._case)
