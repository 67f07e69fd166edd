"""The measurements of `scripts/bench`: what they are, what they should be, what they came to.

Machines are noisy, so what matters are ratios within one run. Nothing here is a test.
"""

import argparse
import json
import os
import platform
import secrets
import subprocess
import sys
import tempfile
import timeit
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any

from rich.console import Console
from rich.table import Table

from liuhen.core.commitment import SECRET_BYTES, bind, hash_leaves, make_salts
from liuhen.core.draft import Sealed
from liuhen.core.field_leaf import LeafWalk, record_leaves
from liuhen.core.merkle import subtree_root
from liuhen.core.record import parse_record
from liuhen.core.strict_json import DEFAULT_LIMITS, parse_json
from liuhen.core.submission import prepare
from scripts.benchmark.anchor_cost import ELSEWHERE, batch_costs
from scripts.benchmark.board import board_milliseconds
from scripts.benchmark.case_check import case_costs
from scripts.benchmark.catalogue import catalogue_microseconds
from scripts.benchmark.ocds import REAL, imported, make_file, mapped_a_second
from scripts.benchmark.proofs import proof_microseconds
from scripts.benchmark.verification import start_milliseconds, tile_reads, verification_costs
from scripts.benchmark.whole_log import entries_a_second, make_folder

HERE = Path(__file__).parent
CONNECTIONS, REQUESTS, WARM_UP, ROUNDS = 64, 6000, 1000, 5
RELEASES = 1000
RECORD_ID = "01936b2e-7c00-7000-8000-000000000001"
FIELDS = {f"field_{i:02d}": f"value {i} 评分" for i in range(20)}


@dataclass(frozen=True)
class Measured:
    """One line of the table.

    Attributes:
        what: What was measured.
        value: What it came to.
        unit: Its unit.
        goal: What it should be at most (`<=`) or at least (`>=`); empty for mere context.
        held: Whether it was; None without a goal.
    """

    what: str
    value: float
    unit: str
    goal: str = ""
    held: bool | None = None


def at_most(what: str, value: float, unit: str, goal: float) -> Measured:
    """Measure something that should be small."""
    return Measured(what, value, unit, f"<= {goal:g}", value <= goal)


def at_least(what: str, value: float, unit: str, goal: float) -> Measured:
    """Measure something that should be large."""
    return Measured(what, value, unit, f">= {goal:g}", value >= goal)


def microseconds(run: Callable[[], object]) -> float:
    """Return the cost of one call: the best of many short series, least disturbed by others."""
    return 1e6 * min(timeit.repeat(run, number=200, repeat=60)) / 200


def commitments() -> Iterator[Measured]:
    """What it costs to commit to a record."""
    secret = secrets.token_bytes(SECRET_BYTES)
    body = json.dumps({"data": FIELDS}, ensure_ascii=False).encode()
    sent = parse_json(body)
    assert isinstance(sent, dict)

    def twenty_leaves() -> bytes:
        leaves, _ = LeafWalk(len(body), DEFAULT_LIMITS).leaves(sent["data"], b'"data"')
        salts = make_salts(secret, RECORD_ID, len(leaves))
        hashes = [leaf for leaf in hash_leaves(leaves, salts) if leaf is not None]
        return bind(len(leaves), subtree_root(hashes))

    def with_envelope() -> bytes:
        leaves = record_leaves(record, len(body), DEFAULT_LIMITS)
        salts = make_salts(secret, RECORD_ID, len(leaves))
        hashes = [leaf for leaf in hash_leaves(leaves, salts) if leaf is not None]
        return bind(len(leaves), subtree_root(hashes))

    def from_bytes_to_receipt() -> Sealed:
        draft = prepare(
            body,
            origin="bench.example/logs/bench",
            record_id=RECORD_ID,
            secret=secret,
            nonce="00" * 16,
        )
        return draft.complete("2026-03-31T07:40:01.250Z")

    record = parse_record(from_bytes_to_receipt().record_bytes)
    assert with_envelope() == from_bytes_to_receipt().commitment
    whole = microseconds(from_bytes_to_receipt)
    yield at_most("commitment of 20 leaves", microseconds(twenty_leaves), "us", 60)
    yield at_most("commitment of a 20-field record", microseconds(with_envelope), "us", 110)
    yield Measured("its JSON bytes to record, commitment, rows", whole, "us")


@contextmanager
def running_service(folder: Path) -> Iterator[int]:
    """Run the service in a process of its own; give its port."""
    command: list[str | Path] = [sys.executable, HERE / "server.py", folder]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline())
        finally:
            process.terminate()


def load(port: int, path: str, count: int, per_second: float | None = None) -> dict[str, Any]:
    """Put a load on the service from another process."""
    rate = "" if per_second is None else str(per_second)
    numbers = [str(CONNECTIONS), str(count), *rate.split()]
    command: list[str | Path] = [sys.executable, HERE / "load.py", str(port), path, *numbers]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    result: dict[str, Any] = json.loads(done.stdout)
    if result["failed"]:
        raise SystemExit(f"bench: {result['failed']} requests to {path} failed")
    return result


