"""A monitor notices whatever was done to a log, and names it."""

import dataclasses
import functools
import json
import shutil
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2
import pytest

from liuhen.client.log_check import LogReport, check_log
from liuhen.client.log_reading import LogReader, count_files
from liuhen.client.log_source import MOST_BYTES, FolderSource, UrlSource, read_tile
from liuhen.client.retry import Retry
from liuhen.core.authentic_rows import TileMismatch
from liuhen.core.canonical import canonical
from liuhen.core.chain_view import ChainQuestion, NodeAnswer, NodeReport
from liuhen.core.errors import Malformed, MalformedCheckpoint, MalformedNote, Unavailable
from liuhen.core.log_memory import LogMemory
from liuhen.core.log_standing import AppointedSigner, ForkMark, LogClosing, LogStanding
from liuhen.core.merkle import TreeHead, leaf_hash, root_hash, subtree_root
from liuhen.core.tiles import TileRef
from liuhen.core.verdict import Outcome, State
from tests.log_folder import log_files, sample_entries, write_log_folder
from tests.watched_log import (
    CHAIN_ID,
    CODE_HASH,
    GENESIS,
    ORIGIN,
    policy_of,
    signed_note,
    signer,
    standing_of,
    write_log,
)

NOON = "2026-11-22T12:00:00Z"
LATER = "2026-11-22T13:00:00Z"
SIZE = 1000
POLICY = policy_of()


@functools.cache
def files_of(size: int) -> dict[str, bytes]:
    return log_files(sample_entries(size))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_log(tmp_path / "log", sample_entries(SIZE))


def look(folder: Path, memory: LogMemory | None = None, **beside: object) -> LogReport:
    return check_log(
        FolderSource(folder),
        POLICY,
        memory or LogMemory(ORIGIN),
        NOON,
        **beside,  # type: ignore[arg-type]  # the tests' own choice
    )


def reason_of(report: LogReport, code: str) -> tuple[State, str]:
    check = next(check for check in report.checks if check.code == code)
    return check.state, check.reason


@pytest.mark.parametrize("size", [0, 1, 2, 255, 256, 257, 300, 767, SIZE])
def test_an_honest_log_of_any_size_agrees(tmp_path: Path, size: int) -> None:
    told: list[tuple[int, int]] = []
    report = look(
        write_log(tmp_path, sample_entries(size)),
        progress=lambda done, whole: told.append((done, whole)),
    )
    assert report.outcome is Outcome.MATCH, report.checks
    assert report.facts["size"] == size
    assert told[-1:] == ([(size, size)] if size else [])
    files = [path for path in tmp_path.rglob("*") if path.is_file() and "tile" in path.parts]
    assert count_files(size) == len(files)


def test_a_log_of_three_levels_agrees_and_one_bent_tile_on_each_is_named(tmp_path: Path) -> None:
    entries = sample_entries(70_000)
    write_log_folder(tmp_path, entries, signed_note(TreeHead(70_000, root_hash(entries))))
    assert look(tmp_path).outcome is Outcome.MATCH
    for path, means in [
        ("tile/entries/007", "entries-altered"),
        ("tile/0/007", "tile-altered"),
        ("tile/1/000", "tile-altered"),
        ("tile/2/000.p/1", "tile-not-of-what-is-below"),
        ("tile/1/001.p/17", "tile-not-of-what-is-below"),
        ("tile/0/273.p/112", "tile-not-of-what-is-below"),
        ("tile/entries/273.p/112", "entries-altered"),
    ]:
        file = tmp_path / path
        honest = file.read_bytes()
        file.write_bytes(honest[:9] + bytes([honest[9] ^ 4]) + honest[10:])
        report = look(tmp_path)
        assert report.outcome is Outcome.DIFFERENT
        check = report.checks[-1]
        assert (check.code, check.reason, check.facts["path"]) == ("tiles", means, path)
        assert report.memory is None
        file.write_bytes(honest)


