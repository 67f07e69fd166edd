"""Handing an alarm to whoever is to look."""

from typing import Protocol


class AlarmHook(Protocol):
    """Where alarms go: one way, to a program or to somebody's server.

    Not trusted with anything but the alarm itself. It may deliver twice what it says it has not
    delivered; the caller tries again later.
    """

    name: str
    """What the operator knows it by; never an argument, a path of a URL, or a credential."""

    def deliver(self, alarm: bytes) -> None:
        """Hand over one alarm, a JSON object in UTF-8; returns within its own time limit.

        Raises:
            Unavailable: It is not known to have arrived.
        """
        ...
