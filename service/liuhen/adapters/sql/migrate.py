"""Bring a database to the newest table layout; the migrations lie inside the package."""

from importlib.resources import files

from alembic import command
from alembic.config import Config
from alembic.util import CommandError

from liuhen.adapters.sql.engine import Database
from liuhen.core.errors import Unavailable


def migrate(database: Database) -> None:
    """Create or upgrade all tables, in one session.

    Raises:
        Unavailable: The database refused, or was written by a newer version of the program.
    """
    config = Config()
    config.set_main_option("script_location", str(files("liuhen.adapters.sql") / "migration"))
    with database.changing_tables() as connection:
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, "head")
        except CommandError as error:
            raise Unavailable(
                f"the database has another layout than this version: {error}"
            ) from error
