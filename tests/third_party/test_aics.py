"""aics-tlog on our log, as a folder and over HTTP."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.third_party.served_log import MadeLog, bend
from tests.third_party.tools import Refused, aics_tlog
from tests.witness_kit import W1, W2, cosigned, head_of


def verify(log: MadeLog, subcommand: str, tiles: str | Path, *words: str | Path) -> Any:
    common = ("--tiles", tiles, "--log-key", log.vkey, "--origin", log.policy.origin)
    return json.loads(aics_tlog(subcommand, *common, *words))


def leaf(log: MadeLog, size: int) -> Path:
    file = log.folder / f"leaf-{size}"
    file.write_bytes(log.proven[size].entry)
    return file


def test_the_checkpoint_is_accepted_at_every_size_and_over_http(log: MadeLog) -> None:
    for size, copy in log.copies.items():
        assert verify(log, "verify-checkpoint", copy)["size"] == size
    assert verify(log, "verify-checkpoint", log.url)["tiles_ok"]


def test_an_ed25519_witness_counts(log: MadeLog, tmp_path: Path) -> None:
    copy = tmp_path / "log"
    shutil.copytree(log.largest, copy)
    note = (copy / "checkpoint").read_text()
    (copy / "checkpoint").write_text(cosigned(note, W1.line(head_of(note))))
    keys = ("--witness-key", W1.key.to_text(), "--witness-key", W2.key.to_text())
    assert verify(log, "verify-checkpoint", copy, *keys, "--quorum", "1")["ok"]
    with pytest.raises(Refused):
        verify(log, "verify-checkpoint", copy, *keys, "--quorum", "2")


def test_entries_are_included(log: MadeLog) -> None:
    for size in log.proven:
        words = ("--index", str(size - 1), "--leaf", leaf(log, size))
        assert verify(log, "verify-inclusion", log.copies[size], *words)["ok"]
        assert verify(log, "verify-inclusion", log.url, *words)["ok"]


def test_another_entry_is_not_included(log: MadeLog) -> None:
    with pytest.raises(Refused):
        verify(log, "verify-inclusion", log.url, "--index", "255", "--leaf", leaf(log, 257))


def test_the_log_has_only_grown(log: MadeLog) -> None:
    for copy in log.copies.values():
        old = ("--old-checkpoint", copy / "checkpoint")
        assert verify(log, "verify-consistency", log.url, *old)["ok"]


@pytest.mark.parametrize("path", ["checkpoint", "tile/0/001.p/44", "tile/1/000.p/1"])
def test_one_bent_bit_is_refused(log: MadeLog, tmp_path: Path, path: str) -> None:
    copy = tmp_path / "log"
    shutil.copytree(log.largest, copy)
    body = (copy / path).read_bytes()
    (copy / path).write_bytes(bend(body, 30))
    with pytest.raises(Refused):
        verify(log, "verify-checkpoint", copy)


def test_a_bent_tile_below_the_edge_is_refused(log: MadeLog, tmp_path: Path) -> None:
    copy = tmp_path / "log"
    shutil.copytree(log.largest, copy)
    tile = copy / "tile/0/000"
    tile.write_bytes(bend(tile.read_bytes(), 0))
    with pytest.raises(Refused):
        verify(log, "verify-inclusion", copy, "--index", "255", "--leaf", leaf(log, 256))


def test_a_bent_bundle_is_refused(log: MadeLog, tmp_path: Path) -> None:
    copy = tmp_path / "log"
    shutil.copytree(log.largest, copy)
    bundle = copy / "tile/entries/001.p/44"
    bundle.write_bytes(bend(bundle.read_bytes(), -1))
    entry = tmp_path / "entry"
    with pytest.raises(Refused):
        verify(log, "verify-inclusion", copy, "--index", "299", "--entry-out", entry)
