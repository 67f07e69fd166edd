"""Anchors, the attempts at them, and messages about them, as the database tells them.

What a row says twice must agree: the signed bytes of a tx with the columns beside them, the chain
evidence with the block it is of, an attempt with its anchor. What only the chain can say is in
`contract.py`.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from liuhen.app.audit.cells import Cells
from liuhen.app.audit.cursor import Cursor
from liuhen.app.audit.finding import Fault, Findings, Rule, shown
from liuhen.app.audit.raw_tx import RawAnchorTx
from liuhen.core.canonical import canonical_text
from liuhen.core.chain_evidence import ChainEvidence, verify_evidence
from liuhen.core.merkle import TreeHead
from liuhen.core.policy import ChainKind, TrustPolicy
from liuhen.core.receipt import evidence_from_json, evidence_to_json
from liuhen.core.strict_json import parse_json
from liuhen.domain.anchor_life import ON_CHAIN, AnchorState
from liuhen.ports import MinedIn, StoredTables

_IN_A_BLOCK = ON_CHAIN | {AnchorState.REVERTED}
_BLOCK = ("block_number", "block_hash", "block_time", "tx_index", "log_position")
_TOPICS = {f"anchor.{state}": state for state in ON_CHAIN}


class AnchorFacts(NamedTuple):
    """What the database says of one anchor.

    Attributes:
        key: How findings name it.
        head: The head.
        state: Where it stands.
        mined_in: Its block.
        has_evidence: Whether the evidence has been checked against that block.
        reorgs: How often it was taken back out of a block.
        wiped: Whether it stood on a chain that was started anew since.
    """

    key: str
    head: TreeHead
    state: AnchorState
    mined_in: MinedIn | None
    has_evidence: bool
    reorgs: int
    wiped: bool


class Anchors:
    """Goes over all anchors of a log."""

    def __init__(self, tables: StoredTables, policy: TrustPolicy, found: Findings) -> None:
        """Prepare to read."""
        self._tables, self._policy, self._found = tables, policy, found

    def walk(self) -> Iterator[AnchorFacts]:
        """Check every anchor; return those that can be made sense of."""
        attempts = Cursor(
            self._tables, self._found, "anchor_attempt", "anchor_id", ("attempt_id", "anchor_id")
        )
        messages = Cursor(
            self._tables, self._found, "outbox", "anchor_id", ("message_id", "anchor_id")
        )
        for row in self._tables.rows("anchor", ["anchor_id"]):
            cells = Cells("anchor", ("anchor_id", "size"), row)
            facts, number = None, -1
            with self._found.about("anchor", cells.key, Rule.EVIDENCE):
                number = cells.integer("anchor_id")
                facts = self._read(cells)
            tries, told = attempts.at(number), messages.at(number)
            if facts is not None:
                self._check_attempts(facts, tries)
                self._check_messages(facts, told)
                yield facts
        attempts.end()
        messages.end()

    def _read(self, cells: Cells) -> AnchorFacts:
        policy = self._policy
        head = TreeHead(cells.integer("size", least=1), cells.blob("root", 32))
        target = cells.integer("chain_id"), cells.blob("contract", 20), cells.blob("chain_log_id")
        wiped = cells.integer("wiped") > 0
        if wiped and policy.chain.kind is not ChainKind.DEVELOPMENT:
            raise Fault(Rule.ANCHOR, "set aside as only anchors of development chains are")
        if not wiped and target != (policy.chain.id, policy.contract, policy.log_id):
            raise Fault(Rule.NOT_CHECKED, "chain, contract or log is not that of the policy")
        _check_times(cells)
        state, mined_in = _state_and_block(cells)
        evidence = None if cells.is_null("evidence") else _evidence(cells.text("evidence"))
        if evidence is not None and not wiped:
            self._check_evidence(evidence, head, mined_in)
        reorgs = cells.integer("reorgs")
        return AnchorFacts(cells.key, head, state, mined_in, evidence is not None, reorgs, wiped)

    def _check_evidence(
        self, evidence: ChainEvidence, head: TreeHead, mined_in: MinedIn | None
    ) -> None:
        block = verify_evidence(evidence, self._policy.contract, self._policy.log_id, *head)
        place = evidence.tx_index, evidence.log_position
        if mined_in != MinedIn(block.number, block.hash, block.timestamp, *place):
            raise Fault(Rule.EVIDENCE, "the columns name another place than the evidence proves")

    def _check_attempts(self, anchor: AnchorFacts, attempts: Sequence[Cells]) -> None:
        on_chain: list[tuple[AnchorState, MinedIn | None]] = []
        for cells in attempts:
            with self._found.about("anchor_attempt", cells.key, Rule.ATTEMPT):
                state, place = _state_and_block(cells)
                if state is AnchorState.PLANNED:
                    raise Fault(Rule.ATTEMPT, "state is planned: an attempt begins signed")
                _check_times(cells)
                _check_fee(cells, state)
                self._check_tx(cells, anchor)
                if state in ON_CHAIN:
                    on_chain.append((state, place))
        mined = (anchor.state, anchor.mined_in)
        if on_chain and on_chain != [mined]:
            what = "an attempt is in a block, and the anchor in another or in none"
            self._found.note(Rule.ANCHOR, "anchor", anchor.key, what)
        if not attempts and anchor.state in {AnchorState.SIGNED, AnchorState.SENT}:
            what = f"state is {anchor.state}, and there is no attempt"
            self._found.note(Rule.ANCHOR, "anchor", anchor.key, what)

    def _check_tx(self, cells: Cells, anchor: AnchorFacts) -> None:
        """Compare the columns of an attempt with the tx that was signed."""
        tx = RawAnchorTx.parse(cells.blob("raw_tx"))
        for name in ("tx_hash", "sender", "nonce", "max_fee_wei", "tip_wei", "gas_limit"):
            cells.expect(name, getattr(tx, name), Rule.ATTEMPT)
        cells.expect("old_size", tx.old_size, Rule.ATTEMPT)
        target = tx.chain_id, tx.contract, tx.log_id
        policy = self._policy
        if not anchor.wiped and target != (policy.chain.id, policy.contract, policy.log_id):
            raise Fault(Rule.ATTEMPT, "the tx is for another chain, contract or log")
        if tx.head != anchor.head:
            raise Fault(Rule.ATTEMPT, f"the tx anchors {tx.head.size} entries: another head")

    def _check_messages(self, anchor: AnchorFacts, messages: Sequence[Cells]) -> None:
        """Check that the outbox tells what became of the anchor: mined as often as it was."""
        told: list[AnchorState] = []
        for cells in messages:
            with self._found.about("outbox", cells.key, Rule.ANCHOR):
                cells.time("created_at")
                topic = _TOPICS.get(cells.text("topic"))
                if topic is None:
                    raise Fault(Rule.COLUMN, f"topic is {shown(cells.text('topic'))}")
                told.append(topic)
        mined, final = told.count(AnchorState.MINED), told.count(AnchorState.FINAL)
        was_final = anchor.state is AnchorState.FINAL
        # Whatever came into a block is there still, or was taken back; final or not.
        if mined != anchor.reorgs + (anchor.state in ON_CHAIN) or not (
            was_final <= final <= was_final + anchor.reorgs
        ):
            what = f"state is {anchor.state}, and the outbox tells {[str(each) for each in told]}"
            self._found.note(Rule.ANCHOR, "anchor", anchor.key, what)


def _state_and_block(cells: Cells) -> tuple[AnchorState, MinedIn | None]:
    """Return state and block of an anchor or attempt: in a block exactly when the state says so."""
    text = cells.text("state")
    try:
        state = AnchorState(text)
    except ValueError as error:
        raise Fault(Rule.COLUMN, f"state is {shown(text)}, not a state") from error
    if state not in _IN_A_BLOCK:
        if not cells.is_null(*_BLOCK):
            raise Fault(Rule.ANCHOR, f"state is {state}, and a block is named")
        return state, None
    return state, MinedIn(
        cells.integer("block_number"),
        cells.blob("block_hash", 32),
        cells.integer("block_time"),
        cells.integer("tx_index"),
        cells.integer("log_position", least=0 if state in ON_CHAIN else -1),
    )


def _check_fee(cells: Cells, state: AnchorState) -> None:
    """Check that there is a fee exactly for what is in a block, and no higher than was offered."""
    if state not in _IN_A_BLOCK:
        if not cells.is_null("fee_wei"):
            raise Fault(Rule.ATTEMPT, f"state is {state}, and a fee is named")
        return
    offered = cells.integer("max_fee_wei") * cells.integer("gas_limit")
    if cells.integer("fee_wei") > offered:
        raise Fault(Rule.ATTEMPT, "the fee is higher than the tx allows")


def _evidence(text: str) -> ChainEvidence:
    evidence = evidence_from_json(parse_json(text.encode()))
    if canonical_text(evidence_to_json(evidence)) != text:
        raise Fault(Rule.EVIDENCE, "it is not in canonical form")
    return evidence


def _check_times(cells: Cells) -> None:
    if cells.time("changed_at") < cells.time("created_at"):
        raise Fault(Rule.COLUMN, "changed_at is before created_at")
