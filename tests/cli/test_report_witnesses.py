"""What is said of witnesses: who is missing, until when they saw it, and by whose clocks."""

import dataclasses

import pytest

from liuhen.cli.language import Language
from liuhen.cli.report import Report
from liuhen.core.policy import Life
from liuhen.core.verdict import Verdict
from liuhen.portal.messages import CATALOGUES
from liuhen.portal.verdict_view import VerdictView
from tests.receipt_kit import Kit, judge
from tests.witness_kit import SEEN_AT, W1, W2, cosigned, head_of

KIT = Kit()
SEALED = KIT.receipt()


def verdict(*signed: int, quorum: int = 2) -> Verdict:
    head = head_of(SEALED.checkpoint)
    lines = [(W1, W2)[number].line(head) for number in signed]
    receipt = dataclasses.replace(SEALED, checkpoint=cosigned(SEALED.checkpoint, *lines))
    return judge(receipt, KIT.policy(Life.SEALED, witnesses=(W1.key, W2.key), quorum=quorum))


def said(found: Verdict, language: Language = Language.EN) -> list[str]:
    return [line.text for line in Report(found, language).lines()]


def test_waiting_for_witnesses_does_not_claim_that_the_anchor_is_missing() -> None:
    lines = said(verdict(0))
    assert lines[0].startswith("Entered, not yet cosigned by enough witnesses.")
    assert any("asks for 2 cosignatures; the checkpoint has 1 so far" in line for line in lines)
    assert any(line.startswith("what next: Too few witnesses") for line in lines)
    chinese = said(verdict(0), Language.ZH)
    assert chinese[0].startswith("已登记，见证签名尚不足。")


def test_the_time_at_which_witnesses_had_seen_it_is_told_with_whose_clock_it_is() -> None:
    (line,) = [line for line in said(verdict(0, 1)) if line.startswith("seen by witnesses")]
    assert "2026-03-31 07:41:00Z" in line
    assert "clocks of the policy's witnesses" in line
    (line,) = [line for line in said(verdict(0, 1), Language.ZH) if line.startswith("见证方所见")]
    assert "15:41:00 北京时间" in line
    assert not any(line.startswith("seen by") for line in said(verdict(0)))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_says_the_same(language: str) -> None:
    messages = CATALOGUES[language]
    waiting = VerdictView.of(verdict(0), messages)
    assert (waiting.outcome, waiting.icon) == ("not_cosigned", "waiting")
    about = dict(VerdictView.of(verdict(0, 1), messages).about)
    assert "2026-03-31T07:41:00Z" in about[messages("fact.seen_not_later")]
    assert messages("fact.seen_not_later") not in dict(waiting.about)
    assert SEEN_AT == 1_774_942_860
