"""What an anchorer is given, and what its steps come to."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum, auto

from liuhen.app.attempt import AttemptRules
from liuhen.app.compare import TreeReader
from liuhen.core.merkle import TreeHead
from liuhen.ports import AnchoredReading


class Progress(Enum):
    """What a step has come to."""

    MOVED = auto()
    """Something was stored: take the next step at once."""

    WAITING = auto()
    """The chain has to do something first."""

    IDLE = auto()
    """There is nothing to anchor."""

    ELSEWHERE = auto()
    """Another anchorer works on this log; this one takes over when that one is gone."""


@dataclass(frozen=True, slots=True)
class AnchoredLog:
    """The log, as much of it as anchoring needs.

    Attributes:
        reading: The log as it is durable.
        tree: Gives its tree, to prove consistency from.
        request_map_head: Asks the writer to end the log in a map head, and returns that head once
            it is durable and signed; the present one if the log ends in a map head already.
        check_cosigned: Raises `Unavailable` for a head that must not be anchored before witnesses
            have cosigned it.
    """

    reading: AnchoredReading
    tree: TreeReader
    request_map_head: Callable[[], TreeHead]
    check_cosigned: Callable[[TreeHead], None] = field(default=lambda _: None)


@dataclass(frozen=True, slots=True)
class AnchorRules:
    """How patiently a chain is treated. A poll is a step that ends with `WAITING`.

    Attributes:
        development: The chain is ours and makes blocks on request: ask for those that an anchor
            waits for, since there may be no other traffic.
        polls_before_resend: Polls without a tx receipt after which the same bytes are sent again.
        polls_before_replace: Polls after which a tx with higher fees takes the place of the first.
        blocks_before_replace: … if so many blocks have come by without it: where none come, no
            fee helps.
        stale_seconds: A head that is not signed after so long gives way to the newest.
        max_reverts: Attempts from one and the same head that the contract may refuse.
        max_taken: Nonces in a row that may be used up by something without a tx receipt: another
            has the key, or the node hides what became of ours, and each may cost.
        max_growth: Entries by which the contract lets a log grow at once.
        accept_lost: Anchors that were final and are not on the chain any more are anchored again;
            else the first look at the chain refuses to go on.
        final_size: Where the log has ended: the contract takes no larger head; None if it has not.
        attempt: Fees and gas.
    """

    development: bool
    polls_before_resend: int = 20
    polls_before_replace: int = 60
    blocks_before_replace: int = 3
    stale_seconds: float = 60.0
    max_reverts: int = 3
    max_taken: int = 10
    max_growth: int = 2**24
    accept_lost: bool = False
    final_size: int | None = None
    attempt: AttemptRules = field(default_factory=AttemptRules)
