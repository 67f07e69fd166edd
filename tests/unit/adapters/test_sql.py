"""The database: its layout, its durability, and what it says when it fails."""

import sqlite3
from importlib.resources import files
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import text
from sqlalchemy.dialects import registry
from sqlalchemy.schema import CreateTable

from liuhen.adapters.sql.engine import Database, sqlite_url
from liuhen.adapters.sql.migrate import migrate
from liuhen.adapters.sql.tables import METADATA
from liuhen.core.errors import Unavailable


@pytest.fixture
def database(tmp_path: Path) -> Database:
    return Database(sqlite_url(tmp_path))


def test_the_migrations_make_the_tables_that_are_declared(database: Database) -> None:
    migrate(database)
    with database.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []


def test_migrating_again_changes_nothing(database: Database, tmp_path: Path) -> None:
    migrate(database)
    with database.writing() as connection:
        connection.execute(
            text("INSERT INTO log (name, origin, created_at) VALUES ('a', 'b', '2026-01-01')")
        )
    migrate(database)
    with database.reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM log")).scalar() == 1


def test_anchors_of_the_first_layout_are_kept(database: Database) -> None:
    config = Config()
    config.set_main_option("script_location", str(files("liuhen.adapters.sql") / "migration"))
    with database.changing_tables() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        connection.execute(text("INSERT INTO log VALUES (1, 'a', 'b', '2026-01-01')"))
        connection.execute(
            text(
                "INSERT INTO anchor VALUES (3, 1, 7, x'c3', x'd4', 5, x'05', 1, 'mined', 9, x'09',"
                " 1, 0, 0, NULL, '2026-01-01', '2026-01-01')"
            )
        )
        connection.execute(
            text(
                "INSERT INTO anchor_attempt VALUES (4, 1, 3, 0, x'a1', 2, 2, 1, 9, x'02', x'07',"
                " 'mined', 9, x'09', 1, 0, 0, '2026-01-01', '2026-01-01')"
            )
        )
    migrate(database)
    query = (
        "SELECT attempt_id, nonce, tx_hash, fee_wei, size, wiped, reorgs, anchor.state"
        " FROM anchor_attempt JOIN anchor USING (anchor_id)"
    )
    with database.reading() as connection:
        rows = connection.execute(text(query)).all()
        assert connection.execute(text("PRAGMA foreign_key_check")).all() == []
    assert [tuple(row) for row in rows] == [(4, 2, b"\7", None, 5, 0, 0, "mined")]


def test_the_newest_anchor_is_found_without_putting_all_into_order(database: Database) -> None:
    migrate(database)
    query = (
        "EXPLAIN QUERY PLAN SELECT * FROM anchor WHERE log_id = 1 AND chain_id = 1"
        " AND contract = x'c3' AND wiped = 0 ORDER BY anchor_id DESC LIMIT 1"
    )
    with database.reading() as connection:
        plan = [row.detail for row in connection.execute(text(query))]
    assert [step for step in plan if "TEMP B-TREE" in step] == []


def test_a_database_of_a_newer_version_is_refused(database: Database) -> None:
    migrate(database)
    with database.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(Unavailable):
        migrate(database)


def test_every_table_carries_the_log() -> None:
    for table in METADATA.sorted_tables:
        assert "log_id" in table.columns, table.name


def test_every_table_is_one_for_postgresql_too() -> None:
    for table in METADATA.sorted_tables:
        statement = str(CreateTable(table).compile(dialect=registry.load("postgresql")()))
        assert "ROWID" not in statement


@pytest.mark.parametrize(
    ("pragma", "value"),
    [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("busy_timeout", 10_000)],
)
def test_sqlite_is_set_to_lose_nothing(database: Database, pragma: str, value: object) -> None:
    for session in (database.writing, database.reading):
        with session() as connection:
            assert connection.execute(text(f"PRAGMA {pragma}")).scalar() == value


def test_a_database_can_be_opened_so_that_nothing_is_written(
    database: Database, tmp_path: Path
) -> None:
    migrate(database)
    reading = Database(sqlite_url(tmp_path), read_only=True)
    try:
        with reading.reading() as connection:
            assert connection.execute(text("SELECT count(*) FROM log")).scalar() == 0
        with pytest.raises(Unavailable, match="readonly"), reading.writing() as connection:
            connection.execute(text("DELETE FROM log"))
    finally:
        reading.close()


def test_a_foreign_key_must_lead_somewhere(database: Database) -> None:
    migrate(database)
    with pytest.raises(Unavailable), database.writing() as connection:
        connection.execute(text("INSERT INTO entry VALUES (99, 0, x'00')"))


def test_an_error_of_the_database_shows_no_contents(database: Database) -> None:
    migrate(database)
    with pytest.raises(Unavailable) as caught, database.writing() as connection:
        connection.execute(text("INSERT INTO log VALUES (1, 2, :secret)"), {"secret": "hush"})
    assert "hush" not in str(caught.value)
    assert "hush" not in str(caught.value.__cause__)


def test_a_writing_session_holds_the_lock_from_its_beginning(
    database: Database, tmp_path: Path
) -> None:
    migrate(database)
    other = sqlite3.connect(tmp_path / "liuhen.sqlite", timeout=0, isolation_level=None)
    with database.writing(), pytest.raises(sqlite3.OperationalError, match="locked"):
        other.execute("BEGIN IMMEDIATE")
    other.execute("BEGIN IMMEDIATE")
    other.close()


def test_a_reading_session_sees_one_state(database: Database) -> None:
    migrate(database)
    count = text("SELECT count(*) FROM log")
    with database.reading() as reading:
        assert reading.execute(count).scalar() == 0
        with database.writing() as writing:
            writing.execute(
                text("INSERT INTO log (name, origin, created_at) VALUES ('a', 'b', '2026-01-01')")
            )
        assert reading.execute(count).scalar() == 0
    with database.reading() as reading:
        assert reading.execute(count).scalar() == 1


def test_a_file_that_is_no_database_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "liuhen.sqlite").write_bytes(b"x" * 8192)
    with pytest.raises(Unavailable):
        migrate(Database(sqlite_url(tmp_path)))
