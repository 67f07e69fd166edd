"""Collecting cosignatures: growth, corrections, lies, and what goes on without them."""

import threading
from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from typing import Any

import pytest

from liuhen.app import cosign
from liuhen.app.ask_witness import AskedWitness
from liuhen.app.cosign import Cosigner, CosignRules, WitnessedLog
from liuhen.app.cosign_loop import CosignLoop
from liuhen.app.prove import Prover
from liuhen.core.cosignature import WitnessKey
from liuhen.core.errors import Unavailable
from liuhen.core.merkle import TreeHead
from liuhen.core.note import NoteSignature, SignedNote
from liuhen.core.receipt import parse_receipt
from liuhen.domain.anchor_life import AnchorState
from liuhen.ports import MinedIn, OtherSize
from liuhen.wiring.anchoring import map_head_of_writer
from tests.check_log import check_log, policy_of
from tests.fakes.anchor_store import MemoryAnchorStore
from tests.fakes.assembled_log import TARGET, AssembledLog
from tests.fakes.cosigned_store import MemoryCosignedStore
from tests.fakes.faults import Faults, Faulty
from tests.fakes.witness import MemoryWitness
from tests.witness_kit import ML, W1, W2, W3, head_of

BLOCK = MinedIn(7, b"\7" * 32, 1_800_000_000, 0, 0)
Lines = tuple[NoteSignature, ...]


class Scene:
    """A log, its witnesses, and what collects their lines."""

    def __init__(self, *known: Any, quorum: int = 2, closed: bool = False) -> None:
        self.anchors = MemoryAnchorStore(TARGET)
        self.log = AssembledLog(anchors=[self.anchors]).open()
        self.witnesses = [MemoryWitness(each) for each in known or (W1, W2)]
        self.faults = Faults()
        self.store = MemoryCosignedStore(self.log.store)
        self.quorum, self.closed = quorum, closed
        self.told: list[tuple[str, dict[str, object]]] = []
        self.start()

    def start(self) -> "Scene":
        """Begin as a new process would: only what is stored is known."""
        log = self.log
        self.cosigner = Cosigner(
            WitnessedLog(log.store, log.prover.tree, lambda: log.writer.published),
            [AskedWitness(each.known.key, each) for each in self.witnesses],
            CosignRules(self._is_enough, closed=self.closed),
            Faulty(self.store, self.faults),
            lambda event, facts: self.told.append((event, facts)),
        )
        self.prover = Prover(
            log.store,
            [self.anchors],
            lambda: log.writer.published,
            log.sealer.seal_size,
            cosigned=self.store,
            public_note=self.cosigner.checkpoint,
        )
        return self

    def _is_enough(self, signed: Collection[WitnessKey]) -> bool:
        return len(signed) >= self.quorum

    def append(self, count: int = 1) -> list[Any]:
        return [self.log.append(n=n) for n in range(count)]

    def map_head(self) -> TreeHead:
        return self.cosigner.map_head(map_head_of_writer(self.log.writer))

    def anchor(self, head: TreeHead) -> None:
        planned = self.anchors.plan(head)
        self.anchors.move_anchor(planned.anchor_id, AnchorState.MINED, BLOCK)

    def signers(self, note: str | None = None) -> list[str]:
        """Return who verifiably cosigned a note; the published one if none is given."""
        note = self.cosigner.checkpoint() if note is None else note
        lines, head = SignedNote.parse(note).signatures[2:], head_of(note)
        keys = {each.known.key.name: each.known.key for each in self.witnesses}
        for line in lines:
            keys[line.name].verify(head, line)
        return [line.name for line in lines]

    def trouble(self, number: int = 0) -> Any:
        state: Any = self.cosigner.state()
        return state["witnesses"][number]["trouble"]


@pytest.fixture
def scenes() -> Iterator[Callable[..., Scene]]:
    made: list[Scene] = []

    def make(*known: Any, **options: Any) -> Scene:
        made.append(Scene(*known, **options))
        return made[-1]

    yield make
    for scene in made:
        scene.log.close()
        keys = tuple(each.known.key for each in scene.witnesses)
        policy = policy_of(scene.log.signer.log_key, scene.log.signer.address, TARGET)
        check_log(scene.log.store, replace(policy, witnesses=keys))


# --- growth -------------------------------------------------------------------------------------


