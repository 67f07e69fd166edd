"""Open a log: create it on the first start, on every other compare database and register.

A new log publishes the checkpoint of size 0, then appends its entry 0: a `log.opened` record that
names the keys and contracts under which its heads are signed. After its key was rotated, the first
entry under the new key is a `log.keys` record.
"""

from liuhen.app.append import Body, prepare_request
from liuhen.app.digest_key import DigestKey
from liuhen.app.log_writer import LogWriter
from liuhen.app.seal import HeadSealer
from liuhen.core.canonical import JsonValue, canonical
from liuhen.core.checkpoint import is_origin
from liuhen.core.errors import AuditError, MalformedCheckpoint
from liuhen.core.key_history import KeyHistory
from liuhen.domain.catalogue import LOG_KEYS, LOG_OPENED
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


def open_log(
    writer: LogWriter,
    sealer: HeadSealer,
    digest_key: DigestKey,
    clock: Clock,
    keys: KeyHistory | None = None,
) -> None:
    """Make the writer ready and start it.

    Args:
        writer: The log's writer.
        sealer: Register and keys.
        digest_key: Keys what the database may not hold plainly.
        clock: The time.
        keys: The newest key history. If its newest key has not signed yet, the first entry under
            it is a `log.keys` record, which holds this history.

    Raises:
        HistoryMismatch: Database and register tell different histories; the message says what to
            do. Nothing was signed.
        Unavailable: Database, register or key does not answer.
    """
    writer.recover()
    size = writer.published.tree.size
    own: dict[str, JsonValue] = {"origin": writer.origin}
    if size == 0:
        _append(writer, digest_key, clock, LOG_OPENED, {**own, "keys": [*sealer.vkeys]})
    elif keys is not None and size < keys.newest_from:
        history: dict[str, JsonValue] = {"serial": keys.serial, "history": keys.to_text()}
        _append(writer, digest_key, clock, LOG_KEYS, {**own, **history})
    writer.start()


def _append(
    writer: LogWriter,
    digest_key: DigestKey,
    clock: Clock,
    record_type: str,
    data: dict[str, JsonValue],
) -> None:
    """Append a record of the service's own before anybody else can."""
    request = prepare_request(
        Body(canonical({"type": record_type, "data": data})),
        origin=writer.origin,
        digest_key=digest_key,
        clock=clock,
        by_service=True,
    )
    outcome = writer.append_alone(request)
    if isinstance(outcome, AuditError):
        raise outcome
