"""The journal of erasures, in memory."""

from collections.abc import Sequence

from liuhen.core.erasure import Erasure


class MemoryJournal:
    """An `ErasureJournal` that lasts as long as the test."""

    def __init__(self) -> None:
        self.noted: list[Erasure] = []

    def erasures(self) -> Sequence[Erasure]:
        return list(self.noted)

    def add(self, erasure: Erasure) -> None:
        self.noted.append(erasure)
