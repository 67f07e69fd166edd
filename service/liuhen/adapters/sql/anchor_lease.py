"""Which of several anchorers on one database works: a row with its holder and an end (SQL)."""

import secrets
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, delete, insert, select, update

from liuhen.adapters.sql.anchor_rows import in_utc
from liuhen.adapters.sql.engine import Database
from liuhen.adapters.sql.tables import AnchorLeaseRow, table_of
from liuhen.core.errors import Unavailable
from liuhen.ports import ChainTarget, Clock

_LEASE: Final = table_of(AnchorLeaseRow)
_LONGEST: Final = timedelta(hours=1)


class SqlAnchorLease:
    """An `AnchorLease` in SQL; every instance is another holder."""

    def __init__(
        self,
        database: Database,
        log_id: int,
        target: ChainTarget,
        clock: Clock,
        seconds: float,
    ) -> None:
        """Prepare to hold it; nothing is stored yet.

        Args:
            database: The database.
            log_id: The log's number in it.
            target: The contract that is anchored in.
            clock: The time.
            seconds: How long it is held without being renewed.
        """
        self._database, self._clock = database, clock
        self._seconds = timedelta(seconds=seconds)
        self._holder = secrets.token_hex(16)
        self._place = {"log_id": log_id, "chain_id": target.chain_id, "contract": target.contract}
        self._ours = (
            (_LEASE.c.log_id == log_id)
            & (_LEASE.c.chain_id == target.chain_id)
            & (_LEASE.c.contract == target.contract)
        )

    def hold(self) -> bool:
        """Take it, or keep it for longer."""
        with self._database.writing() as connection:
            now = self._clock.now()
            found = self._read(connection)
            # One that lasts longer than any lease was taken while a clock was wrong.
            most = now + max(self._seconds, _LONGEST)
            if found is not None and found[0] != self._holder and now < found[1] <= most:
                return False
            values = {"holder": self._holder, "expires_at": now + self._seconds}
            if found is None:
                connection.execute(insert(_LEASE).values(**self._place, **values))
            else:
                connection.execute(update(_LEASE).where(self._ours).values(values))
            return True

    def release(self) -> None:
        """Let go of it; nothing happens if another holds it."""
        with self._database.writing() as connection:
            connection.execute(delete(_LEASE).where(self._ours, _LEASE.c.holder == self._holder))

    def check_held(self, connection: Connection) -> None:
        """Check, within a session that stores something, that nobody else has taken it.

        One that has expired and that nobody took is still ours: what is stored under it is stored
        before whoever comes next reads.

        Raises:
            Unavailable: Another anchorer holds it.
        """
        found = self._read(connection)
        if found is None or found[0] != self._holder:
            raise Unavailable("another anchorer has taken over; this one stores nothing any more")

    def _read(self, connection: Connection) -> tuple[str, datetime] | None:
        row = connection.execute(select(_LEASE).where(self._ours).with_for_update()).first()
        return None if row is None else (row.holder, in_utc(row.expires_at))
