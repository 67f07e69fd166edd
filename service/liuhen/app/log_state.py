"""What the writer holds of its log in memory, always rebuilt from the database after a failure.

The state runs ahead of the database while a group is being stored. So it is thrown away, never
repaired, when anything goes wrong: `load_state` makes it anew.
"""

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field

from liuhen.core.case_map import CaseMap, case_value
from liuhen.core.errors import HistoryMismatch
from liuhen.core.merkle import leaf_hash
from liuhen.core.tiles import HEIGHT, WIDTH, Edge, Tree, edge_widths
from liuhen.domain.admission import CaseState
from liuhen.ports import LogStore, StoredHead

MOST_CASES = 65_536
"""Case states kept in memory, some 20 MB."""


class RecentCases:
    """The states of the cases that were used last, and nothing that is not durable."""

    def __init__(self) -> None:
        self._states: OrderedDict[str, CaseState] = OrderedDict()

    def get(self, case: str) -> CaseState | None:
        """Return a state if it is remembered."""
        return self._states.get(case)

    def put(self, states: Iterable[CaseState]) -> None:
        """Remember states; those used longest ago are forgotten."""
        for state in states:
            self._states[state.case] = state
            self._states.move_to_end(state.case)
        while len(self._states) > MOST_CASES:
            self._states.popitem(last=False)


@dataclass(slots=True)
class LogState:
    """The log as the writer sees it.

    Attributes:
        head: The head row.
        edge: Unfinished rows of the tree.
        tree: For roots and proofs at the size of the edge.
        fresh_rows: Rows that became full in the newest group, which other sessions may not see yet.
        case_map: The case map of the newest map head.
        unmapped: Cases that changed since, and all sealed ones.
        cases: Case states in memory.
    """

    head: StoredHead
    edge: Edge
    tree: Tree
    fresh_rows: dict[tuple[int, int], bytes]
    case_map: CaseMap
    unmapped: dict[str, CaseState]
    cases: RecentCases = field(default_factory=RecentCases)


def load_state(store: LogStore) -> LogState:
    """Read the state of a log.

    Raises:
        HistoryMismatch: The stored rows do not have the stored root hash: the database is damaged.
        Unavailable: The database does not answer.
    """
    head = store.head()
    edge = _load_edge(store, head.tree.size)
    fresh_rows: dict[tuple[int, int], bytes] = {}

    def read(level: int, index: int, width: int) -> bytes:
        row = edge.read(level, index, width) or fresh_rows.get((level, index))
        return row or store.row(level, index) or b""

    tree = Tree(read, head.tree.size)
    if tree.root() != head.tree.root:
        raise HistoryMismatch(
            f"the database is damaged: its entries do not have the root hash of size"
            f" {head.tree.size}; restore it, then recover the entries after the copy"
        )
    mapped = store.mapped_cases(head.map_head)
    return LogState(
        head=head,
        edge=edge,
        tree=tree,
        fresh_rows=fresh_rows,
        case_map=CaseMap({m.key: case_value(m.salt, m.count, m.head) for m in mapped}),
        unmapped={state.case: state for state in store.changed_cases(head.map_head + 1)},
    )


def _load_edge(store: LogStore, size: int) -> Edge:
    rows: list[bytes] = []
    for level, width in enumerate(edge_widths(size)):
        index = size >> HEIGHT * (level + 1)
        if level == 0:
            entries = store.entries(WIDTH * index, size)
            rows.append(b"".join([leaf_hash(entry) for entry in entries]))
        else:
            rows.append((store.row(level, index) or b"") if width else b"")
    try:
        return Edge(size, rows)
    except ValueError as error:
        raise HistoryMismatch(f"the database is damaged: {error}; restore it") from error
