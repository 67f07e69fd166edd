"""Insert many rows with one statement.

The append path's own way of inserting, for two reasons. Building statements from objects costs
more than running them. And `executemany` steps through the rows one by one and lets another
thread run at each step; the writer's thread then waits for its turn hundreds of times a group
while the event loop is busy. One statement is one step.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import chain

from sqlalchemy import Connection, Dialect, Table

MOST_ROWS = 256
"""Of one statement; keeps the parameters far below SQLite's 32,766."""


def insert_rows(connection: Connection, table: Table, rows: Sequence[tuple[object, ...]]) -> None:
    """Insert rows; each holds a value for every column of the table, in its order."""
    _run(connection, table, rows, replacing=False)


def put_rows(connection: Connection, table: Table, rows: Sequence[tuple[object, ...]]) -> None:
    """Insert rows, or replace those with the same primary key."""
    _run(connection, table, rows, replacing=True)


def _run(
    connection: Connection, table: Table, rows: Sequence[tuple[object, ...]], *, replacing: bool
) -> None:
    for start in range(0, len(rows), MOST_ROWS):
        part = rows[start : start + MOST_ROWS]
        sql = _statement(connection.dialect, table, len(part), replacing=replacing)
        connection.exec_driver_sql(sql, tuple(chain.from_iterable(part)))


@lru_cache(maxsize=2048)
def _statement(dialect: Dialect, table: Table, count: int, *, replacing: bool) -> str:
    """Write the statement for `count` rows; the same SQL for SQLite and PostgreSQL."""
    mark = "?" if dialect.paramstyle == "qmark" else "%s"
    row = f"({', '.join([mark] * len(table.columns))})"
    names = _names(dialect, (column.name for column in table.columns))
    tail = _replacing(dialect, table) if replacing else ""
    return f"INSERT INTO {table.name} ({names}) VALUES {', '.join([row] * count)}{tail}"  # noqa: S608 -- names of our own tables


def _replacing(dialect: Dialect, table: Table) -> str:
    key = [column.name for column in table.primary_key]
    others = [column.name for column in table.columns if column.name not in key]
    quoted = [_names(dialect, [name]) for name in others]
    changes = ", ".join(f"{name} = excluded.{name}" for name in quoted)
    return f" ON CONFLICT ({_names(dialect, key)}) DO UPDATE SET {changes}"


def _names(dialect: Dialect, names: Iterable[str]) -> str:
    return ", ".join(dialect.identifier_preparer.quote(name) for name in names)
