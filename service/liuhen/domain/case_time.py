"""When the records of a case were logged, against when they say that things happened.

All other rules compare the times that submitters state, so a record that is logged late could be
dated to suit them. That it was logged late is therefore a breach of its own.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from liuhen.domain.case_chain import CaseEntry
from liuhen.domain.case_report import Severity, Weighed
from liuhen.domain.reading import BEIJING
from liuhen.domain.rule import Basis, Rule

_AT_ONCE = Basis("电子招标投标办法第14、49条", "E-tendering Measures art. 14, 49")
LATE = Rule(
    "logged-late",
    "事项发生{hours}小时后才登记，超过{most}小时",
    "logged {hours} hours after it happened, more than {most}",
    _AT_ONCE,
)
AHEAD = Rule(
    "logged-before",
    "所载发生时间比登记时间晚{minutes}分钟，提交方时钟有误",
    "it is said to happen {minutes} minutes after it was logged: the submitter's clock is wrong",
    _AT_ONCE,
)
HAPPENED_BACK = Rule(
    "occurred-back",
    "所载发生时间早于此前记录（{before}），超过{most}小时",
    "it is said to happen before what came earlier ({before}), by more than {most} hours",
    _AT_ONCE,
)
LOGGED_BACK = Rule(
    "recorded-back",
    "登记时间早于前一记录（{before}），日志时钟倒退",
    "it was logged before the record before it ({before}): the clock of the log went back",
    _AT_ONCE,
)


@dataclass(frozen=True, slots=True)
class TimeLimits:
    """How far times may lie apart.

    Attributes:
        late: How long after an event its record may be logged.
        ahead: By how much a submitter's clock may be ahead.
        back: How far an event may lie before those of earlier records: several systems send.
    """

    late: timedelta = timedelta(hours=2)
    ahead: timedelta = timedelta(minutes=5)
    back: timedelta = timedelta(hours=2)


DEFAULT_TIME_LIMITS = TimeLimits()


def limits_of(late_after_hours: float | None) -> TimeLimits:
    """Return the limits where records are late after so many hours; None: the default."""
    if late_after_hours is None:
        return DEFAULT_TIME_LIMITS
    late = timedelta(hours=late_after_hours)
    return TimeLimits(late=late, back=max(late, DEFAULT_TIME_LIMITS.back))


def check_times(
    entries: Sequence[CaseEntry], limits: TimeLimits = DEFAULT_TIME_LIMITS
) -> Iterator[Weighed]:
    """Return the records whose times do not fit; imported history is held to no lateness.

    Args:
        entries: Records of a case, from `in_order`.
        limits: What is allowed.
    """
    newest: datetime | None = None
    logged: datetime | None = None
    for entry in entries:
        record, number = entry.record, entry.record.record_id
        if logged is not None and record.recorded_at < logged:
            found = LOGGED_BACK.missed(number, "/recorded_at", before=_told(logged))
            yield Weighed(found, Severity.BREACH)
        logged = max(record.recorded_at, logged or record.recorded_at)
        if record.is_imported:
            continue
        waited = record.recorded_at - record.at
        if waited > limits.late:
            hours = {"hours": _hours(waited), "most": _hours(limits.late)}
            yield Weighed(LATE.missed(number, "/occurred_at", **hours), Severity.BREACH)
        if -waited > limits.ahead:
            minutes = -waited // timedelta(minutes=1)
            found = AHEAD.missed(number, "/occurred_at", minutes=minutes)
            yield Weighed(found, Severity.BREACH)
        if newest is not None and newest - record.at > limits.back:
            facts = {"before": _told(newest), "most": _hours(limits.back)}
            found = HAPPENED_BACK.missed(number, "/occurred_at", **facts)
            yield Weighed(found, Severity.NOTICE)
        happened = min(record.at, record.recorded_at)  # what is ahead makes no others late
        newest = max(happened, newest or happened)


def _hours(span: timedelta) -> str:
    return f"{span / timedelta(hours=1):.1f}".removesuffix(".0")


def _told(moment: datetime) -> str:
    return moment.astimezone(BEIJING).isoformat(timespec="seconds")
