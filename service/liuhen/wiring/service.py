"""Everything a serving process consists of, joined, opened and closed in the right order."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from liuhen.adapters.clock import SystemClock
from liuhen.adapters.keys_file import OPERATOR_KEY, create_missing_keys, load_key
from liuhen.adapters.sql.engine import Database, sqlite_url
from liuhen.adapters.sql.migrate import migrate
from liuhen.api.served_log import ServedLogs
from liuhen.app.verify import Verifier
from liuhen.core.errors import Unavailable
from liuhen.wiring.alarming import open_alarms
from liuhen.wiring.anchoring import check_publishers
from liuhen.wiring.file_keeping import open_files
from liuhen.wiring.log_places import read_log_places
from liuhen.wiring.log_service import open_log_service
from liuhen.wiring.settings import Settings


def open_database(stack: ExitStack, folder: Path) -> Database:
    """Open the database of a data folder, with the newest table layout.

    Raises:
        Unavailable: It cannot be opened.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise Unavailable(f"the data folder {folder} cannot be used: {error.strerror}") from error
    database = Database(sqlite_url(folder))
    stack.callback(database.close)
    migrate(database)
    return database


@contextmanager
def open_service(
    settings: Settings, *, development: bool, anchor: bool, accept_lost: bool = False
) -> Iterator[ServedLogs]:
    """Open all logs and run their threads; everything is closed when the block ends.

    One log that cannot be opened keeps the others from being served: better a stop that somebody
    sees than a log that is missing.

    Args:
        settings: The settings.
        development: Whether a development chain is accepted.
        anchor: Whether to anchor in this process.
        accept_lost: Whether anchors that the chain has lost are to be made again.

    Raises:
        SettingsError: The settings contradict each other.
        AuditError: Keys, register, database, policy or chain of a log do not allow it.
    """
    places = read_log_places(settings, development=development)
    create_missing_keys(settings.keys_dir, [OPERATOR_KEY])
    operator_key = load_key(settings.keys_dir / OPERATOR_KEY)
    if anchor:
        check_publishers(places)
    with ExitStack() as stack:
        tell_of = open_alarms(stack, settings)
        database = open_database(stack, settings.data_dir)
        files = open_files(settings, places, database)
        logs = [
            open_log_service(
                stack,
                settings,
                place,
                database,
                files,
                tell_of(place.policy.origin),
                anchor=anchor,
                accept_lost=accept_lost,
            )
            for place in places
        ]
        verifier = Verifier([log.verified for log in logs], SystemClock())
        yield ServedLogs(
            [log.served for log in logs],
            verifier,
            operator_key,
            files,
            publishes_seat_scores=settings.publishes_seat_scores,
        )
