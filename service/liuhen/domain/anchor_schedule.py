"""When an anchor is due, if there is anything to anchor.

Any of four reasons is enough: so much time since the last anchor was begun, so many new entries,
a pause after something was entered, a time of day. What is not set is no reason. A log whose
silence must not show is anchored by times of day alone: any other moment tells how much was
entered.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Pending:
    """What waits to be anchored.

    Attributes:
        entries: Entries that no anchor on the chain covers.
        quiet_seconds: Since the log grew last, as far as this process has seen.
        begun_at: When the newest anchor was planned, aware; None before the first.
    """

    entries: int
    quiet_seconds: float
    begun_at: datetime | None


@dataclass(frozen=True, slots=True)
class AnchorSchedule:
    """Reasons to anchor; at least one is set.

    Attributes:
        interval_seconds: Since the last anchor was begun.
        entries: New entries that are enough at any time.
        quiet_seconds: Pause after the newest entry.
        times: Times of day, each with its offset from UTC.
    """

    interval_seconds: float | None = None
    entries: int | None = None
    quiet_seconds: float | None = None
    times: tuple[time, ...] = ()

    def is_due(self, pending: Pending, now: datetime) -> bool:
        """Return whether an anchor is to be begun.

        Args:
            pending: What waits.
            now: The present, aware.
        """
        if pending.entries == 0:
            return False
        return (
            self._has_waited(pending, now)
            or (self.entries is not None and pending.entries >= self.entries)
            or (self.quiet_seconds is not None and pending.quiet_seconds >= self.quiet_seconds)
        )

    def _has_waited(self, pending: Pending, now: datetime) -> bool:
        """Return whether the interval, or a time of day, has passed since the last beginning."""
        if pending.begun_at is None:
            return self.interval_seconds is not None or bool(self.times)
        # A clock that was set back must not hold up anchoring until it has caught up.
        if self.times and pending.begun_at - now > _DAY:
            return True
        if self.interval_seconds is not None:
            waited = (now - pending.begun_at).total_seconds()
            if not 0 <= waited < self.interval_seconds:
                return True
        return any(_latest(clock_time, now) > pending.begun_at for clock_time in self.times)


def _latest(clock_time: time, now: datetime) -> datetime:
    """Return the newest moment, not in the future, at which a clock showed this time of day."""
    there = now.astimezone(clock_time.tzinfo)
    moment = datetime.combine(there.date(), clock_time)
    return moment if moment <= there else moment - _DAY
