"""What a record says to a person, field by field: the shown rows, less what a verdict says anyway.

A pointer names each field as `liuhen disclose --show` takes it. Nothing is said about whether the
rows are the record's: that is for the examination, and nothing here should be shown before it.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from liuhen.core.canonical import canonical_text
from liuhen.core.disclosure import Row, Shown
from liuhen.core.padding import PADDING
from liuhen.core.pointer import to_pointer

_SAID_ELSEWHERE = frozenset(
    {"format", "record_id", "type", "origin", "recorded_at", "case", "nonce", "after_block"}
    | {"case_prev", "case_seq", PADDING}
)


class ShownField(NamedTuple):
    """One field.

    Attributes:
        pointer: JSON pointer (RFC 6901).
        text: Its value: a text as it is, anything else as JSON.
    """

    pointer: str
    text: str


def shown_fields(rows: Sequence[Row]) -> Iterator[ShownField]:
    """Return the fields that have something to say: data first, as they stand in the record."""
    shown = [row for row in rows if isinstance(row, Shown) and not _is_plain(row)]
    for in_data in (True, False):
        for row in shown:
            if (row.path[0] == "data") is in_data:
                text = row.value if isinstance(row.value, str) else canonical_text(row.value)
                yield ShownField(to_pointer(row.path), text)


def _is_plain(row: Shown) -> bool:
    """Return whether a row says nothing new: machinery, or a member of the envelope left empty."""
    if row.path[0] == "data":
        return False
    empty = row.value in (None, [], {}) or (row.path == ("version",) and row.value == 1)
    return empty or row.path[0] in _SAID_ELSEWHERE
