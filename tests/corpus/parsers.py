"""Near misses of every parser inside a receipt: what means the same to a lenient reader."""

import dataclasses

from liuhen.core.checkpoint import MAX_SIZE
from liuhen.core.policy import Life
from tests.receipt_corpus import ANCHORED, EVIDENCED, SEALED, Case, malformed, policy

TEXT = SEALED.to_text().encode()
DASH = "\u2014"
JSON, RECEIPT, NOTE = "malformed-json", "malformed-receipt", "malformed-note"
CHECKPOINT = "malformed-checkpoint"

Made = dict[str, tuple[str, bytes, str]]


def bent(old: str | bytes, new: str | bytes, text: bytes = TEXT) -> bytes:
    """Return a receipt file with one place changed."""
    before, after = (x if isinstance(x, bytes) else x.encode() for x in (old, new))
    assert text.count(before) >= 1, old
    return text.replace(before, after, 1)


def index(spelling: str) -> bytes:
    return bent('"entry_index":2', f'"entry_index":{spelling}')


def note(old: str, new: str) -> bytes:
    """Return the receipt with one place of its checkpoint changed, and canonical otherwise."""
    assert old in SEALED.checkpoint
    checkpoint = SEALED.checkpoint.replace(old, new, 1)
    return dataclasses.replace(SEALED, checkpoint=checkpoint).to_text().encode()


def whole_note(checkpoint: str) -> bytes:
    return dataclasses.replace(SEALED, checkpoint=checkpoint).to_text().encode()


def file_cases() -> Made:
    return {
        "file_byte_order_mark_fail": (
            "A byte-order mark before the file, as some editors write.",
            b"\xef\xbb\xbf" + TEXT,
            JSON,
        ),
        "file_utf_16_fail": ("The file in UTF-16.", TEXT.decode().encode("utf-16"), JSON),
        "file_trailing_bytes_fail": ("Something after the end of the file.", TEXT + b"0", JSON),
        "file_two_receipts_fail": ("Two receipts in one file.", TEXT + TEXT, JSON),
        "file_doubled_newline_fail": (
            "Two newlines at the end; one is tolerated.",
            TEXT + b"\n\n",
            RECEIPT,
        ),
        "file_crlf_fail": ("A Windows line end after the file.", TEXT + b"\r\n", RECEIPT),
        "file_leading_space_fail": ("A space before the file.", b" " + TEXT, RECEIPT),
        "file_empty_fail": ("Nothing.", b"", JSON),
        "file_array_fail": ("A receipt inside an array.", b"[" + TEXT + b"]", RECEIPT),
        "file_null_fail": ("The file says null.", b"null", RECEIPT),
        "file_bad_utf_8_fail": (
            "A byte that is no UTF-8, where Latin-1 was meant.",
            bent('"seat"', b'"se\xe4t"'),
            JSON,
        ),
        "file_overlong_utf_8_fail": (
            "A slash in the overlong form of UTF-8.",
            bent("audit-receipt/v1", b"audit-receipt\xc0\xafv1"),
            JSON,
        ),
        "file_lone_surrogate_fail": (
            "Half of a surrogate pair, which has no UTF-8.",
            bent('"E1"', '"\\ud800"'),
            JSON,
        ),
        "file_escaped_letter_fail": (
            "A letter written as an escape: the same JSON, not the same bytes.",
            bent('"E1"', '"\\u0045\\u0031"'),
            RECEIPT,
        ),
        "file_escaped_slash_fail": (
            "A slash with a backslash before it, as some languages print it.",
            bent("audit-receipt/v1", "audit-receipt\\/v1"),
            RECEIPT,
        ),
        "file_members_in_other_order_fail": (
            "The members of an object in another order.",
            bent('"anchors":[],', "")[:-1] + b',"anchors":[]}',
            RECEIPT,
        ),
        "file_nan_fail": ("A number that JSON does not have.", index("NaN"), JSON),
        "file_comment_fail": ("A comment in the file.", bent("{", "{/* */"), JSON),
        "file_trailing_comma_fail": (
            "A comma before the end of the object.",
            TEXT[:-1] + b",}",
            JSON,
        ),
        "file_member_twice_alike_fail": (
            "A member stands there twice with the same value: readers differ in which one counts.",
            bent('"schema":', '"schema":"audit-receipt/v1","schema":'),
            JSON,
        ),
        "file_member_twice_escaped_fail": (
            "The same name twice, once with an escape.",
            bent('"schema":', '"\\u0073chema":"audit-receipt/v1","schema":'),
            JSON,
        ),
        "file_member_missing_fail": (
            "The member anchors is missing; an empty list is not the same.",
            bent('"anchors":[],', ""),
            RECEIPT,
        ),
        "file_other_schema_fail": (
            "A receipt of a version that is not known.",
            bent("audit-receipt/v1", "audit-receipt/v2"),
            RECEIPT,
        ),
        "file_nested_deep_fail": (
            "Arrays in arrays without end in place of the anchors.",
            bent('"anchors":[]', '"anchors":' + "[" * 5000 + "]" * 5000),
            JSON,
        ),
        "anchors_too_many_fail": (
            "Nine anchors; a receipt has at most eight.",
            dataclasses.replace(ANCHORED, anchors=ANCHORED.anchors * 9).to_text().encode(),
            RECEIPT,
        ),
    }


