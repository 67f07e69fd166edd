"""The edges of a trust policy, and every level of `require` with every life."""

from liuhen.core.disclosure import Row
from liuhen.core.keccak import keccak256
from liuhen.core.policy import ChainKind, Life, SizeRange, TrustedChain, TrustPolicy
from tests.corpus.mixed import planted
from tests.receipt_corpus import (
    ALWAYS_OVERDUE,
    ANCHORED,
    BLOCK_HASH,
    EMPTY_NODE,
    EVIDENCED,
    KIT,
    NODE,
    SEALED,
    Case,
    Expected,
    anchored_by,
    changed,
    match,
    policy,
    unsure,
    waiting,
)
from tests.receipt_kit import AFTER_BLOCK, ANCHOR_BLOCK, CHAIN_ID, DEPTH, GENESIS, Kit

OTHER_KEYS = Kit(seed=3)
SHALLOW = KIT.node(tip=ANCHOR_BLOCK)


def range_cases() -> list[Case]:
    """Key ranges, off by one at both ends, for both kinds of keys; the head has 5 entries."""
    open_reason = unsure("key-not-for-this-size", None)
    ranges: list[tuple[str, str, SizeRange, Expected]] = [
        ("first", "from size 5 on, the head's own", SizeRange(5), match("sealed")),
        ("last", "up to size 5, the head's own", SizeRange(0, 5), match("final")),
        ("only", "for size 5 alone", SizeRange(5, 5), match("final")),
        ("too_late", "from size 6 on, one beyond the head", SizeRange(6), open_reason),
        ("too_early", "up to size 4, one before the head", SizeRange(0, 4), open_reason),
    ]
    vouched = ((ANCHOR_BLOCK, BLOCK_HASH),)  # a retired key counts under an anchored head alone
    overdue = unsure("anchoring-overdue", None)
    cases = []
    for name, why, sizes, expected in ranges:
        receipt = EVIDENCED if expected == match("final") else SEALED
        known = vouched if receipt is EVIDENCED else ()
        trusted = policy(Life.SEALED, log_keys=((KIT.log_key, sizes),), known_blocks=known)
        told = f"The log's key is good {why}."
        cases.append(Case(f"log_key_{name}", told, receipt, trusted, expected))
        trusted = policy(Life.SEALED, signers=((KIT.signer_key, sizes),), known_blocks=known)
        told = f"The Ethereum key is good {why}."
        cases.append(Case(f"signer_key_{name}", told, receipt, trusted, expected))
    for name, keys in (
        ("log", {"log_keys": ((KIT.log_key, SizeRange(0, 5)),)}),
        ("signer", {"signers": ((KIT.signer_key, SizeRange(0, 5)),)}),
    ):
        trusted = policy(Life.SEALED, max_anchor_age_seconds=0, **keys)
        told = f"A retired {name} key signed a head that leads to no anchored one: a thief can."
        cases.append(Case(f"{name}_key_retired", told, SEALED, trusted, overdue))
    return cases


def key_cases() -> list[Case]:
    rotated = policy(
        Life.SEALED,
        log_keys=((OTHER_KEYS.log_key, SizeRange(0, 4)), (KIT.log_key, SizeRange(5))),
        signers=((OTHER_KEYS.signer_key, SizeRange(0, 4)), (KIT.signer_key, SizeRange(5))),
    )
    retired = policy(
        Life.SEALED,
        log_keys=((KIT.log_key, SizeRange(0, 4)), (OTHER_KEYS.log_key, SizeRange(5))),
    )
    one_of_two = policy(Life.SEALED, signers=((OTHER_KEYS.signer_key, SizeRange()),))
    return [
        Case(
            "key_after_rotation",
            "Keys were changed at size 5, and the head of size 5 is signed by the new ones.",
            SEALED,
            rotated,
            match("sealed"),
        ),
        Case(
            "key_retired",
            "A head signed by a key that had been retired one size before.",
            SEALED,
            retired,
            unsure("key-not-for-this-size", None),
        ),
        Case(
            "signer_not_in_policy",
            "The log's key is in the policy, the Ethereum key is not: one of two is not enough.",
            SEALED,
            one_of_two,
            unsure("no-line-by-a-policy-key", None),
        ),
        Case(
            "other_log_id_in_policy_fail",
            "The policy knows the log under another id of the contract: the head was not signed"
            " for that.",
            SEALED,
            policy(Life.SEALED, log_id=keccak256(b"other log id")),
            Expected(3, "different", "signer_signature"),
        ),
    ]


