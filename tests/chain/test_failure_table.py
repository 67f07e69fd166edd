"""What may happen to whoever sends txs, row by row, on real nodes; the table: docs/anchoring.md.

Here are the rows that no other file is about. Both nodes take part where both can: anvil forgives
more than a real node does, and only anvil reorganises.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from eth_account import Account

from liuhen.adapters.clock import SystemClock
from liuhen.adapters.sql.anchor_lease import SqlAnchorLease
from liuhen.adapters.sql.anchor_store import SqlAnchorStore
from liuhen.adapters.sql.engine import Database, sqlite_url
from liuhen.adapters.sql.log_store import SqlLogs
from liuhen.adapters.sql.migrate import migrate
from liuhen.app.anchor_loop import AnchorLoop, Pace
from liuhen.core.errors import Unavailable
from liuhen.domain.anchor_life import ON_CHAIN
from liuhen.domain.anchor_schedule import AnchorSchedule
from tests.chain.conftest import Life, RunningChain
from tests.chain.test_anchor_life import check

GWEI = 10**9
DEAR = 200 * GWEI


@contextmanager
def mining_by_hand(life: Life) -> Iterator[None]:
    """Let blocks come only when they are asked for."""
    life.ask("evm_setAutomine", False)
    try:
        yield
    finally:
        # Hardhat hangs if it is to mine by itself while something unaffordable waits.
        life.ask("hardhat_setNextBlockBaseFeePerGas", hex(GWEI))
        life.ask("evm_mine")
        life.ask("evm_setAutomine", True)


def dear_blocks(life: Life, count: int = 1) -> None:
    for _ in range(count):
        life.ask("hardhat_setNextBlockBaseFeePerGas", hex(DEAR))
        life.ask("evm_mine")


def stuck(life: Life) -> None:
    """Leave a tx of yesterday's price waiting while blocks have become dear."""
    life.anchorer.rules = replace(life.rules, development=False, blocks_before_replace=2)
    life.run(until="sent")
    dear_blocks(life)


def until_replaced(life: Life) -> None:
    for _ in range(200):
        if len(life.store.tries) > 1:
            return
        dear_blocks(life)
        life.anchorer.step()
    pytest.fail("the stuck tx was not replaced")


# Rows 4 and 5 --------------------------------------------------------------------------------


def test_a_tx_that_a_spike_of_the_base_fee_left_behind_gives_way_to_the_newest_head(
    chain: RunningChain,
) -> None:
    life = Life(chain)
    with mining_by_hand(life):
        stuck(life)
        life.log.append(4)
        until_replaced(life)
        first, second = life.store.tries.values()
        assert first.nonce == second.nonce
        assert second.max_fee_wei * 8 >= first.max_fee_wei * 9
        assert second.tip_wei * 8 >= first.tip_wei * 9
        assert second.max_fee_wei > DEAR
        life.anchorer.step()
        assert life.anchorer.last_refusal == ""
        life.ask("evm_mine")
    life.anchorer.rules = life.rules
    life.run()
    check(life, 11)
    assert life.attempts() == ["replaced", "final"]


