"""The account of a file: what of it became records of which type, and what stayed generic, why."""

from collections import Counter
from dataclasses import dataclass, field

from liuhen.core.canonical import JsonObject
from liuhen.domain.mapping.mapped import Mapped


@dataclass(slots=True)
class Account:
    """What became of one file.

    Attributes:
        file: Its name.
        holds: What was found in it, such as `release package`.
        items: Releases, bodies or rows in it.
        records: Records by type.
        generic: What has no type of ours, by reason. One record may hold several such things.
    """

    file: str
    holds: str = "nothing"
    items: int = 0
    records: Counter[str] = field(default_factory=Counter)
    generic: Counter[str] = field(default_factory=Counter)

    def add(self, one: Mapped) -> None:
        """Count a record."""
        self.records[one.type] += 1
        self.generic.update(one.reasons)

    def to_json(self) -> JsonObject:
        """Return it as JSON."""
        return {
            "file": self.file,
            "holds": self.holds,
            "items": self.items,
            "records": dict(sorted(self.records.items())),
            "generic": dict(sorted(self.generic.items())),
        }
