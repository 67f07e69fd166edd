"""Parts of good receipts under each other's heads, and each check failing alone."""

import dataclasses
from dataclasses import dataclass, field

from liuhen.core.canonical import JsonValue, canonical_text
from liuhen.core.checkpoint import Checkpoint
from liuhen.core.disclosure import Row, Shown, rows_commitment
from liuhen.core.head_signature import (
    HeadSignerKey,
    chain_log_id,
    checkpoint_digest,
)
from liuhen.core.keccak import keccak256
from liuhen.core.merkle import leaf_hash
from liuhen.core.note import SignedNote
from liuhen.core.policy import Life
from liuhen.core.receipt import Anchor, Receipt
from liuhen.core.tiles import Edge, Tree
from tests.receipt_corpus import (
    ANCHORED,
    BLOCK_HASH,
    DATA,
    EVIDENCED,
    FORK,
    KIT,
    NODE,
    OTHER,
    SEALED,
    Case,
    anchored_by,
    changed,
    different,
    evidence,
    match,
    policy,
    unsure,
    with_evidence,
)
from tests.receipt_kit import CHAIN_ID, CONTRACT, Kit

SISTER = Kit(origin="log.example/logs/sister", data=DATA)
"""Another log of the same operator, with the same keys."""

SUCCESSOR = Kit(index=4, data={"seat": "E4"})
"""The same log with another record at another place."""

OTHER_OWNER = keccak256(b"other owner")[12:]
OTHER_CONTRACT = keccak256(b"other contract")[12:]
OUR_SEALED = policy(Life.SEALED)


@dataclass
class Planted(Kit):
    """A log whose operator entered rows that are no record of this log, and signed that.

    Attributes:
        rows: What entry 2 commits to.
    """

    rows: tuple[Row, ...] = field(default=())

    def __post_init__(self) -> None:
        super().__post_init__()
        self.commitment = rows_commitment(self.rows)
        leaves = [leaf_hash(keccak256(b"entry %d" % i)) for i in range(self.entries)]
        leaves[self.index] = leaf_hash(self.commitment)
        edge = Edge()
        edge.append(leaves)
        self.tree = Tree(lambda *row: edge.read(*row) or b"", self.entries)

    def sealed_receipt(self) -> Receipt:
        return dataclasses.replace(self.receipt(), rows=self.rows)


def planted(rows: tuple[Row, ...]) -> Receipt:
    """Return the receipt of rows that the operator entered as they are."""
    return Planted(data=DATA, rows=rows).sealed_receipt()


def signed_for(
    *, log_id: bytes = KIT.log_id, chain_id: int = CHAIN_ID, contract: bytes = CONTRACT
) -> str:
    """Return our checkpoint, its second line signed for another log id, chain or contract."""
    key = HeadSignerKey(KIT.origin, chain_id, contract, KIT.signer_key.signer)
    blob = _signature(log_id, chain_id, contract)
    note = SignedNote.parse(KIT.checkpoint(5))
    return SignedNote(note.text, (note.signatures[0], key.line(blob))).to_text()


def passed_off(chain_id: int, contract: bytes) -> str:
    """Return our checkpoint, its second line signed elsewhere and named as ours."""
    note = SignedNote.parse(KIT.checkpoint(5))
    line = KIT.signer_key.line(_signature(KIT.log_id, chain_id, contract))
    return SignedNote(note.text, (note.signatures[0], line)).to_text()


def _signature(log_id: bytes, chain_id: int, contract: bytes) -> bytes:
    head = Checkpoint(KIT.origin, 5, KIT.tree.root(5))
    digest = checkpoint_digest(head, log_id, chain_id, contract)
    raw = KIT.signer_private.sign_recoverable(digest, hasher=None)
    return raw[:64] + bytes([raw[64] + 27])


def sealed(checkpoint: str) -> Receipt:
    return dataclasses.replace(SEALED, checkpoint=checkpoint)


def lines_of(*places: tuple[int, int]) -> str:
    """Return our checkpoint with the given lines: (number, size they were signed for)."""
    lines = [SignedNote.parse(KIT.checkpoint(size)).signatures[n] for n, size in places]
    return SignedNote(SignedNote.parse(KIT.checkpoint(5)).text, tuple(lines)).to_text()


def anchored(**changes: object) -> Receipt:
    """Return the anchored receipt with members of its anchor changed."""
    return with_anchors(dataclasses.replace(ANCHORED.anchors[0], **changes))  # type: ignore[arg-type]


