"""The clock."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """The time. NOT trusted: it may jump, and the log never goes back with it."""

    def now(self) -> datetime:
        """Return the present, aware, in UTC."""
        ...
