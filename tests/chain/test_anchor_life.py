"""Anchors on real development chains: from the intention to final, and what may happen between."""

from dataclasses import replace
from pathlib import Path

import pytest

from liuhen.adapters.chain.artefact_file import expected_code_hash
from liuhen.adapters.chain.deploy import Deployer
from liuhen.adapters.chain.dev_chain import DevChain
from liuhen.adapters.chain.web3_chain import Finality, Web3Chain
from liuhen.adapters.rpc import RpcNode
from liuhen.core.chain_evidence import verify_evidence
from liuhen.core.chain_view import ChainQuestion, NodeAnswer
from liuhen.core.errors import AnchorMismatch, HistoryMismatch, Unavailable
from liuhen.core.keccak import keccak256
from liuhen.ports import AnchorTx, TransactionSigner
from tests.chain.conftest import SIGNER, Life, RunningChain, with_deployer


def check(life: Life, *sizes: int) -> None:
    """Check heads in the contract, blocks, evidence, and what a verifier is told of them."""
    final = [each for each in life.store.anchors.values() if each.state == "final"]
    assert [each.head.size for each in final] == list(sizes)
    question = ChainQuestion(
        life.target.contract,
        life.target.log_id,
        sizes,
        tuple(each.mined_in.number for each in final if each.mined_in),
    )
    node = RpcNode(life.node.url)
    report = node.ask(question)
    node.close()
    assert isinstance(report, NodeAnswer)
    assert report.chain_id == life.node.chain_id
    assert report.genesis == life.deployment.genesis_hash
    assert report.code_hash == expected_code_hash() == life.deployment.code_hash
    assert report.latest == final[-1].head
    for anchor in final:
        place, kept = anchor.mined_in, report.heads[anchor.head.size]
        assert place is not None
        assert kept is not None
        assert (kept.root, kept.block, kept.timestamp) == (
            anchor.head.root,
            place.number,
            place.time,
        )
        assert report.block_hashes[place.number] == place.hash
        assert anchor.evidence is not None
        block = verify_evidence(
            anchor.evidence, life.target.contract, life.target.log_id, *anchor.head
        )
        assert (block.hash, block.number) == (place.hash, place.number)


def test_anchors_become_final_without_outside_traffic(chain: RunningChain) -> None:
    life = Life(chain)
    for count in (1, 60, 300):
        life.run()
        life.log.append(count)
    life.run()
    check(life, 6, 8, 69, 370)
    assert len(life.store.tries) == 4
    newest = life.final_block.get()
    assert newest is not None
    block = life.chain.block(newest.number)
    assert block is not None
    assert newest.hash == "0x" + block.hash.hex()


def test_a_deeper_finality_is_reached_too(chain: RunningChain) -> None:
    life = Life(chain, depth=5)
    life.run()
    check(life, 6)
    place = life.store.anchors[1].mined_in
    assert place is not None
    assert life.chain.newest_block().number >= place.number + 5


def test_a_tx_that_was_sent_before_the_process_died_is_taken_over(chain: RunningChain) -> None:
    life = Life(chain)
    life.run(until="signed")
    life.chain.send(life.store.tries[1].raw_tx)
    life.start()
    life.run()
    check(life, 6)
    assert life.attempts() == ["final"]


def test_a_tx_that_was_only_signed_before_the_process_died_is_sent(chain: RunningChain) -> None:
    life = Life(chain)
    life.run(until="signed")
    life.start()
    life.run()
    check(life, 6)
    assert life.attempts() == ["final"]


def test_anchors_that_the_store_has_lost_are_taken_over(chain: RunningChain) -> None:
    life = Life(chain)
    life.run()
    life.store.anchors.clear()
    life.store.tries.clear()
    life.start()
    life.run()
    check(life, 6)
    assert not life.store.tries


class StaleOnce:
    """Signs its first tx from a size that is not the contract's."""

    def __init__(self, signer: TransactionSigner) -> None:
        self.address, self._signer, self._signed = signer.address, signer, 0

    def sign_anchor(self, tx: AnchorTx) -> tuple[bytes, bytes]:
        self._signed += 1
        return self._signer.sign_anchor(replace(tx, old_size=3) if self._signed == 1 else tx)


def test_a_stale_proof_is_refused_on_chain_and_made_anew(chain: RunningChain) -> None:
    life = Life(chain)
    life.run()
    life.log.append(3)
    life.anchorer.signer = StaleOnce(life.signer)
    life.run(until="reverted")
    refused = life.chain.tx_receipt(life.store.tries[2].tx_hash)
    assert refused is not None
    assert not refused.succeeded
    assert refused.anchored is None
    life.run()
    check(life, 6, 10)
    assert life.attempts() == ["final", "reverted", "final"]


class DeafChain(Web3Chain):
    """Takes every tx, and loses every answer to it."""

    def send(self, raw_tx: bytes) -> None:
        super().send(raw_tx)
        raise Unavailable("the answer was lost")


def test_a_tx_that_was_taken_and_answered_with_an_error_is_found(chain: RunningChain) -> None:
    life = Life(chain)
    life.chain = DeafChain(chain.url, life.target, Finality(1))
    life.start()
    life.run()
    check(life, 6)
    assert life.attempts() == ["final"]