def http(folder: Path) -> Iterator[Measured]:
    """One record a request at 64 clients, against an empty handler of the same application."""
    with running_service(folder) as port:
        load(port, "/v1/records", WARM_UP)
        empty, append = [], []
        for _ in range(ROUNDS):
            empty.append(REQUESTS / load(port, "/bench/empty", REQUESTS)["seconds"])
            append.append(REQUESTS / load(port, "/v1/records", REQUESTS)["seconds"])
        ratio = median(mine / other for mine, other in zip(append, empty, strict=True))
        yield Measured("empty handler, 64 clients", median(empty), "requests/s")
        yield Measured("POST /v1/records, 64 clients", median(append), "records/s")
        yield at_least("the second against the first", ratio, "", 0.45)
        half = median(append) / 2
        p50, p99 = load(port, "/v1/records", REQUESTS, half)["latency_ms"]
        yield Measured("p50 at half that load", p50, "ms")
        yield at_most("p99 at half that load", p99, "ms", 50)


def proofs(folder: Path) -> Iterator[Measured]:
    """A proof for any entry, in a log of a thousand entries and in one of a million."""
    short, long = proof_microseconds(folder, [1_000, 1_000_000])
    yield Measured("proof in a log of 1,000", short, "us")
    yield Measured("proof in a log of 1,000,000", long, "us")
    yield at_most("the second against the first", long / short, "", 1.5)


def verification() -> Iterator[Measured]:
    """A receipt checked without network, and what starting the program adds."""
    costs = verification_costs()
    yield at_most("verification of a final receipt, offline", costs.verification, "ms", 5)
    yield Measured("the same in bare Ed25519 checks", costs.verification / costs.signature, "")
    starts = start_milliseconds()
    for name, milliseconds in starts.items():
        if name == "liuhen verify --help":
            yield at_most(f"start to end: {name}", milliseconds, "ms", 300)
        else:
            yield Measured(f"start to end: {name}", milliseconds, "ms")
    for size in (256, 1_000, 65_537, 300_000):
        yield Measured(f"tiles read for a proof in a log of {size:,}", tile_reads(size), "")


def whole_log(folder: Path) -> Iterator[Measured]:
    """A log of a million entries in a folder, checked as `liuhen log check DIR` does."""
    head = make_folder(folder, 1_000_000)
    of_core, of_clock = entries_a_second(folder, head)
    yield at_least("log check: entries of a log of 1,000,000", of_core, "1/s/core", 150_000)
    yield Measured("the same by the clock on the wall", of_clock, "1/s")


def catalogue() -> Iterator[Measured]:
    """What the meaning of a record costs when it is appended."""
    cost = catalogue_microseconds()
    yield at_most("catalogue validation on the append path, a record", cost, "us", 30)


def boards() -> Iterator[Measured]:
    """The board of any day."""
    yield at_most("board of 5,000 findings, any day", board_milliseconds(5_000), "ms", 100)


def case_checks(folder: Path) -> Iterator[Measured]:
    """A case of two thousand records: read from the database and checked."""
    costs = case_costs(folder)
    whole = costs.read + costs.check
    yield at_most("check of a case of 2,000 records", whole, "ms", 200)
    yield Measured("of that, the check without the reading", costs.check, "ms")
    yield Measured("its contents held against their entries besides", costs.contents, "ms")


def imports(folder: Path) -> Iterator[Measured]:
    """OCDS releases mapped, and entered into a running service by `liuhen import`."""
    if not REAL.is_file():
        return  # the sample data is not on this machine
    file = make_file(folder, RELEASES)
    mapped = mapped_a_second(file, RELEASES)
    with running_service(folder / "service") as port:
        imported(make_file(folder, 30, "warm-up"), port)  # its processes start once
        done = imported(file, port)
    yield at_least("OCDS releases mapped", mapped, "1/s", 1_000)
    yield at_least("OCDS releases imported", done.releases, "1/s", 1_000)
    yield Measured("the same in records", done.releases * done.records, "1/s")
    yield Measured("processor time of the program a record", done.client_ms, "ms")
    yield Measured("processor time of the service a record", done.service_ms, "ms")


def anchors(folder: Path) -> Iterator[Measured]:
    """What anchoring costs a record, beside other ways; gas is exact."""
    for cost in batch_costs(folder):
        what = f"anchor of a batch of {cost.batch:,} at a million entries"
        if cost.batch == 100:
            yield at_most(what, cost.anchor_gas, "gas", 99_000)
        else:
            yield Measured(what, cost.anchor_gas, "gas")
        yield Measured("the same, a record", cost.record_gas, "gas")
    for what, gas in ELSEWHERE.items():
        yield Measured(f"elsewhere: {what}", gas, "gas")


def machine() -> str:
    """Say in one line what was measured on."""
    cpu = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.processor(),
    )
    return f"{os.cpu_count()} x {cpu}, Python {platform.python_version()}, SQLite with fsync"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "proofs").mkdir()
        (folder / "imports").mkdir()
        measured = [*commitments(), *catalogue(), *verification(), *boards()]
        measured += [*http(folder / "service"), *proofs(folder / "proofs")]
        measured += [*imports(folder / "imports")]
        measured += [*whole_log(folder / "log"), *anchors(folder / "chain")]
        measured += case_checks(folder / "case")
    table = Table(title=machine(), title_justify="left")
    for column in ("measured", "value", "unit", "goal", ""):
        table.add_column(column, justify="right" if column == "value" else "left")
    for line in measured:
        mark = {None: "", True: "held", False: "MISSED"}[line.held]
        table.add_row(line.what, f"{line.value:,.3g}", line.unit, line.goal, mark)
    Console().print(table)
    if options.json is not None:
        lines = [asdict(line) for line in measured]
        options.json.write_text(json.dumps({"machine": machine(), "figures": lines}, indent=1))


if __name__ == "__main__":
    main()
