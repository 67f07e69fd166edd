"""Every parser of bytes that somebody else made, with what it may raise and what it promises.

A target reads one body and asserts what its parser promises: that whatever is accepted prints
again to the same bytes, or reads again to the same value. `scripts/fuzz` runs the same targets for
hours, guided by coverage.
"""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx2

from liuhen.adapters.register_file import read_register
from liuhen.adapters.rpc import RpcNode
from liuhen.adapters.standing_words import parse_closing, parse_mark, parse_signers
from liuhen.app.audit.raw_tx import RawAnchorTx
from liuhen.client.problem import error_of, read_problem
from liuhen.client.stored import StoredReceipt
from liuhen.core import rlp
from liuhen.core.canonical import canonical
from liuhen.core.chain_evidence import ChainEvidence, read_header, verify_evidence
from liuhen.core.checkpoint import Checkpoint
from liuhen.core.cose_receipt import CoseReceipt
from liuhen.core.cosignature import WitnessKey
from liuhen.core.detached import Detached
from liuhen.core.disclosure import parse_rows
from liuhen.core.erasure import Erasure
from liuhen.core.errors import (
    AnchorMismatch,
    AuditError,
    HistoryMismatch,
    Malformed,
    MalformedCheckpoint,
    MalformedDisclosure,
    MalformedJson,
    MalformedKey,
    MalformedNote,
    MalformedPointer,
    MalformedPolicy,
    MalformedProof,
    MalformedReceipt,
    MalformedRecord,
    MalformedTilePath,
    ProofMismatch,
    SignatureMismatch,
    Unavailable,
    Unknown,
)
from liuhen.core.head_signature import HeadSignerKey, LogKey
from liuhen.core.log_memory import LogMemory
from liuhen.core.log_standing import LogStanding
from liuhen.core.note import SignedNote
from liuhen.core.pointer import resolve, to_pointer
from liuhen.core.policy import parse_policy
from liuhen.core.proof_check import parse_proof
from liuhen.core.receipt import evidence_from_json, evidence_to_json, parse_receipt
from liuhen.core.record import parse_record
from liuhen.core.strict_json import parse_json
from liuhen.core.submission import prepare
from liuhen.core.tiles import TileRef
from liuhen.core.tlog_policy import parse_tlog_policy
from liuhen.core.tlog_proof import TlogProof
from liuhen.core.verdict import exact
from liuhen.core.witness_request import AddCheckpoint, parse_cosignatures, parse_size
from liuhen.wiring.settings import Settings
from tests.fakes.node_server import CLOSING_OF, MARK_OF, SIGNERS_OF, standing_words
from tests.fuzz import seeds

Refusals = tuple[type[Exception], ...]


@dataclass(frozen=True)
class Target:
    """One parser.

    Attributes:
        run: Parses a body and asserts what must hold if it is accepted.
        seeds: Bodies that are accepted.
        refusals: The only exceptions that may leave `run`.
    """

    run: Callable[[bytes], None]
    seeds: tuple[bytes, ...]
    refusals: Refusals


def text_of(body: bytes) -> str:
    """Return what a caller that reads UTF-8 hands on; other bytes become what no format allows."""
    return body.decode("utf-8", "replace")


def reprints(parse: Callable[[str], Any]) -> Callable[[bytes], None]:
    """Make a run for a text form: accepting means re-printing identically."""

    def run(body: bytes) -> None:
        text = text_of(body)
        assert parse(text).to_text() == text

    return run


def run_json(body: bytes) -> None:
    value = parse_json(body)
    printed = canonical(value)
    assert parse_json(printed) == value
    assert canonical(parse_json(printed)) == printed


def run_rows(body: bytes) -> None:
    value = parse_json(body)
    assert [row.to_json() for row in parse_rows(value)] == value


def run_submission(body: bytes) -> None:
    draft = prepare(
        body,
        origin=seeds.ORIGIN,
        record_id=seeds.RECORD_ID,
        secret=bytes(32),
        nonce="00" * 16,
    )
    sealed = draft.complete("2026-03-31T07:40:01.250Z", None if draft.case is None else 0)
    record = parse_record(sealed.record_bytes)
    assert canonical(record) == sealed.record_bytes
    assert parse_rows(parse_json(sealed.rows_text.encode()))


def run_receipt(body: bytes) -> None:
    assert parse_receipt(body).to_text().encode() == body.removesuffix(b"\n")


def run_stored(body: bytes) -> None:
    assert StoredReceipt.parse(body).record_id


