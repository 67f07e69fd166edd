"""The receipt corpus: every row of the verdict table as files, made with fixed keys.

`scripts/vectors` writes tests/vectors/receipts from here; tests hold the folder to it, and drive
core, command line and the other verifiers over the folder alone. See the README there.
"""

import dataclasses
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from liuhen.adapters.chain.evidence import prove
from liuhen.core import rlp
from liuhen.core.canonical import JsonValue
from liuhen.core.chain_evidence import HEAD_ANCHORED, ChainEvidence
from liuhen.core.chain_view import AnchoredHead, NodeAnswer, NodeReport, NodeSilence
from liuhen.core.disclosure import Shown
from liuhen.core.keccak import keccak256
from liuhen.core.log_standing import AppointedSigner, ForkMark, LogClosing, LogStanding
from liuhen.core.merkle import EMPTY_ROOT, TreeHead
from liuhen.core.policy import Life, SizeRange, TrustPolicy
from liuhen.core.receipt import Receipt
from tests.receipt_kit import AFTER_BLOCK, ANCHOR_BLOCK, ANCHOR_TIME, CONTRACT, DEPTH, Kit
from tests.witness_kit import W1

FOLDER = Path(__file__).parent / "vectors" / "receipts"
NEVER_OVERDUE, ALWAYS_OVERDUE = 2**50, 0

REPORT = "评标报告，第一标段。\n".encode()
DATA: dict[str, JsonValue] = {
    "seat": "E1",
    "scores": [
        {"bid_id": "B01", "技术部分": "43.00"},
        {"bid_id": "B02", "技术部分": "41.30"},
    ],
    "report_sha256": hashlib.sha256(REPORT).hexdigest(),
    "locked": True,
}
KIT = Kit(data=DATA)
FORK = Kit(data={"seat": "E1", "scores": []})
OTHER = Kit(seed=2, origin="other.example/logs/kit", data=DATA)
LATER = Kit(data=DATA, recorded_at="9999-12-31T23:59:59.999Z")
SEALED, ANCHORED = KIT.receipt(), KIT.receipt(5, 9)


@dataclass(frozen=True)
class Expected:
    """What a verifier must answer; `outcome` None is malformed, `warnings` are codes."""

    exit: int
    outcome: str | None
    reason: str
    life: str | None = None
    warnings: tuple[str, ...] = ()

    def warning(self, *codes: str) -> "Expected":
        """Return the same answer with these warnings."""
        return dataclasses.replace(self, warnings=codes)

    def to_json(self) -> dict[str, Any]:
        """Return the answer; without warnings it says nothing of any."""
        made = dataclasses.asdict(self)
        return {name: value for name, value in made.items() if name != "warnings" or value}


@dataclass(frozen=True)
class Case:
    """One folder of the corpus."""

    name: str
    why: str
    receipt: Receipt | bytes
    policy: TrustPolicy
    offline: Expected
    block_hashes: tuple[bytes, ...] = ()
    nodes: tuple[NodeReport, ...] = ()
    with_nodes: Expected | None = None
    files: Mapping[str, bytes] = field(default_factory=dict)
    with_files: Mapping[str, Expected] = field(default_factory=dict)

    def contents(self) -> dict[str, bytes]:
        """Return the files of the folder."""
        receipt = self.receipt
        body = receipt if isinstance(receipt, bytes) else receipt.to_text().encode()
        made = {
            "README": f"{self.why}\n".encode(),
            "receipt.json": body,
            "policy.json": pretty(self.policy.to_json()),
            "expect.json": pretty(self._expect()),
            **self.files,
        }
        if self.nodes:
            made["nodes.json"] = pretty([node_json(node) for node in self.nodes])
        return made

    def _expect(self) -> dict[str, Any]:
        hashes = ["0x" + item.hex() for item in self.block_hashes]
        expect = self.offline.to_json()
        if hashes:
            expect["block_hashes"] = hashes
            expect["arguments"] = [
                "--offline",
                *(word for item in hashes for word in ("--block-hash", item)),
            ]
        if self.with_nodes:
            expect["with_nodes"] = self.with_nodes.to_json()
        if self.with_files:
            expect["with_files"] = {
                name: expected.to_json() for name, expected in self.with_files.items()
            }
        return expect


