"""What a client may send, and that preparing and completing give the plain commitment."""

import hashlib
import json
import pickle
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liuhen.core.canonical import JsonObject, JsonValue, canonical
from liuhen.core.commitment import commit, rows_text_of
from liuhen.core.disclosure import parse_rows
from liuhen.core.errors import MalformedJson, MalformedRecord
from liuhen.core.receipt import RECEIPT_LIMITS
from liuhen.core.record import AfterBlock, parse_record
from liuhen.core.strict_json import Limits, parse_json
from liuhen.core.submission import Draft, parse_submission, prepare

VECTORS = json.loads(
    (Path(__file__).parents[2] / "vectors" / "evidence" / "commitment.json").read_bytes()
)
RECORD_ID = "01936b2e-7c00-7000-8000-000000000001"
SECRET = bytes(range(32))
NONCE = "00" * 16
TIME = "2026-03-31T07:40:01.250Z"
BLOCK = AfterBlock(20231, 17, "0x" + "22" * 32)
DIGEST = "ab" * 32
ATTACHMENT: JsonObject = {
    "name": "报告.pdf",
    "media_type": "application/pdf",
    "bytes": 9,
    "sha256": DIGEST,
}
SENT = ("type", "case", "occurred_at", "version", "supersedes", "nonce", "links", "attachments")

TEXTS = st.text(st.characters(codec="utf-8"), max_size=5)
NUMBERS = st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(-1e15, 1e15)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=12) | st.dictionaries(TEXTS, inner, max_size=12),
    max_leaves=40,
)


def draft(
    submission: JsonValue, *, address: str | None = None, nonce: str | None = NONCE, **more: Any
) -> Draft:
    return prepare(
        json.dumps(submission, ensure_ascii=False).encode(),
        origin="log.example/logs/jyg",
        record_id=RECORD_ID,
        secret=SECRET,
        nonce=nonce,
        network_address=address,
        **more,
    )


def refused(body: JsonValue, **more: Any) -> MalformedRecord:
    with pytest.raises(MalformedRecord) as caught:
        draft(body, **more)
    return caught.value


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_a_vector_sent_and_completed_is_the_vector(vector: dict[str, Any]) -> None:
    record, secret = vector["record"], bytes.fromhex(vector["secret"])
    submitter = {k: v for k, v in record["submitter"].items() if k != "network_address"}
    sent = {name: record[name] for name in (*SENT, "data")} | {"submitter": submitter}
    prepared = prepare(
        json.dumps(sent).encode(),
        origin=record["origin"],
        record_id=record["record_id"],
        secret=secret,
        nonce=None,
        network_address=record["submitter"]["network_address"],
    )
    block = AfterBlock(**record["after_block"]) if record["after_block"]["hash"] else None
    sealed = prepared.complete(
        record["recorded_at"], record["case_seq"], record["case_prev"], block
    )
    assert sealed.commitment.hex() == vector["commitment"]
    assert hashlib.sha256(sealed.record_bytes).hexdigest() == vector["canonical_sha256"]
    assert sealed.rows_text.encode() == canonical(vector["rows"])
    assert prepared.leaf_count == vector["leaf_count"]
    assert rows_text_of(sealed.record_bytes, secret) == sealed.rows_text


@given(
    VALUES,
    st.none() | st.tuples(st.just("C-1"), st.sampled_from([(0, None), (3, DIGEST)])),
    st.none() | st.just(BLOCK),
    st.lists(st.just({"rel": "答复", "record": RECORD_ID}), max_size=12),
    st.lists(st.sampled_from([ATTACHMENT, {**ATTACHMENT, "sm3": DIGEST}]), max_size=11),
)
def test_the_quick_way_and_the_plain_way_agree(
    data: JsonValue,
    case: tuple[str, tuple[int, str | None]] | None,
    block: AfterBlock | None,
    links: list[JsonValue],
    attachments: list[JsonValue],
) -> None:
    body: dict[str, JsonValue] = {"data": data, "links": links, "attachments": attachments}
    name, (seq, prev) = case or (None, (None, None))
    sealed = draft(body | {"case": name}).complete(TIME, seq, prev, block)
    record = parse_record(sealed.record_bytes)
    assert canonical(record) == sealed.record_bytes
    plain = commit(record, SECRET)
    assert sealed.commitment == plain.commitment
    assert sealed.rows_text.encode() == canonical(plain.rows)
    assert rows_text_of(sealed.record_bytes, SECRET) == sealed.rows_text
    assert parse_json(sealed.rows_text.encode()) == plain.rows
    assert record["data"] == data


