"""RLP, Ethereum's serialisation, read strictly.

An item is bytes or a list of items. Whatever is accepted encodes again to the same bytes: no
leading zeros in lengths, no long form for short strings, nothing after the end. (Ethereum Yellow
Paper, appendix B.)
"""

from liuhen.core.errors import MalformedReceipt

MAX_DEPTH = 8
"""Deepest list in a header, receipt or trie node is 4; hostile nesting ends here."""

Item = bytes | list["Item"]


def encode(item: Item) -> bytes:
    """Encode bytes or a list."""
    if isinstance(item, list):
        body = b"".join(encode(part) for part in item)
        return _prefix(0xC0, len(body)) + body
    if len(item) == 1 and item[0] < 0x80:
        return item
    return _prefix(0x80, len(item)) + item


def encode_integer(number: int) -> bytes:
    """Encode a non-negative integer: big-endian without leading zeros, zero as no bytes."""
    return encode(number.to_bytes((number.bit_length() + 7) // 8, "big"))


def decode(data: bytes) -> Item:
    """Decode exactly one item that fills `data`.

    Raises:
        MalformedReceipt: Not the one encoding of an item, truncated, or bytes left over.
    """
    item, end = _item(data, 0, len(data), 0)
    if end != len(data):
        raise MalformedReceipt("RLP: bytes after the end of the item")
    return item


def _prefix(base: int, length: int) -> bytes:
    if length <= 55:
        return bytes([base + length])
    size = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes([base + 55 + len(size)]) + size


def _item(data: bytes, start: int, end: int, depth: int) -> tuple[Item, int]:
    if start >= end or depth > MAX_DEPTH:
        raise MalformedReceipt("RLP: truncated, or nested too deep")
    first = data[start]
    if first < 0x80:
        return data[start : start + 1], start + 1
    is_list = first >= 0xC0
    body, stop = _bounds(data, start, end, first - (0xC0 if is_list else 0x80))
    if not is_list:
        if stop - body == 1 and data[body] < 0x80:
            raise MalformedReceipt("RLP: a single byte in the long form")
        return data[body:stop], stop
    items: list[Item] = []
    while body < stop:
        item, body = _item(data, body, stop, depth + 1)
        items.append(item)
    return items, stop


def _bounds(data: bytes, start: int, end: int, short: int) -> tuple[int, int]:
    """Return where the body begins and ends; `short` is the length, or 55 + length's length."""
    body, length = start + 1, short
    if short > 55:
        body += short - 55
        digits = data[start + 1 : body]
        length = int.from_bytes(digits, "big")
        if digits[:1] == b"\0" or length <= 55:
            raise MalformedReceipt("RLP: a length in another than its shortest form")
    if body + length > end:
        raise MalformedReceipt("RLP: truncated")
    return body, body + length
