"""Erasing in a whole log: what is gone, what stays provable, and what happens in between."""

import threading
from collections.abc import Callable
from typing import Any

import pytest

from liuhen.app.erase import Eraser
from liuhen.app.rows import check_stored, erased_paths, record_text, rows_of
from liuhen.core.canonical import canonical
from liuhen.core.disclosure import Shown, Withheld, rows_commitment
from liuhen.core.errors import (
    AuditError,
    ErasureRefused,
    IdempotencyMismatch,
    Unavailable,
    Unknown,
)
from liuhen.core.pointer import to_pointer
from liuhen.core.receipt import parse_receipt
from liuhen.core.strict_json import parse_json
from tests.fakes.assembled_log import AssembledLog

Assemble = Callable[..., AssembledLog]
FILE, OTHER_FILE = "ab" * 32, "cd" * 32
BASIS = "PIPL art. 47"


def attachment(sha256: str) -> dict[str, Any]:
    return {"name": "a.jpg", "media_type": "image/jpeg", "bytes": 3, "sha256": sha256}


def append(log: AssembledLog, key: str | None = None, **members: Any) -> str:
    body: dict[str, Any] = {
        "case": "A-1",
        "data": {"name": "张三", "phone": "13800138000", "scores": ["1", "2", "3"]},
        "attachments": [attachment(FILE), attachment(OTHER_FILE)],
    }
    answer = log.appender.append_here(canonical({**body, **members}), idempotency_key=key)
    return str(answer.record_id)


def hidden(log: AssembledLog, record_id: str) -> set[str]:
    """Return the fields that a fresh receipt withholds; it must still lead to the entry."""
    receipt = parse_receipt(log.prover.receipt_of(record_id).encode())
    record = log.finder.record(record_id)
    assert (
        rows_commitment(receipt.rows)
        == log.store.entries(record.entry_index, record.entry_index + 1)[0]
    )
    return {to_pointer(row.path) for row in receipt.rows if isinstance(row, Withheld)}


def erasures_told(log: AssembledLog) -> list[Any]:
    """Return the data of the `log.erasure` records."""
    records = log.store.records(0, log.store.head().tree.size)
    told = [record for record in records if record.type == "log.erasure"]
    assert all(record.case is None for record in told)
    return [parse_json(record_text(record).encode())["data"] for record in told]  # type: ignore[call-overload, index]


def test_an_erased_field_is_withheld_and_the_log_tells_of_it(log: AssembledLog) -> None:
    record_id = append(log)
    before = log.store.head().tree.size
    done = log.eraser.erase(record_id, ["/data/phone"], BASIS)
    assert (done.fields, done.purged, done.entry_index) == (["/data/phone"], True, before)
    assert hidden(log, record_id) == {"/data/phone"}
    record = log.finder.record(record_id)
    assert (record.body, record.secret) == (None, None)
    assert "13800138000" not in (record.rows or "")
    assert erased_paths(record) == [("data", "phone")]
    assert parse_json(record_text(record).encode())["data"]["phone"] is None  # type: ignore[index, call-overload]
    assert erasures_told(log) == [
        {"record": record_id, "fields": [["data", "phone"]], "basis": BASIS}
    ]
    told = parse_receipt(log.prover.receipt_of(done.erasure.erasure_id).encode())
    assert told.entry_index == done.entry_index
    assert "13800138000" not in told.to_text()
    log.check([record_id])


def test_the_salts_that_are_left_are_those_of_before(log: AssembledLog) -> None:
    record_id = append(log)
    rows = rows_of(log.finder.record(record_id))
    log.eraser.erase(record_id, ["/data/name"], BASIS)
    left = rows_of(log.finder.record(record_id))
    assert [row for row in rows if row.path != ("data", "name")] == [  # type: ignore[union-attr]
        row for row in left if isinstance(row, Shown)
    ]


