"""Other people's verifiers, as functions that raise `Refused`; made by scripts/setup_third_party.

Each tool runs in a process of its own, from an environment that holds nothing of ours.
"""

import subprocess
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pytest

ROOM = Path(__file__).parents[2] / ".venv-third-party"
HERE = Path(__file__).parent
_SECONDS = 120


class Refused(Exception):
    """The tool does not accept what it was given; the message is what it said."""


@cache
def unavailable() -> frozenset[str]:
    """Return the tools that scripts/setup_third_party said this machine cannot have."""
    file = ROOM / "without"
    return frozenset(file.read_text().split()) if file.is_file() else frozenset()


def path_of(environment: str, program: str) -> str:
    """Return where a tool lies; skip the test where the tools were not set up."""
    place = ROOM / environment / ("" if environment == "go" else "bin") / program
    if not place.exists():
        pytest.skip("run scripts/setup_third_party for the tests with other people's tools")
    return str(place)


def run(command: Sequence[str | Path]) -> str:
    """Run a tool; return what it said.

    Raises:
        Refused: Its exit code is not 0.
    """
    done = subprocess.run(
        [str(part) for part in command],
        check=False,
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        env={"PATH": "/usr/bin:/bin", "HOME": "/nonexistent", "LC_ALL": "C.UTF-8"},
    )
    if done.returncode != 0:
        raise Refused(f"{done.stdout}{done.stderr}".strip())
    return done.stdout


def logtool(subcommand: str, vkey: str, *arguments: str | Path) -> str:
    """Run the Go program on transparency-dev's libraries; see tests/third_party/go/main.go."""
    return run([path_of("go", "logtool"), subcommand, "-vkey", vkey, *arguments])


def fsck(vkey: str, *logs: str | Path) -> dict[str, bool]:
    """Check whole logs (folders or URLs) with Tessera's fsck, all in one process.

    Returns:
        Of each log whether it was accepted.
    """
    try:
        said = logtool("fsck", vkey, *logs)
    except Refused as refusal:
        said = str(refusal)
    answers = {str(log): f"ok {log}: " in said for log in logs}
    refused = {str(log): f"refused {log}: " in said for log in logs}
    assert all(answers[log] != refused[log] for log in answers), f"no clear answer: {said}"
    return answers


def sigstore(vkey: str, *proofs: tuple[Path, bytes]) -> list[str]:
    """Check tlog-proofs of entries with sigstore; return its answers, "ok …" or "refused …"."""
    return _in_python("with_sigstore.py", vkey, proofs)


def pycose(vkey: str, *receipts: tuple[Path, bytes]) -> list[str]:
    """Check COSE receipts of entries with pycose; return its answers, "ok …" or "refused …"."""
    return _in_python("with_pycose.py", vkey, receipts)


def _in_python(program: str, vkey: str, files: Sequence[tuple[Path, bytes]]) -> list[str]:
    """Run a program of this folder in the environment of Python 3.11."""
    named = [part for file, entry in files for part in (file, entry.hex())]
    command = [path_of("py311", "python"), "-I", HERE / program, vkey, *named]
    try:
        said = run(command)
    except Refused as refusal:
        said = str(refusal)
    answers = said.splitlines()
    assert len(answers) == len(files), said
    assert all(line.startswith(("ok ", "refused ")) for line in answers), said
    return answers


def proofbundle(*arguments: str | Path) -> str:
    """Run proofbundle."""
    return run([path_of("py311", "proofbundle"), *arguments])


def aics_tlog(*arguments: str | Path) -> str:
    """Run aics-tlog."""
    return run([path_of("py312", "aics-tlog"), *arguments])