def with_anchors(*anchors: Anchor) -> Receipt:
    return dataclasses.replace(ANCHORED, anchors=anchors)


def proof(size: int, index: int = KIT.index) -> tuple[bytes, ...]:
    return tuple(KIT.tree.inclusion(index, size))


def alone_cases() -> list[Case]:
    foreign = changed(("origin",), "log.example/logs/elsewhere", SEALED).rows
    no_record = changed(("occurred_at",), "yesterday", SEALED).rows
    return [
        Case(
            "alone_origin_fail",
            "The operator entered a record of another log's name in this log and signed that: only"
            " the comparison of the names notices.",
            planted(foreign),
            OUR_SEALED,
            different("origin"),
        ),
        Case(
            "alone_commitment_fail",
            "The operator entered fields that make no record and signed that: hashes and signatures"
            " agree, only the rules of a record notice.",
            planted(no_record),
            OUR_SEALED,
            different("commitment"),
        ),
    ]


def checkpoint_cases() -> list[Case]:
    other_id = chain_log_id(OTHER_OWNER, KIT.origin)
    rewritten = SISTER.checkpoint(5).replace(SISTER.origin, KIT.origin, 1)
    wrong_name = KIT.checkpoint(5).replace(f"\u2014 {KIT.origin}", "\u2014 log.example/logs/x")
    made: dict[str, tuple[str, Receipt, object]] = {
        "other_owner_checkpoint_fail": (
            (
                "Somebody else registered the same origin in the contract, and the head is signed"
                " for that log id: a signature must not count for two logs."
            ),
            sealed(signed_for(log_id=other_id)),
            different("signer_signature"),
        ),
        "other_contract_checkpoint": (
            "The head is signed for another contract: that key is not in the policy.",
            sealed(signed_for(contract=OTHER_CONTRACT)),
            unsure("no-line-by-a-policy-key", None),
        ),
        "other_chain_checkpoint": (
            "The head is signed for another chain: that key is not in the policy.",
            sealed(signed_for(chain_id=1)),
            unsure("no-line-by-a-policy-key", None),
        ),
        "replayed_from_other_contract_fail": (
            "A signature for another contract under the key id of ours.",
            sealed(passed_off(CHAIN_ID, OTHER_CONTRACT)),
            different("signer_signature"),
        ),
        "replayed_from_other_chain_fail": (
            "A signature for another chain under the key id of ours.",
            sealed(passed_off(1, CONTRACT)),
            different("signer_signature"),
        ),
        "sister_checkpoint_fail": (
            "Our record under the checkpoint of another log of the same operator, same keys.",
            sealed(SISTER.checkpoint(5)),
            different("origin"),
        ),
        "sister_log": (
            (
                "An honest receipt of another log of the same operator with the same keys: the"
                " policy does not speak of it."
            ),
            SISTER.receipt(),
            unsure("origin-not-in-policy", None),
        ),
        "origin_line_rewritten_fail": (
            "The checkpoint of a sister log with our name written over its first line.",
            dataclasses.replace(SISTER.receipt(), checkpoint=rewritten),
            different("origin"),
        ),
        "signature_lines_of_another_name_fail": (
            "Text of our log, but no signature line bears its name.",
            sealed(wrong_name),
            different("origin"),
        ),
        "only_log_signature": (
            "The Ethereum line is missing: one signature is not both.",
            sealed(lines_of((0, 5))),
            unsure("no-line-by-a-policy-key", None),
        ),
        "only_signer_signature": (
            "The Ed25519 line is missing: one signature is not both.",
            sealed(lines_of((1, 5))),
            unsure("no-line-by-a-policy-key", None),
        ),
        "signature_lines_in_other_order": (
            "The two signature lines are exchanged: their order means nothing.",
            sealed(lines_of((1, 5), (0, 5))),
            match("sealed"),
        ),
        "signature_line_twice": (
            "The Ed25519 line stands there twice: harmless.",
            sealed(lines_of((0, 5), (0, 5), (1, 5))),
            match("sealed"),
        ),
        "valid_line_beside_bent_one_fail": (
            (
                "A second Ed25519 line by our key, of another head: one bad line by a known key"
                " poisons the note."
            ),
            sealed(lines_of((0, 5), (0, 6), (1, 5))),
            different("log_signature"),
        ),
        "unknown_signature_line": (
            "A further line by a key that nobody here knows is skipped.",
            sealed(SEALED.checkpoint + OTHER.checkpoint(5).split("\n\n")[1]),
            match("sealed"),
        ),
    }
    return [
        Case(name, why, receipt, OUR_SEALED, expected)  # type: ignore[arg-type]
        for name, (why, receipt, expected) in made.items()
    ]


