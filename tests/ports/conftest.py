"""Real adapters on fresh folders, for the contract suites."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from liuhen.adapters.sql.engine import Database, sqlite_url
from liuhen.adapters.sql.migrate import migrate


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = Database(sqlite_url(tmp_path))
    migrate(made)
    yield made
    made.close()
