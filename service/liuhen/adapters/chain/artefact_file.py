"""The compiled contract that comes with the package, so that no compiler is needed at run time."""

import json
from functools import cache
from importlib.resources import files
from typing import Any

from liuhen.core.keccak import keccak256


@cache
def _artefact() -> dict[str, Any]:
    text = files("liuhen.adapters.chain").joinpath("artefact", "AuditLog.json").read_text("utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


def load_abi() -> list[dict[str, Any]]:
    """Return the contract's interface."""
    abi: list[dict[str, Any]] = _artefact()["abi"]
    return abi


def load_bytecode() -> bytes:
    """Return the code that deploys the contract; its constructor takes nothing."""
    return bytes.fromhex(str(_artefact()["bytecode"]).removeprefix("0x"))


def expected_code_hash() -> bytes:
    """Return keccak-256 of the code that a deployed contract has."""
    return keccak256(bytes.fromhex(str(_artefact()["deployedBytecode"]).removeprefix("0x")))
