"""A third party's monitor: read a log, believe nothing of it, compare with what is known of it.

What is known comes from elsewhere: the trust policy, the memory of earlier looks, and nodes of the
chain that the caller chose. See `core/log_checks.py` for what is concluded.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from liuhen.client.log_reading import LogReader, Progress, tell_nobody
from liuhen.client.log_source import LogSource
from liuhen.core.authentic_rows import TileMismatch
from liuhen.core.canonical import JsonValue
from liuhen.core.chain_view import ChainQuestion, NodeAnswer, NodeReport
from liuhen.core.checkpoint import Checkpoint
from liuhen.core.errors import MalformedNote, Unavailable, Unknown
from liuhen.core.log_checks import (
    check_contract,
    check_head,
    check_log_standing,
    check_memory,
    decide,
    judge_keys,
)
from liuhen.core.log_memory import LogMemory, SeenHead
from liuhen.core.merkle import TreeHead
from liuhen.core.note import SignedNote
from liuhen.core.policy import TrustPolicy
from liuhen.core.standing_checks import agreed_standing, warnings_of
from liuhen.core.tiles import Tree
from liuhen.core.verdict import Check, Outcome, State, exact

SCHEMA: Final = "audit-log-check/v1"
MOST_ASKED: Final = 50
"""Remembered sizes that nodes are asked for, the newest."""

AskNodes = Callable[[ChainQuestion], Sequence[NodeReport]]
"""Asks the nodes that the caller named; none where he named none."""


def ask_nobody(question: ChainQuestion) -> Sequence[NodeReport]:
    """Ask no node."""
    del question
    return ()


@dataclass(frozen=True, slots=True)
class LogReport:
    """What a look at a log has shown.

    Attributes:
        outcome: Match, different or could not check.
        reason: Stable code of what decided it.
        note: The log's signed checkpoint, as it came.
        checks: Every check, in the order of `core/log_checks.py`.
        memory: What to remember from now on; None where this head must not be added.
        facts: Origin, size, root hash, what was read.
    """

    outcome: Outcome
    reason: str
    note: str
    checks: tuple[Check, ...]
    memory: LogMemory | None
    facts: Mapping[str, JsonValue] = field(default_factory=dict)

    @property
    def fork(self) -> tuple[str, str] | None:
        """Two signed heads that cannot both be of one log that only grows: evidence to keep."""
        for check in self.checks:
            if check.code == "memory" and check.state is State.FAILED:
                return str(check.facts["note"]), self.note
        return None

    def to_json(self) -> dict[str, JsonValue]:
        """Return the report as `log check --json` prints it."""
        return {
            "schema": SCHEMA,
            "outcome": str(self.outcome),
            "reason": self.reason,
            "facts": exact(dict(self.facts)),
            "checks": [check.to_json() for check in self.checks],
            "checkpoint": self.note,
            "fork": None if self.fork is None else list(self.fork),
        }


def read_checkpoint(source: LogSource) -> tuple[SignedNote, Checkpoint]:
    """Read a log's checkpoint, strictly.

    Raises:
        MalformedNote: Not a signed note.
        MalformedCheckpoint: A note whose text is not a checkpoint.
        Unavailable: There is none, or it cannot be had.
    """
    try:
        text = source.read("checkpoint").decode("utf-8")
    except UnicodeDecodeError as error:
        raise MalformedNote("the checkpoint is not UTF-8") from error
    except Unknown as error:
        raise Unavailable(f"{error}: is this a log? Its URL ends in /logs/NAME") from error
    note = SignedNote.parse(text)
    return note, Checkpoint.parse(note.text)


def check_log(
    source: LogSource,
    policy: TrustPolicy,
    memory: LogMemory,
    seen_at: str,
    *,
    ask: AskNodes = ask_nobody,
    progress: Progress = tell_nobody,
) -> LogReport:
    """Read a whole log and compare it with policy, memory and contract.

    Args:
        source: Where the log's files come from.
        policy: What is believed beforehand.
        memory: The heads of this log seen before.
        seen_at: The time of this look, RFC 3339 in UTC.
        ask: Asks nodes of the chain.
        progress: Is told how far it has come.

    Raises:
        Malformed: A file of the log is not what it claims to be.
        Unavailable: A file of the log cannot be had.
    """
    remembered = {seen.head.size for seen in memory.heads}
    # Before the checkpoint is read: a log that grows meanwhile must not seem to lag behind.
    nodes = ask(_question(policy, sorted(remembered)[-MOST_ASKED:]))
    note, checkpoint = read_checkpoint(source)
    head, text = checkpoint.head, note.to_text()
    ours = nodes if checkpoint.origin == policy.origin else ()
    standing = agreed_standing(policy, ours)
    checks = check_head(note, checkpoint, policy, standing)
    facts: dict[str, JsonValue] = {
        "warnings": warnings_of(standing),
        "origin": checkpoint.origin,
        "size": head.size,
        "root": head.root.hex(),
        "chain_kind": str(policy.chain.kind),
    }
    if any(check.state is not State.PASSED and check.code != "witnesses" for check in checks):
        return _report(checks, policy, text, None, facts)
    nodes = _ask_again(nodes, head, policy, ask)
    tiles, tree = _check_tiles(source, head, progress)
    checks.append(tiles)
    if tree is None:
        return _report(checks, policy, text, None, facts)
    facts["warnings"] = warnings_of(agreed_standing(policy, nodes))
    sizes = {size for size in {*remembered, *_told(nodes)} if size <= head.size}
    roots = {size: tree.root(size) for size in sorted(sizes)}
    checks.append(check_memory(head, memory, roots))
    checks.append(check_contract(policy, nodes, head, roots))
    checks.append(check_log_standing(policy, nodes, head, roots))
    checks = judge_keys(checks)
    unworthy = any(check.state is State.FAILED or check.reason == "key-retired" for check in checks)
    newer = None if unworthy else memory.with_head(SeenHead(_kept(note, policy), seen_at))
    return _report(checks, policy, text, newer, facts)


def _kept(note: SignedNote, policy: TrustPolicy) -> str:
    """Return the note with one line of each key of the policy.

    A log may add lines by anybody to every head, up to a megabyte: kept all, they would soon make
    the memory too long to be read, and a monitor without memory cannot see a fork.
    """
    ours = {(key.name, key.key_id) for key, _ in policy.log_keys}
    ours |= {(key.name, key.key_id) for key, _ in policy.signers}
    ours |= {(key.name, key.key_id) for key in policy.witnesses}
    lines = {(line.name, line.key_id): line for line in note.signatures}
    kept = tuple(line for key, line in lines.items() if key in ours)
    return SignedNote(note.text, kept).to_text()


def _check_tiles(
    source: LogSource, head: TreeHead, progress: Progress
) -> tuple[Check, Tree | None]:
    facts: dict[str, JsonValue] = {"entries": head.size}
    try:
        checked = LogReader(source, head).check(progress)
    except TileMismatch as error:
        facts |= {"path": error.path, "detail": str(error)}
        return Check("tiles", State.FAILED, error.means, facts), None
    facts["files"] = checked.files
    return Check("tiles", State.PASSED, "all-lead-to-root", facts), checked.tree


def _question(policy: TrustPolicy, sizes: Sequence[int]) -> ChainQuestion:
    return ChainQuestion(policy.contract, policy.log_id, tuple(sizes), ())


def _ask_again(
    nodes: Sequence[NodeReport], head: TreeHead, policy: TrustPolicy, ask: AskNodes
) -> Sequence[NodeReport]:
    """Ask for this very head too where the contract is ahead of the log: an older copy, maybe."""
    answers = [node for node in nodes if isinstance(node, NodeAnswer)]
    if not any(answer.latest.size > head.size for answer in answers):
        return nodes
    known = {size for answer in answers for size in answer.heads}
    return ask(_question(policy, sorted({*known, head.size})))


def _told(nodes: Sequence[NodeReport]) -> set[int]:
    """Return the sizes that nodes have told of: of anchored heads, and of a fork."""
    answers = [node for node in nodes if isinstance(node, NodeAnswer)]
    marks = [each.standing.mark for each in answers]
    forked = {mark.size for mark in marks if mark is not None}
    return forked | {size for each in answers for size in (*each.heads, each.latest.size)}


def _report(
    checks: Sequence[Check],
    policy: TrustPolicy,
    note: str,
    memory: LogMemory | None,
    facts: Mapping[str, JsonValue],
) -> LogReport:
    outcome, reason = decide(checks, policy)
    return LogReport(outcome, reason, note, tuple(checks), memory, facts)
