"""What several routes declare alike: case and log, and who reads."""

from typing import Annotated, Any, Final

from fastapi import Path, Query

from liuhen.api.reader import READER_PARAMETERS

Case = Annotated[str, Path(description="Case code.", max_length=256, examples=["SLZX-2026-0031"])]
Log = Annotated[
    str | None, Query(description="Name of a log; without it, the default log.", max_length=256)
]
WITH_KEY: Final[dict[str, Any]] = {
    "security": [{"operator": []}],
    "parameters": READER_PARAMETERS,
}
"""For the description of a route that is for holders of the operator's key."""

WITH_KEY_IF_ANY: Final[dict[str, Any]] = {**WITH_KEY, "security": [{}, {"operator": []}]}
"""For the description of a route that shows more to them."""