def test_the_published_checkpoint_is_cosigned_as_the_log_grows(scenes: Any) -> None:
    scene = scenes(W1, ML)
    for count in (1, 1, 300):
        scene.append(count)
        scene.cosigner.cosign_newest()
        assert scene.signers() == [W1.name, ML.name]
        assert head_of(scene.cosigner.checkpoint()).head == scene.log.writer.published.tree
    for witness in scene.witnesses:
        assert [each.old_size for each in witness.requests] == [0, 2, 3]
        assert [head.size for head in witness.heads] == [2, 3, 303]


def test_a_new_process_goes_on_from_the_stored_sizes(scenes: Any) -> None:
    scene = scenes()
    scene.append(4)
    scene.cosigner.cosign_newest()
    scene.append(3)
    scene.start().cosigner.cosign_newest()
    assert [each.old_size for each in scene.witnesses[0].requests] == [0, 5]


def test_a_lost_answer_is_corrected_once(scenes: Any) -> None:
    scene = scenes()
    scene.append()
    scene.witnesses[0].lost = 1
    scene.cosigner.cosign_newest()
    assert scene.signers() == [W2.name]
    assert "lost" in scene.trouble()
    scene.append()
    scene.cosigner.cosign_newest()
    assert scene.signers() == [W1.name, W2.name]
    assert [each.old_size for each in scene.witnesses[0].requests] == [0, 0, 2]
    assert scene.trouble() is None
    events = [event for event, _ in scene.told]
    assert events.count("witness.trouble") == events.count("witness.recovered") == 1


