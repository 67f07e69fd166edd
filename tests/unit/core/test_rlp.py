"""RLP: one encoding for each item."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liuhen.core import rlp
from liuhen.core.errors import MalformedReceipt

ITEMS: st.SearchStrategy[rlp.Item] = st.recursive(
    st.binary(max_size=70), lambda inner: st.lists(inner, max_size=5), max_leaves=20
)


def depth(item: rlp.Item) -> int:
    return 1 + max((depth(part) for part in item), default=0) if isinstance(item, list) else 0


@given(ITEMS)
def test_what_is_encoded_decodes_to_the_same(item: rlp.Item) -> None:
    if depth(item) <= rlp.MAX_DEPTH:
        assert rlp.decode(rlp.encode(item)) == item


@given(st.binary(max_size=80))
def test_whatever_is_accepted_is_the_one_encoding(data: bytes) -> None:
    try:
        item = rlp.decode(data)
    except MalformedReceipt:
        return
    assert rlp.encode(item) == data


@pytest.mark.parametrize(
    ("item", "text"),
    [
        (b"", "80"),
        (b"\x00", "00"),
        (b"\x7f", "7f"),
        (b"\x80", "8180"),
        (b"dog", "83646f67"),
        ([], "c0"),
        ([b"cat", b"dog"], "c88363617483646f67"),
        ([[], [[]], [[], [[]]]], "c7c0c1c0c3c0c1c0"),
        (b"a" * 56, "b838" + "61" * 56),
        ([b"a"] * 56, "f838" + "61" * 56),
        (b"a" * 256, "b90100" + "61" * 256),
    ],
)
def test_items_have_the_encodings_of_the_specification(item: rlp.Item, text: str) -> None:
    assert rlp.encode(item).hex() == text
    assert rlp.decode(bytes.fromhex(text)) == item


@pytest.mark.parametrize(
    "text",
    [
        "",
        "8100",  # a single byte below 0x80 in the long form
        "817f",
        "b801" + "61",  # a short string in the long form
        "b837" + "61" * 55,
        "b90038" + "61" * 56,  # a length with a leading zero
        "83646f",  # truncated
        "b8",
        "b9ff",
        "c883636174",
        "c783636174836f6761",  # an item that ends behind its list
        "8080",  # bytes left over
        "c0c0",
        "ff" + "ff" * 8,
        "c1" * 20 + "c0",  # nested too deep
    ],
)
def test_every_other_spelling_is_refused(text: str) -> None:
    with pytest.raises(MalformedReceipt):
        rlp.decode(bytes.fromhex(text))


@pytest.mark.parametrize(
    ("number", "text"), [(0, "80"), (1, "01"), (127, "7f"), (128, "8180"), (1024, "820400")]
)
def test_integers_have_no_leading_zeros(number: int, text: str) -> None:
    assert rlp.encode_integer(number).hex() == text


def nested(levels: int) -> bytes:
    item: rlp.Item = []
    for _ in range(levels):
        item = [item]
    return rlp.encode(item)


def test_nesting_ends_at_the_stated_depth() -> None:
    assert rlp.decode(nested(rlp.MAX_DEPTH)) == rlp.decode(nested(rlp.MAX_DEPTH))
    with pytest.raises(MalformedReceipt):
        rlp.decode(nested(rlp.MAX_DEPTH + 1))
    beside = rlp.encode([[], [], *[[]] * 20])
    assert rlp.decode(beside) == [[]] * 22  # what stands beside one another is not nested


@pytest.mark.parametrize("kind", [0x80, 0xC0])
def test_the_long_form_begins_at_56_bytes(kind: int) -> None:
    def item(length: int) -> rlp.Item:
        return bytes([0x80]) * length if kind == 0x80 else [b"\x01"] * length

    assert rlp.encode(item(55))[:1] == bytes([kind + 55])
    assert rlp.encode(item(56))[:2] == bytes([kind + 56, 56])
    assert rlp.encode(item(255))[:2] == bytes([kind + 56, 255])
    assert rlp.encode(item(256))[:3] == bytes([kind + 57, 1, 0])
    assert rlp.encode(item(2**15))[:3] == bytes([kind + 57, 0x80, 0])
    for length in (55, 56, 255, 256, 2**15):
        assert rlp.decode(rlp.encode(item(length))) == item(length)
    with pytest.raises(MalformedReceipt):
        rlp.decode(bytes([kind + 56, 55]) + b"\x01" * 55)
