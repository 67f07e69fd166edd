"""What every signer of heads and of txs promises, wherever its key is kept."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest
from eth_account import Account
from eth_account.messages import encode_typed_data

from liuhen.adapters.signing.remote import typed_data
from liuhen.app.audit.raw_tx import RawAnchorTx
from liuhen.core.checkpoint import Checkpoint
from liuhen.core.head_signature import HeadSignerKey, checkpoint_digest, recover_signer
from liuhen.core.merkle import TreeHead
from liuhen.core.note import NoteSignature
from liuhen.ports import AnchorTx, ChainTarget, HeadSigner, TextSigner, TransactionSigner
from liuhen.wiring.signers import open_head_signer, open_publisher, open_text_signer
from tests.fakes.head_signer import KnownSigner
from tests.fakes.key_folder import put_keystore, put_plain, put_remote, put_token
from tests.fakes.signing_service import signing_service
from tests.fakes.soft_token import SoftToken, soft_token

ORIGIN = "log.example/logs/jyg"
TARGET = ChainTarget(20231, bytes.fromhex("c3" * 20), bytes.fromhex("d4" * 32))
KINDS = ("plain", "keystore", "remote", "token")


@pytest.fixture
def token(tmp_path: Path) -> Iterator[SoftToken]:
    with soft_token(tmp_path / "softhsm") as made:
        yield made


@pytest.fixture
def keys(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    """Return a folder in which the key of every role lies in one way."""
    folder, kind = tmp_path / "keys", request.param
    roles = ("head", "publisher") if kind.startswith("remote") else ("log", "head", "publisher")
    with signing_service() as service:
        for role in roles:
            match kind:
                case "plain":
                    put_plain(folder, role)
                case "keystore":
                    put_keystore(folder, role)
                case "token":
                    put_token(folder, role, request.getfixturevalue("token"))
                case "remote":
                    put_remote(folder, role, service)
                case "remote, as others do it":
                    service.wrapped = True
                    method = "account_signTransaction"
                    more = "typed_data_as_text = true\n" if role == "head" else ""
                    name = "eth_signTypedData" if role == "head" else method
                    put_remote(folder, role, service, f'{more}method = "{name}"\n')
        yield folder


def with_keys(*kinds: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("keys", kinds, indirect=True)


def checkpoint(size: int) -> Checkpoint:
    return Checkpoint(ORIGIN, size, bytes([size % 256]) * 32)


def check_text_signer(signer: TextSigner) -> None:
    text = "log.example/logs/jyg\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"
    for _ in range(2):
        line = signer.log_key.line(signer.sign_text(text.encode()))
        assert isinstance(line, NoteSignature)
        signer.log_key.verify(text, line)


def check_head_signer(signer: HeadSigner) -> None:
    key = HeadSignerKey(ORIGIN, TARGET.chain_id, TARGET.contract, signer.address)
    for size in (0, 1, 255, 2**40):
        line = key.line(signer.sign_head(checkpoint(size), TARGET))
        key.verify(checkpoint(size), TARGET.log_id, line)


def test_the_known_signer_of_other_tests_is_one_too() -> None:
    check_text_signer(KnownSigner(ORIGIN))
    check_head_signer(KnownSigner(ORIGIN))


@with_keys("plain", "keystore", "token")
def test_the_text_signature_verifies_under_the_log_key(keys: Path) -> None:
    check_text_signer(open_text_signer(keys, ORIGIN))


@with_keys(*KINDS, "remote, as others do it")
def test_the_signature_of_a_head_leads_back_to_the_address(keys: Path) -> None:
    check_head_signer(open_head_signer(keys))


def anchor_tx(nonce: int = 0, hashes: int = 3) -> AnchorTx:
    return AnchorTx(
        target=TARGET,
        old_size=5,
        head=TreeHead(2**40 + nonce, bytes([7]) * 32),
        consistency=[bytes([n]) * 32 for n in range(hashes)],
        nonce=nonce,
        max_fee_wei=3 * 10**9,
        tip_wei=10**9,
        gas_limit=212_000,
    )


def publisher(keys: Path) -> TransactionSigner:
    return open_publisher(keys, chain_id=TARGET.chain_id, contract=TARGET.contract)


@with_keys(*KINDS, "remote, as others do it")
@pytest.mark.parametrize(("nonce", "hashes"), [(0, 0), (1, 3), (127, 1), (128, 63), (2**32, 7)])
def test_a_signed_anchor_says_what_was_asked_for(keys: Path, nonce: int, hashes: int) -> None:
    signer, tx = publisher(keys), anchor_tx(nonce, hashes)
    raw, tx_hash = signer.sign_anchor(tx)
    found = RawAnchorTx.parse(raw)
    assert (found.sender, found.tx_hash) == (signer.address, tx_hash)
    said = (found.chain_id, found.contract, found.log_id, found.nonce, found.gas_limit)
    assert said == (*dataclasses.astuple(TARGET)[:2], TARGET.log_id, nonce, tx.gas_limit)
    assert (found.max_fee_wei, found.tip_wei) == (tx.max_fee_wei, tx.tip_wei)
    assert (found.old_size, found.head) == (tx.old_size, tx.head)
    assert list(found.consistency) == tx.consistency
    assert bytes.fromhex(Account.recover_transaction(raw)[2:]) == signer.address


def test_typed_data_has_the_digest_that_the_contract_checks() -> None:
    for size in (0, 1, 2**40):
        typed = typed_data(checkpoint(size), TARGET)
        signable = encode_typed_data(full_message=typed)
        signed = Account.sign_message(signable, bytes([7]) * 32)
        target = (TARGET.log_id, TARGET.chain_id, TARGET.contract)
        digest = checkpoint_digest(checkpoint(size), *target)
        assert recover_signer(digest, bytes(signed.signature)) == KnownSigner(ORIGIN).address
