"""Where the files of records are kept: in a folder, in an object store, or nowhere."""

from collections.abc import Sequence
from pathlib import Path

from liuhen.adapters.blob_folder import BlobFolder
from liuhen.adapters.blob_s3 import BlobBucket
from liuhen.adapters.keys_file import LOOKUP_KEY, load_key
from liuhen.adapters.sql.engine import Database
from liuhen.adapters.sql.log_store import SqlLogs, SqlLogStore
from liuhen.app.digest_key import DigestKey
from liuhen.app.find import Finder
from liuhen.app.keep import FileKeeper
from liuhen.ports import Blobs
from liuhen.wiring.log_places import LogPlace
from liuhen.wiring.settings import Settings

_S3 = "s3://"


def open_files(settings: Settings, places: Sequence[LogPlace], database: Database) -> FileKeeper:
    """Open the place for files.

    Args:
        settings: The settings.
        places: The logs whose records may name one file; asked before one is deleted.
        database: The database of all logs.

    Raises:
        Unavailable: The place cannot be used.
    """

    def finders() -> list[Finder]:
        logs, found = SqlLogs(database), []
        for place in places:
            log = logs.find(place.policy.origin)
            if log is not None:
                key = DigestKey(load_key(place.keys_dir / LOOKUP_KEY))
                found.append(Finder(SqlLogStore(database, log.log_id), key))
        return found

    return FileKeeper(_open_blobs(settings), finders)


def _open_blobs(settings: Settings) -> Blobs | None:
    place = settings.blob_store
    if not place:
        return None
    if place.startswith(_S3):
        bucket, _, prefix = place.removeprefix(_S3).partition("/")
        return BlobBucket(bucket, prefix.strip("/"), settings.blob_s3_endpoint or None)
    return BlobFolder(Path(place))
