"""The envelope: exactly its members, each by its rule, and refusals that name field and rule."""

import json
from pathlib import Path
from typing import Any

import pytest

from liuhen.core.canonical import JsonObject, canonical
from liuhen.core.errors import MalformedJson, MalformedRecord
from liuhen.core.record import RULES, AfterBlock, check_record, parse_record
from liuhen.core.strict_json import Limits

VECTORS = json.loads(
    (Path(__file__).parents[2] / "vectors" / "evidence" / "commitment.json").read_bytes()
)
RECORD_ID = "01936b2e-7c00-7000-8000-000000000001"
DIGEST = "ab" * 32
ATTACHMENT = {"name": "报告.pdf", "media_type": "application/pdf", "bytes": 0, "sha256": DIGEST}


def record(**changes: Any) -> JsonObject:
    """Take the first vector's record and change members; "a__b" is member b of member a."""
    value: Any = json.loads(json.dumps(VECTORS[0]["record"]))
    for name, change in changes.items():
        place, _, inner = name.partition("__")
        if inner:
            value[place][inner] = change
        else:
            value[place] = change
    assert isinstance(value, dict)
    return value


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_every_vector_is_a_record(vector: dict[str, Any]) -> None:
    body = canonical(vector["record"])
    assert parse_record(body) == vector["record"]
    assert canonical(parse_record(body)) == body


@pytest.mark.parametrize(
    "changes",
    [
        {"occurred_at": None},
        {"occurred_at": "2024-02-29T00:00:00Z"},
        {"occurred_at": "2026-03-31T23:59:59.123456789-00:00"},
        {"type": "log.opened"},
        {"type": "a" * 64},
        {"type": "a0_.0_b.c"},
        {"case": "A-z_0.9"},
        {"case": "x" * 64},
        {"case_seq": 0, "case_prev": None},
        {"nonce": None},
        {"supersedes": RECORD_ID},
        {"version": 2**53 - 1},
        {"origin": "127.0.0.1:8080/logs/dev"},
        {"origin": "log_1.example/logs/jyg"},
        {"case_seq": 2**53 - 1},
        {"after_block__chain_id": 2**53 - 1},
        {"origin": "h" * 193 + "/logs/x"},
        {"links": [{"rel": "answers", "record": RECORD_ID}] * 2},
        {"attachments": [{**ATTACHMENT, "sm3": None}, {**ATTACHMENT, "sm3": DIGEST}]},
        {"data": None},
        {"data": "text"},
        {"data": []},
        {"after_block__number": 0},
    ],
)
def test_what_the_rules_allow_is_a_record(changes: dict[str, Any]) -> None:
    check_record(record(**changes))


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("/format", {"format": "audit-record/v2"}),
        ("/format", {"format": None}),
        ("/type", {"type": ""}),
        ("/type", {"type": "Bid"}),
        ("/type", {"type": "bid."}),
        ("/type", {"type": ".bid"}),
        ("/type", {"type": "bid..receipt"}),
        ("/type", {"type": "0bid"}),
        ("/type", {"type": "_bid"}),
        ("/type", {"type": "bid-receipt"}),
        ("/type", {"type": "bid\n"}),
        ("/type", {"type": "a" * 65}),
        ("/type", {"type": None}),
        ("/record_id", {"record_id": RECORD_ID.upper()}),
        ("/record_id", {"record_id": RECORD_ID.replace("-7000", "-4000")}),
        ("/record_id", {"record_id": RECORD_ID.replace("-8000", "-c000")}),
        ("/record_id", {"record_id": RECORD_ID.replace("-", "")}),
        ("/record_id", {"record_id": RECORD_ID + "\n"}),
        ("/record_id", {"record_id": f"{{{RECORD_ID}}}"}),
        ("/origin", {"origin": "log.example"}),
        ("/origin", {"origin": "Log.example/logs/jyg"}),
        ("/origin", {"origin": "log.example/logs/"}),
        ("/origin", {"origin": "/logs/jyg"}),
        ("/origin", {"origin": "log.example/logs/a/b"}),
        ("/origin", {"origin": "log.example/logs/a b"}),
        ("/origin", {"origin": "日志/logs/a"}),
        ("/origin", {"origin": "h" * 194 + "/logs/x"}),
        ("/occurred_at", {"occurred_at": "2026-03-31T15:40:00"}),
        ("/occurred_at", {"occurred_at": "2026-03-31T15:40+08:00"}),
        ("/occurred_at", {"occurred_at": "2026-03-31 15:40:00+08:00"}),
        ("/occurred_at", {"occurred_at": "2026-03-31t15:40:00z"}),
        ("/occurred_at", {"occurred_at": "2026-02-29T15:40:00Z"}),
        ("/occurred_at", {"occurred_at": "2026-13-01T15:40:00Z"}),
        ("/occurred_at", {"occurred_at": "0000-01-01T00:00:00Z"}),
        ("/occurred_at", {"occurred_at": "2026-03-31T24:00:00Z"}),
        ("/occurred_at", {"occurred_at": "2026-03-31T23:60:00Z"}),
        ("/occurred_at", {"occurred_at": "2026-12-31T23:59:60Z"}),
        ("/occurred_at", {"occurred_at": "2026-03-31T15:40:00.Z"}),
        ("/occurred_at", {"occurred_at": "2026-03-31T15:40:00.1234567890Z"}),
        ("/occurred_at", {"occurred_at": "2026-03-31T15:40:00+24:00"}),
        ("/occurred_at", {"occurred_at": "2026-03-31T15:40:00+0800"}),
        ("/occurred_at", {"occurred_at": "٢٠٢٦-03-31T15:40:00Z"}),
        ("/occurred_at", {"occurred_at": 1774942800}),
        ("/recorded_at", {"recorded_at": None}),
        ("/recorded_at", {"recorded_at": "2026-03-31T07:40:01Z"}),
        ("/recorded_at", {"recorded_at": "2026-03-31T07:40:01.25Z"}),
        ("/recorded_at", {"recorded_at": "2026-03-31T07:40:01.2500Z"}),
        ("/recorded_at", {"recorded_at": "2026-03-31T07:40:01.250+00:00"}),
        ("/recorded_at", {"recorded_at": "2026-04-31T07:40:01.250Z"}),
        ("/submitter", {"submitter": None}),
        ("/submitter/person", {"submitter__person": ""}),
        ("/submitter/system", {"submitter__system": 7}),
        ("/submitter/phone", {"submitter__phone": None}),
        ("/case", {"case": ""}),
        ("/case", {"case": "x" * 65}),
        ("/case", {"case": "案卷"}),
        ("/case", {"case": "a/b"}),
        ("/case_seq", {"case_seq": None}),
        ("/case_seq", {"case_seq": -1}),
        ("/case_seq", {"case_seq": True}),
        ("/case_seq", {"case_seq": 1.5}),
        ("/case_seq", {"case_seq": "4"}),
        ("/case_seq", {"case": None}),
        ("/case_prev", {"case": None, "case_seq": None}),
        ("/case_prev", {"case_prev": None}),
        ("/case_prev", {"case_seq": 0}),
        ("/case_prev", {"case_prev": "1" * 63}),
        ("/case_prev", {"case_prev": "A" * 64}),
        ("/after_block", {"after_block": None}),
        ("/after_block", {"after_block__hash": None}),
        ("/after_block/hash", {"after_block__hash": "2" * 64}),
        ("/after_block/chain_id", {"after_block__chain_id": 0}),
        ("/after_block/number", {"after_block__number": "17"}),
        ("/after_block/time", {"after_block__time": 1}),
        ("/after_block/chain_id", {"after_block__chain_id": 2**53}),
        ("/after_block/number", {"after_block__number": 2**53}),
        ("/case_seq", {"case_seq": 2**53}),
        ("/version", {"version": 2**53}),
        ("/version", {"version": 0}),
        ("/version", {"version": None}),
        ("/version", {"version": True}),
        ("/supersedes", {"supersedes": "x"}),
        ("/nonce", {"nonce": "0" * 31}),
        ("/nonce", {"nonce": "G" * 32}),
        ("/links", {"links": None}),
        ("/links", {"links": {}}),
        ("/links/0", {"links": ["x"]}),
        ("/links/0/record", {"links": [{"rel": "a"}]}),
        ("/links/1/rel", {"links": [{"rel": "a", "record": RECORD_ID}, {"record": RECORD_ID}]}),
        ("/links/0/rel", {"links": [{"rel": "", "record": RECORD_ID}]}),
        ("/attachments/0/sm3", {"attachments": [ATTACHMENT]}),
        ("/attachments/0/bytes", {"attachments": [{**ATTACHMENT, "sm3": None, "bytes": -1}]}),
        ("/attachments/0/bytes", {"attachments": [{**ATTACHMENT, "sm3": None, "bytes": 2**53}]}),
        ("/attachments/0/sha256", {"attachments": [{**ATTACHMENT, "sm3": None, "sha256": None}]}),
        ("/attachments/0/sm3", {"attachments": [{**ATTACHMENT, "sm3": "x" * 64}]}),
        ("/attachments/0/url", {"attachments": [{**ATTACHMENT, "sm3": None, "url": "x"}]}),
        ("/note", {"note": "x"}),
        ("/~", {"~": [None]}),
    ],
)
def test_a_refusal_names_the_field(field: str, changes: dict[str, Any]) -> None:
    with pytest.raises(MalformedRecord) as caught:
        check_record(record(**changes))
    assert caught.value.field == field
    assert caught.value.rule


