"""Logs as folders, and copies of them in which one bit is another.

A copy shares every file but one with its original through links, so that hundreds of copies of a
log of 65,543 entries cost neither time nor space.
"""

import dataclasses
import random
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from coincurve import PrivateKey

from liuhen.core.checkpoint import Checkpoint
from liuhen.core.errors import Unknown
from liuhen.core.head_signature import address_of, checkpoint_digest
from liuhen.core.merkle import root_hash
from liuhen.core.note import SignedNote
from liuhen.core.policy import TrustPolicy
from liuhen.ports import ChainTarget
from tests.check_log import policy_of
from tests.log_folder import LOG_KEY, LOG_PRIVATE, ORIGIN, log_files, sample_entries

SIZES = (1, 2, 5, 255, 256, 257, 259, 300, 767, 1000)
LARGE = 65_543
TARGET = ChainTarget(20231, b"\xc3" * 20, b"\xd4" * 32)
HEAD_PRIVATE = PrivateKey(b"\x11" * 32)


@dataclasses.dataclass(frozen=True)
class Flip:
    """One bit of one file."""

    path: str
    at: int
    bit: int

    def of(self, content: bytes) -> bytes:
        return (
            content[: self.at] + bytes([content[self.at] ^ 1 << self.bit]) + content[self.at + 1 :]
        )


class Files:
    """The files of a log in memory; a `LogSource` with one flip, if there is one."""

    readers = 1

    def __init__(self, files: Mapping[str, bytes], flip: Flip | None = None) -> None:
        self._files, self._flip = files, flip

    def read(self, path: str) -> bytes:
        if path not in self._files:
            raise Unknown(path)
        content = self._files[path]
        return self._flip.of(content) if self._flip and self._flip.path == path else content


@cache
def files_of(size: int) -> dict[str, bytes]:
    """Return all files of a log, its checkpoint signed with both keys of the policy."""
    entries = sample_entries(size)
    return {**log_files(entries), "checkpoint": _checkpoint(entries).encode()}


def policy() -> TrustPolicy:
    return policy_of(LOG_KEY, address_of(HEAD_PRIVATE.public_key), TARGET)


def flips_of(size: int, per_file: int) -> Iterator[Flip]:
    """Choose bits of every file: first and last byte, and others at random; all if they are few."""
    chance = random.Random(size)
    for path, content in sorted(files_of(size).items()):
        places = {0, len(content) - 1, *chance.choices(range(len(content)), k=per_file)}
        if per_file >= len(content):
            places = set(range(len(content)))
        yield from (Flip(path, at, chance.randrange(8)) for at in sorted(places))


def write(folder: Path, size: int) -> Path:
    """Write a log as a folder."""
    for path, content in files_of(size).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    return folder


def write_flipped(folder: Path, original: Path, flip: Flip) -> Path:
    """Write a copy of a folder with one flip; everything beside the one file is a link."""
    place, parts = folder, Path(flip.path).parts
    folder.mkdir(parents=True)
    source = original
    for part in parts:
        for other in source.iterdir():
            if other.name != part:
                (place / other.name).symlink_to(other)
        place, source = place / part, source / part
        if source.is_dir():
            place.mkdir()
    place.write_bytes(flip.of(source.read_bytes()))
    return folder


def _checkpoint(entries: list[bytes]) -> str:
    checkpoint = Checkpoint(ORIGIN, len(entries), root_hash(entries))
    text = checkpoint.to_text()
    digest = checkpoint_digest(checkpoint, TARGET.log_id, TARGET.chain_id, TARGET.contract)
    raw = HEAD_PRIVATE.sign_recoverable(digest, hasher=None)
    (signer, _), *_ = policy().signers
    lines = (
        LOG_KEY.line(LOG_PRIVATE.sign(text.encode())),
        signer.line(raw[:64] + bytes([raw[64] + 27])),
    )
    return SignedNote(text, lines).to_text()
