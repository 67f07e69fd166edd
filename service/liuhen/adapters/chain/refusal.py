"""What the contract says when it refuses a call: its own errors, read by the artefact's ABI.

Nodes put the bytes of an error into `error.data`, or one or two objects below it.
"""

import re
from functools import cache
from typing import Any, Final

from eth_abi.abi import decode
from eth_abi.exceptions import DecodingError

from liuhen.adapters.chain.artefact_file import load_abi
from liuhen.core.errors import Unavailable
from liuhen.core.keccak import keccak256

_HEX: Final = re.compile(r"(?:Reverted )?0x([0-9a-fA-F]{8,})")
_DEPTH: Final = 4

SENTENCES: Final[dict[str, str]] = {
    "AlreadyClosed": "the log has ended already",
    "AlreadyMarked": "the log is marked already",
    "AlreadyRegistered": "this account has registered this origin before",
    "FinalSize": "a log cannot end before what is anchored, nor grow past where it ended",
    "GrowthOutOfRange": "a new head has more leaves than the old one, by at most 2^24",
    "KeyEndsTooEarly": "a key ends after the anchored size and after the first it is good for",
    "KeyEndsTooLate": "there is no tree size left for the next key",
    "NotASigner": "the signature is by none of the log's signers for this size",
    "NotASuccessor": "the successor is no other log of this contract",
    "NotAnchored": "no head of this size is anchored",
    "NotAnchoredSize": "the old size is not the one anchored last",
    "NotOwner": "only the log's owner does this",
    "NotProposed": "only the account that the owner proposed accepts a log",
    "NotPublisher": "only the log's publisher anchors",
    "OriginLength": "an origin has 1 to 255 bytes",
    "ProofLength": "a proof has at most 63 hashes",
    "ProofMismatch": "the proof does not lead to the anchored root hash",
    "SameRoot": "equal root hashes contradict nothing",
    "SizeOutOfRange": "the head has no leaf, or more than the anchored one",
    "ZeroKey": "no key of a log is the zero address",
}


class ContractRefused(Unavailable):
    """The contract would refuse a call; nothing was sent.

    Attributes:
        error: The contract's name of the error; empty if it is none of its own.
    """

    def __init__(self, error: str, message: str) -> None:
        self.error = error
        super().__init__(message)


def refusal_of(answer: object) -> ContractRefused | None:
    """Return what the contract said, if a node's error holds it.

    Args:
        answer: The member `error` of the node's answer.
    """
    data = _find_data(answer, _DEPTH)
    if data is None:
        return None
    known = _errors().get(data[:4])
    if known is None:
        return ContractRefused("", f"the contract refuses it with 0x{data[:4].hex()}")
    name, names, types = known
    try:
        values = decode(types, data[4:])
    except DecodingError:
        values = ()
    said = ", ".join(f"{each} {_shown(value)}" for each, value in zip(names, values, strict=False))
    return ContractRefused(name, f"the contract refuses it: {SENTENCES[name]} ({name}: {said})")


@cache
def _errors() -> dict[bytes, tuple[str, list[str], list[str]]]:
    """Return name, names and types of arguments of every error, by selector."""
    found = {}
    for entry in load_abi():
        if entry["type"] == "error":
            types = [str(each["type"]) for each in entry["inputs"]]
            names = [str(each["name"]) for each in entry["inputs"]]
            selector = keccak256(f"{entry['name']}({','.join(types)})".encode())[:4]
            found[selector] = (str(entry["name"]), names, types)
    return found


def _find_data(value: object, depth: int) -> bytes | None:
    if isinstance(value, str):
        match = _HEX.fullmatch(value)
        return bytes.fromhex(match[1]) if match and len(match[1]) % 2 == 0 else None
    if isinstance(value, dict) and depth:
        return _find_data(value.get("data"), depth - 1)
    return None


def _shown(value: Any) -> str:  # noqa: ANN401 -- whatever the ABI decodes to
    return "0x" + value.hex() if isinstance(value, bytes) else str(value)
