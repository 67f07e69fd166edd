"""Reading members of JSON objects whose form was checked when they came in.

Imported and erased records may lack anything, so every reader answers "not known" with None or
with nothing, and never raises.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal, InvalidOperation

from liuhen.core.canonical import JsonValue

BEIJING = timezone(timedelta(hours=8))
"""The time zone in which the law counts days."""

YEARS = range(1900, 2200)
"""In other years nothing of ours happens, and counting days would leave the calendar."""

Members = Mapping[str, JsonValue]
_NOTHING: Members = {}


def get_text(members: Members, name: str) -> str | None:
    """Return a text."""
    value = members.get(name)
    return value if isinstance(value, str) else None


def get_whole(members: Members, name: str) -> int | None:
    """Return an integer."""
    value = members.get(name)
    return value if type(value) is int else None


def get_flag(members: Members, name: str) -> bool | None:
    """Return a truth value."""
    value = members.get(name)
    return value if isinstance(value, bool) else None


def get_members(members: Members, name: str) -> Members:
    """Return an object; an empty one where there is none."""
    value = members.get(name)
    return value if isinstance(value, dict) else _NOTHING


def get_list(members: Members, name: str) -> Sequence[Members]:
    """Return the objects of an array."""
    value = members.get(name)
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else ()


def get_texts(members: Members, name: str) -> Sequence[str]:
    """Return the texts of an array."""
    value = members.get(name)
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else ()


def get_decimal(members: Members, name: str) -> Decimal | None:
    """Return a decimal number; it is written as a text, and NaN and infinity are none."""
    try:
        number = Decimal(get_text(members, name) or "")
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def get_day(members: Members, name: str) -> date | None:
    """Return a day, also where a time stands: the day in Beijing."""
    return day_of(get_text(members, name))


def get_moment(members: Members, name: str) -> datetime | None:
    """Return a time."""
    return moment_of(get_text(members, name))


def day_of(text: str | None) -> date | None:
    """Return the day that a text names."""
    if text is None:
        return None
    if len(text) == 10:
        try:
            day = date.fromisoformat(text)
        except ValueError:
            return None
        return day if day.year in YEARS else None
    moment = moment_of(text)
    return None if moment is None else moment.astimezone(BEIJING).date()


def moment_of(text: str | None) -> datetime | None:
    """Return the time that a text names; one without an offset, or outside `YEARS`, is none."""
    try:
        moment = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return None if moment.tzinfo is None or moment.year not in YEARS else moment
