"""Bending one value of one row of the database, and taking it back."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Column, Connection, Table, select, type_coerce
from sqlalchemy.exc import IntegrityError
from sqlalchemy.types import NullType

ROWS = 2
"""Rows of each table that are bent: the first and the last."""


def some_rows(connection: Connection, table: Table) -> list[dict[str, Any]]:
    """Return the first and the last row of a table, raw."""
    columns = [type_coerce(c, NullType()).label(c.name) for c in table.columns]
    order = [c.name for c in table.primary_key]
    rows = connection.execute(select(*columns).order_by(*(table.c[n] for n in order))).all()
    found = [dict(zip(table.columns.keys(), row, strict=True)) for row in rows]
    return found[:1] + found[1:][-1:]


def bends(value: Any, others: list[Any], column: Column[Any]) -> Iterator[tuple[str, Any]]:
    """Return other values for a column, each with the kind of damage that it is."""
    if isinstance(value, bytes):
        places = sorted({len(value) // 3, len(value) - 1}) if value else []
        yield from ((f"bit of byte {at}", _flipped(value, at)) for at in places)
        yield "a byte less", value[:-1]
    elif isinstance(value, str):
        for at in sorted({len(value) // 3, len(value) - 1}) if value else []:
            yield f"letter {at}", value[:at] + chr(ord(value[at]) ^ 1) + value[at + 1 :]
        yield "a letter more", value + "0"
    elif isinstance(value, int):
        yield "one more", value + 1
    else:
        yield from (("in place of nothing", other) for other in (1, "1", b"\1"))
    if value is not None and column.nullable:
        yield "nothing", None
    yield from (("of another row", other) for other in others if other not in (value, None))


@contextmanager
def bent(
    connection: Connection, table: Table, row: dict[str, Any], column: str, value: Any
) -> Iterator[bool]:
    """Give one column of one row another value, for as long as the block lasts.

    Yields:
        Whether the database took it; it refuses what would make two rows one.
    """
    names = [each.name for each in table.primary_key]
    where = " AND ".join(f'"{name}" = ?' for name in names)
    sql = f'UPDATE "{table.name}" SET "{column}" = ? WHERE {where}'
    savepoint = connection.begin_nested()
    try:
        connection.exec_driver_sql(sql, (value, *(row[name] for name in names)))
    except IntegrityError:
        savepoint.rollback()
        yield False
        return
    try:
        yield True
    finally:
        savepoint.rollback()


def _flipped(value: bytes, at: int) -> bytes:
    return value[:at] + bytes([value[at] ^ 1]) + value[at + 1 :]
