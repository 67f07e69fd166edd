"""Reading JSON, records, commitments, disclosures, the case map, entries and slots."""

import hashlib
from typing import Any

from tests.reference import case_map, commitment, jcs

RECORD_ID = "01936b2e-7c00-7000-8000-000000000001"
ORIGIN = "audit.example.org/logs/procurement"
SECRET = bytes(range(32))
RECORD: dict[str, Any] = {
    "format": "audit-record/v1",
    "type": "score_sheet",
    "record_id": RECORD_ID,
    "origin": ORIGIN,
    "occurred_at": None,
    "recorded_at": "2026-03-31T07:40:01.250Z",
    "submitter": {"organisation": None, "system": None, "person": None, "network_address": None},
    "case": "SLZX-2026-0031",
    "case_seq": 1,
    "case_prev": "ab" * 32,
    "after_block": {"chain_id": None, "number": None, "hash": None},
    "version": 1,
    "supersedes": None,
    "nonce": "000102030405060708090a0b0c0d0e0f",
    "links": [],
    "attachments": [],
    "data": {"scores": [{"price": "43.00"}, {"price": "41.30"}], "\U00020000": 1, "\uff08": 2},
}

READING = [
    ("plain", '{"a":[1,"x",null,true,{}]}'),
    ("white space", ' {\t"a" :\r\n1 } '),
    ("0.1", "[0.1]"),
    ("1e2 is 100", "[1e2]"),
    ("1.0 is 1", "[1.0]"),
    ("-0 is 0", "[-0]"),
    ("0.10 is 0.1", "[0.10]"),
    ("the largest integer", "[9007199254740991]"),
    ("the smallest integer", "[-9007199254740991]"),
    ("one more", "[9007199254740992]"),
    ("one less", "[-9007199254740992]"),
    ("1e20 prints as an integer", "[1e20]"),
    ("1e21 prints with an exponent", "[1e21]"),
    ("1e400 overflows", "[1e400]"),
    ("1e-400 becomes zero", "[1e-400]"),
    ("too many digits", "[0.1000000000000000055]"),
    ("the smallest double", "[5e-324]"),
    ("NaN", "[NaN]"),
    ("Infinity", "[-Infinity]"),
    ("a member twice", '{"a":1,"a":1}'),
    ("a member twice, escaped", '{"a":1,"\\u0061":2}'),
    ("half a surrogate pair", '["\\ud83d"]'),
    ("halves in the wrong order", '["\\ude00\\ud83d"]'),
    ("a surrogate pair", '["\\ud83d\\ude00"]'),
    ("half a pair in a name", '{"\\ud83d":1}'),
    ("escapes", '["\\u0000\\b\\/\\"\\\\\\u20ac"]'),
    ("byte-order mark", "\ufeff[]"),
    ("text after the end", "[] []"),
    ("a comma at the end", "[1,]"),
    ("single quotes", "['a']"),
    ("a comment", "[1 /* one */]"),
    ("a leading zero", "[01]"),
    ("a plus sign", "[+1]"),
    ("no digit before the point", "[.5]"),
    ("no digit after the point", "[5.]"),
    ("hexadecimal", "[0x1]"),
    ("underscores", "[1_000]"),
    ("other digits", "[\u0663]"),
    ("a raw newline in a string", '["a\nb"]'),
    ("256 levels", "[" * 256 + "]" * 256),
    ("257 levels", "[" * 257 + "]" * 257),
    ("nothing", ""),
    ("U+20000 and U+FF08 as names", '{"\uff08":1,"\U00020000":2}'),
]
RAW = [
    ("bytes that are not UTF-8", b'["\xff"]'),
    ("UTF-8 of a surrogate", b'["\xed\xa0\x80"]'),
    ("an overlong spelling", b'["\xc0\xaf"]'),
]

