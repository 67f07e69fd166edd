"""What an anchor costs in a log of about a million entries, for batches of different sizes.

Gas is exact and the same on every machine, so this is an answer, not a measurement. The leaves of
the tree are equal: only its shape matters to gas.
"""

import secrets
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import mean

from hexbytes import HexBytes

from liuhen.adapters.chain.deploy import Deployer, fund
from liuhen.adapters.chain.dev_chain import DevChain
from liuhen.adapters.chain.transaction_signer import LocalTransactionSigner
from liuhen.adapters.chain.web3_chain import Finality, Web3Chain, connect
from liuhen.app.attempt import Offer, sign_attempt
from liuhen.core.merkle import TreeHead, leaf_hash, node_hash, split
from liuhen.ports import ChainTarget

BATCHES = (1, 100, 10_000)
SIZES = (1_309_948, 1_069_153, 1_520_706, 1_462_374)
"""Sizes in [2^20, 2^21): the first four of those that the contract's gas snapshot commits to."""

ELSEWHERE = {
    "one tx a record, its hash as calldata": 22_280,
    "one tx a record, an event": 23_268,
    "one tx a record, a mapping and an event": 50_774,
    "EAS timestamp(root) of a batch of 100, a record": 459,
    "EAS attest(bytes32), a record": 180_134,
    "EAS multiAttest, a record": 146_000,
}
"""Gas of other ways, as measured in our research (solc 0.8.37, EAS contracts 1.9.0)."""


class _EqualLeaves:
    """A tree of equal leaves: a range is known by its width."""

    def __init__(self) -> None:
        self._roots = {1: leaf_hash(b"\1" * 32)}

    def root(self, width: int) -> bytes:
        if width not in self._roots:
            left = split(width)
            self._roots[width] = node_hash(self.root(left), self.root(width - left))
        return self._roots[width]

    def consistency(self, old: int, new: int) -> list[bytes]:
        """Return PROOF(old, D[new]) of RFC 9162 §2.1.4.1."""
        return self._subproof(old, new, whole=True)

    def _subproof(self, old: int, width: int, *, whole: bool) -> list[bytes]:
        if old == width:
            return [] if whole else [self.root(width)]
        left = split(width)
        if old <= left:
            return [*self._subproof(old, left, whole=whole), self.root(width - left)]
        return [*self._subproof(old - left, width - left, whole=False), self.root(left)]


@dataclass(frozen=True)
class BatchCost:
    """What one batch costs.

    Attributes:
        batch: Records in it.
        anchor_gas: Gas of the anchor, the mean over `SIZES`.
    """

    batch: int
    anchor_gas: float

    @property
    def record_gas(self) -> float:
        """Gas a record."""
        return self.anchor_gas / self.batch


def batch_costs(folder: Path) -> list[BatchCost]:
    """Anchor batches on a chain of our own, and read what they cost."""
    tree, key = _EqualLeaves(), secrets.token_bytes(32)
    with DevChain.start(folder / "state.json") as node:
        owner = Deployer(node.url, secrets.token_bytes(32))
        fund(node.url, owner.address)
        contract, web3 = owner.deploy(), connect(node.url)
        make = partial(LocalTransactionSigner, key, chain_id=20231, contract=contract)
        signer = make()
        fund(node.url, signer.address)
        nonce = 0

        def anchor(chain: Web3Chain, old: int, new: int) -> int:
            nonlocal nonce
            proof = tree.consistency(old, new) if old else []
            offer = Offer(10 * 10**9, 10**9, 400_000)
            head = TreeHead(new, tree.root(new))
            attempt = sign_attempt(chain, signer, offer, head, old, proof, nonce)
            nonce += 1
            chain.send(attempt.raw_tx)
            while (told := chain.tx_receipt(attempt.tx_hash)) is None:
                pass
            assert told.succeeded, "the contract refused an honest head"
            return int(web3.eth.get_transaction_receipt(HexBytes(attempt.tx_hash))["gasUsed"])

        found = []
        for batch in BATCHES:
            costs = []
            for size in SIZES:
                origin = f"bench.example/logs/n{batch}-{size}"
                log_id = owner.register(contract, origin, signer.address, signer.address)
                chain = Web3Chain(node.url, ChainTarget(20231, contract, log_id), Finality(1))
                anchor(chain, 0, size)
                costs.append(anchor(chain, size, size + batch))
            found.append(BatchCost(batch, mean(costs)))
        return found
