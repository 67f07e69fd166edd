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
    """

    fixed_gas: int = 200_000
    gas_a_hash: int = 4_000
    base_fees: int = 2
    most_fee_wei: int = 500 * 10**9


def make_attempt(
    chain: Chain,
    signer: TransactionSigner,
    rules: AttemptRules,
    head: TreeHead,
    old_size: int,
    consistency: Sequence[bytes],
    replaced: StoredAttempt | None = None,
) -> NewAttempt:
    """Sign a tx that anchors `head`.

    The gas limit is computed, never estimated by the node: whether the tx reverts is for the
    chain to say, not for one node.

    No fee is above the rules' largest; see `can_outbid` before replacing an attempt.

    Args:
        chain: Where it is to go.
        signer: Whose account pays.
        rules: What it may use.
        head: The head to anchor.
        old_size: The contract's size now.
        consistency: Proof from there to `head`.
        replaced: An attempt whose nonce the new one takes, with higher fees.

    Raises:
        Unavailable: Chain or key does not answer.
    """
    tip = chain.tip_wei()
    max_fee = rules.base_fees * chain.newest_block().base_fee_wei + tip
    if replaced is not None:
        tip = max(tip, _bumped(replaced.tip_wei))
        max_fee = max(max_fee, _bumped(replaced.max_fee_wei), tip)
    max_fee = min(max_fee, rules.most_fee_wei)
    nonce = chain.next_nonce(signer.address) if replaced is None else replaced.nonce
    tx = AnchorTx(
        target=chain.target,
        old_size=old_size,
        head=head,
        consistency=consistency,
        nonce=nonce,
        max_fee_wei=max_fee,
        tip_wei=min(tip, max_fee),
        gas_limit=rules.fixed_gas + rules.gas_a_hash * len(consistency),
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


def can_outbid(attempt: StoredAttempt, rules: AttemptRules) -> bool:
    """Return whether an attempt with enough higher fees to replace this one is affordable."""
    return _bumped(attempt.max_fee_wei) <= rules.most_fee_wei


def _bumped(wei: int) -> int:
    """Add 12.5 %, rounded up: nodes take a replacement from 10 % on, some from 12.5 %."""
    return wei + -(-wei // 8)
