"""The chain through several nodes, of which each may be down, late, behind, or wrong.

Questions go to the first node, in the operator's order, that is believed at the moment. Where it
gives no answer the next one is asked; an error of its own is an answer, and ends the call. Txs go
to all of them.

Nobody is outvoted (decision 0020). Whatever a step may rest on for good, a final block and a head
in the contract, all nodes that answer must tell alike, as far as they have it; else the answer is
`Unavailable`, and the operator is told. Only what the trust policy itself says tells a wrong node
from a right one.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Final, TypeVar

from liuhen.adapters.chain.endpoint import Endpoint, PinnedChain
from liuhen.app.tell import Tell, tell_nobody
from liuhen.core.chain_evidence import ChainEvidence
from liuhen.core.chain_view import AnchoredHead
from liuhen.core.errors import Unavailable
from liuhen.core.merkle import TreeHead
from liuhen.ports import (
    Block,
    Chain,
    ChainIdentity,
    MinedIn,
    NodeCondition,
    NodeRefused,
    NodeState,
    TxReceipt,
)

T = TypeVar("T")
_FAR_BEHIND: Final = 8


class SeveralNodes:
    """A `Chain` over the same chain through each of several nodes; one is enough. For one thread.

    `nodes` may be called from any.
    """

    def __init__(
        self,
        chains: Sequence[tuple[str, Chain]],
        pinned: PinnedChain,
        depth: int,
        tell: Tell = tell_nobody,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Prepare; nothing is asked yet.

        Args:
            chains: Host and chain of each node, the preferred one first; at least one.
            pinned: What the trust policy says of the chain.
            depth: Blocks that make one final; heights may go back by as much.
            tell: Takes what the operator should know.
            clock: Seconds that only grow.
        """
        self.target = chains[0][1].target
        self._nodes = [Endpoint(host, chain, clock) for host, chain in chains]
        self._pinned, self._depth, self._tell = pinned, depth, tell
        self._disagreeing: set[tuple[str, str, str]] = set()

    def nodes(self) -> Sequence[NodeState]:
        """Return how each node does, in the operator's order."""
        return tuple(node.state for node in self._nodes)

    def identity(self) -> ChainIdentity:
        """Return what the first believed node says, or a foreign one where all of them are."""
        before = [node for node in self._nodes if node.is_asked]
        for node in self._believed():
            said = None if node in before else node.identity  # it was asked this moment
            return said or self._ask(lambda chain: chain.identity())[1]
        said = self._nodes[0].identity
        if said and all(node.condition is NodeCondition.FOREIGN for node in self._nodes):
            return said
        raise self._nobody()

    def block(self, number: int) -> Block | None:
        """Return the block that stands at a height now; at a final height, by all nodes."""
        asked, found = self._ask(lambda chain: chain.block(number))
        if found is not None and (asked.height or 0) - self._depth >= number:
            self._compare_block(asked, found)
        return found

    def newest_block(self) -> Block:
        """Return the newest block of the first believed node."""
        return self._ask(lambda chain: chain.newest_block())[1]

    def final_block(self) -> Block | None:
        """Return the newest final block; no node that answers tells another of this number.

        Here the heights of all nodes are looked at, once for each step of whoever calls.
        """
        for node in self._in_turn():
            self._look(node)
        if not any(node.is_asked for node in self._nodes):
            raise self._nobody()  # and do not wait for them once more
        asked, found = self._ask(lambda chain: chain.final_block())
        if found is not None:
            self._compare_block(asked, found)
        return found

    def anchored_head(self) -> TreeHead:
        """Return the log's head in the contract; a node may be behind, on the same way."""
        asked, found = self._ask(lambda chain: chain.anchored_head())
        for other, told in self._others(asked, lambda chain: chain.anchored_head()):
            small, ahead = (told, asked) if told.size <= found.size else (found, other)
            alike = found == told or not small.size
            if not alike:
                kept = ahead.chain.head_at(small.size)
                alike = kept is not None and kept.root == small.root
            self._compare(asked, other, "newest head", small.size, alike=alike)
        return found

    def head_at(self, size: int) -> AnchoredHead | None:
        """Return the head that the contract keeps for exactly this size."""
        asked, found = self._ask(lambda chain: chain.head_at(size))
        for other, told in self._others(asked, lambda chain: chain.head_at(size)):
            if found is None or told is None:
                alike = not (self._denies(asked, found, told) or self._denies(other, told, found))
            else:
                alike = found.root == told.root
            self._compare(asked, other, "head", size, alike=alike)
        return found

    def find_anchoring(self, size: int) -> MinedIn | None:
        """Return where the event stands that anchored this size, whoever sent the tx."""
        return self._ask(lambda chain: chain.find_anchoring(size))[1]

    def evidence(self, place: MinedIn) -> ChainEvidence | None:
        """Return the evidence that a block holds the tx at a place."""
        return self._ask(lambda chain: chain.evidence(place))[1]

    def next_nonce(self, sender: bytes) -> int:
        """Return the number of mined txs of the sender."""
        return self._ask(lambda chain: chain.next_nonce(sender))[1]

    def balance_wei(self, sender: bytes) -> int:
        """Return what the sender's account holds."""
        return self._ask(lambda chain: chain.balance_wei(sender))[1]

    def tip_wei(self) -> int:
        """Return the priority fee per gas that the first believed node suggests."""
        return self._ask(lambda chain: chain.tip_wei())[1]

    def tx_receipt(self, tx_hash: bytes) -> TxReceipt | None:
        """Return what became of a tx, or None if it is not in a block now."""
        return self._ask(lambda chain: chain.tx_receipt(tx_hash))[1]

    def mine(self) -> None:
        """Ask a development chain for one more block."""
        self._ask(lambda chain: chain.mine())

    def send(self, raw_tx: bytes) -> None:
        """Hand a signed tx to every node that answers; it is enough if one of them takes it."""
        taken, error = False, Unavailable("no node takes txs now")
        for node in self._answering():
            try:
                node.chain.send(raw_tx)
            except NodeRefused as refused:
                error = refused  # that it knows the tx already, most often
            except Unavailable as silent:
                self._failed(node, silent)
                error = silent
            else:
                taken = True
        if not taken:
            raise error

    def _ask(self, question: Callable[[Chain], T]) -> tuple[Endpoint, T]:
        """Ask the first believed node that answers.

        Raises:
            NodeRefused: It answered with an error.
            Unavailable: None of them answers.
        """
        for node in self._believed():
            try:
                return node, question(node.chain)
            except Unavailable as error:
                self._failed(node, error)
                if isinstance(error, NodeRefused):
                    raise
        raise self._nobody()

    def _others(
        self, asked: Endpoint, question: Callable[[Chain], T]
    ) -> Iterator[tuple[Endpoint, T]]:
        """Give the answers of all other nodes that answer, believed or not."""
        for node in self._answering():
            if node is asked:
                continue
            try:
                told = question(node.chain)
            except Unavailable as error:
                self._failed(node, error)
            else:
                yield node, told

    def _believed(self) -> Iterator[Endpoint]:
        """Give the nodes that are believed, once one that was not was looked at anew."""
        for node in self._in_turn():
            if node.condition is not NodeCondition.ANSWERING:
                self._look(node)
            if node.condition is NodeCondition.ANSWERING:
                yield node

    def _answering(self) -> Iterator[Endpoint]:
        """Give the nodes that answer, believed or not."""
        for node in self._in_turn():
            if not node.is_asked:
                self._look(node)
            if node.is_asked:
                yield node

    def _in_turn(self) -> Sequence[Endpoint]:
        """Return the nodes that may be asked now; if none, the one whose time comes first."""
        due = [node for node in self._nodes if node.is_due]
        return due or [min(self._nodes, key=lambda node: node.due)]

    def _nobody(self) -> Unavailable:
        return Unavailable("; ".join(each.trouble for each in self.nodes() if each.trouble))

    def _look(self, node: Endpoint) -> None:
        """See which chain it is on, unless that is known, and how far it is."""
        try:
            wrong = "" if node.is_asked else node.check_pinned(self._pinned)
            if wrong:
                self._fail(node, NodeCondition.FOREIGN, f"node {node.host} {wrong}")
                return
            wrong = node.look(self._depth) or self._far_behind(node)
        except Unavailable as error:
            self._failed(node, error)
            return
        if wrong and node.fall_behind(f"node {node.host} {wrong}"):
            self._tell_trouble(node)
        elif not wrong and node.recover():
            self._tell("node.recovered", {"node": node.host})

    def _far_behind(self, node: Endpoint) -> str:
        believed = (each for each in self._nodes if each.condition is NodeCondition.ANSWERING)
        height = node.height or 0
        behind = max((each.height or 0 for each in believed), default=height) - height
        is_far = behind > max(self._depth, _FAR_BEHIND)
        return f"is {behind} blocks behind another one" if is_far else ""

    def _denies(
        self, node: Endpoint, said: AnchoredHead | None, other: AnchoredHead | None
    ) -> bool:
        """Return whether a node should know what the other one says, and does not."""
        if said is not None or other is None or node.condition is not NodeCondition.ANSWERING:
            return False
        return (node.height or 0) - self._depth >= other.block

    def _compare_block(self, asked: Endpoint, found: Block) -> None:
        for other, told in self._others(asked, lambda chain: chain.block(found.number)):
            alike = told is None or told.hash == found.hash
            self._compare(asked, other, "final block", found.number, alike=alike)

    def _compare(
        self, one: Endpoint, other: Endpoint, about: str, number: int, *, alike: bool
    ) -> None:
        """Conclude nothing from what two nodes tell differently; the operator is told once."""
        key = (one.host, other.host, about)
        if alike:
            if key in self._disagreeing:
                self._disagreeing.discard(key)
                if not self._disagreeing:
                    self._tell("nodes.agree", {"one": one.host, "other": other.host})
            return
        if key not in self._disagreeing:
            self._disagreeing.add(key)
            facts = {"one": one.host, "other": other.host, "about": about, "number": number}
            self._tell("nodes.disagree", facts)
        raise Unavailable(f"nodes {one.host} and {other.host} disagree about {about} {number}")

    def _failed(self, node: Endpoint, error: Unavailable) -> None:
        refused = isinstance(error, NodeRefused)
        condition = NodeCondition.REFUSING if refused else NodeCondition.SILENT
        self._fail(node, condition, str(error))

    def _fail(self, node: Endpoint, condition: NodeCondition, why: str) -> None:
        if node.fail(condition, why):
            self._tell_trouble(node)

    def _tell_trouble(self, node: Endpoint) -> None:
        state = node.state
        facts = {"node": state.host, "condition": str(state.condition), "why": state.trouble}
        self._tell("node.trouble", {**facts})
