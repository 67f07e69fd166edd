"""A log that the whole service made, over HTTP and as folders, with proofs in every form."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx2

from liuhen.client import Liuhen
from liuhen.core.checkpoint import Checkpoint
from liuhen.core.note import SignedNote
from liuhen.core.policy import TrustPolicy, parse_policy
from liuhen.core.proof_check import ClaimedEntry
from liuhen.core.tiles import WIDTH, TileRef
from tests.fakes.http_running import service_at_port
from tests.fakes.running_service import LOG_NAME
from tests.witness_kit import ML, W1, cosigned, head_of

SIZES = (1, 2, 255, 256, 257, 300)
"""Sizes at which the log is copied: alone, a pair, around the width of a tile, and beyond."""


@dataclass(frozen=True)
class Proven:
    """One record in every form: receipt, tlog-proof (cosigned too), COSE receipt, entry."""

    entry: bytes
    receipt: Path
    tlog_proof: Path
    cosigned: Path
    cose: Path


@dataclass
class MadeLog:
    """What the service has made.

    Attributes:
        url: The log over HTTP, with a last slash.
        folder: Holds everything below.
        policy: The log's trust policy.
        copies: The log as a folder, by its size.
        proven: Records by the size of the log just after they were entered.
    """

    url: str
    folder: Path
    policy: TrustPolicy
    copies: dict[int, Path] = field(default_factory=dict)
    proven: dict[int, Proven] = field(default_factory=dict)

    @property
    def vkey(self) -> str:
        return self.policy.log_keys[0][0].to_text()

    @property
    def largest(self) -> Path:
        """The copy of the largest size."""
        return self.copies[SIZES[-1]]


@contextmanager
def made_log(folder: Path) -> Iterator[MadeLog]:
    """Run the service, enter records until the log has the largest size, and copy it on the way."""
    with service_at_port(folder) as service_url, Liuhen(service_url) as client:
        policy = parse_policy((folder / "policy.json").read_bytes())
        log = MadeLog(f"{service_url}/logs/{LOG_NAME}/", folder, policy)
        for size in range(1, SIZES[-1] + 1):
            if size > 1:  # the first entry is the service's own record
                stored = client.append({"score": f"{size}.00"}, type="contract", case="P-1")
                if size in SIZES:
                    log.proven[size] = _keep(client, stored.record_id, folder / f"proofs-{size}")
            if size in SIZES:
                log.copies[size] = copy_log(log.url, folder / f"log-{size}")
        yield log


def _keep(client: Liuhen, record_id: str, folder: Path) -> Proven:
    """Fetch one record in every form, all under the head of now."""
    folder.mkdir()
    receipt, proof = client.receipt(record_id), client.tlog_proof(record_id)
    head = head_of(proof.checkpoint)
    with_witnesses = cosigned(proof.checkpoint, W1.line(head), ML.line(head))
    files = {
        "receipt.json": receipt.body,
        "p.tlog-proof": proof.to_text().encode(),
        "w.tlog-proof": proof.to_text().replace(proof.checkpoint, with_witnesses).encode(),
        "p.cose": client.cose_receipt(record_id).to_bytes(),
        "entry": ClaimedEntry.of(receipt.receipt).entry,
    }
    for name, content in files.items():
        (folder / name).write_bytes(content)
    names = ("receipt.json", "p.tlog-proof", "w.tlog-proof", "p.cose")
    return Proven(files["entry"], *(folder / name for name in names))


def copy_log(url: str, folder: Path) -> Path:
    """Fetch checkpoint, bundles and tiles of a log as any client would; nothing is checked."""
    with httpx2.Client(base_url=url, trust_env=False) as http:
        note = http.get("checkpoint").raise_for_status().content
        _write(folder / "checkpoint", note)
        size = Checkpoint.parse(SignedNote.parse(note.decode()).text).size
        for path in paths_of(size):
            _write(folder / path, http.get(path).raise_for_status().content)
    return folder


def paths_of(size: int) -> list[str]:
    """Return the paths of all bundles and tiles of a log (c2sp.org/tlog-tiles)."""
    paths, level, width = [], 0, size
    while width:
        for start in range(0, width, WIDTH):
            tile = (start // WIDTH, min(WIDTH, width - start))
            paths += [TileRef(None, *tile).to_path()] if level == 0 else []
            paths.append(TileRef(level, *tile).to_path())
        level, width = level + 1, width // WIDTH
    return paths


def bent_copies(log: Path, room: Path) -> dict[str, Path]:
    """Copy a log once for each of its files, with one bit of that file turned in each copy."""
    copies = {}
    for file in sorted(file for file in log.rglob("*") if file.is_file()):
        path = str(file.relative_to(log))
        copies[path] = copy = room / path.replace("/", "-")
        shutil.copytree(log, copy)
        (copy / path).write_bytes(bend(file.read_bytes()))
    return copies


def bend(content: bytes, place: int | None = None) -> bytes:
    """Turn the lowest bit of one byte, by default the one in the middle."""
    at = len(content) // 2 if place is None else place % len(content)
    return content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]


def places(body: bytes, start: int, end: int, step: int) -> list[int]:
    """Return every `step`th place, but none where a lenient base64 decoder drops the bit."""
    return [at for at in range(start, end, step) if body[at + 1 : at + 2] != b"="]


def _write(file: Path, content: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
