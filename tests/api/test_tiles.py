import hashlib

import httpx2
import pytest
from starlette.testclient import TestClient

from liuhen.api.served_log import ServedLog
from liuhen.client.log_check import check_log
from liuhen.core.checkpoint import Checkpoint
from liuhen.core.errors import Unavailable, Unknown
from liuhen.core.key_history import KeyHistory, verify_histories
from liuhen.core.log_memory import LogMemory
from liuhen.core.merkle import leaf_hash, subtree_root
from liuhen.core.note import SignedNote
from liuhen.core.policy import parse_policy
from liuhen.core.verdict import Outcome


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
        *("%63heckpoint", "checkpoint/", "keys/", "policy%2Ejson", "tile/0/000.p/1%3F"),
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


def test_a_checkpoint_that_too_few_have_cosigned_is_withheld_and_nothing_else(
    client: TestClient, served: ServedLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    def withhold() -> str:
        raise Unavailable("no checkpoint has been cosigned by enough witnesses yet")

    monkeypatch.setattr(served.prove, "_public_note", withhold)
    answer = client.get("/logs/jyg/checkpoint")
    assert answer.status_code == 503
    assert "witnesses" in answer.json()["detail"]
    assert client.get("/logs/jyg/tile/0/000.p/1").status_code == 200


FILES = ["checkpoint", "policy.json", "keys", "keys/0", "tile/0/000.p/1", "tile/entries/000.p/1"]


@pytest.mark.parametrize("path", FILES)
def test_head_tells_what_get_would_send(client: TestClient, path: str) -> None:
    got, told = client.get(f"/logs/jyg/{path}"), client.head(f"/logs/jyg/{path}")
    assert (got.status_code, told.status_code, told.content) == (200, 200, b"")
    for name in ("Content-Type", "Content-Length", "Cache-Control", "ETag"):
        assert told.headers.get(name) == got.headers.get(name), name
    assert int(got.headers["Content-Length"]) == len(got.content)
    assert client.head(f"/logs/other/{path}").status_code == 404


@pytest.mark.parametrize("path", ["keys/0", "tile/0/000.p/1", "tile/entries/000.p/1"])
def test_what_never_changes_has_a_tag_of_its_bytes(client: TestClient, path: str) -> None:
    got = client.get(f"/logs/jyg/{path}")
    tag = got.headers["ETag"]
    assert tag == f'"{hashlib.sha256(got.content).hexdigest()}"'
    for known in (tag, f'"other", {tag}', "*"):
        again = client.get(f"/logs/jyg/{path}", headers={"If-None-Match": known})
        assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", tag)
    other = client.get(f"/logs/jyg/{path}", headers={"If-None-Match": '"other"'})
    assert (other.status_code, other.content) == (200, got.content)


@pytest.mark.parametrize("path", ["checkpoint", "policy.json", "keys"])
def test_what_moves_on_is_never_kept(client: TestClient, path: str) -> None:
    got = client.get(f"/logs/jyg/{path}", headers={"If-None-Match": "*"})
    assert (got.status_code, got.headers["Cache-Control"]) == (200, "no-store")
    assert "ETag" not in got.headers


def test_the_keys_are_those_of_the_policy_and_signed(client: TestClient) -> None:
    newest = client.get("/logs/jyg/keys")
    assert newest.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert newest.content == client.get("/logs/jyg/keys/0").content
    policy = parse_policy(client.get("/logs/jyg/policy.json").content)
    history = KeyHistory.parse(newest.text)
    assert verify_histories([history], policy) == history
    assert (history.log_keys, history.signers) == (policy.log_keys, policy.signers)


@pytest.mark.parametrize("serial", ["1", "00", "+0", "-1", "٠", "0/", "x", "0 ", "1" * 40, "%30"])
def test_a_key_history_has_one_spelling(client: TestClient, serial: str) -> None:
    assert client.get(f"/logs/jyg/keys/{serial}").status_code == 404


def test_a_partial_tile_is_a_prefix_of_every_wider_one(
    client: TestClient, appended: httpx2.Response
) -> None:
    assert appended.status_code == 201
    size = head(client).size
    for kind, unit in [("0", 32), ("entries", 34)]:
        widest = client.get(f"/logs/jyg/tile/{kind}/000.p/{size}").content
        for width in range(1, size):
            part = client.get(f"/logs/jyg/tile/{kind}/000.p/{width}").content
            assert part == widest[: unit * width]


def test_a_fresh_log_publishes_the_checkpoint_of_size_0_first(served: ServedLog) -> None:
    note = served.prove._store.checkpoint(0)
    assert note is not None
    assert Checkpoint.parse(SignedNote.parse(note).text).size == 0


def test_the_log_of_a_service_can_be_read_by_a_monitor(client: TestClient) -> None:
    class Source:
        readers = 1

        def read(self, path: str) -> bytes:
            answer = client.get(f"/logs/jyg/{path}")
            if answer.status_code == 404:
                raise Unknown(path)
            return answer.content

    policy = parse_policy(client.get("/logs/jyg/policy.json").content)
    report = check_log(Source(), policy, LogMemory(policy.origin), "2026-11-22T12:00:00Z")
    assert report.outcome is Outcome.MATCH
    assert report.memory is not None
    client.post("/v1/records", content=b'{"data":"one more"}')
    later = check_log(Source(), policy, report.memory, "2026-11-22T12:01:00Z")
    assert (later.outcome, later.facts["size"]) == (Outcome.MATCH, head(client).size)
    assert later.memory is not None
    assert len(later.memory.heads) == 2
