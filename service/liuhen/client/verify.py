"""Examine a receipt as `liuhen verify` does, from a program: nobody is asked but who you name.

>>> from datetime import UTC, datetime
>>> from liuhen.adapters.rpc import RpcNode
>>> from liuhen.client import verify
>>> verdict = verify(
...     Path("receipt.json").read_bytes(),
...     parse_policy(Path("policy.json").read_bytes()),
...     now=datetime.now(UTC),
...     nodes=[RpcNode("http://127.0.0.1:8545").ask],
... )  # doctest: +SKIP
>>> verdict.outcome is Outcome.MATCH  # doctest: +SKIP
"""

from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from liuhen.core.chain_view import ChainQuestion, NodeReport
from liuhen.core.examine import Beside, examine, question
from liuhen.core.file_check import FileDigest
from liuhen.core.policy import TrustPolicy
from liuhen.core.receipt import parse_receipt
from liuhen.core.verdict import Verdict

AskNode = Callable[[ChainQuestion], NodeReport]
"""Asks one node; one that does not answer is a `NodeSilence` and no exception."""


def verify(
    receipt: bytes,
    policy: TrustPolicy,
    *,
    now: datetime,
    nodes: Sequence[AskNode] = (),
    block_hashes: Collection[bytes] = (),
    files: Sequence[FileDigest] = (),
) -> Verdict:
    """Examine a receipt file, offline unless nodes are named.

    Args:
        receipt: The file.
        policy: What is believed beforehand; from elsewhere than the receipt.
        now: The caller's clock, aware.
        nodes: Nodes of the chain, asked at the same time; they must agree.
        block_hashes: Block hashes that the caller vouches for, 32 bytes each.
        files: Digests of files to compare with the record.

    Raises:
        Malformed: The file, or something in it, is not what it claims to be.
    """
    parsed = parse_receipt(receipt)
    reports = _ask(nodes, question(parsed, policy))
    beside = Beside(now, reports, frozenset(block_hashes), tuple(files))
    return examine(parsed, policy, beside)


def _ask(nodes: Sequence[AskNode], asked: ChainQuestion) -> tuple[NodeReport, ...]:
    if not nodes:
        return ()
    with ThreadPoolExecutor(len(nodes)) as pool:
        return tuple(pool.map(lambda ask: ask(asked), nodes))
