"""What every lease on anchoring promises, in memory and in SQL."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from liuhen.adapters.sql.anchor_lease import SqlAnchorLease
from liuhen.adapters.sql.anchor_store import SqlAnchorStore
from liuhen.adapters.sql.engine import Database
from liuhen.adapters.sql.log_store import SqlLogs
from liuhen.core.chain_evidence import ChainEvidence
from liuhen.core.errors import Unavailable
from liuhen.core.merkle import TreeHead
from liuhen.domain.anchor_life import AnchorState
from liuhen.ports import ChainTarget, NewAttempt
from tests.fakes.anchor_store import MemoryAnchorLease, MemoryAnchorStore
from tests.fakes.clock import FakeClock

TARGET = ChainTarget(20231, b"\xc3" * 20, b"\xd4" * 32)
NOW = datetime(2026, 3, 2, tzinfo=UTC)
LEASE_SECONDS = 15.0
HEAD = TreeHead(5, b"\5" * 32)
ATTEMPT = NewAttempt(0, b"\xa1" * 20, 0, 2, 1, 200_000, b"raw", b"\7" * 32)


class Two:
    """Two anchorers that compete for one log."""

    def __init__(self, kind: str, database: Database) -> None:
        self.clock = FakeClock()
        if kind == "memory":
            first = MemoryAnchorLease()
            self.first: Any = first
            self.second: Any = MemoryAnchorLease(competing=first)
            self.store: Any = MemoryAnchorStore(TARGET)
            self.store.lease = first
            self.expire = first.lose
        else:
            log = SqlLogs(database).create("jyg", "log.example/logs/jyg", NOW)
            leases = [
                SqlAnchorLease(database, log.log_id, TARGET, self.clock, LEASE_SECONDS)
                for _ in range(2)
            ]
            self.first, self.second = leases
            self.store = SqlAnchorStore(database, log.log_id, TARGET, self.clock, leases[0])
            self.expire = self._expire

    def _expire(self) -> None:
        self.clock.move(seconds=LEASE_SECONDS)
        assert self.second.hold()


@pytest.fixture(params=["memory", "sql"])
def two(request: pytest.FixtureRequest, database: Database) -> Two:
    return Two(request.param, database)


def test_one_holds_it_and_the_other_waits_until_it_is_let_go(two: Two) -> None:
    assert two.first.hold()
    assert two.first.hold()
    assert not two.second.hold()
    two.second.release()
    assert not two.second.hold()
    two.first.release()
    assert two.second.hold()
    assert not two.first.hold()


def test_whoever_has_lost_it_stores_nothing_any_more(two: Two) -> None:
    assert two.first.hold()
    anchor = two.store.plan(HEAD)
    attempt = two.store.add_attempt(anchor.anchor_id, ATTEMPT)
    two.expire()
    assert not two.first.hold()
    calls: list[Callable[[], object]] = [
        lambda: two.store.plan(TreeHead(9, b"\x09" * 32)),
        lambda: two.store.add_attempt(anchor.anchor_id, ATTEMPT),
        lambda: two.store.move_attempt(attempt.attempt_id, AnchorState.SENT),
        lambda: two.store.move_anchor(anchor.anchor_id, AnchorState.REPLACED),
        lambda: two.store.put_evidence(anchor.anchor_id, ChainEvidence(b"", (), 0, 0)),
    ]
    for call in calls:
        with pytest.raises(Unavailable, match="taken over"):
            call()
    assert [each.state for each in two.store.unfinished()] == [AnchorState.SIGNED]
    assert two.store.attempts(anchor.anchor_id) == [attempt]
    assert two.store.find(9) is None


def test_a_lease_that_expired_and_that_nobody_took_is_still_ours(database: Database) -> None:
    two = Two("sql", database)
    assert two.first.hold()
    two.clock.move(seconds=10 * LEASE_SECONDS)
    two.store.plan(HEAD)
    assert two.first.hold()
    assert not two.second.hold()


def test_one_taken_while_a_clock_was_years_ahead_is_nobodys(database: Database) -> None:
    two = Two("sql", database)
    two.clock.move(seconds=4 * 365 * 86_400)
    assert two.first.hold()
    two.clock.move(seconds=-4 * 365 * 86_400)
    assert two.second.hold()
    assert not two.first.hold()


def test_renewing_keeps_it(database: Database) -> None:
    two = Two("sql", database)
    for _ in range(5):
        assert two.first.hold()
        two.clock.move(seconds=LEASE_SECONDS - 1)
        assert not two.second.hold()


def test_logs_and_contracts_have_a_lease_each(database: Database) -> None:
    two = Two("sql", database)
    log = SqlLogs(database).create("north", "log.example/logs/north", NOW)
    elsewhere = ChainTarget(TARGET.chain_id, b"\xc4" * 20, TARGET.log_id)
    assert two.first.hold()
    assert SqlAnchorLease(database, log.log_id, TARGET, two.clock, LEASE_SECONDS).hold()
    assert SqlAnchorLease(database, log.log_id, elsewhere, two.clock, LEASE_SECONDS).hold()
