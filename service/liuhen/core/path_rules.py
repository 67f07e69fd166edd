"""Which paths can stand together in one record: rules (b), (c) and (d) of evidence §2.

    (b) paths strictly ascending, by the bytes of their canonical form
    (c) no path a proper prefix of another: nothing is a value and a container
    (d) in one container only names, or only positions, and these 0 … k-1

Without them one commitment opens to two records. Every check is one pass over the paths, because
rows come from strangers.
"""

from collections.abc import Sequence

from liuhen.core.commitment import Path
from liuhen.core.errors import MalformedDisclosure


class _Container:
    """A container as far as its children have been met."""

    __slots__ = ("children", "kind")

    def __init__(self, step: str | int) -> None:
        self.kind, self.children = type(step), {step}

    def meet(self, number: int, step: str | int) -> None:
        """Note another child. Met before and come up again, it is a value and a container."""
        if type(step) is not self.kind:
            raise MalformedDisclosure(f"row {number}: one container with names and positions")
        if step in self.children:
            raise MalformedDisclosure(f"row {number}: a path is a prefix of another")
        self.children.add(step)

    def check_gaps(self) -> None:
        """Refuse an array that lacks a position."""
        if self.kind is int and not self.children.issuperset(range(len(self.children))):
            raise MalformedDisclosure("an array with a gap")


def check_order(paths: Sequence[tuple[int, bytes]]) -> None:
    """Check rule (b).

    Args:
        paths: Row number and canonical path of each row that has one.

    Raises:
        MalformedDisclosure: Names the row.
    """
    before = b""
    for number, path in paths:
        if path <= before:
            raise MalformedDisclosure(f"row {number}: paths are not in strictly ascending order")
        before = path


def check_containers(paths: Sequence[tuple[int, Path]], *, may_have_gaps: bool) -> None:
    """Check rules (c) and (d) on paths that are in order.

    In ascending order all that is inside one container stands together, since those paths share
    their bytes up to a comma; so a stack of the containers that are open is enough. Position 1
    as a value may stand apart from what is inside position 1 (10 comes between), which is why
    each container remembers its children.

    Args:
        paths: Row number and path of each row that has one.
        may_have_gaps: True if other rows are closed, so that arrays cannot be counted.

    Raises:
        MalformedDisclosure: Names the row.
    """
    stack: list[_Container] = []
    before: Path = ()
    for number, path in paths:
        same = _common_steps(before, path)
        if before and same in (len(before), len(path)):
            raise MalformedDisclosure(f"row {number}: a path is a prefix of another")
        if not may_have_gaps:
            _check_gaps(stack[same + 1 :])
        del stack[same + 1 :]
        if stack:
            stack[same].meet(number, path[same])
        stack += [_Container(step) for step in path[len(stack) :]]
        before = path
    if not may_have_gaps:
        _check_gaps(stack)


def _check_gaps(containers: Sequence[_Container]) -> None:
    for container in containers:
        container.check_gaps()


def _common_steps(left: Path, right: Path) -> int:
    for count, (a, b) in enumerate(zip(left, right, strict=False)):
        if a != b:
            return count
    return min(len(left), len(right))