def inclusion_cases() -> list[Case]:
    good = SEALED.inclusion
    receipts: dict[str, tuple[str, Receipt]] = {
        "rows_of_another_record_fail": (
            "The rows of a record that the same log holds elsewhere.",
            dataclasses.replace(SEALED, rows=SUCCESSOR.receipt(9).rows),
        ),
        "proof_of_another_index_fail": (
            "The inclusion proof of the neighbouring entry.",
            dataclasses.replace(SEALED, inclusion=proof(5, 3)),
        ),
        "index_and_proof_of_another_entry_fail": (
            "Index and proof both of another entry, which is not this record.",
            dataclasses.replace(SEALED, entry_index=4, inclusion=proof(5, 4)),
        ),
        "proof_in_another_size_fail": (
            "The inclusion proof in the tree of nine entries under the checkpoint of five.",
            dataclasses.replace(SEALED, inclusion=proof(9)),
        ),
        "proof_one_hash_short_fail": (
            "The inclusion proof without its last hash.",
            dataclasses.replace(SEALED, inclusion=good[:-1]),
        ),
        "proof_one_hash_long_fail": (
            "The inclusion proof with a hash too many.",
            dataclasses.replace(SEALED, inclusion=(*good, good[-1])),
        ),
        "proof_hashes_swapped_fail": (
            "Two hashes of the inclusion proof are exchanged.",
            dataclasses.replace(SEALED, inclusion=(good[1], good[0], *good[2:])),
        ),
        "no_proof_fail": (
            "No inclusion proof at all, which only a log of one entry needs none of.",
            dataclasses.replace(SEALED, inclusion=()),
        ),
        "index_beyond_the_tree_fail": (
            "An index that the checkpoint's tree does not have.",
            dataclasses.replace(SEALED, entry_index=5),
        ),
        "leaf_passed_off_as_node_fail": (
            "The proof begins one level too high: a leaf hash in place of an inner node.",
            dataclasses.replace(SEALED, entry_index=1, inclusion=good[1:]),
        ),
    }
    return [
        Case(name, why, receipt, OUR_SEALED, different("inclusion"))
        for name, (why, receipt) in receipts.items()
    ]


def consistency_cases() -> list[Case]:
    good = ANCHORED.anchors[0].consistency
    receipts: dict[str, tuple[str, Receipt]] = {
        "consistency_empty_fail": (
            "No consistency proof, which only an anchored checkpoint needs none of.",
            anchored(consistency=()),
        ),
        "consistency_short_fail": (
            "The consistency proof without its last hash.",
            anchored(consistency=good[:-1]),
        ),
        "consistency_long_fail": (
            "The consistency proof with a hash too many.",
            anchored(consistency=(*good, good[-1])),
        ),
        "consistency_of_other_sizes_fail": (
            "The consistency proof from four to nine entries in place of five to nine.",
            anchored(consistency=tuple(KIT.tree.consistency(4, 9))),
        ),
        "consistency_where_none_is_needed_fail": (
            "The checkpoint is the anchored head itself, and carries a proof all the same.",
            dataclasses.replace(
                KIT.receipt(9, 9),
                anchors=(dataclasses.replace(KIT.anchor(9, 9), consistency=good),),
            ),
        ),
        "anchored_before_the_checkpoint_fail": (
            "The anchored head is smaller than the checkpoint: nothing of it covers the record.",
            dataclasses.replace(KIT.receipt(9), anchors=(KIT.anchor(5, 5),)),
        ),
        "anchored_root_bent_fail": (
            "The anchored root is that of another size.",
            anchored(root=KIT.tree.root(8)),
        ),
        "same_size_other_root_fail": (
            "Anchored at the checkpoint's own size with another root: a fork.",
            dataclasses.replace(KIT.receipt(9, 9), anchors=(FORK.anchor(9, 9),)),
        ),
        "second_anchor_of_a_fork_fail": (
            "One good anchor and one of a fork: the good one must not hide the other.",
            with_anchors(KIT.anchor(7, 5), FORK.anchor(9, 5)),
        ),
    }
    return [
        Case(name, why, receipt, policy(), different("consistency", "sealed"))
        for name, (why, receipt) in receipts.items()
    ]


