"""Check a case of a log, and replay its evaluation, from what is stored.

The chain is held against the entries of the log. Whether the stored content is what its entry
commits to is checked on demand only: that hashes every field, and takes ten times as long as all
the rest. `liuhen audit` does it for the whole log.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from liuhen.app.rows import check_stored, erased_paths, record_members
from liuhen.core.canonical import JsonObject
from liuhen.core.errors import AuditError
from liuhen.core.pointer import to_pointer
from liuhen.domain.admission import learn
from liuhen.domain.case_chain import CaseEntry, Ending
from liuhen.domain.case_check import check_case
from liuhen.domain.case_report import CaseReport, Severity, Weighed
from liuhen.domain.case_time import DEFAULT_TIME_LIMITS, TimeLimits
from liuhen.domain.evaluation_replay import EvaluationReplay, replay_evaluation
from liuhen.domain.facts import NO_FACTS, Facts, RuleContext
from liuhen.domain.incoming import incoming_of
from liuhen.domain.reading import get_text
from liuhen.domain.rule import Basis, Rule
from liuhen.ports import LogReading, StoredRecord

_AT_ONCE: Final = 1_000

CONTENT: Final = Rule(
    "case-content-differs",
    "记录内容与日志条目不符",
    "the content of the record is not what its entry in the log commits to",
    Basis("电子招标投标办法第14条", "E-tendering Measures art. 14"),
)
UNREADABLE: Final = Rule(
    "case-content-unreadable",
    "记录内容无法读取",
    "the content of the record cannot be read",
    Basis("电子招标投标办法第14条", "E-tendering Measures art. 14"),
)


@dataclass(frozen=True, slots=True)
class StoredCase:
    """A case as it is stored.

    Attributes:
        case: Its code.
        entries: Its records.
        ending: Where the log says that it ends.
        faults: Records that are not what was entered.
    """

    case: str
    entries: Sequence[CaseEntry]
    ending: Ending
    faults: Sequence[Weighed] = ()

    def check(
        self,
        context: RuleContext,
        as_of: datetime,
        limits: TimeLimits = DEFAULT_TIME_LIMITS,
    ) -> CaseReport:
        """Check it; see `check_case`."""
        report = check_case(
            self.case, self.entries, context, as_of, ending=self.ending, limits=limits
        )
        return replace(report, shortfalls=[*self.faults, *report.shortfalls])

    def facts(self, context: RuleContext) -> Facts:
        """Return what its records make known."""
        facts = NO_FACTS
        for entry in self.entries:
            facts = learn(facts, entry.record, context)
        return facts

    def replay(self) -> EvaluationReplay:
        """Replay its evaluation."""
        return replay_evaluation([entry.record for entry in self.entries])


def read_case(store: LogReading, case: str, *, contents: bool = False) -> StoredCase | None:
    """Read a case; None where the log has no record of it.

    Args:
        store: The log.
        case: Case code.
        contents: Whether to hold every record against the entry that commits to it.
    """
    entries, faults, start = list[CaseEntry](), list[Weighed](), 0
    state = store.case_state(case)
    if state is None:
        return None
    while start < state.count:
        # Nothing is read that came later than the state: a case may grow meanwhile.
        most = min(_AT_ONCE, state.count - start)
        records = store.case_records(case, start, most)
        committed = dict(store.case_entries(case, start, most))
        for record in records:
            members, entry = _members(record), committed[record.entry_index]
            if members is None:
                faults.append(_fault(UNREADABLE, record))
                continue
            if contents and not _is_what_was_entered(record, entry):
                faults.append(_fault(CONTENT, record))
            entries.append(_entry(record, members, entry))
        if not records:
            break
        start = (records[-1].case_seq or 0) + 1
    return StoredCase(case, entries, Ending(state.count, state.head), faults)


def _members(record: StoredRecord) -> JsonObject | None:
    """Return the record; None where what is stored cannot be one."""
    try:
        members = record_members(record)
    except (AuditError, AssertionError):
        return None
    return members if get_text(members, "recorded_at") == record.recorded_at else None


def _is_what_was_entered(record: StoredRecord, entry: bytes) -> bool:
    try:
        check_stored(record, entry)
    except AuditError:
        return False
    return True


def _fault(rule: Rule, record: StoredRecord) -> Weighed:
    return Weighed(rule.missed(record.record_id), Severity.BREACH)


def _entry(record: StoredRecord, members: JsonObject, commitment: bytes) -> CaseEntry:
    hidden = tuple(to_pointer(path) for path in erased_paths(record))
    return CaseEntry(incoming_of(members), commitment, get_text(members, "case_prev"), hidden)
