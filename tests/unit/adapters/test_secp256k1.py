"""r, s and v from whatever a key gives back."""

import pytest
from coincurve import PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from liuhen.adapters.signing.local_key import LocalKey
from liuhen.adapters.signing.secp256k1 import CURVE_ORDER, normalised
from liuhen.core.errors import Unavailable
from liuhen.core.head_signature import address_of, recover_signer

DIGESTS = st.binary(min_size=32, max_size=32)
SECRETS = st.integers(1, CURVE_ORDER - 1).map(lambda number: number.to_bytes(32))


def both(secret: bytes, digest: bytes) -> list[bytes]:
    """Return r ‖ s with the low s, and with the high one."""
    low = PrivateKey(secret).sign_recoverable(digest, hasher=None)[:64]
    return [low, low[:32] + (CURVE_ORDER - int.from_bytes(low[32:])).to_bytes(32)]


@given(SECRETS, DIGESTS)
def test_either_s_becomes_the_low_one_with_its_v(secret: bytes, digest: bytes) -> None:
    address = address_of(PrivateKey(secret).public_key)
    expected = LocalKey(secret).sign_digest(digest)
    for signature in both(secret, digest):
        found = normalised(signature, digest, address, "the key")
        assert found == expected
        assert recover_signer(digest, found) == address


@given(SECRETS, DIGESTS, st.integers(0, 511), st.sampled_from([0, 1]))
def test_a_bent_signature_is_refused(secret: bytes, digest: bytes, bit: int, which: int) -> None:
    address = address_of(PrivateKey(secret).public_key)
    signature = int.from_bytes(both(secret, digest)[which]) ^ (1 << bit)
    with pytest.raises(Unavailable, match="no signature by the key of 0x"):
        normalised(signature.to_bytes(64), digest, address, "the key")


@pytest.mark.parametrize(
    "signature",
    [
        b"",
        bytes(64),
        b"\xff" * 64,
        bytes(63),
        bytes(65),
        b"\1" * 32 + bytes(32),
        b"\1" * 32 + CURVE_ORDER.to_bytes(32),
    ],
)
def test_what_is_no_signature_is_refused(signature: bytes) -> None:
    with pytest.raises(Unavailable, match="the key gave no signature"):
        normalised(signature, bytes(32), LocalKey(b"\1" * 32).address, "the key")