def test_a_head_that_all_have_cosigned_is_left_alone_for_an_hour(
    scenes: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = scenes()
    scene.append()
    for _ in range(3):
        scene.cosigner.cosign_newest()
    assert len(scene.witnesses[0].requests) == 1
    before = scene.cosigner.checkpoint()
    monkeypatch.setattr(cosign, "REFRESH_SECONDS", 0.0)
    scene.cosigner.cosign_newest()
    assert len(scene.witnesses[0].requests) == 2
    assert scene.cosigner.checkpoint() != before
    assert scene.signers() == [W1.name, W2.name]


def test_a_head_that_one_has_not_cosigned_is_offered_again(scenes: Any) -> None:
    scene = scenes()
    scene.append()
    scene.witnesses[1].down = True
    scene.cosigner.cosign_newest()
    assert scene.signers() == [W1.name]
    assert scene.store.newest() is None
    scene.witnesses[0].down, scene.witnesses[1].down = True, False
    scene.cosigner.cosign_newest()
    assert sorted(scene.signers()) == [W1.name, W2.name]
    assert scene.store.newest() is not None


# --- lies ---------------------------------------------------------------------------------------


def bent(lines: Lines) -> Lines:
    (line,) = lines
    changed = bytes([*line.signature[:-1], line.signature[-1] ^ 1])
    return (replace(line, signature=changed),)


LIES: dict[str, tuple[Callable[[Lines], Any], str]] = {
    "no line": (lambda _: (), "no line by its key"),
    "a line by another key": (
        lambda lines: (replace(lines[0], name=W3.name, key_id=W3.key.key_id),),
        "no line by its key",
    ),
    "a wrong signature": (bent, "not valid"),
    "a good and a wrong line": (lambda lines: (*lines, *bent(lines)), "not valid"),
    "another size for ever": (lambda _: OtherSize(1), "another size each time"),
    "a size beyond the log": (lambda _: OtherSize(10**9), "already"),
}


@pytest.mark.parametrize(("lie", "why"), LIES.values(), ids=LIES.keys())
def test_a_lie_is_told_and_never_used(scenes: Any, lie: Callable[[Lines], Any], why: str) -> None:
    scene = scenes()
    scene.append()
    scene.witnesses[0].lie = lie
    scene.cosigner.cosign_newest()
    assert scene.signers() == [W2.name]
    assert why in scene.trouble()
    assert len(scene.witnesses[0].requests) <= 2
    assert scene.store.newest() is None
    scene.witnesses[0].lie = lambda lines: lines
    scene.append()
    scene.cosigner.cosign_newest()
    assert scene.signers() == [W1.name, W2.name]


def test_a_line_by_another_key_beside_its_own_does_no_harm(scenes: Any) -> None:
    scene = scenes()
    scene.append()
    head = head_of(scene.log.writer.published.note)
    scene.witnesses[0].lie = lambda lines: (W3.line(head), *lines, W2.line(head, 1))
    scene.cosigner.cosign_newest()
    assert scene.signers() == [W1.name, W2.name]
    assert scene.trouble() is None


def test_lines_that_were_bent_in_the_database_do_not_count(scenes: Any) -> None:
    scene = scenes()
    scene.append()
    head = scene.map_head()
    notes = scene.log.store.content.checkpoints
    note = SignedNote.parse(notes[head.size])
    own, (first, *_) = note.signatures[:2], note.signatures[2:]
    for witness in scene.witnesses:
        witness.down = True
    kept = notes[head.size] = SignedNote(note.text, (*own, *bent((first,)))).to_text()
    scene.start().map_head()
    assert ("cosigned.too_few", {"size": head.size, "witnesses": 0}) in scene.told
    notes = scene.log.store.content.checkpoints
    assert notes[head.size] == kept
    notes[head.size] = note.to_text()


def test_a_witness_that_saw_another_history_contradicts(scenes: Any) -> None:
    scene, other = scenes(W1, quorum=1), scenes(W1, quorum=1)
    other.append(3)
    scene.append(1)
    scene.cosigner.cosign_newest()
    other.witnesses[0].heads = list(scene.witnesses[0].heads)
    other.cosigner.cosign_newest()
    assert "not an extension" in other.trouble()
    assert other.store.newest() is None


# --- open and closed ----------------------------------------------------------------------------


def test_open_goes_on_without_witnesses(scenes: Any) -> None:
    scene = scenes()
    scene.append()
    assert scene.cosigner.checkpoint() == scene.log.writer.published.note
    for witness in scene.witnesses:
        witness.down = True
    head = scene.map_head()
    scene.cosigner.check(head)
    assert scene.signers() == []
    assert scene.cosigner.checkpoint() == scene.log.store.checkpoint(head.size)
    assert ("cosigned.too_few", {"size": head.size, "witnesses": 0}) in scene.told


def test_closed_publishes_and_anchors_nothing_that_too_few_have_cosigned(scenes: Any) -> None:
    scene = scenes(closed=True)
    scene.append()
    with pytest.raises(Unavailable, match="enough witnesses"):
        scene.cosigner.checkpoint()
    scene.witnesses[1].down = True
    head = scene.map_head()
    with pytest.raises(Unavailable, match="0 entries"):
        scene.cosigner.check(head)
    with pytest.raises(Unavailable):
        scene.prover.checkpoint()
    scene.witnesses[1].down = False
    assert scene.map_head() == head
    scene.cosigner.check(head)
    assert scene.signers() == [W1.name, W2.name]


def test_closed_publishes_the_newest_that_enough_have_cosigned(scenes: Any) -> None:
    scene = scenes(closed=True)
    scene.append()
    scene.cosigner.cosign_newest()
    good = scene.cosigner.checkpoint()
    scene.append()
    scene.witnesses[0].down = True
    scene.cosigner.cosign_newest()
    assert scene.cosigner.checkpoint() == good
    assert scene.start().cosigner.checkpoint() == good
    scene.witnesses[0].down = False
    scene.cosigner.cosign_newest()
    assert head_of(scene.cosigner.checkpoint()).size == head_of(good).size + 1


def test_closed_lets_smaller_heads_than_the_cosigned_one_be_anchored(scenes: Any) -> None:
    scene = scenes(closed=True)
    scene.append(5)
    scene.cosigner.cosign_newest()
    tree = scene.log.prover.tree()
    for size in range(1, 7):
        scene.cosigner.check(TreeHead(size, tree.root(size)))
    with pytest.raises(Unavailable, match="6 entries of the log, not yet 7"):
        scene.cosigner.check(TreeHead(7, bytes(32)))


def test_appending_goes_on_while_a_witness_hangs(scenes: Any) -> None:
    scene = scenes(closed=True)
    scene.append()
    asked, go_on = threading.Event(), threading.Event()

    def hang(lines: Lines) -> Lines:
        asked.set()
        go_on.wait(20)
        return lines

    scene.witnesses[0].lie = hang
    thread = threading.Thread(target=scene.cosigner.cosign_newest)
    thread.start()
    assert asked.wait(20)
    answers = scene.append(5)
    assert len({answer.record_id for answer in answers}) == 5
    go_on.set()
    thread.join(20)
    assert head_of(scene.cosigner.checkpoint()).size == 2


def test_heads_are_offered_in_the_order_of_their_sizes(scenes: Any) -> None:
    scene = scenes()
    stop = threading.Event()

    def publish() -> None:
        while not stop.is_set():
            scene.cosigner.cosign_newest()

    scene.append()
    thread = threading.Thread(target=publish)
    thread.start()
    for _ in range(15):
        scene.append()
        head = scene.map_head()
        assert scene.signers(scene.log.store.checkpoint(head.size)) == [W1.name, W2.name]
    stop.set()
    thread.join(20)
    for witness in scene.witnesses:
        sizes = [head.size for head in witness.heads]
        assert sizes == sorted(sizes)
        assert all(each.old_size <= head_of(each.note).size for each in witness.requests)


def test_a_store_that_fails_publishes_nothing_stale_when_open(scenes: Any) -> None:
    scene = scenes()
    scene.append()
    scene.cosigner.cosign_newest()
    scene.append()
    scene.faults.plan("keep", "before")
    with pytest.raises(Unavailable):
        scene.cosigner.cosign_newest()
    assert scene.cosigner.checkpoint() == scene.log.writer.published.note
    scene.faults.plan("keep", "after")
    with pytest.raises(Unavailable):
        scene.cosigner.cosign_newest()
    scene.cosigner.cosign_newest()
    assert scene.signers() == [W1.name, W2.name]


# --- what it is for -----------------------------------------------------------------------------


def test_a_receipt_of_an_anchored_entry_carries_the_cosignatures(scenes: Any) -> None:
    scene = scenes()
    (answer,) = scene.append()
    head = scene.map_head()
    scene.anchor(head)
    receipt = parse_receipt(scene.prover.receipt_of(answer.record_id).encode())
    assert (head_of(receipt.checkpoint).head, receipt.anchors[0].size) == (head, head.size)
    assert scene.signers(receipt.checkpoint) == [W1.name, W2.name]


def test_a_receipt_prefers_a_cosigned_head_that_is_anchored_later(scenes: Any) -> None:
    scene = scenes()
    (answer,) = scene.append()
    scene.witnesses[0].down = True
    first = scene.map_head()
    scene.anchor(first)
    receipt = parse_receipt(scene.prover.receipt_of(answer.record_id).encode())
    assert scene.signers(receipt.checkpoint) == [W2.name]
    scene.witnesses[0].down = False
    scene.append()
    second = scene.map_head()
    receipt = parse_receipt(scene.prover.receipt_of(answer.record_id).encode())
    assert head_of(receipt.checkpoint).size == first.size
    scene.anchor(second)
    receipt = parse_receipt(scene.prover.receipt_of(answer.record_id).encode())
    assert (head_of(receipt.checkpoint).size, receipt.anchors[0].size) == (second.size,) * 2
    assert scene.signers(receipt.checkpoint) == [W1.name, W2.name]


def test_a_receipt_of_a_sealed_entry_prefers_a_cosigned_head(scenes: Any) -> None:
    scene = scenes()
    (answer,) = scene.append()
    scene.cosigner.cosign_newest()
    (later,) = scene.append()
    receipt = parse_receipt(scene.prover.receipt_of(answer.record_id).encode())
    assert scene.signers(receipt.checkpoint) == [W1.name, W2.name]
    assert receipt.anchors == ()
    sealed = parse_receipt(scene.prover.receipt_of(later.record_id).encode())
    assert sealed.checkpoint == scene.log.writer.published.note


def test_a_cosigned_head_within_an_anchored_one_is_led_to_it(scenes: Any) -> None:
    scene = scenes()
    (answer,) = scene.append()
    scene.cosigner.cosign_newest()
    scene.append(3)
    for witness in scene.witnesses:
        witness.down = True
    head = scene.map_head()
    scene.anchor(head)
    receipt = parse_receipt(scene.prover.receipt_of(answer.record_id).encode())
    assert head_of(receipt.checkpoint).size == 2
    (anchor,) = receipt.anchors
    assert anchor.size == head.size
    assert list(anchor.consistency) == scene.log.prover.tree().consistency(2, head.size)


def test_the_state_tells_of_every_witness(scenes: Any) -> None:
    scene = scenes(closed=True, quorum=1)
    scene.append()
    scene.witnesses[1].down = True
    scene.cosigner.cosign_newest()
    assert scene.cosigner.state() == {
        "mode": "closed",
        "cosigned_size": 2,
        "witnesses": [
            {"name": W1.name, "size": 2, "trouble": None},
            {"name": W2.name, "size": 0, "trouble": "the witness is down"},
        ],
    }


# --- the loop -----------------------------------------------------------------------------------


def test_the_loop_outlives_failures_and_bugs() -> None:
    told: list[str] = []
    done = threading.Event()
    errors: list[Exception] = [Unavailable("away"), Unavailable("away"), ZeroDivisionError()]

    def round_() -> None:
        if errors:
            raise errors.pop(0)
        done.set()

    loop = CosignLoop(round_, 0.001, lambda event, _: told.append(event))
    loop.start()
    assert done.wait(20)
    assert loop.stop()
    assert told == ["cosign.waiting", "cosign.crashed"]
    assert loop.failure is None
