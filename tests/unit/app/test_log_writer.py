"""The single writer: order of a commit, failures at every step, cases, map heads, the clock."""

import threading
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from structlog.testing import capture_logs

from liuhen.app import log_state
from liuhen.app.append import Body
from liuhen.app.waiting import QueueLimits, ThreadSink
from liuhen.core.checkpoint import Checkpoint
from liuhen.core.errors import (
    IdempotencyMismatch,
    RecordRefused,
    Unavailable,
)
from liuhen.core.merkle import leaf_hash, verify_inclusion
from liuhen.core.note import SignedNote
from liuhen.core.receipt import parse_receipt
from liuhen.core.record import AfterBlock
from tests.fakes.assembled_log import AssembledLog, submission
from tests.fakes.faults import STEPS_OF_A_GROUP, WHEN

Assemble = Callable[..., AssembledLog]


def record_of(log: AssembledLog, answer: Any) -> Any:
    return log.finder.record(answer.record_id)


def check_receipt(log: AssembledLog, answer: Any) -> None:
    """Check that a receipt proves its entry under the checkpoint that it carries."""
    receipt = parse_receipt(answer.receipt.encode())
    checkpoint = Checkpoint.parse(SignedNote.parse(receipt.checkpoint).text)
    (entry,) = log.store.entries(receipt.entry_index, receipt.entry_index + 1)
    verify_inclusion(
        leaf_hash(entry),
        receipt.entry_index,
        checkpoint.size,
        receipt.inclusion,
        checkpoint.root,
    )


def append_together(log: AssembledLog, *bodies: Any) -> list[Any]:
    """Append in one group: the writer finds them all in its queue."""
    requests = [
        log.appender.prepare(Body(*(body if isinstance(body, tuple) else (body,))))
        for body in bodies
    ]
    results = log.writer._append(requests, wants_map_head=False)
    return list(results)


@pytest.fixture
def quiet(assemble: Assemble) -> AssembledLog:
    """A log that is open and has no thread: the test is the writer."""
    log = assemble()
    log.writer.start = lambda: None  # type: ignore[method-assign]
    return log.open()


# One after the other


def test_an_answer_is_a_receipt_that_proves_its_entry(log: AssembledLog) -> None:
    for number in range(20):
        answer = log.append(n=number)
        check_receipt(log, answer)
    assert log.check() == 21


def test_a_group_gives_every_caller_his_own_receipt(quiet: AssembledLog) -> None:
    outcomes = append_together(quiet, *(submission("A-1", n=n) for n in range(50)))
    assert [outcome.entry_index for outcome in outcomes] == list(range(1, 51))
    for outcome in outcomes:
        check_receipt(quiet, outcome)
    assert len(quiet.signer.signed) == 3  # size 0, entry 0, and once for the fifty
    assert quiet.check() == 51


