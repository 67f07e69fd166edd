"""The receipts of a case for a reader: what they may see of it, each with its proof.

A receipt names its record's number, and the number opens the whole record to whoever has it. So
there is a receipt where the reader may have the number, and that is who may see every field of the
type (decision 0035); members of `data` that the type does not know stay withheld. Of every other
record no more is told than the timeline tells: that it is there.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from liuhen.app.prove import Prover
from liuhen.app.rows import record_members, rows_of
from liuhen.app.showing import ShownRecord
from liuhen.core.canonical import JsonObject, JsonValue, canonical_text
from liuhen.core.pointer import to_pointer
from liuhen.core.selection import CASE, is_shown
from liuhen.domain.reading import get_members
from liuhen.ports import LogReading

WITHHELD: Final = "withheld-record/v1"
_TOLD: Final = ("case_seq", "type")


def receipt_lines(
    prove: Prover, store: LogReading, records: Iterable[ShownRecord]
) -> Iterator[str]:
    """Return a line of JSON for each record: its receipt, or that it is withheld.

    Raises:
        NotYet: The head that holds a record is not signed yet.
    """
    for shown in records:
        if "record_id" in shown.members:
            yield _receipt(prove, shown)
        else:
            yield canonical_text(_withheld(store, shown))


def _withheld(store: LogReading, shown: ShownRecord) -> JsonObject:
    index = shown.stored.entry_index
    (entry,) = store.entries(index, index + 1)
    told = {name: value for name, value in shown.members.items() if name in _TOLD}
    return {"schema": WITHHELD, "commitment": entry.hex(), **told}


def _receipt(prove: Prover, shown: ShownRecord) -> str:
    members = record_members(shown.stored)
    data = get_members(members, "data")
    seen = [name for name in data if _filled(data[name]) == _filled(shown.data.get(name))]
    if len(seen) == len(data):
        return prove.receipt(shown.stored)
    paths = [(name,) for name in members if name != "data" and (name,) not in CASE]
    rows = rows_of(shown.stored)
    pointers = map(to_pointer, [*paths, *(("data", name) for name in seen)])
    return prove.disclosure(shown.stored, [each for each in pointers if is_shown(each, rows)])


def _filled(value: JsonValue) -> JsonValue:
    """Return a value without what is empty in it, which says nothing and is not shown as such."""
    if isinstance(value, dict):
        inner = {name: _filled(member) for name, member in value.items()}
        return {name: member for name, member in inner.items() if member is not None} or None
    if isinstance(value, list):
        return [member for member in map(_filled, value) if member is not None] or None
    return value
