"""What a reader sees of a record's data: members that may be shown, and nothing of the others."""

from collections.abc import Callable

from liuhen.core.canonical import JsonObject, JsonValue
from liuhen.domain.facts import Facts, regime_of, stage_of
from liuhen.domain.incoming import Incoming
from liuhen.domain.role import Role
from liuhen.domain.visibility import Level, visibility

Path = tuple[str | int, ...]

Shows = Callable[[Incoming, Path], bool]
"""Says whether a member of a record may be shown, by its path in the record."""


def shown_to_public(facts: Facts) -> Shows:
    """Return what anybody may see at the stage that a case has reached."""
    regime, stage = regime_of(facts), stage_of(facts)

    def shows(record: Incoming, path: Path) -> bool:
        level = visibility(regime, record.type, path, stage, Role.PUBLIC)
        return level is Level.PUBLIC

    return shows


def shown_data(record: Incoming, shows: Shows) -> JsonObject:
    """Return the data of a record, less what may not be shown; empty where that is all."""
    shown = _shown(record, ("data",), dict(record.data), shows)
    return shown if isinstance(shown, dict) else {}


def _shown(record: Incoming, path: Path, value: JsonValue, shows: Shows) -> JsonValue:
    """Return a value less what may not be shown; None for nothing."""
    if isinstance(value, dict) and value:
        members = {name: _shown(record, (*path, name), each, shows) for name, each in value.items()}
        return {name: each for name, each in members.items() if each is not None} or None
    if isinstance(value, list) and value:
        elements = [_shown(record, (*path, at), each, shows) for at, each in enumerate(value)]
        return [each for each in elements if each is not None] or None
    return value if value is not None and shows(record, path) else None