def test_what_the_client_leaves_out_is_filled_in() -> None:
    sealed = draft({"data": {"x": 1}}, address="10.1.2.3").complete(TIME)
    record = parse_record(sealed.record_bytes)
    assert record == {
        "format": "audit-record/v1",
        "type": "generic",
        "record_id": RECORD_ID,
        "origin": "log.example/logs/jyg",
        "occurred_at": None,
        "recorded_at": TIME,
        "submitter": {
            "organisation": None,
            "system": None,
            "person": None,
            "network_address": "10.1.2.3",
        },
        "case": None,
        "case_seq": None,
        "case_prev": None,
        "after_block": {"chain_id": None, "number": None, "hash": None},
        "version": 1,
        "supersedes": None,
        "nonce": NONCE,
        "links": [],
        "attachments": [],
        "data": {"x": 1},
    }


def test_whatever_the_client_may_send_stands_in_the_record_as_it_was_sent() -> None:
    submitter: JsonObject = {"organisation": "某局", "system": "评标系统", "person": "经办人-07"}
    sent: JsonObject = {
        "type": "bid.receipt",
        "case": "C-1",
        "occurred_at": "2026-03-31T15:40:00+08:00",
        "version": 2,
        "supersedes": RECORD_ID,
        "nonce": "1" * 32,
        "links": links(2),
        "attachments": [{**ATTACHMENT, "sm3": DIGEST}],
        "data": {"x": 1},
    }
    record = parse_record(draft({**sent, "submitter": submitter}).complete(TIME, 0).record_bytes)
    assert {name: record[name] for name in sent} == sent
    assert record["submitter"] == {**submitter, "network_address": None}


def test_the_nonce_of_the_client_comes_first() -> None:
    own = "1" * 32
    record = parse_record(draft({"data": 1, "nonce": own}).complete(TIME).record_bytes)
    assert record["nonce"] == own
    record = parse_record(draft({"data": 1}, nonce=None).complete(TIME).record_bytes)
    assert record["nonce"] is None


def test_an_attachment_without_sm3_gets_null() -> None:
    record = parse_record(
        draft({"data": 1, "attachments": [ATTACHMENT]}).complete(TIME).record_bytes
    )
    assert record["attachments"] == [{**ATTACHMENT, "sm3": None}]


def test_a_draft_says_what_the_service_looks_up() -> None:
    sm3 = "cd" * 32
    body: JsonObject = {
        "type": "bid.receipt",
        "case": "C-1",
        "occurred_at": "2026-03-31T15:40:00+08:00",
        "supersedes": RECORD_ID,
        "attachments": [ATTACHMENT, {**ATTACHMENT, "sm3": sm3}],
        "data": {"金额": "43.00", "a": [1.50, {}]},
    }
    made = draft(body)
    assert (made.type, made.record_id, made.case) == ("bid.receipt", RECORD_ID, "C-1")
    assert (made.occurred_at, made.supersedes) == (body["occurred_at"], RECORD_ID)
    assert made.data == body["data"]
    assert made.data_digest == hashlib.sha256(canonical(made.data)).digest()
    assert made.submission_digest == hashlib.sha256(canonical(body)).digest()
    both = bytes.fromhex(DIGEST)
    assert made.attachment_digests == (both, both, bytes.fromhex(sm3))
    assert made.secret == SECRET
    shown = repr(made)
    assert "43.00" not in shown
    assert repr(SECRET) not in shown


def test_completing_is_pure_and_a_draft_travels_between_processes() -> None:
    made = draft({"data": list(range(50)), "case": "C-1"})
    first = made.complete(TIME, 0)
    other = made.complete(TIME, 1, DIGEST, BLOCK)
    assert first.commitment != other.commitment
    assert made.complete(TIME, 0) == first
    assert pickle.loads(pickle.dumps(made)).complete(TIME, 1, DIGEST, BLOCK) == other


