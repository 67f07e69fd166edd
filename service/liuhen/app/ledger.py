"""The ledger of a day, of findings or tasks: rows, their histories, and a manifest."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from liuhen.app.board import AT_ONCE, BoardKeeper
from liuhen.app.rows import record_members
from liuhen.core.canonical import JsonObject, canonical
from liuhen.domain.board import RULE_VERSION, Board, Line
from liuhen.domain.incoming import Incoming, incoming_of
from liuhen.domain.ledger import Row
from liuhen.domain.ledger_form import TASKS, LedgerForm
from liuhen.domain.reading import Members, get_list, get_text, get_texts
from liuhen.domain.rectification import DONE, LIFE
from liuhen.ports import LogReading


@dataclass(frozen=True, slots=True)
class Ledger:
    """A ledger.

    Attributes:
        board: The board that it shows.
        rows: By case.
        histories: Records of each case, as far as the day and the size go.
        manifest: What it was made from, and the digest of its rows.
        form: What it is of.
    """

    board: Board
    rows: Sequence[Row]
    histories: Sequence[Sequence[Incoming]]
    manifest: JsonObject
    form: LedgerForm


def make_ledger(
    form: LedgerForm,
    keeper: BoardKeeper,
    store: LogReading,
    origin: str,
    root: str,
    day: date,
    size: int,
) -> Ledger:
    """Make the ledger of a day.

    Args:
        form: What it is of.
        keeper: Makes the board.
        store: The log.
        origin: The log's name.
        root: Root hash of the log at `size`, in hex.
        day: The day, seen from its end.
        size: Size of the log.
    """
    board = keeper.board(form.kind, day, size)
    histories = [_history(store, form.kind, line.case, day, size) for line in board.lines]
    rows = [row_of(form, line, each) for line, each in zip(board.lines, histories, strict=True)]
    manifest: JsonObject = {
        "board_digest": board.digest(),
        "counts": {str(shade): count for shade, count in board.counts.items()},
        "day": day.isoformat(),
        "filter": "all",
        "format": form.format,
        "origin": origin,
        "root_hash": root,
        "row_count": len(rows),
        "rows_digest": rows_digest(rows),
        "rule_version": RULE_VERSION,
        "tree_size": size,
    }
    return Ledger(board, rows, histories, manifest, form)


def rows_digest(rows: Sequence[Row]) -> str:
    """Return the SHA-256 of the canonical rows, in hex."""
    return hashlib.sha256(canonical([dict(row) for row in rows])).hexdigest()


def _history(store: LogReading, kind: str, case: str, day: date, size: int) -> list[Incoming]:
    found: list[Incoming] = []
    start, last = 0, date.min
    while records := store.case_records(case, start, AT_ONCE):
        for record in records:
            incoming = incoming_of(record_members(record))
            if record.type != kind or record.entry_index >= size:
                continue
            last = max(last, incoming.day)
            if last <= day:
                found.append(incoming)
        start += len(records)
    return found


def row_of(form: LedgerForm, line: Line, history: Sequence[Incoming]) -> Row:
    """Return the row of a line; what is not known, or was erased, is missing."""
    opening = history[0].data if history else {}
    values: dict[str, str | None] = {
        **{column: _cell(opening, name) for name, column in form.opening.items()},
        form.number: line.case,
        **_beginning(form, history),
        "first_due_on": None if line.first_due_on is None else line.first_due_on.isoformat(),
        "due_on": None if line.due_on is None else line.due_on.isoformat(),
        "extended": "yes" if line.is_extended else "no",
        "status": line.state,
        "colour": str(line.colour),
        **_ending(line.state, history),
    }
    return {name: text for name, value in values.items() if (text := (value or "").strip())}


def _cell(opening: Members, name: str) -> str | None:
    """Return a field of the opening record as the text of a cell."""
    value = opening.get(name)
    if isinstance(value, dict):  # an amount of money
        return get_text(value, "amount")
    if isinstance(value, list):
        return "；".join(get_texts(opening, name))
    return None if value is None or isinstance(value, bool) else str(value)


def _beginning(form: LedgerForm, history: Sequence[Incoming]) -> dict[str, str | None]:
    """Return what only tasks have: the day they were opened, and how far they are."""
    if form is not TASKS:
        return {}
    told = [text for record in history if (text := get_text(record.data, "progress"))]
    return {
        form.begun_on: history[0].day.isoformat() if history else None,
        "progress": told[-1] if told else None,
    }


def _ending(state: str, history: Sequence[Incoming]) -> dict[str, str | None]:
    last = {LIFE.action_of(record.data): record for record in history}
    submitted, verified = last.get("submitted"), last.get("verified")
    ended = last.get("closed") if state == "reopened" else last.get(state)
    is_over = state in DONE or state == "reopened"
    return {
        "rectification_report_sha256": None if submitted is None else _report(submitted.data),
        "verified_by": None if verified is None else _verifier(verified),
        "closed_on": ended.day.isoformat() if is_over and ended is not None else None,
    }


def _report(data: Members) -> str | None:
    evidence = get_list(data, "evidence")
    return get_text(evidence[0], "sha256") if evidence else None


def _verifier(record: Incoming) -> str | None:
    return get_text(record.data, "verifier") or record.person or record.organisation
