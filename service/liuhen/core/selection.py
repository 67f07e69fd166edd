"""Making a disclosure: from the rows of a record, those that somebody else may see (evidence §2).

What is not selected is withheld (its name and place are seen) or closed (not even that). A row is
never opened again: a disclosure can be made from a disclosure, of what that one still shows. Where
names are hidden already, or padding hides how many fields there are, names of what is newly hidden
stay hidden too unless they are asked for.
"""

from collections.abc import Sequence

from liuhen.core.commitment import Path
from liuhen.core.disclosure import Closed, Row, Shown
from liuhen.core.errors import MalformedPointer, Unknown
from liuhen.core.padding import PADDING
from liuhen.core.pointer import resolve

ALWAYS_SHOWN: frozenset[Path] = frozenset(
    {("format",), ("type",), ("record_id",), ("origin",), ("recorded_at",), ("version",)}
    | {("supersedes",)}
    | {("after_block", name) for name in ("chain_id", "hash", "number")}
)
"""Shown in every disclosure: the checks need them."""

CASE: frozenset[Path] = frozenset({("case",), ("case_seq",), ("case_prev",)})
"""Shown too, but before the opening not in a bidder's receipt."""

PLACE: frozenset[Path] = CASE - {("case",)}
"""A record's place in its case, which before the opening tells how many bids there are."""


def select(
    rows: Sequence[Row],
    pointers: Sequence[str],
    *,
    hide_names: bool | None = None,
    hide_case: bool = False,
    hide_place: bool = False,
) -> tuple[Row, ...]:
    """Return the rows with only these fields shown, and what must always be.

    Args:
        rows: The rows of a record, in leaf order; some may be hidden.
        pointers: The fields and containers to show; "" is the whole record.
        hide_names: Whether what is hidden keeps its name for itself. None: only where names are
            hidden already or the record is padded.
        hide_case: Whether to hide which case it is, and the record's place in it.
        hide_place: Whether to hide the record's place in its case alone.

    Raises:
        MalformedPointer: One is not a pointer, or names what is to be hidden.
        Unknown: One names nothing, or only what is hidden already.
    """
    chosen = {find_shown(pointer, rows) for pointer in pointers}
    never = CASE if hide_case else PLACE if hide_place else frozenset[Path]()
    if never & chosen:
        raise MalformedPointer("the case cannot be both shown and hidden")
    if hide_names is None:
        hide_names = any(isinstance(row, Closed) or row.path[0] == PADDING for row in rows)
    always = (ALWAYS_SHOWN | CASE) - never
    return tuple(
        row
        if isinstance(row, Shown)
        and (row.path in always or (row.path not in never and is_inside(row.path, chosen)))
        else _hide(row, names=hide_names)
        for row in rows
    )


def find_shown(pointer: str, rows: Sequence[Row]) -> Path:
    """Return the path that a pointer names, of something that rows show.

    Raises:
        MalformedPointer: It is not a pointer.
        Unknown: It names nothing, or only what is hidden.
    """
    named = [row for row in rows if not isinstance(row, Closed)]
    try:
        path = resolve(pointer, [row.path for row in named])
    except Unknown as error:
        closed = len(rows) - len(named)
        if not closed:
            raise
        raise Unknown(f"{error}; {closed} fields are of unknown name here") from error
    if not any(isinstance(row, Shown) and is_inside(row.path, {path}) for row in named):
        raise Unknown(f"{pointer[:200]!r} is hidden here: only its hash is there")
    return path


def is_shown(pointer: str, rows: Sequence[Row]) -> bool:
    """Return whether a pointer names something that rows show.

    Raises:
        MalformedPointer: It is not a pointer.
    """
    try:
        find_shown(pointer, rows)
    except Unknown:
        return False
    return True


def is_inside(path: Path, containers: set[Path]) -> bool:
    """Return whether a path is one of some others, or leads further into one of them."""
    return any(path[:steps] in containers for steps in range(len(path) + 1))


def _hide(row: Row, *, names: bool) -> Row:
    if isinstance(row, Closed):
        return row
    if names:
        return row.closed()
    return row.withheld() if isinstance(row, Shown) else row
