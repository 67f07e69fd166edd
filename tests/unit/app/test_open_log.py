"""Opening a log: its first start, and the comparison of database and register on all others."""

import contextlib
from collections.abc import Callable

import pytest

from liuhen.app.open_log import find_or_create_log
from liuhen.core.checkpoint import Checkpoint
from liuhen.core.errors import HistoryMismatch, MalformedCheckpoint, Unavailable
from liuhen.core.head_signature import HeadSignerKey, LogKey
from liuhen.core.merkle import EMPTY_ROOT, TreeHead
from liuhen.core.note import SignedNote
from liuhen.core.record import parse_record
from tests.fakes.assembled_log import ORIGIN, TARGET, AssembledLog
from tests.fakes.clock import FakeClock
from tests.fakes.faults import STEPS_OF_A_GROUP, WHEN
from tests.fakes.head_register import MemoryRegister
from tests.fakes.log_store import MemoryLogs, MemoryLogStore

Assemble = Callable[..., AssembledLog]


def test_a_new_log_publishes_size_0_and_then_its_opening(log: AssembledLog) -> None:
    note = log.store.checkpoint(0)
    assert note is not None
    assert Checkpoint.parse(SignedNote.parse(note).text) == Checkpoint(ORIGIN, 0, EMPTY_ROOT)
    (opened,) = log.store.records(0, 1)
    assert opened.body is not None
    record = parse_record(opened.body)
    assert record["type"] == "log.opened"
    assert record["data"] == {"origin": ORIGIN, "keys": log.sealer.vkeys}
    assert log.check() == 1


def test_the_newest_checkpoint_carries_both_signatures(log: AssembledLog) -> None:
    log.append()
    signed = SignedNote.parse(log.writer.published.note)
    checkpoint = Checkpoint.parse(signed.text)
    log_key, signer_key = log.sealer.vkeys
    LogKey.parse(log_key).verify(signed.text, signed.signatures[0])
    HeadSignerKey.parse(signer_key).verify(checkpoint, TARGET.log_id, signed.signatures[1])
    assert checkpoint.size == 2


def test_opening_again_appends_nothing(assemble: Assemble) -> None:
    log = assemble().open()
    log.append()
    for _ in range(2):
        log.close()
        log.restart()
        log.open()
    assert log.check() == 2
    assert log.writer.published.tree.size == 2


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("step", ["advance", "sign_text", "put_checkpoint", "begin", "commit"])
def test_a_first_start_that_fails_is_simply_repeated(
    assemble: Assemble, step: str, when: str
) -> None:
    log = assemble()
    log.faults.plan(step, when)
    with pytest.raises(Unavailable):
        log.open()
    log.restart()
    log.open()
    log.append()
    assert log.check() == 2


def test_a_database_ahead_of_the_register_is_signed_next(assemble: Assemble) -> None:
    log = assemble().open()
    log.append(n=1)
    log.faults.plan("advance", "before")
    with pytest.raises(Unavailable):
        log.append(n=2)
    log.close()
    log.restart()
    log.open()
    assert log.writer.published.tree.size == 3
    assert log.check() == 3


@pytest.mark.parametrize("when", WHEN)
@pytest.mark.parametrize("step", [*STEPS_OF_A_GROUP, "put_checkpoint"])
@pytest.mark.parametrize("map_head", [False, True])
def test_a_process_that_dies_at_any_step_is_continued_by_the_next(
    assemble: Assemble, step: str, when: str, *, map_head: bool
) -> None:
    log = assemble().open()
    answered = [log.append("A-1", n=1).record_id]
    log.faults.plan(step, when, times=10**9)
    with contextlib.suppress(Unavailable):
        answered.append(log.append("A-1", n=2).record_id)
    if map_head:
        with contextlib.suppress(Unavailable):
            log.writer.request_map_head().result()
    log.close()
    log.faults.clear()
    log.restart()
    log.open()
    answered.append(log.append("A-1", n=3).record_id)
    log.writer.request_map_head().result()
    assert log.check(answered) in {4, 5, 6}


def test_a_register_ahead_of_the_database_signs_nothing(log: AssembledLog) -> None:
    log.append()
    log.close()
    register = MemoryRegister()
    register.released = [TreeHead(0, EMPTY_ROOT), TreeHead(9, b"\x09" * 32)]
    refuses(log, register, "old copy")


def test_a_register_with_another_tree_of_the_size_signs_nothing(log: AssembledLog) -> None:
    log.append()
    log.close()
    register = MemoryRegister()
    register.released = [TreeHead(2, b"\x09" * 32)]
    refuses(log, register, "another history")


def test_a_register_with_another_earlier_tree_signs_nothing(log: AssembledLog) -> None:
    log.append()
    log.append()
    log.close()
    register = MemoryRegister()
    register.released = [TreeHead(2, b"\x09" * 32)]
    refuses(log, register, "another history")


def test_a_lost_register_signs_nothing(log: AssembledLog) -> None:
    log.append()
    log.close()
    refuses(log, MemoryRegister(), "register was lost")


def test_a_database_restored_from_an_older_copy_signs_nothing() -> None:
    log = AssembledLog().open()
    log.append(n=1)
    older = MemoryLogStore()
    older.content = log.store.content.copy()
    log.append(n=2)
    log.close()
    log.store = older
    refuses(log, log.register, "old copy")
    assert "successor" in refuses(log, log.register, "old copy")


def test_a_database_with_a_changed_entry_signs_nothing() -> None:
    log = AssembledLog().open()
    log.append(n=1)
    log.close()
    log.store.content.entries[0] = b"\xff" * 32
    refuses(log, log.register, "damaged")


def test_a_database_that_lacks_an_entry_signs_nothing() -> None:
    log = AssembledLog().open()
    log.append(n=1)
    log.close()
    del log.store.content.entries[1]
    refuses(log, log.register, "damaged")


def refuses(log: AssembledLog, register: object, why: str) -> str:
    log.register = register
    log.restart()
    signed = len(log.signer.signed)
    with pytest.raises(HistoryMismatch, match=why) as caught:
        log.open()
    assert len(log.signer.signed) == signed
    with pytest.raises(Unavailable):
        _ = log.writer.published
    return str(caught.value)


def test_a_log_is_created_once() -> None:
    logs = MemoryLogs()
    first = find_or_create_log(logs, FakeClock(), ORIGIN)
    assert first == find_or_create_log(logs, FakeClock(), ORIGIN)
    assert first.name == "jyg"


@pytest.mark.parametrize(
    "origin", ["", "jyg", "Log.example/logs/jyg", "a/logs/b/logs/c", "a/logs/"]
)
def test_another_form_of_origin_is_refused(origin: str) -> None:
    with pytest.raises(MalformedCheckpoint):
        find_or_create_log(MemoryLogs(), FakeClock(), origin)
