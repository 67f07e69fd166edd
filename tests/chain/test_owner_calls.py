"""What the owner's calls cost and how they are refused, on anvil and on Hardhat."""

import secrets

import pytest

from liuhen.adapters.chain.deploy import fund
from liuhen.adapters.chain.owner_calls import Call, OwnerCalls, SignedHead
from liuhen.adapters.chain.refusal import ContractRefused
from liuhen.adapters.chain.tx_sender import TxSender
from liuhen.adapters.signing.local_key import LocalKey
from liuhen.core.errors import AnchorMismatch, Unavailable
from liuhen.core.merkle import TreeHead
from liuhen.ports import NodeRefused
from tests.chain.conftest import Life, RunningChain

SOMEBODY = bytes.fromhex("77" * 20)


@pytest.fixture
def life(chain: RunningChain) -> Life:
    return Life(chain)


def calls_by(life: Life, key: bytes) -> OwnerCalls:
    return OwnerCalls(TxSender(life.node.url, LocalKey(key)), life.target)


def test_every_call_of_the_owner_takes_effect_within_its_gas(life: Life) -> None:
    owner = calls_by(life, life.node.deployer_key)
    for call in (
        owner.set_publisher(SOMEBODY),
        owner.set_signer(SOMEBODY, 8),
        owner.set_log_key(b"\x08" * 32, 9),
        owner.transfer_owner(SOMEBODY),
        owner.close(9, bytes(32)),
    ):
        cost = owner.estimate(call)
        assert cost.gas * 5 <= cost.gas_limit * 4
        assert 0 < cost.likely_wei < cost.most_wei
        owner.send(call)
    assert owner.keys()[1:] == (SOMEBODY, SOMEBODY)
    assert owner.signers()[1:] == [(SOMEBODY, 9)]
    assert owner.is_on_record(b"\x08" * 32, 9)
    assert not owner.is_on_record(b"\x08" * 32, 8)
    assert owner.proposed_owner() == SOMEBODY
    assert owner.closing() == (9, bytes(32))
    assert owner.mark() is None


def test_a_call_that_the_contract_refuses_is_not_sent(life: Life) -> None:
    owner, stranger = (
        calls_by(life, key) for key in (life.node.deployer_key, secrets.token_bytes(32))
    )
    nonce = owner.sender.nonce()
    signed = SignedHead(TreeHead(1, bytes(32)), bytes(65))
    refused: list[tuple[OwnerCalls, Call, str]] = [
        (stranger, stranger.set_publisher(SOMEBODY), "NotOwner"),
        (stranger, stranger.accept_owner(), "NotProposed"),
        (owner, owner.set_publisher(bytes(20)), "ZeroKey"),
        (owner, owner.set_signer(SOMEBODY, 2**64 - 1), "KeyEndsTooLate"),
        (owner, owner.close(1, b"\x01" * 32), "NotASuccessor"),
        (owner, owner.report_fork(signed, bytes(32), [], 1), "NotAnchored"),
        (owner, owner.report_double_sign(signed, signed), "NotASigner"),
    ]
    for account, call, error in refused:
        with pytest.raises(ContractRefused) as raised:
            account.send(call)
        assert raised.value.error == error
        assert f"({error}: " in str(raised.value)
    assert owner.sender.nonce() == nonce


def test_an_account_without_money_is_told_so_by_the_node(life: Life) -> None:
    key = secrets.token_bytes(32)
    owner = calls_by(life, life.node.deployer_key)
    owner.send(owner.transfer_owner(LocalKey(key).address))
    heir = calls_by(life, key)
    with pytest.raises(NodeRefused):
        heir.send(heir.accept_owner())
    fund(life.node.url, heir.sender.address)
    heir.send(heir.accept_owner())
    assert heir.keys()[0] == heir.sender.address


def test_a_tx_that_is_mined_and_refused_is_told(life: Life) -> None:
    owner = calls_by(life, life.node.deployer_key)
    call = owner.set_signer(SOMEBODY, 2**64 - 1)
    with pytest.raises((AnchorMismatch, Unavailable)):
        owner.sender.send(life.target.contract, call.data, call.gas)
    assert len(owner.signers()) == 1
