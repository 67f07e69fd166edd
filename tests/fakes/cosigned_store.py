"""Cosigned heads of one log, in memory."""

from liuhen.core.cosignature import WitnessKey
from liuhen.core.note import SignedNote
from liuhen.ports import CosignedHead
from tests.fakes.log_store import MemoryLogStore


class MemoryCosignedStore:
    """A `CosignedStore` beside a log in memory."""

    def __init__(self, log: MemoryLogStore) -> None:
        self._log = log
        self.notes: dict[int, str] = {}
        self.sizes: dict[WitnessKey, int] = {}

    def newest(self) -> str | None:
        return self.notes[max(self.notes)] if self.notes else None

    def first_over(self, size: int) -> str | None:
        over = [each for each in self.notes if each > size]
        return self.notes[min(over)] if over else None

    def witness_size(self, key: WitnessKey) -> int:
        return self.sizes.get(key, 0)

    def keep(self, head: CosignedHead) -> None:
        self.sizes |= head.sizes
        lasting = self._log.content.checkpoints
        if head.size in lasting:
            lasting[head.size] = joined(lasting[head.size], head.note)
        if head.enough:
            passing = [size for size in self.notes if size < head.size and size not in lasting]
            for size in passing:
                del self.notes[size]
            self.notes[head.size] = joined(self.notes.get(head.size, head.note), head.note)


def joined(kept: str, fresh: str) -> str:
    return SignedNote.parse(kept).with_lines(SignedNote.parse(fresh).signatures).to_text()
