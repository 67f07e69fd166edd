"""The check of a case: the samples are in order, and whatever is broken in them is named."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liuhen.core.verdict import Outcome
from liuhen.domain.case_chain import CaseEntry, Ending
from liuhen.domain.case_check import NOT_SETTLED, check_case
from liuhen.domain.case_report import CaseKind, CaseReport, Severity
from liuhen.domain.case_time import TimeLimits
from liuhen.domain.evaluation_replay import replay_evaluation
from liuhen.domain.regime import Regime
from liuhen.domain.stage import Stage
from tests.case_kit import CONTEXT, LATER, Chain, codes, sample_case, sample_lines

PROJECTS = ("zc", "zb")


@pytest.mark.parametrize("name", PROJECTS)
def test_a_sample_project_is_complete(name: str) -> None:
    report = sample_case(name).check()
    assert (report.outcome, codes(report), report.open) == (Outcome.MATCH, [], [])
    assert (report.kind, report.stage) == (CaseKind.PROJECT, Stage.ARCHIVE)
    assert report.regime is Regime(name.upper())


@pytest.mark.parametrize("name", PROJECTS)
def test_no_beginning_of_a_sample_project_has_a_shortfall(name: str) -> None:
    whole = sample_case(name)
    for count in range(1, len(whole.entries)):
        part = Chain(whole.case, whole.entries[:count])
        report = part.check(as_of=part.entries[-1].record.at)
        assert codes(report) == []
        assert report.outcome is Outcome.WAITING


# The chain


def bent(change: Callable[[list[CaseEntry]], object]) -> CaseReport:
    """Check a sample whose records were tampered with; the log's own state stays."""
    chain = sample_case("zc")
    ending = chain.ending
    change(chain.entries)
    return check_case(chain.case, chain.entries, CONTEXT, LATER, ending=ending)


def test_a_record_that_is_missing_is_a_gap() -> None:
    report = bent(lambda entries: entries.pop(7))
    assert codes(report)[0] == "case-gap"
    assert "第7号" in report.shortfalls[0].shortfall.zh
    assert report.shortfalls[0].severity is Severity.MISSING


def test_two_records_with_one_number_are_a_fork() -> None:
    def fork(entries: list[CaseEntry]) -> None:
        twin = replace(entries[7].record, record_id="019a8f3e-7c51-7d04-9a57-ffffffffffff")
        entries.append(CaseEntry(twin, bytes(32), entries[7].previous))

    report = bent(fork)
    assert codes(report).count("case-fork") == 1
    assert "case-broken-link" not in codes(report)


def test_one_record_given_twice_is_no_fork() -> None:
    assert codes(bent(lambda entries: entries.append(entries[7]))) == []


def test_a_link_to_another_record_is_named() -> None:
    report = bent(lambda e: e.__setitem__(7, replace(e[7], previous="00" * 32)))
    assert codes(report) == ["case-broken-link"]
    assert report.shortfalls[0].shortfall.record == "019a8f3e-7c51-7d04-9a57-000000000007"


def test_a_record_put_in_place_of_another_breaks_the_link_behind_it() -> None:
    report = bent(lambda e: e.__setitem__(7, replace(e[7], commitment=bytes(32))))
    assert codes(report) == ["case-broken-link"]
    assert report.shortfalls[0].shortfall.field == "/case_prev"


def test_a_first_record_that_names_one_before_it_is_not_the_first() -> None:
    report = bent(lambda e: e.__setitem__(0, replace(e[0], previous="00" * 32)))
    assert codes(report) == ["case-first-link"]


def test_a_tail_that_was_cut_off_is_named() -> None:
    report = bent(lambda entries: entries.pop())
    assert codes(report) == ["case-cut-off"]
    assert report.outcome is Outcome.DIFFERENT


