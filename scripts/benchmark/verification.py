"""What a verification costs: in a process that runs already, and from the command line."""

import json
import secrets
import subprocess
import sys
import time
import timeit
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from statistics import mean, median
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from liuhen.core.examine import Beside, examine
from liuhen.core.merkle import leaf_hash
from liuhen.core.policy import parse_policy
from liuhen.core.receipt import parse_receipt
from liuhen.core.tiles import Edge, Tree
from liuhen.core.verdict import Outcome

CASE = Path("tests/vectors/receipts/evidence_block_hash")
"""A final receipt whose block the caller vouches for: every check is made, and no node is asked."""

SERIES, A_SERIES, STARTS, PROOFS = 20, 25, 11, 200


class Costs(NamedTuple):
    """Milliseconds: of one verification, and of one bare Ed25519 check in between."""

    verification: float
    signature: float


def verification_costs() -> Costs:
    """Return the mean cost of reading and examining a final receipt, offline, in this process."""
    receipt, policy = (CASE / "receipt.json").read_bytes(), (CASE / "policy.json").read_bytes()
    block_hash = bytes.fromhex(_block_hash()[2:])

    def verify() -> Outcome:
        beside = Beside(datetime.now(UTC), (), frozenset([block_hash]), ())
        return examine(parse_receipt(receipt), parse_policy(policy), beside).outcome

    assert verify() is Outcome.MATCH
    key = Ed25519PrivateKey.generate()
    public, signed = key.public_key(), key.sign(receipt)

    def check_signature() -> None:
        public.verify(signed, receipt)

    whole, bare = [], []
    for _ in range(SERIES):
        whole.append(timeit.timeit(verify, number=A_SERIES))
        bare.append(timeit.timeit(check_signature, number=A_SERIES))
    return Costs(1e3 * mean(whole) / A_SERIES, 1e3 * mean(bare) / A_SERIES)


def start_milliseconds() -> dict[str, float]:
    """Return the median time from start to end of each command, in rounds."""
    program = str(Path(sys.executable).with_name("liuhen"))
    receipt = [str(CASE / "receipt.json"), "--policy", str(CASE / "policy.json")]
    commands = {
        "python -c pass": [sys.executable, "-c", "pass"],
        "liuhen verify --help": [program, "verify", "--help"],
        "liuhen verify RECEIPT": [program, "verify", *receipt, "--block-hash", _block_hash()],
    }
    taken: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(STARTS):
        for name, command in commands.items():
            begin = time.perf_counter()
            subprocess.run(command, check=True, capture_output=True)
            taken[name].append(time.perf_counter() - begin)
    return {name: 1e3 * median(times) for name, times in taken.items()}


def tile_reads(size: int) -> int:
    """Return how many tiles the proof of one entry reads at most, in a log of this size."""
    edge, rows = Edge(), {}
    for level, index, row in edge.append([leaf_hash(secrets.token_bytes(32)) for _ in range(size)]):
        rows[level, index] = row
    counted = _Counted(lambda *tile: edge.read(*tile) or rows[tile[:2]][: 32 * tile[2]])
    worst = 0
    for _ in range(PROOFS):
        counted.reads = 0
        Tree(counted, size).inclusion(secrets.randbelow(size))
        worst = max(worst, counted.reads)
    return worst


class _Counted:
    """A reader of rows that counts."""

    def __init__(self, read: Callable[[int, int, int], bytes]) -> None:
        self._read, self.reads = read, 0

    def __call__(self, level: int, index: int, width: int) -> bytes:
        self.reads += 1
        return self._read(level, index, width)


def _block_hash() -> str:
    """Return the hash that the caller of this case vouches for, as the corpus has it."""
    expected = json.loads((CASE / "expect.json").read_bytes())
    (found,) = expected["block_hashes"]
    return str(found)
