"""How far an entry has come, as the service itself sees it. A verifier finds out for himself."""

from collections.abc import Sequence

from liuhen.core.policy import Life
from liuhen.domain.anchor_life import AnchorState
from liuhen.ports import AnchorStore


def life_of(anchors: Sequence[AnchorStore], entry_index: int) -> Life:
    """Return sealed, anchored or final; of several contracts the one that has come farthest."""
    lives = [Life.SEALED]
    for store in anchors:
        anchor = store.covering(entry_index)
        if anchor is not None:
            lives.append(Life.FINAL if anchor.state is AnchorState.FINAL else Life.ANCHORED)
    return max(lives, key=lambda life: life.rank)
