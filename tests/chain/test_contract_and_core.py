"""The contract against core, on random trees and bent proofs: both accept the same, and no more."""

import random
from collections.abc import Sequence
from typing import Any

import pytest
from coincurve import PrivateKey
from web3 import Web3
from web3.exceptions import ContractCustomError
from web3.types import RPCEndpoint

from liuhen.adapters.chain.artefact_file import load_abi
from liuhen.adapters.chain.deploy import Deployer, fund
from liuhen.adapters.chain.web3_chain import connect
from liuhen.core.checkpoint import Checkpoint
from liuhen.core.errors import ProofMismatch
from liuhen.core.head_signature import address_of, checkpoint_digest
from liuhen.core.merkle import TreeHead, leaf_hash, verify_consistency
from tests.chain.conftest import RunningChain
from tests.judged_report import ReportedLog
from tests.reference.commitment import mth
from tests.reference.tree import consistency

LEAVES = 48
PUBLISHER = bytes.fromhex("9b" * 20)
KEYS = [PrivateKey(bytes([number]) * 32) for number in range(1, 5)]
TRIES = 80


class Tried:
    """A log of random sizes and signers, anchored on a chain, and calls that are only tried."""

    def __init__(self, chain: RunningChain, seed: int) -> None:
        self.random = random.Random(seed)
        self.leaves = [leaf_hash(self.random.randbytes(32)) for _ in range(LEAVES)]
        self.others = [leaf_hash(b"another past"), *self.leaves[1:]]
        deployer = Deployer(chain.url, chain.deployer_key)
        origin = f"test.example/logs/tried-{seed}"
        contract = deployer.deploy()
        log_id = deployer.register(contract, origin, PUBLISHER, address_of(KEYS[0].public_key))
        self.web3 = connect(chain.url)
        to = Web3.to_checksum_address(contract)
        self.calls = self.web3.eth.contract(address=to, abi=load_abi()).functions
        self.signers = [(address_of(KEYS[0].public_key), 0)]
        for key in KEYS[1:3]:
            since = self.signers[-1][1] + self.random.randint(1, 20)
            signer = Web3.to_checksum_address(address_of(key.public_key))
            self.send(chain, deployer.address, self.calls.setSigner(log_id, signer, since - 1))
            self.signers.append((address_of(key.public_key), since))
        self.sizes = sorted(self.random.sample(range(1, LEAVES), 4))
        for old, new in zip([0, *self.sizes], self.sizes, strict=False):
            proof = consistency(self.leaves[:new], old) if old else []
            call = self.calls.anchor(log_id, old, new, mth(self.leaves[:new]), proof)
            self.send(chain, PUBLISHER, call)
        anchored = {size: mth(self.leaves[:size]) for size in self.sizes}
        chain_id = chain.chain_id
        self.log = ReportedLog(origin, log_id, chain_id, contract, self.signers, anchored)

    def send(self, chain: RunningChain, account: bytes, call: Any) -> None:
        """Send a call from an account whose key only the chain has."""
        sender = Web3.to_checksum_address(account)
        fund(chain.url, account)
        self.web3.provider.make_request(RPCEndpoint("anvil_impersonateAccount"), [sender])
        tx = call.transact({"from": sender, "gas": 1_000_000})
        assert self.web3.eth.wait_for_transaction_receipt(tx, poll_latency=0.02)["status"] == 1

    def accepts(self, call: Any, account: bytes = PUBLISHER) -> bool:
        """Return whether the contract would take a call."""
        try:
            call.call({"from": Web3.to_checksum_address(account)})
        except ContractCustomError:
            return False
        return True

    def signature(self, head: TreeHead) -> bytes:
        """Sign a head, mostly by its signer and mostly well."""
        good = sum(since <= head.size for _, since in self.signers) - 1
        key = KEYS[good] if self.often() else self.random.choice(KEYS)
        signed = head if self.often() else TreeHead(head.size + 1, head.root)
        log_id = self.log.log_id if self.often() else bytes(32)
        checkpoint = Checkpoint(self.log.origin, *signed)
        digest = checkpoint_digest(checkpoint, log_id, self.log.chain_id, self.log.contract)
        made = key.sign_recoverable(digest, hasher=None)
        signature = made[:64] + bytes([made[64] + 27])
        return signature if self.often() else self.bent(signature)

    def proof(self, old: int, new: int) -> list[bytes]:
        """Return the consistency proof, mostly; else one of other sizes, or bent."""
        if not 0 < old <= new <= LEAVES:
            return [] if self.often() else [self.random.randbytes(32)]
        if not self.often():
            new = self.random.randint(old, LEAVES)
        proof = consistency(self.leaves[:new], old)
        place = self.random.randrange(len(proof) + 1)
        if self.often():
            return proof
        if not proof or self.random.random() < 0.3:
            return [*proof[:place], self.random.randbytes(32), *proof[place:]]
        place = min(place, len(proof) - 1)
        bent = [] if self.random.random() < 0.5 else [self.bent(proof[place])]
        return [*proof[:place], *bent, *proof[place + 1 :]]

    def root(self, size: int) -> bytes:
        """Return the root hash of the log, or that of another past."""
        return mth((self.leaves if self.random.random() < 0.5 else self.others)[:size])

    def bent(self, data: bytes) -> bytes:
        """Turn one bit."""
        place = self.random.randrange(8 * len(data))
        number = int.from_bytes(data, "big") ^ 1 << place
        return number.to_bytes(len(data), "big")

    def often(self) -> bool:
        return self.random.random() < 0.92