def test_a_nonce_that_somebody_else_used_is_followed_by_the_next(chain: RunningChain) -> None:
    life = Life(chain)
    life.run()
    life.log.append(3)
    life.run(until="signed")
    nonce = life.store.tries[2].nonce + 1
    life.ask("hardhat_setNonce", "0x" + life.signer.address.hex(), hex(nonce))
    life.run()
    check(life, 6, 10)
    assert life.attempts() == ["final", "replaced", "final"]
    assert life.store.tries[3].nonce == nonce


def test_two_anchors_in_one_block_have_evidence_each(chain: RunningChain) -> None:
    one, other = Life(chain), Life(chain)
    one.ask("evm_setAutomine", False)
    try:
        one.run(until="sent")
        other.run(until="sent")
        one.ask("evm_mine")
    finally:
        one.ask("evm_setAutomine", True)
    one.run()
    other.run()
    check(one, 6)
    check(other, 6)
    places = [life.store.anchors[1].mined_in for life in (one, other)]
    assert sorted(place.tx_index for place in places if place) == [0, 1]


def test_a_dropped_tx_is_sent_again(chain: RunningChain) -> None:
    life = Life(chain)
    life.ask("evm_setAutomine", False)
    try:
        life.run(until="sent")
        life.ask("hardhat_dropTransaction", "0x" + life.store.tries[1].tx_hash.hex())
        life.ask("evm_mine")
        for _ in range(5):
            life.anchorer.step()
    finally:
        life.ask("evm_setAutomine", True)
    life.ask("evm_mine")
    life.run()
    check(life, 6)
    assert life.attempts() == ["final"]


def test_a_stuck_tx_is_replaced_by_the_rules_of_the_node(chain: RunningChain) -> None:
    life = Life(chain)
    life.ask("evm_setAutomine", False)
    try:
        life.run(until="sent")
        while len(life.store.tries) < 2:
            life.anchorer.step()
        life.anchorer.step()
        assert life.anchorer.last_refusal == ""
        life.ask("evm_mine")
    finally:
        life.ask("evm_setAutomine", True)
    life.run()
    check(life, 6)
    assert life.attempts() == ["replaced", "final"]


def test_a_wrong_publisher_is_found_before_anything_is_sent(chain: RunningChain) -> None:
    life = Life(chain)
    life.anchorer.expected = replace(life.anchorer.expected, publisher=bytes(20))
    with pytest.raises(HistoryMismatch, match="publisher"):
        life.anchorer.step()


def test_deploying_and_registering_twice_changes_nothing(chain: RunningChain) -> None:
    life = Life(chain)
    deployer = Deployer(chain.url, chain.deployer_key)
    before = life.chain.newest_block().number
    again = deployer.set_up(life.origin, life.signer.address, SIGNER)
    assert again == life.deployment
    assert life.chain.newest_block().number == before
    with pytest.raises(AnchorMismatch, match="other keys"):
        deployer.set_up(life.origin, bytes.fromhex("99" * 20), SIGNER)


# What only anvil can do --------------------------------------------------------------------


def test_a_reorganised_anchor_is_anchored_again_with_the_same_bytes(
    own_anvil: RunningChain,
) -> None:
    life = Life(own_anvil)
    life.run(until="mined")
    place = life.store.anchors[1].mined_in
    assert place is not None
    life.ask("anvil_reorg", 1, [])
    life.run()
    check(life, 6)
    found = life.store.anchors[1].mined_in
    assert found is not None
    assert found.hash != place.hash
    assert len(life.store.tries) == 1


def test_an_anchor_moved_to_another_block_is_found_there(own_anvil: RunningChain) -> None:
    life = Life(own_anvil)
    life.run(until="mined")
    place = life.store.anchors[1].mined_in
    raw = "0x" + life.store.tries[1].raw_tx.hex()
    life.ask("anvil_reorg", 1, [[raw, 0]])
    life.run()
    check(life, 6)
    assert life.store.anchors[1].mined_in != place
    assert len(life.store.tries) == 1


def test_anchors_and_the_identity_of_the_chain_survive_a_restart(tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    with DevChain.start(state) as first:
        life = Life(with_deployer("anvil", first.url, 20231))
        life.run()
        life.log.append(3)
        life.run(until="sent")
    with pytest.raises(Unavailable):
        life.anchorer.step()
    with DevChain.start(state) as second:
        node = RunningChain("anvil", second.url, 20231, life.node.deployer_key)
        life.node, life.chain = node, life.connect(second.url)
        life.start()
        life.run()
        check(life, 6, 10)


def test_a_chain_started_anew_is_not_the_expected_one(tmp_path: Path) -> None:
    with DevChain.start(tmp_path / "one.json") as first:
        life = Life(with_deployer("anvil", first.url, 20231))
        life.run()
    with DevChain.start(tmp_path / "two.json", options=["--timestamp", "1700000000"]) as second:
        life.chain = life.connect(second.url)
        life.log.append(1)
        life.start()
        with pytest.raises(HistoryMismatch, match="started anew"):
            life.anchorer.step()
        assert life.chain.identity().code_hash == keccak256(b"")
