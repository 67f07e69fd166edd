"""What a page says of a verdict, where the facts are not what a calendar or JSON can hold."""

from typing import Any

import pytest

from liuhen.core.verdict import Check, Outcome, State, Verdict
from liuhen.portal.messages import CATALOGUES
from liuhen.portal.verdict_view import VerdictView

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
