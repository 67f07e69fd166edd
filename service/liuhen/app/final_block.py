"""The newest final block, kept for the writer: each record says after which block it was made."""

from liuhen.core.json_number import MAX_SAFE_INTEGER
from liuhen.core.record import AfterBlock
from liuhen.ports import Block


class NewestFinalBlock:
    """A block that one thread renews and others read.

    It is what the chain told last, also where that is an older block than before. An older block
    makes a record say less, and still the truth; a number far too high, kept because it is the
    highest, would make every later record say what is not so.
    """

    def __init__(self, chain_id: int) -> None:
        """Hold nothing yet.

        Args:
            chain_id: EIP-155 chain id of the blocks.
        """
        self._chain_id = chain_id
        self._newest: AfterBlock | None = None

    def get(self) -> AfterBlock | None:
        """Return the block told last; None before the first."""
        return self._newest

    def renew(self, block: Block | None) -> None:
        """Take over a final block; none, or one that no record can name, changes nothing."""
        if block is not None and block.number <= MAX_SAFE_INTEGER:
            self._newest = AfterBlock(self._chain_id, block.number, "0x" + block.hash.hex())
