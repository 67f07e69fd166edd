"""Check the receipts of tests/vectors/receipts with one installed `liuhen`, and nothing else.

Runs inside the bare installation: it imports the standard library only. Each folder of the corpus
holds receipt.json, policy.json and expect.json with the exit code it must give offline.
"""

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

RECEIPTS = Path(__file__).resolve().parents[1] / "tests" / "vectors" / "receipts"
SERVICE_PACKAGES = ("alembic", "eth_account", "fastapi", "sqlalchemy", "structlog", "web3")


def run(liuhen: str, *arguments: str | Path) -> int:
    """Return the exit code of one `liuhen` command."""
    done = subprocess.run([liuhen, *arguments], capture_output=True, check=False)
    return done.returncode


def check_receipt(liuhen: str, case: Path) -> str | None:
    """Return what is wrong with the verdict on one case of the corpus."""
    expected = json.loads((case / "expect.json").read_text(encoding="utf-8"))
    got = run(
        liuhen,
        *("verify", case / "receipt.json", "--policy", case / "policy.json"),
        *expected.get("arguments", ["--offline"]),
    )
    if got == expected["exit"]:
        return None
    return f"{case.name}: exit {got}, expected {expected['exit']}"


def failures(liuhen: str) -> list[str | None]:
    """Run every check; one item each, None where it passed."""
    cases = sorted(path.parent for path in RECEIPTS.glob("*/expect.json"))
    present = [name for name in SERVICE_PACKAGES if importlib.util.find_spec(name)]
    return [
        f"not a base install: {', '.join(present)}" if present else None,
        "verify --help fails" if run(liuhen, "verify", "--help") else None,
        None if cases else f"no receipts in {RECEIPTS}",
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
