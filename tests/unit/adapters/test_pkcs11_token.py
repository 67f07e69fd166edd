"""Keys in a token of SoftHSM2: high s, tokens that go away, PINs that are wrong."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pkcs11
import pytest
from pkcs11 import Mechanism

from liuhen.adapters.signing.pkcs11_token import TokenCall, TokenKey, TokenPlace, TokenTextSigner
from liuhen.adapters.signing.secp256k1 import CURVE_ORDER, normalised
from liuhen.core.errors import Unavailable
from liuhen.core.head_signature import recover_signer
from tests.fakes.key_folder import put
from tests.fakes.soft_token import LABEL, MODULE, PIN, SoftToken, soft_token

DIGESTS = [hashlib.sha256(bytes([number])).digest() for number in range(64)]


@pytest.fixture
def token(tmp_path: Path) -> Iterator[SoftToken]:
    with soft_token(tmp_path / "softhsm") as made:
        made.make_key("head")
        made.make_key("log", edwards=True)
        put(tmp_path / "pin", PIN + "\n")
        yield made


def place(token: SoftToken, label: str = "head", name: str = LABEL) -> TokenPlace:
    return TokenPlace(MODULE, name, label, token.folder.parent / "pin", 20.0)


def sign_and_check(key: TokenKey) -> None:
    for digest in DIGESTS[:2]:
        assert recover_signer(digest, key.sign_digest(digest)) == key.address


def test_half_of_all_signatures_have_a_high_s_and_all_are_put_right(token: SoftToken) -> None:
    call = TokenCall(place(token))
    key = TokenKey(call)
    high, both_v = 0, set()
    for digest in DIGESTS:
        raw = call.sign(Mechanism.ECDSA, digest)
        high += int.from_bytes(raw[32:]) > CURVE_ORDER // 2
        signature = normalised(raw, digest, key.address, "the token")
        assert recover_signer(digest, signature) == key.address
        both_v.add(signature[64])
    # Of 64 fair coins fewer than 8 or more than 56 are heads once in 10^10 times.
    assert 8 <= high <= 56, high
    assert both_v == {27, 28}


def test_sessions_that_the_token_forgot_are_opened_anew(token: SoftToken) -> None:
    key = TokenKey(TokenCall(place(token)))
    for _ in range(3):
        sign_and_check(key)
        token.restart()
    sign_and_check(key)


def test_a_token_that_is_away_is_unavailable_until_it_is_back(token: SoftToken) -> None:
    key = TokenKey(TokenCall(place(token)))
    sign_and_check(key)
    with token.away():
        for _ in range(2):
            with pytest.raises(Unavailable, match="there is no such token now"):
                key.sign_digest(DIGESTS[0])
    sign_and_check(key)


def test_a_token_may_be_away_at_start_if_the_address_is_told(token: SoftToken) -> None:
    address = TokenKey(TokenCall(place(token))).address
    with token.away():
        key = TokenKey(TokenCall(place(token)), address)
        with pytest.raises(Unavailable):
            TokenKey(TokenCall(place(token)))
    sign_and_check(key)


def test_another_key_than_the_address_told_signs_nothing(token: SoftToken) -> None:
    key = TokenKey(TokenCall(place(token)), bytes(20))
    with pytest.raises(Unavailable, match="gave no signature by the key of 0x0000"):
        key.sign_digest(DIGESTS[0])


def test_several_keys_of_one_token_are_used_side_by_side(token: SoftToken) -> None:
    head, log = TokenKey(TokenCall(place(token))), TokenCall(place(token, "log"))
    text = TokenTextSigner(log, "log.example/logs/jyg")
    for _ in range(3):
        sign_and_check(head)
        line = text.log_key.line(text.sign_text(b"a text"))
        text.log_key.verify("a text", line)
        head._call.close()  # logs the whole process out
    token.restart()
    assert len(text.sign_text(b"a text")) == 64
    sign_and_check(head)


def test_a_wrong_pin_is_tried_once_and_not_again_before_its_file_changed(
    token: SoftToken, tmp_path: Path
) -> None:
    put(tmp_path / "pin", "wrong-1\n")
    call = TokenCall(place(token))
    with pytest.raises(Unavailable, match="refuses the PIN in"):
        call.public_key()
    for _ in range(20):  # more than any token allows
        with pytest.raises(Unavailable, match="not tried again") as caught:
            call.public_key()
    assert "wrong-1" not in str(caught.value)
    put(tmp_path / "pin", PIN)
    sign_and_check(TokenKey(call))


def test_a_key_that_is_not_there_is_told(token: SoftToken) -> None:
    with pytest.raises(Unavailable, match="the token has no such key"):
        TokenKey(TokenCall(place(token, "another")))
    with pytest.raises(Unavailable, match="there is no such token"):
        TokenKey(TokenCall(place(token, name="another")))


def test_two_keys_of_one_label_are_told(token: SoftToken) -> None:
    token.make_key("head")
    with pytest.raises(Unavailable, match="several keys of that label"):
        TokenKey(TokenCall(place(token)))


def test_a_key_of_another_kind_is_told(token: SoftToken) -> None:
    with pytest.raises(Unavailable, match="is not a key of secp256k1"):
        TokenKey(TokenCall(place(token, "log")))
    with pytest.raises(Unavailable, match="is not an Ed25519 key"):
        TokenTextSigner(TokenCall(place(token, "head")), "log.example/logs/jyg")


def test_a_module_that_is_none_is_told(token: SoftToken, tmp_path: Path) -> None:
    for module in (tmp_path / "none.so", tmp_path / "pin"):
        call = TokenCall(TokenPlace(module, LABEL, "head", tmp_path / "pin"))
        with pytest.raises(Unavailable, match="cannot be loaded"):
            call.public_key()


def test_a_token_that_hangs_is_not_waited_for(
    token: SoftToken, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = Event()
    slow = TokenPlace(MODULE, LABEL, "head", token.folder.parent / "pin", 0.1)
    key = TokenKey(TokenCall(slow), bytes(20))
    monkeypatch.setattr(pkcs11, "lib", lambda _: release.wait(20) and None)
    with pytest.raises(Unavailable, match=r"not answered within 0\.1 seconds"):
        key.sign_digest(DIGESTS[0])
    with pytest.raises(Unavailable, match="not ended earlier calls"):
        key.sign_digest(DIGESTS[0])
    monkeypatch.undo()
    release.set()
