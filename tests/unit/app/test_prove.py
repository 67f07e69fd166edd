"""Receipts and proofs of stored records, and the log's files."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from liuhen.app.append import Body
from liuhen.app.seal import HeadSealer, Published
from liuhen.core.checkpoint import Checkpoint
from liuhen.core.commitment import commit
from liuhen.core.cose_receipt import CoseReceipt
from liuhen.core.errors import HistoryMismatch, NotYet, Unknown
from liuhen.core.merkle import (
    EMPTY_ROOT,
    TreeHead,
    leaf_hash,
    root_hash,
    verify_consistency,
    verify_inclusion,
)
from liuhen.core.note import SignedNote, decode_base64
from liuhen.core.receipt import Receipt, parse_receipt
from liuhen.core.record import parse_record
from liuhen.core.tiles import TileRef
from liuhen.domain.anchor_life import AnchorState
from liuhen.ports import ChainTarget, MinedIn
from tests.fakes.anchor_store import MemoryAnchorStore
from tests.fakes.assembled_log import ORIGIN, TARGET, AssembledLog
from tests.fakes.head_signer import KnownSigner

Assemble = Callable[..., AssembledLog]
BLOCK = MinedIn(7, b"\7" * 32, 1_800_000_000, 0, 0)


def checked(log: AssembledLog, text: str) -> tuple[Receipt, Checkpoint]:
    """Check that a receipt proves a record of this log under its checkpoint."""
    receipt = parse_receipt(text.encode())
    checkpoint = Checkpoint.parse(SignedNote.parse(receipt.checkpoint).text)
    (record,) = log.store.records(receipt.entry_index, receipt.entry_index + 1)
    assert record.body is not None
    assert record.secret is not None
    entry = commit(parse_record(record.body), record.secret).commitment
    verify_inclusion(
        leaf_hash(entry), receipt.entry_index, checkpoint.size, receipt.inclusion, checkpoint.root
    )
    return receipt, checkpoint


def anchor(log: AssembledLog, store: MemoryAnchorStore, state: AnchorState) -> TreeHead:
    """End the log in a map head and let it be in the contract."""
    head = log.writer.request_map_head().result()
    planned = store.plan(head)
    store.move_anchor(planned.anchor_id, AnchorState.MINED, BLOCK)
    if state is not AnchorState.MINED:
        store.move_anchor(planned.anchor_id, state, BLOCK)
    return head


@pytest.fixture
def anchors() -> MemoryAnchorStore:
    return MemoryAnchorStore(TARGET)


def test_a_sealed_record_is_proven_under_the_newest_checkpoint(log: AssembledLog) -> None:
    answer = log.append("A-1", n=1)
    assert log.prover.receipt_of(answer.record_id) == answer.receipt
    log.append("A-1", n=2)
    receipt, checkpoint = checked(log, log.prover.receipt_of(answer.record_id))
    assert checkpoint.size == 3
    assert receipt.anchors == ()


@pytest.mark.parametrize("state", [AnchorState.MINED, AnchorState.FINAL])
def test_an_anchored_record_carries_the_first_anchor_that_covers_it(
    assemble: Assemble, anchors: MemoryAnchorStore, state: AnchorState
) -> None:
    log = assemble(anchors=[anchors]).open()
    first = log.append("A-1", n=1)
    head = anchor(log, anchors, state)
    later = log.append("A-1", n=2)
    anchor(log, anchors, state)
    sealed = log.append("A-1", n=3)
    receipt, checkpoint = checked(log, log.prover.receipt_of(first.record_id))
    assert checkpoint.head == head
    (found,) = receipt.anchors
    assert (found.size, found.root, found.consistency) == (head.size, head.root, ())
    assert (found.chain_id, found.contract, found.log_id) == (
        TARGET.chain_id,
        TARGET.contract,
        TARGET.log_id,
    )
    assert checked(log, log.prover.receipt_of(later.record_id))[0].anchors[0].size == 5
    assert checked(log, log.prover.receipt_of(sealed.record_id))[0].anchors == ()


@pytest.mark.parametrize(
    "state", [AnchorState.REORGED, AnchorState.REPLACED, AnchorState.SIGNED, AnchorState.SENT]
)
def test_an_anchor_that_is_not_on_the_chain_is_not_carried(
    assemble: Assemble, anchors: MemoryAnchorStore, state: AnchorState
) -> None:
    log = assemble(anchors=[anchors]).open()
    answer = log.append("A-1")
    planned = anchors.plan(log.writer.request_map_head().result())
    anchors.anchors[planned.anchor_id] = replace(planned, state=state)
    assert checked(log, log.prover.receipt_of(answer.record_id))[0].anchors == ()


def test_anchors_in_two_contracts_are_joined_by_consistency(
    assemble: Assemble, anchors: MemoryAnchorStore
) -> None:
    second = MemoryAnchorStore(ChainTarget(1, b"\xee" * 20, b"\xdd" * 32))
    log = assemble(anchors=[second, anchors]).open()
    answer = log.append("A-1")
    small = anchor(log, anchors, AnchorState.FINAL)
    log.append("A-1")
    large = anchor(log, second, AnchorState.MINED)
    receipt, checkpoint = checked(log, log.prover.receipt_of(answer.record_id))
    assert checkpoint.head == small
    far, near = receipt.anchors
    assert (far.chain_id, far.size, near.size, near.consistency) == (1, large.size, small.size, ())
    verify_consistency(small, large, far.consistency)


def test_a_record_under_no_signed_head_is_not_proven_yet(log: AssembledLog) -> None:
    answer = log.append()
    log.writer._published = Published(TreeHead(1, b"\0" * 32), "older")
    with pytest.raises(NotYet):
        log.prover.receipt_of(answer.record_id)
    with pytest.raises(NotYet):
        log.prover.tlog_proof(1)


def test_an_unknown_record_is_unknown(log: AssembledLog) -> None:
    with pytest.raises(Unknown):
        log.prover.receipt_of("01957b1e-0000-7000-8000-000000000000")
    with pytest.raises(Unknown):
        log.finder.record("x")


def test_a_tlog_proof_has_the_form_of_its_specification(log: AssembledLog) -> None:
    for number in range(6):
        log.append(n=number)
    for index in range(7):
        text = log.prover.tlog_proof(index)
        head, _, note = text.partition("\n\n")
        lines = head.split("\n")
        assert lines[:2] == ["c2sp.org/tlog-proof@v1", f"index {index}"]
        checkpoint = Checkpoint.parse(SignedNote.parse(note).text)
        (entry,) = log.store.entries(index, index + 1)
        path = [decode_base64(line) for line in lines[2:]]
        verify_inclusion(leaf_hash(entry), index, checkpoint.size, path, checkpoint.root)


def test_a_log_of_one_entry_has_an_empty_proof(log: AssembledLog) -> None:
    text = log.prover.tlog_proof(0)
    assert text == f"c2sp.org/tlog-proof@v1\nindex 0\n\n{log.prover.checkpoint()}"


def test_a_cose_receipt_holds_under_the_newest_head(log: AssembledLog) -> None:
    for number in range(6):
        log.append(n=number)
    for index, entry in enumerate(log.store.entries(0, 7)):
        receipt = CoseReceipt.parse(log.prover.cose_receipt(index))
        assert receipt.verify(log.signer.log_key, entry) == log.writer.published.tree
    with pytest.raises(NotYet):
        log.prover.cose_receipt(7)


def test_one_signature_serves_all_cose_receipts_of_a_head(log: AssembledLog) -> None:
    log.append()
    before = len(log.signer.signed)
    first, second = log.prover.cose_receipt(0), log.prover.cose_receipt(1)
    assert len(log.signer.signed) == before + 1
    assert CoseReceipt.parse(first).signed == CoseReceipt.parse(second).signed


def test_nothing_is_signed_for_a_head_that_was_not_sealed_here(log: AssembledLog) -> None:
    signer = KnownSigner(ORIGIN)
    sealer = HeadSealer(ORIGIN, log.register, signer, signer, [])
    with pytest.raises(NotYet):
        sealer.seal_size()
    newest = log.register.newest()
    assert newest is not None
    sealer.seal(newest, [])
    before = sealer.seal_size()
    with pytest.raises(HistoryMismatch):
        sealer.seal(TreeHead(newest.size, bytes(32)), [])
    assert sealer.seal_size() == before
    assert before.tree == newest


def test_tiles_and_bundles_rebuild_the_root(log: AssembledLog) -> None:
    for number in range(5):
        log.append(n=number)
    size = log.writer.published.tree.size
    bundle = log.prover.tile(TileRef.parse(f"tile/entries/000.p/{size}"))
    assert len(bundle) == 34 * size
    entries = [bundle[start + 2 : start + 34] for start in range(0, len(bundle), 34)]
    assert bundle[:2] == b"\0\x20"
    assert root_hash(entries) == log.writer.published.tree.root
    row = log.prover.tile(TileRef.parse(f"tile/0/000.p/{size}"))
    assert row == b"".join(leaf_hash(entry) for entry in entries)
    assert log.prover.tile(TileRef.parse("tile/0/000.p/2")) == row[:64]


@pytest.mark.parametrize(
    "path", ["tile/0/000.p/3", "tile/0/000", "tile/0/001.p/1", "tile/1/000.p/1", "tile/entries/000"]
)
def test_nothing_beyond_the_checkpoint_is_served(log: AssembledLog, path: str) -> None:
    log.append()
    with pytest.raises(Unknown):
        log.prover.tile(TileRef.parse(path))


def test_what_no_head_commits_to_is_not_served(log: AssembledLog) -> None:
    log.append()
    log.writer._published = Published(TreeHead(1, EMPTY_ROOT), "older")
    with pytest.raises(Unknown):
        log.prover.tile(TileRef.parse("tile/entries/000.p/2"))


def test_an_anchor_without_a_checkpoint_is_passed_over(anchors: MemoryAnchorStore) -> None:
    log = AssembledLog(anchors=[anchors]).open()
    answer = log.append("A-1")
    foreign = anchors.plan(log.writer.published.tree)
    anchors.move_anchor(foreign.anchor_id, AnchorState.MINED, BLOCK)
    assert checked(log, log.prover.receipt_of(answer.record_id))[0].anchors == ()
    head = anchor(log, anchors, AnchorState.FINAL)
    receipt, checkpoint = checked(log, log.prover.receipt_of(answer.record_id))
    assert [each.size for each in receipt.anchors] == [head.size] == [checkpoint.size]
    log.close()


def test_records_are_found_by_what_they_contain(log: AssembledLog) -> None:
    first = log.append("A-1", n=1)
    second = log.append("B-1", n=1)
    log.append("A-1", n=2)
    digest = log.appender.prepare(Body(b'{"data":{"n":1}}')).draft.data_digest
    found = log.finder.lookup(digest)
    assert [record.record_id for record in found] == [first.record_id, second.record_id]
    assert list(log.finder.lookup(b"\0" * 32)) == []


def test_an_attachment_is_found_by_either_digest(log: AssembledLog) -> None:
    body = (
        b'{"attachments":[{"bytes":3,"media_type":"text/plain","name":"a","sha256":"%s","sm3":"%s"},'
        b'{"bytes":3,"media_type":"text/plain","name":"b","sha256":"%s"}],"data":null}'
        % (b"ab" * 32, b"cd" * 32, b"ab" * 32)
    )
    answer = log.appender.append_here(body)
    for digest in (b"\xab" * 32, b"\xcd" * 32):
        assert [each.record_id for each in log.finder.lookup(digest)] == [answer.record_id]


def test_the_database_holds_no_plain_digest() -> None:
    log = AssembledLog().open()
    log.append("A-1", key="a key", n=1)
    draft = log.appender.prepare(Body(b'{"data":{"n":1}}')).draft
    held: Any = repr(log.store.content.digests) + repr(log.store.content.answered)
    assert repr(draft.data_digest)[2:-1] not in held
    assert "a key" not in held
    log.close()
