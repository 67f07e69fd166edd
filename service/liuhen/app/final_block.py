"""The newest final block, kept for the writer: each record says after which block it was made."""

from liuhen.core.errors import Unavailable
from liuhen.core.json_number import MAX_SAFE_INTEGER
from liuhen.core.record import AfterBlock
from liuhen.ports import Block, Chain


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


class FinalWatch:
    """Notices when a chain takes back a block that it told as final."""

    def __init__(self, chain: Chain, newest: NewestFinalBlock) -> None:
        """Watch a chain, and keep its newest final block for the writer."""
        self._chain, self._newest = chain, newest
        self._known: Block | None = None

    def keep(self, final: Block | None) -> None:
        """Take over a final block: for the writer, and to notice when it is lost."""
        self._newest.renew(final)
        self._known = final or self._known

    def is_lost(self, final: Block | None, *, may_rewind: bool) -> bool:
        """Return whether the chain tells another block where it told a final one before.

        Args:
            final: What it tells as final now.
            may_rewind: The chain is a development one, which loses its newest blocks when it is
                killed: there a block that is not told is lost.

        Raises:
            Unavailable: It tells none there: a node is behind, or the chain was cut back, and what
                was final is known to be lost only when it has grown again.
        """
        known = self._known
        if known is None or final is None:
            return False
        block = final if final.number == known.number else self._chain.block(known.number)
        if block is None and not may_rewind:
            self._newest.renew(final)
            raise Unavailable(
                f"the chain is told up to below block {known.number}, which was final"
            )
        return block is None or block.hash != known.hash
