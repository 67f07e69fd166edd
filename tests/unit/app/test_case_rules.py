"""The rules of the domain at work in a log: facts, refusals, and what outlives them."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from liuhen.app.refusal import RefusedAndLogged
from liuhen.core.disclosure import Shown, Withheld
from liuhen.core.errors import ErasureRefused, RecordRefused
from liuhen.core.receipt import parse_receipt
from liuhen.domain.admission import CaseState
from scripts.samples import Sample, project, refused
from tests.fakes.assembled_log import AssembledLog

CASE = "SLZX-2026-0031"


@pytest.fixture
def log() -> Iterator[AssembledLog]:
    made = AssembledLog().open()
    made.clock.move(days=200)  # the sample project is over: no time that it tells is still to come
    yield made
    made.writer.stop()


def send(log: AssembledLog, submission: dict[str, Any], key: str | None = None) -> str:
    body = json.dumps(submission).encode()
    return log.appender.append_here(body, idempotency_key=key).record_id


def enter(log: AssembledLog, until: str) -> dict[str, str]:
    """Enter the sample project up to a line; return the numbers of its records."""
    numbers: dict[str, str] = {}
    for sample in project("zc"):
        numbers[sample.key] = send(log, sample.sent(numbers), sample.key)
        if sample.key == until:
            return numbers
    raise KeyError(until)


def state_of(log: AssembledLog) -> CaseState:
    state = log.store.case_state(CASE)
    assert isinstance(state, CaseState)
    return state


def breach(key: str) -> Sample:
    return next(sample for sample in refused("zc") if sample.key == key)


def test_a_late_bid_is_refused_and_the_refusal_is_kept(log: AssembledLog) -> None:
    enter(log, "zc-opening")
    late = breach("zc-late-bid").submission
    size = log.writer.published.tree.size
    with pytest.raises(RefusedAndLogged) as caught:
        send(log, late, "late")
    assert log.writer.published.tree.size == size + 1
    assert caught.value.rule_code == "bid-late"
    receipt = parse_receipt(caught.value.receipt.encode())
    said = {row.path: row.value for row in receipt.rows if isinstance(row, Shown)}
    assert said["record_id",] == caught.value.record_id
    assert (said["type",], said["case",]) == ("bid_rejection", CASE)
    assert said["data", "ciphertext_sha256"] == late["data"]["ciphertext_sha256"]
    assert log.finder.lookup(bytes.fromhex(late["data"]["ciphertext_sha256"]))
    with pytest.raises(RefusedAndLogged) as again:
        send(log, late, "late")
    assert again.value.record_id == caught.value.record_id
    assert log.writer.published.tree.size == size + 1


def test_a_bidders_receipt_hides_case_and_number_until_the_opening(log: AssembledLog) -> None:
    enter(log, "zc-bid-B04")
    body = {
        "type": "bid_receipt",
        "case": CASE,
        "occurred_at": "2026-03-30T14:00:00+08:00",
        "data": {"receipt_no": "HZ-0000-0001", "bid_id": "B07", "supplier_id": "S-7"},
    }
    answer = log.appender.append_here(json.dumps(body).encode())
    rows = parse_receipt(answer.receipt.encode()).rows
    hidden = {row.path for row in rows if isinstance(row, Withheld)}
    assert hidden == {("case",), ("case_seq",), ("case_prev",)}
    assert f'"{CASE}"' not in answer.receipt


def test_no_receipt_of_a_sealed_case_tells_how_many_records_there_are(log: AssembledLog) -> None:
    enter(log, "zc-bid-B04")
    body = {
        "type": "tender_document",
        "case": CASE,
        "occurred_at": "2026-03-14T14:00:00+08:00",
        "data": {"action": "clarified", "sha256": "0" * 64, "affects_bids": False},
    }
    answer = log.appender.append_here(json.dumps(body).encode())
    later = log.prover.receipt_of(answer.record_id)
    for receipt in (answer.receipt, later):
        rows = parse_receipt(receipt.encode()).rows
        hidden = {row.path for row in rows if isinstance(row, Withheld)}
        assert hidden == {("case_seq",), ("case_prev",)}
    opening = next(each for each in project("zc") if each.key == "zc-opening")
    numbers = {"zc-bid-B02": ""}
    for sample in project("zc"):
        if sample.key in ("zc-draw-committed", "zc-drawn", "zc-seats", "zc-bid-B02-replaced"):
            numbers[sample.key] = send(log, sample.sent(numbers))
    send(log, opening.submission)
    rows = parse_receipt(log.prover.receipt_of(answer.record_id).encode()).rows
    assert not [row for row in rows if isinstance(row, Withheld)]


def test_a_refused_record_leaves_the_case_as_it_was(log: AssembledLog) -> None:
    numbers = enter(log, "zc-sheet-E5")
    before = state_of(log)
    with pytest.raises(RecordRefused) as caught:
        send(log, breach("zc-sheet-no-reason").sent(numbers))
    assert caught.value.rule_zh == "评分表锁定后修改须说明理由（87号令第64条）"
    assert state_of(log) == before


def test_what_rules_rest_on_is_not_erased_and_a_name_is(log: AssembledLog) -> None:
    numbers = enter(log, "zc-sheet-E5")
    sheet = numbers["zc-sheet-E4"]
    for pointer in ("/data/seat", "/data/scores", "/data"):
        with pytest.raises(ErasureRefused, match="is kept"):
            log.eraser.erase(sheet, [pointer], "PIPL art. 47")
    log.eraser.erase(sheet, ["/data/expert_token"], "PIPL art. 47")
    log.check()


def test_facts_by_other_rules_are_learned_again(log: AssembledLog) -> None:
    numbers = enter(log, "zc-sheet-E5")
    known = state_of(log)
    log.writer.stop()
    stale = replace(known, facts=None, sealed=True)
    log.store.content.cases[CASE] = stale
    log.restart()
    log.open()
    with pytest.raises(RecordRefused) as caught:
        send(log, breach("zc-sheet-no-reason").sent(numbers))
    assert caught.value.rule_code == "sheet-change-reason"
    send(log, {"type": "generic", "case": CASE, "data": 1})
    after = state_of(log)
    assert (after.facts, after.sealed) == (known.facts, False)
    log.check()


def test_an_audit_learns_the_facts_again_and_sees_a_changed_one(log: AssembledLog) -> None:
    enter(log, "zc-opening")
    log.check()
    state = state_of(log)
    log.store.content.cases[CASE] = replace(state, facts={**(state.facts or {}), "stage": 7})
    with pytest.raises(AssertionError, match="facts"):
        log.check()


@pytest.mark.parametrize(
    ("section", "change"),
    [
        ("tender_document", {"bid_deadline": "2026-04-30T09:30:00+08:00"}),
        ("opening_record", None),
        ("stage", 2),
        ("bid_receipt", {"bids": {"B01": {"state": "withdrawn"}}}),
    ],
)
def test_an_erasure_hides_no_other_change_of_the_facts(
    log: AssembledLog, section: str, change: Any
) -> None:
    """Whoever may erase a name could else move the deadline, and no audit would see it."""
    numbers = enter(log, "zc-opening")
    log.eraser.erase(numbers["zc-bid-B01"], ["/data/supplier_name"], "PIPL art. 47")
    log.eraser.erase(numbers["zc-bid-B02"], ["/data/supplier_id"], "PIPL art. 47")
    log.check()
    state = state_of(log)
    facts = dict(state.facts or {})
    if change is None:
        del facts[section]
    elif isinstance(change, dict):
        facts[section] = {**facts[section], **change}  # type: ignore[dict-item]  # an object
    else:
        facts[section] = change
    log.store.content.cases[CASE] = replace(state, facts=facts)
    with pytest.raises(AssertionError, match="facts"):
        log.check()


def test_imported_history_may_come_in_any_order_and_says_so(log: AssembledLog) -> None:
    history = {"imported": {"source": "old system"}}
    send(
        log, {"type": "score_sheet", "case": CASE, "data": {"seat": "E9", "scores": [], **history}}
    )
    early = {"action": "decided", "complaint_no": "C-1"}
    send(log, {"type": "complaint", "case": CASE, "data": {**early, **history}})
    with pytest.raises(RecordRefused) as caught:
        send(log, {"type": "complaint", "case": CASE, "data": {**early, "complaint_no": "C-2"}})
    assert caught.value.rule_code == "step-out-of-order"


def test_a_log_without_the_operators_word_takes_no_bids() -> None:
    log = AssembledLog(takes_counted=False).open()
    try:
        bid = {"receipt_no": "R-1", "bid_id": "B01", "supplier_id": "S-1"}
        with pytest.raises(RecordRefused, match="slots"):
            send(log, {"type": "bid_receipt", "case": CASE, "data": bid})
    finally:
        log.writer.stop()
