"""What every anchor store promises, in memory and in SQL."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from liuhen.adapters.sql.anchor_store import SqlAnchorStore
from liuhen.adapters.sql.engine import Database
from liuhen.adapters.sql.log_store import SqlLogs
from liuhen.adapters.sql.tables import OutboxRow, table_of
from liuhen.core.chain_evidence import ChainEvidence
from liuhen.core.errors import AnchorMismatch, Unknown
from liuhen.core.merkle import TreeHead
from liuhen.domain.anchor_life import ON_CHAIN, AnchorState
from liuhen.ports import ChainTarget, MinedIn, NewAttempt
from tests.fakes.anchor_store import MemoryAnchorStore
from tests.fakes.clock import FakeClock

TARGET = ChainTarget(20231, b"\xc3" * 20, b"\xd4" * 32)
BLOCK = MinedIn(7, b"\7" * 32, 1_800_000_000, 0, 0)
NOW = datetime(2026, 3, 2, tzinfo=UTC)


@pytest.fixture(params=["memory", "sql"])
def store(request: pytest.FixtureRequest, database: Database) -> Any:
    if request.param == "memory":
        return MemoryAnchorStore(TARGET)
    log = SqlLogs(database).create("jyg", "log.example/logs/jyg", NOW)
    elsewhere = replace(TARGET, contract=b"\xc4" * 20)
    neighbour = SqlAnchorStore(database, log.log_id, elsewhere, FakeClock())
    planned = neighbour.plan(head(500))
    neighbour.add_attempt(planned.anchor_id, attempt(90, 99))
    return SqlAnchorStore(database, log.log_id, TARGET, FakeClock())


def head(size: int) -> TreeHead:
    return TreeHead(size, size.to_bytes(32))


def attempt(number: int, nonce: int = 0) -> NewAttempt:
    return NewAttempt(
        old_size=0,
        sender=b"\xa1" * 20,
        nonce=nonce,
        max_fee_wei=2_000_000_000,
        tip_wei=1_000_000_000,
        gas_limit=200_000,
        raw_tx=b"\2" * number,
        tx_hash=number.to_bytes(32),
    )


def mined(store: Any, size: int, number: int, nonce: int) -> tuple[int, int]:
    anchor = store.plan(head(size))
    made = store.add_attempt(anchor.anchor_id, attempt(number, nonce))
    store.move_attempt(made.attempt_id, AnchorState.SENT)
    store.move_attempt(made.attempt_id, AnchorState.MINED, BLOCK)
    return anchor.anchor_id, made.attempt_id


def test_planning_the_same_head_again_returns_what_is_there(store: Any) -> None:
    first = store.plan(head(5))
    assert first.state is AnchorState.PLANNED
    assert (first.target, first.head, first.mined_in, first.evidence) == (
        TARGET,
        head(5),
        None,
        None,
    )
    assert store.plan(head(5)) == first
    assert store.find(5) == first
    assert store.find(6) is None
    with pytest.raises(AnchorMismatch):
        store.plan(TreeHead(5, b"\xff" * 32))


def test_an_attempt_takes_its_anchor_along(store: Any) -> None:
    anchor = store.plan(head(5))
    made = store.add_attempt(anchor.anchor_id, attempt(1))
    assert made.state is AnchorState.SIGNED
    assert made.raw_tx == b"\2"
    assert store.find(5).state is AnchorState.SIGNED
    for state, block in [
        (AnchorState.SENT, None),
        (AnchorState.MINED, BLOCK),
        (AnchorState.REORGED, None),
        (AnchorState.MINED, replace(BLOCK, number=8)),
        (AnchorState.MINED, replace(BLOCK, number=9)),
        (AnchorState.FINAL, replace(BLOCK, number=9)),
    ]:
        moved = store.move_attempt(made.attempt_id, state, block)
        assert (moved.state, moved.mined_in) == (state, block)
        assert (store.find(5).state, store.find(5).mined_in) == (state, block)
        assert list(store.attempts(anchor.anchor_id)) == [moved]


def test_a_final_anchor_only_ever_moves_when_the_chain_has_lost_it(store: Any) -> None:
    anchor_id, attempt_id = mined(store, 5, 1, 0)
    store.move_attempt(attempt_id, AnchorState.FINAL, BLOCK)
    for state in set(AnchorState) - {AnchorState.REORGED}:
        with pytest.raises(AnchorMismatch):
            store.move_attempt(attempt_id, state)
        with pytest.raises(AnchorMismatch):
            store.move_anchor(anchor_id, state)
    with pytest.raises(AnchorMismatch):
        store.add_attempt(anchor_id, attempt(2))
    assert store.find(5).state is AnchorState.FINAL
    assert len(store.attempts(anchor_id)) == 1
    store.move_attempt(attempt_id, AnchorState.REORGED)
    assert (store.find(5).state, store.find(5).reorgs) == (AnchorState.REORGED, 1)
    assert store.covering(0) is None


def test_a_refused_move_of_the_anchor_leaves_the_attempt_where_it_is(store: Any) -> None:
    anchor = store.plan(head(5))
    first = store.add_attempt(anchor.anchor_id, attempt(1, 0))
    second = store.add_attempt(anchor.anchor_id, attempt(2, 1))
    store.move_attempt(second.attempt_id, AnchorState.MINED, BLOCK)
    store.move_attempt(second.attempt_id, AnchorState.FINAL, BLOCK)
    with pytest.raises(AnchorMismatch):
        store.move_attempt(first.attempt_id, AnchorState.SENT)
    assert store.attempts(anchor.anchor_id)[0].state is AnchorState.SIGNED
    replaced = store.move_attempt(first.attempt_id, AnchorState.REPLACED)
    assert replaced.state is AnchorState.REPLACED
    assert store.find(5).state is AnchorState.FINAL


def test_a_later_attempt_with_a_larger_head_takes_the_place_of_the_first(store: Any) -> None:
    small, large = store.plan(head(5)), store.plan(head(9))
    first = store.add_attempt(small.anchor_id, attempt(1))
    store.move_attempt(first.attempt_id, AnchorState.SENT)
    second = store.add_attempt(large.anchor_id, attempt(2))
    assert states(store, 5, 9) == ["replaced", "signed"]
    assert tries(store) == [(1, "replaced"), (2, "signed")]
    assert [each.head.size for each in store.unfinished()] == [9]
    store.move_attempt(second.attempt_id, AnchorState.SENT)
    store.move_attempt(second.attempt_id, AnchorState.MINED, BLOCK, 70)
    assert states(store, 5, 9) == ["replaced", "mined"]


def test_the_first_attempt_may_win_all_the_same(store: Any) -> None:
    small, large = store.plan(head(5)), store.plan(head(9))
    first = store.add_attempt(small.anchor_id, attempt(1))
    store.add_attempt(large.anchor_id, attempt(2))
    store.move_attempt(first.attempt_id, AnchorState.MINED, BLOCK, 70)
    assert states(store, 5, 9) == ["mined", "signed"]
    assert tries(store) == [(1, "mined"), (2, "replaced")]
    assert [each.head.size for each in store.unfinished()] == [5, 9]


def test_an_attempt_mined_in_vain_ends_the_others_of_its_nonce(store: Any) -> None:
    small, large = store.plan(head(5)), store.plan(head(9))
    first = store.add_attempt(small.anchor_id, attempt(1))
    store.add_attempt(large.anchor_id, attempt(2))
    store.move_attempt(first.attempt_id, AnchorState.REVERTED, BLOCK, 70)
    assert states(store, 5, 9) == ["replaced", "signed"]
    assert tries(store) == [(1, "reverted"), (2, "replaced")]


def test_attempts_are_found_by_nonce_whichever_anchor_they_are_for(store: Any) -> None:
    small, large = store.plan(head(5)), store.plan(head(9))
    store.add_attempt(small.anchor_id, attempt(1, 4))
    store.add_attempt(small.anchor_id, attempt(2, 6))
    store.add_attempt(large.anchor_id, attempt(3, 5))
    assert tries(store) == [(1, "signed"), (3, "signed"), (2, "signed")]
    found = store.attempts_with(b"\xa1" * 20, 5)
    assert [each.nonce for each in found] == [5, 6]
    assert list(store.attempts_with(b"\xa2" * 20, 0)) == []


def test_what_anchors_cost_is_added_up_while_it_stands(store: Any) -> None:
    anchor_id, attempt_id = mined(store, 5, 1, 0)
    store.move_attempt(attempt_id, AnchorState.MINED, BLOCK, 2**62)
    vain = store.add_attempt(store.plan(head(9)).anchor_id, attempt(2, 1))
    store.move_attempt(vain.attempt_id, AnchorState.REVERTED, BLOCK, 2**62)
    assert store.spent_since(NOW) == 2**63
    assert store.spent_since(datetime(2027, 1, 1, tzinfo=UTC)) == 0
    store.move_attempt(attempt_id, AnchorState.FINAL, BLOCK)
    assert store.spent_since(NOW) == 2**63
    assert store.attempts(anchor_id)[0].fee_wei == 2**62
    store.move_attempt(attempt_id, AnchorState.REORGED)
    assert store.spent_since(NOW) == 2**62


def test_a_fee_beyond_every_budget_is_kept_as_far_as_it_goes(store: Any) -> None:
    _, attempt_id = mined(store, 5, 1, 0)
    store.move_attempt(attempt_id, AnchorState.MINED, BLOCK, 10**20)
    assert store.spent_since(NOW) >= 2**63 - 1


def test_anchors_come_in_pages_from_the_newest_back(store: Any) -> None:
    made = [store.plan(head(size)) for size in (5, 9, 20)]
    assert list(store.page(None, 2)) == [made[2], made[1]]
    assert list(store.page(made[1].anchor_id, 2)) == [made[0]]
    assert list(store.page(made[0].anchor_id, 2)) == []
    assert store.get(made[1].anchor_id) == made[1]
    with pytest.raises(Unknown):
        store.get(10**6)


def states(store: Any, *sizes: int) -> list[str]:
    return [str(store.find(size).state) for size in sizes]


def tries(store: Any) -> list[tuple[int, str]]:
    found = store.attempts_with(b"\xa1" * 20, 0)
    return [(int.from_bytes(each.tx_hash), str(each.state)) for each in found]


def test_anchors_are_found_by_size_and_state(store: Any) -> None:
    assert store.newest(ON_CHAIN) is None
    assert store.covering(0) is None
    mined(store, 5, 1, 0)
    _, second = mined(store, 9, 2, 1)
    store.move_attempt(second, AnchorState.FINAL, BLOCK)
    store.plan(head(20))
    assert store.newest(ON_CHAIN).head.size == 9
    assert store.newest(frozenset({AnchorState.MINED})).head.size == 5
    assert [anchor.head.size for anchor in store.unfinished()] == [5, 20]
    assert store.covering(4).head.size == 5
    assert store.covering(5).head.size == 9
    assert store.covering(9) is None


def test_an_anchor_without_a_checkpoint_covers_nothing(store: Any) -> None:
    foreign = store.plan(head(4), has_checkpoint=False)
    assert foreign.has_checkpoint is False
    store.move_anchor(foreign.anchor_id, AnchorState.MINED, BLOCK)
    assert store.newest(ON_CHAIN) == store.find(4)
    assert store.covering(0) is None
    mined(store, 9, 1, 0)
    assert store.covering(0) == store.find(9)
    assert store.find(9).has_checkpoint is True


def test_a_replaced_anchor_is_finished_and_may_still_be_mined(store: Any) -> None:
    anchor = store.plan(head(5))
    store.move_anchor(anchor.anchor_id, AnchorState.REPLACED)
    assert list(store.unfinished()) == []
    store.move_anchor(anchor.anchor_id, AnchorState.MINED, BLOCK)
    assert store.find(5).mined_in == BLOCK


def test_evidence_comes_back_as_it_was(store: Any) -> None:
    anchor = store.plan(head(5))
    evidence = ChainEvidence(b"\xf9\x02", (b"\xf8\x51", b"\x20"), 3, 1)
    store.put_evidence(anchor.anchor_id, evidence)
    assert store.find(5).evidence == evidence


def test_moves_to_mined_and_final_leave_one_message_each(database: Database) -> None:
    log = SqlLogs(database).create("jyg", "log.example/logs/jyg", NOW)
    store = SqlAnchorStore(database, log.log_id, TARGET, FakeClock())
    anchor_id, attempt_id = mined(store, 5, 1, 0)
    store.move_attempt(attempt_id, AnchorState.MINED, replace(BLOCK, number=8))
    store.move_attempt(attempt_id, AnchorState.FINAL, BLOCK)
    with database.reading() as connection:
        rows = connection.execute(table_of(OutboxRow).select()).all()
    assert [(row.topic, row.anchor_id) for row in rows] == [
        ("anchor.mined", anchor_id),
        ("anchor.final", anchor_id),
    ]


def test_times_come_back_in_utc(store: Any) -> None:
    assert store.plan(head(5)).created_at.tzinfo is UTC


def test_a_page_can_be_of_some_states_only(store: Any) -> None:
    for size in (3, 5, 9):
        store.plan(head(size))
    mined(store, 12, 1, 0)
    sizes = [each.head.size for each in store.page(None, 9, frozenset({AnchorState.MINED}))]
    assert sizes == [12]
    assert [each.head.size for each in store.page(None, 9, frozenset({AnchorState.FINAL}))] == []
    replaced = store.page(None, 2, frozenset({AnchorState.REPLACED}))
    assert [each.head.size for each in replaced] == [9, 5]
    before = replaced[-1].anchor_id
    older = store.page(before, 2, frozenset({AnchorState.REPLACED}))
    assert [each.head.size for each in older] == [3]


def test_the_newest_can_be_one_that_receipts_rest_on(store: Any) -> None:
    assert store.newest(ON_CHAIN, with_checkpoint=True) is None
    anchor_id, _ = mined(store, 5, 1, 0)
    foreign = store.plan(head(9), has_checkpoint=False)
    store.move_anchor(foreign.anchor_id, AnchorState.MINED, BLOCK)
    assert store.newest(ON_CHAIN).head.size == 9
    assert store.newest(ON_CHAIN, with_checkpoint=True).anchor_id == anchor_id


def test_totals_add_up_states_reorganisations_and_fees(store: Any) -> None:
    empty = store.totals()
    assert (dict(empty.anchors), dict(empty.attempts), empty.reorgs, empty.fee_wei) == (
        {},
        {},
        0,
        0,
    )
    large = 9 * 10**18 + 7  # two of them are more than a sum of SQLite's can hold
    for size, number in ((5, 1), (9, 2)):
        made = store.add_attempt(store.plan(head(size)).anchor_id, attempt(number, number))
        store.move_attempt(made.attempt_id, AnchorState.MINED, BLOCK, large)
    store.move_attempt(made.attempt_id, AnchorState.REORGED)
    store.move_attempt(made.attempt_id, AnchorState.MINED, BLOCK, large)
    store.add_attempt(store.plan(head(12)).anchor_id, attempt(3, 3))
    totals = store.totals()
    assert dict(totals.anchors) == {AnchorState.MINED: 2, AnchorState.SIGNED: 1}
    assert dict(totals.attempts) == {AnchorState.MINED: 2, AnchorState.SIGNED: 1}
    assert (totals.reorgs, totals.fee_wei) == (1, 2 * large)


def test_what_was_refused_late_leaves_an_anchor_to_the_attempt_that_goes_on(store: Any) -> None:
    anchor = store.plan(head(5))
    given_up = store.add_attempt(anchor.anchor_id, attempt(1, nonce=0))
    store.move_attempt(given_up.attempt_id, AnchorState.REPLACED)
    live = store.add_attempt(anchor.anchor_id, attempt(2, nonce=1))
    store.move_attempt(live.attempt_id, AnchorState.SENT)
    store.move_attempt(given_up.attempt_id, AnchorState.REVERTED, BLOCK, 7)
    assert store.get(anchor.anchor_id).state is AnchorState.SENT
    assert store.totals().fee_wei == 7
    store.move_attempt(live.attempt_id, AnchorState.REVERTED, BLOCK, 8)
    assert store.get(anchor.anchor_id).state is AnchorState.REVERTED


def test_the_same_tx_may_be_signed_again_on_a_chain_started_anew(database: Database) -> None:
    log = SqlLogs(database).create("jyg", "log.example/logs/jyg", NOW)
    store = SqlAnchorStore(database, log.log_id, TARGET, FakeClock())
    old = store.plan(head(5))
    store.add_attempt(old.anchor_id, attempt(1))
    store.forget_chain()
    new = store.plan(head(5))
    made = store.add_attempt(new.anchor_id, attempt(1))
    assert store.attempts(new.anchor_id) == [made]
