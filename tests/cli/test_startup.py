"""What a command may import: start-up is kept short by what is left out, not by a stopwatch."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from liuhen.cli.main import COMMANDS, app

RECEIPTS = Path(__file__).parents[1] / "vectors" / "receipts"
PROGRAM = """
import atexit, sys
atexit.register(lambda: print(*sorted(sys.modules), file=sys.stderr))
from liuhen.cli.main import main
sys.argv[0] = "liuhen"
main()
"""
SERVICE = {"alembic", "eth_account", "fastapi", "jinja2", "sqlalchemy", "sqlmodel", "web3"}
HEAVY = SERVICE | {"asyncio", "cffi", "httpx2", "platformdirs", "pycparser", "pydantic", "rich"}
CRYPTOGRAPHY = {"Crypto", "coincurve", "cryptography"}


def imported(*words: str | Path) -> set[str]:
    """Run the program; return the names of all packages and modules that it imported."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *words],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "LC_ALL": "C.UTF-8"},
    )
    assert done.returncode in (0, 2, 3, 4, 6), done.stderr
    return set(done.stderr.split("\n")[-2].split())


def of_case(name: str) -> list[str | Path]:
    return [RECEIPTS / name / "receipt.json", "--policy", RECEIPTS / name / "policy.json"]


def test_help_of_verify_imports_nothing_that_it_does_not_print() -> None:
    names = imported("verify", "--help")
    assert "liuhen.cli.verify" in names
    assert not names & (HEAVY | CRYPTOGRAPHY)
    assert {name for name in names if name.startswith("liuhen.")} <= {
        "liuhen.cli",
        "liuhen.cli.chain_nodes",
        "liuhen.cli.existing",
        "liuhen.cli.language",
        "liuhen.cli.late_command",
        "liuhen.cli.main",
        "liuhen.cli.plain_value",
        "liuhen.cli.verify",
    }


def test_the_list_of_commands_imports_no_command() -> None:
    names = imported("--help")
    assert not names & (HEAVY | CRYPTOGRAPHY)
    assert "liuhen.cli.verify" not in names


@pytest.mark.parametrize("case", ["sealed", "anchored", "evidence_block_hash"])
@pytest.mark.parametrize("form", [[], ["--json"], ["--lang", "zh", "--explain"]])
def test_a_verification_without_network_imports_no_more_than_it_computes_with(
    case: str, form: list[str]
) -> None:
    names = imported("verify", *of_case(case), "--offline", *form)
    assert names >= CRYPTOGRAPHY
    assert not names & HEAVY


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_is_found_where_its_name_says(command: str) -> None:
    done = CliRunner().invoke(app, [command, "--help"])
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith(f"Usage: liuhen {command} ")


# --- plain values: taken by us, and the rest by Typer, with one result --------------------------


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["verify", "r.json", "--lang", "fr"], "'fr' is not one of 'zh', 'en'"),
        (["verify", "no-such-file"], "there is no file 'no-such-file'"),
        (["verify"], "Missing argument 'RECEIPT'"),
        (["verify", "r.json", "--lang"], "'--lang' requires an argument"),
        (["dev", "--port", "x1"], "'--port'"),
        (["receipt", "fetch", "a/b", "--out", "."], "is a directory"),
    ],
)
def test_a_value_that_is_not_plainly_right_is_refused_as_by_typer(
    words: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("r.json").touch()
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 2
    assert said in " ".join(done.stderr.split())


def test_no_value_is_left_to_typer_where_all_are_plain() -> None:
    assert "typer._adapters" not in imported("verify", *of_case("sealed"), "--offline")
