"""The anchors of one log in one contract, as rows. Every method is one session of its own."""

from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, Connection, Row, Table, insert, select, update

from liuhen.adapters.sql.anchor_rows import (
    block_values,
    evidence_text,
    stored_anchor,
    stored_attempt,
)
from liuhen.adapters.sql.engine import Database
from liuhen.adapters.sql.tables import AnchorAttemptRow, AnchorRow, OutboxRow, table_of
from liuhen.core.chain_evidence import ChainEvidence
from liuhen.core.errors import AnchorMismatch, Unknown
from liuhen.core.merkle import TreeHead
from liuhen.domain.anchor_life import ON_CHAIN, UNFINISHED, AnchorState, check_move
from liuhen.ports import ChainTarget, Clock, MinedIn, NewAttempt, StoredAnchor, StoredAttempt

_ANCHOR, _ATTEMPT, _OUTBOX = table_of(AnchorRow), table_of(AnchorAttemptRow), table_of(OutboxRow)


class SqlAnchorStore:
    """An `AnchorStore` in SQL."""

    def __init__(self, database: Database, log_id: int, target: ChainTarget, clock: Clock) -> None:
        self._database, self._log_id = database, log_id
        self._target, self._clock = target, clock
        self._ours = (
            (_ANCHOR.c.log_id == log_id)
            & (_ANCHOR.c.chain_id == target.chain_id)
            & (_ANCHOR.c.contract == target.contract)
        )

    def plan(self, head: TreeHead, *, has_checkpoint: bool = True) -> StoredAnchor:
        """Intend to anchor a head; the same size again returns what is there."""
        query = select(_ANCHOR).where(self._ours, _ANCHOR.c.size == head.size)
        with self._database.writing() as connection:
            row = connection.execute(query).first()
            if row is None:
                connection.execute(insert(_ANCHOR).values(self._new_anchor(head, has_checkpoint)))
                row = connection.execute(query).one()
        anchor = stored_anchor(row)
        if anchor.head != head:
            raise AnchorMismatch(f"size {head.size} is to be anchored with another root hash")
        return anchor

    def find(self, size: int) -> StoredAnchor | None:
        """Return the anchor of exactly this size."""
        return self._first(_ANCHOR.c.size == size, _ANCHOR.c.size)

    def unfinished(self) -> Sequence[StoredAnchor]:
        """Return the anchors that are neither final nor replaced."""
        query = select(_ANCHOR).where(self._ours, _in_states(_ANCHOR, UNFINISHED))
        with self._database.reading() as connection:
            rows = connection.execute(query.order_by(_ANCHOR.c.size)).all()
        return [stored_anchor(row) for row in rows]

    def newest(self, states: frozenset[AnchorState]) -> StoredAnchor | None:
        """Return the anchor of the largest size in one of the states."""
        return self._first(_in_states(_ANCHOR, states), _ANCHOR.c.size.desc())

    def covering(self, entry_index: int) -> StoredAnchor | None:
        """Return the smallest mined or final anchor, with a checkpoint, that holds this leaf."""
        reaches = (_ANCHOR.c.size > entry_index) & _ANCHOR.c.has_checkpoint
        return self._first(reaches & _in_states(_ANCHOR, ON_CHAIN), _ANCHOR.c.size)

    def attempts(self, anchor_id: int) -> Sequence[StoredAttempt]:
        """Return the attempts at an anchor."""
        query = (
            select(_ATTEMPT)
            .join(_ANCHOR, _ANCHOR.c.anchor_id == _ATTEMPT.c.anchor_id)
            .where(self._ours, _ATTEMPT.c.anchor_id == anchor_id)
            .order_by(_ATTEMPT.c.attempt_id)
        )
        with self._database.reading() as connection:
            return [stored_attempt(row) for row in connection.execute(query)]

    def add_attempt(self, anchor_id: int, attempt: NewAttempt) -> StoredAttempt:
        """Store a signed tx before it is sent; the anchor becomes signed."""
        now = self._clock.now()
        values = {name: getattr(attempt, name) for name in NewAttempt.__slots__}
        with self._database.writing() as connection:
            anchor = self._get(connection, _ANCHOR, anchor_id)
            check_move(AnchorState(anchor.state), AnchorState.SIGNED)
            self._move(connection, anchor, AnchorState.SIGNED, None)
            made = connection.execute(
                insert(_ATTEMPT).values(
                    log_id=self._log_id,
                    anchor_id=anchor_id,
                    state=AnchorState.SIGNED.value,
                    created_at=now,
                    changed_at=now,
                    **values,
                )
            )
            assert made.inserted_primary_key is not None
            row = self._get(connection, _ATTEMPT, made.inserted_primary_key[0])
        return stored_attempt(row)

    def move_attempt(
        self, attempt_id: int, state: AnchorState, mined_in: MinedIn | None = None
    ) -> StoredAttempt:
        """Move an attempt, and its anchor with it; `replaced` leaves the anchor where it is."""
        with self._database.writing() as connection:
            attempt = self._get(connection, _ATTEMPT, attempt_id)
            check_move(AnchorState(attempt.state), state)
            changed = {"state": state.value, "changed_at": self._clock.now()}
            connection.execute(
                update(_ATTEMPT)
                .where(_ATTEMPT.c.attempt_id == attempt_id)
                .values(**changed, **block_values(mined_in))
            )
            anchor = self._get(connection, _ANCHOR, attempt.anchor_id)
            if state is not AnchorState.REPLACED and (
                anchor.state != state or state is AnchorState.MINED
            ):
                self._move(connection, anchor, state, mined_in)
            moved = self._get(connection, _ATTEMPT, attempt_id)
        return stored_attempt(moved)

    def move_anchor(
        self, anchor_id: int, state: AnchorState, mined_in: MinedIn | None = None
    ) -> StoredAnchor:
        """Move an anchor alone."""
        with self._database.writing() as connection:
            self._move(connection, self._get(connection, _ANCHOR, anchor_id), state, mined_in)
            row = self._get(connection, _ANCHOR, anchor_id)
        return stored_anchor(row)

    def put_evidence(self, anchor_id: int, evidence: ChainEvidence) -> None:
        """Keep the chain evidence of an anchor."""
        with self._database.writing() as connection:
            connection.execute(
                update(_ANCHOR)
                .where(self._ours, _ANCHOR.c.anchor_id == anchor_id)
                .values(evidence=evidence_text(evidence))
            )

    def _move(
        self,
        connection: Connection,
        anchor: "Row[object]",
        state: AnchorState,
        mined_in: MinedIn | None,
    ) -> None:
        check_move(AnchorState(anchor.state), state)
        now = self._clock.now()
        connection.execute(
            update(_ANCHOR)
            .where(_ANCHOR.c.anchor_id == anchor.anchor_id)
            .values(state=state.value, changed_at=now, **block_values(mined_in))
        )
        if state in ON_CHAIN and anchor.state != state:
            message = {"topic": f"anchor.{state.value}", "anchor_id": anchor.anchor_id}
            connection.execute(
                insert(_OUTBOX).values(log_id=self._log_id, created_at=now, **message)
            )

    def _first(
        self, condition: ColumnElement[bool], order: ColumnElement[int]
    ) -> StoredAnchor | None:
        query = select(_ANCHOR).where(self._ours, condition).order_by(order).limit(1)
        with self._database.reading() as connection:
            row = connection.execute(query).first()
        return None if row is None else stored_anchor(row)

    def _new_anchor(self, head: TreeHead, has_checkpoint: bool) -> dict[str, object]:  # noqa: FBT001
        now = self._clock.now()
        return {
            "log_id": self._log_id,
            "chain_id": self._target.chain_id,
            "contract": self._target.contract,
            "chain_log_id": self._target.log_id,
            "size": head.size,
            "root": head.root,
            "has_checkpoint": has_checkpoint,
            "state": AnchorState.PLANNED.value,
            "created_at": now,
            "changed_at": now,
        }

    def _get(self, connection: Connection, table: Table, key: int) -> "Row[object]":
        (column,) = table.primary_key.columns
        query = select(table).where(column == key, table.c.log_id == self._log_id)
        row = connection.execute(query.with_for_update()).first()
        if row is None:
            raise Unknown(f"there is no {table.name} {key} of this log")
        return row


def _in_states(table: Table, states: Iterable[AnchorState]) -> ColumnElement[bool]:
    return table.c.state.in_([state.value for state in states])
