"""A clock that stands still until it is told otherwise."""

from datetime import UTC, datetime, timedelta


class FakeClock:
    """A `Clock` whose hands are moved by the test."""

    def __init__(self, now: datetime = datetime(2026, 3, 2, 6, 5, 7, 123_000, tzinfo=UTC)) -> None:
        self.present = now

    def now(self) -> datetime:
        return self.present

    def move(self, **by: float) -> None:
        """Move the hands, e.g. `move(seconds=-5)`."""
        self.present += timedelta(**by)
