"""The demo: load two sample projects, wait until they are final, check receipts as a stranger.

Records go in over HTTP, receipts are checked by the command line with nothing but the trust
policy and a node of the chain. Then one score is changed in a copy, which must be refused; a score
sheet is disclosed for one bidder only; and of its twin one field is erased and searched for. What
cases are about is in `demo_cases`.
"""

import argparse
import json
import os
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx2
from rich.console import Console
from rich.progress import track
from rich.table import Table

from liuhen.client import Liuhen
from liuhen.core.errors import AuditError
from liuhen.core.policy import Life

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from scripts.demo_cases import CHECKED, FINAL_SECONDS, HISTORY_HOURS, LEDGER_DAY, Cases
from scripts.samples import PROJECTS, Sample, project

ROOT = Path(__file__).resolve().parent.parent
LIUHEN = Path(sys.executable).with_name("liuhen")
READY_SECONDS = 60
TO_ERASE = "X-to-be-erased-5b1f"
TWIN_CASE = "TWIN"
"""The sheet's own case is closed by then."""


class Demo:
    """A development service in a process of its own, and the steps of the demo."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder, self.port, self.chain_port = folder, port, free_port(8545)
        self.url = f"http://127.0.0.1:{port}"
        self.rpc_url = f"http://127.0.0.1:{self.chain_port}"
        self.policy = folder / "state" / "policy.json"
        self.receipts = folder / "receipts"
        self.receipts.mkdir(parents=True, exist_ok=True)
        self.console = Console(stderr=True)
        self.diagnostics = folder / "dev.txt"
        command: list[str | Path] = [LIUHEN, "dev", folder / "state", "--port", str(port)]
        with self.diagnostics.open("w") as said:
            self.process = subprocess.Popen(
                [*command, "--chain-port", str(self.chain_port)],
                stdout=said,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # so that Ctrl-C reaches us first and we stop it in order
            )

    def stop(self) -> None:
        """End the service and its chain; nothing is left behind."""
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=30)

    def wait_until_ready(self) -> None:
        """Wait for the first answer."""
        self.say("starting a local chain, the contract and the service …")
        deadline = time.monotonic() + READY_SECONDS
        while not self.is_ready():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit(f"demo: no service.\n{self.diagnostics.read_text()}")
            time.sleep(0.1)

    def is_ready(self) -> bool:
        """Return whether records would be accepted now."""
        try:
            return httpx2.get(f"{self.url}/readyz", trust_env=False).is_success
        except httpx2.TransportError:
            return False

    def load(self) -> dict[str, Sample]:
        """Send every sample; return them by record id."""
        samples = [sample for name in PROJECTS for sample in project(name)]
        self.say(f"sending {len(samples)} records of two sample projects …")
        numbers: dict[str, str] = {}
        with Liuhen(self.url) as client:
            for sample in samples:
                body = json.dumps(sample.sent(numbers)).encode()
                sent = client.append_bytes(body, idempotency_key=sample.key)
                numbers[sample.key] = sent.record_id
        return {numbers[sample.key]: sample for sample in samples}

    def fetch_final(self, record_ids: list[str]) -> None:
        """Wait until every record is final and write its receipt."""
        self.say("waiting until the chain has made them final …")
        with Liuhen(self.url) as client:
            for record_id in record_ids:
                stored = client.wait_until(record_id, Life.FINAL, timeout=FINAL_SECONDS)
                self.receipt_file(record_id).write_bytes(stored.body)

    def cases(self) -> Cases:
        """Return the steps that are about cases."""
        folder = self.folder / "cases"
        folder.mkdir(exist_ok=True)
        return Cases(self.url, self.rpc_url, self.folder / "state", folder)

    def receipt_file(self, record_id: str) -> Path:
        """Return where the receipt of a record lies."""
        return self.receipts / f"{record_id}.receipt.json"

    def verify(self, receipt: Path) -> int:
        """Check a receipt as a stranger does; return the exit code of the command."""
        return self.liuhen(
            "verify", receipt, "--policy", self.policy, "--rpc", self.rpc_url, "--quiet"
        )

    def liuhen(self, *words: str | Path) -> int:
        """Run the command line; return its exit code."""
        return subprocess.run([LIUHEN, *words], check=False, capture_output=True).returncode

    def verify_all(self, record_ids: list[str]) -> int:
        """Check every receipt; return how many match."""
        self.say("checking every receipt with the trust policy and the chain alone …")
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            codes = pool.map(self.verify, map(self.receipt_file, record_ids))
            quiet = not self.console.is_terminal
            shown = track(codes, "verifying", len(record_ids), console=self.console, disable=quiet)
            return list(shown).count(0)

    def tamper(self, records: dict[str, Sample]) -> Path:
        """Copy the receipt of a score sheet and change one score in the copy."""
        self.say("changing one score in a copy of a receipt …")
        record_id = self.score_sheet(records)
        score = records[record_id].submission["data"]["scores"][0]["points"]["技术部分"]
        text = self.receipt_file(record_id).read_text()
        copy = self.receipts / "tampered.receipt.json"
        copy.write_text(text.replace(f'"{score}"', '"45.00"', 1))
        return copy

    def disclose(self, records: dict[str, Sample]) -> bool:
        """Show a score sheet to bidder B02 alone; return whether it verifies and tells no more."""
        self.say("showing one bidder's scores and nothing else …")
        record_id = self.score_sheet(records)
        shown = self.receipts / "disclosed.receipt.json"
        self.liuhen(
            "disclose", self.receipt_file(record_id), "--show", "/data/scores/1", "-o", shown
        )
        ours, *others = (
            records[record_id].submission["data"]["scores"][bid]["points"]["技术部分"]
            for bid in (1, 0, 2, 3)
        )
        text = shown.read_text()
        tells_no_more = ours in text and not any(other in text for other in others)
        return tells_no_more and self.verify(shown) == 0

    def erase(self, records: dict[str, Sample]) -> tuple[bool, int]:
        """Erase the expert's token from a twin of the score sheet, and search for it.

        Returns:
            Whether the twin's receipt still matches, and in how many files the token is.
        """
        self.say("erasing one field of its twin, and searching every file for the value …")
        twin = json.loads(json.dumps(records[self.score_sheet(records)].submission))
        twin["case"], twin["data"]["expert_token"] = TWIN_CASE, TO_ERASE
        with Liuhen(self.url) as client:
            sent = client.append_bytes(json.dumps(twin).encode(), idempotency_key="demo-twin")
            erased = client.record(sent.record_id).get("erased")
        if not erased:  # else an earlier run has done it
            where = self.folder / "state" / "liuhen.toml"
            field = ("--field", "/data/expert_token", "--basis", "PIPL art. 47")
            self.liuhen("erase", sent.record_id, *field, "--settings", where)
        self.fetch_final([sent.record_id])
        files = [file for file in self.folder.rglob("*") if file.is_file()]
        holding = sum(TO_ERASE.encode() in file.read_bytes() for file in files)
        return self.verify(self.receipt_file(sent.record_id)) == 0, holding

    def score_sheet(self, records: dict[str, Sample]) -> str:
        """Return the number of the first score sheet."""
        return next(r for r, s in records.items() if s.submission["type"] == "score_sheet")

    def say(self, text: str) -> None:
        """Tell what happens now."""
        self.console.print(f"demo: {text}", soft_wrap=True)


def free_port(wanted: int) -> int:
    """Return the wanted port of 127.0.0.1 if it is free, else any free one."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise SystemExit("demo: no free port on 127.0.0.1")


