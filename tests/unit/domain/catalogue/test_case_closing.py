"""The closing of a case, what may follow it, and what stands beside a case."""

from typing import Any

import pytest

from liuhen.domain.catalogue import CATALOGUE, case_closing
from liuhen.domain.facts import stage_of
from liuhen.domain.field import UNFIT
from liuhen.domain.life_cycle import OUT_OF_ORDER
from liuhen.domain.stage import Stage
from tests.result_kit import Case, evaluated

AFTERWARDS: dict[str, dict[str, Any]] = {
    "access_event": {"reader": "审计员甲"},
    "accountability": {"measure": "talk"},
    "complaint": {"complaint_no": "TS-1", "channel": "phone"},
    "suspension": {"order_no": "ZT-1"},
    "verification_event": {"verdict": "match"},
}
REFUSED: dict[str, dict[str, Any]] = {
    "award_notice": {"winner": {"bid_id": "B01"}},
    "challenge": {"challenge_no": "ZY-1"},
    "contract": {},
    "generic": {},
    "project": {"name": "示例项目", "regime": "ZC"},
    "site_supervision": {"step": "开标", "supervisor": "甲", "result": "无异常"},
}


def closed() -> Case:
    return evaluated("ZC").enter("case_closing", "2026-07-31", action="closed", count=4)


def test_a_closing_states_how_many_records_came_before() -> None:
    assert stage_of(closed().facts) is Stage.ARCHIVE
    for count in (3, 5):
        refusal = evaluated("ZC").refuses(
            case_closing.COUNT, "case_closing", "2026-07-31", action="closed", count=count
        )
        assert refusal.field == "/data/count"
        assert "4" in refusal.rule_zh
    evaluated("ZC").refuses(case_closing.COUNT, "case_closing", "2026-07-31", action="closed")


def test_before_the_opening_a_case_is_closed_only_where_the_project_has_ended() -> None:
    def begun() -> Case:
        return Case().enter("project", "2026-03-02", name="示例项目", regime="ZC")

    begun().refuses(
        case_closing.BEFORE_OPENING, "case_closing", "2026-03-20", action="closed", count=1
    )
    ended = begun().enter(
        "project",
        "2026-03-20",
        action="terminated",
        name="示例项目",
        regime="ZC",
        reason="任务取消",
    )
    ended.enter("case_closing", "2026-03-21", action="closed", count=2)


@pytest.mark.parametrize("kind", sorted(REFUSED))
def test_a_closed_case_takes_no_more(kind: str) -> None:
    closed().refuses(case_closing.CLOSED, kind, "2026-08-01", **REFUSED[kind])


@pytest.mark.parametrize("kind", sorted(AFTERWARDS))
def test_a_closed_case_still_takes_what_may_always_come(kind: str) -> None:
    closed().enter(kind, "2026-08-01", **AFTERWARDS[kind])


def test_types_that_may_follow_a_closing_exist() -> None:
    assert CATALOGUE.keys() >= case_closing.AFTER_CLOSING
    assert {*AFTERWARDS, "finding", "case_closing"} == case_closing.AFTER_CLOSING


def test_a_case_is_opened_again_for_a_reason_and_closed_again() -> None:
    case = closed()
    case.refuses(OUT_OF_ORDER, "case_closing", "2026-08-01", action="closed", count=5)
    case.refuses(case_closing.REASON, "case_closing", "2026-08-01", action="reopened")
    case.enter("case_closing", "2026-08-01", action="reopened", reason="补充归档材料")
    case.enter("generic", "2026-08-01")
    case.enter("case_closing", "2026-08-02", action="closed", count=7)
    case.refuses(case_closing.CLOSED, "generic", "2026-08-03")


def test_a_case_that_was_never_closed_is_not_opened_again() -> None:
    evaluated("ZC").refuses(
        OUT_OF_ORDER, "case_closing", "2026-08-01", action="reopened", reason="补充归档材料"
    )


def test_a_file_without_a_project_closes_without_a_stage() -> None:
    case = Case().enter("complaint", "2026-05-11", complaint_no="TS-1", channel="phone")
    case.enter("case_closing", "2026-06-11", action="closed", count=1)
    assert stage_of(case.facts) is None
    case.refuses(case_closing.CLOSED, "generic", "2026-06-12")


def test_measures_and_reads_are_never_public() -> None:
    for kind in ("accountability", "access_event", "verification_event", "site_supervision"):
        for field in CATALOGUE[kind].fields:
            assert field.sight is None or "P" not in field.sight.zb + field.sight.zc, field.name


@pytest.mark.parametrize(
    ("kind", "word", "value"),
    [("accountability", "measure", "fine"), ("access_event", "role", "king")],
)
def test_words_outside_of_a_closed_list_are_refused(kind: str, word: str, value: str) -> None:
    refusal = Case().refuses(UNFIT, kind, "2026-05-11", **{**AFTERWARDS[kind], word: value})
    assert refusal.field == f"/data/{word}"
