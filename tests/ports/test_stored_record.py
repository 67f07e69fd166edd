from liuhen.ports import StoredRecord


def test_what_would_open_a_stored_record_is_not_in_its_text() -> None:
    stored = StoredRecord(7, "number", b"the body", b"the secret", "type", None, None, "time")
    assert "the body" not in repr(stored)
    assert "the secret" not in repr(stored)
    assert "number" in repr(stored)