def run(demo: Demo) -> bool:
    """Go through all steps and print the table; return whether every one held."""
    demo.wait_until_ready()
    records = demo.load()
    record_ids = list(records)
    demo.fetch_final(record_ids)
    verified = demo.verify_all(record_ids)
    tampered = demo.verify(demo.tamper(records))
    disclosed = demo.disclose(records)
    twin_matches, holding = demo.erase(records)
    meant = run_cases(demo)
    print_table(
        {
            "records sent and sealed": str(len(records)),
            "anchored and final on the local chain": str(len(records)),
            "receipts that match (exit code 0)": f"{verified} of {len(records)}",
            "copy with one score changed": told(tampered == 3, "different (exit code 3)"),
            "score sheet shown to one bidder": told(disclosed, "match, nothing else told"),
            "its twin with one field erased": told(twin_matches, "match"),
            "files that hold the erased value": str(holding),
            **{step: told(held, text) for step, (held, text) in meant.items()},
        }
    )
    whole = verified == len(records) and tampered == 3
    held = disclosed and twin_matches and not holding
    return whole and held and all(held for held, _ in meant.values())


def run_cases(demo: Demo) -> dict[str, tuple[bool, str]]:
    """Go through the steps that are about cases; return of each whether it held, and its words."""
    cases = demo.cases()
    demo.say("sending a bid after the deadline …")
    refusal = cases.late_bid()
    if refusal:
        demo.fetch_final([refusal])
    is_kept = bool(refusal) and demo.verify(demo.receipt_file(refusal)) == 0
    demo.say("importing a ledger of 23 findings, and making its workbook …")
    ledger = cases.ledger()
    demo.say("checking both cases, and computing their evaluations again …")
    complete = all(cases.check(name) for name in PROJECTS)
    totals = all(cases.replay(name) for name in PROJECTS)
    demo.say("drawing experts by a block that is not there yet, and running the draw again …")
    return {
        "bid after the deadline": (is_kept, "refused, which is on record"),
        f"board of findings on {LEDGER_DAY}": (ledger, "10 red, 3 yellow, 4 blue, 7 closed"),
        "rules and steps of both cases": (complete, "complete"),
        "totals from locked score sheets": (totals, "those of both reports"),
        "draw of experts, run again": (cases.draw(), "match"),
    }


