"""Deadlines and windows as JSON: every word in both languages."""

from datetime import date

from liuhen.core.canonical import JsonObject, JsonValue
from liuhen.domain.case_deadlines import CaseDeadline, DeadlineState
from liuhen.domain.deadline import Deadline
from liuhen.domain.field import Label
from liuhen.domain.rule import Basis
from liuhen.domain.window_answer import Window
from liuhen.domain.window_words import MATTER_LABELS, sentence
from liuhen.domain.working_day import Calendar, Counted, working_days_between


def describe_rule(rule: Deadline) -> JsonObject:
    """Return one rule of the table."""
    return {
        "rule": rule.id,
        "regime": str(rule.regime),
        "name": _words(rule.zh, rule.en),
        "number": rule.number,
        "unit": str(rule.unit),
        "start_event": _words(rule.start_zh, rule.start_en),
        "direction": str(rule.direction),
        "bound": str(rule.bound),
        "basis": _label(rule.basis),
        "certainty": str(rule.certainty),
        "valid_from": _day(rule.valid_from),
        "valid_to": _day(rule.valid_to),
    }


def describe_due(rule: Deadline, start: date, counted: Counted) -> JsonObject:
    """Return what one rule leads to."""
    return {
        **describe_rule(rule),
        "start": start.isoformat(),
        "due": counted.day.isoformat(),
        "is_estimate": counted.is_estimate or counted.is_moved,
        "is_moved": counted.is_moved,
    }


def describe_case_deadline(
    deadline: CaseDeadline, day: date, calendar: Calendar, near: int
) -> JsonObject:
    """Return one deadline of a case as it stands on a day.

    Which record started it is not told: its number opens the whole record to whoever has it.

    Args:
        deadline: The deadline.
        day: The day.
        calendar: Which days are working days.
        near: It is near when it has so many working days left, or fewer.
    """
    state = deadline.state(day)
    runs = state is DeadlineState.RUNNING
    left = working_days_between(calendar, day, deadline.due) if runs else None
    return {
        "rule": deadline.rule.id,
        "name": _words(deadline.rule.zh, deadline.rule.en),
        "kind": str(deadline.course.kind),
        "who": _label(deadline.who),
        "basis": _label(deadline.rule.basis),
        "start": deadline.start.isoformat(),
        "start_event": _words(deadline.rule.start_zh, deadline.rule.start_en),
        "due": deadline.due.isoformat(),
        "is_estimate": deadline.is_estimate,
        "state": str(state),
        "met_on": _day(deadline.met_on),
        "working_days_left": left,
        "is_near": left is not None and left <= near,
        "section": deadline.section,
        "number": deadline.number,
    }


def describe_window(window: Window, day: date, calendar: Calendar) -> JsonObject:
    """Return one answer, with the sentence that says it."""
    notes: list[JsonValue] = [_label(note) for note in window.notes]
    return {
        "matter": str(window.matter),
        "matter_name": _label(MATTER_LABELS[window.matter]),
        "state": str(window.state),
        "answer": _label(sentence(window, day, calendar)),
        "first": _day(window.first),
        "last": _day(window.last),
        "days_left": window.days_left(day),
        "working_days_left": window.working_days_left(day, calendar),
        "is_estimate": window.is_estimate,
        "rule": None if window.rule is None else window.rule.id,
        "start": _day(window.start),
        "basis": _label(window.basis),
        "before": None if window.before is None else _label(window.before),
        "number": window.number,
        "notes": notes,
        "missing": [*window.missing],
    }


def _label(label: Label | Basis) -> JsonObject:
    return _words(label.zh, label.en)


def _words(zh: str, en: str) -> JsonObject:
    return {"zh": zh, "en": en}


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
