"""Read all key histories of a log; `core/key_history.py` says what they prove."""

from typing import Final

from liuhen.client.log_source import LogSource
from liuhen.core.errors import Malformed, MalformedNote, Unavailable, Unknown
from liuhen.core.key_history import KeyHistory

MOST_HISTORIES: Final = 1000


def read_key_histories(source: LogSource) -> list[KeyHistory]:
    """Return the histories of a log from serial number 0 to the newest; none is verified.

    Raises:
        Malformed: One is not a key history, or there is no end of them.
        Unavailable: There is none, or one cannot be had.
    """
    found: list[KeyHistory] = []
    while len(found) < MOST_HISTORIES:
        try:
            content = source.read(f"keys/{len(found)}")
        except Unknown as error:
            if not found:
                raise Unavailable(f"{error}: this log shows no key history") from error
            return found
        try:
            found.append(KeyHistory.parse(content.decode("utf-8")))
        except UnicodeDecodeError as error:
            raise MalformedNote(f"keys/{len(found)} is not UTF-8") from error
    raise Malformed(f"more than {MOST_HISTORIES} key histories")
