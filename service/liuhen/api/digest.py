"""Digests as clients write them: `sha-256:<hex>` or `sm3:<hex>`."""

import re
from typing import Final

from liuhen.api.problems import ProblemRaised, http_problem

PATTERN: Final = r"(?:sha-256|sm3):[0-9a-f]{64}"
_DIGEST: Final = re.compile(PATTERN, re.ASCII)


def parse_digest(text: str) -> bytes:
    """Return the 32 bytes of a digest.

    Raises:
        ProblemRaised: It is written otherwise.
    """
    if _DIGEST.fullmatch(text) is None:
        detail = "a digest is sha-256: or sm3: and 64 lower-case hex digits"
        raise ProblemRaised(http_problem(422, detail))
    return bytes.fromhex(text.partition(":")[2])
