"""The check of a case: its chain, the rules replayed record by record, what it lacks, its times.

The rules run from empty facts, as they did when the records came in; a record that they would
refuse today is a shortfall at that record. Imported history was held to no rule then and is held
to all of them here. Where a rule rests on a field that was erased or is not shown, the answer is
"cannot tell".
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from liuhen.core.detached import DETACHED
from liuhen.domain.admission import check_order, is_sealed, learn
from liuhen.domain.case_chain import LACKING, CaseEntry, Ending, check_chain, in_order
from liuhen.domain.case_report import CaseKind, CaseReport, Severity, Unchecked, Weighed
from liuhen.domain.case_time import DEFAULT_TIME_LIMITS, TimeLimits, check_times
from liuhen.domain.catalogue import CATALOGUE, case_closing
from liuhen.domain.facts import NO_FACTS, Facts, RuleContext, regime_of, section_of, stage_of
from liuhen.domain.history import check_origin
from liuhen.domain.incoming import Incoming
from liuhen.domain.reading import get_text
from liuhen.domain.record_type import RecordType, ReviewedCase
from liuhen.domain.rectification import DONE, LIFE
from liuhen.domain.rule import Basis, Rule, RuleBroken, Shortfall
from liuhen.domain.unsure_calendar import WatchedCalendar

_END_OF_TIME = datetime(9000, 1, 1, tzinfo=UTC)
"""A time at which everything is due that may ever be."""

NOT_CLOSED = Rule(
    "case-not-closed",
    "案卷尚未归档",
    "the case is not closed yet",
    Basis("政府采购法第42条", "Procurement Law art. 42"),
)
NOT_SETTLED = Rule(
    "rectification-open",
    "尚未销号，当前状态为“{state_zh}”",
    "it is not settled yet, its state is {state!r}",
)


def check_case(
    case: str,
    records: Iterable[CaseEntry],
    context: RuleContext,
    as_of: datetime,
    *,
    ending: Ending | None = None,
    limits: TimeLimits = DEFAULT_TIME_LIMITS,
) -> CaseReport:
    """Check a case.

    Args:
        case: Its code.
        records: What there is of it, in any order.
        context: Calendar and marks; the marks need not be those of the log.
        as_of: The time to speak of: what may still come in time then is open, not missing.
        ending: Where the case ends, as the log says; None where that is not known.
        limits: How far times may lie apart.
    """
    entries = in_order(list(records))
    calendar = WatchedCalendar(context.calendar)
    context = replace(context, calendar=calendar)
    told = [_of_chain(each) for each in check_chain(case, entries, ending)]
    facts, broken = _replay(entries, context, calendar)
    read = [entry.record for entry in entries]
    told += broken
    said = {(each.shortfall.zh, each.shortfall.record) for each in broken}
    told += _review(ReviewedCase(facts, read, as_of, context), calendar, said)
    told += check_times(entries, limits)
    later = _review(ReviewedCase(facts, read, max(as_of, _END_OF_TIME), context), calendar, said)
    hidden = {entry.record.record_id: entry.hidden for entry in entries if entry.hidden}
    shortfalls = [each for each in told if not _rests_on_hidden(each.shortfall, hidden)]
    unchecked = [each.shortfall for each in told if _rests_on_hidden(each.shortfall, hidden)]
    kind = _kind_of(read)
    return CaseReport(
        case=case,
        as_of=as_of,
        kind=kind,
        count=len(entries),
        regime=regime_of(facts),
        stage=stage_of(facts),
        is_sealed=is_sealed(facts),
        shortfalls=shortfalls,
        open=[*_newly(later, told), *_unfinished(kind, facts)],
        unchecked=[*map(_cannot_tell, unchecked), *_unseen(entries, ending)],
    )


def _of_chain(found: Shortfall) -> Weighed:
    return Weighed(found, Severity.MISSING if found.rule in LACKING else Severity.BREACH)


def _replay(
    entries: Sequence[CaseEntry], context: RuleContext, calendar: WatchedCalendar
) -> tuple[Facts, list[Weighed]]:
    facts, found = NO_FACTS, []
    for record in (entry.record for entry in entries):
        calendar.guessed = False
        for refusal in _refusals(facts, record, context):
            shortfall = refusal.at(record.record_id)
            found.append(_weighed(shortfall, is_estimate=calendar.guessed))
        facts = learn(facts, record, context)
    return facts, found


def _refusals(facts: Facts, record: Incoming, context: RuleContext) -> Iterator[RuleBroken]:
    if record.type not in CATALOGUE:
        return
    try:
        check_origin(facts, record)
    except RuleBroken as refusal:
        yield refusal
    try:
        check_order(facts, record, context)
    except RuleBroken as refusal:
        yield refusal


def _review(
    case: ReviewedCase, calendar: WatchedCalendar, said: Collection[tuple[str, str | None]]
) -> list[Weighed]:
    """Return what the types name, but for what was said of the same record in the same words."""
    return [
        each
        for record_type in _TYPES
        for each in _reviewed(record_type, case, calendar)
        if (each.shortfall.zh, each.shortfall.record) not in said
    ]


_TYPES: Sequence[RecordType] = tuple(CATALOGUE.values())


def _reviewed(
    record_type: RecordType, case: ReviewedCase, calendar: WatchedCalendar
) -> Iterator[Weighed]:
    calendar.guessed = False
    for shortfall in record_type.review(case):
        yield _weighed(shortfall, is_estimate=calendar.guessed)
        calendar.guessed = False


def _weighed(shortfall: Shortfall, *, is_estimate: bool = False) -> Weighed:
    is_lack = shortfall.record is None or shortfall.rule.is_lack
    severity = Severity.MISSING if is_lack else Severity.BREACH
    return Weighed(shortfall, severity, is_estimate)


def _newly(later: Sequence[Weighed], now: Sequence[Weighed]) -> Iterator[Weighed]:
    """Return what lacks in the end and does not lack yet."""
    known = {each.shortfall for each in now}
    return (each for each in later if each.shortfall not in known)


def _unfinished(kind: CaseKind, facts: Facts) -> Iterator[Weighed]:
    if kind is CaseKind.PROJECT:
        if get_text(section_of(facts, case_closing.NAME), "state") != "closed":
            yield _weighed(NOT_CLOSED.missed())
    elif kind in (CaseKind.FINDING, CaseKind.TASK):
        state = get_text(section_of(facts, kind), "state")
        if state not in DONE:
            state_zh = LIFE.state_zh(state or "—")
            yield _weighed(NOT_SETTLED.missed(state=state or "—", state_zh=state_zh))


def _rests_on_hidden(shortfall: Shortfall, hidden: dict[str, tuple[str, ...]]) -> bool:
    """Return whether a rule speaks of a field that was erased or is not shown."""
    field = shortfall.field
    return bool(field) and any(
        f"{pointer}/".startswith(f"{field}/") or f"{field}/".startswith(f"{pointer}/")
        for pointer in hidden.get(shortfall.record or "", ())
    )


def _cannot_tell(shortfall: Shortfall) -> Unchecked:
    return Unchecked(
        "field-hidden",
        f"字段{shortfall.field}已删除或未披露，无法判断：{shortfall.zh}",
        f"{shortfall.field} was erased or is not shown, so nobody can tell: {shortfall.en}",
        shortfall.record,
    )


def _unseen(entries: Sequence[CaseEntry], ending: Ending | None) -> Iterator[Unchecked]:
    for record in (entry.record for entry in entries):
        if record.type == DETACHED:
            yield Unchecked(
                "content-elsewhere",
                "内容由提交方自存，不在此处",
                "its content is with its submitter and not here",
                record.record_id,
            )
        if record.case_seq is None:
            yield Unchecked(
                "number-hidden",
                "未披露记录在案卷中的编号",
                "its number in the case is not shown",
                record.record_id,
            )
    if ending is None:
        yield Unchecked(
            "end-unknown",
            "无从得知案卷此后是否还有记录",
            "nothing tells whether more records of the case follow",
        )


def _kind_of(records: Sequence[Incoming]) -> CaseKind:
    first = records[0].type if records else ""
    return CaseKind(first) if first in set(CaseKind) else CaseKind.OTHER
