"""The contract's errors in words, whatever a node puts around their bytes."""

import pytest
from eth_abi.abi import encode

from liuhen.adapters.chain.artefact_file import load_abi
from liuhen.adapters.chain.refusal import SENTENCES, refusal_of
from liuhen.core.keccak import keccak256

SAME_ROOT = keccak256(b"SameRoot(bytes32)")[:4] + encode(["bytes32"], [b"\x07" * 32])
TEXT = "0x" + SAME_ROOT.hex()


def test_every_error_of_the_contract_has_a_sentence_and_no_other() -> None:
    assert SENTENCES.keys() == {each["name"] for each in load_abi() if each["type"] == "error"}


@pytest.mark.parametrize(
    "error",
    [
        {"code": 3, "message": "execution reverted", "data": TEXT},  # geth, anvil
        {"code": -32603, "data": {"message": "reverted", "data": TEXT}},  # Hardhat
        {"code": -32015, "data": "Reverted " + TEXT},  # Nethermind
        {"code": -32000, "data": {"data": {"data": TEXT.upper().replace("0X", "0x")}}},
    ],
)
def test_an_error_is_found_where_nodes_put_it(error: object) -> None:
    refusal = refusal_of(error)
    assert refusal is not None
    assert refusal.error == "SameRoot"
    assert str(refusal) == (
        "the contract refuses it: equal root hashes contradict nothing"
        f" (SameRoot: root 0x{'07' * 32})"
    )


@pytest.mark.parametrize(
    "error", [None, "", {}, {"data": None}, {"data": "0x"}, {"data": [TEXT]}, {"data": TEXT + "0"}]
)
def test_what_holds_no_error_of_a_contract_is_none(error: object) -> None:
    assert refusal_of(error) is None


def test_an_unknown_or_cut_error_is_a_refusal_all_the_same() -> None:
    unknown = refusal_of({"data": "0xdeadbeef"})
    assert unknown is not None
    assert (unknown.error, "0xdeadbeef" in str(unknown)) == ("", True)
    cut = refusal_of({"data": TEXT[:20]})
    assert cut is not None
    assert cut.error == "SameRoot"
