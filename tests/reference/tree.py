"""Consistency proofs, by the recursion of RFC 9162 §2.1.4.1."""

from tests.reference.commitment import mth


def consistency(leaves: list[bytes], old_size: int) -> list[bytes]:
    """Return PROOF(old_size, leaves): from the first leaves to all of them."""
    return _subproof(old_size, leaves, whole=True)


def _subproof(m: int, leaves: list[bytes], *, whole: bool) -> list[bytes]:
    n = len(leaves)
    if m == n:
        return [] if whole else [mth(leaves)]
    k = 1
    while 2 * k < n:
        k *= 2
    if m <= k:
        return [*_subproof(m, leaves[:k], whole=whole), mth(leaves[k:])]
    return [*_subproof(m - k, leaves[k:], whole=False), mth(leaves[:k])]