@dataclass(frozen=True, slots=True)
class BadAnswer(NodeSilence):
    """A node that answers every question with the same bytes, which are no answer."""

    body: str = ""


def pretty(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=2).encode() + b"\n"


def node_json(report: NodeReport) -> dict[str, Any]:
    if isinstance(report, BadAnswer):
        return {"node": report.node, "why": report.why, "body": report.body}
    if isinstance(report, NodeSilence):
        return {"node": report.node, "why": report.why}
    return {
        "node": report.node,
        "chain_id": report.chain_id,
        "genesis": "0x" + report.genesis.hex(),
        "code_hash": "0x" + report.code_hash.hex(),
        "latest": {"size": report.latest.size, "root": report.latest.root.hex()},
        "tip": report.tip,
        "standing": report.standing.to_json(),
        "heads": {
            str(size): head
            and {"root": head.root.hex(), "block": head.block, "timestamp": head.timestamp}
            for size, head in report.heads.items()
        },
        "block_hashes": {
            str(number): known and "0x" + known.hex()
            for number, known in report.block_hashes.items()
        },
        "block_times": {str(number): time for number, time in report.block_times.items()},
    }


def parse_node(value: Mapping[str, Any]) -> NodeReport:
    """Read one node of nodes.json; the inverse of `node_json`."""
    if "body" in value:
        return BadAnswer(value["node"], value["why"], value["body"])
    if "why" in value:
        return NodeSilence(value["node"], value["why"])
    return NodeAnswer(
        node=value["node"],
        chain_id=value["chain_id"],
        genesis=bytes.fromhex(value["genesis"][2:]),
        code_hash=bytes.fromhex(value["code_hash"][2:]),
        latest=TreeHead(value["latest"]["size"], bytes.fromhex(value["latest"]["root"])),
        tip=value["tip"],
        standing=parse_standing(value["standing"]),
        heads={int(size): head and _parse_head(head) for size, head in value["heads"].items()},
        block_hashes={
            int(number): known and bytes.fromhex(known[2:])
            for number, known in value["block_hashes"].items()
        },
        block_times={int(number): time for number, time in value["block_times"].items()},
    )


def parse_standing(value: Mapping[str, Any]) -> LogStanding:
    """Read the standing that a node tells; the inverse of `LogStanding.to_json`."""
    mark, closing = value["mark"], value["closing"]
    return LogStanding(
        mark=mark
        and ForkMark(
            signer=bytes.fromhex(mark["signer"][2:]),
            size=mark["size"],
            root=bytes.fromhex(mark["root"]),
            other_root=bytes.fromhex(mark["other_root"]),
            block=mark["block"],
        ),
        closing=closing
        and LogClosing(
            final_size=closing["final_size"],
            successor=closing["successor"] and bytes.fromhex(closing["successor"][2:]),
            block=closing["block"],
        ),
        signers=tuple(
            AppointedSigner(bytes.fromhex(each["address"][2:]), each["from_size"])
            for each in value["signers"]
        ),
    )


def _parse_head(value: Mapping[str, Any]) -> AnchoredHead:
    return AnchoredHead(bytes.fromhex(value["root"]), value["block"], value["timestamp"])


def evidence(
    size: int = 9, *, status: bytes = b"\x01", contract: bytes = CONTRACT, kit: Kit = KIT
) -> ChainEvidence:
    """Make a block whose third transaction anchored the kit's head, and the proof of it."""
    topics: rlp.Item = [HEAD_ANCHORED, kit.log_id, size.to_bytes(32, "big")]
    events: rlp.Item = [[CONTRACT, [keccak256(b"another event")], b""]]
    assert isinstance(events, list)
    events.append([contract, topics, kit.tree.root(size)])
    bloom, gas = bytes(256), (99_000).to_bytes(3, "big")
    others = {
        rlp.encode_integer(at): b"\x02" + rlp.encode([b"\x01", bytes([at + 1]), bloom, []])
        for at in range(4)
    }
    key = rlp.encode_integer(2)
    ours = b"\x02" + rlp.encode([status, gas, bloom, events])
    root, proof = prove({**others, key: ours}, key)
    return ChainEvidence(_header(root), proof, tx_index=2, log_position=1)


