"""Of several anchors, the one that nodes tell differently is put side by side."""

from typing import Any

import pytest

from liuhen.core.canonical import JsonObject
from liuhen.core.chain_evidence import EvidencedBlock
from liuhen.core.chain_view import AnchoredHead, NodeAnswer, NodeSilence
from liuhen.core.node_answers import side_by_side
from tests.receipt_kit import ANCHOR_BLOCK, ANCHOR_TIME, Kit

KIT = Kit()
ANCHORS = [KIT.anchor(6, 5), KIT.anchor(8, 5), KIT.anchor(9, 5)]
SIZES = [anchor.size for anchor in ANCHORS]
HEADS = {size: KIT.anchored_head(size) for size in SIZES}
HASHES = {number: bytes([number]) * 32 for number in (30, 31, 32)}
BLOCKS = {
    size: EvidencedBlock(bytes([number]) * 32, number, ANCHOR_TIME)
    for size, number in zip(SIZES, HASHES, strict=True)
}


def node(name: str, **changes: Any) -> NodeAnswer:
    return KIT.node(node=name, **{"heads": HEADS, "block_hashes": HASHES, **changes})


def answers(*nodes: NodeAnswer | NodeSilence) -> list[JsonObject]:
    said = side_by_side(nodes, ANCHORS, BLOCKS)
    return [each for each in said if isinstance(each, dict)]


def test_nodes_that_agree_are_shown_about_the_first_anchor() -> None:
    said = answers(node("a:1"), node("b:2"))
    assert [each["size"] for each in said] == [6, 6]
    assert [each["block_hash"] for each in said] == ["0x" + "1e" * 32] * 2


@pytest.mark.parametrize(
    "change",
    [
        {"heads": {**HEADS, 8: None}},
        {"heads": {**HEADS, 8: AnchoredHead(bytes(32), ANCHOR_BLOCK, ANCHOR_TIME)}},
        {"heads": {**HEADS, 8: AnchoredHead(HEADS[8].root, ANCHOR_BLOCK + 1, ANCHOR_TIME)}},
        {"heads": {**HEADS, 8: AnchoredHead(HEADS[8].root, ANCHOR_BLOCK, ANCHOR_TIME + 1)}},
        {"block_hashes": {**HASHES, 31: bytes(32)}},
        {"block_hashes": {**HASHES, 31: None}},
    ],
)
def test_nodes_that_differ_are_shown_about_the_anchor_in_question(change: dict[str, Any]) -> None:
    first, second = answers(node("a:1"), node("b:2", **change))
    assert (first["size"], second["size"]) == (8, 8)
    assert first["block_hash"] == "0x" + "1f" * 32
    assert first != {**second, "node": "a:1"}


def test_what_has_nothing_to_do_with_an_anchor_is_no_difference_about_it() -> None:
    said = answers(node("a:1"), node("b:2", tip=99, heads={**HEADS, 3: None}))
    assert [each["size"] for each in said] == [6, 6]


def test_silence_differs_from_an_answer_about_the_first_anchor() -> None:
    said = answers(node("a:1"), NodeSilence("c:3", "no answer"))
    assert said[0]["size"] == 6
    assert said[1] == {"node": "c:3", "why": "no answer"}


def test_without_anchors_nodes_are_asked_about_no_size() -> None:
    (said,) = side_by_side([node("a:1")], [], BLOCKS)
    assert isinstance(said, dict)
    assert (said["size"], said["root"], said["block_hash"]) == (None, None, None)