@pytest.mark.parametrize("before", [250, 255, 256, 257, 511])
def test_receipts_hold_where_tiles_become_full(quiet: AssembledLog, before: int) -> None:
    append_together(quiet, *(submission(n=n) for n in range(before - 1)))
    for count in (1, 3, 260):
        outcomes = append_together(quiet, *(submission(n=n) for n in range(count)))
        for outcome in (outcomes[0], outcomes[count // 2], outcomes[-1]):
            check_receipt(quiet, outcome)
    assert quiet.check() == before + 264


def test_many_threads_append_at_once(log: AssembledLog) -> None:
    answered: list[str] = []

    def work(number: int) -> None:
        answered.extend(log.append(f"A-{number % 3}", n=n).record_id for n in range(10))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(answered)) == 80
    assert log.check(answered) == 81


def test_data_then_register_then_signature_then_answer(log: AssembledLog) -> None:
    log.faults.calls.clear()
    log.append(n=1)
    steps = [step for step in log.faults.calls if step in STEPS_OF_A_GROUP]
    assert steps == ["store", "commit", "advance", "sign_text", "sign_head"]


# Cases


def test_records_of_a_case_are_numbered_and_chained_across_groups(quiet: AssembledLog) -> None:
    append_together(quiet, submission("A-1"), submission("B-1"), submission("A-1"))
    append_together(quiet, submission("A-1"), submission(), submission("B-1"))
    records = quiet.store.records(1, 10)
    assert [(record.case, record.case_seq) for record in records] == [
        *(("A-1", 0), ("B-1", 0), ("A-1", 1)),
        *(("A-1", 2), (None, None), ("B-1", 1)),
    ]
    quiet.check()


def test_a_case_goes_on_after_a_restart(assemble: Assemble) -> None:
    log = assemble().open()
    log.append("A-1")
    log.close()
    log.restart()
    log.open()
    assert record_of(log, log.append("A-1")).case_seq == 1
    log.check()


def test_a_case_goes_on_after_it_was_forgotten(
    log: AssembledLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_state, "MOST_CASES", 2)
    for _ in range(3):
        for number in range(5):
            log.append(f"A-{number}")
    assert log.check() == 16


def test_a_refused_record_fails_alone(quiet: AssembledLog) -> None:
    good, bad, after = append_together(
        quiet, submission("A-1", n=1), submission("A-1", n=2), submission("A-1", n=3)
    )
    assert (good.entry_index, bad.entry_index, after.entry_index) == (1, 2, 3)
    requests = [quiet.appender.prepare(Body(submission("A-1", n=n))) for n in range(3)]
    object.__setattr__(requests[1].draft, "type", "no_such_type")
    first, refused, last = quiet.writer._append(requests, wants_map_head=False)
    assert isinstance(refused, RecordRefused)
    assert (first.entry_index, last.entry_index) == (4, 5)  # type: ignore[union-attr]
    assert [record.case_seq for record in quiet.store.records(1, 9)] == [0, 1, 2, 3, 4]
    quiet.check()


def test_a_group_of_refused_records_adds_nothing(quiet: AssembledLog) -> None:
    request = quiet.appender.prepare(Body(submission()))
    object.__setattr__(request.draft, "type", "no_such_type")
    (refused,) = quiet.writer._append([request], wants_map_head=False)
    assert isinstance(refused, RecordRefused)
    assert quiet.check() == 1


# Idempotency


def test_the_same_key_and_submission_lead_to_the_same_record(log: AssembledLog) -> None:
    first = log.append("A-1", key="k", n=1)
    again = log.append("A-1", key="k", n=1)
    assert (first.replayed, again.replayed) == (False, True)
    assert again.record_id == first.record_id
    check_receipt(log, again)
    assert log.check() == 2


def test_the_same_key_for_another_submission_is_refused(log: AssembledLog) -> None:
    log.append("A-1", key="k", n=1)
    with pytest.raises(IdempotencyMismatch):
        log.append("A-1", key="k", n=2)
    assert log.check() == 2


def test_a_key_counts_within_one_group_too(quiet: AssembledLog) -> None:
    body = submission("A-1", n=1)
    first, again, other = append_together(
        quiet, (body, None, "k"), (body, None, "k"), (submission("A-1", n=2), None, "k")
    )
    assert again.record_id == first.record_id
    assert isinstance(other, IdempotencyMismatch)
    assert quiet.check() == 2


def test_a_key_of_a_refused_record_is_free(log: AssembledLog) -> None:
    with pytest.raises(RecordRefused):
        log.appender.append_here(b'{"type":"no_such_type","data":1}', idempotency_key="k")
    assert not log.append(key="k").replayed


def test_a_key_is_remembered_after_a_restart(assemble: Assemble) -> None:
    log = assemble().open()
    first = log.append(key="k", n=1)
    log.close()
    log.restart()
    assert log.open().append(key="k", n=1).record_id == first.record_id


def test_without_a_key_the_same_submission_is_another_record(log: AssembledLog) -> None:
    assert log.append(n=1).record_id != log.append(n=1).record_id
    assert log.check() == 3


# Map heads


def test_a_map_head_is_the_last_entry_of_the_size_it_gives(log: AssembledLog) -> None:
    log.append("A-1")
    log.append("B-1")
    head = log.writer.request_map_head().result()
    assert head.size == 4
    assert log.store.map_root(3) is not None
    assert log.store.checkpoint(4) is not None
    log.append("A-1")
    assert log.writer.request_map_head().result().size == 6
    assert log.check() == 6


def test_a_map_head_alone_makes_no_other_due(log: AssembledLog) -> None:
    log.append("A-1")
    first = log.writer.request_map_head().result()
    assert log.writer.request_map_head().result() == first
    assert log.check() == first.size


def test_a_new_log_has_a_map_head_over_its_opening(log: AssembledLog) -> None:
    assert log.writer.request_map_head().result().size == 2
    assert log.check() == 2


def test_map_heads_hold_after_a_restart(assemble: Assemble) -> None:
    log = assemble().open()
    log.append("A-1")
    log.append("B-1")
    log.writer.request_map_head().result()
    log.append("B-1")
    log.append("C-1")
    log.close()
    log.restart()
    log.open()
    log.append("A-1")
    log.writer.request_map_head().result()
    assert log.check() == 8


def test_only_changed_cases_get_a_new_salt(log: AssembledLog) -> None:
    for case in ("A-1", "B-1"):
        log.append(case)
    before = {
        case.key: case
        for case in log.store.mapped_cases(log.writer.request_map_head().result().size)
    }
    log.append("B-1")
    after = {
        case.key: case
        for case in log.store.mapped_cases(log.writer.request_map_head().result().size)
    }
    changed = [key for key in after if after[key].salt != before[key].salt]
    assert len(changed) == 1
    assert after[changed[0]].count == 2


def test_a_sealed_case_gets_a_new_salt_at_every_map_head(quiet: AssembledLog) -> None:
    append_together(quiet, submission("A-1"), submission("B-1"))
    state = quiet.writer._state
    assert state is not None
    sealed = {name: case for name, case in state.unmapped.items() if name == "A-1"}
    object.__setattr__(sealed["A-1"], "sealed", True)
    salts = []
    for _ in range(3):
        append_together(quiet, submission())
        quiet.writer._append([], wants_map_head=True)
        mapped = quiet.store.mapped_cases(10**6)
        salts.append({case.head: case.salt for case in mapped})
    of_a, of_b = sealed["A-1"].head, next(head for head in salts[0] if head != sealed["A-1"].head)
    assert len({each[of_a] for each in salts}) == 3
    assert len({each[of_b] for each in salts}) == 1


@pytest.mark.parametrize("interval", [4, 7, 16])
def test_a_map_head_comes_at_the_latest_after_the_interval(
    assemble: Assemble, interval: int
) -> None:
    log = assemble(map_head_interval=interval, limits=QueueLimits(group_records=3)).open()
    for number in range(40):
        log.append(f"A-{number % 4}")
    size = log.check()
    heads = [-1, *(index for index in range(size) if log.store.map_root(index) is not None)]
    assert len(heads) > 40 // interval
    gaps = [after - before for before, after in pairwise(heads)]
    assert max(gaps) <= interval


# Time


def test_the_time_of_a_record_has_three_decimals_in_utc(log: AssembledLog) -> None:
    assert record_of(log, log.append()).recorded_at == "2026-03-02T06:05:07.123Z"


def test_the_log_never_goes_back_with_the_clock(log: AssembledLog) -> None:
    log.append()
    log.clock.move(seconds=-0.5)
    with capture_logs() as lines:
        assert record_of(log, log.append()).recorded_at == "2026-03-02T06:05:07.123Z"
    assert "clock_went_back" not in [line["event"] for line in lines]
    log.clock.move(seconds=-3600)
    with capture_logs() as lines:
        assert record_of(log, log.append()).recorded_at == "2026-03-02T06:05:07.123Z"
        log.append()
    assert [line["event"] for line in lines].count("clock_went_back") == 1
    log.clock.move(days=1)
    assert record_of(log, log.append()).recorded_at > "2026-03-03"
    log.check()


def test_a_clock_that_is_behind_the_log_at_start_is_reported(assemble: Assemble) -> None:
    log = assemble().open()
    log.close()
    log.restart()
    log.clock.move(days=-1)
    with capture_logs() as lines:
        log.open()
        log.append()
    assert "clock_went_back" in [line["event"] for line in lines]
    log.check()


def test_records_carry_the_newest_final_block(assemble: Assemble) -> None:
    block = AfterBlock(20231, 41, "0x" + "ab" * 32)
    log = assemble(after_block=lambda: block).open()
    body = record_of(log, log.append()).body
    assert b'"after_block":{"chain_id":20231,"hash":"0x' + b"ab" * 32 in body
    log.check()


# Failures


@pytest.mark.parametrize("when", WHEN)
@pytest.mark.parametrize("step", [*STEPS_OF_A_GROUP, "case_states", "answered"])
def test_a_failing_step_is_told_and_leaves_the_log_whole(
    log: AssembledLog, step: str, when: str
) -> None:
    before = log.append("A-1", n=1)
    log.faults.plan(step, when)
    with pytest.raises(Unavailable, match="unknown"):
        log.append("B-1", key="k", n=2)
    again = log.append("B-1", key="k", n=2)
    after = log.append("A-1", n=3)
    check_receipt(log, again)
    size = log.check([before.record_id, again.record_id, after.record_id])
    assert size == 4  # whatever failed, the key led to one record


@pytest.mark.parametrize("when", WHEN)
@pytest.mark.parametrize("step", [*STEPS_OF_A_GROUP, "put_checkpoint"])
def test_a_failing_step_of_a_map_head_leaves_the_log_whole(
    log: AssembledLog, step: str, when: str
) -> None:
    log.append("A-1")
    log.faults.plan(step, when)
    with pytest.raises(Unavailable):
        log.writer.request_map_head().result()
    head = log.writer.request_map_head().result()
    assert head.size == 3
    assert log.store.checkpoint(3) is not None
    assert log.check() == 3


@pytest.mark.parametrize("when", WHEN)
@pytest.mark.parametrize("step", STEPS_OF_A_GROUP)
def test_a_log_that_keeps_failing_keeps_saying_so_and_comes_back(
    log: AssembledLog, step: str, when: str
) -> None:
    log.faults.plan(step, when, times=10**9)
    for _ in range(3):
        with pytest.raises(Unavailable):
            log.append()
    with pytest.raises(Unavailable, match="planned failure"):
        log.writer.check_ready()
    log.faults.clear()
    answer = log.append()
    log.writer.check_ready()
    log.check([answer.record_id])


def test_nothing_is_signed_that_the_register_did_not_release(log: AssembledLog) -> None:
    log.append()
    signed = len(log.signer.signed)
    log.faults.plan("advance", "before", times=3)
    for _ in range(2):
        with pytest.raises(Unavailable):
            log.append()
    assert len(log.signer.signed) == signed


def test_a_service_without_traffic_recovers_by_itself(
    log: AssembledLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("liuhen.app.log_writer.RETRY_SECONDS", 0.01)
    log.faults.plan("advance", "before")
    with pytest.raises(Unavailable):
        log.append()
    ready = threading.Event()

    def wait_until_ready() -> None:
        while not ready.is_set():
            try:
                log.writer.check_ready()
            except Unavailable:
                continue
            ready.set()

    waiter = threading.Thread(target=wait_until_ready, daemon=True)
    waiter.start()
    assert ready.wait(10)
    waiter.join()
    assert log.writer.published.tree.size == 2  # the unanswered record is signed now


def test_a_bug_in_the_program_stops_no_thread(
    log: AssembledLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken, capture_logs():
        broken.setattr("liuhen.app.log_writer.Grouping.finish", lambda *_: 1 / 0)
        with pytest.raises(Unavailable) as caught:
            log.append()
        assert "ZeroDivisionError" in str(caught.value.__cause__)
    log.append()
    assert log.check() == 2


def test_a_database_changed_under_the_writer_is_noticed(quiet: AssembledLog) -> None:
    append_together(quiet, submission())
    state = quiet.writer._state
    assert state is not None
    state.head = replace(state.head, tree=state.head.tree._replace(size=1))
    with pytest.raises(Unavailable, match="another writer"):
        append_together(quiet, submission())


# Stopping and crowding


def test_what_waits_is_written_before_the_writer_stops(assemble: Assemble) -> None:
    log = assemble()
    log.writer.start = lambda: None  # type: ignore[method-assign]
    log.open()
    answers = []
    threads = [
        threading.Thread(target=lambda n=n: answers.append(log.append(n=n))) for n in range(5)
    ]
    for thread in threads:
        thread.start()
    while len(log.writer._room._waiting) < 5:
        pass
    log.writer._room.close()
    log.writer._run()
    for thread in threads:
        thread.join()
    assert log.check([answer.record_id for answer in answers]) == 6
    with pytest.raises(Unavailable, match="nothing was stored"):
        log.append()
    with pytest.raises(Unavailable):
        log.writer.request_map_head()


def test_a_full_queue_says_so_and_stores_nothing(assemble: Assemble) -> None:
    log = assemble(limits=QueueLimits(waiting_records=2))
    log.writer.start = lambda: None  # type: ignore[method-assign]
    log.open()
    for _ in range(2):
        log.writer.submit(log.appender.prepare(Body(submission())), ThreadSink(), None)
    with pytest.raises(Unavailable, match="nothing was stored"):
        log.append()


def test_the_writer_is_not_ready_before_it_runs(assemble: Assemble) -> None:
    log = assemble()
    with pytest.raises(Unavailable):
        log.writer.check_ready()
    with pytest.raises(Unavailable):
        _ = log.writer.published