def anchor_cases() -> list[Case]:
    other_id = chain_log_id(OTHER_OWNER, KIT.origin)
    two = with_anchors(KIT.anchor(7, 5), dataclasses.replace(KIT.anchor(9, 5), evidence=evidence()))
    foreign = dataclasses.replace(ANCHORED.anchors[0], chain_id=1)
    return [
        Case(
            "other_owner_anchor",
            "Anchored under the log id of somebody else who registered the same origin.",
            anchored(log_id=other_id),
            policy(),
            unsure("anchor-not-in-policy"),
        ),
        Case(
            "other_contract_anchor",
            "Anchored in another contract than the policy's.",
            anchored(contract=OTHER_CONTRACT),
            policy(),
            unsure("anchor-not-in-policy"),
        ),
        Case(
            "evidence_of_an_anchor_not_ours",
            "Good evidence in an anchor on another chain is not looked at.",
            with_anchors(dataclasses.replace(EVIDENCED.anchors[0], chain_id=1)),
            policy(known_blocks=((19, BLOCK_HASH),)),
            unsure("anchor-not-in-policy"),
        ),
        Case(
            "foreign_anchor_beside_ours",
            "An anchor on another chain beside ours takes nothing away.",
            **anchored_by(
                NODE,
                receipt=with_anchors(foreign, ANCHORED.anchors[0]),
                with_nodes=match("final"),
            ),
        ),
        Case(
            "two_anchors",
            "Anchored twice, as an upgraded receipt is: both heads are in the contract.",
            **anchored_by(
                KIT.node(heads={7: KIT.anchored_head(7), 9: KIT.anchored_head(9)}),
                receipt=with_anchors(KIT.anchor(7, 5), KIT.anchor(9, 5)),
                with_nodes=match("final"),
            ),
        ),
        Case(
            "two_anchors_block_hash",
            "Anchored twice; the caller vouches for the block of the second alone.",
            two,
            policy(),
            match("final"),
            block_hashes=(BLOCK_HASH,),
        ),
        Case(
            "second_anchor_not_in_contract_fail",
            "The first anchor is in the contract, the second never was: the good one must not hide"
            " the other.",
            **anchored_by(
                KIT.node(heads={7: KIT.anchored_head(7), 9: None}),
                receipt=with_anchors(KIT.anchor(7, 5), KIT.anchor(9, 5)),
                with_nodes=different("anchor", "sealed"),
            ),
        ),
        Case(
            "second_anchor_not_yet",
            "The second anchor is not in the contract yet: what the receipt claims is not all"
            " there, and the contract has passed the checkpoint.",
            **anchored_by(
                KIT.node(7, heads={7: KIT.anchored_head(7), 9: None}),
                receipt=with_anchors(KIT.anchor(7, 5), KIT.anchor(9, 5)),
                with_nodes=unsure("operator-owes-proof"),
            ),
        ),
        Case(
            "block_hash_of_nothing_in_the_receipt",
            "The caller vouches for a block, and the receipt carries none.",
            ANCHORED,
            policy(),
            unsure("no-node-asked"),
            block_hashes=(BLOCK_HASH,),
        ),
        Case(
            "evidence_of_another_size_fail",
            "The evidence proves an anchor, of another size than the receipt claims.",
            with_evidence(evidence(6)),
            policy(),
            different("chain_evidence", "sealed"),
        ),
        Case(
            "evidence_of_another_log_fail",
            "The evidence proves an anchor of another log in the same contract.",
            with_evidence(evidence(kit=OTHER)),
            policy(),
            different("chain_evidence", "sealed"),
        ),
    ]


def raw_rows(rows: JsonValue) -> bytes:
    """Return the sealed receipt with any JSON in place of its rows, canonical."""
    text = SEALED.to_text()
    old = canonical_text([row.to_json() for row in SEALED.rows])
    assert text.count(old) == 1
    return text.replace(old, canonical_text(rows)).encode()


def rows_json() -> list[JsonValue]:
    return [row.to_json() for row in SEALED.rows]


def row_at(*path: str | int) -> int:
    """Return the number of the row at a path."""
    return next(
        n for n, row in enumerate(SEALED.rows) if isinstance(row, Shown) and row.path == path
    )


def mixed_cases() -> list[Case]:
    return [
        *alone_cases(),
        *checkpoint_cases(),
        *inclusion_cases(),
        *consistency_cases(),
        *anchor_cases(),
    ]
