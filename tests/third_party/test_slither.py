"""Slither on the contract: every finding is answered here, and every answer is still needed."""

import json
import shutil
import subprocess
from pathlib import Path

from tests.third_party.tools import path_of

ROOT = Path(__file__).parents[2]
NODE_MODULES = ROOT / "node_modules"
ANSWERS = {
    ("assembly", "AuditLog._node"): "the node hash, at half the gas; decision 0022",
}
CARELESS = """// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

contract Careless {
    function end(address payable to) external { selfdestruct(to); }
}
"""
_SECONDS = 300


def build(folder: Path) -> None:
    """Build the contract, and beside it one that has a finding, in a folder of their own."""
    shutil.copytree(ROOT / "contracts", folder / "contracts")
    (folder / "contracts" / "Careless.sol").write_text(CARELESS)
    for name in ("hardhat.config.js", "package.json"):
        shutil.copy(ROOT / name, folder)
    (folder / "node_modules").symlink_to(NODE_MODULES)
    hardhat = NODE_MODULES / "hardhat" / "dist" / "src" / "cli.js"
    run("node", str(hardhat), "build", "--quiet", at=folder)


def run(*command: str, at: Path) -> None:
    """Run a program with Node in its path; what it says is shown where it fails."""
    node = ROOT / ".venv" / "bin" / "node"
    found = str(node) if node.exists() else shutil.which("node")
    assert found is not None, "Node is not installed: run scripts/setup"
    path = f"{Path(found).parent}:/usr/bin:/bin"
    done = subprocess.run(
        command,
        cwd=at,
        env={"PATH": path, "HOME": str(at), "CI": "true"},
        check=False,
        capture_output=True,
        text=True,
        timeout=_SECONDS,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def findings(folder: Path) -> set[tuple[str, str]]:
    """Return each finding as detector and place."""
    file = folder / "slither.json"
    slither = path_of("slither", "slither")
    options = ["--hardhat-ignore-compile", "--fail-none", "--json", str(file)]
    run(slither, ".", *options, at=folder)
    said = json.loads(file.read_text())
    assert said["success"] is True, said["error"]
    found = said["results"].get("detectors", [])
    return {(each["check"], place(each["elements"][0])) for each in found}


def place(element: dict[str, object]) -> str:
    """Return `Contract.function` of what a finding is about, or as much of it as there is."""
    fields = element["type_specific_fields"]
    parent = fields.get("parent") if isinstance(fields, dict) else None
    name = str(element["name"])
    return f"{parent['name']}.{name}" if isinstance(parent, dict) else name


def test_every_finding_on_the_contract_is_answered(tmp_path: Path) -> None:
    build(tmp_path)
    found = findings(tmp_path)
    careless = {each for each in found if each[1].startswith("Careless.")}
    assert ("suicidal", "Careless.end") in careless
    assert found - careless == set(ANSWERS)
