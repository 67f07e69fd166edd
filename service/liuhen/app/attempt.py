"""Make one attempt at an anchor: nonce, fees, gas, signature. Nothing is sent here."""

from collections.abc import Sequence
from dataclasses import dataclass

from liuhen.core.merkle import TreeHead
from liuhen.ports import AnchorTx, Chain, NewAttempt, StoredAttempt, TransactionSigner


@dataclass(frozen=True, slots=True)
class AttemptRules:
    """What an attempt may use.

    Attributes:
        fixed_gas: Gas limit without a proof; about twice what the dearest anchor uses.
        gas_a_hash: Gas limit added for each hash of the consistency proof.
        base_fees: How many times the present base fee is offered.
        most_fee_wei: Largest fee per gas that is ever offered, below 2^63. Whoever makes an anchor
            wait must not be able to empty the account.
        daily_budget_wei: What anchors may cost within 24 hours; None sets no limit.
    """

    fixed_gas: int = 200_000
    gas_a_hash: int = 4_000
    base_fees: int = 2
    most_fee_wei: int = 500 * 10**9
    daily_budget_wei: int | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """What an attempt offers for its place in a block.

    Attributes:
        max_fee_wei: Fee cap per gas.
        tip_wei: Priority fee per gas.
        gas_limit: Gas it may use.
    """

    max_fee_wei: int
    tip_wei: int
    gas_limit: int

    @property
    def cost_wei(self) -> int:
        """What it costs at the very most."""
        return self.max_fee_wei * self.gas_limit


@dataclass(frozen=True, slots=True)
class Shortage:
    """Why no attempt is made now; the operator is told.

    Attributes:
        event: `anchor.at_fee_cap`, `anchor.over_budget` or `anchor.low_balance`.
        facts: Of the event, in wei.
    """

    event: str
    facts: dict[str, object]


def make_offer(
    chain: Chain,
    sender: bytes,
    rules: AttemptRules,
    hashes: int,
    spent_wei: int,
    replaced: StoredAttempt | None,
) -> Offer | Shortage:
    """Decide what to offer: enough for the next blocks, within cap, budget and balance.

    The gas limit is computed, never estimated by the node: whether the tx reverts is for the
    chain to say, not for one node.

    Args:
        chain: Where it is to go.
        sender: Whose account pays, 20 bytes.
        rules: What it may use.
        hashes: Length of the consistency proof.
        spent_wei: What anchors have cost within the last 24 hours.
        replaced: An attempt whose nonce the new one takes, so that both fees must be higher.

    Raises:
        Unavailable: The chain does not answer.
    """
    gas_limit = rules.fixed_gas + rules.gas_a_hash * hashes
    base_fee, tip = chain.newest_block().base_fee_wei, chain.tip_wei()
    max_fee, least = rules.base_fees * base_fee + tip, base_fee
    if replaced is not None:
        tip = max(tip, _bumped(replaced.tip_wei))
        least = max(_bumped(replaced.max_fee_wei), _bumped(replaced.tip_wei))
        max_fee = max(max_fee, least)
        if least > rules.most_fee_wei:
            return Shortage("anchor.at_fee_cap", {"most_fee_wei": rules.most_fee_wei})
    most = rules.most_fee_wei
    if rules.daily_budget_wei is not None:
        affordable = max(0, rules.daily_budget_wei - spent_wei) // gas_limit
        if least > affordable:
            facts: dict[str, object] = {"spent_wei": spent_wei, "least_wei": least * gas_limit}
            return Shortage(
                "anchor.over_budget", {"daily_budget_wei": rules.daily_budget_wei, **facts}
            )
        most = min(most, affordable)
    max_fee = min(max_fee, most)
    offer = Offer(max_fee, min(tip, max_fee), gas_limit)
    balance = chain.balance_wei(sender)
    if offer.cost_wei > balance:
        return Shortage("anchor.low_balance", {"wei": balance, "needed_wei": offer.cost_wei})
    return offer


def sign_attempt(
    chain: Chain,
    signer: TransactionSigner,
    offer: Offer,
    head: TreeHead,
    old_size: int,
    consistency: Sequence[bytes],
    nonce: int,
) -> NewAttempt:
    """Sign a tx that anchors `head`.

    Args:
        chain: Where it is to go.
        signer: Whose account pays.
        offer: Fees and gas.
        head: The head to anchor.
        old_size: The contract's size now.
        consistency: Proof from there to `head`.
        nonce: Nonce of the account.

    Raises:
        Unavailable: The key does not answer; no nonce is used up.
    """
    tx = AnchorTx(
        target=chain.target,
        old_size=old_size,
        head=head,
        consistency=consistency,
        nonce=nonce,
        max_fee_wei=offer.max_fee_wei,
        tip_wei=offer.tip_wei,
        gas_limit=offer.gas_limit,
    )
    raw_tx, tx_hash = signer.sign_anchor(tx)
    return NewAttempt(
        old_size=old_size,
        sender=signer.address,
        nonce=nonce,
        max_fee_wei=tx.max_fee_wei,
        tip_wei=tx.tip_wei,
        gas_limit=tx.gas_limit,
        raw_tx=raw_tx,
        tx_hash=tx_hash,
    )


def _bumped(wei: int) -> int:
    """Add 12.5 %, rounded up, and never nothing: nodes take a replacement from 10 % on, some more.

    On a chain where gas is free a tx of price 0 is replaced by one of 1 wei.
    """
    return wei + max(1, -(-wei // 8))
