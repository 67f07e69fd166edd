"""A receipt checked where there is no network at all."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.receipt_corpus import BLOCK_HASH, FOLDER

EVIDENCE = FOLDER / "evidence"
NO_SOCKETS = """
import socket, sys

def refuse(event, arguments):
    if event.startswith("socket."):
        raise RuntimeError(f"a socket was wanted: {event}")

class NoSocket:
    def __init__(self, *arguments, **options):
        raise RuntimeError("a socket was wanted")

sys.addaudithook(refuse)
socket.socket = NoSocket
sys.argv[0] = "liuhen"
from liuhen.cli.main import main
main()
"""
NO_NETWORK = ["unshare", "--map-root-user", "--net"]
"""A namespace without any network but a loopback that is down; not every machine allows one."""


def is_allowed(command: list[str]) -> bool:
    if shutil.which(command[0]) is None:
        return False
    return subprocess.run([*command, "true"], capture_output=True, check=False).returncode == 0


WAYS = [[], *([NO_NETWORK] if is_allowed(NO_NETWORK) else [])]


def run(way: list[str], *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*way, sys.executable, "-c", NO_SOCKETS, *map(str, arguments)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        check=False,
    )


def verify(way: list[str], *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    policy = EVIDENCE / "policy.json"
    return run(way, "verify", EVIDENCE / "receipt.json", "--policy", policy, *arguments)


@pytest.mark.parametrize("way", WAYS, ids=["no sockets", "no network"][: len(WAYS)])
def test_a_receipt_with_its_block_hash_matches_without_a_socket(way: list[str]) -> None:
    done = verify(way, "--offline", "--block-hash", f"0x{BLOCK_HASH.hex()}", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    verdict = json.loads(done.stdout)
    assert (verdict["outcome"], verdict["life"]) == ("match", "final")
    assert verdict["facts"]["not_after"]["by"] == ["caller"]


def test_offline_names_the_hash_to_compare() -> None:
    done = verify([], "--offline", "--lang", "en")
    assert (done.returncode, done.stderr) == (6, "")
    assert f"it must be 0x{BLOCK_HASH.hex()}" in done.stdout
    assert "--block-hash" in done.stdout


def test_another_hash_does_not_complete_the_check() -> None:
    done = verify([], "--offline", "--block-hash", "0x" + "ab" * 32, "--lang", "en")
    assert (done.returncode, done.stderr) == (6, "")
    assert f"has the hash 0x{BLOCK_HASH.hex()}" in done.stdout


def test_the_guard_holds() -> None:
    """A node needs a socket: the same process that asks one fails, so no check above is empty."""
    done = verify([], "--rpc", "http://127.0.0.1:1", "--json")
    assert (done.returncode, done.stdout) == (1, "")
    assert "RuntimeError" in done.stderr
