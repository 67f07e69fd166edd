"""A draw for tests: its records as they come in, and ways to bend them."""

import copy
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from liuhen.domain.draw_check import DrawVerdict, check_draw
from liuhen.domain.draw_record import BlockName, DrawRecord
from liuhen.domain.incoming import Incoming

VECTORS = Path(__file__).parent / "vectors" / "draw" / "draw.json"
VECTOR: dict[str, Any] = json.loads(VECTORS.read_bytes())[0]
CASE: str = VECTOR["case"]
BLOCK = BlockName(20260131, 4810)
BLOCK_HASH = bytes.fromhex(VECTOR["block_hash"])
COMMITTED, DRAWN, REVEALED = range(3)


def records() -> list[dict[str, Any]]:
    """Return `data` of the three records of a whole draw, the reader's own to bend."""
    calls = [
        {
            "order": number,
            "expert_token": token,
            "major": major,
            "result": "declined" if token in VECTOR["refusing"] else "accepted",
        }
        for number, (token, major) in enumerate(VECTOR["calls"], 1)
    ]
    seats: list[dict[str, Any]] = [{"seat": "E1", "expert_token": "X-own"}]
    seats += [
        {"seat": f"E{number}", "source": "library", "expert_token": call["expert_token"]}
        for number, call in enumerate((c for c in calls if c["result"] == "accepted"), 2)
    ]
    block = {**VECTOR["committed"]["block"], "hash": VECTOR["block_hash"]}
    seeds = [{"party": party, "seed": seed} for party, seed in VECTOR["seeds"].items()]
    return copy.deepcopy(
        [
            VECTOR["committed"],
            {"action": "drawn", "block": block, "calls": calls, "committee": seats},
            {"action": "revealed", "seeds": seeds, "pool": VECTOR["pool"]},
        ]
    )


def incoming(data: Any, number: int = 0) -> Incoming:
    """Return a record of a draw that happened so many hours after the first."""
    at = datetime(2026, 3, 30, 6, tzinfo=UTC) + timedelta(hours=number)
    return Incoming(
        "expert_draw", f"number-{number}", CASE, at, at, None, None, None, data, case_seq=number
    )


def judge(
    told: list[dict[str, Any]],
    *,
    block_hash: bytes | None = BLOCK_HASH,
    after_block: BlockName | None = None,
    anchored_in: BlockName | None = None,
) -> DrawVerdict:
    """Check records; the last two arguments are of each commitment."""
    given = [
        DrawRecord(incoming(data, number), after_block, anchored_in)
        for number, data in enumerate(told)
    ]
    return check_draw(CASE, given, {} if block_hash is None else {BLOCK: block_hash})