def test_more_records_than_the_log_counts_are_named() -> None:
    chain = sample_case("zc")
    ending = Ending(len(chain.entries) - 1, chain.entries[-2].commitment)
    report = check_case(chain.case, chain.entries, CONTEXT, LATER, ending=ending)
    assert codes(report) == ["case-beyond-count"]


def test_another_head_than_the_logs_is_named() -> None:
    chain = sample_case("zc")
    ending = Ending(len(chain.entries), bytes(32))
    report = check_case(chain.case, chain.entries, CONTEXT, LATER, ending=ending)
    assert codes(report) == ["case-other-head"]


def test_without_the_logs_own_count_nobody_can_tell_where_a_case_ends() -> None:
    chain = sample_case("zc")
    report = check_case(chain.case, chain.entries, CONTEXT, LATER)
    assert report.outcome is Outcome.COULD_NOT_CHECK
    assert [each.code for each in report.unchecked] == ["end-unknown"]


def test_a_record_of_another_case_is_named() -> None:
    def move(entries: list[CaseEntry]) -> None:
        entries[7] = replace(entries[7], record=replace(entries[7].record, case="other"))

    assert codes(bent(move)) == ["case-foreign-record"]


def test_the_order_in_which_records_are_given_does_not_matter() -> None:
    assert codes(bent(lambda entries: entries.reverse())) == []


# The rules


def lacking(name: str, *keys: str) -> list[str]:
    """Return what a check says of a sample that never had some records."""
    return [code for code in codes(sample_case(name, keys).check()) if code != "closing-count"]


def test_a_missing_score_sheet_names_the_seat() -> None:
    report = sample_case("zc", ["zc-sheet-E3", "zc-closing"]).check()
    assert codes(report) == ["report-before-last-lock", "sheet-missing"]
    lack = report.shortfalls[1]
    assert lack.severity is Severity.MISSING
    assert lack.shortfall.en.startswith("there is no locked score sheet from seat E3 (Order 87")
    assert lack.shortfall.zh.startswith("席位“E3”没有锁定的评分表（87号令")


@pytest.mark.parametrize(
    ("name", "keys", "code"),
    [
        ("zc", ["zc-opening"], "opening-missing"),
        ("zc", ["zc-document", "zc-clarified"], "document-missing"),
        ("zb", ["zb-publicity", "zb-publicity-ended"], "award-without-publicity"),
    ],
)
def test_a_step_that_was_left_out_is_named(name: str, keys: list[str], code: str) -> None:
    known = {line["key"] for line in sample_lines(name)}
    assert code in lacking(name, *(key for key in keys if key in known))


def moved(name: str, key: str, occurred_at: str) -> list[str]:
    """Return what a check says when a record happened, and was logged, at another time."""

    def bend(at: str, submission: dict[str, Any]) -> None:
        if at == key:
            submission["occurred_at"] = occurred_at

    return codes(sample_case(name, bend=bend).check())


def test_a_report_older_than_the_last_sheet_is_named() -> None:
    assert "report-earlier-than-lock" in moved("zc", "zc-report", "2026-03-31T15:43:30+08:00")


def test_a_publicity_shorter_than_the_law_is_named() -> None:
    chain = sample_case("zb")
    key = next(k for k, e in zip(chain.numbers, chain.entries, strict=True) if _is_publicity(e))
    first = chain.at(key).record.data["from"]
    chain.change(key, to=first)
    assert "publicity-too-short" in codes(chain.check())


def _is_publicity(entry: CaseEntry) -> bool:
    record = entry.record
    return record.type == "candidate_publicity" and record.data.get("action") == "published"


def test_an_award_before_the_publicity_ended_is_named() -> None:
    chain = sample_case("zb")
    key = next(
        k
        for k, e in zip(chain.numbers, chain.entries, strict=True)
        if e.record.type == "award_notice"
    )
    publicity = next(e.record for e in chain.entries if _is_publicity(e))
    assert "award-before-publicity-ended" in moved(
        "zb", key, f"{publicity.data['to']}T17:00:00+08:00"
    )


