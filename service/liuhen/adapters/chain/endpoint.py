"""One of several nodes, and what is remembered of it: how far it was, what was wrong, when to ask.

A node that failed is left alone for a while, longer each time, so that one that is frozen costs its
deadline now and then and not at every step. Before it is believed again it says anew which chain it
is on: behind the same address another node may have taken its place.
"""

from collections.abc import Callable
from typing import Final, NamedTuple

from liuhen.ports import Chain, ChainIdentity, NodeCondition, NodeState

_FIRST_PAUSE: Final = 5.0
_LONGEST_PAUSE: Final = 120.0
_STEADY_SECONDS: Final = 60.0
_ASKED: Final = frozenset({NodeCondition.ANSWERING, NodeCondition.BEHIND})


class PinnedChain(NamedTuple):
    """What the trust policy says of the chain.

    Attributes:
        chain_id: EIP-155 chain id.
        genesis_hash: Hash of block 0, 32 bytes.
        code_hash: keccak-256 of the contract's code, 32 bytes.
    """

    chain_id: int
    genesis_hash: bytes
    code_hash: bytes


class Endpoint:
    """One node. For one thread, but `state` is for any."""

    def __init__(self, host: str, chain: Chain, clock: Callable[[], float]) -> None:
        """Prepare; nothing is asked yet.

        Args:
            host: What the operator knows it by.
            chain: The chain through this node alone.
            clock: Seconds that only grow.
        """
        self.host, self.chain = host, chain
        self.condition = NodeCondition.UNTRIED
        self.height: int | None = None
        self.due = float("-inf")
        """When it may be asked again."""

        self.identity: ChainIdentity | None = None
        """What it said when it was last asked which chain it is on."""

        self._clock = clock
        self._trouble, self._failures = "", 0
        self._pause, self._well_since = 0.0, float("inf")
        self._highest, self._fell = 0, 0.0

    @property
    def state(self) -> NodeState:
        """What the operator should see."""
        return NodeState(self.host, self.condition, self.height, self._trouble, self._failures)

    @property
    def is_asked(self) -> bool:
        """Whether it answers, believed or not."""
        return self.condition in _ASKED

    @property
    def is_due(self) -> bool:
        """Whether it may be asked now."""
        return self.is_asked or self._clock() >= self.due

    def fail(self, condition: NodeCondition, why: str) -> bool:
        """Leave it alone for a while, longer each time until it has been well for longer.

        Returns:
            Whether that is news.
        """
        is_news = (self.condition, self._trouble) != (condition, why)
        now = self._clock()
        was_well = now - self._well_since > self._pause
        doubled = 0.0 if was_well else 2 * self._pause
        self._pause = min(max(doubled, _FIRST_PAUSE), _LONGEST_PAUSE)
        self.due, self._well_since = now + self._pause, float("inf")
        self._note(condition, why)
        return is_news

    def fall_behind(self, why: str) -> bool:
        """Go on asking it, and do not believe it; returns whether that is news."""
        is_news = self.condition is not NodeCondition.BEHIND
        if is_news:
            self._note(NodeCondition.BEHIND, why)
        return is_news

    def recover(self) -> bool:
        """Believe it, if it was not; returns whether it is well again after something was wrong."""
        before, self.condition = self.condition, NodeCondition.ANSWERING
        if before is NodeCondition.ANSWERING:
            return False
        self._well_since = self._clock()
        return before is not NodeCondition.UNTRIED

    def check_pinned(self, pinned: PinnedChain) -> str:
        """Return what is wrong with the chain that it is on; nothing if it is the policy's.

        Raises:
            Unavailable: It does not answer.
        """
        found = self.identity = self.chain.identity()
        if found.chain_id != pinned.chain_id:
            return f"is on chain {found.chain_id} in place of {pinned.chain_id}"
        if found.genesis_hash != pinned.genesis_hash:
            return "has a chain that begins with another block"
        if found.code_hash != pinned.code_hash:
            return "has no contract, or another one, at the contract's address"
        return ""

    def look(self, reorganisation: int) -> str:
        """Ask for the newest block; return what is wrong with its height, or nothing.

        A chain that was really cut back is believed again once its height has not fallen for
        a minute. An address of two nodes of different height does not get that far.

        Args:
            reorganisation: Blocks by which the height may go back.

        Raises:
            Unavailable: It does not answer.
        """
        number = self.chain.newest_block().number
        went_back = self.height is not None and number < self.height
        self.height = number
        now = self._clock()
        if number >= self._highest - reorganisation:
            self._highest = max(self._highest, number)
            return ""
        if went_back:
            self._fell = now
        if now - self._fell >= _STEADY_SECONDS:
            self._highest = number
            return ""
        return f"went back from block {self._highest} to {number}"

    def _note(self, condition: NodeCondition, why: str) -> None:
        self.condition, self._trouble = condition, why
        self._failures += 1
