"""Open a log: create it on the first start, on every other compare database and register.

A new log publishes the checkpoint of size 0, then appends its entry 0: a `log.opened` record that
names the keys and contracts under which its heads are signed.
"""

from liuhen.app.append import prepare_request
from liuhen.app.digest_key import DigestKey
from liuhen.app.log_writer import LogWriter
from liuhen.app.seal import HeadSealer
from liuhen.core.canonical import JsonValue, canonical
from liuhen.core.checkpoint import is_origin
from liuhen.core.errors import AuditError, MalformedCheckpoint
from liuhen.domain.catalogue import LOG_OPENED
from liuhen.ports import Clock, Logs, StoredLog


def find_or_create_log(logs: Logs, clock: Clock, origin: str) -> StoredLog:
    """Return the log with this origin, new and empty if there is none.

    Raises:
        MalformedCheckpoint: `origin` is not `<host>/logs/<name>`.
    """
    if not is_origin(origin):
        raise MalformedCheckpoint(f"not an origin, <host>/logs/<name> in lower case: {origin!r}")
    name = origin.rpartition("/")[2]
    return logs.find(origin) or logs.create(name, origin, clock.now())


def open_log(writer: LogWriter, sealer: HeadSealer, digest_key: DigestKey, clock: Clock) -> None:
    """Make the writer ready and start it.

    Raises:
        HistoryMismatch: Database and register tell different histories; the message says what to
            do. Nothing was signed.
        Unavailable: Database, register or key does not answer.
    """
    writer.recover()
    if writer.published.tree.size == 0:
        keys: list[JsonValue] = [*sealer.vkeys]
        body = canonical({"type": LOG_OPENED, "data": {"origin": writer.origin, "keys": keys}})
        request = prepare_request(
            body, origin=writer.origin, digest_key=digest_key, clock=clock, by_service=True
        )
        outcome = writer.append_alone(request)
        if isinstance(outcome, AuditError):
            raise outcome
    writer.start()
