"""Keyed digests: what the database holds instead of digests (evidence §2).

A plain digest of a low-entropy record can be guessed by whoever gets the database. So lookup and
idempotency keys are HMAC-SHA256, and marks BLAKE2s, under a key that is kept outside of it. Without
that key nothing can be looked up, and nothing else is lost.
"""

import hmac
from hashlib import blake2s

_ANSWER_TAG = b"audit-log/idempotency-key/v1\0"
_SUBMISSION_TAG = b"audit-log/submission/v1\0"
_MARK_PERSON = b"casemark"
_MARK_BYTES = 8


class DigestKey:
    """The key, and the four kinds of digest made with it."""

    def __init__(self, key: bytes) -> None:
        """Use a key of 32 random bytes."""
        if len(key) != 32:
            raise ValueError("a digest key has 32 bytes")
        self._key = key

    def of_digest(self, digest: bytes) -> bytes:
        """Key a digest that records are looked up by: of data, or of an attachment."""
        return hmac.digest(self._key, digest, "sha256")

    def of_idempotency_key(self, key: str) -> bytes:
        """Key an idempotency key, which may itself say something about the record."""
        return hmac.digest(self._key, _ANSWER_TAG + key.encode(), "sha256")

    def of_submission(self, digest: bytes) -> bytes:
        """Key the digest of a whole submission."""
        return hmac.digest(self._key, _SUBMISSION_TAG + digest, "sha256")

    def mark(self, text: str) -> str:
        """Return what the facts of a case hold in place of a name: 16 hex digits.

        By BLAKE2s (RFC 7693), since a record takes up to ten marks and HMAC would cost three times
        as much.
        """
        marked = blake2s(text.encode(), digest_size=_MARK_BYTES, key=self._key, person=_MARK_PERSON)
        return marked.hexdigest()