def number_cases() -> Made:
    return {
        "index_with_underscore_fail": ("The index is written 1_000.", index("1_000"), JSON),
        "index_arabic_digit_fail": ("The index is the Arabic digit for 2.", index("\u0662"), JSON),
        "index_full_width_fail": ("The index is a full-width 2.", index("\uff12"), JSON),
        "index_plus_fail": ("The index is written +2.", index("+2"), JSON),
        "index_leading_zero_fail": ("The index is written 02.", index("02"), JSON),
        "index_hexadecimal_fail": ("The index is written 0x2.", index("0x2"), JSON),
        "index_point_zero_fail": ("The index is written 2.0.", index("2.0"), RECEIPT),
        "index_exponent_fail": ("The index is written 2e0.", index("2e0"), RECEIPT),
        "index_fraction_fail": ("The index is 2.5.", index("2.5"), RECEIPT),
        "index_negative_fail": ("The index is -1.", index("-1"), RECEIPT),
        "index_minus_zero_fail": ("The index is -0.", index("-0"), RECEIPT),
        "index_text_fail": ("The index is a text.", index('"2"'), RECEIPT),
        "index_true_fail": (
            "The index is true, which some languages hold to be 1.",
            index("true"),
            RECEIPT,
        ),
        "index_null_fail": ("The index is null.", index("null"), RECEIPT),
        "index_two_to_53_fail": (
            "The index is 2^53, which JSON readers round.",
            index(str(2**53)),
            JSON,
        ),
        "index_two_to_63_fail": ("The index is 2^63.", index(str(2**63)), JSON),
        "index_two_to_64_fail": (
            "The index is 2^64 + 2, which is 2 in 64 bits.",
            index(str(2**64 + 2)),
            JSON,
        ),
    }


