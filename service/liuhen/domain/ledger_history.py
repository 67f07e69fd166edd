"""The sheet of a ledger that lists every step of every row (逐项销号), read back.

A row says how something stands; only its history says on which days it stood otherwise. So a ledger
that comes in with the sheet makes the same board on any day.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from liuhen.domain.reading import BEIJING, day_of
from liuhen.domain.rectification import LIFE
from liuhen.domain.rectification_field import ACTIONS

SHEETS: Final = ("逐项销号", "History")
"""Name of the sheet in both languages."""

HEADINGS: Final[tuple[tuple[str, str, int], ...]] = (
    ("问题编号", "Number", 16), ("序号", "No.", 6), ("步骤", "Step", 12),
    ("发生时间", "Occurred at", 20), ("入账时间", "Recorded at", 20),
    ("提交单位", "Organisation", 16), ("提交人", "Person", 16), ("期限", "Due on", 12),
    ("结果", "Result", 12), ("说明", "Note", 36), ("证据材料", "Evidence", 40),
    ("来源", "Source", 12), ("记录编号", "Record", 38),
)  # fmt: skip
"""Headings in both languages, and widths in characters."""

TIME: Final = "%Y-%m-%d %H:%M"
_NUMBER, _STEP, _TIME, _DUE = (HEADINGS[at][:2] for at in (0, 2, 3, 7))
_ACTIONS: Final = {word: name for name, labels in ACTIONS.items() for word in (name, *labels)}


@dataclass(frozen=True, slots=True)
class TakenStep:
    """A step that was taken.

    Attributes:
        action: Which.
        at: When, RFC 3339.
        due_on: The day that it set.
    """

    action: str
    at: str
    due_on: str | None = None


def read_history(table: Sequence[Sequence[str]]) -> Mapping[str, Sequence[TakenStep] | None]:
    """Return the steps by number, in their order; None where one of them cannot be read.

    Args:
        table: The texts of the sheet's cells; where the headings are not ours, nothing is read.
    """
    headings = [cell.strip() for cell in table[0]] if table else []
    places = [_place(headings, names) for names in (_NUMBER, _STEP, _TIME, _DUE)]
    found: dict[str, list[TakenStep] | None] = {}
    if None in places:
        return found
    for row in table[1:]:
        number, step, time, due = (_cell(row, place) for place in places)
        steps = found.setdefault(number, [])
        taken = _taken(step, time, due)
        if taken is None:
            found[number] = None
        elif steps is not None:
            steps.append(taken)
    found.pop("", None)
    return found


def state_after(steps: Sequence[TakenStep]) -> str | None:
    """Return the state that steps lead to."""
    state: str | None = None
    for step in steps:
        state = LIFE.after(state, step.action)
    return state


def _place(headings: Sequence[str], names: Sequence[str]) -> int | None:
    return next((at for at, heading in enumerate(headings) if heading in names), None)


def _cell(row: Sequence[str], place: int | None) -> str:
    return row[place].strip() if place is not None and place < len(row) else ""


def _taken(step: str, time: str, due: str) -> TakenStep | None:
    action = _ACTIONS.get(step)
    try:
        at = datetime.strptime(time, TIME).replace(tzinfo=BEIJING)
    except ValueError:
        return None
    if action is None or (due and day_of(due) is None):
        return None
    return TakenStep(action, at.isoformat(), due or None)
