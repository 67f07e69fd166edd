"""What signed checkpoints prove: found here exactly as the contract will judge it."""

from pathlib import Path

import pytest

from liuhen.client.fork_report import (
    DoubleSign,
    Fork,
    Nothing,
    SignedRoot,
    compare_notes,
    compare_with_history,
    read_signed,
)
from liuhen.client.log_source import FolderSource
from liuhen.core.errors import MalformedCheckpoint, MalformedNote, Unavailable
from liuhen.core.merkle import EMPTY_ROOT, TreeHead, root_hash, verify_consistency
from liuhen.core.note import SignedNote
from tests.fakes.head_signer import KnownSigner
from tests.log_folder import sample_entries
from tests.watched_log import ORIGIN, policy_of, signed_note, write_log

ENTRIES = sample_entries(300)
ROOT = bytes([7]) * 32
OLD, NEW = KnownSigner(ORIGIN, 1), KnownSigner(ORIGIN, 2)
SIGNERS = [(OLD.address, 0), (NEW.address, 6)]


def head(size: int) -> TreeHead:
    return TreeHead(size, root_hash(ENTRIES[:size]))


def signed(size: int, root: bytes = ROOT, by: KnownSigner = OLD) -> SignedRoot | Nothing:
    return read_signed(signed_note(TreeHead(size, root), by), policy_of(), SIGNERS)


def some(size: int, root: bytes = ROOT) -> SignedRoot:
    return SignedRoot(TreeHead(size, root), b"", OLD.address)


def test_a_signature_counts_for_the_sizes_of_its_key_only() -> None:
    for size, by, counts in ((5, OLD, True), (6, OLD, False), (5, NEW, False), (6, NEW, True)):
        found = signed(size, by=by)
        if counts:
            assert isinstance(found, SignedRoot)
            assert (found.head, found.signer) == (TreeHead(size, ROOT), by.address)
        else:
            assert found is Nothing.NO_SIGNER


def test_of_many_lines_the_one_by_the_signer_is_taken() -> None:
    note, other = (
        SignedNote.parse(signed_note(TreeHead(5, ROOT), by, ORIGIN)) for by in (OLD, NEW)
    )
    both = SignedNote(note.text, (*other.signatures, *note.signatures)).to_text()
    found = read_signed(both, policy_of(), SIGNERS)
    assert isinstance(found, SignedRoot)
    assert found.signature == note.signatures[1].signature


def test_what_proves_nothing_says_why() -> None:
    policy = policy_of()
    assert signed(0, EMPTY_ROOT) is Nothing.EMPTY
    other = signed_note(TreeHead(5, ROOT), OLD, "other.example/logs/x")
    assert read_signed(other, policy, SIGNERS) is Nothing.OTHER_LOG
    assert read_signed(signed_note(TreeHead(5, ROOT), OLD), policy, []) is Nothing.NO_SIGNER
    unsigned = SignedNote.parse(signed_note(TreeHead(5, ROOT), OLD))
    text_only = SignedNote(unsigned.text, unsigned.signatures[:1]).to_text()
    assert read_signed(text_only, policy, SIGNERS) is Nothing.NO_SIGNER
    for rubbish, error in (("x", MalformedNote), ("x\n\n— a AAAAAAA=\n", MalformedCheckpoint)):
        with pytest.raises(error):
            read_signed(rubbish, policy, SIGNERS)


def test_two_heads_of_one_size_contradict_each_other_if_their_roots_differ() -> None:
    one, other = some(5), some(5, bytes(32))
    assert compare_notes(one, other) == DoubleSign(one, other)
    assert compare_notes(one, some(5)) is Nothing.SAME_ROOT
    assert compare_notes(one, some(6)) is Nothing.SIZES_DIFFER


def test_the_proof_leads_from_every_size_to_every_anchored_head(tmp_path: Path) -> None:
    source = FolderSource(write_log(tmp_path, ENTRIES))
    for anchored in (1, 2, 7, 255, 256, 257, 300):
        for size in {1, 2, 3, anchored // 2 or 1, anchored - 1 or 1, anchored}:
            if size > anchored:
                continue
            fork = compare_with_history(some(size), head(anchored), None, source)
            assert isinstance(fork, Fork)
            assert (fork.true_root, fork.anchored_size) == (head(size).root, anchored)
            verify_consistency(head(size), head(anchored), fork.proof)
            honest = some(size, head(size).root)
            assert compare_with_history(honest, head(anchored), None, source) is Nothing.IN_HISTORY


def test_an_anchored_size_needs_no_files() -> None:
    fork = compare_with_history(some(7), head(9), head(7).root, None)
    assert fork == Fork(some(7), head(7).root, (), 7)
    assert compare_with_history(some(7, head(7).root), head(9), head(7).root, None) is (
        Nothing.IN_HISTORY
    )
    assert compare_with_history(some(10), head(9), None, None) is Nothing.NOT_ANCHORED


def test_files_that_do_not_lead_to_the_anchored_head_prove_nothing(tmp_path: Path) -> None:
    older = FolderSource(write_log(tmp_path / "older", ENTRIES[:8]))
    with pytest.raises(Unavailable, match="get newer ones"):
        compare_with_history(some(7), head(9), None, older)
    forked = FolderSource(write_log(tmp_path / "forked", [*ENTRIES[:3], ROOT, *ENTRIES[4:9]]))
    with pytest.raises(Unavailable, match="do not lead to the anchored head"):
        compare_with_history(some(7), head(9), None, forked)
    with pytest.raises(Unavailable, match="--log-url"):
        compare_with_history(some(7), head(9), None, None)
    with pytest.raises(Unavailable):
        compare_with_history(some(7), head(9), None, FolderSource(tmp_path / "nowhere"))
