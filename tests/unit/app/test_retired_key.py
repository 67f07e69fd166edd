"""Between two keys of a log: every size is signed by the one that is good for it."""

import pytest

from liuhen.app.seal import HeadSealer, RetiredKey
from liuhen.core.checkpoint import Checkpoint
from liuhen.core.cose_receipt import protected_header, to_be_signed
from liuhen.core.head_checks import check_log_signature
from liuhen.core.merkle import EMPTY_ROOT, TreeHead
from liuhen.core.note import SignedNote
from liuhen.core.policy import SizeRange
from liuhen.core.tiles import Edge, Tree
from liuhen.core.verdict import State
from liuhen.ports import ChainTarget
from tests.fakes.head_register import MemoryRegister
from tests.watched_log import CHAIN_ID, CONTRACT, LOG_ID, ORIGIN, policy_of, signer

LAST = 4
POLICY = policy_of((signer(1), SizeRange(0, LAST)), (signer(2), SizeRange(LAST + 1)))


def sealer_of(retired: RetiredKey | None) -> HeadSealer:
    target = ChainTarget(CHAIN_ID, CONTRACT, LOG_ID)
    own = signer(2)
    return HeadSealer(ORIGIN, MemoryRegister(), own, own, [target], retired)


def heads(most: int) -> list[tuple[TreeHead, list[bytes]]]:
    """Return heads of sizes 0 to `most`, each with the proof from the one before."""
    found, edge = [(TreeHead(0, EMPTY_ROOT), list[bytes]())], Edge()
    for size in range(1, most + 1):
        edge.append([bytes([size]) * 32])
        tree = Tree(lambda level, index, width: edge.read(level, index, width) or b"", size)
        found.append((TreeHead(size, tree.root()), tree.consistency(size - 1)))
    return found


def test_every_size_is_signed_by_the_key_that_is_good_for_it() -> None:
    sealer = sealer_of(RetiredKey(signer(1), LAST))
    for head, proof in heads(7):
        note = SignedNote.parse(sealer.seal(head, proof).note)
        check = check_log_signature(note, Checkpoint.parse(note.text), POLICY)
        assert check.state is State.PASSED, head.size
        wanted = signer(1 if head.size <= LAST else 2).log_key.to_text()
        assert check.facts["key"] == wanted
        sealed = sealer.seal_size()
        key = signer(1 if head.size <= LAST else 2)
        header = protected_header(key.log_key.key_id, ORIGIN, head.size)
        assert sealed.signed.signature == key.sign_text(to_be_signed(header, head.root))


def test_without_the_retired_key_the_newest_signs_everything() -> None:
    sealer = sealer_of(None)
    for head, proof in heads(2):
        note = SignedNote.parse(sealer.seal(head, proof).note)
        check = check_log_signature(note, Checkpoint.parse(note.text), POLICY)
        assert (check.state, check.reason) == (State.NOT_CHECKED, "key-not-for-this-size")


@pytest.mark.parametrize("size", [0, 3])
def test_the_keys_that_a_log_opens_with_are_the_newest(size: int) -> None:
    sealer = sealer_of(RetiredKey(signer(1), LAST))
    for head, proof in heads(size):
        sealer.seal(head, proof)
    assert sealer.vkeys[0] == signer(2).log_key.to_text()
