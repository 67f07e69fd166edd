"""Where erasures are noted down outside of the database (evidence §2)."""

from collections.abc import Sequence
from typing import Protocol

from liuhen.core.erasure import Erasure


class ErasureJournal(Protocol):
    """The erasures of one log, in the order in which they were decided.

    Lies outside of the database, its folder and its backups: what was erased is erased again in a
    database that comes back from a backup. Holds no value. Trusted for availability alone: an
    erasure that is lost here is lost only for backups from before it.

    What `add` accepted is durable when it returns. Only one process uses it.
    """

    def erasures(self) -> Sequence[Erasure]:
        """Return all of them.

        Raises:
            HistoryMismatch: It is damaged in a way that no crash can explain, or another log's.
            Unavailable: It cannot be read.
        """
        ...

    def add(self, erasure: Erasure) -> None:
        """Note an erasure down, before anything is destroyed.

        Raises:
            Unavailable: Could not be made durable; whether it was, is unknown.
        """
        ...
