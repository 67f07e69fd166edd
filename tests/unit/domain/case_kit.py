"""Cases for the tests of checks: the sample projects, and small files put together by hand."""

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from liuhen.adapters.china_calendar import ChinaCalendar
from liuhen.domain.case_chain import CaseEntry, Ending
from liuhen.domain.case_check import check_case
from liuhen.domain.case_report import CaseReport
from liuhen.domain.facts import RuleContext
from liuhen.domain.incoming import incoming_of

SAMPLE = Path(__file__).parents[3] / "scripts" / "sample"
CONTEXT = RuleContext(ChinaCalendar(), lambda text: hashlib.sha256(text.encode()).hexdigest()[:16])
LATER = datetime.fromisoformat("2026-11-01T00:00:00+08:00")


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