def run_policy(body: bytes) -> None:
    policy = parse_policy(body)
    assert parse_policy(policy.to_text().encode()) == policy


def run_tlog_policy(body: bytes) -> None:
    policy = parse_tlog_policy(body)
    assert parse_tlog_policy(policy.to_text().encode()) == policy


def run_rlp(body: bytes) -> None:
    assert rlp.encode(rlp.decode(body)) == body


def run_header(body: bytes) -> None:
    block, root = read_header(body)
    assert len(root) == len(block.hash) == 32


def run_evidence(body: bytes) -> None:
    evidence: ChainEvidence = evidence_from_json(parse_json(body))
    assert evidence_from_json(evidence_to_json(evidence)) == evidence
    anchored = seeds.ANCHOR_CONTRACT, seeds.ANCHOR_LOG_ID, seeds.ANCHOR_SIZE, seeds.ANCHOR_ROOT
    assert verify_evidence(evidence, *anchored).hash


def run_cosignatures(body: bytes) -> None:
    assert "".join(line.to_text() for line in parse_cosignatures(body)).encode() == body


def run_size(body: bytes) -> None:
    assert f"{parse_size(body)}\n".encode() == body


def run_cose(body: bytes) -> None:
    assert CoseReceipt.parse(body).to_bytes() == body


def run_proof(body: bytes) -> None:
    proof = parse_proof(body)
    again = proof.to_text().encode() if isinstance(proof, TlogProof) else proof.to_bytes()
    assert again == body


def run_erasure(body: bytes) -> None:
    assert Erasure.parse(body).to_text().encode() == body


def run_detached(body: bytes) -> None:
    assert Detached.parse(body).to_text().encode() == body.removesuffix(b"\n")


def run_memory(body: bytes) -> None:
    assert LogMemory.parse(body, seeds.ORIGIN).to_text().encode() == body


def run_tile(body: bytes) -> None:
    assert TileRef.parse(text_of(body)).to_path() == text_of(body)


def run_pointer(body: bytes) -> None:
    assert to_pointer(resolve(text_of(body), seeds.PATHS)) == text_of(body)


def run_raw_tx(body: bytes) -> None:
    raw = RawAnchorTx.parse(body)
    assert len(raw.sender) == 20
    assert len(raw.tx_hash) == 32


