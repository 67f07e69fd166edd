"""A log as others hold it: whichever bit of a tile, bundle or checkpoint is bent, all refuse it.

Neither our monitor nor Tessera's fsck, at the sizes where readers of tiles have erred before.
"""

import random
from pathlib import Path

import pytest

from liuhen.client.log_check import check_log
from liuhen.client.log_reading import LogReader
from liuhen.core.authentic_rows import AuthenticRows, TileMismatch, bundle_row
from liuhen.core.checkpoint import Checkpoint
from liuhen.core.errors import Malformed
from liuhen.core.log_memory import LogMemory
from liuhen.core.note import SignedNote
from liuhen.core.tiles import TileRef
from liuhen.core.verdict import Outcome
from tests.flips.folders import (
    LARGE,
    SIZES,
    Files,
    Flip,
    files_of,
    flips_of,
    policy,
    write,
    write_flipped,
)
from tests.log_folder import LOG_KEY, ORIGIN
from tests.third_party.tools import fsck

POLICY = policy()
SEEN_AT = "2026-03-31T07:40:01.000Z"


def accepts(source: Files) -> bool:
    try:
        report = check_log(source, POLICY, LogMemory(ORIGIN), SEEN_AT)
    except Malformed:
        return False
    return report.outcome is Outcome.MATCH


@pytest.mark.parametrize("size", [*SIZES, LARGE])
def test_a_log_that_is_not_bent_is_accepted(size: int) -> None:
    assert accepts(Files(files_of(size)))


@pytest.mark.parametrize("size", SIZES)
def test_our_monitor_refuses_a_log_with_a_bent_bit(size: int) -> None:
    per_file = 500 if size <= 5 else 12
    accepted = [flip for flip in flips_of(size, per_file) if accepts(Files(files_of(size), flip))]
    assert not accepted


def test_our_monitor_refuses_a_large_log_with_a_bent_bit() -> None:
    flips = list(flips_of(LARGE, 0))
    named = [flip for flip in flips if not flip.path.startswith(("tile/0/", "tile/entries/"))]
    some = random.Random(LARGE).sample(flips, 4)
    edge = [flip for flip in flips if ".p/" in flip.path]
    accepted = [f for f in {*named, *some, *edge} if accepts(Files(files_of(LARGE), f))]
    assert not accepted


def test_every_tile_and_bundle_of_a_large_log_is_compared() -> None:
    """The step that the monitor takes for each of them, on each of them bent."""
    files = files_of(LARGE)
    head = Checkpoint.parse(SignedNote.parse(files["checkpoint"].decode()).text).head
    rows = LogReader(Files(files), head)._rows
    for flip in flips_of(LARGE, 1):
        if flip.path == "checkpoint":
            continue
        tile, content = TileRef.parse(flip.path), flip.of(files[flip.path])
        with pytest.raises((TileMismatch, Malformed)):
            compare(rows, tile, content)


def compare(rows: AuthenticRows, tile: TileRef, content: bytes) -> None:
    row = bundle_row(content, tile.index, tile.width) if tile.level is None else content
    rows.check(tile.level or 0, tile.index, row)


def test_a_third_party_accepts_what_is_not_bent(tmp_path: Path) -> None:
    folders = [write(tmp_path / str(size), size) for size in (*SIZES, LARGE)]
    answers = fsck(LOG_KEY.to_text(), *folders)
    assert all(answers.values()), answers


@pytest.mark.parametrize("size", [*SIZES, LARGE])
def test_a_third_party_refuses_a_log_with_a_bent_bit(size: int, tmp_path: Path) -> None:
    original = write(tmp_path / "original", size)
    flips = [flip for flip in flips_of(size, 3 if size < LARGE else 0) if not is_ours(flip, size)]
    if size == LARGE:
        flips = random.Random(LARGE).sample(flips, 12) + [f for f in flips if ".p/" in f.path]
    copies = {
        str(write_flipped(tmp_path / f"copy-{n}", original, flip)): flip
        for n, flip in enumerate(flips)
    }
    accepted = [copies[path] for path, ok in fsck(LOG_KEY.to_text(), *copies).items() if ok]
    assert not accepted


def is_ours(flip: Flip, size: int) -> bool:
    """Return whether a flip is in the signature line of our own type, which others must skip."""
    if flip.path != "checkpoint":
        return False
    lines = files_of(size)["checkpoint"].splitlines(keepends=True)
    return flip.at >= sum(len(line) for line in lines[:-1])
