"""What a mapping makes: submissions that wait for their numbers, and where each came from."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from liuhen.core.canonical import JsonObject, JsonValue
from liuhen.core.errors import RecordRefused
from liuhen.core.pointer import to_pointer
from liuhen.domain.admission import check_has_case
from liuhen.domain.catalogue import GENERIC, check_data
from liuhen.domain.incoming import IMPORTED
from liuhen.domain.mapping.value import case_of
from liuhen.domain.reading import Members, get_text
from liuhen.domain.rectification import UNKNOWN

Path = tuple[str | int, ...]

Reasons = Mapping[str, int]
"""Why something has no type of ours, and how many of such there are."""

ORIGINAL: Final = "original"
_OWN_NUMBERS: Final = {
    name: f"{name}_no"
    for name in ("project", "finding", "task", "objection", "challenge", "complaint")
}
"""Of types that may have a file of their own: the field with its number."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where in which file something stood.

    Attributes:
        source: Name of the file.
        sha256: SHA-256 of the file, 64 hex digits.
        position: Number of the release, body or row in it, from 0.
        path: Its path in the file's JSON; for JSON Lines in that of its line.
    """

    source: str
    sha256: str
    position: int
    path: Path = ()

    def at(self, *path: str | int) -> "Place":
        """Return the place of something in it."""
        return replace(self, path=(*self.path, *path))

    def imported(self, kind: str) -> JsonObject:
        """Return the mark of imported history.

        Args:
            kind: What the original is, such as `ocds.award`.
        """
        return {
            "source": self.source,
            "sha256": self.sha256,
            "position": self.position,
            "pointer": to_pointer(self.path),
            "kind": kind,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapped:
    """One submission.

    Attributes:
        type: Record type.
        data: Its data, with `imported` and `original`.
        case: Its case.
        occurred_at: When it happened, where that is told.
        organisation: Who told it first, where that is told.
        names: What later submissions of the same import call it by.
        links: (rel, name) of earlier submissions.
        reasons: Why it is generic, or holds what no type was found for.
    """

    type: str
    data: JsonObject
    case: str | None = None
    occurred_at: str | None = None
    organisation: str | None = None
    names: tuple[str, ...] = ()
    links: tuple[tuple[str, str], ...] = ()
    reasons: Reasons = field(default_factory=dict)

    def derived_from(self, what: str) -> "Mapped":
        """Return the same, marked: its original was worked out from another object of the file."""
        mark = self.data[IMPORTED]
        assert isinstance(mark, dict)  # every mapping makes one
        return replace(self, data={**self.data, IMPORTED: {**mark, "derived_from": what}})

    def submission(self, numbers: Mapping[str, str]) -> JsonObject:
        """Return what is sent.

        Args:
            numbers: Record numbers by name; a link to what has none is left out, since `data`
                holds the identifier that it was made from.
        """
        submitter: JsonObject = {"person": UNKNOWN}
        if self.organisation is not None:
            submitter = {"organisation": self.organisation}
        sent: JsonObject = {"type": self.type, "submitter": submitter, "data": self.data}
        if self.case is not None:
            sent["case"] = self.case
        if self.occurred_at is not None:
            sent["occurred_at"] = self.occurred_at
        links: list[JsonValue] = [
            {"rel": rel, "record": numbers[name]} for rel, name in self.links if name in numbers
        ]
        if links:
            sent["links"] = links
        return sent


def mapped(place: Place, kind: str, original: JsonValue, data: JsonObject) -> JsonObject:
    """Return the data of a mapped record: its fields, where it came from, and all it came from."""
    return {**data, IMPORTED: place.imported(kind), ORIGINAL: original}


def generic(
    place: Place,
    kind: str,
    original: JsonValue,
    reasons: Reasons,
    *,
    case: str | None = None,
    occurred_at: str | None = None,
    organisation: str | None = None,
    names: tuple[str, ...] = (),
    links: tuple[tuple[str, str], ...] = (),
    **data: JsonValue,
) -> Mapped:
    """Return a generic record, which says why it is one."""
    unmapped: JsonObject = dict(reasons)
    return Mapped(
        type=GENERIC,
        data=mapped(place, kind, original, {"unmapped": unmapped, **data}),
        case=case,
        occurred_at=occurred_at,
        organisation=organisation,
        names=names,
        links=links,
        reasons=reasons,
    )


def own_case(record_type: str, data: Members) -> str | None:
    """Return the case that is a record's own file, from its number: a finding's, a complaint's.

    Args:
        record_type: Its type.
        data: Its data.
    """
    number = get_text(data, _OWN_NUMBERS.get(record_type, ""))
    return case_of(number) if number else None


def settled(one: Mapped) -> Mapped:
    """Return a record that the catalogue takes: itself, or what it is made from as generic."""
    one = replace(one, case=one.case or own_case(one.type, one.data))
    try:
        check_data(one.type, one.data)
        check_has_case(one.type, one.case)
    except RecordRefused as refused:
        why = "without-case" if refused.field == "/case" else "refused"
        reasons = {**one.reasons, f"{one.type}-{why}": 1}
        data: JsonObject = {
            IMPORTED: one.data[IMPORTED],
            ORIGINAL: one.data.get(ORIGINAL),
            "unmapped": {**reasons},
            "refused": f"{refused.field}: {refused.rule}",
        }
        return replace(one, type=GENERIC, data=data, reasons=reasons)
    return one


def less(value: JsonObject, taken: Mapping[str, set[int]]) -> JsonObject:
    """Return an object without the elements of its lists that stand in records of their own.

    Null stands in the place of each, so that the others keep theirs; a list of which nothing is
    left is left out.
    """
    rest = dict(value)
    for name, positions in taken.items():
        held = value.get(name)
        if not positions or not isinstance(held, list):
            continue
        if len(positions) == len(held):
            del rest[name]
        else:
            rest[name] = [None if i in positions else each for i, each in enumerate(held)]
    return rest
