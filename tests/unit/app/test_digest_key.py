"""Keyed digests."""

import hmac

import pytest

from liuhen.app.digest_key import DigestKey

KEY = bytes(range(32))


def test_a_lookup_digest_is_the_hmac_of_the_digest() -> None:
    assert DigestKey(KEY).of_digest(b"\1" * 32) == hmac.new(KEY, b"\1" * 32, "sha256").digest()


def test_the_three_kinds_and_two_keys_never_meet() -> None:
    text = "a" * 32
    made: set[bytes] = set()
    for key in (DigestKey(KEY), DigestKey(bytes(32))):
        made |= {key.of_digest(text.encode()), key.of_submission(text.encode())}
        made.add(key.of_idempotency_key(text))
    assert len(made) == 6


def test_a_key_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        DigestKey(b"short")
