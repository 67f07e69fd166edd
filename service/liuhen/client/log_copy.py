"""Copy a log's files into a folder, in exactly the layout of c2sp.org/tlog-tiles.

Every tile is checked against the signed head before it is written, from the top down, and every
bundle against its tile; the checkpoint is written last. So whatever moment it is interrupted at,
the folder holds an older log whole, beside files of the newer one that are right. Full tiles that
the folder has already are checked and not fetched again; one that is damaged there is replaced.

    checkpoint   tile/<L>/<N>[.p/<W>]   tile/entries/<N>[.p/<W>]   keys/<serial>
"""

import os
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

from liuhen.client.log_check import read_checkpoint
from liuhen.client.log_reading import (
    Progress,
    bundles_and_tiles,
    check_bundle,
    read_ahead,
    tell_nobody,
)
from liuhen.client.log_source import FolderSource, LogSource, read_tile
from liuhen.client.whole_file import replace_file
from liuhen.core.authentic_rows import AuthenticRows
from liuhen.core.errors import (
    HistoryMismatch,
    Malformed,
    ProofMismatch,
    SignatureMismatch,
    Unavailable,
    Unknown,
)
from liuhen.core.log_checks import check_head
from liuhen.core.merkle import HASH_BYTES, TreeHead
from liuhen.core.policy import TrustPolicy
from liuhen.core.tiles import HEIGHT, WIDTH, TileRef, Tree, edge_widths
from liuhen.core.verdict import Check, State

KEYS = "keys"


class Copied(NamedTuple):
    """What a copy has come to.

    Attributes:
        head: The head that the folder has now.
        fetched: Files that were fetched.
        kept: Full tiles and bundles that were there already.
    """

    head: TreeHead
    fetched: int
    kept: int


def copy_log(
    source: LogSource, folder: Path, policy: TrustPolicy, progress: Progress = tell_nobody
) -> Copied:
    """Bring a folder up to the newest head of a log.

    Args:
        source: Where the log's files come from.
        folder: The copy; it is made, or it is an older one of the same log.
        policy: What is believed beforehand.
        progress: Is told how far it has come.

    Raises:
        SignatureMismatch: A signature of the checkpoint by a key of the policy is not valid.
        HistoryMismatch: The folder holds another log, or a head that is no prefix of this one.
        TileMismatch: A file of the log is not the one its head commits to.
        Malformed: A file of the log is not what it claims to be.
        Unavailable: The policy cannot tell whose head it is, a file cannot be had, or the folder
            cannot be written.
    """
    note, checkpoint = read_checkpoint(source)
    for check in check_head(note, checkpoint, policy):
        _must_pass(check)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        copy = _Copy(source, folder, checkpoint.head)
        _check_before(folder, checkpoint.origin, copy.tree)
        copy.run(progress)
        _copy_keys(source, folder)
        _flush()
        replace_file(folder / "checkpoint", note.to_text().encode())
        copy.remove_partial()
    except OSError as error:
        raise Unavailable(f"{folder} cannot be written: {error.strerror}") from error
    return Copied(checkpoint.head, copy.fetched, copy.kept)


def _must_pass(check: Check) -> None:
    """Copy nothing under a head that the policy's keys have not signed."""
    if check.state is State.FAILED:
        raise SignatureMismatch(f"the checkpoint: {check.code}: {check.reason}")
    if check.state is not State.PASSED and check.code != "witnesses":
        raise Unavailable(f"nothing was copied: {check.code}: {check.reason}")


class _File(NamedTuple):
    """A tile or bundle, and where it is from.

    Attributes:
        content: Its bytes.
        here: Whether the folder has it already.
    """

    content: bytes
    here: bool


