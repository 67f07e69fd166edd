"""What a proof costs in a short log and in a long one, from the database to the finished text."""

import secrets
import time
from pathlib import Path
from statistics import median

from liuhen.adapters.clock import SystemClock
from liuhen.adapters.sql.engine import Database, sqlite_url
from liuhen.adapters.sql.log_store import SqlLogs, SqlLogStore
from liuhen.adapters.sql.migrate import migrate
from liuhen.app.prove import Prover
from liuhen.app.seal import Published, SealedSize
from liuhen.core.errors import NotYet
from liuhen.core.merkle import TreeHead, leaf_hash
from liuhen.core.tiles import HEIGHT, Edge
from liuhen.ports import Group, StoredHead, StoredRow

PART = 2**16
ROUNDS, PROOFS = 20, 100


def make_log(folder: Path, size: int) -> Prover:
    """Store a log of random entries and return what proves in it; the note is not signed."""
    folder.mkdir()
    database = Database(sqlite_url(folder))
    migrate(database)
    origin = f"bench.example/logs/n{size}"
    log = SqlLogs(database).create(f"n{size}", origin, SystemClock().now())
    store, edge = SqlLogStore(database, log.log_id), Edge()
    while edge.size < size:
        entries = [secrets.token_bytes(32) for _ in range(min(PART, size - edge.size))]
        with store.appending() as session:
            session.store(_group(session.head, entries, edge))
    prover = Prover(store, [], lambda: Published(TreeHead(size, b""), "note"), _unsigned)
    root = prover.tree().root()
    return Prover(store, [], lambda: Published(TreeHead(size, root), "note"), _unsigned)


def _unsigned() -> SealedSize:
    """Make no COSE receipt: the benchmark has no key."""
    raise NotYet("nothing is signed here")


def _group(head: StoredHead, entries: list[bytes], edge: Edge) -> Group:
    start = edge.size
    rows = [StoredRow(*tile) for tile in edge.append([leaf_hash(entry) for entry in entries])]
    for level, unfinished in enumerate(edge.rows[1:], start=1):
        if unfinished:
            rows.append(StoredRow(level, edge.size >> HEIGHT * (level + 1), unfinished))
    tree = TreeHead(edge.size, bytes(32))
    return Group(
        start=start,
        entries=entries,
        head=StoredHead(tree, "", head.map_head),
        rows=rows,
        records=[],
        keyed_digests=[],
        answered=[],
        cases=[],
        map_head=None,
    )


def proof_microseconds(folder: Path, sizes: list[int]) -> list[float]:
    """Return the median cost of a proof for random entries, for each size; rounds alternate."""
    provers = [make_log(folder / str(size), size) for size in sizes]
    costs: list[list[float]] = [[] for _ in sizes]
    for _ in range(ROUNDS):
        for prover, size, cost in zip(provers, sizes, costs, strict=True):
            places = [secrets.randbelow(size) for _ in range(PROOFS)]
            begin = time.perf_counter()
            for place in places:
                prover.tlog_proof(place)
            cost.append((time.perf_counter() - begin) / PROOFS)
    return [1e6 * median(cost) for cost in costs]
