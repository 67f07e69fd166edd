"""Every column of every table, bent: the audit finds it, or it is listed here as harmless."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from sqlalchemy import Connection, create_engine, event

from liuhen.adapters.sql.engine import sqlite_url
from liuhen.adapters.sql.tables import METADATA
from liuhen.core.verdict import Outcome
from tests.flips.bend import bends, bent, some_rows
from tests.flips.world import World


@dataclass(frozen=True)
class Harmless:
    """Damage that misleads nobody: some kinds of it, or `any`, and why."""

    why: str
    kinds: frozenset[str] = frozenset({"any"})

    def allows(self, kind: str) -> bool:
        return "any" in self.kinds or kind in self.kinds


_WHEN = Harmless("when the row was written, by the service's clock: nobody relies on it")
_OWN = Harmless("the store's own number of the row, to which nothing refers")
_LOST = Harmless("keyed digest of what nobody keeps: answers what comes again, proves nothing")
_GUESS = Harmless("what the next proof for a witness starts from: he answers with his own size")
_HELD = Harmless("who anchors at present: it expires, and nobody stores anything by it alone")
HARMLESS = {
    ("log", "created_at"): _WHEN,
    ("anchor", "created_at"): _WHEN,
    ("anchor", "changed_at"): _WHEN,
    ("anchor_attempt", "created_at"): _WHEN,
    ("anchor_attempt", "changed_at"): _WHEN,
    ("outbox", "created_at"): _WHEN,
    ("anchor_lease", "chain_id"): _HELD,
    ("anchor_lease", "contract"): _HELD,
    ("anchor_lease", "holder"): _HELD,
    ("anchor_lease", "expires_at"): _HELD,
    ("anchor", "wiped"): Harmless(
        "an anchor in no block is set aside: the next one is made in its place",
        frozenset({"one more"}),
    ),
    ("anchor_attempt", "fee_wei"): Harmless(
        "within what was offered: it counts against the budget of a day, and proves nothing"
    ),
    ("anchor_attempt", "attempt_id"): _OWN,
    ("outbox", "message_id"): _OWN,
    ("erased_record", "number"): _OWN,
    ("idempotency", "key"): _LOST,
    ("idempotency", "submission"): _LOST,
    ("witness_size", "size"): _GUESS,
    ("witness_size", "witness"): _GUESS,
    ("idempotency", "record_id"): Harmless(
        "names another record of the log, as one that comes again may",
        frozenset({"of another row"}),
    ),
    ("anchor", "evidence"): Harmless(
        "taken away whole: receipts then rest on what nodes say", frozenset({"nothing"})
    ),
    ("erased_record", "rows"): Harmless(
        "zeros in the place of what the next erasure superseded", frozenset({"a byte less"})
    ),
}
"""Columns that may be bent in some way, and why."""

COLUMNS = [
    (table.name, column)
    for table in METADATA.sorted_tables
    for column in table.columns.keys()  # noqa: SIM118
]
IN_WIDE = {"tile"}


@pytest.fixture(scope="session")
def bending(world: World) -> Iterator[Connection]:
    yield from _bending(world)


@pytest.fixture(scope="session")
def bending_wide(wide_world: World) -> Iterator[Connection]:
    yield from _bending(wide_world)


def _bending(world: World) -> Iterator[Connection]:
    """Open a session on a finished log that lets anything be changed, and keeps nothing."""
    engine = create_engine(sqlite_url(world.folder / "data"))

    @event.listens_for(engine, "connect")
    def _set_up(connection: object, _: object) -> None:
        connection.isolation_level = None  # type: ignore[attr-defined]
        connection.execute("PRAGMA foreign_keys=OFF")  # type: ignore[attr-defined]

    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    with engine.connect() as connection:
        yield connection
        connection.rollback()
    engine.dispose()


def test_what_is_not_bent_is_found_to_be_well(world: World, wide_world: World) -> None:
    for each in (world, wide_world):
        audit, found = each.audit()
        assert (audit.outcome, found) == (Outcome.MATCH, [])


def test_every_table_has_rows_to_bend(bending: Connection, bending_wide: Connection) -> None:
    for table in METADATA.sorted_tables:
        connection = bending_wide if table.name in IN_WIDE else bending
        assert some_rows(connection, table), f"nothing is stored in {table.name}"


@pytest.mark.parametrize(("table_name", "column"), COLUMNS)
def test_a_bent_value_is_found(
    table_name: str,
    column: str,
    world: World,
    wide_world: World,
    bending: Connection,
    bending_wide: Connection,
) -> None:
    log, connection = (wide_world, bending_wide) if table_name in IN_WIDE else (world, bending)
    table = METADATA.tables[table_name]
    rows = some_rows(connection, table)
    tried, missed = 0, []
    for row in rows:
        others = [other[column] for other in rows if other is not row]
        for kind, value in bends(row[column], others, table.columns[column]):
            with bent(connection, table, row, column, value) as taken:
                if not taken:
                    continue
                tried += 1
                audit, found = log.audit(log.tables(connection))
                if audit.outcome is Outcome.MATCH:
                    assert not found
                    missed.append(kind)
    assert tried, "nothing could be bent"
    harmless = HARMLESS.get((table_name, column))
    if harmless is None:
        assert not missed
    else:
        assert missed, "this is listed as harmless, and every damage to it is found"
        assert all(map(harmless.allows, missed)), missed


def test_an_anchor_in_a_block_that_is_set_aside_is_found(world: World, bending: Connection) -> None:
    table = METADATA.tables["anchor"]
    rows = [row for row in some_rows(bending, table) if row["block_hash"] is not None]
    assert rows
    for row in rows:
        with bent(bending, table, row, "wiped", 1) as taken:
            assert taken
            audit, found = world.audit(world.tables(bending))
            assert audit.outcome is Outcome.DIFFERENT
            assert ["set aside" in each.what for each in found] == [True]
