"""The deadlines that run in a case as an iCalendar file (RFC 5545).

Nothing in it comes from a clock: the same deadlines make the same bytes.
"""

import hashlib
from collections.abc import Iterable
from datetime import UTC, timedelta
from typing import Final

from icalendar import Alarm, Calendar, Event

from liuhen.domain import working_day
from liuhen.domain.case_deadlines import CaseDeadline
from liuhen.domain.working_day import working_days_before

MEDIA_TYPE: Final = "text/calendar; charset=utf-8"
_MORNING: Final = timedelta(hours=9)
_WORDS: Final = {
    "zh": {
        "calendar": "{case} 法定期限",
        "summary": "{name}（{case}）",
        "estimate": "【估计】",
        "description": "须由{who}办理。自{event}（{start}）起算。依据：{basis}。",
        "right": "{who}可在此日前行使权利。自{event}（{start}）起算。依据：{basis}。",
        "period": "公示（公告）期至此日结束。自{event}（{start}）起算。依据：{basis}。",
        "doubt": "此日期为估计，以公告或主管部门为准。",
    },
    "en": {
        "calendar": "{case} legal deadlines",
        "summary": "{name} ({case})",
        "estimate": "[estimate] ",
        "description": "To be done by: {who}. Counted from {event} ({start}). Basis: {basis}.",
        "right": "May still be used by: {who}. Counted from {event} ({start}). Basis: {basis}.",
        "period": "The period ends with this day. Counted from {event} ({start}). Basis: {basis}.",
        "doubt": "The day is an estimate; the notice or the authority decides.",
    },
}


def calendar_feed(
    deadlines: Iterable[CaseDeadline],
    *,
    case: str,
    log_name: str,
    language: str,
    working_days: working_day.Calendar,
    alarm_working_days: int,
) -> bytes:
    """Return a calendar with one event for each deadline.

    Args:
        deadlines: The deadlines, all running.
        case: Case code.
        log_name: Name of the log, for numbers that are unique in the world.
        language: zh or en.
        working_days: Which days are working days.
        alarm_working_days: How many working days before its day an event reminds.
    """
    words = _WORDS[language]
    calendar = Calendar()
    calendar.add("prodid", f"-//Liuhen//legal deadlines//{language.upper()}")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", words["calendar"].format(case=case))
    for deadline in deadlines:
        event = _event(deadline, case, log_name, language)
        early = working_days_before(working_days, deadline.due, alarm_working_days).day
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", event["summary"])
        alarm.add("trigger", early - deadline.due + _MORNING)
        event.add_component(alarm)
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def _event(deadline: CaseDeadline, case: str, log_name: str, language: str) -> Event:
    rule, words = deadline.rule, _WORDS[language]
    in_chinese = language == "zh"
    name = rule.zh if in_chinese else rule.en[0].upper() + rule.en[1:]
    about = deadline.number or deadline.section
    summary = words["summary"].format(name=name, case=f"{case} {about}" if about else case)
    template = words.get(str(deadline.course.kind), words["description"])
    description = template.format(
        who=deadline.who.zh if in_chinese else deadline.who.en,
        event=rule.start_zh if in_chinese else rule.start_en,
        start=deadline.start,
        basis=rule.basis.zh if in_chinese else rule.basis.en,
    )
    event = Event()
    event.add("uid", f"{_identity(deadline, case)}@{log_name}")
    event.add("dtstamp", deadline.recorded_at.astimezone(UTC))
    event.add("dtstart", deadline.due)
    event.add("dtend", deadline.due + timedelta(days=1))
    event.add("transp", "TRANSPARENT")
    event.add("categories", [rule.id])
    if deadline.is_estimate:
        summary = words["estimate"] + summary
        description = f"{description} {words['doubt']}"
    event.add("summary", summary)
    event.add("description", description)
    return event


def _identity(deadline: CaseDeadline, case: str) -> str:
    """Return what stays the same when the deadline is counted anew from a later record."""
    told = (case, deadline.rule.id, deadline.section or "", deadline.number or "")
    return hashlib.sha256("\0".join(told).encode()).hexdigest()[:32]
