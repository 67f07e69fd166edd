"""The signer's register, in memory."""

from collections.abc import Sequence

from liuhen.core.errors import HistoryMismatch
from liuhen.core.merkle import EMPTY_ROOT, TreeHead, verify_consistency


class MemoryRegister:
    """A `HeadRegister` that remembers all it ever released, to look for forks."""

    def __init__(self) -> None:
        self.released: list[TreeHead] = []

    def newest(self) -> TreeHead | None:
        return self.released[-1] if self.released else None

    def advance(self, new: TreeHead, consistency: Sequence[bytes]) -> None:
        last = self.newest()
        if new == last and not consistency:
            return
        if last is None:
            if new != (0, EMPTY_ROOT):
                raise HistoryMismatch("an empty register can begin only with an empty log")
        elif new.size < last.size or (new.size == last.size and new.root != last.root):
            raise HistoryMismatch("smaller, or another tree of the same size")
        elif last.size:
            verify_consistency(last, new, consistency)
        self.released.append(new)
