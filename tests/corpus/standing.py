"""What the contract says of the log as a whole: forks that were shown, its end, whose key when."""

import dataclasses
from typing import Any

from liuhen.core.log_standing import AppointedSigner, ForkMark, LogClosing
from liuhen.core.policy import Life, SizeRange
from tests.corpus.nodes import SECOND
from tests.receipt_corpus import (
    ANCHORED,
    BLOCK_HASH,
    EMPTY_NODE,
    EVIDENCED,
    FORK,
    KIT,
    NODE,
    OTHER,
    SEALED,
    SILENT,
    Case,
    Expected,
    anchored_by,
    changed,
    different,
    match,
    policy,
    unsure,
    waiting,
)
from tests.receipt_kit import ANCHOR_BLOCK

MARK = ForkMark(KIT.signer_key.signer, 7, FORK.tree.root(7), KIT.tree.root(7), 20)
NEXT_LOG = bytes.fromhex("5c" * 32)
OWN, NEW = KIT.signer_key.signer, OTHER.signer_key.signer


def standing(**changes: Any) -> Any:
    return dataclasses.replace(KIT.standing, **changes)


def node(size: int | None = 9, **changes: Any) -> Any:
    """Return an honest node whose contract says this of the log; `node` is its name."""
    name = changes.pop("node", "127.0.0.1:8545")
    heads = {} if size is None or size >= 9 else {"heads": {9: None, size: KIT.anchored_head(size)}}
    return KIT.node(size, node=name, standing=standing(**changes), **heads)


def closed(final_size: int, successor: bytes | None = NEXT_LOG) -> LogClosing:
    return LogClosing(final_size, successor, 21)


def keys(*signers: tuple[bytes, int]) -> tuple[AppointedSigner, ...]:
    return tuple(AppointedSigner(*each) for each in signers)


def sealed_by(*nodes: Any, with_nodes: Expected) -> dict[str, Any]:
    """Return the members of a case about a sealed receipt whose policy asks for no more."""
    return {
        "receipt": SEALED,
        "policy": policy(Life.SEALED),
        "offline": match("sealed"),
        "nodes": nodes,
        "with_nodes": with_nodes,
    }


def young_by(*nodes: Any, with_nodes: Expected) -> dict[str, Any]:
    """Return the members of a case about a sealed receipt that waits for its anchor."""
    return {
        "receipt": SEALED,
        "policy": policy(),
        "offline": waiting("not-anchored-yet"),
        "nodes": nodes,
        "with_nodes": with_nodes,
    }


def forked_cases() -> list[Case]:
    marked = node(mark=MARK)
    behind = dataclasses.replace(EMPTY_NODE, heads={9: None}, standing=standing(mark=MARK))
    return [
        Case(
            "standing_forked_sealed",
            "The contract holds the proof of a fork, and the receipt is only sealed.",
            **sealed_by(marked, with_nodes=unsure("log-forked", None).warning("log-forked")),
        ),
        Case(
            "standing_forked_waiting",
            "A receipt that waits for its anchor, in a log that forked: it is not waited for.",
            **young_by(
                dataclasses.replace(EMPTY_NODE, standing=standing(mark=MARK)),
                with_nodes=unsure("log-forked", None).warning("log-forked"),
            ),
        ),
        Case(
            "standing_forked_anchored",
            "A log that forked, and a receipt under an anchored head: it holds, with a warning.",
            **anchored_by(marked, with_nodes=match("final").warning("log-forked")),
        ),
        Case(
            "standing_forked_known_block",
            "The same, and the policy vouches for the anchor's block.",
            EVIDENCED,
            policy(known_blocks=((ANCHOR_BLOCK, BLOCK_HASH),)),
            match("final"),
            nodes=(dataclasses.replace(NODE, standing=standing(mark=MARK)),),
            with_nodes=match("final").warning("log-forked"),
        ),
        Case(
            "standing_forked_far_away",
            "The fork was shown at a size that no receipt has reached: it is the same signer.",
            **sealed_by(
                node(mark=dataclasses.replace(MARK, size=2**53 - 1)),
                with_nodes=unsure("log-forked", None).warning("log-forked"),
            ),
        ),
        Case(
            "standing_forked_and_reorganised",
            "The contract does not have the receipt's head any more, and the log forked.",
            **anchored_by(behind, with_nodes=unsure("log-forked", None).warning("log-forked")),
        ),
        Case(
            "standing_forked_beside_silent_node",
            "One node tells of the fork and the other is silent: silence does not hide it.",
            **sealed_by(
                marked, SILENT, with_nodes=unsure("log-forked", None).warning("log-forked")
            ),
        ),
        Case(
            "standing_fork_denied",
            "One node tells of the fork and the other of none.",
            **sealed_by(marked, node(node=SECOND), with_nodes=unsure("nodes-disagree", None)),
        ),
        Case(
            "standing_fork_denied_of_anchored",
            "The same about a receipt under an anchored head, on which both agree.",
            **anchored_by(
                node(), node(node=SECOND, mark=MARK), with_nodes=unsure("nodes-disagree", "final")
            ),
        ),
        Case(
            "standing_forked_and_changed_fail",
            "A log that forked, and a changed score: that is a difference all the same.",
            **anchored_by(
                marked,
                receipt=changed(["data", "scores", 0, "技术部分"], "44.00"),
                offline=different("inclusion", None),
                with_nodes=different("inclusion", None).warning("log-forked"),
            ),
        ),
        Case(
            "standing_of_another_log",
            "The node tells of a fork of the policy's log, and the receipt is of another.",
            OTHER.receipt(5),
            policy(Life.SEALED),
            unsure("origin-not-in-policy", None),
            nodes=(marked,),
            with_nodes=unsure("origin-not-in-policy", None),
        ),
        Case(
            "standing_told_on_another_chain",
            "A node of another chain tells of a fork there.",
            **anchored_by(
                dataclasses.replace(marked, chain_id=1),
                with_nodes=unsure("node-on-another-chain"),
            ),
        ),
    ]


