"""The newest final block, kept for the writer: each record says after which block it was made."""

import threading

from liuhen.core.record import AfterBlock
from liuhen.ports import Block


class NewestFinalBlock:
    """A block that one thread renews and others read.

    It never goes back: a node that lags behind the one asked before has nothing to say here.
    """

    def __init__(self, chain_id: int) -> None:
        """Hold nothing yet.

        Args:
            chain_id: EIP-155 chain id of the blocks.
        """
        self._chain_id = chain_id
        self._lock = threading.Lock()
        self._newest: AfterBlock | None = None
        self._number = -1

    def get(self) -> AfterBlock | None:
        """Return the newest block known to be final; None before the first."""
        return self._newest

    def renew(self, block: Block | None) -> None:
        """Take over a final block, unless a newer one is known."""
        if block is None:
            return
        with self._lock:
            if block.number > self._number:
                self._number = block.number
                self._newest = AfterBlock(self._chain_id, block.number, "0x" + block.hash.hex())
