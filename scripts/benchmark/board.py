"""What it costs to make the board of a day."""

import timeit
from datetime import UTC, date, datetime, timedelta

from liuhen.adapters.china_calendar import ChinaCalendar
from liuhen.domain.board import make_board
from liuhen.domain.board_history import KINDS, History
from liuhen.domain.facts import RuleContext
from liuhen.domain.incoming import Incoming

STEPS = ("opened", "notified", "rectifying", "extended", "submitted", "verified", "closed")
FIRST = datetime(2026, 1, 5, 1, tzinfo=UTC)


def board_milliseconds(findings: int) -> float:
    """Return what the board of one day costs, the dearest of several days: best of some rounds."""
    calendar = ChinaCalendar()
    context = RuleContext(calendar, str)
    histories = [_history(number, context) for number in range(findings)]
    days = [date(2026, month, 15) for month in (1, 3, 6, 9, 12)]
    assert len(make_board(histories, days[-1], calendar, size=10**9).lines) == findings
    costs = [
        min(timeit.repeat(lambda: make_board(histories, day, calendar, size=10**9), number=1))  # noqa: B023 -- used at once
        for day in days
    ]
    return 1e3 * max(costs)


def _history(number: int, context: RuleContext) -> History:
    case = f"FX-{number:05}"
    history = History(KINDS["finding"], case)
    found = FIRST + timedelta(days=number % 300)
    for place, action in enumerate(STEPS[: 1 + number % len(STEPS)]):
        at = found + timedelta(days=5 * place)
        data: dict[str, object] = {"action": action}
        if action == "opened":
            data |= {"due_working_days": 20, "found_on": found.date().isoformat()}
        if action == "extended":
            data |= {"new_due_on": (found + timedelta(days=60)).date().isoformat()}
        record = Incoming("finding", case, case, at, at, None, "科室", None, data)  # type: ignore[arg-type]  # plain JSON
        history.add(record, len(STEPS) * number + place, context)
    return history
