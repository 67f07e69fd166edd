"""Nodes that lie, lag, keep silent or serve another chain."""

from liuhen.core.chain_view import AnchoredHead, NodeSilence
from liuhen.core.keccak import keccak256
from liuhen.core.merkle import TreeHead
from tests.receipt_corpus import (
    BLOCK_HASH,
    EMPTY_NODE,
    EVIDENCED,
    FORK,
    KIT,
    NODE,
    SEALED,
    SILENT,
    BadAnswer,
    Case,
    anchored_by,
    different,
    match,
    policy,
    unsure,
    waiting,
)
from tests.receipt_kit import AFTER_BLOCK, ANCHOR_BLOCK, ANCHOR_TIME, DEPTH

SECOND, THIRD = "127.0.0.1:8546", "127.0.0.1:8547"
FORKED = AnchoredHead(FORK.tree.root(9), ANCHOR_BLOCK, ANCHOR_TIME)
AFTER = bytes.fromhex(str(AFTER_BLOCK.hash)[2:])
OTHER_BLOCK = keccak256(b"other block")


def disagreeing_cases() -> list[Case]:
    liars = {
        "another_time": (
            "One of two nodes tells another time of the anchor's block.",
            KIT.node(node=SECOND, heads={9: AnchoredHead(KIT.tree.root(9), ANCHOR_BLOCK, 1)}),
        ),
        "another_block": (
            "One of two nodes tells another block of the anchor.",
            KIT.node(node=SECOND, heads={9: AnchoredHead(KIT.tree.root(9), 3, ANCHOR_TIME)}),
        ),
        "no_head": (
            "One of two nodes lags behind the anchor, or hides it.",
            KIT.node(5, node=SECOND, heads={9: None}),
        ),
        "head_denied": (
            "One of two nodes says that the contract has passed this size and never held it.",
            KIT.node(node=SECOND, heads={9: None}, latest=TreeHead(12, keccak256(b"twelve"))),
        ),
    }
    cases = [
        Case(
            f"nodes_disagree_{name}",
            why,
            **anchored_by(NODE, liar, with_nodes=unsure("nodes-disagree")),
        )
        for name, (why, liar) in liars.items()
    ]
    return [
        *cases,
        Case(
            "liar_first",
            "The lying node is named first: order means nothing.",
            **anchored_by(
                KIT.node(heads={9: FORKED}),
                KIT.node(node=SECOND),
                with_nodes=unsure("nodes-disagree"),
            ),
        ),
        Case(
            "liars_in_the_majority",
            "Two of three nodes tell a fork: nobody is outvoted.",
            **anchored_by(
                NODE,
                KIT.node(node=SECOND, heads={9: FORKED}),
                KIT.node(node=THIRD, heads={9: FORKED}),
                with_nodes=unsure("nodes-disagree"),
            ),
        ),
        Case(
            "liar_against_known_block",
            "The node tells another block at a height that the policy knows.",
            EVIDENCED,
            policy(known_blocks=((ANCHOR_BLOCK, BLOCK_HASH),)),
            match("final"),
            nodes=(KIT.node(block_hashes={17: AFTER, ANCHOR_BLOCK: OTHER_BLOCK}),),
            with_nodes=unsure("node-on-another-chain"),
        ),
        Case(
            "one_node_lacks_the_block",
            "One of two nodes does not have the block of the evidence.",
            EVIDENCED,
            policy(),
            unsure("block-hash-to-compare"),
            nodes=(NODE, KIT.node(node=SECOND, block_hashes={17: AFTER, ANCHOR_BLOCK: None})),
            with_nodes=unsure("block-not-on-this-chain"),
        ),
    ]


