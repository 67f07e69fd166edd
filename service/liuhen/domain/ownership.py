"""What of a case is somebody's own: bids of a firm, a seat's sheet, what somebody complained of.

A record names its party in a field or two; later records speak of it by number only (`bid_id`,
`challenge_no`). So the records of a case are gone through once for the numbers, and then every
record and every row in it can be asked.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from liuhen.domain.incoming import Incoming
from liuhen.domain.reader import Reader
from liuhen.domain.reading import Members, get_text
from liuhen.domain.role import Role

_PARTY = ("supplier_id", "supplier_name", "party")
_SEAT = ("seat", "expert_token")
_NUMBERS = ("bid_id", "challenge_no", "objection_no", "complaint_no")
_OF_PARTIES = frozenset({"bid_receipt", "bid_rejection", "objection", "challenge", "complaint"})


@dataclass(frozen=True, slots=True)
class Ownership:
    """What is a reader's own in one case.

    Attributes:
        reader: Who reads.
        numbers: (member, number) of what is their own.
    """

    reader: Reader
    numbers: frozenset[tuple[str, str]] = field(default_factory=frozenset)

    def owns(self, record: Incoming) -> bool:
        """Return whether a whole record is the reader's own."""
        if self.reader.role is Role.INTEGRATOR:
            return self.reader.party is not None and self.reader.party == record.organisation
        return self.owns_row(record.data)

    def owns_row(self, row: Members) -> bool:
        """Return whether an object, `data` or one in it, is about the reader."""
        party = self.reader.party
        if party is None:
            return False
        if self.reader.role is Role.EVALUATOR:
            return any(row.get(name) == party for name in _SEAT)
        if self.reader.role not in (Role.BIDDER, Role.COMPLAINANT):
            return False
        return any(row.get(name) == party for name in _PARTY) or any(
            (name, row.get(name)) in self.numbers for name in _NUMBERS
        )


def ownership(reader: Reader, records: Iterable[Incoming]) -> Ownership:
    """Return what is a reader's own among the records of a case.

    Only a record that names the reader as its party gives them its numbers; that somebody else's
    record names them, an opening say, makes nothing else theirs.
    """
    if reader.party is None or reader.role not in (Role.BIDDER, Role.COMPLAINANT):
        return Ownership(reader)
    alone = Ownership(reader)
    return Ownership(
        reader,
        frozenset(
            (name, number)
            for record in records
            if record.type in _OF_PARTIES and alone.owns(record)
            for name in _NUMBERS
            if (number := get_text(record.data, name)) is not None
        ),
    )
