"""An anchor signed by every kind of signer is mined: on anvil, and on Hardhat, which is strict.

Hardhat refuses a high s or a wrong v; anvil mines the former. So what a token gives back would
fail there in about half of all cases if it was sent as it comes.
"""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import cast

import pytest
from eth_account import Account

from liuhen.adapters.chain import anchor_tx
from liuhen.adapters.signing.secp256k1 import CURVE_ORDER
from liuhen.app.anchor_rules import Progress
from liuhen.core import rlp
from liuhen.core.errors import Unavailable
from liuhen.ports import AnchorTx, TransactionSigner
from liuhen.wiring.signers import open_publisher
from tests.chain.conftest import Life, RunningChain
from tests.fakes.key_folder import put_keystore, put_plain, put_remote, put_token
from tests.fakes.signing_service import SigningService, signing_service
from tests.fakes.soft_token import soft_token


@pytest.fixture
def service() -> Iterator[SigningService]:
    with signing_service() as running:
        yield running


@pytest.fixture(params=["plain", "keystore", "remote", "token"])
def keys(request: pytest.FixtureRequest, tmp_path: Path, service: SigningService) -> Iterator[Path]:
    """Return a folder of keys with a publisher of each kind."""
    folder = tmp_path / "keys"
    if request.param == "token":
        with soft_token(tmp_path / "softhsm") as token:
            put_token(folder, "publisher", token)
            yield folder
        return
    if request.param == "remote":
        put_remote(folder, "publisher", service)
    else:
        put = put_plain if request.param == "plain" else put_keystore
        put(folder, "publisher")
    yield folder


def test_anchors_of_every_signer_become_final(chain: RunningChain, keys: Path) -> None:
    life = Life(chain, make_signer=partial(open_publisher, keys))
    # The remote key is the same in every test, and has a nonce on this chain already.
    first = life.chain.next_nonce(life.signer.address)
    for count in (4, 9):  # nine signatures of a token: all of low s once in 512 times
        for _ in range(4):
            life.run()
            life.log.append(count)
    life.run()
    final = [each.head.size for each in life.store.anchors.values() if each.state == "final"]
    assert life.attempts() == ["final"] * len(final)
    assert len(final) == 9
    assert [each.nonce for each in life.store.tries.values()] == list(range(first, first + 9))


class HighS:
    """Sends what a token may give back as it comes: a high s, with the v that goes with it."""

    def __init__(self, signer: TransactionSigner) -> None:
        self.address, self._signer = signer.address, signer

    def sign_anchor(self, tx: AnchorTx) -> tuple[bytes, bytes]:
        raw, _ = self._signer.sign_anchor(tx)
        fields = rlp.decode(raw[1:])
        assert isinstance(fields, list)
        parity, r, s = (int.from_bytes(cast("bytes", item)) for item in fields[-3:])
        signature = r.to_bytes(32) + (CURVE_ORDER - s).to_bytes(32) + bytes([28 - parity])
        return anchor_tx.signed_tx(tx, signature)


def test_hardhat_refuses_a_high_s(hardhat: RunningChain) -> None:
    life = Life(hardhat)
    life.anchorer.signer = HighS(life.signer)
    life.run(until="signed")
    raw = life.store.tries[1].raw_tx
    assert bytes.fromhex(Account.recover_transaction(raw)[2:]) == life.signer.address
    with pytest.raises(Unavailable, match="Invalid Signature"):
        life.chain.send(raw)


def test_a_signer_that_is_down_uses_no_nonce_on_the_chain(
    chain: RunningChain, tmp_path: Path, service: SigningService
) -> None:
    put_remote(tmp_path, "publisher", service)
    life = Life(chain, make_signer=partial(open_publisher, tmp_path))
    first = life.chain.next_nonce(life.signer.address)
    assert life.anchorer.step() is Progress.MOVED
    service.status = 503
    for _ in range(3):
        with pytest.raises(Unavailable, match=r"the signer at 127.* HTTP status 503"):
            life.anchorer.step()
    assert not life.store.tries
    assert life.chain.next_nonce(life.signer.address) == first
    service.status = 200
    life.run()
    assert [each.nonce for each in life.store.tries.values()] == [first]
    assert life.attempts() == ["final"]
