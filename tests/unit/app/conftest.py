"""Logs put together on memory and on real adapters."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from liuhen.adapters.register_file import RegisterFile
from liuhen.adapters.sql.engine import Database, sqlite_url
from liuhen.adapters.sql.log_store import SqlLogs, SqlLogStore
from liuhen.adapters.sql.migrate import migrate
from liuhen.app.open_log import find_or_create_log
from tests.fakes.assembled_log import ORIGIN, AssembledLog
from tests.fakes.clock import FakeClock


@pytest.fixture(scope="session")
def blank_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Migrate once: a copy of the file is as good, and much faster."""
    folder = tmp_path_factory.mktemp("blank")
    database = Database(sqlite_url(folder))
    migrate(database)
    database.close()
    return folder / "liuhen.sqlite"


@pytest.fixture(params=["memory", "real"])
def assemble(
    request: pytest.FixtureRequest, tmp_path: Path, blank_database: Path
) -> Iterator[Callable[..., AssembledLog]]:
    """Give a function that puts a log together; all are stopped in the end."""
    closing: list[Callable[[], None]] = []

    def make(**options: Any) -> AssembledLog:
        if request.param == "memory":
            log = AssembledLog(**options)
        else:
            shutil.copy(blank_database, tmp_path)
            database = Database(sqlite_url(tmp_path))
            found = find_or_create_log(SqlLogs(database), FakeClock(), ORIGIN)
            register = RegisterFile(tmp_path / "register" / "jyg.register", ORIGIN)
            log = AssembledLog(SqlLogStore(database, found.log_id), register, **options)
            closing.extend([database.close, register.close])
        closing.append(log.close)
        return log

    yield make
    for close in reversed(closing):
        close()


@pytest.fixture
def log(assemble: Callable[..., AssembledLog]) -> AssembledLog:
    """An open log."""
    return assemble().open()
