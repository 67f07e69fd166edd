"""The database engine. The one place that knows SQLite from the others.

SQLite runs in WAL mode with `synchronous=FULL`: a session that committed is on the disk. A
session of the engine made here is a writing one: it takes SQLite's write lock when it begins, so
that nothing it has read can change before it commits. `reading` gives the engine for all others.
"""

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import cast

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import SQLAlchemyError

from liuhen.core.errors import Unavailable

BUSY_MILLISECONDS = 10_000
_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    f"PRAGMA busy_timeout={BUSY_MILLISECONDS}",
    "PRAGMA cache_size=-16384",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA secure_delete=ON",  # what is deleted is overwritten with zeros
)
_READING_PRAGMAS = (f"PRAGMA busy_timeout={BUSY_MILLISECONDS}", "PRAGMA query_only=ON")


def sqlite_url(folder: Path) -> str:
    """Return the URL of the database in a data folder."""
    return f"sqlite+pysqlite:///{folder / 'liuhen.sqlite'}"


class Database:
    """One database, with sessions for writing and for reading.

    Writers of this process wait for each other in memory, where waiting is fair; SQLite's own
    waiting polls, and would let a busy appender starve everybody else.

    Attributes:
        destroyed: Digests that were destroyed and whose copies are still to be looked for; used
            in writing sessions only.
    """

    def __init__(self, url: str, *, read_only: bool = False) -> None:
        """Connect; nothing is read yet.

        Args:
            url: As SQLAlchemy has it.
            read_only: Whether SQLite is to refuse whatever would change the file, its journal mode
                included.
        """
        pragmas = _READING_PRAGMAS if read_only else _PRAGMAS
        self._writing = _engine(url, "BEGIN IMMEDIATE", pragmas)
        self._reading = _engine(url, "BEGIN", pragmas)
        self._turn = threading.Lock()
        self.destroyed: set[bytes] = set()

    @property
    def sqlite_file(self) -> Path | None:
        """The database file; None where it is no SQLite."""
        url = self._writing.url
        return Path(url.database) if url.drivername.startswith("sqlite") and url.database else None

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Open a session that commits when it ends without an error.

        Raises:
            Unavailable: The database refused; what was done may be stored or not.
        """
        with self._turn, _session(self._writing) as connection:
            yield connection

    @contextmanager
    def changing_tables(self) -> Iterator[Connection]:
        """Open a session for a migration, in which SQLite lets a table be made anew.

        To change a constraint of a table, SQLite has it copied, dropped and renamed; with foreign
        keys enforced, dropping it would take the rows of others for orphans. They are checked
        before the session commits.

        Raises:
            Unavailable: The database refused; nothing was stored.
        """
        is_sqlite = self.sqlite_file is not None
        with self._turn, _translated(), self._writing.connect() as connection:
            raw = cast("sqlite3.Connection", connection.connection.dbapi_connection)
            if is_sqlite:
                raw.execute("PRAGMA foreign_keys=OFF")
            try:
                with connection.begin():
                    yield connection
                    if is_sqlite and connection.exec_driver_sql("PRAGMA foreign_key_check").all():
                        raise Unavailable("a change of the tables would have left orphaned rows")
            finally:
                if is_sqlite:
                    raw.execute("PRAGMA foreign_keys=ON")

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Open a session that sees one state of the database.

        Raises:
            Unavailable: The database refused.
        """
        with _session(self._reading) as connection:
            yield connection

    def cut_wal(self, wait_milliseconds: int) -> bool:
        """Copy SQLite's WAL into the database and cut it down to nothing.

        Args:
            wait_milliseconds: How long to wait for sessions that still read from it.

        Returns:
            Whether that was done; False while others read.

        Raises:
            Unavailable: The database refused.
        """
        with self._turn:
            connection = self._writing.raw_connection()
            try:
                cursor = connection.cursor()
                cursor.execute(f"PRAGMA busy_timeout={wait_milliseconds}")
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                busy = (cursor.fetchone() or (1,))[0]
                cursor.execute(f"PRAGMA busy_timeout={BUSY_MILLISECONDS}")
            except sqlite3.Error as error:
                connection.invalidate()
                raise Unavailable(f"the database does not do its work: {error}") from error
            finally:
                connection.close()
        return not busy

    def close(self) -> None:
        """Close all connections."""
        self._writing.dispose()
        self._reading.dispose()


@contextmanager
def _session(engine: Engine) -> Iterator[Connection]:
    with _translated(), engine.begin() as connection:
        yield connection


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except SQLAlchemyError as error:
        reason = str(getattr(error, "orig", None) or type(error).__name__)
        raise Unavailable(f"the database does not do its work: {reason}") from error


def _engine(url: str, begin: str, pragmas: Sequence[str]) -> Engine:
    # No statement text or parameters in errors: they hold contents.
    engine = create_engine(url, hide_parameters=True, pool_size=8, max_overflow=8)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", partial(_set_up_sqlite, pragmas))
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(begin))
    return engine


def _set_up_sqlite(pragmas: Sequence[str], connection: DBAPIConnection, _: object) -> None:
    assert isinstance(connection, sqlite3.Connection)
    connection.isolation_level = None  # the driver must not begin or commit on its own
    for pragma in pragmas:
        connection.execute(pragma)