def told(held: bool, text: str) -> str:  # noqa: FBT001 -- what came of a step
    """Return what to print of a step."""
    return text if held else f"NOT {text}"


def print_table(results: dict[str, str]) -> None:
    """Print what came of each step."""
    table = Table(title="liuhen demo", title_justify="left")
    table.add_column("step")
    table.add_column("result", justify="right")
    for step, result in results.items():
        table.add_row(step, result)
    Console().print(table)


def main() -> int:
    """Run the demo; with --once stop after the table."""
    parser = argparse.ArgumentParser(prog="scripts/demo", description=__doc__)
    parser.add_argument("--once", action="store_true", help="run, check, print, exit")
    parser.add_argument(
        "--folder",
        type=Path,
        default=ROOT / ".liuhen" / "demo",
        help="where log, chain and receipts are kept; else .liuhen/demo",
    )
    parser.add_argument(
        "--port", type=int, default=8420, help="port of the service (8420); if taken, a free one"
    )
    options = parser.parse_args()
    demo = Demo(options.folder, free_port(options.port))
    for ending in (signal.SIGTERM, signal.SIGHUP):  # a closed terminal must leave nothing behind
        signal.signal(ending, signal.default_int_handler)
    try:
        held = run(demo)
        if not options.once:
            explain(demo)
            demo.process.wait()
    except KeyboardInterrupt:
        return 130
    except AuditError as error:
        demo.say(f"failed: {error}")
        return 1
    finally:
        demo.stop()
    return 0 if held else 1


def explain(demo: Demo) -> None:
    """Tell where to click and what to type."""
    example = next(iter(sorted(demo.receipts.glob("0*.receipt.json"))))
    demo.say(f"open {demo.url}/, drop a receipt, press Check; for example {shown(example)}")
    demo.say("or type, in another terminal:")
    verify = f"{shown(example)} --policy {shown(demo.policy)} --rpc {demo.rpc_url}"
    print(f".venv/bin/liuhen verify {verify}")
    asked = f"--url {demo.url} --operator-key {shown(demo.policy.parent / 'keys' / 'operator.key')}"
    print(f".venv/bin/liuhen case check {CHECKED['zc']} --late-after {HISTORY_HOURS} {asked}")
    print(f".venv/bin/liuhen ledger board --day {LEDGER_DAY} {asked}")
    settings = demo.policy.with_name("liuhen.toml")
    demo.say(f"settings for audit and erase: --settings {shown(settings)}")
    demo.say("Ctrl-C stops everything; the next run goes on with the same log and chain.")


def shown(path: Path) -> Path:
    """Return a path as seen from this repository, where it lies in it."""
    return path.relative_to(ROOT) if path.is_relative_to(ROOT) else path


if __name__ == "__main__":
    sys.exit(main())
