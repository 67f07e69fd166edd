"""Whether a file is the submission that a record was made from."""

import hashlib
from typing import Any

import pytest

from liuhen.core.canonical import canonical
from liuhen.core.sent_members import PLACES, is_submission, sent_members
from liuhen.core.strict_json import parse_json
from tests.receipt_kit import Kit

DIGEST = "ab" * 32
ATTACHMENT = {"name": "a.pdf", "media_type": "application/pdf", "bytes": 3, "sha256": DIGEST}
SENT: dict[str, Any] = {
    "type": "score_sheet",
    "case": "SLZX-2026-0031",
    "data": {"seat": "E1"},
    "submitter": {"person": "P1"},
    "attachments": [ATTACHMENT],
}
RECORD: Any = parse_json(Kit(submission=SENT).sealed.record_bytes)


def is_it(value: Any) -> bool:
    members = sent_members(value)
    return members is not None and is_submission(members, RECORD)


def test_what_was_sent_is_recognised_and_so_is_a_part_with_the_data() -> None:
    assert is_it(SENT)
    for name in SENT.keys() - {"data"}:
        assert is_it({key: value for key, value in SENT.items() if key != name}), name


@pytest.mark.parametrize(
    "change",
    [
        {"data": {"seat": "E2"}},
        {"case": "SLZX-2026-0032"},
        {"case": None},
        {"type": "generic"},
        {"submitter": {"person": "P2"}},
        {"submitter": {"person": "P1", "system": "S"}},
        {"submitter": None},
        {"submitter": []},
        {"attachments": []},
        {"attachments": [{**ATTACHMENT, "sm3": "cd" * 32}]},
        {"attachments": {"0": ATTACHMENT}},
        {"attachments": [DIGEST]},
        {"version": 2},
        {"recorded_at": RECORD["recorded_at"]},
        {"submitter": {"network_address": "10.1.2.3"}},
        {"comment": 1},
    ],
)
def test_one_that_says_something_else_is_not(change: dict[str, Any]) -> None:
    assert not is_it({**SENT, **change})


@pytest.mark.parametrize("value", [None, [], "data", {}, {"type": "score_sheet"}, [SENT]])
def test_what_is_no_submission_has_no_members(value: Any) -> None:
    assert sent_members(value) is None


def test_a_submission_that_leaves_nothing_out_is_recognised() -> None:
    everything: Any = {
        **SENT,
        "links": [],
        "nonce": "1",
        "occurred_at": "2026-03-31T07:40:00.000Z",
        "supersedes": None,
        "version": 1,
        "submitter": {"organisation": "O1", "person": "P1", "system": "S1"},
    }
    members = sent_members(everything)
    assert members is not None
    assert members.keys() == set(PLACES)
    record: Any = {**everything, "attachments": [{**ATTACHMENT, "sm3": None}]}
    assert is_submission(members, record)


def test_digests_without_data_prove_nothing() -> None:
    case = hashlib.sha256(canonical("SLZX-2026-0031")).digest()
    assert not is_submission({"case": case}, RECORD)
    assert not is_submission({}, RECORD)