def silent_cases() -> list[Case]:
    garbage = {
        "html": ("a page of a proxy", "<html>502 Bad Gateway</html>"),
        "not_json": ("JSON that is cut off", '{"jsonrpc":"2.0","id":1,"resu'),
        "other_id": ("an answer to another request", '{"jsonrpc":"2.0","id":77,"result":"0x1"}'),
        "error": ("an error", '{"jsonrpc":"2.0","id":1,"error":{"code":-32601,"message":"no"}}'),
        "number": ("a number where a text belongs", '{"jsonrpc":"2.0","id":1,"result":1}'),
        "nothing": ("nothing at all", ""),
    }
    cases = [
        Case(
            f"node_answers_{name}",
            f"The node answers {what}: that is no answer, and no difference.",
            **anchored_by(
                BadAnswer("127.0.0.1:8545", f"{what}", body), with_nodes=unsure("node-unreachable")
            ),
        )
        for name, (what, body) in garbage.items()
    ]
    return [
        *cases,
        Case(
            "node_silent_alone",
            "The only node does not answer, and the receipt is sealed: nothing is waited for.",
            SEALED,
            policy(),
            waiting("not-anchored-yet"),
            nodes=(SILENT,),
            with_nodes=unsure("node-unreachable"),
        ),
        Case(
            "silent_beside_liar",
            "One node lies and the other is silent.",
            **anchored_by(
                KIT.node(heads={9: FORKED}),
                NodeSilence("127.0.0.1:1", "connection refused"),
                with_nodes=unsure("node-unreachable"),
            ),
        ),
    ]


def chain_cases() -> list[Case]:
    return [
        Case(
            "node_of_another_chain_id",
            "The node has another chain id.",
            **anchored_by(KIT.node(chain_id=1), with_nodes=unsure("node-on-another-chain")),
        ),
        Case(
            "second_node_on_another_chain",
            "Two nodes, of which the second is on another chain.",
            **anchored_by(
                NODE,
                KIT.node(node=SECOND, genesis=keccak256(b"other genesis")),
                with_nodes=unsure("node-on-another-chain"),
            ),
        ),
        Case(
            "behind",
            "The only node is behind the anchor but has the checkpoint's size: the proof that the"
            " receipt owes exists.",
            **anchored_by(KIT.node(5, heads={9: None}), with_nodes=unsure("operator-owes-proof")),
        ),
        Case(
            "far_behind",
            "The only node is behind the checkpoint too: an ordinary wait.",
            **anchored_by(KIT.node(4, heads={9: None}), with_nodes=waiting("contract-behind")),
        ),
        Case(
            "ahead_with_another_head_fail",
            "The contract is ahead and holds another head of this size: the receipt is of a fork.",
            **anchored_by(
                KIT.node(heads={9: FORKED}, latest=TreeHead(12, keccak256(b"twelve"))),
                with_nodes=different("anchor", "sealed"),
            ),
        ),
        Case(
            "ahead_with_our_head",
            "The contract is ahead and holds this head: an old receipt stays good.",
            **anchored_by(
                KIT.node(latest=TreeHead(12, keccak256(b"twelve")), tip=ANCHOR_BLOCK + 1_000_000),
                with_nodes=match("final"),
            ),
        ),
        Case(
            "one_node_is_slow",
            "Both nodes know the anchor; the slower one's newest block decides what is final.",
            **anchored_by(
                NODE,
                KIT.node(node=SECOND, tip=ANCHOR_BLOCK + DEPTH - 1),
                with_nodes=waiting("not-final-yet", "anchored"),
            ),
        ),
        Case(
            "tip_before_the_anchor",
            "The node's newest block is before the anchor's own: it contradicts itself, and nothing"
            " is final.",
            **anchored_by(
                KIT.node(tip=ANCHOR_BLOCK - 1), with_nodes=waiting("not-final-yet", "anchored")
            ),
        ),
        Case(
            "named_block_not_on_the_chain",
            "The block that the record names is not on the chain: nothing bounds the time from"
            " below, and the record is unchanged all the same.",
            **anchored_by(KIT.node(block_hashes={17: OTHER_BLOCK}), with_nodes=match("final")),
        ),
        Case(
            "nodes_tell_different_named_blocks",
            "The nodes agree on the anchor and differ about the block that the record names.",
            **anchored_by(
                NODE,
                KIT.node(node=SECOND, block_hashes={17: OTHER_BLOCK}),
                with_nodes=match("final"),
            ),
        ),
        Case(
            "node_denies_known_anchor",
            "The policy vouches for the evidence's block, and the node knows of no anchor at all:"
            " whom to believe is not for us to say.",
            EVIDENCED,
            policy(known_blocks=((ANCHOR_BLOCK, BLOCK_HASH),)),
            match("final"),
            nodes=(EMPTY_NODE,),
            with_nodes=waiting("contract-behind"),
        ),
    ]


def node_cases() -> list[Case]:
    return [*disagreeing_cases(), *silent_cases(), *chain_cases()]