@pytest.mark.parametrize("name", RULES)
def test_no_member_may_be_missing(name: str) -> None:
    value = record()
    del value[name]
    with pytest.raises(MalformedRecord, match="is missing") as caught:
        check_record(value)
    assert caught.value.field == f"/{name}"


@pytest.mark.parametrize("body", [b"[]", b"null", b'"audit-record/v1"', b"1"])
def test_only_an_object_is_a_record(body: bytes) -> None:
    with pytest.raises(MalformedRecord, match="must be an object"):
        parse_record(body)


def test_a_record_may_be_longer_than_a_submission_by_its_envelope() -> None:
    body = canonical(record(data="x" * 5000))
    parse_record(body, Limits(body_bytes=5000))
    with pytest.raises(MalformedJson, match="bytes"):
        parse_record(body + b" " * 2**21, Limits(body_bytes=5000))


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("/after_block/chain_id", (None, 1, "0x" + DIGEST)),
        ("/after_block/chain_id", (0, 1, "0x" + DIGEST)),
        ("/after_block/number", (1, -1, "0x" + DIGEST)),
        ("/after_block/number", (1, 2**53, "0x" + DIGEST)),
        ("/after_block/chain_id", (2**53, 1, "0x" + DIGEST)),
        ("/after_block/hash", (1, 0, DIGEST)),
        ("/after_block/hash", (1, 0, "0x" + DIGEST.upper())),
    ],
)
def test_a_block_that_breaks_a_rule_cannot_be_made(field: str, values: tuple[Any, ...]) -> None:
    with pytest.raises(MalformedRecord) as caught:
        AfterBlock(*values)
    assert caught.value.field == field
