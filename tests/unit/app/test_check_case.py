"""A case read from the log: what was tampered with, erased, or put together from receipts."""

import copy
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from liuhen.app import check_case
from liuhen.app.case_of_receipts import case_of_receipts
from liuhen.app.check_case import read_case
from liuhen.core.canonical import canonical
from liuhen.core.receipt import parse_receipt
from liuhen.core.verdict import Outcome
from liuhen.domain import case_check
from liuhen.domain.case_report import CaseReport
from liuhen.domain.case_time import limits_of
from liuhen.domain.evaluation_replay import replay_evaluation
from tests.fakes.assembled_log import AssembledLog
from tests.fakes.log_store import MemoryLogStore

SAMPLE = Path(__file__).parents[3] / "scripts" / "sample" / "zc" / "project.jsonl"
LINES = [json.loads(line) for line in SAMPLE.read_text(encoding="utf-8").splitlines()]
CASE = LINES[0]["submission"]["case"]
LIMITS = limits_of(24 * 366 * 50)


def fill(log: AssembledLog, last: str = "zc-closing") -> dict[str, str]:
    """Enter the sample project up to a record; return the numbers by key."""
    log.clock.move(days=300)  # all of it has happened
    numbers: dict[str, str] = {}
    for line in LINES:
        if line["submission"]["case"] == CASE:
            submission = dict(line["submission"])
            if "supersedes" in line:
                submission["supersedes"] = numbers[line["supersedes"]]
            numbers[line["key"]] = log.appender.append_here(canonical(submission)).record_id
        if line["key"] == last:
            break
    return numbers


def checked(log: AssembledLog, *, contents: bool = False) -> CaseReport:
    stored = read_case(log.store, CASE, contents=contents)
    assert stored is not None
    return stored.check(log.rules.context, log.clock.now(), LIMITS)


def rules(report: CaseReport) -> list[str]:
    return [each.shortfall.rule.code for each in report.shortfalls]


def test_a_case_is_read_in_parts(log: AssembledLog, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(log)
    log.append("other")
    monkeypatch.setattr(check_case, "_AT_ONCE", 7)
    report = checked(log, contents=True)
    assert (report.count, rules(report), report.outcome) == (42, [], Outcome.MATCH)


def test_a_case_that_is_not_there_is_none(log: AssembledLog) -> None:
    fill(log, "zc-project")
    assert read_case(log.store, CASE.lower()) is None


@pytest.fixture
def tampered() -> Iterator[Callable[..., CaseReport]]:
    """Give a function that changes a stored record behind the log's back, and checks the case."""
    log = AssembledLog(MemoryLogStore()).open()
    numbers = fill(log)

    def tamper(key: str, change: Callable[[dict[str, Any]], object], **options: bool) -> CaseReport:
        record = log.finder.record(numbers[key])
        assert record.body is not None
        members = json.loads(record.body)
        change(members)
        content = log.store.content
        content.records[record.entry_index] = replace(record, body=canonical(members))
        return checked(log, **options)

    yield tamper
    log.close()


def test_content_that_was_changed_is_found_where_it_is_looked_at(
    tampered: Callable[..., CaseReport],
) -> None:
    def cheapen(members: dict[str, Any]) -> None:
        members["data"]["bids"][0]["price"]["amount"] = "1.00"

    assert rules(tampered("zc-opening", cheapen)) == []
    report = tampered("zc-opening", lambda _: None, contents=True)
    assert rules(report) == ["case-content-differs"]


def test_a_link_that_was_changed_is_found_always(tampered: Callable[..., CaseReport]) -> None:
    report = tampered("zc-opening", lambda members: members.update(case_prev="00" * 32))
    assert rules(report) == ["case-broken-link"]


def test_a_record_that_cannot_be_read_is_named_and_the_rest_is_checked(
    tampered: Callable[..., CaseReport],
) -> None:
    report = tampered("zc-supervision", lambda members: members.pop("recorded_at"))
    assert rules(report) == ["case-content-unreadable", "case-gap"]


def test_a_record_that_was_taken_away_is_a_gap() -> None:
    log = AssembledLog(MemoryLogStore()).open()
    record = log.finder.record(fill(log)["zc-supervision"])
    del log.store.content.records[record.entry_index]
    assert rules(checked(log)) == ["case-gap"]
    log.close()


def test_a_tail_that_was_taken_away_is_cut_off() -> None:
    log = AssembledLog(MemoryLogStore()).open()
    record = log.finder.record(fill(log)["zc-closing"])
    del log.store.content.records[record.entry_index]
    report = checked(log)
    assert rules(report) == ["case-cut-off"]
    log.close()


# Receipts


def receipts(log: AssembledLog, numbers: dict[str, str]) -> dict[str, Any]:
    return {key: parse_receipt(log.prover.receipt_of(n).encode()) for key, n in numbers.items()}


def of_receipts(log: AssembledLog, given: Any) -> CaseReport:
    entries = case_of_receipts(given, CASE)
    now = log.clock.now()
    return case_check.check_case(CASE, entries, log.rules.context, now, limits=LIMITS)


def test_receipts_are_checked_as_the_log_is(log: AssembledLog) -> None:
    held = receipts(log, fill(log))
    report = of_receipts(log, held.values())
    assert (rules(report), report.count) == ([], 42)
    assert [each.code for each in report.unchecked] == ["end-unknown"]
    entries = case_of_receipts(held.values(), CASE)
    replay = replay_evaluation([entry.record for entry in entries])
    assert [str(score.total) for score in replay.scores][:1] == ["91.56"]
    assert case_of_receipts(held.values(), "another") == []


def test_a_receipt_that_lacks_is_a_gap(log: AssembledLog) -> None:
    held = receipts(log, fill(log))
    del held["zc-supervision"]
    assert rules(of_receipts(log, held.values())) == ["case-gap"]


def test_what_a_disclosure_hides_cannot_be_told(log: AssembledLog) -> None:
    numbers = fill(log)
    held = receipts(log, numbers)
    award = log.finder.record(numbers["zc-award"])
    shown = ["/data/winner", "/data/action", "/occurred_at", "/case_seq", "/case_prev"]
    for hide_names in (False, True):
        text = log.prover.disclosure(award, shown, hide_names=hide_names)
        given = copy.copy(held)
        given["zc-award"] = parse_receipt(text.encode())
        report = of_receipts(log, given.values())
        assert rules(report) == []
        hidden = [each for each in report.unchecked if each.code == "field-hidden"]
        assert [each.record for each in hidden] == [numbers["zc-award"]]
        assert "an award notice names the evaluation experts" in hidden[0].en


def test_elements_of_a_list_that_are_closed_keep_the_places_of_others(log: AssembledLog) -> None:
    numbers = fill(log, "zc-sheet-E1")
    sheet = log.finder.record(numbers["zc-sheet-E1"])
    text = log.prover.disclosure(sheet, ["/data/scores/2"], hide_names=True)
    (entry,) = case_of_receipts([parse_receipt(text.encode())], CASE)
    scores: Any = entry.record.data["scores"]
    assert scores[:2] == [None, None]
    assert scores[2]["bid_id"] == "B03"
