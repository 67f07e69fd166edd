"""The verdict says which fields of a disclosure are hidden, and how many have no name."""

from dataclasses import replace

from liuhen.core.policy import Life
from liuhen.core.selection import select
from liuhen.core.shown import MOST_NAMED
from liuhen.core.verdict import Outcome
from tests.receipt_kit import Kit, judge

KIT = Kit(data={"names": [f"n{number}" for number in range(100)]})
POLICY = KIT.policy(Life.SEALED)


def test_a_full_receipt_hides_nothing() -> None:
    facts = judge(KIT.receipt(), POLICY).facts
    assert (facts["withheld"], facts["closed"], facts["withheld_fields"]) == (0, 0, [])


def test_withheld_fields_are_named_up_to_a_number_and_counted_in_full() -> None:
    receipt = KIT.receipt()
    few = replace(receipt, rows=select(receipt.rows, ["/data", "/submitter"]))
    verdict = judge(few, POLICY)
    assert verdict.outcome is Outcome.MATCH
    assert verdict.facts["withheld_fields"] == ["/attachments", "/links", "/nonce", "/occurred_at"]
    many = replace(receipt, rows=select(receipt.rows, ["/data/names/7"]))
    facts = judge(many, POLICY).facts
    named = facts["withheld_fields"]
    assert isinstance(named, list)
    assert len(named) == MOST_NAMED
    assert isinstance(facts["withheld"], int)
    assert facts["withheld"] > 99
    assert "/data/names/7" not in named


def test_closed_fields_have_no_name_in_the_verdict() -> None:
    receipt = KIT.receipt()
    closed = replace(receipt, rows=select(receipt.rows, ["/data/names/7"], hide_names=True))
    verdict = judge(closed, POLICY)
    assert verdict.outcome is Outcome.MATCH
    assert (verdict.facts["withheld"], verdict.facts["withheld_fields"]) == (0, [])
    assert isinstance(verdict.facts["closed"], int)
    assert verdict.facts["closed"] > 99
    assert verdict.check("commitment").reason == "rows-partly-hidden"