RECORDS: list[tuple[str, str, dict[str, Any], bool]] = [
    ("as it is", "a record", {}, True),
    (
        "no case",
        "case, number and predecessor all null",
        {"case": None, "case_seq": None, "case_prev": None},
        True,
    ),
    ("first of its case", "no predecessor", {"case_seq": 0, "case_prev": None}, True),
    ("first with a predecessor", "case_prev must be null at 0", {"case_seq": 0}, False),
    ("later without a predecessor", "case_prev must not be null", {"case_prev": None}, False),
    ("a number without a case", "case_seq must be null", {"case": None, "case_prev": None}, False),
    ("another format", "v2", {"format": "audit-record/v2"}, False),
    ("type with a capital", "lower case only", {"type": "Score"}, False),
    ("type of 65 characters", "at most 64", {"type": "a" * 65}, False),
    (
        "UUID of version 4",
        "version 7 only",
        {"record_id": "01936b2e-7c00-4000-8000-000000000001"},
        False,
    ),
    ("UUID in capitals", "lower case only", {"record_id": RECORD_ID.upper()}, False),
    ("origin with a capital", "lower case only", {"origin": "Audit.example.org/logs/x"}, False),
    (
        "origin without logs",
        "<host>/logs/<name>",
        {"origin": "audit.example.org/procurement"},
        False,
    ),
    ("two decimals", "exactly three", {"recorded_at": "2026-03-31T07:40:01.25Z"}, False),
    ("an offset", "recorded_at is in UTC", {"recorded_at": "2026-03-31T15:40:01.250+08:00"}, False),
    ("30 February", "no such day", {"recorded_at": "2026-02-30T07:40:01.250Z"}, False),
    ("second 60", "no leap seconds", {"recorded_at": "2026-03-31T07:40:60.250Z"}, False),
    ("occurred with an offset", "any offset", {"occurred_at": "2026-03-31T15:40:01+08:00"}, True),
    (
        "occurred without seconds",
        "seconds are needed",
        {"occurred_at": "2026-03-31T15:40+08:00"},
        False,
    ),
    ("version 0", "from 1", {"version": 0}, False),
    ("version as text", "an integer", {"version": "1"}, False),
    ("version true", "true is no integer", {"version": True}, False),
    ("case of 65 characters", "at most 64", {"case": "A" * 65}, False),
    ("case with a slash", "A-Z a-z 0-9 . _ -", {"case": "A/1"}, False),
    ("short nonce", "128 bits", {"nonce": "00"}, False),
    ("nonce in capitals", "lower case", {"nonce": "AB" * 16}, False),
    ("an unknown member", "no other members", {"extra": None}, False),
    (
        "half a block",
        "known in all members or in none",
        {"after_block": {"chain_id": 1, "number": None, "hash": None}},
        False,
    ),
    (
        "a whole block",
        "known",
        {"after_block": {"chain_id": 1, "number": 5, "hash": "0x" + "ab" * 32}},
        True,
    ),
    (
        "block hash without 0x",
        "0x and 64 digits",
        {"after_block": {"chain_id": 1, "number": 5, "hash": "ab" * 32}},
        False,
    ),
    ("a submitter less", "all members always", {"submitter": {"organisation": None}}, False),
    (
        "an empty text",
        "null, not empty",
        {"submitter": {**RECORD["submitter"], "person": ""}},
        False,
    ),
    ("a link", "rel and record", {"links": [{"rel": "corrects", "record": RECORD_ID}]}, True),
    ("a link to nothing", "record is needed", {"links": [{"rel": "corrects"}]}, False),
    (
        "an attachment",
        "sm3 may be null",
        {
            "attachments": [
                {"name": "a", "media_type": "b", "bytes": 0, "sha256": "ab" * 32, "sm3": None}
            ]
        },
        True,
    ),
    (
        "an attachment of -1 bytes",
        "from 0",
        {
            "attachments": [
                {"name": "a", "media_type": "b", "bytes": -1, "sha256": "ab" * 32, "sm3": None}
            ]
        },
        False,
    ),
    ("data null", "whatever was submitted", {"data": None}, True),
]


def reading() -> list[dict[str, Any]]:
    bodies = [(name, text.encode()) for name, text in READING] + RAW
    return [_read(name, body) for name, body in bodies]


def _read(name: str, body: bytes) -> dict[str, Any]:
    vector: dict[str, Any] = {"name": name, "body_hex": body.hex()}
    try:
        value = jcs.read(body)
    except jcs.Refused as refused:
        return {**vector, "why": str(refused), "accept": False}
    return {**vector, "why": "", "accept": True, "canonical_hex": jcs.canonical(value).hex()}


