"""Admission: may this record follow the ones its case already has?

`admit` is pure and is called by the single writer while it holds the head, so what it sees of
the case is what the record will follow. The rules that hold for every type are here; those of
single types are in their modules of the catalogue.
"""

from dataclasses import dataclass, field, replace

from liuhen.core.errors import RecordRefused
from liuhen.core.json_number import MAX_SAFE_INTEGER
from liuhen.domain.catalogue import (
    CATALOGUE,
    COUNTED_TYPES,
    check_countable,
    check_submittable,
    tender_document,
)
from liuhen.domain.catalogue.case_closing import check_not_closed
from liuhen.domain.catalogue.project import has_ended
from liuhen.domain.catalogue.tender_document import deadline_of
from liuhen.domain.facts import NO_FACTS, Facts, RuleContext, section_of, stage_of
from liuhen.domain.history import begun, check_origin, is_live
from liuhen.domain.incoming import Incoming
from liuhen.domain.reading import BEIJING, YEARS, moment_of
from liuhen.domain.rule import Basis, Rule
from liuhen.domain.stage import Stage
from liuhen.domain.unsure_calendar import extremes

SEALED = Rule(
    "sealed-until-deadline",
    "投标截止时间（{deadline}）未到，不得开标或进入以后的环节，也不得改为已过的时间",
    "before the bid deadline ({deadline}) nothing is opened, nothing later is taken, and no time"
    " that is over becomes the deadline",
    Basis(
        "招标投标法第22、34、36条；87号令第28、39条",
        "Tendering Law art. 22, 34, 36; Order 87 art. 28, 39",
    ),
)

MAX_CASE_RECORDS = MAX_SAFE_INTEGER
"""`case_seq` must stay an integer that every JSON reader keeps."""

RULES_VERSION = 2
"""Counted up when the types of the catalogue make other facts of the same records: stored facts of
another version are then learned again from the records."""


NO_CASE = Rule(
    "record-without-case",
    "“{type_zh}”（{type}）须写明案卷编号，其规则以案卷为据",
    "a record of type {type!r} names its case, on which its rules rest",
    Basis("电子招标投标办法第14、49条", "E-tendering Measures art. 14, 49"),
)
TIME = Rule(
    "time-out-of-range",
    "发生时间须为{first}至{last}年间实有的时间",
    "what happened did so at a time that there is, from {first} to {last}",
)


@dataclass(frozen=True, slots=True)
class CaseState:
    """What the log knows of a case before the next record.

    Attributes:
        case: Case code.
        count: Records of the case so far; the next one has this `case_seq`.
        head: Commitment of its newest record, 32 bytes; empty while there is none.
        last_index: Leaf index of its newest entry, -1 while there is none.
        sealed: Nobody may learn yet whether the case moves; its map value is salted anew at every
            map head, changed or not (evidence §4).
        facts: What the rules need to know of its records; None: to be learned from them again.
    """

    case: str
    count: int = 0
    head: bytes = b""
    last_index: int = -1
    sealed: bool = False
    facts: Facts | None = field(default_factory=dict, hash=False)

    def followed_by(self, commitment: bytes, entry_index: int, facts: Facts) -> "CaseState":
        """Return the state after one more record, which left these facts."""
        return CaseState(
            self.case, self.count + 1, commitment, entry_index, is_sealed(facts), facts
        )

    def knowing(self, facts: Facts) -> "CaseState":
        """Return the same state with facts that were learned again."""
        return replace(self, facts=facts, sealed=is_sealed(facts))


def is_sealed(facts: Facts) -> bool:
    """Return whether it is secret whether a case with these facts moves.

    Until the opening; or until the project fails or is terminated, after which none comes. Where
    nobody told of a project and there are bids, they are taken for sealed ones. History alone is
    public, however far it tells.
    """
    if not is_live(facts) or has_ended(facts):
        return False
    stage = stage_of(facts)
    if stage is None:
        return any(section_of(facts, name) for name in COUNTED_TYPES)
    return stage < Stage.OPENED


