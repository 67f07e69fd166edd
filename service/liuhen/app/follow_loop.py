"""Beside a service that does not anchor: a fresh final block, and map heads to anchor."""

from collections.abc import Callable
from typing import Final

from liuhen.app.final_block import NewestFinalBlock
from liuhen.app.loop import Loop
from liuhen.app.tell import Tell
from liuhen.core.merkle import TreeHead
from liuhen.ports import Chain

_PAUSE_SECONDS: Final = 30.0


class FollowLoop(Loop):
    """Follows the chain, and ends the log in map heads at the pace of anchoring."""

    def __init__(
        self,
        chain: Chain,
        request_map_head: Callable[[], TreeHead],
        final_block: NewestFinalBlock,
        seconds: float,
        tell: Tell,
    ) -> None:
        """Prepare; `start` begins.

        Args:
            chain: The chain.
            request_map_head: Has the log end in a map head.
            final_block: Where the newest final block is kept.
            seconds: Between two rounds; 0, where time is no reason to anchor, is half a minute.
            tell: Takes what the operator should know.
        """
        super().__init__("follow", tell)
        self._chain, self._request_map_head = chain, request_map_head
        self._final_block, self._seconds = final_block, seconds or _PAUSE_SECONDS
        self._has_begun = False

    def _turn(self) -> float:
        if not self._has_begun:  # a service that has just started has nothing new to anchor
            self._has_begun = True
            return self._seconds
        self._final_block.renew(self._chain.final_block())
        self._request_map_head()
        if self.failure is not None:
            self._tell("follow.recovered", {})
        self.failure = None
        return self._seconds

    def _patience(self) -> float:
        return self._seconds