def records() -> list[dict[str, Any]]:
    made = [
        {"name": name, "why": why, "record": {**RECORD, **change}, "accept": accept}
        for name, why, change, accept in RECORDS
    ]
    for member in RECORD:
        less = {name: value for name, value in RECORD.items() if name != member}
        made.append(
            {
                "name": f"without {member}",
                "why": "every member always",
                "record": less,
                "accept": False,
            }
        )
    return made


def commitments() -> list[dict[str, Any]]:
    made = [_committed("a record", RECORD, padded=False), _committed("padded", RECORD, padded=True)]
    many = {**RECORD, "data": list(range(60))}
    made.append(_committed("padded to 128", many, padded=True))
    for count in range(1, 66):
        value = {"record_id": RECORD_ID, **{f"m{n:02d}": n for n in range(count - 1)}}
        made.append(_committed(f"{count} leaves", value, padded=False))
    return made


def _committed(name: str, record: dict[str, Any], *, padded: bool) -> dict[str, Any]:
    rows = commitment.rows_of(record, SECRET, padded=padded)
    vector = {
        "name": name,
        "why": f"{len(rows)} leaves",
        "record": record,
        "secret": SECRET.hex(),
        "padded": padded,
        "commitment": commitment.commitment_of(rows).hex(),
    }
    if name in ("a record", "padded"):
        hashes = [commitment.value_hash(bytes.fromhex(row[1]), row[2]).hex() for row in rows]
        vector |= {
            "rows": rows,
            "value_hashes": hashes,
            "leaves": [commitment.closed(r) for r in rows],
        }
    return vector


def disclosures() -> list[dict[str, Any]]:
    rows = commitment.rows_of(RECORD, SECRET)
    entry = commitment.commitment_of(rows)
    hidden = [commitment.withheld(row) if row[0][0] == "data" else row for row in rows]
    partly = [commitment.closed(row) if row[0][0] == "data" else row for row in rows]
    at = next(i for i, row in enumerate(rows) if row[0][:2] == ["data", "scores"])
    salt, digest = "00" * 16, "00" * 32
    lies: list[tuple[str, str, list[Any]]] = [
        ("all shown", "every row with its salt", rows),
        ("withheld", "the values of data are hidden", hidden),
        ("closed", "the names in data are hidden too", partly),
        ("a changed value", "f", [*rows[:at], [*rows[at][:2], "44.00"], *rows[at + 1 :]]),
        ("a changed salt", "f", [*rows[:at], [rows[at][0], salt, rows[at][2]], *rows[at + 1 :]]),
        ("a row less", "f", rows[:-1]),
        ("a closed row less", "f", [row for row in partly if row != partly[at]]),
        (
            "two closed rows swapped",
            "f",
            [*partly[:at], partly[at + 1], partly[at], *partly[at + 2 :]],
        ),
        (
            "a salt of 15 bytes",
            "a",
            [*rows[:at], [rows[at][0], salt[2:], rows[at][2]], *rows[at + 1 :]],
        ),
        (
            "a salt in capitals",
            "a",
            [*rows[:at], [rows[at][0], "AB" * 16, rows[at][2]], *rows[at + 1 :]],
        ),
        ("a value hash of 31 bytes", "a", [*rows[:at], [rows[at][0], digest[2:]], *rows[at + 1 :]]),
        ("a closed row of 33 bytes", "a", [*rows[:at], digest + "00", *rows[at + 1 :]]),
        ("a row of four", "a", [*rows[:at], [*rows[at], 0], *rows[at + 1 :]]),
        ("a path of nothing", "a", [[[], salt, 1], *rows]),
        ("a path that begins with a position", "a", [[[0], salt, 1], *rows]),
        ("a negative position", "a", [*rows[:at], [["data", -1], salt, 1], *rows[at + 1 :]]),
        ("two rows swapped", "b", [*rows[:at], rows[at + 1], rows[at], *rows[at + 2 :]]),
        ("a field twice", "b", [*rows[: at + 1], *rows[at:]]),
        ("a value and a container", "c", _sorted([*rows, [["data", "scores", 0], digest]])),
        ("an empty object with members", "c", _sorted([*rows, [["data"], salt, {}]])),
        ("names and positions", "d", _sorted([*rows, [["data", 0], digest]])),
        (
            "an array with a gap",
            "d",
            _sorted([row for row in rows if row[0][:3] != ["data", "scores", 0]]),
        ),
        ("a withheld gap", "d", _sorted([*hidden, [["data", "scores", 3, "price"], digest]])),
        ("a value that is a container", "e", [*rows[:at], [*rows[at][:2], [1]], *rows[at + 1 :]]),
        ("nothing", "form", []),
    ]
    return [_disclosed(name, why, each, entry) for name, why, each in lies] + _not_records()