def closed_cases() -> list[Case]:
    return [
        Case(
            "standing_closed",
            "The log ended at the anchored size and names the one that goes on.",
            **anchored_by(node(closing=closed(9)), with_nodes=match("final").warning("log-closed")),
        ),
        Case(
            "standing_closed_for_good",
            "The log ended beyond the anchored size, and no other goes on.",
            **anchored_by(
                node(closing=closed(12, None)), with_nodes=match("final").warning("log-closed")
            ),
        ),
        Case(
            "standing_closed_at_the_last_size",
            "The log ends at exactly the receipt's size, which can still be anchored.",
            **young_by(
                node(4, closing=closed(5)),
                with_nodes=waiting("not-anchored-yet").warning("log-closed"),
            ),
        ),
        Case(
            "standing_beyond_the_end",
            "The log ended one entry before the receipt's size: nothing is to be waited for.",
            **young_by(
                node(4, closing=closed(4)),
                with_nodes=unsure("beyond-final-size", None).warning("log-closed"),
            ),
        ),
        Case(
            "standing_beyond_the_end_sealed",
            "The same under a policy that asks for no anchor.",
            **sealed_by(
                node(4, closing=closed(4)),
                with_nodes=unsure("beyond-final-size", None).warning("log-closed"),
            ),
        ),
        Case(
            "standing_anchor_beyond_the_end",
            "The receipt names an anchor that the contract can never have.",
            **anchored_by(
                node(4, closing=closed(6)),
                with_nodes=unsure("beyond-final-size", None).warning("log-closed"),
            ),
        ),
        Case(
            "standing_end_denied",
            "One node tells of the log's end and the other of none.",
            **anchored_by(
                node(closing=closed(9)),
                node(node=SECOND),
                with_nodes=unsure("nodes-disagree", "final"),
            ),
        ),
    ]


def key_cases() -> list[Case]:
    late = KIT.policy(
        max_anchor_age_seconds=2**50,
        signers=((OTHER.signer_key, SizeRange(0, 4)), (KIT.signer_key, SizeRange(5))),
    )
    return [
        Case(
            "standing_key_retired_before",
            "The contract replaced the key before this size, and the policy does not know it yet:"
            " whoever stole the old key signs in vain.",
            **anchored_by(
                node(signers=keys((OWN, 0), (NEW, 5))),
                with_nodes=unsure("signer-not-for-this-size", None),
            ),
        ),
        Case(
            "standing_key_retired_at_the_last_size",
            "The contract replaced the key after this very size, and the receipt is anchored.",
            **anchored_by(node(signers=keys((OWN, 0), (NEW, 6))), with_nodes=match("final")),
        ),
        Case(
            "standing_key_retired_sealed",
            "The same, and only sealed under a policy that asks for no more: an anchor is needed.",
            **sealed_by(
                node(4, signers=keys((OWN, 0), (NEW, 6))),
                with_nodes=waiting("not-anchored-yet", None),
            ),
        ),
        Case(
            "standing_key_retired_overtaken",
            "The same, and the contract's head has passed the receipt's.",
            **sealed_by(
                node(signers=keys((OWN, 0), (NEW, 6))),
                with_nodes=unsure("operator-owes-proof", None),
            ),
        ),
        Case(
            "standing_key_appointed_later",
            "The contract has the key from a larger size on.",
            **anchored_by(
                node(signers=keys((NEW, 0), (OWN, 6))),
                with_nodes=unsure("signer-not-for-this-size", None),
            ),
        ),
        Case(
            "standing_key_appointed_again",
            "The contract replaced the key and came back to it before this size.",
            **anchored_by(
                node(signers=keys((OWN, 0), (NEW, 2), (OWN, 5))), with_nodes=match("final")
            ),
        ),
        Case(
            "standing_key_unknown",
            "The contract never had the key that the policy believes.",
            **sealed_by(
                node(signers=keys((NEW, 0))), with_nodes=unsure("signer-not-in-contract", None)
            ),
        ),
        Case(
            "standing_key_newer_than_the_contract",
            "The policy knows a newer key, and the contract does not.",
            ANCHORED,
            late,
            unsure("no-node-asked"),
            nodes=(node(signers=keys((NEW, 0))),),
            with_nodes=unsure("signer-not-in-contract", None),
        ),
        Case(
            "standing_log_not_registered",
            "The contract has no log of the policy's identifier, and so no key.",
            **sealed_by(node(None, signers=()), with_nodes=unsure("signer-not-in-contract", None)),
        ),
        Case(
            "standing_keys_denied",
            "Two nodes tell different keys of the log.",
            **anchored_by(
                node(),
                node(node=SECOND, signers=keys((OWN, 0), (NEW, 5))),
                with_nodes=unsure("nodes-disagree", "final"),
            ),
        ),
    ]


def standing_cases() -> list[Case]:
    return [*forked_cases(), *closed_cases(), *key_cases()]
