"""Where events go: every one to the diagnostics, and to the alarm hooks of the settings."""

import shutil
from collections.abc import Callable
from contextlib import ExitStack

from liuhen.adapters.alarm_command import AlarmCommand
from liuhen.adapters.alarm_url import AlarmUrl
from liuhen.adapters.clock import SystemClock
from liuhen.app.alarm import Alarms
from liuhen.app.tell import Tell
from liuhen.ports import AlarmHook
from liuhen.wiring.diagnostics import tell
from liuhen.wiring.settings import Settings, SettingsError

TellOf = Callable[[str], Tell]
"""Gives `tell` for the log with an origin: everything that is told names it."""


def open_alarms(stack: ExitStack, settings: Settings) -> TellOf:
    """Start the alarms of the settings, if any.

    Args:
        stack: Takes what is to be closed.
        settings: The settings.

    Raises:
        SettingsError: The alarm command names no program.
    """
    alarms = [
        Alarms(hook, settings.alarm_quiet_seconds, SystemClock(), tell) for hook in _hooks(settings)
    ]
    for each in alarms:
        each.start()
        stack.callback(each.stop, settings.alarm_timeout_seconds)

    def tell_of(origin: str) -> Tell:
        def tell_all(event: str, facts: dict[str, object]) -> None:
            known = {"origin": origin, **facts}
            tell(event, known)
            for each in alarms:
                each.take(event, known)

        return tell_all

    return tell_of


def _hooks(settings: Settings) -> list[AlarmHook]:
    hooks: list[AlarmHook] = []
    if settings.alarm_command:
        if shutil.which(settings.alarm_command[0]) is None:
            raise SettingsError(
                f"LIUHEN_ALARM_COMMAND: there is no program {settings.alarm_command[0]}"
            )
        hooks.append(AlarmCommand(settings.alarm_command, settings.alarm_timeout_seconds))
    if settings.alarm_url is not None:
        url = settings.alarm_url.get_secret_value()
        hooks.append(AlarmUrl(url, settings.alarm_timeout_seconds))
    return hooks