def _not_records() -> list[dict[str, Any]]:
    """Rows that commit, and are the rows of no record: rule (g)."""
    changes: dict[str, Any] = {
        "a member too many": {**RECORD, "more": 1},
        "a member too few": {name: value for name, value in RECORD.items() if name != "nonce"},
        "another format": {**RECORD, "format": "audit-record/v2"},
        "padding to no power of two": {**RECORD, "~": [None]},
    }
    made = []
    for name, record in changes.items():
        rows = commitment.rows_of(record, SECRET)
        entry = commitment.commitment_of(rows).hex()
        made.append(
            {"name": name, "why": "g", "rows": rows, "commitment": entry, "expected": "different"}
        )
    return made


def _disclosed(name: str, why: str, rows: list[Any], entry: bytes) -> dict[str, Any]:
    fault = commitment.find_fault(rows)
    if fault:
        expected = "malformed"
        assert fault == why, (name, fault)
    else:
        expected = "ok" if commitment.commitment_of(rows) == entry else "different"
        assert (expected == "different") == (why == "f"), name
    return {"name": name, "why": why, "rows": rows, "commitment": entry.hex(), "expected": expected}


def _sorted(rows: list[Any]) -> list[Any]:
    return sorted(rows, key=lambda row: jcs.canonical(row[0]))


def maps() -> list[dict[str, Any]]:
    made = []
    for count in (0, 1, 2, 3, 5, 17):
        cases = [
            {
                "case": f"SLZX-2026-{n:04d}",
                "salt": hashlib.sha256(b"salt%d" % n).hexdigest()[:32],
                "count": n + 1,
                "head": hashlib.sha256(b"head%d" % n).hexdigest(),
            }
            for n in range(count)
        ]
        values = {
            case_map.case_key(ORIGIN, str(c["case"])): case_map.case_value(
                bytes.fromhex(str(c["salt"])), int(str(c["count"])), bytes.fromhex(str(c["head"]))
            )
            for c in cases
        }
        root = case_map.map_root(values)
        for c, (key, value) in zip(cases, values.items(), strict=True):
            c |= {"key": key.hex(), "value": value.hex()}
            c["path"] = [each.hex() for each in case_map.map_path(values, key)]
        size = 10 * count + 2
        made.append(
            {
                "name": f"{count} cases",
                "why": "path: siblings from the root down to the leaf",
                "origin": ORIGIN,
                "cases": cases,
                "map_root": root.hex(),
                "size": size,
                "map_head_entry": case_map.map_head_entry(size - 1, root).hex(),
            }
        )
    return made


def slots() -> list[dict[str, Any]]:
    made = []
    for name, tick, positions in (
        ("alone", 1, [5]),
        ("neighbours", 2, [0, 1]),
        ("far", 2**40, [0, 2**20 - 1, 77]),
    ):
        entries = {at: hashlib.sha256(b"bid %d" % at).digest() for at in positions}
        tree = case_map.SlotTree(bytes(range(32)), tick, entries)
        records = [
            {
                "position": at,
                "commitment": entries[at].hex(),
                "path": [h.hex() for h in tree.path(at)],
            }
            for at in positions
        ]
        root = tree.root()
        made.append(
            {
                "name": name,
                "why": "path: siblings from the leaf up; absent subtrees are HMACs",
                "tick": tick,
                "slot_key": bytes(range(32)).hex(),
                "records": records,
                "slot_root": root.hex(),
                "entry": case_map.slot_entry(tick, root).hex(),
            }
        )
    return made


def files() -> dict[str, Any]:
    return {
        "reading.json": reading(),
        "record.json": records(),
        "commitment.json": commitments(),
        "disclosure.json": disclosures(),
        "case-map.json": maps(),
        "slot.json": slots(),
    }
