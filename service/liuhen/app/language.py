"""Which of our two languages a client prefers."""

import re
from typing import Final

LANGUAGES: Final = ("zh", "en")
"""Chinese first: it is also what is used when a client says nothing."""

_RANGE: Final = re.compile(
    r"\s*(?P<tag>[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*|\*)"
    r"\s*(?:;\s*q=(?P<weight>[01](?:\.[0-9]{0,3})?)\s*)?",
    re.ASCII,
)


def preferred_language(accept_language: str) -> str:
    """Return `zh` or `en` for an `Accept-Language` field; what cannot be read is passed over.

    Source: RFC 9110 §12.5.4.
    """
    best, best_weight = LANGUAGES[0], 0.0
    for part in accept_language[:1000].split(","):
        match = _RANGE.fullmatch(part)
        if match is None:
            continue
        primary = match["tag"].split("-")[0].lower()
        weight = float(match["weight"] or 1)
        if primary in LANGUAGES and weight > best_weight:
            best, best_weight = primary, weight
    return best
