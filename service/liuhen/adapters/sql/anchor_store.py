"""The anchors of one log in one contract, as rows. Every method is one session of its own."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Table,
    func,
    insert,
    select,
    true,
    update,
)

from liuhen.adapters.sql.anchor_lease import SqlAnchorLease
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
from liuhen.domain.anchor_life import (
    LIVE,
    MAY_BE_REPLACED,
    ON_CHAIN,
    UNFINISHED,
    USES_NONCE,
    AnchorState,
    check_move,
    moves_anchor,
)
from liuhen.ports import (
    AnchorTotals,
    ChainTarget,
    Clock,
    MinedIn,
    NewAttempt,
    StoredAnchor,
    StoredAttempt,
)

_ANCHOR, _ATTEMPT, _OUTBOX = table_of(AnchorRow), table_of(AnchorAttemptRow), table_of(OutboxRow)

_GWEI: Final = 10**9

_MOST_WEI = 2**63 - 1
"""The largest number of a column; nine coins for one anchor are beyond every budget."""


class SqlAnchorStore:
    """An `AnchorStore` in SQL."""

    def __init__(
        self,
        database: Database,
        log_id: int,
        target: ChainTarget,
        clock: Clock,
        lease: SqlAnchorLease | None = None,
    ) -> None:
        """Open the anchors of a log in a contract.

        Args:
            database: The database.
            log_id: The log's number in it.
            target: The contract, and the log's identifier in it.
            clock: The time.
            lease: Must be held whenever something is stored; None where nothing else anchors.
        """
        self._database, self._log_id, self._lease = database, log_id, lease
        self._target, self._clock = target, clock
        self._ours = (
            (_ANCHOR.c.log_id == log_id)
            & (_ANCHOR.c.chain_id == target.chain_id)
            & (_ANCHOR.c.contract == target.contract)
            & (_ANCHOR.c.wiped == 0)
        )

    def plan(self, head: TreeHead, *, has_checkpoint: bool = True) -> StoredAnchor:
        """Intend to anchor a head; the same size again returns what is there."""
        query = select(_ANCHOR).where(self._ours, _ANCHOR.c.size == head.size)
        with self._storing() as connection:
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

    def get(self, anchor_id: int) -> StoredAnchor:
        """Return an anchor by its number."""
        found = self._first(_ANCHOR.c.anchor_id == anchor_id, _ANCHOR.c.size)
        if found is None:
            raise Unknown(f"this log has no anchor {anchor_id}")
        return found

    def page(
        self, before: int | None, limit: int, states: frozenset[AnchorState] | None = None
    ) -> Sequence[StoredAnchor]:
        """Return anchors, newest first."""
        older = true() if before is None else _ANCHOR.c.anchor_id < before
        wanted = true() if states is None else _in_states(_ANCHOR, states)
        query = select(_ANCHOR).where(self._ours, older, wanted)
        query = query.order_by(_ANCHOR.c.anchor_id.desc())
        with self._database.reading() as connection:
            return [stored_anchor(row) for row in connection.execute(query.limit(limit))]

    def unfinished(self) -> Sequence[StoredAnchor]:
        """Return the anchors that are neither final nor replaced."""
        query = select(_ANCHOR).where(self._ours, _in_states(_ANCHOR, UNFINISHED))
        with self._database.reading() as connection:
            rows = connection.execute(query).all()
        # Put into order here: in SQL it would be done by an index over all sizes, row by row.
        return sorted(map(stored_anchor, rows), key=lambda anchor: anchor.head.size)

    def newest(
        self, states: frozenset[AnchorState], *, with_checkpoint: bool = False
    ) -> StoredAnchor | None:
        """Return the anchor of the largest size in one of the states."""
        kept = _ANCHOR.c.has_checkpoint if with_checkpoint else true()
        return self._first(_in_states(_ANCHOR, states) & kept, _ANCHOR.c.size.desc())

    def covering(self, entry_index: int) -> StoredAnchor | None:
        """Return the smallest mined or final anchor, with a checkpoint, that holds this leaf."""
        reaches = (_ANCHOR.c.size > entry_index) & _ANCHOR.c.has_checkpoint
        return self._first(reaches & _in_states(_ANCHOR, ON_CHAIN), _ANCHOR.c.size)

    def attempts(self, anchor_id: int) -> Sequence[StoredAttempt]:
        """Return the attempts at an anchor."""
        return self._attempts(_ATTEMPT.c.anchor_id == anchor_id, _ATTEMPT.c.attempt_id)

    def attempts_with(self, sender: bytes, first_nonce: int) -> Sequence[StoredAttempt]:
        """Return the attempts of a sender from a nonce on, whichever anchor they are for."""
        theirs = (_ATTEMPT.c.sender == sender) & (_ATTEMPT.c.nonce >= first_nonce)
        return self._attempts(theirs, _ATTEMPT.c.nonce, _ATTEMPT.c.attempt_id)

    def spent_since(self, moment: datetime) -> int:
        """Return what the attempts cost that were mined since."""
        query = (
            select(_ATTEMPT.c.fee_wei)
            .join(_ANCHOR, _ANCHOR.c.anchor_id == _ATTEMPT.c.anchor_id)
            .where(self._ours, _ATTEMPT.c.fee_wei.is_not(None), _ATTEMPT.c.changed_at >= moment)
        )
        # Added up here: a sum of SQLite's is a float beyond 2^63.
        with self._database.reading() as connection:
            return sum(int(row.fee_wei) for row in connection.execute(query))

    def totals(self) -> AnchorTotals:
        """Return all anchors and attempts, added up."""
        anchors = (
            select(_ANCHOR.c.state, func.count(), func.sum(_ANCHOR.c.reorgs))
            .where(self._ours)
            .group_by(_ANCHOR.c.state)
        )
        # Gwei and the rest apart: a sum of SQLite's ends at 2^63, which is nine coins.
        fee = _ATTEMPT.c.fee_wei
        attempts = (
            select(_ATTEMPT.c.state, func.count(), func.sum(fee // _GWEI), func.sum(fee % _GWEI))
            .join(_ANCHOR, _ANCHOR.c.anchor_id == _ATTEMPT.c.anchor_id)
            .where(self._ours)
            .group_by(_ATTEMPT.c.state)
        )
        with self._database.reading() as connection:
            rows, tries = connection.execute(anchors).all(), connection.execute(attempts).all()
        return AnchorTotals(
            {AnchorState(state): count for state, count, _ in rows},
            {AnchorState(state): count for state, count, *_ in tries},
            sum(reorgs for *_, reorgs in rows),
            sum(int(gwei or 0) * _GWEI + int(wei or 0) for *_, gwei, wei in tries),
        )

    def add_attempt(self, anchor_id: int, attempt: NewAttempt) -> StoredAttempt:
        """Store a signed tx before it is sent; the anchor becomes signed."""
        now = self._clock.now()
        values = {name: getattr(attempt, name) for name in NewAttempt.__slots__}
        with self._storing() as connection:
            anchor = self._get(connection, _ANCHOR, anchor_id)
            self._replace_rivals(connection, attempt.sender, attempt.nonce, 0)
            self._replace_smaller(connection, anchor.size)
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
        self,
        attempt_id: int,
        state: AnchorState,
        mined_in: MinedIn | None = None,
        fee_wei: int | None = None,
    ) -> StoredAttempt:
        """Move an attempt, its anchor with it, and what it decides."""
        with self._storing() as connection:
            attempt = self._get(connection, _ATTEMPT, attempt_id)
            anchor = self._get(connection, _ANCHOR, attempt.anchor_id)
            self._move_row(connection, attempt, state, mined_in, fee_wei)
            if state in USES_NONCE:
                self._replace_rivals(connection, attempt.sender, attempt.nonce, attempt_id)
            if state is AnchorState.MINED:
                self._replace_smaller(connection, anchor.size)
            goes_on = state is AnchorState.REVERTED and self._has_live(connection, anchor.anchor_id)
            if moves_anchor(AnchorState(anchor.state), state) and not goes_on:
                self._move(connection, anchor, state, mined_in)
            moved = self._get(connection, _ATTEMPT, attempt_id)
        return stored_attempt(moved)

    def move_anchor(
        self, anchor_id: int, state: AnchorState, mined_in: MinedIn | None = None
    ) -> StoredAnchor:
        """Move an anchor alone."""
        with self._storing() as connection:
            self._move(connection, self._get(connection, _ANCHOR, anchor_id), state, mined_in)
            row = self._get(connection, _ANCHOR, anchor_id)
        return stored_anchor(row)

    def put_evidence(self, anchor_id: int, evidence: ChainEvidence) -> None:
        """Keep the chain evidence of an anchor."""
        with self._storing() as connection:
            connection.execute(
                update(_ANCHOR)
                .where(self._ours, _ANCHOR.c.anchor_id == anchor_id)
                .values(evidence=evidence_text(evidence))
            )

    def forget_chain(self) -> None:
        """Set all anchors aside: the chain that they are on was started anew.

        They stay in the database, to be looked at, and none counts any more. For development
        chains only; elsewhere an anchor that is gone is for a person to look into.
        """
        with self._storing() as connection:
            # Not by the target: on a chain started anew the contract may have another address.
            of_chain = (_ANCHOR.c.log_id == self._log_id) & (
                _ANCHOR.c.chain_id == self._target.chain_id
            )
            newest = connection.execute(select(func.max(_ANCHOR.c.wiped)).where(of_chain)).scalar()
            connection.execute(
                update(_ANCHOR)
                .where(of_chain, _ANCHOR.c.wiped == 0)
                .values(wiped=(newest or 0) + 1, changed_at=self._clock.now())
            )

    @contextmanager
    def _storing(self) -> Iterator[Connection]:
        """Open a session that stores something; only whoever holds the lease may."""
        with self._database.writing() as connection:
            if self._lease is not None:
                self._lease.check_held(connection)
            yield connection

    def _replace_rivals(
        self, connection: Connection, sender: bytes, nonce: int, attempt_id: int
    ) -> None:
        """Mark the other live attempts of a nonce: only one of them can be mined."""
        query = select(_ATTEMPT).where(
            _ATTEMPT.c.log_id == self._log_id,
            _ATTEMPT.c.sender == sender,
            _ATTEMPT.c.nonce == nonce,
            _ATTEMPT.c.attempt_id != attempt_id,
            _in_states(_ATTEMPT, MAY_BE_REPLACED),
        )
        for rival in connection.execute(query).all():
            self._move_row(connection, rival, AnchorState.REPLACED, None, None)

    def _has_live(self, connection: Connection, anchor_id: int) -> bool:
        """Return whether another attempt can still bring the anchor to the chain."""
        query = select(_ATTEMPT.c.attempt_id).where(
            _ATTEMPT.c.anchor_id == anchor_id, _in_states(_ATTEMPT, LIVE)
        )
        return connection.execute(query).first() is not None

    def _replace_smaller(self, connection: Connection, size: int) -> None:
        """Mark the smaller anchors that are not in a block: they are superfluous."""
        query = select(_ANCHOR).where(
            self._ours, _ANCHOR.c.size < size, _in_states(_ANCHOR, MAY_BE_REPLACED)
        )
        for anchor in connection.execute(query).all():
            self._move(connection, anchor, AnchorState.REPLACED, None)

    def _move_row(
        self,
        connection: Connection,
        attempt: "Row[Any]",
        state: AnchorState,
        mined_in: MinedIn | None,
        fee_wei: int | None,
    ) -> None:
        check_move(AnchorState(attempt.state), state)
        fee_wei = None if fee_wei is None else min(fee_wei, _MOST_WEI)
        changed = {"state": state.value, "changed_at": self._clock.now(), "fee_wei": fee_wei}
        if state is AnchorState.FINAL:
            del changed["fee_wei"]  # it stays what it was when it was mined
        connection.execute(
            update(_ATTEMPT)
            .where(_ATTEMPT.c.attempt_id == attempt.attempt_id)
            .values(**changed, **block_values(mined_in))
        )

    def _move(
        self,
        connection: Connection,
        anchor: "Row[Any]",
        state: AnchorState,
        mined_in: MinedIn | None,
    ) -> None:
        check_move(AnchorState(anchor.state), state)
        now = self._clock.now()
        connection.execute(
            update(_ANCHOR)
            .where(_ANCHOR.c.anchor_id == anchor.anchor_id)
            .values(
                state=state.value,
                changed_at=now,
                reorgs=anchor.reorgs + (state is AnchorState.REORGED),
                **block_values(mined_in),
            )
        )
        if state in ON_CHAIN and anchor.state != state:
            message = {"topic": f"anchor.{state.value}", "anchor_id": anchor.anchor_id}
            connection.execute(
                insert(_OUTBOX).values(log_id=self._log_id, created_at=now, **message)
            )

    def _attempts(
        self, condition: ColumnElement[bool], *order: ColumnElement[int]
    ) -> Sequence[StoredAttempt]:
        query = (
            select(_ATTEMPT)
            .join(_ANCHOR, _ANCHOR.c.anchor_id == _ATTEMPT.c.anchor_id)
            .where(self._ours, condition)
            .order_by(*order)
        )
        with self._database.reading() as connection:
            return [stored_attempt(row) for row in connection.execute(query)]

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
            "wiped": 0,
            "reorgs": 0,
            "size": head.size,
            "root": head.root,
            "has_checkpoint": has_checkpoint,
            "state": AnchorState.PLANNED.value,
            "created_at": now,
            "changed_at": now,
        }

    def _get(self, connection: Connection, table: Table, key: int) -> "Row[Any]":
        (column,) = table.primary_key.columns
        query = select(table).where(column == key, table.c.log_id == self._log_id)
        row = connection.execute(query.with_for_update()).first()
        if row is None:
            raise Unknown(f"there is no {table.name} {key} of this log")
        return row


def _in_states(table: Table, states: Iterable[AnchorState]) -> ColumnElement[bool]:
    return table.c.state.in_([state.value for state in states])
