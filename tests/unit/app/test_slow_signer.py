"""A signer of heads that is slow, down, or wrong: groups grow, nothing acknowledged is lost."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest

from liuhen.app.append import Body
from liuhen.app.waiting import Appended, Outcome, QueueLimits
from liuhen.core.checkpoint import Checkpoint
from liuhen.core.errors import Unavailable
from liuhen.core.head_signature import HeadSignerKey
from liuhen.core.merkle import TreeHead
from liuhen.core.note import SignedNote
from liuhen.ports import ChainTarget, HeadSigner
from tests.fakes.assembled_log import ORIGIN, TARGET, AssembledLog, submission
from tests.fakes.head_signer import KnownSigner

Assemble = Callable[..., AssembledLog]
THREADS, EACH = 8, 100


class GatedSigner:
    """A `HeadSigner` that signs when the gate is open; `bend` changes what it gives."""

    def __init__(self) -> None:
        self._signer: HeadSigner = KnownSigner(ORIGIN)
        self.address = self._signer.address
        self.gate, self.entered = threading.Event(), threading.Event()
        self.gate.set()
        self.sizes: list[int] = []
        self.bend: Callable[[bytes], bytes] = lambda signature: signature

    def sign_head(self, checkpoint: Checkpoint, target: ChainTarget) -> bytes:
        self.sizes.append(checkpoint.size)
        self.entered.set()
        assert self.gate.wait(60)
        return self.bend(self._signer.sign_head(checkpoint, target))

    @contextmanager
    def held(self) -> Iterator[None]:
        """Let the next signature wait until the block is left."""
        self.entered.clear()
        self.gate.clear()
        try:
            yield
        finally:
            self.gate.set()


class CountingSink:
    """Keeps every outcome of every ticket."""

    def __init__(self, expected: int) -> None:
        self.outcomes: list[tuple[Any, Outcome]] = []
        self._expected, self.all = expected, threading.Event()

    def deliver(self, outcomes: Sequence[tuple[Any, Outcome]]) -> None:
        self.outcomes += outcomes
        if len(self.outcomes) >= self._expected:
            self.all.set()


def submit(log: AssembledLog, sink: CountingSink, ticket: object) -> None:
    request = log.appender.prepare(Body(submission("A-1", n=str(ticket))))
    log.writer.submit(request, sink, ticket)


def submit_from_threads(log: AssembledLog, sink: CountingSink) -> None:
    def work(number: int) -> None:
        for each in range(EACH):
            submit(log, sink, (number, each))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_what_comes_during_a_slow_signature_is_one_larger_group(assemble: Assemble) -> None:
    signer = GatedSigner()
    log = assemble(head_signer=signer).open()
    sink = CountingSink(1 + THREADS * EACH)
    before = len(signer.sizes)
    with signer.held():
        submit(log, sink, "first")
        assert signer.entered.wait(60)
        submit_from_threads(log, sink)  # nobody is refused
        assert sink.outcomes == []
    assert sink.all.wait(60)
    # One signature for the first record, one for the 800 that queued up behind it.
    assert signer.sizes[before:] == [2, 2 + THREADS * EACH]
    answers = Counter(ticket for ticket, _ in sink.outcomes)
    assert len(answers) == 1 + THREADS * EACH
    assert set(answers.values()) == {1}
    done = [outcome for _, outcome in sink.outcomes if isinstance(outcome, Appended)]
    assert len(done) == len(sink.outcomes)
    assert log.check([each.record_id for each in done]) == 2 + THREADS * EACH


def test_while_every_signature_is_slow_the_groups_are_as_large_as_they_may(
    assemble: Assemble,
) -> None:
    signer = GatedSigner()
    log = assemble(head_signer=signer, limits=QueueLimits(group_records=300)).open()
    sink = CountingSink(1 + THREADS * EACH)
    before = len(signer.sizes)
    with signer.held():
        submit(log, sink, "first")
        assert signer.entered.wait(60)
        submit_from_threads(log, sink)
    assert sink.all.wait(60)
    assert signer.sizes[before:] == [2, 302, 602, 802]
    assert log.check() == 802


def test_only_a_full_queue_refuses_and_says_that_nothing_was_stored(assemble: Assemble) -> None:
    signer = GatedSigner()
    log = assemble(head_signer=signer, limits=QueueLimits(waiting_records=20)).open()
    sink = CountingSink(21)
    with signer.held():
        submit(log, sink, "first")
        assert signer.entered.wait(60)
        for number in range(20):
            submit(log, sink, number)
        with pytest.raises(Unavailable, match="nothing was stored"):
            submit(log, sink, "one too many")
    assert sink.all.wait(60)
    assert log.check() == 22


# Down


def test_a_signer_that_is_down_loses_nothing_and_is_waited_for(assemble: Assemble) -> None:
    log = assemble().open()
    answered = [log.append(n=1).record_id]
    log.faults.plan("sign_head", "before", 1000)
    for number in range(3):
        with pytest.raises(Unavailable, match="whether the record was stored is unknown"):
            log.append(key=f"key-{number}", n=number)
    assert log.writer.published.tree.size == 2
    with pytest.raises(Unavailable, match="planned failure before sign_head"):
        log.writer.check_ready()
    log.faults.clear()
    # The first was stored before the signer was asked; the others were refused before that.
    again = [log.append(key=f"key-{number}", n=number) for number in range(3)]
    assert [each.replayed for each in again] == [True, False, False]
    assert log.check([*answered, *(each.record_id for each in again)]) == 5


def test_a_process_that_died_while_the_signer_was_down_is_continued(assemble: Assemble) -> None:
    log = assemble().open()
    answered = log.append(n=1).record_id
    log.faults.plan("sign_head", "before", 1000)
    with pytest.raises(Unavailable):
        log.append(key="key", n=2)
    log.close()
    log.restart()  # a new process; the database is ahead of every signature
    with pytest.raises(Unavailable, match="planned failure before sign_head"):
        log.open()
    log.faults.clear()
    log.restart()
    log.open()
    assert log.writer.published.tree.size == 3
    assert log.register.newest() == log.writer.published.tree
    assert log.append(key="key", n=2).replayed
    assert log.check([answered]) == 3


# Wrong


def other_key(_: bytes) -> bytes:
    head = Checkpoint(ORIGIN, 3, bytes(32))
    return KnownSigner(ORIGIN, 8).sign_head(head, TARGET)


BENDS: list[Callable[[bytes], bytes]] = [
    other_key,
    lambda signature: signature[:-1] + bytes([55 - signature[-1]]),
    lambda signature: signature[:-1] + bytes([signature[-1] - 27]),
    lambda signature: signature[:32] + b"\xff" * 32 + signature[64:],
    lambda signature: signature[:64],
    lambda signature: signature + b"\0",
    lambda _: b"",
]


@pytest.mark.parametrize("bend", BENDS)
def test_a_bad_line_for_the_contract_is_never_published(
    assemble: Assemble, bend: Callable[[bytes], bytes]
) -> None:
    signer = GatedSigner()
    log = assemble(head_signer=signer).open()
    before = log.writer.published
    signer.bend = bend
    with pytest.raises(Unavailable) as caught:
        log.append(key="key", n=1)
    assert "bad signature, which is not published" in str(caught.value.__cause__)
    assert log.writer.published == before
    signer.bend = lambda signature: signature
    assert log.append(key="key", n=1).replayed
    key = HeadSignerKey(ORIGIN, TARGET.chain_id, TARGET.contract, signer.address)
    note = SignedNote.parse(log.writer.published.note)
    key.verify(Checkpoint.parse(note.text), TARGET.log_id, note.signatures[1])
    assert log.check() == 2


def test_a_bad_line_of_the_log_is_never_published(assemble: Assemble) -> None:
    log = assemble().open()
    before, honest = log.writer.published, log.signer.sign_text
    log.signer.sign_text = lambda text: honest(text + b"\n")  # type: ignore[method-assign]
    with pytest.raises(Unavailable, match="unknown"):
        log.append(key="key", n=1)
    assert log.writer.published == before
    with pytest.raises(Unavailable, match="bad signature"):
        log.sealer.seal_size()
    log.signer.sign_text = honest  # type: ignore[method-assign]
    assert log.append(key="key", n=1).replayed
    assert log.sealer.seal_size().tree == TreeHead(*log.writer.published.tree)
    assert log.check() == 2
