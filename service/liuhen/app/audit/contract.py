"""Anchors against what a node of the chain says of the contract."""

from liuhen.app.audit.anchors import AnchorFacts
from liuhen.app.audit.finding import Findings, Rule
from liuhen.core.errors import Unavailable
from liuhen.core.merkle import TreeHead
from liuhen.core.policy import TrustPolicy
from liuhen.domain.anchor_life import ON_CHAIN, AnchorState
from liuhen.ports import Chain


class Contract:
    """The log in the contract, as one node tells it; once it falls silent it is asked no more."""

    def __init__(self, chain: Chain | None, policy: TrustPolicy, found: Findings) -> None:
        """Prepare to ask.

        Args:
            chain: The node; None where there is none to ask.
            policy: The log's trust policy.
            found: Takes findings.
        """
        self._chain, self._policy, self._found = chain, policy, found
        self._told = False

    def latest(self) -> TreeHead | None:
        """Return the newest anchored head, if the node is on the policy's chain and answers."""
        if self._chain is None:
            return None
        try:
            fault = self._other_chain(self._chain)
            if not fault:
                return self._chain.anchored_head()
        except Unavailable as error:
            fault = str(error)
        self._silent(fault)
        return None

    def compare(self, anchor: AnchorFacts) -> None:
        """Compare an anchor that is in a block with the contract."""
        if anchor.state not in ON_CHAIN:
            return
        if anchor.wiped:
            self._check_gone(anchor)
            return
        if self._chain is None:
            if not self._told:
                self._told = True
                what = "no node was asked whether the contract keeps the anchored heads"
                self._found.note(Rule.NOT_CHECKED, "chain", "", what)
            return
        try:
            difference = self._difference(self._chain, anchor)
        except Unavailable as error:
            self._silent(str(error))
            return
        if difference:
            is_final = anchor.state is AnchorState.FINAL
            rule = Rule.CONTRACT if is_final else Rule.NOT_CHECKED
            later = "" if is_final else "; the block may have been reorganised: audit again"
            self._found.note(rule, "anchor", anchor.key, difference + later)

    def _check_gone(self, anchor: AnchorFacts) -> None:
        """Check that an anchor of a chain that was started anew is not on the one there is."""
        place = anchor.mined_in
        if self._chain is None or place is None:
            return
        try:
            block = self._chain.block(place.number)
        except Unavailable as error:
            self._silent(str(error))
            return
        if block is not None and block.hash == place.hash:
            what = "set aside as of a chain that was started anew, and its block is on this one"
            self._found.note(Rule.ANCHOR, "anchor", anchor.key, what)

    def _difference(self, chain: Chain, anchor: AnchorFacts) -> str:
        """Return how the contract differs; nothing if it agrees."""
        kept, place = chain.head_at(anchor.head.size), anchor.mined_in
        assert place is not None, "what is in a block names it"
        if kept is None:
            return "the contract keeps no head of this size"
        if kept.root != anchor.head.root:
            return f"the contract keeps {kept.root.hex()} for this size"
        if (kept.block, kept.timestamp) != (place.number, place.time):
            return f"the contract was told in block {kept.block}, not {place.number}"
        block = chain.block(place.number)
        if block is not None and block.hash != place.hash:
            return f"block {place.number} is {block.hash.hex()} on the chain"
        if not anchor.has_evidence and chain.find_anchoring(anchor.head.size) != place:
            return "the event stands at another place of the block"
        return ""

    def _other_chain(self, chain: Chain) -> str:
        """Return why the node is not one to ask; nothing if it is."""
        policy, identity = self._policy, chain.identity()
        if (identity.chain_id, identity.genesis_hash) != (policy.chain.id, policy.chain.genesis):
            return "the node is on another chain than the policy names"
        if identity.code_hash != policy.code_hash:
            what = "the contract has other code than the policy names, or none"
            self._found.note(Rule.CONTRACT, "chain", "", what)
        if identity.signer not in {key.signer for key, _ in policy.signers}:
            what = f"the log's heads are signed there by 0x{identity.signer.hex()}"
            self._found.note(Rule.CONTRACT, "chain", "", what)
        return ""

    def _silent(self, why: str) -> None:
        self._chain, self._told = None, True
        self._found.note(Rule.NOT_CHECKED, "chain", "", why)
