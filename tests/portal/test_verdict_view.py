"""What a page says of a verdict, where the facts are not what a calendar or JSON can hold."""

from typing import Any

import pytest

from liuhen.core.examine import Beside, examine
from liuhen.core.receipt import parse_receipt
from liuhen.core.verdict import Check, Outcome, State, Verdict
from liuhen.portal.messages import CATALOGUES
from liuhen.portal.verdict_view import VerdictView
from tests.corpus.drivers import every_question
from tests.receipt_corpus import KIT
from tests.receipt_kit import NOW, judge

ENGLISH = CATALOGUES["en"]
LAST_SECOND = 253_402_271_999
"""9999-12-31T23:59:59 in Beijing."""


def shown(name: str, value: Any) -> str:
    check = Check("anchor", State.PASSED, "head-in-contract", {name: value})
    view = VerdictView.of(Verdict(Outcome.MATCH, "all-required-checks-passed", (check,)), ENGLISH)
    return view.checks[0].facts[0][1]


def test_a_time_is_told_twice() -> None:
    assert shown("timestamp", 1_774_942_900) == (
        "2026-03-31 15:41:40 (Beijing time)\n2026-03-31T07:41:40Z"
    )
    assert shown("recorded_at", "0033-04-03T07:40:01.250Z").startswith("0033-04-03 15:40:01")


@pytest.mark.parametrize("name", ["timestamp", "seen_not_later"])
@pytest.mark.parametrize("seconds", [LAST_SECOND + 1, 2**53 - 1, 2**63, 2**64 - 1, 2**256 - 1])
def test_a_block_time_beyond_the_calendar_is_shown_as_a_number(name: str, seconds: int) -> None:
    assert "9999-12-31 23:59:59" in shown(name, LAST_SECOND)
    assert shown(name, seconds) == str(seconds)


def test_a_record_of_the_last_day_of_the_calendar_is_shown_as_it_says() -> None:
    assert shown("recorded_at", "9999-12-31T23:59:59.000Z") == "9999-12-31T23:59:59.000Z"


def test_numbers_that_json_readers_round_are_shown_in_full() -> None:
    assert shown("size", 2**60) == str(2**60)
    assert shown("answers", [{"block": 2**60}]) == f'[{{"block":"{2**60}"}}]'


@pytest.mark.parametrize(
    ("case", "chinese", "english"),
    [
        ("standing_forked_anchored", "警告：该日志曾经分叉。", "Warning: this log has forked."),
        ("standing_closed", "由日志 0x5c5c", "The log 0x5c5c"),
        ("standing_closed_for_good", "没有接续的日志", "no other log goes on in its place."),
    ],
)
def test_a_warning_is_shown_in_both_languages(case: str, chinese: str, english: str) -> None:
    (asked,) = (each for each in every_question() if each.name == f"{case}+nodes")
    receipt = parse_receipt(asked.receipt)
    verdict = examine(receipt, asked.policy, Beside(NOW, asked.reports))
    for language, text in (("zh", chinese), ("en", english)):
        (warning,) = VerdictView.of(verdict, CATALOGUES[language]).warnings
        assert text in warning
        assert "{" not in warning


def test_a_log_in_order_has_no_warning() -> None:
    assert VerdictView.of(Verdict(Outcome.NOT_FOUND, "no-such-record"), ENGLISH).warnings == []
    verdict = judge(KIT.receipt(5, 9), KIT.policy(), KIT.node())
    assert VerdictView.of(verdict, ENGLISH).warnings == []
