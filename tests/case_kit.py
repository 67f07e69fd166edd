"""A case that takes records one by one as the writer does, for tests of the catalogue's rules.

Times are Beijing times without their offset, "2026-03-31 09:30". The functions at the end return
cases that have come as far as a test needs them, and the data of a plain record of their step.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest

from liuhen.adapters.china_calendar import ChinaCalendar
from liuhen.app.digest_key import DigestKey
from liuhen.core.errors import RecordRefused
from liuhen.domain.admission import CaseState, admit
from liuhen.domain.catalogue import CATALOGUE, check_data
from liuhen.domain.facts import Facts, RuleContext
from liuhen.domain.incoming import Incoming
from liuhen.domain.reading import BEIJING
from liuhen.domain.record_type import Replacement, ReviewedCase
from liuhen.domain.rule import Rule, Shortfall

CONTEXT = RuleContext(ChinaCalendar(), DigestKey(bytes(32)).mark)
CASE = "A-1"
DIGEST = "ab" * 32
LONG_AFTER = "2026-12-01 00:00"
METHOD: dict[str, Any] = {
    "kind": "comprehensive",
    "price": {"weight": "30"},
    "factors": [{"factor": "技术部分", "max": "50"}, {"factor": "服务方案", "max": "20"}],
}
POINTS = {"技术部分": "40.00", "服务方案": "15.50"}
SEATS = ("E1", "E2", "E3", "E4", "E5")
BIDS = ("B1", "B2", "B3")


def moment(text: str) -> datetime:
    """Return a time in Beijing."""
    return datetime.fromisoformat(text).replace(tzinfo=BEIJING)


@dataclass
class Case:
    """One case."""

    state: CaseState = field(default_factory=lambda: CaseState(CASE))
    records: list[Incoming] = field(default_factory=list)

    @property
    def facts(self) -> Facts:
        """Its facts."""
        return self.state.facts or {}

    def enter(self, name: str, at: str, supersedes: str | None = None, /, **data: Any) -> str:
        """Enter a record; return its number."""
        record = self._record(name, at, supersedes, data)
        check_data(name, data)
        facts = admit(self.state, record, CONTEXT, takes_counted=True)
        self.state = self.state.followed_by(bytes(32), self.state.count, facts)
        self.records.append(record)
        return record.record_id

    def refuse(
        self,
        rule: Rule,
        field: str,
        name: str,
        at: str,
        supersedes: str | None = None,
        /,
        **data: Any,
    ) -> RecordRefused:
        """Enter a record and see it refused by a rule, in both languages, at a field."""
        with pytest.raises(RecordRefused) as caught:
            self.enter(name, at, supersedes, **data)
        refused = caught.value
        assert (refused.rule_code, refused.field) == (rule.code, field)
        assert_in_both_languages(refused.rule_zh, refused.rule, rule)
        return refused

    def replacement(self, name: str, at: str, /, **data: Any) -> Replacement | None:
        """Return what the service logs in place of a record."""
        record = self._record(name, at, None, data)
        return CATALOGUE[name].replace(self.facts, record, CONTEXT)

    def review(self, as_of: str = LONG_AFTER) -> list[Shortfall]:
        """Return what the case lacks."""
        case = ReviewedCase(self.facts, self.records, moment(as_of), CONTEXT)
        found = [each for kind in CATALOGUE.values() for each in kind.review(case)]
        for each in found:
            assert_in_both_languages(each.zh, each.en, each.rule)
        return found

    def lacks(self, rule: Rule, as_of: str = LONG_AFTER) -> list[Shortfall]:
        """Return what the case lacks by one rule."""
        return [each for each in self.review(as_of) if each.rule is rule]

    def _record(self, name: str, at: str, supersedes: str | None, data: dict[str, Any]) -> Incoming:
        return Incoming(
            type=name,
            record_id=f"01957b1e-0000-7000-8000-{len(self.records):012x}",
            case=CASE,
            at=moment(at),
            recorded_at=moment(at),
            supersedes=supersedes,
            organisation="示例市公共资源交易中心",
            person=None,
            data=data,
            case_seq=self.state.count,
        )


def assert_in_both_languages(zh: str, en: str, rule: Rule) -> None:
    """Check a sentence and its translation: both whole, each with the basis of its rule."""
    assert re.search(r"[\u4e00-\u9fff]", zh)
    assert re.search(r"[a-z]{3}", en)
    assert not re.search(r"[{}]|None", zh + en)
    if rule.basis is not None:
        assert zh.endswith(f"（{rule.basis.zh}）")
        assert en.endswith(f" ({rule.basis.en})")


def registered(regime: str = "ZC", **data: Any) -> Case:
    """Return a case with a project."""
    case = Case()
    told = {"name": "示例项目", "regime": regime, "category": "goods", **data}
    case.enter("project", "2026-03-02 09:00", **told)
    return case


def in_bidding(regime: str = "ZC", **data: Any) -> Case:
    """Return a case whose bids are due on 31 March 2026 at 09:30."""
    case = registered(regime)
    case.enter("tender_document", "2026-03-06 09:00", **(document() | data))
    return case


def document(**data: Any) -> dict[str, Any]:
    """Return the data of a tender document."""
    return {
        "action": "published",
        "sha256": DIGEST,
        "bid_deadline": "2026-03-31T09:30:00+08:00",
        "method": METHOD,
        **data,
    }


def bid(number: str, **data: Any) -> dict[str, Any]:
    """Return the data of a bid receipt."""
    return {
        "receipt_no": f"HZ-{number}",
        "bid_id": number,
        "supplier_id": f"9100-{number}",
        "ciphertext_sha256": DIGEST,
        **data,
    }


def with_bids(regime: str = "ZC", bids: Sequence[str] = BIDS) -> Case:
    """Return a case with bids in."""
    case = in_bidding(regime)
    for number in bids:
        case.enter("bid_receipt", "2026-03-30 10:00", **bid(number))
    return case


def opened(regime: str = "ZC", bids: Sequence[str] = BIDS) -> Case:
    """Return a case whose bids are opened."""
    case = with_bids(regime, bids)
    case.enter("opening_record", "2026-03-31 09:30", bids=[{"bid_id": each} for each in bids])
    return case


def seated(regime: str = "ZC", seats: Sequence[str] = SEATS) -> Case:
    """Return a case that goes into the evaluation."""
    case = with_bids(regime)
    case.enter("seat_assignment", "2026-03-31 09:00", seats=[{"seat": each} for each in seats])
    case.enter("opening_record", "2026-03-31 09:30", bids=[{"bid_id": each} for each in BIDS])
    return case


def sheet(seat: str, **data: Any) -> dict[str, Any]:
    """Return the data of a score sheet."""
    return {"seat": seat, "scores": [{"bid_id": each, "points": POINTS} for each in BIDS], **data}


def scored(regime: str = "ZC", seats: Sequence[str] = SEATS) -> Case:
    """Return a case whose sheets are all locked, the last at 15:00."""
    case = seated(regime, seats)
    for seat in seats:
        case.enter("score_sheet", "2026-03-31 15:00", **sheet(seat))
    return case


def report(**data: Any) -> dict[str, Any]:
    """Return the data of an evaluation report."""
    return {
        "candidates": ["B1", "B2", "B3"],
        "signatures": list(SEATS),
        "sent_to_purchaser_at": "2026-03-31T17:00:00+08:00",
        **data,
    }


def reported(regime: str = "ZC", seats: Sequence[str] = SEATS, **data: Any) -> Case:
    """Return a case with a signed report."""
    case = scored(regime, seats)
    case.enter("evaluation_report", "2026-03-31 16:00", **(report() | data))
    return case
