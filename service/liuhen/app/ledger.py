"""The ledger of findings on a day, as it is handed out: rows, their histories, and a manifest."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from liuhen.app.board import AT_ONCE, BoardKeeper
from liuhen.app.rows import record_members
from liuhen.core.canonical import JsonObject, canonical
from liuhen.domain.board import RULE_VERSION, Board, Line
from liuhen.domain.catalogue import finding
from liuhen.domain.incoming import Incoming, incoming_of
from liuhen.domain.ledger import Row
from liuhen.domain.reading import Members, get_list, get_members, get_text, get_whole
from liuhen.domain.rectification import DONE, LIFE
from liuhen.ports import LogReading

LEDGER_FORMAT = "ledger/v1"


@dataclass(frozen=True, slots=True)
class Ledger:
    """A ledger.

    Attributes:
        board: The board that it shows.
        rows: By case.
        histories: Records of each case, as far as the day and the size go.
        manifest: What it was made from, and the digest of its rows.
    """

    board: Board
    rows: Sequence[Row]
    histories: Sequence[Sequence[Incoming]]
    manifest: JsonObject


def make_ledger(
    keeper: BoardKeeper, store: LogReading, origin: str, root: str, day: date, size: int
) -> Ledger:
    """Make the ledger of a day.

    Args:
        keeper: Makes the board.
        store: The log.
        origin: The log's name.
        root: Root hash of the log at `size`, in hex.
        day: The day, seen from its end.
        size: Size of the log.
    """
    board = keeper.board(finding.NAME, day, size)
    histories = [_history(store, line.case, day, size) for line in board.lines]
    rows = [row_of(line, each) for line, each in zip(board.lines, histories, strict=True)]
    manifest: JsonObject = {
        "board_digest": board.digest(),
        "counts": {str(shade): count for shade, count in board.counts.items()},
        "day": day.isoformat(),
        "filter": "all",
        "format": LEDGER_FORMAT,
        "origin": origin,
        "root_hash": root,
        "row_count": len(rows),
        "rows_digest": rows_digest(rows),
        "rule_version": RULE_VERSION,
        "tree_size": size,
    }
    return Ledger(board, rows, histories, manifest)


def rows_digest(rows: Sequence[Row]) -> str:
    """Return the SHA-256 of the canonical rows, in hex."""
    return hashlib.sha256(canonical([dict(row) for row in rows])).hexdigest()


def _history(store: LogReading, case: str, day: date, size: int) -> list[Incoming]:
    found: list[Incoming] = []
    start, last = 0, date.min
    while records := store.case_records(case, start, AT_ONCE):
        for record in records:
            incoming = incoming_of(record_members(record))
            if record.type != finding.NAME or record.entry_index >= size:
                continue
            last = max(last, incoming.day)
            if last <= day:
                found.append(incoming)
        start += len(records)
    return found


def row_of(line: Line, history: Sequence[Incoming]) -> Row:
    """Return the row of a line; what is not known, or was erased, is missing."""
    opening = history[0].data if history else {}
    amount = get_members(opening, "amount")
    whole = get_whole(opening, "due_working_days")
    values = {
        "finding_no": line.case,
        "category": get_text(opening, "category"),
        "description": get_text(opening, "summary"),
        "found_on": get_text(opening, "found_on"),
        "found_by": get_text(opening, "found_by"),
        "responsible_dept": get_text(opening, "department"),
        "basis": get_text(opening, "legal_basis"),
        "amount": get_text(amount, "amount"),
        "requirement": get_text(opening, "requirement"),
        "due_working_days": None if whole is None else str(whole),
        "first_due_on": None if line.first_due_on is None else line.first_due_on.isoformat(),
        "due_on": None if line.due_on is None else line.due_on.isoformat(),
        "extended": "yes" if line.is_extended else "no",
        "status": line.state,
        "colour": str(line.colour),
        **_ending(line.state, history),
    }
    return {name: text for name, value in values.items() if (text := (value or "").strip())}


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