def run_register(body: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "register"
        file.write_bytes(body)
        head = read_register(file, seeds.ORIGIN)
    assert head is not None
    assert head.root.hex().encode() in body


def run_problem(body: bytes) -> None:
    for status in (400, 404, 422, 503):
        error = error_of(read_problem(httpx2.Response(status, content=body)))
        assert isinstance(error, AuditError)
        assert isinstance(str(error), str)


def node(body: bytes) -> RpcNode:
    """Make a node whose every answer is this body."""
    answer = httpx2.MockTransport(lambda _request: httpx2.Response(200, content=body))
    return RpcNode("http://127.0.0.1:8545", transport=answer)


def run_node(body: bytes) -> None:
    refused = 0
    questions: tuple[Callable[[RpcNode], object], ...] = (
        lambda asked: asked.chain_id(),
        lambda asked: asked.block(7),
        lambda asked: asked.block("latest"),
        lambda asked: asked.code_hash(seeds.ANCHOR_CONTRACT),
        lambda asked: asked.head_at(seeds.ANCHOR_CONTRACT, seeds.ANCHOR_LOG_ID, 7),
        lambda asked: asked.latest(seeds.ANCHOR_CONTRACT, seeds.ANCHOR_LOG_ID),
    )
    for ask in questions:
        asked = node(body)
        try:
            canonical_fact(ask(asked))
        except Unavailable:
            refused += 1
        finally:
            asked.close()
    if refused == len(questions):
        raise Unavailable("every question")


def canonical_fact(answer: object) -> None:
    """Numbers of an answer are printed as facts of a verdict: that must be possible."""
    for number in (getattr(answer, name, 0) for name in ("number", "time", "block", "timestamp")):
        assert canonical(number)


def run_standing(body: bytes) -> None:
    """Read one answer as each of the three that make up a log's standing."""
    empty, refused = LogStanding(), 0
    readings: tuple[tuple[str, Callable[[], LogStanding]], ...] = (
        (MARK_OF, lambda: replace(empty, mark=parse_mark(body))),
        (CLOSING_OF, lambda: replace(empty, closing=parse_closing(body))),
        (SIGNERS_OF, lambda: replace(empty, signers=parse_signers(body))),
    )
    for selector, read in readings:
        try:
            standing = read()
        except Unavailable:
            refused += 1
            continue
        assert standing_words(standing, selector) == body.hex()
        assert canonical(exact(standing.to_json()))
    if refused == len(readings):
        raise Unavailable("every reading")


def run_url(body: bytes) -> None:
    places = {name: Path("f") for name in ("data_dir", "register_dir", "keys_dir", "policy_file")}
    given: dict[str, Any] = {**places, "rpc_url": text_of(body)}
    assert Settings(**given).rpc_urls == tuple(text_of(body).split())


def check_reads(parse: Callable[[bytes], Any], body: bytes) -> None:
    """Reading what was printed gives the same value."""
    value = parse(body)
    assert parse(canonical(value)) == value


PROOF_REFUSALS = (MalformedProof, MalformedNote, MalformedCheckpoint)

TARGETS = {
    "json": Target(run_json, seeds.JSON, (MalformedJson,)),
    "rows": Target(run_rows, seeds.ROWS, (MalformedJson, MalformedDisclosure)),
    "record": Target(
        lambda body: check_reads(parse_record, body), seeds.RECORD, (MalformedJson, MalformedRecord)
    ),
    "submission": Target(run_submission, seeds.SUBMISSION, (MalformedJson, MalformedRecord)),
    "receipt": Target(
        run_receipt, seeds.RECEIPT, (MalformedJson, MalformedReceipt, MalformedDisclosure)
    ),
    "stored receipt": Target(run_stored, seeds.RECEIPT, (Malformed,)),
    "policy": Target(run_policy, seeds.POLICY, (MalformedJson, MalformedPolicy)),
    "witness file": Target(run_tlog_policy, seeds.TLOG_POLICY, (MalformedPolicy,)),
    "note": Target(reprints(SignedNote.parse), seeds.NOTE, (MalformedNote,)),
    "checkpoint": Target(reprints(Checkpoint.parse), seeds.CHECKPOINT, (MalformedCheckpoint,)),
    "log key": Target(reprints(LogKey.parse), seeds.LOG_KEY, (MalformedKey,)),
    "signer key": Target(reprints(HeadSignerKey.parse), seeds.SIGNER_KEY, (MalformedKey,)),
    "witness key": Target(reprints(WitnessKey.parse), seeds.WITNESS_KEY, (MalformedKey,)),
    "tile path": Target(run_tile, seeds.TILE, (MalformedTilePath,)),
    "pointer": Target(run_pointer, seeds.POINTER, (MalformedPointer, Unknown)),
    "rlp": Target(run_rlp, seeds.RLP, (MalformedReceipt,)),
    "header": Target(run_header, seeds.HEADER, (MalformedReceipt,)),
    "evidence": Target(
        run_evidence, seeds.EVIDENCE, (MalformedJson, MalformedReceipt, ProofMismatch)
    ),
    "raw tx": Target(
        run_raw_tx, seeds.RAW_TX, (AnchorMismatch, MalformedReceipt, SignatureMismatch)
    ),
    "tlog-proof": Target(reprints(TlogProof.parse), seeds.TLOG_PROOF, PROOF_REFUSALS),
    "COSE receipt": Target(run_cose, seeds.COSE, (MalformedProof,)),
    "proof of either kind": Target(run_proof, (*seeds.COSE, *seeds.TLOG_PROOF), PROOF_REFUSALS),
    "add-checkpoint": Target(
        reprints(AddCheckpoint.parse), seeds.ADD_CHECKPOINT, (MalformedNote, MalformedCheckpoint)
    ),
    "cosignatures": Target(run_cosignatures, seeds.COSIGNATURES, (MalformedNote,)),
    "size of a witness": Target(run_size, seeds.SIZE, (MalformedNote,)),
    "erasure": Target(run_erasure, seeds.ERASURE, (Malformed,)),
    "kept content": Target(
        run_detached, seeds.DETACHED, (MalformedJson, MalformedReceipt, MalformedDisclosure)
    ),
    "memory of heads": Target(run_memory, seeds.MEMORY, (Malformed,)),
    "register": Target(run_register, seeds.REGISTER, (HistoryMismatch,)),
    "problem": Target(run_problem, seeds.PROBLEM, ()),
    "answer of a node": Target(run_node, seeds.NODE, (Unavailable,)),
    "standing of a log": Target(run_standing, seeds.STANDING, (Unavailable,)),
    "URL of a node": Target(run_url, seeds.URL, (ValueError,)),
}