def test_a_padded_record_keeps_its_padding_when_a_field_is_erased(log: AssembledLog) -> None:
    record_id = append(log, type="seat_assignment")
    record = log.finder.record(record_id)
    assert record.padded_to == 64
    assert "~" not in (record.body or b"").decode()
    log.eraser.erase(record_id, ["/data/scores/1"], BASIS)
    record = log.finder.record(record_id)
    entry = log.store.entries(record.entry_index, record.entry_index + 1)[0]
    assert len(check_stored(record, entry)) == record.padded_to == 64
    assert "~" not in parse_json(record_text(record).encode())  # type: ignore[operator]
    log.check([record_id])


def test_two_fields_are_erased_one_after_the_other(log: AssembledLog) -> None:
    record_id = append(log)
    log.eraser.erase(record_id, ["/data/phone"], BASIS)
    done = log.eraser.erase(record_id, ["/data/name", "/attachments/1"], "another basis")
    assert {"/data/phone", "/data/name"} < set(done.fields)
    assert hidden(log, record_id) == set(done.fields)
    assert [told["basis"] for told in erasures_told(log)] == [BASIS, "another basis"]
    log.check([record_id])


def test_many_fields_are_erased_at_once_by_many(log: AssembledLog) -> None:
    record_id = append(log)
    fields = ["/data/name", "/data/phone", *(f"/data/scores/{n}" for n in range(3))]
    failures: list[BaseException] = []

    def erase(field: str) -> None:
        try:
            log.eraser.erase(record_id, [field], BASIS)
        except AuditError as error:
            failures.append(error)

    threads = [threading.Thread(target=erase, args=[field]) for field in [*fields, *fields]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert hidden(log, record_id) == set(fields)
    assert [type(failure) for failure in failures] == [ErasureRefused] * len(fields)
    assert len(erasures_told(log)) == len(fields)
    log.check([record_id])


def test_what_cannot_be_erased_is_not_noted_down(log: AssembledLog) -> None:
    record_id = append(log)
    opened = log.store.records(0, 1)[0].record_id
    size = log.store.head().tree.size
    refused: list[tuple[str, list[str], str, type[AuditError]]] = [
        (record_id, ["/case"], BASIS, ErasureRefused),
        (record_id, ["/data/phone", "/type"], BASIS, ErasureRefused),
        (record_id, [], BASIS, ErasureRefused),
        (record_id, ["/data/phone"], "", ErasureRefused),
        (record_id, ["/data/phone"], "of 13800138000", ErasureRefused),
        (record_id, ["/data/fax"], BASIS, Unknown),
        ("01936b2e-7c00-7000-8000-0000000000ff", ["/data"], BASIS, Unknown),
        (opened, ["/data/origin"], BASIS, ErasureRefused),
    ]
    for number, pointers, basis, error in refused:
        with pytest.raises(error):
            log.eraser.erase(number, pointers, basis)
    assert log.journal.erasures() == []
    assert log.store.head().tree.size == size
    assert hidden(log, record_id) == set()


def test_an_erasure_itself_is_not_erased(log: AssembledLog) -> None:
    record_id = append(log)
    done = log.eraser.erase(record_id, ["/data/phone"], BASIS)
    with pytest.raises(ErasureRefused, match="service's own"):
        log.eraser.erase(done.erasure.erasure_id, ["/data/basis"], BASIS)


# --- what the record was found by ---------------------------------------------------------------


def test_the_old_content_finds_nothing_and_what_is_left_is_still_found(log: AssembledLog) -> None:
    import hashlib

    record_id = append(log)
    data = {"name": "张三", "phone": "13800138000", "scores": ["1", "2", "3"]}
    digest = hashlib.sha256(canonical(data)).digest()  # type: ignore[arg-type]
    assert [found.record_id for found in log.finder.lookup(digest)] == [record_id]
    log.eraser.erase(record_id, ["/data/phone", "/attachments/0/sha256"], BASIS)
    assert log.finder.lookup(digest) == []
    assert log.finder.lookup(bytes.fromhex(FILE)) == []
    found = log.finder.lookup(bytes.fromhex(OTHER_FILE))
    assert [each.record_id for each in found] == [record_id]


def test_the_same_request_again_is_answered_with_what_is_there_now(log: AssembledLog) -> None:
    record_id = append(log, "key-1")
    with pytest.raises(IdempotencyMismatch):
        append(log, "key-1", data="another")
    log.eraser.erase(record_id, ["/data/phone"], BASIS)
    assert append(log, "key-1") == record_id
    assert append(log, "key-1", data="nobody knows any more that it is another") == record_id
    assert hidden(log, record_id) == {"/data/phone"}


def test_a_key_that_is_a_digest_of_the_submission_is_forgotten_with_it(log: AssembledLog) -> None:
    import hashlib

    body = canonical({"data": {"phone": "13800138000"}})
    key = hashlib.sha256(body).hexdigest()
    first = log.appender.append_here(body, idempotency_key=key)
    assert log.appender.append_here(body, idempotency_key=key).record_id == first.record_id
    with pytest.raises(IdempotencyMismatch):
        log.appender.append_here(b'{"data":1}', idempotency_key=key)
    log.eraser.erase(first.record_id, ["/data/phone"], BASIS)
    again = log.appender.append_here(body, idempotency_key=key)
    assert (again.replayed, again.record_id != first.record_id) == (False, True)


# --- attached files -----------------------------------------------------------------------------


def test_an_attached_file_goes_with_its_digest(log: AssembledLog) -> None:
    record_id = append(log)
    log.eraser.erase(record_id, ["/attachments/1/name", "/data/phone"], BASIS)
    assert log.blobs_erased == []
    log.eraser.erase(record_id, ["/attachments/0"], BASIS)
    before_and_after = 2
    assert log.blobs_erased == [bytes.fromhex(FILE)] * before_and_after
    log.blobs_erased.clear()
    log.eraser.erase(record_id, ["/attachments/1/sha256"], BASIS)
    assert log.blobs_erased == [bytes.fromhex(OTHER_FILE)] * before_and_after


def test_a_file_that_another_record_has_too_is_kept_until_that_one_goes(log: AssembledLog) -> None:
    one, other = append(log), append(log, data="other")
    log.eraser.erase(one, ["/attachments/0"], BASIS)
    assert log.blobs_erased == []
    log.eraser.erase(other, ["/attachments"], BASIS)
    assert set(log.blobs_erased) == {bytes.fromhex(FILE)}


# --- failures and crashes -----------------------------------------------------------------------

STEPS = ["add", "erase_blob", "begin", "erase", "store", "commit", "advance"]
STEPS += ["sign_text", "sign_head"]


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("step", STEPS)
def test_a_crash_between_any_two_steps_is_completed_at_the_next_start(
    assemble: Assemble, step: str, when: str
) -> None:
    log = assemble().open()
    record_id, other = append(log), append(log, data="other", attachments=[])
    log.faults.plan(step, when)
    with pytest.raises(Unavailable):
        log.eraser.erase(record_id, ["/data/phone", "/attachments/0"], BASIS)
    begun = bool(log.journal.erasures())
    assert begun is ((step, when) != ("add", "before"))
    log.close()
    log.faults.clear()
    log.restart()
    log.open()
    if begun:
        assert "13800138000" not in (log.finder.record(record_id).rows or "13800138000")
        assert set(log.blobs_erased) == {bytes.fromhex(FILE)}
        assert [told["record"] for told in erasures_told(log)] == [record_id]
    assert bool(hidden(log, record_id)) is begun
    assert hidden(log, other) == set()
    log.check([record_id, other])
    log.close()
    size = log.store.head().tree.size
    log.restart()
    log.open()
    assert log.store.head().tree.size == size, "completing again added something"


def test_a_value_is_destroyed_before_the_log_is_compared_with_its_register(
    assemble: Assemble,
) -> None:
    """Replaying needs no head: where the service then refuses to serve, the value is gone too."""
    log = assemble().open()
    record_id = append(log)
    log.faults.plan("begin", "before", times=2)
    with pytest.raises(Unavailable):
        log.eraser.erase(record_id, ["/data/phone"], BASIS)
    log.close()
    log.faults.clear()
    log.restart()
    log.eraser.replay()
    assert erased_paths(log.finder.record(record_id)) == [("data", "phone")]
    assert erasures_told(log) == []
    log.eraser.replay()
    log.open()
    assert len(erasures_told(log)) == 1


def test_what_failed_is_completed_without_a_restart(
    log: AssembledLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("liuhen.app.erase.RETRY_SECONDS", 0.01)
    record_id = append(log)
    log.eraser.start()
    log.faults.plan("commit", "before")
    with pytest.raises(Unavailable):
        log.eraser.erase(record_id, ["/data/phone"], BASIS)
    wait_for(lambda: erasures_told(log))
    log.eraser.stop()
    assert hidden(log, record_id) == {"/data/phone"}
    assert len(log.journal.erasures()) == len(erasures_told(log)) == 1


def test_a_file_that_cannot_be_destroyed_a_second_time_is_tried_until_it_is(
    log: AssembledLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("liuhen.app.erase.RETRY_SECONDS", 0.01)
    tries: list[tuple[bytes, str]] = []

    def erase_blob(*file_of: Any) -> None:
        tries.append(file_of)
        if len(tries) in {2, 3}:
            raise Unavailable("the place for files does not answer")

    record_id = append(log)
    log.eraser.start()
    monkeypatch.setattr(log.eraser._files, "_erase_blob", erase_blob)
    done = log.eraser.erase(record_id, ["/attachments/0"], BASIS)
    assert "/attachments/0/sha256" in done.fields
    wait_for(lambda: len(tries) == 4)
    log.eraser.stop()
    assert set(tries) == {(bytes.fromhex(FILE), record_id)}
    assert len(log.journal.erasures()) == len(erasures_told(log)) == 1


def test_an_error_in_the_program_does_not_end_the_retries(
    log: AssembledLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("liuhen.app.erase.RETRY_SECONDS", 0.01)
    monkeypatch.setattr("liuhen.app.erase.PURGE_SECONDS", 0.0)
    tries: list[int] = []

    def purge() -> bool:
        tries.append(len(tries))
        if tries[-1] == 1:
            raise ZeroDivisionError
        return tries[-1] == 2

    monkeypatch.setattr(log.store, "purge", purge)
    record_id = append(log)
    log.eraser.start()
    assert not log.eraser.erase(record_id, ["/data/phone"], BASIS).purged
    wait_for(lambda: len(tries) == 3)
    log.eraser.stop()


def test_asking_again_after_a_failure_goes_on_with_the_same_erasure(log: AssembledLog) -> None:
    record_id = append(log)
    for step in ("begin", "erase"):
        log.faults.plan(step, "before")
        with pytest.raises(Unavailable):
            log.eraser.erase(record_id, ["/data/phone"], BASIS)
    done = log.eraser.erase(record_id, ["/data/phone"], BASIS)
    assert log.journal.erasures() == [done.erasure]
    assert len(erasures_told(log)) == 1


def test_a_purge_that_must_wait_is_said_to_and_tried_again(
    log: AssembledLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("liuhen.app.erase.RETRY_SECONDS", 0.01)
    monkeypatch.setattr("liuhen.app.erase.LONGEST_RETRY_SECONDS", 0.02)
    monkeypatch.setattr("liuhen.app.erase.PURGE_SECONDS", 0.1)
    answers = iter([False] * 100)
    tries: list[bool] = []

    def purge() -> bool:
        tries.append(next(answers, True))
        return tries[-1]

    monkeypatch.setattr(log.store, "purge", purge)
    record_id = append(log)
    log.eraser.start()
    assert not log.eraser.erase(record_id, ["/data/phone"], BASIS).purged
    wait_for(lambda: tries[-1])
    log.eraser.stop()


def test_erasures_of_records_that_the_database_lacks_are_kept_for_later(
    assemble: Assemble,
) -> None:
    log = assemble().open()
    record_id = append(log)
    log.eraser.erase(record_id, ["/data/phone"], BASIS)
    other = AssembledLog(journal=log.journal)
    other.open()
    assert erasures_told(other) == []
    other.close()


def wait_for(condition: Callable[[], object]) -> None:
    for _ in range(500):
        if condition():
            return
        threading.Event().wait(0.01)
    pytest.fail("it has not come so far")


def test_an_eraser_that_never_started_can_be_stopped(log: AssembledLog) -> None:
    eraser: Eraser = log.eraser
    eraser.stop()