def checkpoint_cases() -> Made:
    text, lines = SEALED.checkpoint.split("\n\n")
    first, second = lines.rstrip("\n").split("\n")
    root = text.split("\n")[2]
    origin = text.split("\n")[0]
    stray = root[:-2] + {"A": "B", "E": "F", "I": "J"}.get(root[-2], chr(ord(root[-2]) + 1)) + "="
    return {
        "note_crlf_fail": (
            "Windows line ends in the checkpoint.",
            whole_note(SEALED.checkpoint.replace("\n", "\r\n")),
            NOTE,
        ),
        "note_no_last_newline_fail": (
            "The checkpoint's last newline is missing.",
            whole_note(SEALED.checkpoint[:-1]),
            NOTE,
        ),
        "note_doubled_last_newline_fail": (
            "A newline too many at the checkpoint's end.",
            whole_note(SEALED.checkpoint + "\n"),
            NOTE,
        ),
        "note_two_blank_lines_fail": (
            "Two blank lines before the signatures.",
            note("\n\n", "\n\n\n"),
            CHECKPOINT,
        ),
        "note_hyphen_fail": ("A hyphen where an em dash belongs.", note(DASH, "-"), NOTE),
        "note_en_dash_fail": ("An en dash where an em dash belongs.", note(DASH, "\u2013"), NOTE),
        "note_no_break_space_fail": (
            "A no-break space after the em dash.",
            note(f"{DASH} ", f"{DASH}\u00a0"),
            NOTE,
        ),
        "note_two_spaces_fail": (
            "Two spaces after the em dash.",
            note(f"{DASH} ", f"{DASH}  "),
            NOTE,
        ),
        "note_space_at_line_end_fail": (
            "A space at the end of a signature line.",
            whole_note(SEALED.checkpoint[:-1] + " \n"),
            NOTE,
        ),
        "note_control_character_fail": (
            "A tab in the text of the note.",
            note(f"{origin}\n", f"{origin}\t\n"),
            NOTE,
        ),
        "note_url_base64_fail": (
            "The URL alphabet of base64 in a signature line.",
            whole_note(f"{text}\n\n{DASH} {origin} {'-_' * 50}\n{second}\n"),
            NOTE,
        ),
        "note_no_base64_padding_fail": (
            "A signature line without the padding of base64.",
            whole_note(f"{text}\n\n{first.rstrip('=')}\n{second}\n"),
            NOTE,
        ),
        "note_only_key_id_fail": (
            "A signature line that holds a key id and no signature.",
            whole_note(f"{text}\n\n{DASH} {origin} AAAAAA==\n"),
            NOTE,
        ),
        "note_too_many_lines_fail": (
            "A hundred and one signature lines.",
            whole_note(f"{text}\n\n" + f"{first}\n" * 101),
            NOTE,
        ),
        "checkpoint_size_underscore_fail": (
            "The size is written 5_0.",
            note("\n5\n", "\n5_0\n"),
            CHECKPOINT,
        ),
        "checkpoint_size_plus_fail": (
            "The size is written +5.",
            note("\n5\n", "\n+5\n"),
            CHECKPOINT,
        ),
        "checkpoint_size_arabic_fail": (
            "The size is an Arabic digit.",
            note("\n5\n", "\n\u0665\n"),
            CHECKPOINT,
        ),
        "checkpoint_size_space_fail": (
            "A space before the size.",
            note("\n5\n", "\n 5\n"),
            CHECKPOINT,
        ),
        "checkpoint_size_negative_fail": ("The size is -5.", note("\n5\n", "\n-5\n"), CHECKPOINT),
        "checkpoint_size_two_to_63_fail": (
            "The size is 2^63.",
            note("\n5\n", f"\n{MAX_SIZE + 1}\n"),
            CHECKPOINT,
        ),
        "checkpoint_size_zero_fail": (
            "The size is 0 and the root that of five entries.",
            note("\n5\n", "\n0\n"),
            CHECKPOINT,
        ),
        "checkpoint_root_stray_bits_fail": (
            "The root hash in base64 with stray bits: the same bytes in another spelling.",
            note(root, stray),
            CHECKPOINT,
        ),
        "checkpoint_root_short_fail": (
            "A root hash of 31 bytes.",
            note(root, "A" * 42 + "=="),
            CHECKPOINT,
        ),
        "checkpoint_extension_line_fail": (
            "A fourth line, which no witness can vouch for.",
            note(f"{root}\n", f"{root}\nanchored\n"),
            CHECKPOINT,
        ),
        "checkpoint_two_lines_fail": (
            "The root hash is missing.",
            note(f"{root}\n", ""),
            CHECKPOINT,
        ),
        "checkpoint_no_origin_fail": ("The first line is empty.", note(origin, ""), CHECKPOINT),
        "checkpoint_origin_space_fail": (
            "A space at the end of the first line.",
            note(origin, f"{origin} "),
            CHECKPOINT,
        ),
        "checkpoint_number_fail": (
            "The checkpoint is a number.",
            bent(
                TEXT[TEXT.index(b'"checkpoint":') : TEXT.index(b',"entry_index"')], '"checkpoint":5'
            ),
            RECEIPT,
        ),
    }


