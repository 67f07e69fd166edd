"""Check the receipts of tests/vectors/receipts with one installed `liuhen`, and nothing else.

Runs inside the bare installation, and imports nothing that is not in it. Each folder of the corpus
holds receipt.json, policy.json and expect.json with the exit code it must give offline. The real
program is started for a few of them, and for all of them its command is called here: hundreds of
starts would take minutes.
"""

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

from typer.testing import CliRunner

from liuhen.cli.main import app
from liuhen.core.receipt import parse_receipt
from liuhen.core.tlog_proof import TlogProof

STARTED = ("sealed", "evidence_block_hash", "changed_score_fail", "truncated_fail", "anchored")
RECEIPTS = Path(__file__).resolve().parents[1] / "tests" / "vectors" / "receipts"
SERVICE_PACKAGES = ("alembic", "eth_account", "fastapi", "sqlalchemy", "structlog", "web3")


def run(liuhen: str, *arguments: str | Path) -> int:
    """Return the exit code of one `liuhen` command."""
    done = subprocess.run([liuhen, *arguments], capture_output=True, check=False)
    return done.returncode


def check_receipt(liuhen: str, case: Path) -> str | None:
    """Return what is wrong with the verdict on one case of the corpus."""
    expected = json.loads((case / "expect.json").read_text(encoding="utf-8"))
    words = ["verify", str(case / "receipt.json"), "--policy", str(case / "policy.json")]
    words += expected.get("arguments", ["--offline"])
    got = {CliRunner().invoke(app, words).exit_code}
    if case.name in STARTED:
        got.add(run(liuhen, *words))
    if got == {expected["exit"]}:
        return None
    return f"{case.name}: exit {got}, expected {expected['exit']}"


def check_proof(liuhen: str, case: Path) -> str | None:
    """Return what is wrong with `proof check` on a tlog-proof of the case's entry."""
    receipt = parse_receipt((case / "receipt.json").read_bytes())
    proof = TlogProof(receipt.entry_index, receipt.inclusion, receipt.checkpoint).to_text()
    words = ["--receipt", str(case / "receipt.json"), "--policy", str(case / "policy.json")]
    command = [liuhen, "proof", "check", "-", *words]
    done = subprocess.run(command, input=proof.encode(), capture_output=True, check=False)
    return None if done.returncode == 0 else f"proof check: exit {done.returncode}"


def failures(liuhen: str) -> list[str | None]:
    """Run every check; one item each, None where it passed."""
    cases = sorted(path.parent for path in RECEIPTS.glob("*/expect.json"))
    present = [name for name in SERVICE_PACKAGES if importlib.util.find_spec(name)]
    return [
        f"not a base install: {', '.join(present)}" if present else None,
        "verify --help fails" if run(liuhen, "verify", "--help") else None,
        None if cases else f"no receipts in {RECEIPTS}",
        check_proof(liuhen, RECEIPTS / "sealed"),
        *(check_receipt(liuhen, case) for case in cases),
    ]


def main() -> int:
    """Print what failed and the counts."""
    results = failures(sys.argv[1])
    failed = [line for line in results if line]
    print(*failed, f"{len(results) - len(failed)} passed, {len(failed)} failed", sep="\n")
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())