def test_a_closing_that_states_another_count_is_named() -> None:
    chain = sample_case("zc")
    chain.change("zc-closing", count=40)
    assert codes(chain.check()) == ["closing-count"]


def test_imported_history_is_checked_all_the_same() -> None:
    chain = sample_case("zc")
    chain.change("zc-report", candidates=["B01", "B02", "B03", "B04"], imported={"source": "old"})
    assert codes(chain.check()) == ["history-in-live-case", "report-candidates"]


def test_what_rests_on_an_erased_field_cannot_be_told() -> None:
    chain = sample_case("zc")
    place = list(chain.numbers).index("zc-award")
    chain.change("zc-award", experts=None)
    assert codes(chain.check()) == ["award-experts-missing"]
    chain.entries[place] = replace(chain.entries[place], hidden=("/data/experts/0",))
    report = chain.check()
    assert (report.outcome, codes(report)) == (Outcome.COULD_NOT_CHECK, [])
    assert "award" in report.unchecked[0].en
    assert report.unchecked[0].record == chain.numbers["zc-award"]


def test_content_that_is_kept_elsewhere_cannot_be_told() -> None:
    chain = Chain("D-1")
    chain.add({"type": "detached", "occurred_at": "2026-03-02T09:00:00+08:00", "data": {}})
    report = chain.check()
    assert report.outcome is Outcome.COULD_NOT_CHECK
    assert [each.code for each in report.unchecked] == ["content-elsewhere"]


@pytest.mark.parametrize(
    ("name", "key", "day", "code"),
    [
        ("zc", "zc-contract", "2026-06-24", "contract-signed-late"),
        ("zc", "zc-contract-published", "2026-05-20", "contract-published-late"),
        ("zc", "zc-contract-filed", "2026-05-20", "contract-filed-late"),
        ("zc", "zc-challenge-answered", "2026-05-20", "challenge-answered-late"),
        ("zb", "zb-objection-answered", "2026-05-20", "objection-answered-late"),
        ("zc", "zc-complaint-accepted", "2026-06-10", "complaint-taken-up-late"),
        ("zc", "zc-complaint-decided", "2026-09-16", "complaint-decided-late"),
    ],
)
def test_what_was_done_too_late_is_a_breach_at_its_record(
    name: str, key: str, day: str, code: str
) -> None:
    def bend(of: str, submission: Any) -> None:
        if of == key:
            submission["occurred_at"] = f"{day}T10:00:00+08:00"
            told = {
                each: day for each in ("signed_on", "answered_on") if each in submission["data"]
            }
            submission["data"] = {**submission["data"], **told}

    chain = sample_case(name, bend=bend)
    (found,) = [each for each in chain.check().shortfalls if each.shortfall.rule.code == code]
    assert found.severity is Severity.BREACH
    assert found.shortfall.record == chain.numbers[key]


def test_a_bid_that_was_left_out_of_the_opening_is_a_breach_of_the_opening() -> None:
    chain = sample_case("zc")
    bids = chain.at("zc-opening").record.data["bids"]
    assert isinstance(bids, list)
    chain.change("zc-opening", bids=bids[:-1])
    (found,) = [
        each for each in chain.check().shortfalls if each.shortfall.rule.code == "bid-not-opened"
    ]
    assert found.severity is Severity.BREACH
    assert found.shortfall.record == chain.numbers["zc-opening"]


@pytest.mark.parametrize(
    ("name", "without", "code", "at"),
    [
        ("zc", "zc-draw-committed", "draw-not-committed", "zc-drawn"),
        ("zb", "zb-publicity zb-publicity-ended", "award-without-publicity", "zb-award"),
        ("zb", "zb-clarification-answered", "clarification-unanswered", None),
    ],
)
def test_what_should_be_there_is_missing_even_where_a_record_is_named(
    name: str, without: str, code: str, at: str | None
) -> None:
    chain = sample_case(name, without.split())
    found = [each for each in chain.check().shortfalls if each.shortfall.rule.code == code]
    assert [each.severity for each in found] == [Severity.MISSING]
    assert found[0].shortfall.record is not None
    if at is not None:
        assert found[0].shortfall.record == chain.numbers[at]


