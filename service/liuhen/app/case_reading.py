"""The records of one case as the rules see them."""

from collections.abc import Collection
from typing import Final, Protocol

from liuhen.app.rows import record_members
from liuhen.core.errors import Unknown
from liuhen.domain.incoming import Incoming, incoming_of
from liuhen.ports import StoredRecord

_AT_ONCE: Final = 500


class CaseRecords(Protocol):
    """Reads the records of a case."""

    def case_records(self, case: str, start: int, limit: int) -> Collection[StoredRecord]:
        """Return records of a case from a number on, at most so many."""
        ...


def records_of_case(store: CaseRecords, case: str, types: Collection[str]) -> list[Incoming]:
    """Return the records of some types of a case, in their order.

    Raises:
        Unknown: The case has no such record. Whether it has others is not told.
    """
    found, start = [], 0
    while records := store.case_records(case, start, _AT_ONCE):
        found += [incoming_of(record_members(each)) for each in records if each.type in types]
        start += len(records)
    if not found:
        raise Unknown(f"this log tells nothing of a case {case[:64]!r}")
    return found
