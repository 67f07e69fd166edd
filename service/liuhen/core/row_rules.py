"""Which rows a record can have: rule (g) of evidence §2, also where some rows are hidden.

With everything shown the record is put together again and held to every rule. One withheld row
must not switch all of them off: names and values that can be seen still have to be such as a
record has, and without closed rows no place of the envelope may be missing. What is hidden, and
rules between members of which one is hidden, stay unproven.

Padding, leaves `["~", i]` with value null, is in a record only to hide the number of its leaves,
which is then a power of two.
"""

from collections.abc import Sequence

from liuhen.core.canonical import JsonValue
from liuhen.core.commitment import Path
from liuhen.core.disclosure import Closed, Row, Shown, Withheld, is_padding_path, rebuild
from liuhen.core.envelope import FIXED_PATHS, WALKED
from liuhen.core.errors import MalformedRecord
from liuhen.core.padding import LEAST_PADDED, PADDING, is_padded_count
from liuhen.core.record import (
    AFTER_BLOCK_RULES,
    ATTACHMENT_RULES,
    LINK_RULES,
    RULES,
    SUBMITTER_RULES,
    Check,
    check_record,
)

_OBJECTS = {"after_block": AFTER_BLOCK_RULES, "submitter": SUBMITTER_RULES}
_LISTS = {"attachments": ATTACHMENT_RULES, "links": LINK_RULES}


def check_rows(rows: Sequence[Row]) -> bool:
    """Check that a record can have these rows.

    Returns:
        Whether all rows are shown, so that they are one record and no other.

    Raises:
        MalformedRecord: No record has them; names the field and the rule.

    Source: evidence §1, §2.
    """
    _check_padding(rows)
    record = rebuild(rows)
    if record is not None:
        check_record(record)
        return True
    named = [row for row in rows if not isinstance(row, Closed)]
    for row in named:
        _check_row(row)
    if len(named) == len(rows):
        _check_complete(named)
    return False


def _check_padding(rows: Sequence[Row]) -> None:
    """Check the form of padding; `parse_rows` has seen to it that positions have no gap."""
    padding = [row for row in rows if not isinstance(row, Closed) and row.path[0] == PADDING]
    for row in padding:
        if not is_padding_path(row.path) or (isinstance(row, Shown) and row.value is not None):
            raise MalformedRecord(_pointer(row.path), "is neither a known member nor padding")
    count = len(rows)
    if padding and not is_padded_count(count):
        rule = f"pads the record to {count} leaves, not to a power of two from {LEAST_PADDED}"
        raise MalformedRecord(f"/{PADDING}", rule)


def _check_row(row: Shown | Withheld) -> None:
    if row.path[0] in ("data", PADDING):
        return
    field = _pointer(row.path)
    rule = _find_rule(row.path)
    if rule is None:
        raise MalformedRecord(field, "is not a place of a record")
    if isinstance(row, Shown):
        rule(field, row.value)


def _find_rule(path: Path) -> Check | None:
    """Find the rule of the leaf at this path of the envelope; None where no record has a leaf."""
    match path:
        case (str(name),) if name not in _OBJECTS:
            return RULES.get(name)
        case (str(name), str(member)) if name in _OBJECTS:
            return _OBJECTS[name].get(member)
        case (str(name), int(), str(member)) if name in _LISTS:
            return _LISTS[name].get(member)
    return None


def _check_complete(named: Sequence[Shown | Withheld]) -> None:
    """Refuse rows, none of them closed, that lack a place which every record has."""
    there = {row.path_text for row in named}
    names: set[JsonValue] = {row.path[0] for row in named}
    missing = [path.decode() for path in FIXED_PATHS if path not in there]
    missing += [name for name in WALKED if name not in names]
    if missing:
        raise MalformedRecord("", f"has no leaf at {missing[0]}")


def _pointer(path: Path) -> str:
    return "/" + "/".join(str(step)[:100] for step in path[:4])
