import hashlib

import httpx2
import pytest
from starlette.testclient import TestClient

from liuhen.core.checkpoint import Checkpoint
from liuhen.core.merkle import leaf_hash, subtree_root
from liuhen.core.note import SignedNote
from liuhen.core.policy import parse_policy


def head(client: TestClient) -> Checkpoint:
    return Checkpoint.parse(SignedNote.parse(client.get("/logs/jyg/checkpoint").text).text)


def test_the_tiles_lead_to_the_checkpoint(client: TestClient, appended: httpx2.Response) -> None:
    assert appended.status_code == 201
    checkpoint = head(client)
    tile = client.get(f"/logs/jyg/tile/0/000.p/{checkpoint.size}")
    hashes = [tile.content[at : at + 32] for at in range(0, len(tile.content), 32)]
    bundle = client.get(f"/logs/jyg/tile/entries/000.p/{checkpoint.size}").content
    entries = [bundle[at + 2 : at + 34] for at in range(0, len(bundle), 34)]
    assert bundle[:2] == b"\x00\x20"
    assert [leaf_hash(entry) for entry in entries] == hashes

    # RFC 6962: split at the largest power of two below the size.
    def root(part: list[bytes]) -> bytes:
        if len(part) == 1:
            return part[0]
        split = 1 << ((len(part) - 1).bit_length() - 1)
        joined = b"\x01" + root(part[:split]) + root(part[split:])
        return hashlib.sha256(joined).digest()

    assert root(hashes) == checkpoint.root
    assert subtree_root(hashes[:1]) == hashes[0]


def test_each_file_has_its_type_and_its_caching(client: TestClient) -> None:
    checkpoint = client.get("/logs/jyg/checkpoint")
    assert checkpoint.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert checkpoint.headers["Cache-Control"] == "no-store"
    for path in ("0/000.p/1", "entries/000.p/1"):
        tile = client.get(f"/logs/jyg/tile/{path}")
        assert tile.headers["Content-Type"] == "application/octet-stream"
        assert "immutable" in tile.headers["Cache-Control"]


@pytest.mark.parametrize(
    "path",
    [
        *("tile/0/0", "tile/0/0000", "tile/00/000.p/1", "tile/0/000.p/01", "tile/0/000.p/0"),
        *("tile/0/000.p/256", "tile/0/x000/000.p/1", "tile/0/000.p/1/", "tile/64/000"),
        *("tile/0/%3000.p/1", "tile/entries/000.p%2F1", "tile/entries/0", "tile//000", "tile/"),
        *("tile/0/000", "tile/1/000.p/1", "tile/0/000.p/255", "tile/0/001.p/1", "nothing"),
    ],
)
def test_every_other_spelling_and_what_is_not_there_yet_is_404(
    client: TestClient, path: str
) -> None:
    assert client.get(f"/logs/jyg/{path}").status_code == 404
    assert client.get(f"/logs/other/{path}").status_code == 404


def test_the_policy_can_be_compared(client: TestClient) -> None:
    policy = parse_policy(client.get("/logs/jyg/policy.json").content)
    assert policy.origin == head(client).origin
    assert client.get("/logs/other/policy.json").status_code == 404
    assert client.get("/logs/other/checkpoint").status_code == 404
