"""What a monitor remembers: every head as it was signed, and nothing that is not one."""

import json

import pytest

from liuhen.core.errors import Malformed
from liuhen.core.log_memory import MOST_HEADS, LogMemory, SeenHead
from liuhen.core.merkle import TreeHead
from tests.watched_log import ORIGIN, signed_note

NOON = "2026-11-22T12:00:00Z"


def seen(size: int, root: bytes = bytes([3]) * 32) -> SeenHead:
    return SeenHead(signed_note(TreeHead(size, root)), NOON)


def test_a_memory_prints_as_it_was_read() -> None:
    memory = LogMemory(ORIGIN).with_head(seen(5)).with_head(seen(9))
    text = memory.to_text().encode()
    assert LogMemory.parse(text, ORIGIN) == memory
    assert [each.head.size for each in memory.heads] == [5, 9]
    assert text.endswith(b"}\n")
    assert json.loads(text) == {
        "schema": "audit-log-memory/v1",
        "origin": ORIGIN,
        "heads": [{"note": each.note, "seen_at": NOON} for each in memory.heads],
    }


def test_a_head_that_is_the_newest_already_is_kept_once() -> None:
    memory = LogMemory(ORIGIN).with_head(seen(5))
    assert memory.with_head(SeenHead(memory.heads[0].note, "2027-01-01T00:00:00Z")) == memory
    assert len(memory.with_head(seen(5, bytes(31) + b"\x01")).heads) == 2


def test_the_oldest_heads_are_forgotten_first() -> None:
    heads = tuple(seen(1 + i % 2) for i in range(MOST_HEADS))
    memory = LogMemory(ORIGIN, heads).with_head(seen(77))
    assert len(memory.heads) == MOST_HEADS
    assert memory.heads[-1].head.size == 77
    assert memory.heads[:-1] == heads[1:]


def test_a_memory_of_many_long_notes_is_read_again() -> None:
    own = seen(5)
    cosigned = own.note + "".join(f"\u2014 witness-{i} {'A' * 4400}\n" for i in range(9))
    heads = tuple(SeenHead(cosigned, NOON) for _ in range(300))
    body = LogMemory(ORIGIN, heads).to_text().encode()
    assert len(body) > 8 * 2**20
    assert len(LogMemory.parse(body, ORIGIN).heads) == 300


@pytest.mark.parametrize(
    "bend",
    [
        lambda body: body.replace(b"audit-log-memory/v1", b"audit-log-memory/v2"),
        lambda body: body.replace(b'"heads":[', b'"heads": ['),
        lambda body: body.replace(b'"seen_at"', b'"seenat"'),
        lambda body: body.replace(NOON.encode(), b"\\u0000"),
        lambda body: body.replace(b'"heads":[', b'"heads":[1,'),
        lambda body: body.replace(b"watched\\n5", b"watched\\n05"),
        lambda body: body.replace(ORIGIN.encode(), b"log.example/logs/other"),
        lambda body: body.replace(b'"note":"log.example/logs/w', b'"note":"log.example/logs/v'),
        lambda body: (
            b'{"heads":{},"origin":"%s","schema":"audit-log-memory/v1"}\n' % ORIGIN.encode()
        ),
        lambda body: body.replace(NOON.encode(), b"2026-11-22T12:00:00+00:00"),
        lambda body: body[:-1],
        lambda body: body + b"\n",
        lambda body: b"[]\n",
        lambda body: b"{}\n",
        lambda body: json.dumps(json.loads(body)).encode() + b"\n",
    ],
)
def test_a_memory_that_was_bent_is_refused(bend: object) -> None:
    assert callable(bend)
    body = LogMemory(ORIGIN).with_head(seen(5)).to_text().encode()
    bent = bend(body)
    assert bent != body
    with pytest.raises(Malformed):
        LogMemory.parse(bent, ORIGIN)