def _header(receipts_root: bytes) -> bytes:
    fields: list[rlp.Item] = [keccak256(b"parent"), keccak256(b"uncles"), bytes(20)]
    fields += [keccak256(b"state"), keccak256(b"transactions"), receipts_root, bytes(256), b""]
    for number in (ANCHOR_BLOCK, 30_000_000, 120_000, ANCHOR_TIME):
        fields.append(number.to_bytes((number.bit_length() + 7) // 8, "big"))
    return rlp.encode([*fields, b"", bytes(32), bytes(8), b"\x07"])


def with_evidence(made: ChainEvidence, receipt: Receipt = ANCHORED) -> Receipt:
    anchor = dataclasses.replace(receipt.anchors[0], evidence=made)
    return dataclasses.replace(receipt, anchors=(anchor,))


def resized(receipt: Receipt, size: int) -> Receipt:
    """Return a receipt whose anchor claims another size."""
    anchor = dataclasses.replace(receipt.anchors[0], size=size)
    return dataclasses.replace(receipt, anchors=(anchor,))


EVIDENCED = with_evidence(evidence())
BLOCK_HASH = keccak256(evidence().header)
NODE = KIT.node(
    block_hashes={
        AFTER_BLOCK.number or 0: bytes.fromhex(str(AFTER_BLOCK.hash)[2:]),
        ANCHOR_BLOCK: BLOCK_HASH,
    }
)
EMPTY_NODE = KIT.node(None, latest=TreeHead(0, EMPTY_ROOT))
SILENT = NodeSilence("127.0.0.1:1", "connection refused")


def policy(require: Life = Life.FINAL, **changes: Any) -> TrustPolicy:
    return KIT.policy(require, **{"max_anchor_age_seconds": NEVER_OVERDUE, **changes})


def anchored_by(*nodes: NodeReport, **changes: Any) -> dict[str, Any]:
    """Return the members of a case about what nodes say of the anchored receipt."""
    return {
        "receipt": ANCHORED,
        "policy": policy(),
        "offline": unsure("no-node-asked"),
        "nodes": nodes,
        **changes,
    }


def changed(path: Sequence[str | int], value: JsonValue, receipt: Receipt = ANCHORED) -> Receipt:
    """Return a receipt with the value of one shown row changed."""
    rows = tuple(
        dataclasses.replace(row, value=value)
        if isinstance(row, Shown) and row.path == tuple(path)
        else row
        for row in receipt.rows
    )
    assert rows != receipt.rows
    return dataclasses.replace(receipt, rows=rows)


def hidden(receipt: Receipt) -> Receipt:
    """Return a receipt with the data withheld and the submitter closed."""
    rows = tuple(
        row
        if not isinstance(row, Shown)
        else row.withheld()
        if row.path[0] == "data"
        else row.closed()
        if row.path[0] == "submitter"
        else row
        for row in receipt.rows
    )
    return dataclasses.replace(receipt, rows=rows)


def less_data(receipt: Receipt) -> Receipt:
    """Return a receipt whose rows, all shown, hold no data."""
    rows = tuple(row for row in receipt.rows if isinstance(row, Shown) and row.path[0] != "data")
    return dataclasses.replace(receipt, rows=rows)


def padded(receipt: Receipt) -> Receipt:
    """Return a receipt with one row of padding more, which makes no power of two."""
    padding = Shown(("~", 0), bytes(16), None, b'["~",0]')
    assert len(receipt.rows) + 1 not in (32, 64)
    return dataclasses.replace(receipt, rows=(*receipt.rows, padding))


def bent_line(number: int) -> Receipt:
    """Return a receipt in which one signature line is that of another size."""
    parts, others = KIT.checkpoint(5).split("\n\u2014 "), KIT.checkpoint(6).split("\n\u2014 ")
    parts[number] = others[number].rstrip("\n") + ("\n" if number == 2 else "")
    return dataclasses.replace(ANCHORED, checkpoint="\n\u2014 ".join(parts))


def match(life: str) -> Expected:
    return Expected(0, "match", "all-required-checks-passed", life)


def different(reason: str, life: str | None = None) -> Expected:
    return Expected(3, "different", reason, life)


def waiting(reason: str, life: str | None = "sealed") -> Expected:
    return Expected(4, "waiting", reason, life)


def unsure(reason: str, life: str | None = "sealed") -> Expected:
    return Expected(6, "could_not_check", reason, life)


def malformed(code: str) -> Expected:
    return Expected(7, None, code)


def match_cases() -> list[Case]:
    return [
        Case(
            "sealed",
            "A sealed receipt under a policy that asks for no more; and files beside it.",
            SEALED,
            policy(Life.SEALED),
            match("sealed"),
            files={
                "data.json": pretty(DATA),
                "record.json": KIT.sealed.record_bytes,
                "submission.json": pretty({"case": "SLZX-2026-0031", "data": DATA}),
                "other_submission.json": pretty({"case": "SLZX-2026-0032", "data": DATA}),
                "report.txt": REPORT,
                "other.json": pretty({**DATA, "seat": "E2"}),
                "empty": b"",
            },
            with_files={
                "data.json": match("sealed"),
                "record.json": match("sealed"),
                "submission.json": match("sealed"),
                "other_submission.json": different("file", "sealed"),
                "report.txt": match("sealed"),
                "other.json": different("file", "sealed"),
                "empty": different("file", "sealed"),
            },
        ),
        Case(
            "hidden_fields",
            "Fields that are withheld and closed: still a match, and a file may be among them.",
            hidden(SEALED),
            policy(Life.SEALED),
            match("sealed"),
            files={"data.json": pretty(DATA)},
            with_files={"data.json": unsure("part-of-record-hidden")},
        ),
        Case(
            "anchored",
            "Anchored and final as two nodes tell it; offline it names the head to compare.",
            **anchored_by(NODE, KIT.node(node="127.0.0.1:8546"), with_nodes=match("final")),
        ),
        Case(
            "anchored_checkpoint",
            "The checkpoint is the anchored head itself: no consistency proof is needed.",
            **anchored_by(NODE, receipt=KIT.receipt(9, 9), with_nodes=match("final")),
        ),
        Case(
            "anchored_is_enough",
            "The policy asks for an anchor and not for finality, and the block is the newest.",
            **anchored_by(
                KIT.node(tip=ANCHOR_BLOCK),
                policy=policy(Life.ANCHORED),
                with_nodes=match("anchored"),
            ),
        ),
        Case(
            "evidence",
            "Chain evidence and a node that has that block; offline it names the hash to compare.",
            EVIDENCED,
            policy(),
            unsure("block-hash-to-compare"),
            nodes=(NODE,),
            with_nodes=match("final"),
        ),
        Case(
            "evidence_known_block",
            "Chain evidence of a block whose hash stands in the policy: matches without a node.",
            EVIDENCED,
            policy(known_blocks=((ANCHOR_BLOCK, BLOCK_HASH),)),
            match("final"),
        ),
        Case(
            "evidence_block_hash",
            "Chain evidence of a block whose hash the caller vouches for.",
            EVIDENCED,
            policy(),
            match("final"),
            block_hashes=(BLOCK_HASH,),
        ),
    ]


def waiting_cases() -> list[Case]:
    return [
        Case(
            "waiting_for_anchor",
            "Sealed and young, and the contract holds nothing yet.",
            SEALED,
            policy(),
            waiting("not-anchored-yet"),
            nodes=(EMPTY_NODE,),
            with_nodes=waiting("not-anchored-yet"),
        ),
        Case(
            "waiting_for_finality",
            "Anchored in the newest block; the policy asks for more blocks after it.",
            **anchored_by(
                KIT.node(tip=ANCHOR_BLOCK + DEPTH - 1),
                with_nodes=waiting("not-final-yet", "anchored"),
            ),
        ),
        Case(
            "waiting_for_contract",
            "The receipt is anchored at a size that the contract has not reached.",
            **anchored_by(
                dataclasses.replace(EMPTY_NODE, heads={9: None}),
                with_nodes=waiting("contract-behind"),
            ),
        ),
    ]


def different_cases() -> list[Case]:
    foreign_head = AnchoredHead(FORK.tree.root(9), ANCHOR_BLOCK, ANCHOR_TIME)
    return [
        Case(
            "changed_score_fail",
            "One score in the rows was changed.",
            **anchored_by(
                NODE,
                receipt=changed(("data", "scores", 0, "技术部分"), "44.00"),
                offline=different("inclusion"),
                with_nodes=different("inclusion"),
            ),
        ),
        Case(
            "changed_time_fail",
            "recorded_at was moved back by a minute.",
            changed(("recorded_at",), "2026-03-31T07:39:01.250Z", SEALED),
            policy(Life.SEALED),
            different("inclusion"),
        ),
        Case(
            "not_a_record_fail",
            "The rows are well formed and make no record: a time that is none.",
            changed(("occurred_at",), "yesterday", SEALED),
            policy(Life.SEALED),
            different("commitment"),
        ),
        Case(
            "no_data_fail",
            "All rows are shown and none is of the data; a file beside it is no crash.",
            less_data(SEALED),
            policy(Life.SEALED),
            different("commitment"),
            files={"data.json": pretty(DATA)},
            with_files={"data.json": different("commitment")},
        ),
        Case(
            "hidden_not_a_record_fail",
            "Rows are hidden, and one that is shown breaks a rule: a time that is none.",
            hidden(changed(("occurred_at",), "yesterday", SEALED)),
            policy(Life.SEALED),
            different("commitment"),
        ),
        Case(
            "padding_to_no_power_of_two_fail",
            "Padding that hides nothing: the number of rows is no power of two.",
            padded(SEALED),
            policy(Life.SEALED),
            different("commitment"),
        ),
        Case(
            "moved_index_fail",
            "The proof is of another place in the log.",
            dataclasses.replace(SEALED, entry_index=3),
            policy(Life.SEALED),
            different("inclusion"),
        ),
        Case(
            "other_checkpoint_fail",
            "Rows and proof of one log under the checkpoint of a fork with the same keys.",
            dataclasses.replace(SEALED, checkpoint=FORK.checkpoint(5)),
            policy(Life.SEALED),
            different("inclusion"),
        ),
        Case(
            "origins_differ_fail",
            "A record of another log under our checkpoint.",
            dataclasses.replace(OTHER.receipt(), checkpoint=KIT.checkpoint(5)),
            policy(Life.SEALED),
            different("origin"),
        ),
        Case(
            "bent_log_signature_fail",
            "The Ed25519 line is that of another checkpoint.",
            bent_line(1),
            policy(),
            different("log_signature"),
        ),
        Case(
            "bent_signer_signature_fail",
            "The EIP-712 line is that of another checkpoint.",
            bent_line(2),
            policy(),
            different("signer_signature"),
        ),
        Case(
            "bent_consistency_fail",
            "The anchor is that of a fork: no consistency proof leads there.",
            dataclasses.replace(ANCHORED, anchors=FORK.receipt(5, 9).anchors),
            policy(),
            different("consistency", "sealed"),
        ),
        Case(
            "other_head_in_contract_fail",
            "The contract holds another root of this size.",
            **anchored_by(
                KIT.node(heads={9: foreign_head}), with_nodes=different("anchor", "sealed")
            ),
        ),
        Case(
            "head_not_in_contract_fail",
            "The contract has passed this size and never held it.",
            **anchored_by(
                KIT.node(12 - 3, heads={9: None}, latest=TreeHead(12, keccak256(b"twelve"))),
                with_nodes=different("anchor", "sealed"),
            ),
        ),
        Case(
            "evidence_of_failed_transaction_fail",
            "The transaction in the evidence was reverted.",
            with_evidence(evidence(status=b"")),
            policy(),
            different("chain_evidence", "sealed"),
        ),
        Case(
            "evidence_of_other_contract_fail",
            "The event in the evidence is by another contract.",
            with_evidence(evidence(contract=keccak256(b"other contract")[12:])),
            policy(),
            different("chain_evidence", "sealed"),
        ),
    ]


def unsure_cases() -> list[Case]:
    twelve = KIT.node(latest=TreeHead(12, keccak256(b"twelve")))
    lying = KIT.node(
        node="127.0.0.1:8546",
        heads={9: AnchoredHead(FORK.tree.root(9), ANCHOR_BLOCK, ANCHOR_TIME)},
    )
    return [
        Case(
            "overdue",
            "Sealed, not anchored, and older than the policy allows.",
            SEALED,
            policy(max_anchor_age_seconds=ALWAYS_OVERDUE),
            unsure("anchoring-overdue"),
        ),
        Case(
            "operator_owes_proof",
            "The contract has passed the checkpoint and the receipt says nothing of it.",
            SEALED,
            policy(),
            waiting("not-anchored-yet"),
            nodes=(twelve,),
            with_nodes=unsure("operator-owes-proof"),
        ),
        Case(
            "bent_anchored_size_fail",
            "The anchored size was changed, to which the proof leads as well (RFC 9162 does not"
            " bind it): not in the contract yet, and the contract has passed the checkpoint.",
            **anchored_by(
                KIT.node(5, heads={6: None}),
                receipt=resized(KIT.receipt(4, 5), 6),
                with_nodes=unsure("operator-owes-proof"),
            ),
        ),
        Case(
            "recorded_in_the_future_fail",
            "Not anchored, and recorded in the future: it would be young for ever.",
            LATER.receipt(),
            policy(),
            unsure("recorded-in-the-future"),
        ),
        Case(
            "known_block_differs",
            "The policy knows another block at the height of the evidence's; the node has ours.",
            EVIDENCED,
            policy(known_blocks=((ANCHOR_BLOCK, keccak256(b"other block")),)),
            unsure("another-block-hash-given"),
            nodes=(NODE,),
            with_nodes=unsure("node-on-another-chain"),
        ),
        Case(
            "node_unreachable",
            "One of two nodes does not answer.",
            **anchored_by(NODE, SILENT, with_nodes=unsure("node-unreachable")),
        ),
        Case(
            "nodes_disagree",
            "Two nodes tell different roots: one of them lies.",
            **anchored_by(NODE, lying, with_nodes=unsure("nodes-disagree")),
        ),
        Case(
            "node_on_another_chain",
            "The node's chain has another genesis block.",
            **anchored_by(
                KIT.node(genesis=keccak256(b"other genesis")),
                with_nodes=unsure("node-on-another-chain"),
            ),
        ),
        Case(
            "other_code_at_contract",
            "Other code stands at the contract's address.",
            **anchored_by(
                KIT.node(code_hash=keccak256(b"")), with_nodes=unsure("node-on-another-chain")
            ),
        ),
        Case(
            "evidence_reorganised",
            "The contract holds the head, and the block of the evidence is not on the chain.",
            EVIDENCED,
            policy(),
            unsure("block-hash-to-compare"),
            nodes=(KIT.node(block_hashes={17: None, ANCHOR_BLOCK: keccak256(b"other block")}),),
            with_nodes=unsure("block-not-on-this-chain"),
        ),
        Case(
            "evidence_other_block_hash",
            "The caller vouches for another block than that of the evidence.",
            EVIDENCED,
            policy(),
            unsure("another-block-hash-given"),
            block_hashes=(keccak256(b"other block"),),
        ),
        Case(
            "key_not_in_policy",
            "Signed by keys that the policy does not hold.",
            SEALED,
            policy(
                Life.SEALED,
                log_keys=((Kit(seed=3).log_key, SizeRange()),),
                signers=((Kit(seed=3).signer_key, SizeRange()),),
            ),
            unsure("no-line-by-a-policy-key", None),
        ),
        Case(
            "key_for_other_sizes",
            "Signed by a key that the policy holds to be good from size 6 on.",
            SEALED,
            policy(Life.SEALED, log_keys=((KIT.log_key, SizeRange(6)),)),
            unsure("key-not-for-this-size", None),
        ),
        Case(
            "origin_not_in_policy",
            "An honest receipt of another log.",
            OTHER.receipt(),
            policy(Life.SEALED),
            unsure("origin-not-in-policy", None),
        ),
        Case(
            "chain_not_in_policy",
            "Anchored on another chain than that of the policy.",
            dataclasses.replace(
                ANCHORED, anchors=(dataclasses.replace(ANCHORED.anchors[0], chain_id=1),)
            ),
            policy(),
            unsure("anchor-not-in-policy"),
        ),
        Case(
            "witnesses_wanted",
            "The policy asks for a witness that has not signed for so long that it is overdue.",
            SEALED,
            policy(
                Life.SEALED, witnesses=(W1.key,), quorum=1, max_anchor_age_seconds=ALWAYS_OVERDUE
            ),
            unsure("cosignatures-overdue"),
        ),
    ]


def malformed_cases() -> list[Case]:
    text, sealed = SEALED.to_text().encode(), policy(Life.SEALED)
    cases: dict[str, tuple[str, Receipt | bytes, str]] = {
        "reformatted_fail": (
            "Opened and saved again by an editor: the same JSON in another layout.",
            pretty(json.loads(text)),
            "malformed-receipt",
        ),
        "truncated_fail": ("The last bytes are missing.", text[:-20], "malformed-json"),
        "member_twice_fail": (
            "A member stands there twice.",
            text.replace(b'"entry_index":2', b'"entry_index":2,"entry_index":2'),
            "malformed-json",
        ),
        "unknown_member_fail": (
            "A member that no receipt has.",
            text.replace(b'"entry_index"', b'"comment":"hello","entry_index"'),
            "malformed-receipt",
        ),
        "rows_out_of_order_fail": (
            "Two rows are exchanged.",
            dataclasses.replace(SEALED, rows=(SEALED.rows[1], SEALED.rows[0], *SEALED.rows[2:])),
            "malformed-disclosure",
        ),
        "no_signature_fail": (
            "The checkpoint has no signature line.",
            dataclasses.replace(SEALED, checkpoint=SEALED.checkpoint.split("\n\n")[0] + "\n"),
            "malformed-note",
        ),
        "size_with_zero_fail": (
            "The checkpoint's size is written 05.",
            dataclasses.replace(SEALED, checkpoint=SEALED.checkpoint.replace("\n5\n", "\n05\n", 1)),
            "malformed-checkpoint",
        ),
        "closed_origin_fail": (
            "The record's log is hidden, which no receipt may.",
            dataclasses.replace(
                SEALED,
                rows=tuple(
                    row.closed() if isinstance(row, Shown) and row.path == ("origin",) else row
                    for row in SEALED.rows
                ),
            ),
            "malformed-receipt",
        ),
        "evidence_header_fail": (
            "The block header of the evidence has a byte too many.",
            with_evidence(dataclasses.replace(evidence(), header=evidence().header + b"\0")),
            "malformed-receipt",
        ),
    }
    return [
        Case(name, why, receipt, policy() if "evidence" in name else sealed, malformed(code))
        for name, (why, receipt, code) in cases.items()
    ]


def cases() -> list[Case]:
    """Return every case of the corpus."""
    from tests.corpus.every import more_cases  # they are made with what stands above

    made = [
        *more_cases(),
        *match_cases(),
        *waiting_cases(),
        *different_cases(),
        *unsure_cases(),
        *malformed_cases(),
    ]
    return sorted(made, key=lambda case: case.name)


def contents() -> dict[str, bytes]:
    """Return all files of the corpus by their path below its folder."""
    return {
        f"{case.name}/{name}": body for case in cases() for name, body in case.contents().items()
    }
