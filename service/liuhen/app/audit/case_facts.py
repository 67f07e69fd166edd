"""Facts of a case from which something was erased: what they still have to say.

Facts outlive an erasure, so what is stored may hold more than its records make now: a mark of a
name that is gone. What rules rest on is never erased, so wherever both still speak they agree.
"""

import re
from typing import Final

from liuhen.core.canonical import JsonValue
from liuhen.domain.facts import Facts

_MARK: Final = re.compile(r"[0-9a-f]{16}", re.ASCII)


def find_contradiction(stored: JsonValue, learned: Facts) -> str | None:
    """Return where stored facts contradict what the records make; None where they do not.

    Args:
        stored: As they stand in the database.
        learned: As the records make them, without what was erased.
    """
    if not isinstance(stored, dict):
        return ""
    missing = next((name for name in learned if name not in stored), None)
    return missing if missing is not None else _differing(stored, dict(learned), "")


def _differing(stored: JsonValue, learned: JsonValue, path: str) -> str | None:
    if isinstance(stored, dict) and isinstance(learned, dict):
        both = (name for name in learned if name in stored)
        found = (_differing(stored[name], learned[name], f"{path}/{name}") for name in both)
        return next((each for each in found if each is not None), None)
    return path if _is_told(learned) and _is_told(stored) and stored != learned else None


def _is_told(value: JsonValue) -> bool:
    """Return whether an erasure leaves a value as it is: a word, a time or a number; no mark."""
    return type(value) is int or (isinstance(value, str) and _MARK.fullmatch(value) is None)