def hex_cases() -> Made:
    first = SEALED.inclusion[0].hex()
    anchored = ANCHORED.to_text().encode()
    evidenced = EVIDENCED.to_text().encode()
    log_id, contract = (ANCHORED.anchors[0].log_id.hex(), ANCHORED.anchors[0].contract.hex())
    header = EVIDENCED.anchors[0].evidence
    assert header is not None
    return {
        "hex_upper_case_fail": ("A hash in upper-case hex.", bent(first, first.upper()), RECEIPT),
        "hex_odd_fail": ("A hash of 63 hex digits.", bent(first, first[:-1]), RECEIPT),
        "hex_short_fail": ("A hash of 31 bytes.", bent(first, first[:-2]), RECEIPT),
        "hex_long_fail": ("A hash of 33 bytes.", bent(first, first + "00"), RECEIPT),
        "hex_prefix_on_hash_fail": (
            "A hash with 0x before it.",
            bent(first, f"0x{first}"),
            RECEIPT,
        ),
        "hex_base64_hash_fail": ("A hash in base64.", bent(first, "A" * 43 + "="), RECEIPT),
        "hex_arabic_digits_fail": (
            "A hash with a digit that only Unicode calls one.",
            bent(first, "\u0663" + first[1:]),
            RECEIPT,
        ),
        "hex_space_fail": (
            "A hash with spaces between its halves.",
            bent(first, first[:32] + " " + first[33:]),
            RECEIPT,
        ),
        "hex_no_prefix_on_log_id_fail": (
            "The log id without 0x.",
            bent(f"0x{log_id}", log_id, anchored),
            RECEIPT,
        ),
        "hex_no_prefix_on_contract_fail": (
            "The contract's address without 0x.",
            bent(f"0x{contract}", contract, anchored),
            RECEIPT,
        ),
        "hex_checksummed_address_fail": (
            "The contract's address in upper and lower case, as wallets show it.",
            bent(f"0x{contract}", f"0x{contract.upper()}", anchored),
            RECEIPT,
        ),
        "hex_capital_prefix_fail": (
            "0X in place of 0x.",
            bent(f"0x{contract}", f"0X{contract}", anchored),
            RECEIPT,
        ),
        "hex_header_no_prefix_fail": (
            "The block header without 0x.",
            bent(f"0x{header.header.hex()}", header.header.hex(), evidenced),
            RECEIPT,
        ),
        "hex_header_odd_fail": (
            "The block header with half a byte missing.",
            bent(header.header.hex(), header.header.hex()[:-1], evidenced),
            RECEIPT,
        ),
        "hex_address_long_fail": (
            "An address of 32 bytes, as words of the contract hold it.",
            bent(f"0x{contract}", f"0x{'00' * 12}{contract}", anchored),
            RECEIPT,
        ),
        "anchor_unknown_member_fail": (
            "A member in an anchor that says what only a verifier may find out.",
            bent('"log_id"', '"final":true,"log_id"', anchored),
            RECEIPT,
        ),
        "anchor_no_root_fail": (
            "An anchor without its root.",
            bent(f'"root":"{ANCHORED.anchors[0].root.hex()}",', "", anchored),
            RECEIPT,
        ),
        "anchor_evidence_null_fail": (
            "The evidence is null, where a missing member is meant.",
            bent('"log_id"', '"evidence":null,"log_id"', anchored),
            RECEIPT,
        ),
    }


def parser_cases() -> list[Case]:
    made = {**file_cases(), **number_cases(), **checkpoint_cases(), **hex_cases()}
    return [
        Case(name, why, receipt, policy(Life.SEALED), malformed(code))
        for name, (why, receipt, code) in made.items()
    ]
