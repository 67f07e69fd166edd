"""Objection, challenge, complaint and suspension, in a project's file and in files apart."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest

import liuhen.domain.catalogue  # noqa: F401 -- whole, before a module that its types need
from liuhen.core.canonical import JsonValue
from liuhen.domain import complaint_standing, deadline
from liuhen.domain.case_dates import case_dates
from liuhen.domain.catalogue import (
    CATALOGUE,
    award_letter,
    challenge,
    complaint,
    objection,
    opening_record,
    suspension,
)
from liuhen.domain.deadline import find_deadline
from liuhen.domain.facts import stage_of
from liuhen.domain.life_cycle import OUT_OF_ORDER
from liuhen.domain.stage import Stage
from liuhen.domain.window import windows
from liuhen.domain.window_answer import Asker, Matter
from tests.result_kit import CONTEXT, Case, awarded, evaluated, opened, published

MATTERS: JsonValue = [{"matter": "M1", "text": "甲公司业绩不实"}]
WINNER: JsonValue = {"bid_id": "B01", "name": "甲公司"}


def bidding() -> Case:
    """Return a ZB case whose bids are due on 2026-04-10."""
    case = Case().enter("project", "2026-03-02", name="示例项目", regime="ZB")
    return case.enter(
        "tender_document",
        "2026-03-10",
        sha256="ab" * 32,
        bid_deadline="2026-04-10T09:00:00+08:00",
    )


def objected() -> Case:
    """Return a ZB case with an objection of 2026-04-14 to its result."""
    return published().enter(
        "objection", "2026-04-14", objection_no="YY-1", target="result", matters=MATTERS
    )


def answered() -> Case:
    """Return the same, the objection answered on 2026-04-17."""
    return objected().enter("objection", "2026-04-17", objection_no="YY-1", action="answered")


def challenged() -> Case:
    """Return a ZC case challenged on 2026-04-20; the answer period ends on 2026-04-29."""
    return awarded().enter(
        "challenge", "2026-04-20", challenge_no="ZY-1", target="result", matters=MATTERS
    )


def replied() -> Case:
    """Return the same, answered early, on 2026-04-22."""
    return challenged().enter("challenge", "2026-04-22", challenge_no="ZY-1", action="answered")


# Objection


@pytest.mark.parametrize(
    ("target", "last", "first_too_late"),
    [("document", "2026-03-31", "2026-04-01"), ("prequalification", "2026-04-08", "2026-04-09")],
)
def test_documents_are_objected_to_some_days_before_the_deadline(
    target: str, last: str, first_too_late: str
) -> None:
    said = {"objection_no": "YY-1", "target": target}
    bidding().refuses(objection.OUTSIDE, "objection", first_too_late, **said)
    bidding().enter("objection", last, **said)


def test_the_opening_is_objected_to_on_the_spot() -> None:
    said = {"objection_no": "YY-1", "target": "opening"}
    opened("ZB").refuses(objection.OUTSIDE, "objection", "2026-04-11", **said)
    over = opened("ZB").enter("opening_record", "2026-04-10T09:40:00", action="closed")
    over.refuses(objection.OUTSIDE, "objection", "2026-04-10T09:41:00", **said)
    over.enter("objection", "2026-04-10T09:40:00", **said)  # entered behind the closing
    opened("ZB").enter("objection", "2026-04-10T09:30:00", **said)


@pytest.mark.parametrize("day", ["2026-04-12", "2026-04-17"])
def test_the_result_is_objected_to_while_it_is_published(day: str) -> None:
    said = {"objection_no": "YY-1", "target": "result"}
    refusal = published().refuses(objection.OUTSIDE, "objection", day, **said)
    assert "2026-04-13" in refusal.rule_zh


@pytest.mark.parametrize("target", list(objection.TARGETS))
def test_an_objection_passes_where_no_date_is_known(target: str) -> None:
    Case().enter("objection", "2026-04-14", objection_no="YY-1", target=target)


def test_an_objection_is_answered_once_and_after_it_was_filed() -> None:
    said = {"objection_no": "YY-1", "action": "answered"}
    published().refuses(OUT_OF_ORDER, "objection", "2026-04-14", **said)
    answered().refuses(OUT_OF_ORDER, "objection", "2026-04-18", **said)
    answered().enter("objection", "2026-04-15", objection_no="YY-2", target="result")


def test_nothing_is_opened_while_an_objection_to_the_document_waits() -> None:
    said = {"objection_no": "YY-1", "target": "document"}
    case = bidding().enter("objection", "2026-03-20", **said)
    when = "2026-04-10T09:00:00"
    refusal = case.refuses(opening_record.OBJECTION_OPEN, "opening_record", when)
    assert "YY-1" in refusal.rule_zh
    case.enter("objection", "2026-03-23", objection_no="YY-1", action="answered")
    case.enter("opening_record", when)


def test_an_answer_to_an_objection_is_due_in_three_days() -> None:
    assert objected().review("objection", "2026-04-17") == []
    assert objected().review("objection", "2026-04-18") == ["objection-not-answered"]
    assert answered().review("objection") == []
    late = objected().enter("objection", "2026-04-20", objection_no="YY-1", action="answered")
    assert late.review("objection") == ["objection-answered-late"]
    gone = objected().enter("objection", "2026-04-20", objection_no="YY-1", action="withdrawn")
    assert gone.review("objection") == []


def test_an_objection_before_the_result_leaves_the_stage_as_it_is() -> None:
    early = bidding().enter("objection", "2026-03-20", objection_no="YY-1", target="document")
    assert stage_of(early.facts) is Stage.BIDDING
    assert stage_of(objected().facts) is Stage.DISPUTE


# Challenge


def test_a_challenge_of_the_result_counts_from_the_end_of_the_notice_period() -> None:
    said: dict[str, JsonValue] = {"challenge_no": "ZY-1", "target": "result", "matters": MATTERS}
    awarded().enter("challenge", "2026-04-27", known_on="2026-04-01", **said)
    refusal = awarded().refuses(challenge.TOO_LATE, "challenge", "2026-04-28", **said)
    assert "2026-04-27" in refusal.rule


def test_a_challenge_is_held_to_the_days_of_the_law_at_its_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    newer = replace(find_deadline("ZC-CHALLENGE"), number=10, valid_from=date(2026, 4, 16))
    monkeypatch.setattr(deadline, "DEADLINES", (*deadline.DEADLINES, newer))
    said: dict[str, JsonValue] = {"challenge_no": "ZY-1", "target": "result", "matters": MATTERS}
    awarded().enter("challenge", "2026-04-30", **said)
    refusal = awarded().refuses(challenge.TOO_LATE, "challenge", "2026-05-06", **said)
    assert "10个工作日" in refusal.rule_zh


def test_a_challenge_of_the_document_counts_from_the_end_of_its_notice() -> None:
    case = Case().enter("project", "2026-03-02", name="示例项目", regime="ZC")
    case.enter(
        "tender_document",
        "2026-03-06",
        sha256="ab" * 32,
        bid_deadline="2026-03-31T09:30:00+08:00",
    )
    said: dict[str, JsonValue] = {"challenge_no": "ZY-1", "target": "document", "matters": MATTERS}
    said["known_on"] = "2026-03-06"
    case.refuses(challenge.TOO_LATE, "challenge", "2026-03-25", **said)
    case.enter("challenge", "2026-03-24", **said)


NOTICES: list[tuple[dict[str, JsonValue], str | None, str | None]] = [
    ({}, None, None),
    ({"notice_period_working_days": 8}, None, None),
    ({"notice_period_working_days": 8}, "2026-03-20", None),
    ({}, "2026-03-20", "2026-03-10"),
    ({}, "2026-03-12", "2026-03-16"),
    ({}, None, "2026-03-26"),
]


@pytest.mark.parametrize(("document", "notice_ends", "known"), NOTICES)
def test_a_document_is_challenged_as_long_as_the_asker_is_told(
    document: dict[str, JsonValue], notice_ends: str | None, known: str | None
) -> None:
    case = Case().enter("project", "2026-03-02", name="示例项目", regime="ZC")
    if notice_ends is not None:
        case.enter("publication", "2026-03-06", kind="tender_notice", to=notice_ends)
    deadline = "2026-04-20T09:30:00+08:00"
    case.enter("tender_document", "2026-03-06", sha256="ab" * 32, bid_deadline=deadline, **document)
    known_on = None if known is None else date.fromisoformat(known)
    asker = Asker(day=date(2026, 3, 6), known_on=known_on)
    (window,) = windows(case_dates(case.records), Matter.DOCUMENT, asker, CONTEXT.calendar)
    assert window.last is not None
    said: dict[str, JsonValue] = {"challenge_no": "ZY-1", "target": "document", "matters": MATTERS}
    said["known_on"] = known
    late = (window.last + timedelta(days=1)).isoformat()
    case.refuses(challenge.TOO_LATE, "challenge", late, **said)
    case.enter("challenge", window.last.isoformat(), **said)


def test_a_challenge_of_the_process_counts_from_when_it_was_known() -> None:
    said: dict[str, JsonValue] = {"challenge_no": "ZY-1", "target": "process", "matters": MATTERS}
    said["known_on"] = "2026-03-31"
    Case().refuses(challenge.TOO_LATE, "challenge", "2026-04-11", **said)
    Case().enter("challenge", "2026-04-10", **said)


def test_a_challenge_names_its_matters() -> None:
    Case().refuses(challenge.NO_MATTERS, "challenge", "2026-04-10", challenge_no="ZY-1")


def test_an_answer_to_a_challenge_is_due_in_seven_working_days() -> None:
    assert challenged().review("challenge", "2026-04-29") == []
    assert challenged().review("challenge", "2026-04-30") == ["challenge-not-answered"]
    assert replied().review("challenge") == []
    late = challenged().enter("challenge", "2026-04-30", challenge_no="ZY-1", action="answered")
    assert late.review("challenge") == ["challenge-answered-late"]
    gone = challenged().enter("challenge", "2026-04-30", challenge_no="ZY-1", action="withdrawn")
    assert gone.review("challenge") == []


# Complaint


def filed(**more: JsonValue) -> dict[str, JsonValue]:
    return {"complaint_no": "TS-1", "matters": ["M1"], **more}


def test_a_complaint_does_not_go_beyond_the_challenge() -> None:
    case, rule = replied(), complaint_standing.OUTSIDE
    said = filed(about="ZY-1", matters=["M1", "M2"])
    refusal = case.refuses(rule, "complaint", "2026-05-11", **said)
    assert refusal.field == "/data/matters/1"
    case.enter("complaint", "2026-05-11", **filed(about="ZY-1"))
    case.refuses(
        rule, "complaint", "2026-05-12", complaint_no="TS-1", action="supplemented", matters=["M3"]
    )


def test_a_complaint_does_not_go_beyond_the_objection() -> None:
    said = filed(about="YY-1", matters=["M9"])
    answered().refuses(complaint_standing.OUTSIDE, "complaint", "2026-04-20", **said)


def test_a_challenge_comes_before_a_complaint() -> None:
    rule = complaint_standing.NOT_CHALLENGED
    replied().refuses(rule, "complaint", "2026-05-11", **filed(about="ZY-2"))
    awarded().refuses(rule, "complaint", "2026-05-11", **filed(about="ZY-1"))
    replied().refuses(rule, "complaint", "2026-05-11", **filed())


def test_an_objection_comes_first_where_the_law_says_so() -> None:
    case = published()
    rule = complaint_standing.NOT_CHALLENGED
    case.refuses(rule, "complaint", "2026-04-17", **filed(target="result"))
    case.enter("complaint", "2026-04-17", **filed())


@pytest.mark.parametrize("channel", ["phone", "visit"])
def test_who_telephones_or_comes_in_is_heard_without_a_challenge(channel: str) -> None:
    case = awarded().enter("complaint", "2026-05-11", **filed(channel=channel))
    case.enter(
        "complaint", "2026-05-12", complaint_no="TS-1", action="supplemented", matters=["M2"]
    )


def test_in_procurement_a_complaint_counts_from_the_end_of_the_answer_period() -> None:
    said = filed(about="ZY-1")
    replied().enter("complaint", "2026-05-22", **said)
    refusal = replied().refuses(complaint_standing.TOO_LATE, "complaint", "2026-05-25", **said)
    assert "2026-05-22" in refusal.rule_zh


def test_nobody_complains_while_an_answer_may_still_come() -> None:
    said, rule = filed(about="ZY-1"), complaint_standing.TOO_EARLY
    challenged().refuses(rule, "complaint", "2026-04-29", **said)
    challenged().enter("complaint", "2026-04-30", **said)
    replied().enter("complaint", "2026-04-23", **said)


def test_in_tendering_a_complaint_has_ten_days_without_the_time_of_the_answer() -> None:
    # Known on the 13th and objected on the 14th: nine days are left when the answer comes.
    said = filed(about="YY-1", known_on="2026-04-13")
    late = published().enter(
        "objection", "2026-04-14", objection_no="YY-1", target="result", matters=MATTERS
    )
    late.enter("objection", "2026-04-20", objection_no="YY-1", action="answered")
    late.refuses(complaint_standing.TOO_LATE, "complaint", "2026-04-30", **said)
    late.enter("complaint", "2026-04-29", **said)


def test_an_objection_that_nobody_answers_does_not_keep_a_complaint_open_for_ever() -> None:
    said = filed(about="YY-1", known_on="2026-04-13")
    objected().enter("complaint", "2026-04-27", **said)  # the 26th is a Sunday
    objected().refuses(complaint_standing.TOO_LATE, "complaint", "2026-04-28", **said)


def test_what_was_known_later_than_the_answer_counts_from_then() -> None:
    said = filed(about="YY-1", known_on="2026-04-20")
    answered().enter("complaint", "2026-04-30", **said)
    answered().refuses(complaint_standing.TOO_LATE, "complaint", "2026-05-06", **said)


@pytest.mark.parametrize("known", [None, "2026-04-08", "2026-04-13"])
@pytest.mark.parametrize("when", [None, "2026-04-15", "2026-04-17", "2026-04-22"])
def test_a_complaint_in_tendering_is_let_in_as_long_as_its_window_says(
    known: str | None, when: str | None
) -> None:
    raised = {"objection_no": "YY-1", "target": "result", "matters": MATTERS}
    case = published().enter("objection", "2026-04-14", **raised, known_on=known)
    if when is not None:
        case.enter("objection", when, objection_no="YY-1", action="answered")
    asker = Asker(day=date(2026, 4, 20))
    (window,) = windows(case_dates(case.records), Matter.COMPLAINT, asker, CONTEXT.calendar)
    assert window.last is not None
    after = (window.last + timedelta(days=1)).isoformat()
    case.refuses(complaint_standing.TOO_LATE, "complaint", after, **filed(about="YY-1"))
    case.enter("complaint", window.last.isoformat(), **filed(about="YY-1"))


def test_a_complaint_in_a_file_of_its_own_is_held_to_no_regime_it_does_not_know() -> None:
    Case().enter("complaint", "2026-05-20", **filed(about="ZY-1", known_on="2026-04-01"))


def test_a_challenge_and_its_complaint_in_a_file_of_their_own_keep_their_rules() -> None:
    case = Case().enter("challenge", "2026-04-20", challenge_no="ZY-1", matters=MATTERS)
    case.enter("challenge", "2026-04-22", challenge_no="ZY-1", action="answered")
    outside = filed(about="ZY-1", matters=["M2"])
    case.refuses(complaint_standing.OUTSIDE, "complaint", "2026-05-11", **outside)
    case.refuses(complaint_standing.TOO_LATE, "complaint", "2026-05-25", **filed(about="ZY-1"))
    case.refuses(
        complaint_standing.NOT_CHALLENGED, "complaint", "2026-05-11", **filed(about="ZY-2")
    )
    case.enter("complaint", "2026-05-11", **filed(about="ZY-1"))
    assert stage_of(case.facts) is None


def complained() -> Case:
    return replied().enter("complaint", "2026-05-11", **filed(about="ZY-1"))


def test_a_complaint_goes_its_way_to_a_decision_and_its_review() -> None:
    case = complained()
    for action in ("supplemented", "accepted", "supplemented", "investigating"):
        case.enter("complaint", "2026-05-12", complaint_no="TS-1", action=action)
    case.refuses(
        complaint.NO_RESULT, "complaint", "2026-05-13", complaint_no="TS-1", action="decided"
    )
    case.enter("complaint", "2026-05-13", complaint_no="TS-1", action="decided", result="rejected")
    case.refuses(OUT_OF_ORDER, "complaint", "2026-05-14", complaint_no="TS-1", action="withdrawn")
    case.enter("complaint", "2026-05-14", complaint_no="TS-1", action="reviewed")
    assert case.review("complaint") == []


def test_a_complaint_is_turned_away_for_a_reason() -> None:
    case, said = complained(), {"complaint_no": "TS-1", "action": "not_accepted"}
    refusal = case.refuses(complaint.NO_CODE, "complaint", "2026-05-12", **said)
    assert refusal.field == "/data/reason_code"
    case.enter("complaint", "2026-05-12", reason_code="out-of-time", **said)
    assert case.review("complaint") == []


def test_a_complaint_that_waits_too_long_is_named() -> None:
    case = complained()
    assert case.review("complaint", "2026-05-18") == []
    assert case.review("complaint", "2026-05-19") == ["complaint-not-taken-up"]
    case.enter("complaint", "2026-05-19", complaint_no="TS-1", action="accepted")
    assert case.review("complaint", "2026-05-20") == ["complaint-taken-up-late"]
    assert case.review("complaint") == ["complaint-taken-up-late", "complaint-not-decided"]
    case.enter("complaint", "2026-07-01", complaint_no="TS-1", action="decided", result="upheld")
    assert case.review("complaint") == ["complaint-taken-up-late", "complaint-decided-late"]


@pytest.mark.parametrize("regime", ["other", None])
def test_where_no_law_is_known_no_complaint_is_late(regime: str | None) -> None:
    case = Case()
    if regime is not None:
        case.enter("project", "2026-03-02", name="示例项目", regime=regime)
    case.enter("complaint", "2026-05-11", complaint_no="TS-1")
    case.enter("complaint", "2026-06-11", complaint_no="TS-1", action="accepted")
    assert case.review("complaint") == []


@pytest.mark.parametrize(
    ("kind", "name", "last"),
    [("challenge", "challenge_no", "2026-05-18"), ("objection", "objection_no", "2026-05-14")],
)
def test_a_complaint_in_a_file_of_its_own_goes_by_what_it_rests_on(
    kind: str, name: str, last: str
) -> None:
    case = Case().enter(kind, "2026-05-06", matters=MATTERS, **{name: "N-1"})
    case.enter(kind, "2026-05-08", action="answered", **{name: "N-1"})
    case.enter("complaint", "2026-05-11", **filed(about="N-1"))
    after = (date.fromisoformat(last) + timedelta(days=1)).isoformat()
    assert case.review("complaint", last) == []
    assert case.review("complaint", after) == ["complaint-not-taken-up"]


@pytest.mark.parametrize("channel", ["phone", "visit"])
def test_who_only_tells_of_something_is_owed_no_decision_by_a_day(channel: str) -> None:
    case = opened("ZC").enter("complaint", "2026-04-20", complaint_no="TS-1", channel=channel)
    assert case.review("complaint") == []


def test_in_tendering_the_decision_counts_from_when_it_was_taken_up() -> None:
    case = answered().enter("complaint", "2026-04-20", **filed(about="YY-1"))
    case.enter("complaint", "2026-04-23", complaint_no="TS-1", action="accepted")
    assert case.review("complaint", "2026-06-08") == []
    assert case.review("complaint", "2026-06-09") == ["complaint-not-decided"]


def test_who_complains_is_nobodys_but_the_authoritys_and_the_decision_everybodys() -> None:
    for kind in ("objection", "challenge", "complaint"):
        sight = CATALOGUE[kind].table.by_name["party"].sight
        assert sight is not None
        assert set(sight.zb + sight.zc) == {"O"}
    decision = CATALOGUE["complaint"].table.by_name["decision"].sight
    assert decision is not None
    assert {decision.zb[Stage.DISPUTE - 1 :], decision.zc[Stage.DISPUTE - 1 :]} == {"PPP"}


# Suspension


def ordered(**more: JsonValue) -> dict[str, JsonValue]:
    return {"order_no": "ZT-1", "from": "2026-04-20", "to": "2026-05-20", **more}


def test_a_suspension_of_procurement_lasts_thirty_days_at_most() -> None:
    rule = suspension.TOO_LONG
    awarded().refuses(rule, "suspension", "2026-04-20", **ordered(to="2026-05-21"))
    awarded().enter("suspension", "2026-04-20", **ordered())
    published().enter("suspension", "2026-04-20", **ordered(to="2026-05-21"))


def test_an_order_that_names_no_last_day_is_named_after_thirty() -> None:
    said: dict[str, JsonValue] = {"order_no": "ZT-1", "from": "2026-04-20"}
    case = awarded().enter("suspension", "2026-04-20", **said)
    assert case.review("suspension", "2026-05-20") == []
    assert case.review("suspension", "2026-05-21") == ["suspension-too-long"]
    case.enter("suspension", "2026-05-20", order_no="ZT-1", action="lifted")
    assert case.review("suspension") == []
    assert published().enter("suspension", "2026-04-20", **said).review("suspension") == []


@pytest.mark.parametrize("regime", ["ZB", "other"])
def test_only_procurement_limits_a_suspension(regime: str) -> None:
    opened(regime).enter("suspension", "2026-04-20", **ordered(to="2026-12-31"))


SUSPENDED: list[tuple[str, Callable[[], Case], dict[str, JsonValue]]] = [
    ("opening_record", bidding, {}),
    ("score_sheet", lambda: opened("ZB"), {"seat": "E1", "scores": []}),
    ("candidate_publicity", lambda: evaluated("ZB"), {"from": "2026-04-21", "to": "2026-04-24"}),
    ("award_notice", lambda: evaluated("ZC"), {"winner": WINNER, "experts": ["专家甲"]}),
]


@pytest.mark.parametrize(("kind", "make", "said"), SUSPENDED, ids=[each[0] for each in SUSPENDED])
def test_nothing_goes_on_while_suspended(
    kind: str, make: Callable[[], Case], said: dict[str, JsonValue]
) -> None:
    case = make().enter("suspension", "2026-04-20", order_no="ZT-1", to="2026-05-20")
    case.refuses(suspension.SUSPENDED, kind, "2026-04-21", **said)
    case.enter("suspension", "2026-04-21", order_no="ZT-1", action="lifted")
    case.enter(kind, "2026-04-21", **said)


def test_what_happened_before_an_order_that_names_no_first_day_is_let_in() -> None:
    case = evaluated("ZC").enter("suspension", "2026-04-20", order_no="ZT-1")
    case.enter("award_notice", "2026-04-17", winner=WINNER, experts=["专家甲"])


@pytest.mark.parametrize("kind", ["award_letter", "contract"])
def test_nothing_is_awarded_or_signed_while_suspended(kind: str) -> None:
    case = awarded()
    if kind == "contract":
        case.enter("award_letter", "2026-04-15", winner=WINNER)
    said: dict[str, JsonValue] = {"winner": WINNER} if kind == "award_letter" else {}
    case.enter("suspension", "2026-04-20", **ordered())
    refusal = case.refuses(suspension.SUSPENDED, kind, "2026-05-20", **said)
    assert "ZT-1" in refusal.rule_zh
    case.enter("suspension", "2026-05-06", order_no="ZT-1", action="lifted")
    case.enter(kind, "2026-05-06", **said)


def test_a_suspension_ends_with_its_last_day() -> None:
    case = awarded().enter("suspension", "2026-04-20", **ordered())
    case.enter("award_letter", "2026-05-21", winner=WINNER)
    assert award_letter.issued_on(case.facts) is not None


def test_what_was_not_ordered_is_not_lifted() -> None:
    said = {"order_no": "ZT-1", "action": "lifted"}
    awarded().refuses(OUT_OF_ORDER, "suspension", "2026-04-20", **said)


# All of them


@pytest.mark.parametrize("make", [objected, replied, complained, published, awarded])
def test_an_audit_learns_the_same_facts_again(make: Callable[[], Case]) -> None:
    case = make()
    assert case.learned() == case.facts


def test_imported_history_is_held_to_no_order() -> None:
    imported: JsonValue = {"source": "旧系统"}
    case = Case().enter("project", "2026-03-02", name="示例项目", regime="ZC", imported=imported)
    case.enter("complaint", "2026-05-11", **filed(about="ZY-9", imported=imported))
    case.refuses(
        complaint_standing.NOT_CHALLENGED,
        "complaint",
        "2026-05-11",
        complaint_no="TS-2",
        about="ZY-9",
    )
