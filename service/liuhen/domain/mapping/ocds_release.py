"""One OCDS release on its way to become records, and what the file told before it."""

from dataclasses import dataclass, field
from typing import Final

from liuhen.core.canonical import JsonObject
from liuhen.domain.mapping.mapped import Place
from liuhen.domain.mapping.value import case_of, moment_of
from liuhen.domain.reading import get_text

UPDATES: Final = {
    "tender": {"tenderUpdate", "tenderAmendment"},
    "awards": {"awardUpdate", "awardAmendment"},
    "contracts": {"contractUpdate", "contractAmendment"},
}
"""Tags that say of a part that it is told anew because it changed."""


@dataclass(slots=True)
class Told:
    """What the releases of one file have told so far.

    Attributes:
        of: By process: the names of what there are records of.
    """

    of: dict[str, set[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Release:
    """One release, and where it stood.

    Attributes:
        value: The release.
        place: Its place.
        ocid: Its process.
        tags: Its tags.
        told: Names of what there are records of; grows.
        publisher: Who published it.
    """

    value: JsonObject
    place: Place
    ocid: str
    tags: frozenset[str]
    told: set[str]
    publisher: str | None

    @property
    def case(self) -> str:
        """The case of its process."""
        return case_of(self.ocid)

    @property
    def date(self) -> str | None:
        """When it was made."""
        return moment_of(self.value.get("date"))

    def name(self, part: str) -> str:
        """Return the name by which others link to a part of this process."""
        return f"{self.ocid}|{part}"

    @property
    def own_name(self) -> str:
        """The name of the record that holds what is the release's own."""
        return self.name(f"release:{get_text(self.value, 'id') or self.place.position}")

    def is_new(self, part: str) -> bool:
        """Return whether a part is told for the first time, and remember it."""
        before = part in self.told
        self.told.add(part)
        return not before

    def is_update(self, member: str) -> bool:
        """Return whether the release says that this part of it changed."""
        return not self.tags.isdisjoint(UPDATES[member])