def level_cases() -> list[Case]:
    """Each level of `require` with each life; nodes tell the life."""
    lives = {
        "sealed": (EMPTY_NODE, SEALED),
        "anchored": (SHALLOW, ANCHORED),
        "final": (NODE, ANCHORED),
    }
    answers: dict[tuple[Life, str], Expected] = {
        (Life.SEALED, "sealed"): match("sealed"),
        (Life.SEALED, "anchored"): match("anchored"),
        (Life.SEALED, "final"): match("final"),
        (Life.ANCHORED, "sealed"): waiting("not-anchored-yet"),
        (Life.ANCHORED, "anchored"): match("anchored"),
        (Life.ANCHORED, "final"): match("final"),
        (Life.FINAL, "sealed"): waiting("not-anchored-yet"),
        (Life.FINAL, "anchored"): waiting("not-final-yet", "anchored"),
        (Life.FINAL, "final"): match("final"),
    }
    cases = []
    for (require, life), expected in answers.items():
        node, receipt = lives[life]
        if require is Life.SEALED:
            offline = match("sealed")
        elif receipt is SEALED:
            offline = waiting("not-anchored-yet")
        else:
            offline = unsure("no-node-asked")
        cases.append(
            Case(
                f"require_{require}_of_{life}",
                f"The policy requires {require}, and nodes tell that the entry is {life}.",
                receipt,
                policy(require),
                offline,
                nodes=(node,),
                with_nodes=expected,
            )
        )
    return cases


def depth(blocks: int) -> TrustPolicy:
    return policy(chain=TrustedChain(ChainKind.DEVELOPMENT, CHAIN_ID, GENESIS, blocks))


def chain_cases() -> list[Case]:
    after = bytes.fromhex(str(AFTER_BLOCK.hash)[2:])
    kinds = [
        Case(
            f"on_a_{kind}_chain",
            f"The policy says that the chain is a {kind} one: only the words about time differ.",
            EVIDENCED,
            policy(
                chain=TrustedChain(kind, CHAIN_ID, GENESIS, DEPTH),
                known_blocks=((17, after), (ANCHOR_BLOCK, BLOCK_HASH)),
            ),
            match("final"),
        )
        for kind in (ChainKind.CONSORTIUM, ChainKind.PUBLIC)
    ]
    return [
        *kinds,
        Case(
            "depth_of_no_block",
            "The policy asks for no block after the anchor's.",
            **anchored_by(SHALLOW, policy=depth(0), with_nodes=match("final")),
        ),
        Case(
            "depth_exactly_reached",
            "Exactly as many blocks follow as the policy asks for.",
            **anchored_by(
                KIT.node(tip=ANCHOR_BLOCK + 6), policy=depth(6), with_nodes=match("final")
            ),
        ),
        Case(
            "depth_one_short",
            "One block fewer follows than the policy asks for.",
            **anchored_by(
                KIT.node(tip=ANCHOR_BLOCK + 5),
                policy=depth(6),
                with_nodes=waiting("not-final-yet", "anchored"),
            ),
        ),
        Case(
            "overdue_finality",
            "Anchored, not final, and older than the policy allows an entry to be.",
            **anchored_by(
                SHALLOW,
                policy=policy(max_anchor_age_seconds=ALWAYS_OVERDUE),
                with_nodes=unsure("anchoring-overdue", "anchored"),
            ),
        ),
        Case(
            "old_and_final",
            "As old as can be, and final: age says nothing any more.",
            **anchored_by(
                NODE,
                policy=policy(max_anchor_age_seconds=ALWAYS_OVERDUE),
                with_nodes=match("final"),
            ),
        ),
        Case(
            "known_block_at_another_height",
            "The policy knows the hash of the evidence's block, at another height: that is no"
            " voucher.",
            EVIDENCED,
            policy(known_blocks=((ANCHOR_BLOCK + 1, BLOCK_HASH),)),
            unsure("block-hash-to-compare"),
        ),
        Case(
            "known_blocks_contradict",
            "The policy knows two hashes for the height of the evidence's block.",
            EVIDENCED,
            policy(known_blocks=((ANCHOR_BLOCK, BLOCK_HASH), (ANCHOR_BLOCK, keccak256(b"other")))),
            unsure("another-block-hash-given"),
        ),
        Case(
            "several_block_hashes",
            "The caller vouches for several blocks, one of which is the evidence's.",
            EVIDENCED,
            policy(),
            match("final"),
            block_hashes=(after, BLOCK_HASH, keccak256(b"other block")),
        ),
        Case(
            "no_after_block",
            "The record names no block: nothing bounds its time from below, and it is a match all"
            " the same.",
            planted(_without_block()),
            policy(Life.SEALED),
            match("sealed"),
        ),
    ]


def _without_block() -> tuple[Row, ...]:
    receipt = SEALED
    for name in ("chain_id", "hash", "number"):
        receipt = changed(("after_block", name), None, receipt)
    return receipt.rows


def policy_cases() -> list[Case]:
    return [*range_cases(), *key_cases(), *level_cases(), *chain_cases()]
