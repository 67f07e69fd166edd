"""The system's clock."""

from datetime import UTC, datetime


class SystemClock:
    """A `Clock` that asks the operating system."""

    def now(self) -> datetime:
        """Return the present in UTC."""
        return datetime.now(UTC)
