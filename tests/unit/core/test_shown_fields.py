"""What a record says to a person."""

from liuhen.core.canonical import JsonValue
from liuhen.core.disclosure import Shown
from liuhen.core.shown_fields import shown_fields
from tests.receipt_kit import Kit

ATTACHMENT: JsonValue = {
    "name": "a.pdf",
    "media_type": "application/pdf",
    "bytes": 3,
    "sha256": "ab" * 32,
}


def test_data_comes_first_and_what_is_empty_or_machinery_is_left_out() -> None:
    kit = Kit(
        submission={
            "type": "finding",
            "case": "C-1",
            "occurred_at": "2026-03-31T07:00:00Z",
            "data": {"zeal": 1, "none": None, "empty": {}, "text": "x"},
            "attachments": [ATTACHMENT],
        }
    )
    fields = list(shown_fields(kit.receipt().rows))
    assert fields == [
        ("/data/empty", "{}"),
        ("/data/none", "null"),
        ("/data/text", "x"),
        ("/data/zeal", "1"),
        ("/attachments/0/bytes", "3"),
        ("/attachments/0/media_type", "application/pdf"),
        ("/attachments/0/name", "a.pdf"),
        ("/attachments/0/sha256", "ab" * 32),
        ("/occurred_at", "2026-03-31T07:00:00Z"),
        ("/submitter/network_address", "10.1.2.3"),
    ]


def test_a_version_other_than_the_first_is_said() -> None:
    kit = Kit(submission={"case": "C-1", "data": "x", "version": 2})
    assert ("/version", "2") in list(shown_fields(kit.receipt().rows))
    assert ("/data", "x") in list(shown_fields(kit.receipt().rows))


def test_hidden_rows_say_nothing() -> None:
    rows = [row.closed() for row in Kit().receipt().rows if isinstance(row, Shown)]
    assert list(shown_fields(rows)) == []