def test_what_may_still_come_in_time_is_open_and_not_missing() -> None:
    chain = sample_case("zc", ["zc-contract-published", "zc-contract-filed"])
    chain.entries = [e for e in chain.entries if e.record.day.isoformat() <= "2026-04-24"]
    signed = chain.entries[-1].record.at
    report = chain.check(as_of=signed)
    assert (codes(report), report.outcome) == ([], Outcome.WAITING)
    waits = [each.shortfall.rule.code for each in report.open]
    assert waits == ["contract-not-published", "contract-not-filed", "case-not-closed"]
    late = chain.check(as_of=signed + timedelta(days=30))
    assert codes(late) == ["contract-not-published", "contract-not-filed"]
    assert {each.severity for each in late.shortfalls} <= {Severity.MISSING, Severity.BREACH}


def test_what_rests_on_an_unpublished_calendar_is_an_estimate() -> None:
    def years_on(_: str, submission: dict[str, Any]) -> None:
        submission["occurred_at"] = submission["occurred_at"].replace("2026-", "2036-")

    def bend(key: str, submission: dict[str, Any]) -> None:
        years_on(key, submission)
        if key == "zc-report":
            submission["data"] = {**submission["data"], "sent_to_purchaser_at": None}

    report = sample_case("zc", bend=bend).check(as_of=LATER.replace(year=2036))
    found = {each.shortfall.rule.code: each.is_estimate for each in report.shortfalls}
    assert found["report-not-sent"] is True


def test_a_finding_is_open_until_it_is_settled() -> None:
    lines = [line for line in sample_lines("zc") if line["submission"]["type"] == "finding"]
    chain = Chain(lines[0]["submission"]["case"])
    for line in lines:
        chain.add(line["submission"])
        report = chain.check()
        settled = line["submission"]["data"]["action"] == "closed"
        assert report.kind is CaseKind.FINDING
        assert report.outcome is (Outcome.MATCH if settled else Outcome.WAITING)
        assert [each.shortfall.rule for each in report.open] == [NOT_SETTLED] * (not settled)
        told = "".join(each.shortfall.zh for each in report.open)
        assert "None" not in told
        assert settled or "当前状态为“" in told


# Times


def generic(at: str, delay: float, **data: Any) -> tuple[dict[str, Any], float]:
    return {"type": "generic", "occurred_at": f"2026-03-02T{at}+08:00", "data": data}, delay


def logged(*records: tuple[dict[str, Any], float], **more: Any) -> list[str]:
    chain = Chain("T-1")
    for submission, delay in records:
        chain.add(submission, delay=delay)
    return codes(chain.check(**more))


HOUR = 3600


@pytest.mark.parametrize(("delay", "found"), [(2 * HOUR, []), (2 * HOUR + 1, ["logged-late"])])
def test_more_than_two_hours_are_late(delay: float, found: list[str]) -> None:
    assert logged(generic("09:00:00", delay)) == found


def test_imported_history_is_never_late() -> None:
    assert logged(generic("09:00:00", 1000 * HOUR, imported={"source": "old"})) == []


def test_how_late_is_late_may_be_set() -> None:
    limits = TimeLimits(late=timedelta(hours=30))
    assert logged(generic("09:00:00", 29 * HOUR), limits=limits) == []


@pytest.mark.parametrize(("delay", "found"), [(-300, []), (-301, ["logged-before"])])
def test_an_event_of_the_future_is_named(delay: float, found: list[str]) -> None:
    assert logged(generic("09:00:00", delay)) == found


def test_an_event_older_than_those_before_it_is_noticed() -> None:
    first, second = generic("12:00:00", 0), generic("09:59:59", 2 * HOUR + 1)
    assert logged(first, second) == ["logged-late", "occurred-back"]
    assert logged(first, generic("10:00:00", 2 * HOUR)) == []


