"""The bytes of a tx, against the library that everybody uses."""

from eth_account import Account
from hypothesis import given
from hypothesis import strategies as st

from liuhen.adapters.chain.anchor_tx import anchor_calldata
from liuhen.adapters.chain.transaction_signer import LocalTransactionSigner
from liuhen.core.merkle import TreeHead
from liuhen.ports import AnchorTx, ChainTarget

WORDS = st.binary(min_size=32, max_size=32)
CONTRACT = bytes.fromhex("c3" * 20)


@given(
    secret=st.integers(1, 2**255).map(lambda number: number.to_bytes(32)),
    chain_id=st.integers(1, 2**53),
    sizes=st.tuples(st.integers(0, 2**63), st.integers(1, 2**63)),
    words=st.tuples(WORDS, WORDS),
    consistency=st.lists(WORDS, max_size=63),
    nonce=st.integers(0, 2**63),
    fees=st.tuples(st.integers(0, 2**63), st.integers(0, 2**63)),
    gas_limit=st.integers(1, 2**24),
)
def test_a_tx_is_signed_to_the_bytes_that_eth_account_makes(
    secret: bytes,
    chain_id: int,
    sizes: tuple[int, int],
    words: tuple[bytes, bytes],
    consistency: list[bytes],
    nonce: int,
    fees: tuple[int, int],
    gas_limit: int,
) -> None:
    tx = AnchorTx(
        target=ChainTarget(chain_id, CONTRACT, words[0]),
        old_size=sizes[0],
        head=TreeHead(sizes[1], words[1]),
        consistency=consistency,
        nonce=nonce,
        max_fee_wei=max(fees),
        tip_wei=min(fees),
        gas_limit=gas_limit,
    )
    theirs = Account.from_key(secret).sign_transaction(
        {
            "type": 2,
            "chainId": chain_id,
            "to": CONTRACT,
            "value": 0,
            "data": anchor_calldata(tx),
            "gas": gas_limit,
            "nonce": nonce,
            "maxPriorityFeePerGas": tx.tip_wei,
            "maxFeePerGas": tx.max_fee_wei,
        }
    )
    ours = LocalTransactionSigner(secret, chain_id=chain_id, contract=CONTRACT).sign_anchor(tx)
    assert ours == (bytes(theirs.raw_transaction), bytes(theirs.hash))