def test_a_replacement_of_too_little_is_refused_by_a_strict_node_and_ours_is_not(
    hardhat: RunningChain,
) -> None:
    life = Life(hardhat)
    with mining_by_hand(life):
        life.run(until="sent")
        first = life.store.tries[1]
        nonce, fee = first.nonce, first.max_fee_wei
        with pytest.raises(Unavailable, match="error to eth_sendRawTransaction"):
            send(life, nonce, fee * 105 // 100, first.tip_wei * 105 // 100)
        life.anchorer.rules = replace(life.rules, development=False)
        for _ in range(60):
            life.anchorer.step()
            if len(life.store.tries) > 1:
                break
        life.anchorer.step()
        assert life.anchorer.last_refusal == ""
        life.ask("evm_mine")
    life.run()
    check(life, 6)
    assert life.attempts() == ["replaced", "final"]


# Rows 6 and 7 --------------------------------------------------------------------------------


def send(life: Life, nonce: int, max_fee: int, tip: int) -> None:
    """Let somebody with the publisher's key send a tx of his own."""
    account: Any = Account.from_key(life.publisher_key)
    signed = account.sign_transaction(
        {
            "type": 2,
            "chainId": life.node.chain_id,
            "to": account.address,
            "value": 0,
            "gas": 21_000,
            "nonce": nonce,
            "maxFeePerGas": max_fee,
            "maxPriorityFeePerGas": tip,
        }
    )
    life.ask("eth_sendRawTransaction", "0x" + bytes(signed.raw_transaction).hex())


def test_a_nonce_that_another_client_with_the_same_key_has_used_is_never_taken_for_ours(
    chain: RunningChain,
) -> None:
    life = Life(chain)
    life.run(until="signed")
    nonce = life.store.tries[1].nonce
    send(life, nonce, 400 * GWEI, GWEI)
    life.run()
    check(life, 6)
    assert life.attempts() == ["replaced", "final"]
    assert [each.nonce for each in life.store.tries.values()] == [nonce, nonce + 1]
    assert [event for event, _ in life.told] == ["anchor.nonce_taken"]


def test_a_gap_that_a_reorganisation_tears_before_our_tx_is_filled(own_anvil: RunningChain) -> None:
    life = Life(own_anvil)
    life.ask("evm_mine")
    send(life, 0, 400 * GWEI, GWEI)
    with mining_by_hand(life):
        life.run(until="sent")
        assert life.store.tries[1].nonce == 1
        life.ask("anvil_reorg", 1, [])  # the stranger's tx is gone; ours can never be mined
        life.ask("anvil_dropAllTransactions")
        for _ in range(20):
            life.anchorer.step()
            life.ask("evm_mine")
            if life.store.newest(ON_CHAIN):
                break
    life.run()
    check(life, 6)
    assert life.store.tries[2].nonce == 0


# Rows 8, 9 and 10 ------------------------------------------------------------------------------


def test_where_a_node_goes_back_to_a_snapshot_the_same_bytes_are_mined_again(
    hardhat: RunningChain,
) -> None:
    life = Life(hardhat)
    life.anchorer.rules = replace(life.rules, development=False)
    snapshot = life.ask("evm_snapshot")
    life.run(until="mined")
    before = life.store.anchors[1].mined_in
    life.ask("evm_revert", snapshot)
    life.ask("evm_increaseTime", 7)
    life.ask("evm_mine")
    life.anchorer.rules = life.rules
    life.run()
    check(life, 6)
    after = life.store.anchors[1]
    assert after.mined_in != before
    assert after.reorgs == 1
    assert len(life.store.tries) == 1


def test_a_user_is_never_told_final_too_early_and_told_honestly_when_it_is_not_anchored_any_more(
    own_anvil: RunningChain,
) -> None:
    life = Life(own_anvil, development=False, depth=4)
    seen: list[str] = []

    def look() -> str:
        anchor = life.store.covering(0)
        state = "sealed" if anchor is None else str(anchor.state)
        if seen[-1:] != [state]:
            seen.append(state)
        return state

    look()
    life.run(until="mined")
    height = life.chain.newest_block().number
    for _ in range(2):
        life.ask("evm_mine")
        life.anchorer.step()
        assert look() == "mined"
    life.ask("anvil_reorg", 3, [])
    life.anchorer.step()
    assert look() == "sealed"
    life.run(until="mined")
    look()
    place = life.store.anchors[1].mined_in
    assert place is not None
    assert place.number > height
    while life.chain.newest_block().number < place.number + 3:
        life.ask("evm_mine")
        life.anchorer.step()
        assert look() == "mined"
    life.ask("evm_mine")
    life.anchorer.step()
    look()
    assert seen == ["sealed", "mined", "sealed", "mined", "final"]
    check(life, 6)


def test_a_chain_that_takes_back_what_was_final_is_told_and_followed(
    own_anvil: RunningChain,
) -> None:
    life = Life(own_anvil, depth=1)
    life.run()
    life.log.append(2)
    life.run()
    check(life, 6, 9)
    before = life.final_block.get()
    life.ask("anvil_reorg", 4, [])
    life.anchorer.step()
    assert life.final_block.get() != before
    assert "final" not in life.states()
    assert [event for event, _ in life.told] == ["chain.lost_final_block"]
    life.run()
    check(life, 6, 9)
    assert len(life.store.tries) == 2


# Row 17 ---------------------------------------------------------------------------------------


def test_an_account_without_money_waits_and_goes_on_when_it_has_some(chain: RunningChain) -> None:
    life = Life(chain)
    address = "0x" + life.signer.address.hex()
    life.ask("hardhat_setBalance", address, "0x0")
    for _ in range(4):
        life.anchorer.step()
    assert life.states() == ["planned"]
    assert not life.store.tries
    assert life.anchorer.balance_wei == 0
    assert [event for event, _ in life.told] == ["anchor.low_balance"]
    life.log.append(3)
    life.ask("hardhat_setBalance", address, hex(10**18))
    life.run()
    check(life, 6, 10)


# Row 22 ---------------------------------------------------------------------------------------


def test_two_anchorers_on_one_database_make_every_anchor_once(
    chain: RunningChain, tmp_path: Path
) -> None:
    life = Life(chain)
    database = Database(sqlite_url(tmp_path))
    migrate(database)
    log_id = SqlLogs(database).create("jyg", "log.example/logs/jyg", datetime.now(UTC)).log_id
    clock = SystemClock()
    pace = Pace(poll=0.01, schedule=AnchorSchedule(entries=1), retry=0.01)
    told: list[str] = []
    standing_by, lock = threading.Event(), threading.Lock()

    def tell(event: str, facts: dict[str, object]) -> None:
        with lock:
            told.append(event)
        if event == "anchor.standing_by":
            standing_by.set()

    def loop() -> AnchorLoop:
        lease = SqlAnchorLease(database, log_id, life.target, clock, 15.0)
        stored: Any = SqlAnchorStore(database, log_id, life.target, clock, lease)
        life.store, life.chain = stored, life.connect(chain.url)
        anchorer = life.start()
        anchorer.lease = lease
        return AnchorLoop(anchorer, pace, tell)

    loops = [loop(), loop()]
    for each in loops:
        each.start()
    assert standing_by.wait(30)
    store = SqlAnchorStore(database, log_id, life.target, clock)
    for size in (6, 9, 12):
        wait_for_final(store, size)
        if size == 9:
            (works,) = [each for each in loops if each._anchorer.holds_lease]
            assert works.stop()  # and the other takes over
        life.log.append(2)
    for each in loops:
        assert each.stop()
    final = [str(anchor.state) for anchor in store.page(None, 99)]
    assert final[-3:] == ["final"] * 3
    sent = store.attempts_with(life.signer.address, 0)
    assert (
        len(sent)
        == len({each.nonce for each in sent})
        == life.chain.next_nonce(life.signer.address)
    )
    assert not [event for event in told if event.endswith((".crashed", ".refused"))]
    database.close()


def wait_for_final(store: SqlAnchorStore, size: int) -> None:
    waited = threading.Event()
    for _ in range(3000):
        anchor = store.find(size)
        if anchor is not None and str(anchor.state) == "final":
            return
        waited.wait(0.02)
    pytest.fail(f"the anchor of {size} entries did not become final: {store.page(None, 9)}")


# Row 24 ---------------------------------------------------------------------------------------


def test_the_time_of_an_anchor_is_its_blocks_and_not_this_machines(own_anvil: RunningChain) -> None:
    life = Life(own_anvil)
    ahead = timedelta(days=400)
    life.ask("evm_increaseTime", int(ahead.total_seconds()))
    life.run()
    check(life, 6)
    place = life.store.anchors[1].mined_in
    assert place is not None
    block = life.chain.block(place.number)
    assert block is not None
    assert place.time == block.time
    assert datetime.fromtimestamp(place.time, UTC) > datetime.now(UTC) + ahead - timedelta(days=1)