@pytest.mark.parametrize("path", sorted(files_of(SIZE)))
def test_one_bent_bit_anywhere_is_refused_and_named(folder: Path, path: str) -> None:
    file = folder / path
    honest = file.read_bytes()
    for at in (0, 1, 2, len(honest) // 2 + 5, len(honest) - 1):
        file.write_bytes(honest[:at] + bytes([honest[at] ^ 0x20]) + honest[at + 1 :])
        if "entries" in path and at in {0, 1}:  # the length of an entry
            with pytest.raises(Malformed, match=path.replace(".", r"\.")):
                look(folder)
            continue
        report = look(folder)
        assert report.outcome is Outcome.DIFFERENT
        assert report.checks[-1].facts["path"] == path


@pytest.mark.parametrize("path", sorted(files_of(SIZE)))
@pytest.mark.parametrize("damage", ["short", "long", "empty"])
def test_a_file_of_another_length_is_malformed(folder: Path, path: str, damage: str) -> None:
    file = folder / path
    honest = file.read_bytes()
    file.write_bytes({"short": honest[:-1], "long": honest + b"\0", "empty": b""}[damage])
    with pytest.raises(Malformed, match=path.replace(".", r"\.")):
        look(folder)


@pytest.mark.parametrize("path", [*sorted(files_of(SIZE)), "checkpoint"])
def test_a_file_that_is_missing_could_not_be_checked(folder: Path, path: str) -> None:
    (folder / path).unlink()
    with pytest.raises(Unavailable, match=path.replace(".", r"\.")):
        look(folder)


def test_a_partial_tile_may_be_gone_once_the_full_one_is_there(tmp_path: Path) -> None:
    entries = sample_entries(600)
    write_log(tmp_path, entries)
    (tmp_path / "checkpoint").write_text(signed_note(TreeHead(300, root_hash(entries[:300]))))
    small = tmp_path / "tile/1/000.p/1"
    small.write_bytes((tmp_path / "tile/1/000.p/2").read_bytes()[:32])
    assert look(tmp_path).facts["size"] == 300
    assert look(tmp_path).outcome is Outcome.MATCH


def test_entries_and_tiles_rewritten_together_do_not_lead_to_the_signed_root(folder: Path) -> None:
    entries = [*sample_entries(SIZE)]
    entries[400] = bytes(32)
    for path, content in log_files(entries).items():
        (folder / path).write_bytes(content)
    check = look(folder).checks[-1]
    assert (check.state, check.reason) == (State.FAILED, "log-leads-elsewhere")


def test_a_tile_and_its_parents_bent_together_are_refused(folder: Path) -> None:
    row = bytes(32) + (folder / "tile/0/001").read_bytes()[32:]
    root = subtree_root([row[at : at + 32] for at in range(0, len(row), 32)])
    parent = (folder / "tile/1/000.p/3").read_bytes()
    (folder / "tile/0/001").write_bytes(row)
    (folder / "tile/1/000.p/3").write_bytes(parent[:32] + root + parent[64:])
    assert look(folder).checks[-1].reason == "log-leads-elsewhere"


def test_an_entry_and_its_leaf_hash_bent_together_are_refused(folder: Path) -> None:
    bundle, row = folder / "tile/entries/001", folder / "tile/0/001"
    bundle.write_bytes(b"\x00\x20" + bytes(32) + bundle.read_bytes()[34:])
    row.write_bytes(leaf_hash(bytes(32)) + row.read_bytes()[32:])
    check = look(folder).checks[-1]
    assert (check.reason, check.facts["path"]) == ("tile-altered", "tile/0/001")


def test_entries_in_another_order_are_refused(folder: Path) -> None:
    bundle = folder / "tile/entries/001"
    content = bundle.read_bytes()
    bundle.write_bytes(content[34:68] + content[:34] + content[68:])
    assert look(folder).checks[-1].reason == "entries-altered"


@pytest.mark.parametrize(
    ("text", "error"),
    [
        (b"", MalformedNote),
        (b"<html>sign in</html>", MalformedNote),
        (b"\xff\xfe", MalformedNote),
        (b"a\nb\n\n\xe2\x80\x94 a AAAAAAAA\n", MalformedCheckpoint),
    ],
)
def test_a_checkpoint_that_is_none_is_malformed(
    folder: Path, text: bytes, error: type[Malformed]
) -> None:
    (folder / "checkpoint").write_bytes(text)
    with pytest.raises(error):
        look(folder)


def test_a_bent_signature_is_different_and_nothing_is_read(folder: Path) -> None:
    note = (folder / "checkpoint").read_text()
    head = TreeHead(SIZE, root_hash(sample_entries(SIZE)))
    bent = note.replace(f"\n{SIZE}\n", f"\n{SIZE - 1}\n")
    assert bent != note
    (folder / "checkpoint").write_text(bent)
    shutil.rmtree(folder / "tile")
    report = look(folder)
    assert report.outcome is Outcome.DIFFERENT
    assert reason_of(report, "log_signature") == (State.FAILED, "signature-mismatch")
    (folder / "checkpoint").write_text(signed_note(head, signer(9)))
    report = look(folder)
    assert report.outcome is Outcome.COULD_NOT_CHECK
    assert reason_of(report, "log_signature")[1] == "no-line-by-a-policy-key"


def test_heads_are_remembered_and_compared(tmp_path: Path) -> None:
    entries = sample_entries(SIZE)
    memory = LogMemory(ORIGIN)
    for size in (0, 1, 257, 257, 600, SIZE):
        report = look(write_log(tmp_path / str(size), entries[:size]), memory)
        assert report.outcome is Outcome.MATCH
        assert report.memory is not None
        memory = report.memory
    assert [seen.head.size for seen in memory.heads] == [0, 1, 257, 600, SIZE]
    assert reason_of(report, "memory") == (State.PASSED, "extends-what-was-seen")


@pytest.mark.parametrize("size", [300, 257, 256])
def test_a_fork_leaves_both_signed_heads_as_evidence(tmp_path: Path, size: int) -> None:
    entries = sample_entries(300)
    before = look(write_log(tmp_path / "a", entries[:size])).memory
    assert before is not None
    forged = [*entries]
    forged[3] = bytes(32)
    report = look(write_log(tmp_path / "b", forged), before)
    assert report.outcome is Outcome.DIFFERENT
    assert reason_of(report, "memory") == (State.FAILED, "history-forked")
    assert report.fork == (
        (tmp_path / "a" / "checkpoint").read_text(),
        (tmp_path / "b" / "checkpoint").read_text(),
    )
    assert report.memory is None  # what was seen first stays what is compared with


def test_a_log_that_shrank_is_different(tmp_path: Path) -> None:
    entries = sample_entries(300)
    before = look(write_log(tmp_path / "a", entries)).memory
    report = look(write_log(tmp_path / "b", entries[:299]), before)
    assert report.outcome is Outcome.DIFFERENT
    assert reason_of(report, "memory") == (State.FAILED, "log-shrank")
    assert report.fork is not None


# The contract


def node(
    *anchored: TreeHead, told: LogStanding | None = None
) -> Callable[[ChainQuestion], list[NodeReport]]:
    """Return a way to ask a node that knows some anchored heads."""
    from liuhen.core.chain_view import AnchoredHead

    known = {head.size: AnchoredHead(head.root, 1, 2) for head in anchored}

    def ask(question: ChainQuestion) -> list[NodeReport]:
        heads = {size: known.get(size) for size in question.sizes}
        latest = max(anchored)
        return [
            NodeAnswer(
                "node", CHAIN_ID, GENESIS, CODE_HASH, latest, 9, told or standing_of(), heads
            )
        ]

    return ask


def head_of(size: int) -> TreeHead:
    return TreeHead(size, root_hash(sample_entries(size)))


def test_the_anchored_heads_are_compared(folder: Path) -> None:
    report = look(folder, ask=node(head_of(600)))
    assert report.outcome is Outcome.MATCH
    assert reason_of(report, "contract") == (State.PASSED, "anchored-heads-agree")
    report = look(folder, ask=node(TreeHead(600, bytes(32))))
    assert report.outcome is Outcome.DIFFERENT
    assert reason_of(report, "contract") == (State.FAILED, "another-head-in-contract")
    assert report.memory is None


def test_a_remembered_head_is_asked_for_too(folder: Path, tmp_path: Path) -> None:
    before = look(write_log(tmp_path / "before", sample_entries(600))).memory
    lying = node(TreeHead(600, bytes(32)), head_of(SIZE))
    assert look(folder, ask=lying).outcome is Outcome.MATCH  # nobody asked for 600
    assert look(folder, before, ask=lying).outcome is Outcome.DIFFERENT


def test_an_older_copy_is_compared_at_its_own_size_and_could_not_be_checked(folder: Path) -> None:
    report = look(folder, ask=node(head_of(SIZE), head_of(1200)))
    assert report.outcome is Outcome.COULD_NOT_CHECK
    assert reason_of(report, "contract") == (State.NOT_CHECKED, "log-behind-contract")
    assert report.memory is not None  # a true head all the same
    report = look(folder, ask=node(TreeHead(SIZE, bytes(32)), head_of(1200)))
    assert report.outcome is Outcome.DIFFERENT


def test_a_fork_that_was_shown_is_looked_up_in_the_log_itself(folder: Path) -> None:
    at, own, other = 700, head_of(700).root, bytes(32)
    third = b"\1" * 32
    for roots, outcome, reason in (
        ((other, own), Outcome.COULD_NOT_CHECK, "one-side-of-fork"),
        ((own, other), Outcome.COULD_NOT_CHECK, "one-side-of-fork"),
        ((other, third), Outcome.DIFFERENT, "neither-side-of-fork"),
    ):
        mark = ForkMark(signer().address, at, *roots, 20)
        told = dataclasses.replace(standing_of(), mark=mark)
        report = look(folder, ask=node(head_of(600), told=told))
        assert (report.outcome, report.checks[-1].reason) == (outcome, reason)
        assert report.facts["warnings"] == [{"code": "log-forked", **mark.to_json()}]
        assert (report.memory is None) is (outcome is Outcome.DIFFERENT)


def test_a_log_that_grew_past_its_end_is_different_and_one_that_ended_is_told_of(
    folder: Path,
) -> None:
    for final_size, outcome in ((SIZE, Outcome.MATCH), (SIZE - 1, Outcome.DIFFERENT)):
        closing = LogClosing(final_size, bytes([5]) * 32, 20)
        told = dataclasses.replace(standing_of(), closing=closing)
        report = look(folder, ask=node(head_of(600), told=told))
        assert report.outcome is outcome
        assert report.facts["warnings"] == [{"code": "log-closed", **closing.to_json()}]


def test_a_size_of_64_bits_is_printed_as_text(folder: Path) -> None:
    closing = LogClosing(2**64 - 1, None, 20)
    told = dataclasses.replace(standing_of(), closing=closing)
    printed = look(folder, ask=node(head_of(600), told=told)).to_json()
    facts: Any = json.loads(canonical(printed))["facts"]
    assert facts["warnings"][0]["final_size"] == str(2**64 - 1)


def test_a_head_by_a_key_that_the_contract_replaced_is_read_no_further(folder: Path) -> None:
    keys = (AppointedSigner(signer().address, 0), AppointedSigner(bytes([9]) * 20, SIZE))
    told = LogStanding(ForkMark(signer().address, 7, bytes(32), b"\1" * 32, 20), None, keys)
    report = look(folder, ask=node(head_of(600), told=told))
    assert (report.outcome, report.reason) == (Outcome.COULD_NOT_CHECK, "signer-not-for-this-size")
    assert report.memory is None
    assert report.facts["warnings"] != []


def test_nothing_is_said_of_a_log_that_is_not_the_policys(tmp_path: Path) -> None:
    origin = "log.example/logs/other"
    entries = sample_entries(3)
    head = TreeHead(3, root_hash(entries))
    write_log_folder(tmp_path / "log", entries, signed_note(head, origin=origin))
    mark = ForkMark(signer().address, 7, bytes(32), b"\1" * 32, 20)
    told = dataclasses.replace(standing_of(), mark=mark)
    report = look(tmp_path / "log", ask=node(head_of(600), told=told))
    assert (report.reason, report.facts["warnings"]) == ("origin-not-in-policy", [])


# Over HTTP


def site(folder: Path, seen: list[str] | None = None) -> httpx2.MockTransport:
    """Serve a folder; keep what was asked for."""
    lock = threading.Lock()

    def answer(request: httpx2.Request) -> httpx2.Response:
        path = request.url.path.removeprefix("/logs/watched/")
        with lock:
            (seen if seen is not None else []).append(path)
        file = folder / path
        if not file.is_file():
            return httpx2.Response(404)
        return httpx2.Response(200, content=file.read_bytes())

    return httpx2.MockTransport(answer)


def url_source(transport: httpx2.BaseTransport) -> UrlSource:
    retry = Retry(attempts=2, sleep=lambda _: None)
    return UrlSource("http://log.example/logs/watched/", transport=transport, retry=retry)


def test_a_log_is_read_over_http_every_file_once(folder: Path) -> None:
    seen: list[str] = []
    source = url_source(site(folder, seen))
    report = check_log(source, POLICY, LogMemory(ORIGIN), NOON)
    source.close()
    assert report.outcome is Outcome.MATCH
    assert set(seen) == {"checkpoint", *files_of(SIZE)}
    assert len(seen) <= len(set(seen)) + 1  # the last row of leaves is part of the edge


def test_a_bent_tile_over_http_is_named_and_reading_ends(folder: Path) -> None:
    bundle = folder / "tile/entries/001"
    bundle.write_bytes(bundle.read_bytes()[:-1] + b"\0")
    source = url_source(site(folder))
    check = check_log(source, POLICY, LogMemory(ORIGIN), NOON).checks[-1]
    source.close()
    assert check.facts["path"] == "tile/entries/001"


@pytest.mark.parametrize("status", [500, 503, 403, 302])
def test_a_service_that_does_not_answer_well_is_unavailable(status: int) -> None:
    source = url_source(httpx2.MockTransport(lambda _: httpx2.Response(status)))
    with pytest.raises(Unavailable, match=str(status)):
        source.read("checkpoint")
    source.close()


def test_a_service_that_cannot_be_reached_is_unavailable() -> None:
    def refuse(request: httpx2.Request) -> httpx2.Response:
        raise httpx2.ConnectError("refused", request=request)

    source = url_source(httpx2.MockTransport(refuse))
    with pytest.raises(Unavailable):
        check_log(source, POLICY, LogMemory(ORIGIN), NOON)
    source.close()


def test_an_endless_answer_is_cut_off() -> None:
    def endless() -> object:
        while True:
            yield bytes(65_536)

    source = url_source(
        httpx2.MockTransport(lambda _: httpx2.Response(200, content=endless()))  # type: ignore[arg-type]
    )
    with pytest.raises(Malformed, match="longer than any file"):
        source.read("tile/0/000")
    source.close()


def test_a_long_file_in_a_folder_is_refused_too(folder: Path) -> None:
    (folder / "tile/0/000").write_bytes(bytes(MOST_BYTES + 1))
    with pytest.raises(Malformed, match="longer than any file"):
        read_tile(FolderSource(folder), TileRef(0, 0, 256))


@pytest.mark.parametrize("url", ["ftp://log.example", "log.example", "http://", ""])
def test_what_is_no_url_is_refused(url: str) -> None:
    with pytest.raises(Unavailable):
        UrlSource(url)


def test_a_reader_that_stops_leaves_no_thread_behind(folder: Path) -> None:
    bundle = folder / "tile/entries/000"
    bundle.write_bytes(bundle.read_bytes()[:-1] + b"\0")
    source = url_source(site(folder))
    reader = LogReader(source, head_of(SIZE))
    with pytest.raises(TileMismatch):
        reader.check()
    source.close()
    assert not [each for each in threading.enumerate() if each.name.startswith("read log")]


def test_lines_of_strangers_do_not_swell_the_memory(folder: Path) -> None:
    checkpoint = folder / "checkpoint"
    note = checkpoint.read_text()
    strangers = "".join(f"\u2014 stranger-{i} {'A' * 8000}\n" for i in range(90))
    checkpoint.write_text(note + strangers)
    report = look(folder)
    assert (report.outcome, report.note) == (Outcome.MATCH, note + strangers)
    assert report.memory is not None
    assert [seen.note for seen in report.memory.heads] == [note]
