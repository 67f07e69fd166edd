"""Bodies of the ProZorro API: which object one holds, and what it belongs to.

The API answers with one object, or a list of them, under `data`. An object is known by the members
that only its kind has, and by its identifier: what was merely sent in a request has none, and what
came of it is not told, so it stays generic.
"""

from dataclasses import dataclass, replace
from typing import Final

from liuhen.core.canonical import JsonObject, JsonValue
from liuhen.domain.mapping.mapped import Mapped, Place, generic, mapped
from liuhen.domain.mapping.value import moment_of
from liuhen.domain.reading import Members, get_members, get_text

_KINDS: Final = (
    ("monitoring", ("monitoring_id", "status")),
    ("tender", ("tenderID", "id")),
    ("complaint", ("complaintID", "id")),
    ("bid", ("tenderers", "status", "id")),
    ("award", ("suppliers", "status", "id")),
    ("cancellation", ("cancellationOf", "status", "id")),
    ("question", ("questionOf", "id")),
    ("document", ("documentOf", "id")),
    ("post", ("postOf", "id")),
)
_TOLD: Final = {"id", "dateCreated", "datePublished"}
_DATES: Final = ("datePublished", "dateSubmitted", "dateCreated", "date", "dateModified")


@dataclass(frozen=True, slots=True)
class Body:
    """One object of the API, and what it belongs to.

    Attributes:
        value: The object.
        place: Its place.
        case: The case of its tender or monitoring, if that is known.
        owner: Name of the record of its tender or monitoring.
        organisation: Who told it.
    """

    value: JsonObject
    place: Place
    case: str | None
    owner: str | None = None
    organisation: str | None = None

    @property
    def at(self) -> str | None:
        """When it was told, as far as the object itself says."""
        return next(
            (at for name in _DATES if (at := moment_of(self.value.get(name))) is not None), None
        )

    @property
    def links(self) -> tuple[tuple[str, str], ...]:
        """A link to what it belongs to."""
        return () if self.owner is None else (("about", self.owner),)

    def part(self, value: JsonObject, *path: str | int) -> "Body":
        """Return a part of it as an object of its own."""
        return replace(self, value=value, place=self.place.at(*path))

    def named(self, kind: str) -> str:
        """Return the name by which others link to its record."""
        return f"prozorro|{kind}:{get_text(self.value, 'id') or ''}"

    def record(
        self,
        record_type: str,
        kind: str,
        data: JsonObject,
        *,
        at: str | None,
        original: JsonValue = None,
        names: tuple[str, ...] = (),
        links: tuple[tuple[str, str], ...] = (),
        organisation: str | None = None,
    ) -> Mapped:
        """Return a record of it.

        Args:
            record_type: Type.
            kind: What the original is.
            data: Its fields.
            at: When it happened.
            original: What it was made from; the object itself where nothing else is given.
            names: Names for later links.
            links: Links besides the one to what it belongs to.
            organisation: Who told it, if that is not who told the object.
        """
        whole = self.value if original is None else original
        return Mapped(
            type=record_type,
            data=mapped(self.place, f"prozorro.{kind}", whole, data),
            case=self.case,
            occurred_at=at,
            organisation=organisation or self.organisation,
            names=names,
            links=(*self.links, *links),
        )

    def unmapped(
        self, kind: str, reason: str, *, links: tuple[tuple[str, str], ...] = ()
    ) -> Mapped:
        """Return it as a generic record."""
        return generic(
            self.place,
            f"prozorro.{kind}",
            self.value,
            {reason: 1},
            case=self.case,
            occurred_at=self.at,
            organisation=self.organisation,
            names=(self.named(kind),) if get_text(self.value, "id") else (),
            links=(*self.links, *links),
        )


def kind_of(value: Members) -> str | None:
    """Return what an object of the API is; None where its members do not tell."""
    return next((kind for kind, names in _KINDS if all(name in value for name in names)), None)


def why_none(value: Members) -> str:
    """Return why an object has no kind."""
    return "object-without-type" if not _TOLD.isdisjoint(value) else "request-body"


def party_of(value: Members) -> Members:
    """Return the identifier of an organisation."""
    return get_members(value, "identifier")
