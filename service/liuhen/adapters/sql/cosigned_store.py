"""Cosigned heads of one log, and how far each witness has come, as rows."""

import hashlib

from sqlalchemy import ColumnElement, Connection, delete, select, update

from liuhen.adapters.sql.engine import Database
from liuhen.adapters.sql.many_rows import put_rows
from liuhen.adapters.sql.tables import CheckpointRow, CosignedRow, WitnessSizeRow, table_of
from liuhen.core.cosignature import WitnessKey
from liuhen.core.note import SignedNote
from liuhen.ports import CosignedHead

_CHECKPOINT, _COSIGNED = table_of(CheckpointRow), table_of(CosignedRow)
_SIZE = table_of(WitnessSizeRow)


class SqlCosignedStore:
    """A `CosignedStore` in SQL."""

    def __init__(self, database: Database, log_id: int) -> None:
        self._database, self._log_id = database, log_id
        self._ours = _COSIGNED.c.log_id == log_id

    # Reading

    def newest(self) -> str | None:
        """Return the checkpoint of the largest head that enough cosigned."""
        return self._note(self._ours, _COSIGNED.c.size.desc())

    def first_over(self, size: int) -> str | None:
        """Return the checkpoint of the smallest such head of more than `size` entries."""
        return self._note(self._ours & (_COSIGNED.c.size > size), _COSIGNED.c.size)

    def witness_size(self, key: WitnessKey) -> int:
        """Return the size that a witness is believed to have cosigned last."""
        query = select(_SIZE.c.size).where(
            _SIZE.c.log_id == self._log_id, _SIZE.c.witness == _digest(key)
        )
        with self._database.reading() as connection:
            return connection.execute(query).scalar() or 0

    # Writing

    def keep(self, head: CosignedHead) -> None:
        """Keep what a round has come to."""
        sizes = [(self._log_id, _digest(key), size) for key, size in head.sizes.items()]
        with self._database.writing() as connection:
            put_rows(connection, _SIZE, sizes)
            self._add_lines(connection, head)
            if head.enough:
                self._put_cosigned(connection, head)

    def _add_lines(self, connection: Connection, head: CosignedHead) -> None:
        """Give the lines to the checkpoint that the log keeps for good, if it keeps this one."""
        place = (_CHECKPOINT.c.log_id == self._log_id) & (_CHECKPOINT.c.size == head.size)
        kept = connection.execute(select(_CHECKPOINT.c.note).where(place)).scalar()
        if kept is None:
            return
        note = _joined(kept, head.note)
        connection.execute(update(_CHECKPOINT).where(place).values(note=note))

    def _put_cosigned(self, connection: Connection, head: CosignedHead) -> None:
        lasting = select(_CHECKPOINT.c.size).where(_CHECKPOINT.c.log_id == self._log_id)
        passing = self._ours & (_COSIGNED.c.size < head.size) & _COSIGNED.c.size.not_in(lasting)
        connection.execute(delete(_COSIGNED).where(passing))
        place = self._ours & (_COSIGNED.c.size == head.size)
        kept = connection.execute(select(_COSIGNED.c.note).where(place)).scalar()
        note = head.note if kept is None else _joined(kept, head.note)
        put_rows(connection, _COSIGNED, [(self._log_id, head.size, note)])

    def _note(self, where: ColumnElement[bool], order: ColumnElement[int]) -> str | None:
        with self._database.reading() as connection:
            query = select(_COSIGNED.c.note).where(where).order_by(order).limit(1)
            return connection.execute(query).scalar()


def _joined(kept: str, fresh: str) -> str:
    """Add lines to a note; of one key the first line stays, which bounds the time best."""
    return SignedNote.parse(kept).with_lines(SignedNote.parse(fresh).signatures).to_text()


def _digest(key: WitnessKey) -> bytes:
    """Return a short name of a key: a vkey of ML-DSA-44 has 1,790 characters."""
    return hashlib.sha256(key.to_text().encode()).digest()