class _Copy:
    """One run of copying."""

    def __init__(self, source: LogSource, folder: Path, head: TreeHead) -> None:
        self._source, self._folder, self._head = source, folder, head
        self._here = FolderSource(folder)
        self._rows = AuthenticRows(self._row, head)
        self._new_full: list[TileRef] = []
        self._settled: set[TileRef] = set()
        self.tree = Tree(self._rows.read, head.size)
        self.fetched = self.kept = 0

    def run(self, progress: Progress) -> None:
        """Fetch, check and write all that the head implies; what is above comes first."""
        size = self._head.size
        for level, row in self._rows.edge().items():
            if level:  # the leaves come with their entries
                self._tile(
                    TileRef(level, size >> HEIGHT * (level + 1), len(row) // HASH_BYTES),
                    _File(row, here=False),
                )
        for level in range(len(edge_widths(size)) - 1, 0, -1):
            for index in range(size >> HEIGHT * (level + 1)):
                self._tile(TileRef(level, index, WIDTH))
        files = read_ahead(bundles_and_tiles(size), self._read, self._source.readers)
        for bundle, entries in files:
            tile, hashes = next(files)
            row = self._tile(tile, hashes)
            self._settle(bundle, entries, partial(check_bundle, bundle, row=row))
            progress(WIDTH * bundle.index + bundle.width, size)

    def remove_partial(self) -> None:
        """Remove the partial tiles that a full one has taken the place of."""
        for tile in self._new_full:
            folder = self._folder / f"{tile.to_path()}.p"
            if folder.is_dir():
                shutil.rmtree(folder)

    def _tile(self, tile: TileRef, file: _File | None = None) -> bytes:
        level = tile.level
        assert level is not None
        given = self._read(tile) if file is None else file
        row = self._settle(tile, given, partial(self._rows.check, level, tile.index))
        if level:
            self._settled.add(tile)
        return row

    def _settle(self, tile: TileRef, file: _File, check: Callable[[bytes], None]) -> bytes:
        """Check a file and write it; one that the folder has and that fails is fetched anew."""
        try:
            check(file.content)
        except (ProofMismatch, Malformed):
            if not file.here:
                raise
            file = _File(read_tile(self._source, tile), here=False)
            check(file.content)
        if file.here:
            self.kept += 1
        else:
            self.fetched += 1
            _write(self._folder / tile.to_path(), file.content)
            if tile.width == WIDTH:
                self._new_full.append(tile)
        return file.content

    def _read(self, tile: TileRef) -> _File:
        """Return a full tile from the folder, else any tile from the log."""
        if tile.width == WIDTH:
            try:
                return _File(self._here.read(tile.to_path()), here=True)
            except Unknown:
                pass
        return _File(read_tile(self._source, tile), here=False)

    def _row(self, level: int, index: int, width: int) -> bytes:
        """Read a row to check others by: from the folder once this run has checked it there."""
        tile = TileRef(level, index, width)
        source = self._here if tile in self._settled else self._source
        return read_tile(source, tile)


def _check_before(folder: Path, origin: str, tree: Tree) -> None:
    """Check that the folder is a copy of an earlier head of the same log, or nothing yet.

    Raises:
        HistoryMismatch: It holds something else.
    """
    try:
        _, before = read_checkpoint(FolderSource(folder))
    except Unavailable:
        return
    if before.origin != origin:
        raise HistoryMismatch(f"{folder} holds a copy of the log {before.origin}: not overwritten")
    if before.size > tree.size:
        raise HistoryMismatch(
            f"{folder} holds {before.size} entries and the log offers {tree.size}: a log never"
            " shrinks. Nothing was overwritten; keep both checkpoints"
        )
    if tree.root(before.size) != before.root:
        raise HistoryMismatch(
            f"the head of {before.size} entries in {folder} is no prefix of what the log offers:"
            " two histories of one log. Nothing was overwritten; keep both checkpoints"
        )


def _copy_keys(source: LogSource, folder: Path) -> None:
    """Copy the log's key histories; whoever reads them checks them (`log keys`)."""
    serial = 0
    while True:
        place = folder / KEYS / str(serial)
        if not place.exists():
            try:
                content = source.read(f"{KEYS}/{serial}")
            except Unknown:
                return
            _write(place, content)
        serial += 1


def _write(place: Path, content: bytes) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    replace_file(place, content, durable=False)


def _flush() -> None:
    """Bring all files to the disk before the checkpoint that implies them (not on Windows)."""
    if hasattr(os, "sync"):
        os.sync()
