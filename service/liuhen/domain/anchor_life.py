"""The life of an anchor on one chain: which state may follow which (architecture §6).

    planned → signed → sent → mined → final          the straight way
    replaced                                          a larger head made it superfluous
    reverted                                          mined, and refused by the contract
    reorged                                           mined, and its block is no longer on the chain

Any tx that was once sent may still be mined, even after a larger one replaced it, and one that was
refused may be mined once more, well or in vain, after a reorganisation: only what is deep enough
is settled. From `final` there is one way, and nobody should ever see it: a chain that reorganises
deeper than its policy says has taken back what it had settled, and to go on calling that final
would be a lie.
"""

from enum import StrEnum

from liuhen.core.errors import AnchorMismatch


class AnchorState(StrEnum):
    """Where an anchor, or one attempt at it, stands."""

    PLANNED = "planned"
    SIGNED = "signed"
    SENT = "sent"
    MINED = "mined"
    FINAL = "final"
    REPLACED = "replaced"
    REVERTED = "reverted"
    REORGED = "reorged"


_S = AnchorState
_NEXT: dict[AnchorState, frozenset[AnchorState]] = {
    _S.PLANNED: frozenset({_S.SIGNED, _S.MINED, _S.REPLACED}),
    _S.SIGNED: frozenset({_S.SIGNED, _S.SENT, _S.MINED, _S.REVERTED, _S.REPLACED}),
    _S.SENT: frozenset({_S.SIGNED, _S.SENT, _S.MINED, _S.REVERTED, _S.REPLACED}),
    _S.MINED: frozenset({_S.MINED, _S.FINAL, _S.REORGED}),
    _S.FINAL: frozenset({_S.REORGED}),
    _S.REPLACED: frozenset({_S.SIGNED, _S.MINED, _S.REVERTED}),
    _S.REVERTED: frozenset({_S.SIGNED, _S.MINED, _S.REVERTED, _S.REPLACED}),
    _S.REORGED: frozenset({_S.SIGNED, _S.SENT, _S.MINED, _S.REVERTED, _S.REPLACED}),
}

UNFINISHED = frozenset(AnchorState) - {_S.FINAL, _S.REPLACED}
"""States in which somebody still has to do something."""

ON_CHAIN = frozenset({_S.MINED, _S.FINAL})
"""States in which the head stands in a block."""

LIVE = frozenset({_S.SIGNED, _S.SENT, _S.MINED, _S.REORGED})
"""States in which an attempt can still bring its anchor to the chain, as far as is known."""

USES_NONCE = frozenset({_S.MINED, _S.REVERTED})
"""States of an attempt in which no other attempt of its nonce can be in a block."""

MAY_BE_REPLACED = frozenset(state for state in AnchorState if _S.REPLACED in _NEXT[state])
"""States that a larger head, or another tx of the same nonce, makes superfluous."""


def moves_anchor(anchor: AnchorState, attempt: AnchorState) -> bool:
    """Return whether an attempt that comes to a state takes its anchor there too.

    What a replaced attempt was for may go on by another; and that a tx was mined in vain concerns
    only an anchor that was waiting for one.
    """
    match attempt:
        case _S.REPLACED:
            return False
        case _S.REVERTED:
            return anchor in {_S.SIGNED, _S.SENT, _S.REORGED}
        case _S.MINED:
            return True
        case _:
            return anchor is not attempt


def check_move(old: AnchorState, new: AnchorState) -> None:
    """Check that an anchor may go from one state to the other.

    Raises:
        AnchorMismatch: It may not.
    """
    if new not in _NEXT[old]:
        raise AnchorMismatch(f"an anchor that is {old} cannot become {new}")