@pytest.mark.parametrize(
    ("field", "arguments"),
    [
        ("/recorded_at", ("2026-03-31T07:40:01Z", 0)),
        ("/case_seq", (TIME,)),
        ("/case_seq", (TIME, -1)),
        ("/case_prev", (TIME, 1)),
        ("/case_prev", (TIME, 0, DIGEST)),
        ("/case_prev", (TIME, 1, "x" * 64)),
    ],
)
def test_the_writer_is_held_to_the_rules(field: str, arguments: tuple[Any, ...]) -> None:
    with pytest.raises(MalformedRecord) as caught:
        draft({"data": 1, "case": "C-1"}).complete(*arguments)
    assert caught.value.field == field


def test_a_record_without_a_case_takes_no_number() -> None:
    with pytest.raises(MalformedRecord):
        draft({"data": 1}).complete(TIME, 0)


@pytest.mark.parametrize(
    ("field", "body"),
    [
        ("", []),
        ("/data", {}),
        ("/data", {"type": "generic"}),
        ("/recorded_at", {"data": 1, "recorded_at": TIME}),
        ("/record_id", {"data": 1, "record_id": RECORD_ID}),
        ("/extra", {"data": 1, "extra": 1}),
        ("/type", {"data": 1, "type": None}),
        ("/type", {"data": 1, "type": "Generic"}),
        ("/type", {"data": 1, "type": "log.opened"}),
        ("/type", {"data": 1, "type": "log."}),
        ("/case", {"data": 1, "case": "项目"}),
        ("/version", {"data": 1, "version": 0}),
        ("/submitter", {"data": 1, "submitter": None}),
        ("/submitter/network_address", {"data": 1, "submitter": {"network_address": "x"}}),
        ("/submitter/person", {"data": 1, "submitter": {"person": 1}}),
        ("/links/0/record", {"data": 1, "links": [{"rel": "x"}]}),
        ("/attachments/0/name", {"data": 1, "attachments": [{}]}),
        ("/attachments/0/bytes", {"data": 1, "attachments": [{"name": "x"}]}),
        ("/nonce", {"data": 1, "nonce": "x"}),
        ("/occurred_at", {"data": 1, "occurred_at": "yesterday"}),
    ],
)
def test_a_submission_is_refused_by_the_name_of_the_field(field: str, body: JsonValue) -> None:
    error = refused(body)
    if field.startswith("/attachments"):
        assert error.field.startswith("/attachments/0/")
    else:
        assert error.field == field


def test_types_beginning_log_are_the_service_s_own() -> None:
    body: JsonObject = {"data": 1, "type": "log.opened"}
    assert draft(body, own_types=True).type == "log.opened"
    assert parse_submission(json.dumps(body).encode(), own_types=True) == body
    with pytest.raises(MalformedRecord):
        parse_submission(json.dumps(body).encode())
    assert draft({"data": 1, "type": "logbook.page"}).type == "logbook.page"


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("/origin", {"origin": "nowhere"}),
        ("/record_id", {"record_id": "x"}),
        ("/nonce", {"nonce": "x"}),
        ("/submitter/network_address", {"network_address": ""}),
    ],
)
def test_the_service_is_held_to_the_rules(field: str, changes: dict[str, Any]) -> None:
    right = {"origin": "a/logs/b", "record_id": RECORD_ID, "secret": SECRET, "nonce": NONCE}
    with pytest.raises(MalformedRecord) as caught:
        prepare(b'{"data":1}', **{**right, **changes})
    assert caught.value.field == field


def test_a_secret_of_another_length_is_our_own_mistake() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        prepare(b'{"data":1}', origin="a/logs/b", record_id=RECORD_ID, secret=b"", nonce=None)


def test_what_is_not_strict_json_is_refused_with_its_place() -> None:
    with pytest.raises(MalformedJson) as caught:
        parse_submission(b'{"data":{"a":1e400}}')
    assert (caught.value.path, caught.value.offset) == ("/data/a", 13)


