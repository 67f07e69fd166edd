"""The layout of a record: every place of the envelope, in leaf order, with its constant bytes.

For the names of the envelope, leaf order and the order of members in canonical form agree, so
one pass over these places makes both the leaves and the canonical form of the record. Where
the writer's values come, `lay_out` leaves a mark to part the text at.
"""

from collections.abc import Mapping
from typing import NamedTuple

from liuhen.core.canonical import JsonValue
from liuhen.core.commitment import MISSING
from liuhen.core.field_leaf import FieldLeaf, leaf_text
from liuhen.core.record import RULES

WALKED = ("attachments", "data", "links")
"""The members that hold any number of leaves."""

WRITERS = (
    *("after_block/chain_id", "after_block/hash", "after_block/number"),
    *("case_prev", "case_seq", "recorded_at"),
)
"""The six leaves that only the writer knows, in leaf order."""

_NESTED = {
    "after_block": ("chain_id", "hash", "number"),
    "submitter": ("network_address", "organisation", "person", "system"),
}


class Place(NamedTuple):
    """One place of the envelope.

    Attributes:
        before: Canonical text between the value before and this one.
        name: Its name, "submitter/person" for a nested one.
        path: Canonical form of its path.
    """

    before: bytes
    name: str
    path: bytes


def lay_out(
    known: Mapping[str, JsonValue], walked: Mapping[str, tuple[list[FieldLeaf], bytes]]
) -> tuple[list[FieldLeaf], bytes]:
    """Make the leaves and the canonical form of a record, MISSING where the writer comes.

    Args:
        known: The scalars known by now, by name of their place.
        walked: Leaves and canonical form of each of WALKED.
    """
    leaves: list[FieldLeaf] = []
    texts: list[bytes] = []
    for before, name, path in ENVELOPE:
        if name in walked:
            found, text = walked[name]
            leaves += found
        else:
            text = leaf_text(known[name]) if name in known else MISSING
            leaves.append((path, text))
        texts += (before, text)
    return leaves, b"".join(texts) + b"}"


def _envelope() -> tuple[Place, ...]:
    places = []
    separator = "{"
    for member in sorted(RULES):
        opening = f'{separator}"{member}":'
        if member in _NESTED:
            places += _nested(opening, member, _NESTED[member])
        else:
            places.append(Place(opening.encode(), member, f'["{member}"]'.encode()))
        separator = "}," if member in _NESTED else ","
    return tuple(places)


def _nested(opening: str, member: str, names: tuple[str, ...]) -> list[Place]:
    places = []
    separator = opening + "{"
    for name in names:
        path = f'["{member}","{name}"]'
        places.append(Place(f'{separator}"{name}":'.encode(), f"{member}/{name}", path.encode()))
        separator = ","
    return places


ENVELOPE = _envelope()
WRITERS_PATHS = tuple(place.path for place in ENVELOPE if place.name in WRITERS)
FIXED_PATHS = tuple(place.path for place in ENVELOPE if place.name not in WALKED)
