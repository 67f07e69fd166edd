"""A moment, told twice: in UTC and in Beijing time (no summer time since 1991)."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Final

from liuhen.cli import words
from liuhen.cli.language import Language

_BEIJING: Final = timezone(timedelta(hours=8))


def two_times(moment: str | int, language: Language) -> str:
    """Return a moment in both times.

    Args:
        moment: A time of RFC 3339, or seconds since the epoch as a block tells them: any 64 bits.
        language: The language of the words beside the digits.
    """
    try:
        utc = _parse(moment)
        beijing = utc.astimezone(_BEIJING)
    except (OverflowError, ValueError, OSError):
        return words.CHAIN_TIME.in_language(language).format(number=moment)
    place = words.BEIJING.in_language(language)
    return f"{_digits(utc)}Z = {_digits(beijing)} {place}"


def _parse(moment: str | int) -> datetime:
    if isinstance(moment, int):
        return datetime.fromtimestamp(moment, UTC)
    return datetime.fromisoformat(moment).astimezone(UTC)


def _digits(moment: datetime) -> str:
    return moment.replace(tzinfo=None).isoformat(sep=" ", timespec="seconds")
