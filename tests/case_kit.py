"""Cases for tests of the domain: one that takes records as the writer does, one that is checked.

A `Case` admits records one by one. Its times are Beijing times without their offset, "2026-03-31
09:30"; the functions behind it return cases that have come as far as a test needs them, and the
data of a plain record of their step. A `Chain` holds records as they are logged, whatever a rule
would say: a sample project, or a small file put together by hand.
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from liuhen.adapters.china_calendar import ChinaCalendar
from liuhen.app.digest_key import DigestKey
from liuhen.core.errors import RecordRefused
from liuhen.domain.admission import CaseState, admit
from liuhen.domain.case_chain import CaseEntry, Ending
from liuhen.domain.case_check import check_case
from liuhen.domain.case_report import CaseReport
from liuhen.domain.catalogue import CATALOGUE, check_data
from liuhen.domain.facts import Facts, RuleContext
from liuhen.domain.incoming import Incoming, incoming_of
from liuhen.domain.reading import BEIJING
from liuhen.domain.record_type import Replacement, ReviewedCase
from liuhen.domain.rule import Rule, Shortfall

CONTEXT = RuleContext(ChinaCalendar(), DigestKey(bytes(32)).mark)
SAMPLE = Path(__file__).parents[1] / "scripts" / "sample"
LATER = datetime.fromisoformat("2026-11-01T00:00:00+08:00")
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


@dataclass
class Chain:
    """Records of one case as they come in, each logged when it happens."""

    case: str
    entries: list[CaseEntry] = field(default_factory=list)
    numbers: dict[str, str] = field(default_factory=dict)

    def add(self, submission: dict[str, Any], key: str = "", delay: float = 1) -> CaseEntry:
        """Add a record, logged so many seconds after it happened."""
        count = len(self.entries)
        number = f"019a8f3e-7c51-7d04-9a57-{count:012d}"
        happened = datetime.fromisoformat(submission["occurred_at"])
        body = {
            **submission,
            "record_id": number,
            "case": self.case,
            "case_seq": count,
            "recorded_at": (happened + timedelta(seconds=delay)).isoformat(),
        }
        previous = self.entries[-1].commitment.hex() if self.entries else None
        commitment = hashlib.sha256(f"{previous}{body}".encode()).digest()
        entry = CaseEntry(incoming_of(body), commitment, previous)
        self.numbers[key] = number
        self.entries.append(entry)
        return entry

    @property
    def ending(self) -> Ending:
        return Ending(len(self.entries), self.entries[-1].commitment)

    def check(self, as_of: datetime = LATER, **more: Any) -> CaseReport:
        return check_case(self.case, self.entries, CONTEXT, as_of, ending=self.ending, **more)

    def change(self, key: str, **members: Any) -> None:
        """Change members of the data of a record; the chain stays as it is."""
        place = list(self.numbers).index(key)
        entry = self.entries[place]
        data = {**entry.record.data, **members}
        self.entries[place] = replace(entry, record=replace(entry.record, data=data))

    def at(self, key: str) -> CaseEntry:
        return self.entries[list(self.numbers).index(key)]


def sample_lines(name: str) -> list[dict[str, Any]]:
    """Return the lines of a sample project, in order."""
    text = (SAMPLE / name / "project.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def sample_case(
    name: str, without: Sequence[str] = (), bend: Callable[[str, Any], None] | None = None
) -> Chain:
    """Return the project of a sample.

    Args:
        name: zc or zb.
        without: Keys of records to leave out.
        bend: Changes a submission before it goes in.
    """
    lines = sample_lines(name)
    chain = Chain(lines[0]["submission"]["case"])
    for line in own_lines(lines, chain.case):
        if line["key"] in without:
            continue
        submission = dict(line["submission"])
        if "supersedes" in line:
            submission["supersedes"] = chain.numbers.get(line["supersedes"])
        if bend is not None:
            bend(line["key"], submission)
        chain.add(submission, line["key"])
    return chain


def own_lines(lines: Iterable[dict[str, Any]], case: str) -> list[dict[str, Any]]:
    return [line for line in lines if line["submission"]["case"] == case]


def codes(report: CaseReport) -> list[str]:
    """Return the codes of the rules that a report names, in its order."""
    return [each.shortfall.rule.code for each in report.shortfalls]