def test_an_event_of_the_future_makes_those_after_it_no_older() -> None:
    assert logged(generic("23:00:00", -13 * HOUR), generic("10:00:30", 1)) == ["logged-before"]


def test_a_log_whose_clock_went_back_is_named() -> None:
    assert logged(generic("12:00:00", 60), generic("12:00:30", 1)) == ["recorded-back"]


def test_notices_decide_nothing() -> None:
    chain = Chain("T-1")
    chain.add(*generic("12:00:00", 1)[:1])
    late = generic("09:00:00", 3 * HOUR + 10)
    chain.add(late[0], delay=late[1])
    limits = TimeLimits(late=timedelta(days=1))
    report = chain.check(limits=limits)
    assert [each.severity for each in report.shortfalls] == [Severity.NOTICE]
    assert report.outcome is Outcome.MATCH


# What is told


def test_a_report_names_rule_basis_and_record_in_both_languages() -> None:
    told = sample_case("zc", ["zc-sheet-E3"]).check().to_json()
    assert told["outcome"] == "different"
    shortfalls = told["shortfalls"]
    assert isinstance(shortfalls, list)
    first = shortfalls[0]
    assert isinstance(first, dict)
    assert first["rule"] == "report-before-last-lock"
    assert first["basis"] == {
        "zh": "87号令第58条；招标投标法第40条",
        "en": "Order 87 art. 58; Tendering Law art. 40",
    }
    assert isinstance(first["record"], str)


def test_a_case_in_which_nothing_was_found_has_no_records_out_of_time() -> None:
    chain = sample_case("zb")
    assert chain.entries[0].record.at > datetime.fromisoformat("2026-01-01T00:00:00+08:00")
    assert chain.check(limits=TimeLimits(late=timedelta(0))).outcome is Outcome.DIFFERENT


# Whatever is missing


def leaves(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the paths of all that can be erased."""
    inner: Any = value.items() if isinstance(value, dict) else enumerate(value)
    found = []
    for step, each in inner:
        found.append((*path, step))
        if isinstance(each, dict | list):
            found += leaves(each, (*path, step))
    return found


def erased(value: Any, path: tuple[Any, ...]) -> Any:
    """Return a value with null at a path."""
    if not path:
        return None
    copied = value.copy()
    copied[path[0]] = erased(value[path[0]], path[1:])
    return copied


SAMPLES = {name: sample_case(name) for name in PROJECTS}


@given(st.sampled_from(PROJECTS), st.data())
def test_no_missing_field_makes_a_check_fail(name: str, data: st.DataObject) -> None:
    chain = Chain(SAMPLES[name].case, list(SAMPLES[name].entries))
    for place in data.draw(st.lists(st.integers(0, len(chain.entries) - 1), max_size=4)):
        record = chain.entries[place].record
        paths = leaves(record.data)
        if paths:
            bare = erased(record.data, data.draw(st.sampled_from(paths)))
            chain.entries[place] = replace(
                chain.entries[place], record=replace(record, data=bare), hidden=("/data",)
            )
    report = chain.check()
    assert report.count == len(chain.entries)
    replay_evaluation([entry.record for entry in chain.entries])


@given(st.sampled_from(PROJECTS), st.data())
def test_whatever_records_are_missing_a_check_finds_the_gap(name: str, data: st.DataObject) -> None:
    whole = SAMPLES[name].entries
    places = st.sets(st.integers(0, len(whole) - 1), min_size=1, max_size=len(whole))
    gone = data.draw(places)
    left = [entry for place, entry in enumerate(whole) if place not in gone]
    ending = SAMPLES[name].ending
    report = check_case(SAMPLES[name].case, left, CONTEXT, LATER, ending=ending)
    assert {"case-gap", "case-cut-off"} & set(codes(report))
    assert report.outcome is Outcome.DIFFERENT