def test_65536_leaves_pass_and_one_more_does_not() -> None:
    room = 65_536 - draft({"data": [0]}).leaf_count + 1
    made = draft({"data": [0] * room})
    assert made.leaf_count == 65_536
    sealed = made.complete(TIME)
    assert sealed.commitment == commit(parse_record(sealed.record_bytes), SECRET).commitment
    assert "65536 field leaves" in refused({"data": [0] * (room + 1)}).rule
    assert "65536 field leaves" in refused({"data": [[0] * room, 0]}).rule
    assert "65536 field leaves" in refused({"data": [0] * room, "links": links(1)}).rule


def test_the_leaves_of_the_envelope_count_and_the_limits_of_a_body_apply() -> None:
    body: JsonObject = {"data": [0, 1, 2], "links": links(1)}
    limits = Limits(leaves=draft(body).leaf_count, depth=3, values=12)
    assert draft(body, limits=limits).leaf_count == limits.leaves
    assert "field leaves" in refused({**body, "data": [0, 1, 2, 3]}, limits=limits).rule
    too_much: list[tuple[JsonValue, str]] = [([[[0]]], "3 levels"), ([0] * 12, "12 values")]
    for data, rule in too_much:
        with pytest.raises(MalformedJson, match=rule):
            parse_submission(json.dumps({"data": data}).encode(), limits)
        with pytest.raises(MalformedJson, match=rule):
            draft({"data": data}, limits=limits)


def links(count: int) -> list[JsonValue]:
    return [{"rel": "x", "record": RECORD_ID} for _ in range(count)]


def test_a_path_of_64_kib_passes_and_one_byte_more_does_not() -> None:
    longest = "k" * (64 * 2**10 - len('["data",""]'))
    draft({"data": {longest: 1}})
    assert "65536 bytes" in refused({"data": {longest + "k": 1}}).rule
    assert "65536 bytes" in refused({"data": {longest: {"a": {"b": 1}}}}).rule


def test_a_long_name_over_many_leaves_is_refused_before_its_paths_are_made() -> None:
    error = refused({"data": {"k" * 60_000: [0] * 60_000}})
    assert "together" in error.rule
    limits = Limits(path_sum_bytes=2_000, path_sum_factor=1)
    draft({"data": {"k" * 100: [0] * 10}}, limits=limits)
    assert "together" in refused({"data": {"k" * 100: [0] * 90}}, limits=limits).rule
    assert "together" in refused({"data": {"k" * 900: [0, {"a": 1}]}}, limits=limits).rule
    longer = Limits(path_sum_bytes=0, path_sum_factor=8)
    draft({"data": "x" * 100}, limits=longer)
    assert "together" in refused({"data": {"a" * 20: {"b": [0] * 9}}}, limits=longer).rule


def test_256_levels_can_be_committed() -> None:
    value: JsonValue = 1
    for _ in range(255):
        value = [value]
    sealed = draft({"data": value}).complete(TIME)
    assert sealed.commitment == commit(parse_record(sealed.record_bytes), SECRET).commitment
    with pytest.raises(MalformedJson, match="256 levels"):
        draft({"data": [value]})


def test_real_input_becomes_a_record(shared_data: Path) -> None:
    files = sorted((shared_data / "ocds").rglob("*.json"))
    assert files
    for file in files:
        body = b'{"data":' + file.read_bytes() + b"}"
        made = prepare(body, origin="a/logs/b", record_id=RECORD_ID, secret=SECRET, nonce=NONCE)
        sealed = made.complete(TIME)
        record = parse_record(sealed.record_bytes)
        assert record["data"] == json.loads(file.read_bytes())
        assert sealed.commitment == commit(record, SECRET).commitment


def test_what_would_open_a_record_is_not_in_the_text_of_its_draft() -> None:
    made = draft({"data": {"score": "92.50"}, "attachments": [ATTACHMENT]})
    text = repr(made)
    for hidden in (made.secret, made.data_digest, made.submission_digest, *made.attachment_digests):
        assert repr(hidden) not in text
    assert "92.50" not in text
    assert RECORD_ID in text


def test_a_record_whose_receipt_nobody_could_read_is_refused() -> None:
    deep: JsonValue = [0] * 65_000
    for _ in range(30):
        deep = [deep]
    assert "steps together" in refused({"data": deep}).rule
    wide = draft({"data": [[[[0] * 65_000]]]}).complete(TIME)
    assert len(parse_rows(parse_json(wide.rows_text.encode(), RECEIPT_LIMITS))) > 65_000
