"""Padding: leaves that only hide how many a record has (evidence §2).

Where the number of elements is itself secret, the commitment binds leaves `["~", i]` with value
null beyond the record's own, so that their number is a power of two from 32. They are no part of
the record, whose members all sort before `~`, so the salts of its own leaves stay what they were.
"""

from collections.abc import Sequence

from liuhen.core.errors import MalformedRecord
from liuhen.core.field_leaf import FieldLeaf

PADDING = "~"
"""Member that holds padding."""

LEAST_PADDED = 32
"""A padded record has at least so many leaves."""


def padded_count(count: int) -> int:
    """Return how many leaves a record of so many has after padding: the next power of two."""
    return max(LEAST_PADDED, 1 << (count - 1).bit_length())


def is_padded_count(count: int) -> bool:
    """Return whether a padded record can have so many leaves."""
    return count >= LEAST_PADDED and not count & (count - 1)


def pad(leaves: Sequence[FieldLeaf], padded_to: int | None) -> list[FieldLeaf]:
    """Return leaves and padding in leaf order.

    Args:
        leaves: The record's own, in leaf order.
        padded_to: How many there are to be; None where the record is not padded.

    Raises:
        MalformedRecord: The record has more leaves than that.
    """
    if padded_to is None:
        return list(leaves)
    missing = padded_to - len(leaves)
    if missing < 0 or not is_padded_count(padded_to):
        raise MalformedRecord("", f"of {len(leaves)} leaves is not padded to {padded_to}")
    padding = sorted(b'["%b",%d]' % (PADDING.encode(), number) for number in range(missing))
    return [*leaves, *((path, b"null") for path in padding)]
