"""What it costs to import OCDS releases: real ones, with identifiers varied."""

import copy
import hashlib
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from liuhen.domain.mapping.file_records import OcdsFile
from liuhen.domain.mapping.pieces import pieces

REAL = (
    Path(__file__).resolve().parents[3]
    / "shared"
    / "data"
    / "ocds"
    / "portugal-impic-100-releases.json"
)
_CHUNK = 2**20


@dataclass(frozen=True)
class Import:
    """What one import came to.

    Attributes:
        releases: Releases a second.
        records: Records that a release became.
        client_ms: Processor time of `liuhen import` a record, in milliseconds.
        service_ms: That of the service.
    """

    releases: float
    records: float
    client_ms: float
    service_ms: float


def make_file(folder: Path, count: int, name: str = "releases") -> Path:
    """Write a package of so many releases, none of which is told twice."""
    packages = json.loads(REAL.read_bytes())
    real = packages[0]["releases"]
    made = []
    for number in range(count):
        release = copy.deepcopy(real[number % len(real)])
        release["ocid"], release["id"] = (
            f"{release['ocid']}-{name}-{number}",
            f"{release['id']}-{number}",
        )
        made.append(release)
    packages[0]["releases"] = made
    file = folder / f"{name}.json"
    file.write_text(json.dumps(packages, ensure_ascii=False), encoding="utf-8")
    return file


def mapped_a_second(file: Path, count: int, rounds: int = 3) -> float:
    """Read and map a file; return releases a second, the best of some rounds."""
    return count / min(_map(file, count) for _ in range(rounds))


def _map(file: Path, count: int) -> float:
    begin = time.perf_counter()
    body = file.read_bytes()
    releases = OcdsFile(file.name, hashlib.sha256(body).hexdigest())
    for piece in pieces(_chunks(body.decode()), releases.lists):
        for _ in releases.of_piece(piece):
            pass
    assert releases.account.items == count
    return time.perf_counter() - begin


def _chunks(text: str) -> Iterator[str]:
    return (text[at : at + _CHUNK] for at in range(0, len(text), _CHUNK))


def imported(file: Path, port: int) -> Import:
    """Import a file into a running service, as the program does it."""
    command: list[str | Path] = [
        Path(sys.executable).with_name("liuhen"),
        *("import", "ocds", "--json", "--url", f"http://127.0.0.1:{port}", file),
    ]
    services, before = _processor_seconds_of_children(), _processor_seconds_waited_for()
    begin = time.perf_counter()
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    seconds = time.perf_counter() - begin
    client = _processor_seconds_waited_for() - before
    service = _processor_seconds_of_children() - services
    account = json.loads(done.stdout.splitlines()[-1])
    records, releases = account["entered"], account["items"]
    return Import(
        releases / seconds, records / releases, 1e3 * client / records, 1e3 * service / records
    )


def _processor_seconds_waited_for() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _processor_seconds_of_children() -> float:
    """Return the processor time of all processes below this one that are alive."""
    parents, ticks = {}, {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:  # it has ended meanwhile
            continue
        number = int(stat.parent.name)
        parents[number], ticks[number] = int(fields[1]), int(fields[11]) + int(fields[12])
    below = {os.getpid()}
    while more := {each for each, parent in parents.items() if parent in below} - below:
        below |= more
    return sum(ticks[each] for each in below - {os.getpid()}) / os.sysconf("SC_CLK_TCK")
