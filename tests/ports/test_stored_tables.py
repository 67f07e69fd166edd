"""The port of an auditor: raw rows in order, over memory and SQL alike."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from liuhen.adapters.sql.stored_tables import open_tables
from liuhen.core.errors import Unavailable
from liuhen.ports import StoredTables
from tests.fakes.assembled_log import ORIGIN, AssembledLog
from tests.fakes.stored_tables import memory_tables
from tests.flips.world import World

BODIES = [{"case": f"A-{n}", "data": n} for n in (3, 1, 2)]


@pytest.fixture(params=["memory", "real"])
def tables(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[StoredTables]:
    if request.param == "memory":
        log = AssembledLog().open()
        for body in BODIES:
            log.append(str(body["case"]), f"key {body['case']}", n=body["data"])
        log.close()
        yield memory_tables(log.store, ORIGIN)
        return
    world = World(tmp_path)
    world.append(BODIES)
    world.close()
    with open_tables(tmp_path / "data", ORIGIN) as found:
        assert found is not None
        yield found


def test_rows_come_in_the_order_that_was_asked_for(tables: StoredTables) -> None:
    assert [row["case"] for row in tables.rows("case_state", ["case"])] == ["A-1", "A-2", "A-3"]
    indexes = [row["last_index"] for row in tables.rows("case_state", ["last_index"])]
    assert indexes == [1, 2, 3]


def test_rows_can_be_asked_for_by_a_value(tables: StoredTables) -> None:
    (row,) = tables.rows("case_state", ["case"], {"case": "A-1"})
    assert (row["count"], row["last_index"]) == (1, 2)
    assert list(tables.rows("tile", ["tile_index"], {"level": 0})) == []


def test_rows_with_one_of_some_values_are_found(tables: StoredTables) -> None:
    found = tables.matching("case_state", "case", ["A-1", "A-3", "no such"])
    assert sorted(str(row["case"]) for row in found) == ["A-1", "A-3"]
    assert list(tables.matching("case_state", "case", [])) == []


def test_a_log_that_is_well_has_no_strays(tables: StoredTables) -> None:
    assert {"entry", "record", "head"} <= tables.names()
    assert [tables.strays(name) for name in sorted(tables.names())] == [0] * len(tables.names())


def test_without_a_database_there_is_nothing_to_read(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="no database"), open_tables(tmp_path, ORIGIN):
        pass


def test_a_log_that_is_not_there_is_none(tmp_path: Path) -> None:
    World(tmp_path).close()
    with open_tables(tmp_path / "data", "log.example/logs/other") as found:
        assert found is None
