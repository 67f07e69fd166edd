"""A case in a few lines: records go through admission as the writer lets them in."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest

from liuhen.adapters.china_calendar import ChinaCalendar
from liuhen.app.digest_key import DigestKey
from liuhen.core.canonical import JsonValue
from liuhen.core.errors import RecordRefused
from liuhen.domain.admission import CaseState, admit, learn
from liuhen.domain.catalogue import CATALOGUE, check_data
from liuhen.domain.facts import Facts, RuleContext
from liuhen.domain.incoming import Incoming, incoming_of
from liuhen.domain.record_type import ReviewedCase
from liuhen.domain.rule import Rule, Shortfall

CONTEXT = RuleContext(ChinaCalendar(), DigestKey(bytes(32)).mark)
RECORDED = "2026-12-31T00:00:00.000Z"


@dataclass
class Case:
    """A case that grows.

    Attributes:
        records: Its records so far.
        facts: What they left.
    """

    records: list[Incoming] = field(default_factory=list)
    facts: Facts = field(default_factory=dict)

    def enter(self, kind: str, when: str, /, **data: Any) -> "Case":
        """Enter a record.

        Args:
            kind: Record type.
            when: Day, or day and time, in Beijing.
            data: Its `data`.
        """
        record = self.incoming(kind, when, data)
        check_data(kind, data)
        state = CaseState("A-1", len(self.records), facts=self.facts)
        self.facts = admit(state, record, CONTEXT, takes_counted=True)
        self.records.append(record)
        return self

    def refuses(self, rule: Rule, kind: str, when: str, /, **data: Any) -> RecordRefused:
        """Check that a record is refused by a rule, in both languages; return the refusal."""
        before = len(self.records)
        with pytest.raises(RecordRefused) as caught:
            self.enter(kind, when, **data)
        assert len(self.records) == before
        refusal = caught.value
        assert refusal.rule_code == rule.code
        assert "{" not in refusal.rule + refusal.rule_zh
        assert "None" not in refusal.rule + refusal.rule_zh
        if rule.basis is not None:
            assert refusal.rule_zh.endswith(f"（{rule.basis.zh}）")
            assert refusal.rule.endswith(f"({rule.basis.en})")
        return refusal

    def review(self, kind: str, as_of: str = "2026-12-01") -> list[str]:
        """Return the codes of the rules that the review of a type names."""
        return [each.rule.code for each in self.shortfalls(kind, as_of)]

    def shortfalls(self, kind: str, as_of: str = "2026-12-01") -> list[Shortfall]:
        """Return what the review of a type names."""
        case = ReviewedCase(self.facts, self.records, _moment(as_of), CONTEXT)
        return list(CATALOGUE[kind].review(case))

    def incoming(self, kind: str, when: str, data: dict[str, Any]) -> Incoming:
        """Return a record of the case that is not entered."""
        return incoming_of(
            {
                "type": kind,
                "record_id": f"01957b1e-0000-7000-8000-{len(self.records):012x}",
                "case": "A-1",
                "occurred_at": _moment(when).isoformat(),
                "case_seq": len(self.records),
                "data": data,
            },
            RECORDED,
        )

    def learned(self) -> Facts:
        """Return the facts as an audit makes them again from the records."""
        facts: Facts = {}
        for record in self.records:
            facts = learn(facts, record, CONTEXT)
        return facts


def _moment(when: str) -> datetime:
    return datetime.fromisoformat(f"{when}T12:00:00+08:00" if len(when) == 10 else f"{when}+08:00")


def opened(regime: str) -> Case:
    """Return the case of a project whose bids were opened on 2026-04-10."""
    case = Case().enter("project", "2026-03-02", name="示例项目", regime=regime)
    return case.enter("opening_record", "2026-04-10T09:00:00", action="opened")


def scored(regime: str) -> Case:
    """Return a case with a locked score sheet and no report."""
    scores: JsonValue = [{"bid_id": "B01", "points": {"技术": "30"}}]
    return opened(regime).enter("score_sheet", "2026-04-10T15:00:00", seat="E1", scores=scores)


def evaluated(regime: str) -> Case:
    """Return a case whose report was signed on 2026-04-10, a Friday."""
    return scored(regime).enter(
        "evaluation_report",
        "2026-04-10T18:00:00",
        candidates=["B01", "B02"],
        sent_to_purchaser_at="2026-04-10T19:00:00+08:00",
    )


def published() -> Case:
    """Return a ZB case whose candidates are published from 2026-04-13 to 2026-04-16."""
    return evaluated("ZB").enter(
        "candidate_publicity", "2026-04-13T08:30:00", **{"from": "2026-04-13", "to": "2026-04-16"}
    )


def awarded() -> Case:
    """Return a ZC case whose award was published on 2026-04-15, its period ended a day later."""
    return evaluated("ZC").enter(
        "award_notice",
        "2026-04-15T09:00:00",
        winner={"bid_id": "B01", "name": "甲公司"},
        experts=["专家甲"],
        confirmed_on="2026-04-14",
        published_on="2026-04-15",
    )
