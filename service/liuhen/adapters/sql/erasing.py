"""Erasing in SQL, so that the database file itself forgets (evidence §2).

`DELETE` and `UPDATE` make SQLite forget, not its file. `secure_delete` writes zeros over freed
cells and pages, but a page that SQLite lays out anew can keep copies of cells in its free space
(seen with 3.40: 3 of 1,200 erased texts were still in the file). Hence two rules:

- Content is overwritten by zeros of the same length, which SQLite does in place; rows of content
  are only ever added at the end of their table. So no copy of content is made anywhere.
- The narrow tables of keyed digests take their rows in random order, and some copies are left in
  their pages (one in some hundred). So after an erasure the file is looked through for the digests
  that were destroyed (`purge`). Where one is found, both tables are written anew: emptied, all
  their pages are zeroed. That takes seconds for a million rows, during which nobody can write.

Before that the WAL is copied into the database and cut down to nothing, for which no other session
may still read from it.
"""

from typing import Final

from sqlalchemy import Connection, Table, delete, func, insert, select, update

from liuhen.adapters.sql.engine import Database
from liuhen.adapters.sql.leftover import holds_any
from liuhen.adapters.sql.many_rows import insert_rows
from liuhen.adapters.sql.tables import (
    ErasedRecordRow,
    IdempotencyRow,
    KeyedDigestRow,
    RecordRow,
    table_of,
)
from liuhen.core.errors import Unknown
from liuhen.ports import ErasedRecord

_RECORD, _ERASED = table_of(RecordRow), table_of(ErasedRecordRow)
_DIGEST, _KEY = table_of(KeyedDigestRow), table_of(IdempotencyRow)
_BUSY_MILLISECONDS: Final = 200
"""How long one purge waits for readers; writers wait meanwhile."""

_TO_LOOK_THROUGH: Final = 1
"""SQLite's `user_version` between an erasure and the end of its purge: durable with the erasure
itself, so that a crash between the two is noticed."""


def erase_record(connection: Connection, log_id: int, erased: ErasedRecord) -> set[bytes]:
    """Put what is left of a record in the place of its content.

    Returns:
        The keyed digests that were destroyed.

    Raises:
        Unknown: There is no such record.
    """
    index = erased.entry_index
    _blank_record(connection, log_id, index)
    _blank_rows(connection, log_id, index)
    left = {"log_id": log_id, "entry_index": index, "stands": True, "rows": erased.rows.encode()}
    connection.execute(insert(_ERASED).values(left))
    destroyed = _destroy_digests(connection, log_id, erased) | _destroy_keys(
        connection, log_id, erased.record_id
    )
    if destroyed and connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"PRAGMA user_version={_TO_LOOK_THROUGH}")
    return destroyed


def purge(database: Database) -> bool:
    """Let the database's files forget what was erased.

    Returns:
        Whether they have; False while another session still reads what was there before.

    Raises:
        Unavailable: The database refused.
    """
    file = database.sqlite_file
    if file is None:
        return False  # PostgreSQL forgets with its own VACUUM, which is the operator's to run
    if not database.cut_wal(_BUSY_MILLISECONDS):
        return False
    with database.writing() as connection:
        marked = connection.exec_driver_sql("PRAGMA user_version").scalar() == _TO_LOOK_THROUGH
        destroyed = frozenset(database.destroyed)
    if not (marked or destroyed):  # another process may have taken the mark away
        return True
    # After a crash nobody knows any more what to look for.
    is_clean = bool(destroyed) and not holds_any(file, destroyed)
    with database.writing() as connection:
        if is_clean:
            database.destroyed -= destroyed
        else:
            for table in (_DIGEST, _KEY):
                _write_anew(connection, table)
            database.destroyed.clear()
        if not database.destroyed:
            connection.exec_driver_sql("PRAGMA user_version=0")
    return database.cut_wal(_BUSY_MILLISECONDS)


def _destroy_digests(connection: Connection, log_id: int, erased: ErasedRecord) -> set[bytes]:
    index = erased.entry_index
    of_record = (_DIGEST.c.log_id == log_id) & (_DIGEST.c.entry_index == index)
    found = set(connection.execute(select(_DIGEST.c.digest).where(of_record)).scalars())
    destroyed = found.difference(erased.keyed_digests)
    for digest in destroyed:
        connection.execute(delete(_DIGEST).where(of_record, _DIGEST.c.digest == digest))
    kept = set(erased.keyed_digests).difference(found)
    insert_rows(connection, _DIGEST, [(log_id, digest, index) for digest in sorted(kept)])
    elsewhere = select(_DIGEST.c.digest).where(_DIGEST.c.digest.in_(destroyed))
    return destroyed.difference(connection.execute(elsewhere).scalars())


def _destroy_keys(connection: Connection, log_id: int, record_id: str) -> set[bytes]:
    """Destroy digests of the submission, also a key that is itself one."""
    of_record = (_KEY.c.log_id == log_id) & (_KEY.c.record_id == record_id)
    query = select(_KEY.c.key, _KEY.c.submission).where(of_record)
    found = connection.execute(query).all()
    for key, submission in found:
        this = (_KEY.c.log_id == log_id) & (_KEY.c.key == key)
        if key == submission:
            connection.execute(delete(_KEY).where(this))
        else:
            connection.execute(update(_KEY).where(this).values(submission=b""))
    return {submission for _, submission in found if submission}


def _blank_record(connection: Connection, log_id: int, index: int) -> None:
    of_record = (_RECORD.c.log_id == log_id) & (_RECORD.c.entry_index == index)
    lengths = select(func.length(_RECORD.c.body), func.length(_RECORD.c.secret)).where(of_record)
    found = connection.execute(lengths).first()
    if found is None:
        raise Unknown(f"this log has no record at leaf index {index}")
    body, secret = (bytes(length) for length in found)
    connection.execute(update(_RECORD).where(of_record).values(body=body, secret=secret))


def _blank_rows(connection: Connection, log_id: int, index: int) -> None:
    standing = (_ERASED.c.log_id == log_id) & (_ERASED.c.entry_index == index) & _ERASED.c.stands
    found = connection.execute(select(func.length(_ERASED.c.rows)).where(standing)).first()
    if found is not None:
        blank = {"stands": False, "rows": bytes(found[0])}
        connection.execute(update(_ERASED).where(standing).values(blank))


def _write_anew(connection: Connection, table: Table) -> None:
    """Take all rows out of a table and put them back; their order is that of the key."""
    key = ", ".join(f'"{column.name}"' for column in table.primary_key)
    for statement in (
        f"CREATE TEMP TABLE kept AS SELECT * FROM {table.name}",  # noqa: S608 -- our own tables
        f"DELETE FROM {table.name}",  # noqa: S608
        f"INSERT INTO {table.name} SELECT * FROM temp.kept ORDER BY {key}",  # noqa: S608
        "DROP TABLE temp.kept",
    ):
        connection.exec_driver_sql(statement)
