"""Shared worlds of the byte-flip matrix; made once, never changed."""

from collections.abc import Iterator

import pytest

from tests.flips.world import World

ATTACHMENT = {
    "name": "score.pdf",
    "media_type": "application/pdf",
    "bytes": 7,
    "sha256": "ab" * 32,
    "sm3": "cd" * 32,
}


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A small log with something in every table."""
    made = World(tmp_path_factory.mktemp("flips"))
    cases = [{"case": f"A-{n % 3}", "data": {"n": n, "text": "评标"}} for n in range(4)]
    drawn = {"experts": [1, 2, 3], "imported": {"source": "library"}}  # of another system
    first = made.append([*cases, {"type": "expert_draw", "case": "D-1", "data": drawn}])
    made.erase(first[1], "/data/text")
    made.anchor()
    made.append([{"case": "A-1", "data": {"n": 9}, "attachments": [ATTACHMENT]}, {"data": 7}])
    made.erase(first[1], "/data/n")
    made.anchor()
    made.cosign()
    made.append([{"case": "B", "data": "last"}])
    made.anchor(until_final=False)
    yield made
    made.close()


@pytest.fixture(scope="session")
def wide_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A log long enough to have stored rows of hashes on two levels."""
    made = World(tmp_path_factory.mktemp("wide"))
    made.append([{"data": n} for n in range(260)])
    yield made
    made.close()
