"""The database as an auditor reads it: one read-only session, raw values, row by row.

SQLite's WAL shows one session the state of the moment at which it began, however long it takes and
whatever is written meanwhile; the price is that the WAL file cannot be cut down before it ends.
"""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Engine,
    Select,
    Table,
    bindparam,
    create_engine,
    event,
    func,
    select,
)
from sqlalchemy import type_coerce as as_type
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.types import NullType

from liuhen.adapters.sql.engine import BUSY_MILLISECONDS, sqlite_url
from liuhen.adapters.sql.tables import METADATA
from liuhen.core.errors import Unavailable
from liuhen.ports import RawRow

_LOG = "log"
_AT_ONCE = 512
"""Rows that the driver is asked for at a time."""


class SqlStoredTables:
    """`StoredTables` in SQL."""

    def __init__(self, connection: Connection, log_id: int) -> None:
        """Read one log's rows over a connection whose session has begun."""
        self._connection, self._log_id = connection, log_id

    def names(self) -> frozenset[str]:
        """Return the names of all tables that can hold rows of a log."""
        return frozenset(METADATA.tables)

    def rows(
        self, table: str, order: Sequence[str], where: Mapping[str, object] | None = None
    ) -> Iterator[RawRow]:
        """Return the log's rows of a table in the order of some columns."""
        where = where or {}
        query, names = _rows(table, tuple(order), tuple(where)), METADATA.tables[table].columns
        values = {_LOG: self._log_id, **where}
        with _translated():
            streaming = self._connection.execution_options(yield_per=_AT_ONCE)
            for row in streaming.execute(query, values):
                yield dict(zip(names.keys(), row, strict=True))

    def matching(self, table: str, column: str, values: Sequence[object]) -> Iterator[RawRow]:
        """Return the log's rows of a table that have one of some values in a column."""
        found = METADATA.tables[table]
        for start in range(0, len(values), _AT_ONCE):
            part = values[start : start + _AT_ONCE]
            query = select(*_raw(found)).where(
                found.c.log_id == self._log_id, found.c[column].in_(part)
            )
            with _translated():
                rows = self._connection.execute(query).all()
            yield from (dict(zip(found.columns.keys(), row, strict=True)) for row in rows)

    def strays(self, table: str) -> int:
        """Return how many rows of a table are of no log at all."""
        with _translated():
            return self._connection.execute(_strays(table)).scalar_one()


@contextmanager
def open_tables(folder: Path, origin: str) -> Iterator[SqlStoredTables | None]:
    """Open the tables of a log in the database of a data folder; nothing is ever written.

    Args:
        folder: The data folder.
        origin: The log's name.

    Yields:
        The tables; None if the database has no log of this name.

    Raises:
        Unavailable: There is no database, or it cannot be read.
    """
    if not (folder / "liuhen.sqlite").is_file():
        raise Unavailable(f"there is no database in {folder}")
    engine = _engine(sqlite_url(folder))
    logs = METADATA.tables[_LOG]
    try:
        with _translated(), engine.connect() as connection:
            query = select(logs.c.log_id).where(logs.c.origin == origin)
            log_id = connection.execute(query).scalar()
            yield None if log_id is None else SqlStoredTables(connection, log_id)
    finally:
        engine.dispose()


@lru_cache
def _rows(table: str, order: tuple[str, ...], where: tuple[str, ...]) -> Select[*tuple[Any, ...]]:
    """Build a query once: that costs more than running it on a small log."""
    columns = METADATA.tables[table].c
    query = select(*_raw(METADATA.tables[table])).where(columns.log_id == bindparam(_LOG))
    query = query.where(*(columns[name] == bindparam(name) for name in where))
    return query.order_by(*(columns[name] for name in order))


@lru_cache
def _strays(table: str) -> Select[int]:
    found, logs = METADATA.tables[table], METADATA.tables[_LOG]
    known = select(logs.c.log_id)
    return select(func.count()).select_from(found).where(found.c.log_id.not_in(known))


def _raw(table: Table) -> list[Column[object]]:
    """Return the columns of a table without what SQLAlchemy would make of their values."""
    return [as_type(column, NullType()).label(column.name) for column in table.columns]  # type: ignore[misc]


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except SQLAlchemyError as error:
        reason = str(getattr(error, "orig", None) or type(error).__name__)
        raise Unavailable(f"the database does not do its work: {reason}") from error


def _engine(url: str) -> Engine:
    engine = create_engine(url, hide_parameters=True)
    event.listen(engine, "connect", _set_up)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    return engine


def _set_up(connection: DBAPIConnection, _: object) -> None:
    assert isinstance(connection, sqlite3.Connection)
    connection.isolation_level = None  # the driver must not begin or commit on its own
    connection.text_factory = _lenient
    connection.execute("PRAGMA query_only=ON")
    connection.execute(f"PRAGMA busy_timeout={BUSY_MILLISECONDS}")


def _lenient(data: bytes) -> str:
    """Read bytes that are not UTF-8 as lone surrogates: an auditor reports them."""
    return data.decode("utf-8", "surrogateescape")
