"""All vectors of tests/vectors/rules, as files; `scripts/vectors` writes and compares them."""

import json
from pathlib import Path
from typing import Any

from tests.made_vectors import chain, receipts, records, reports, standing, texts

FOLDER = Path(__file__).parents[1] / "vectors" / "rules"


def contents() -> dict[str, bytes]:
    """Return all files by their names."""
    made = {**records.files(), **texts.files(), **chain.files()}
    made |= {**reports.files(), **receipts.files(), **standing.files()}
    return {name: _printed(vectors) for name, vectors in made.items()}


def load(name: str) -> list[dict[str, Any]]:
    """Read a file of vectors as others do."""
    found: list[dict[str, Any]] = json.loads((FOLDER / name).read_bytes())
    return found


def _printed(vectors: Any) -> bytes:
    names = [vector["name"] for vector in vectors]
    assert len(set(names)) == len(names), sorted(n for n in names if names.count(n) > 1)
    lines = (json.dumps(vector, ensure_ascii=True, sort_keys=False) for vector in vectors)
    return ("[\n" + ",\n".join(lines) + "\n]\n").encode()