@pytest.fixture(scope="module", params=[1, 2, 3])
def tried(request: pytest.FixtureRequest, anvil: RunningChain) -> Tried:
    return Tried(anvil, request.param)


def both(answers: Sequence[bool]) -> None:
    """Check that a test has seen enough of both answers to mean something."""
    assert min(answers.count(True), answers.count(False)) >= TRIES // 8


def test_a_fork_is_one_for_the_contract_exactly_if_it_is_for_core(tried: Tried) -> None:
    answers = []
    for _ in range(TRIES):
        anchored = tried.random.choice(tried.sizes) if tried.often() else LEAVES
        size = tried.random.randint(0 if tried.random.random() < 0.1 else 1, anchored)
        head = TreeHead(size, mth(tried.others[:size]) if tried.often() else tried.root(size))
        true_root = mth(tried.leaves[:size]) if tried.often() else tried.root(size)
        proof, signature = tried.proof(size, anchored), tried.signature(head)
        call = tried.calls.reportFork(
            tried.log.log_id, size, head.root, signature, true_root, proof, anchored
        )
        answers.append(tried.accepts(call))
        assert answers[-1] is tried.log.is_fork(head, signature, true_root, proof, anchored)
    both(answers)


def test_two_heads_are_a_double_signature_for_both_or_for_neither(tried: Tried) -> None:
    answers = []
    for _ in range(TRIES):
        size = tried.random.randint(1, LEAVES)
        head, other = TreeHead(size, mth(tried.leaves[:size])), TreeHead(size, tried.root(size))
        signature, second = tried.signature(head), tried.signature(other)
        call = tried.calls.reportDoubleSign(
            tried.log.log_id, size, head.root, signature, other.root, second
        )
        answers.append(tried.accepts(call))
        assert answers[-1] is tried.log.is_double(head, signature, other.root, second)
    both(answers)


def test_a_head_follows_the_anchored_one_for_both_or_for_neither(tried: Tried) -> None:
    answers = []
    old = tried.sizes[-1]
    for _ in range(TRIES):
        new = tried.random.randint(old + 1, LEAVES)
        root = mth(tried.leaves[:new]) if tried.often() else tried.root(new)
        proof = tried.proof(old, new)
        call = tried.calls.anchor(tried.log.log_id, old, new, root, proof)
        answers.append(tried.accepts(call))
        assert answers[-1] is follows(TreeHead(old, tried.log.anchored[old]), (new, root), proof)
    both(answers)


def follows(old: TreeHead, new: tuple[int, bytes], proof: Sequence[bytes]) -> bool:
    try:
        verify_consistency(old, TreeHead(*new), proof)
    except ProofMismatch:
        return False
    return True
