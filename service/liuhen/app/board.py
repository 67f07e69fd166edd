"""Boards of one log: what its records made of findings, tasks and acceptances, kept in memory.

Never the truth: made from the records, at every question from where the last one stopped, and made
anew by a restart. It holds nothing that an erasure would have to reach.
"""

import threading
from datetime import date
from typing import Final

from liuhen.app.rows import record_members
from liuhen.domain.board import Board, make_board
from liuhen.domain.board_history import KINDS, History
from liuhen.domain.facts import RuleContext
from liuhen.domain.incoming import incoming_of
from liuhen.ports import LogReading, StoredRecord

AT_ONCE: Final = 500
"""Records that are read in one go."""


class BoardKeeper:
    """Follows one log; any number of threads may ask."""

    def __init__(self, store: LogReading, context: RuleContext) -> None:
        """Begin with nothing; the first question reads the log.

        Args:
            store: The log.
            context: Calendar and marks.
        """
        self._store, self._context = store, context
        self._next = 0
        self._histories: dict[str, dict[str, History]] = {name: {} for name in KINDS}
        self._lock = threading.Lock()

    def board(self, kind: str, day: date, size: int | None = None) -> Board:
        """Return the board of a day.

        Args:
            kind: Record type, one of `KINDS`.
            day: The day, seen from its end.
            size: Only what the log held at this size; None or more than it holds: all.
        """
        with self._lock:
            held = self._follow()
            size = held if size is None else min(size, held)
            histories = self._histories[kind].values()
            return make_board(histories, day, self._context.calendar, size=size)

    def _follow(self) -> int:
        """Take what is new; return the size of the log that is taken."""
        size = self._store.head().tree.size
        while self._next < size:
            records = self._store.records_of_types(list(KINDS), self._next, AT_ONCE)
            for record in records:
                if record.entry_index < size:
                    self._take(record)
            if len(records) < AT_ONCE or records[-1].entry_index >= size:
                self._next = size
            else:
                self._next = records[-1].entry_index + 1
        return size

    def _take(self, record: StoredRecord) -> None:
        if record.case is None:
            return
        histories = self._histories[record.type]
        if record.case not in histories:
            histories[record.case] = History(KINDS[record.type], record.case)
        incoming = incoming_of(record_members(record))
        histories[record.case].add(incoming, record.entry_index, self._context)