def admit(
    state: CaseState | None,
    record: Incoming,
    context: RuleContext,
    *,
    by_service: bool = False,
    takes_counted: bool = False,
) -> Facts:
    """Decide whether a record may be appended.

    Args:
        state: State of the record's case; None for a record without a case.
        record: The record, before it has its number.
        context: Calendar and marks.
        by_service: The record is the service's own, of a type beginning with `log.`.
        takes_counted: The log takes records whose number is secret without slots.

    Returns:
        The facts of the case after it; empty without a case.

    Raises:
        RecordRefused: A rule forbids it; names the field and the rule.
    """
    if not by_service:
        record_type = check_submittable(record.type)
        if not takes_counted:
            check_countable(record_type, is_imported=record.is_imported)
    if record.supersedes == record.record_id:
        raise RecordRefused(
            "/supersedes", "a record cannot supersede itself", rule_zh="记录不能替换自身"
        )
    if state is None:
        if not by_service:
            check_has_case(record.type, record.case)
        return NO_FACTS
    if state.case != record.case:
        raise RecordRefused(
            "/case", "the record belongs to another case", rule_zh="记录属于另一案卷"
        )
    if state.count >= MAX_CASE_RECORDS:
        raise RecordRefused(
            "/case",
            f"the case is full: it has {state.count} records",
            rule_zh=f"案卷已满：已有{state.count}份记录",
        )
    assert state.facts is not None
    check_origin(state.facts, record)
    if not record.is_imported:
        _check_certain(state.facts, record, context)
    after = learn(state.facts, record, context)
    _check_stays_sealed(state.facts, after, record)
    return after


def _check_stays_sealed(before: Facts, after: Facts, record: Incoming) -> None:
    """Check that no record, whatever times it claims, opens a case before its deadline.

    Here it is the log's own clock that counts: what a submitter says of time would let him see how
    many bids there are.

    Raises:
        RecordRefused: It would.
    """
    if not is_sealed(before):
        return
    stays = is_sealed(after)
    if stays and after.get(tender_document.NAME) is before.get(tender_document.NAME):
        return
    deadline, moved = deadline_of(before), deadline_of(after)
    if deadline is None or record.recorded_at >= deadline:
        return
    is_opened = not stays and not has_ended(after)
    if is_opened or (moved is not None and moved <= record.recorded_at):
        field = "/type" if is_opened else "/data/bid_deadline"
        raise SEALED.broken(field, deadline=deadline.astimezone(BEIJING).isoformat())


def check_has_case(name: str, case: str | None) -> None:
    """Check that a record names a case, if its type has rules that rest on one.

    Raises:
        RecordRefused: It names none.
    """
    kind = CATALOGUE.get(name)
    if kind is not None and kind.needs_case and case is None:
        raise NO_CASE.broken("/case", type=name, type_zh=kind.zh)


def check_time(occurred_at: str | None) -> None:
    """Check that the rules can read when something happened, as its submitter says.

    They would else take the time of its recording, and nobody would see that.

    Raises:
        RecordRefused: It is a leap second, or far from our times.
    """
    if occurred_at is not None and moment_of(occurred_at) is None:
        raise TIME.broken("/occurred_at", first=YEARS.start, last=YEARS.stop - 1)


def _check_certain(facts: Facts, record: Incoming, context: RuleContext) -> None:
    """Check that a record may follow, and refuse nothing for a day that is only an estimate.

    Raises:
        RecordRefused: A rule forbids it, whatever the calendar of an unpublished year will be.
    """
    try:
        check_order(facts, record, context)
    except RecordRefused:
        for calendar in extremes(context.calendar):
            try:
                check_order(facts, record, replace(context, calendar=calendar))
            except RecordRefused:
                continue
            return
        raise


def check_order(facts: Facts, record: Incoming, context: RuleContext) -> None:
    """Check that a record may follow the facts of its case.

    Raises:
        RecordRefused: The case is closed, or a rule of its type forbids it.
    """
    facts = begun(facts, record)
    check_not_closed(facts, record)
    CATALOGUE[record.type].admit(facts, record, context)


def learn(facts: Facts, record: Incoming, context: RuleContext) -> Facts:
    """Return the facts of a case after a record that is in the log. Total: it never raises."""
    record_type = CATALOGUE.get(record.type)
    facts = begun(facts, record)
    return facts if record_type is None else record_type.apply(facts, record, context)
