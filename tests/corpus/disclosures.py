"""Disclosures that lie: rows that no honest record has, or that open a commitment otherwise."""

import dataclasses

from liuhen.core.canonical import JsonValue, canonical
from liuhen.core.disclosure import Shown, Withheld, rows_commitment
from liuhen.core.policy import Life
from liuhen.core.receipt import Receipt
from tests.corpus.mixed import planted, raw_rows, row_at, rows_json
from tests.receipt_corpus import (
    SEALED,
    Case,
    Expected,
    changed,
    different,
    malformed,
    match,
    policy,
)

SCORE = ("data", "scores", 0, "技术部分")
DISCLOSURE = "malformed-disclosure"
ROWS = rows_json()


def with_row(number: int, *rows: JsonValue) -> list[JsonValue]:
    """Return the rows with one of them replaced by any number of others."""
    return [*ROWS[:number], *rows, *ROWS[number + 1 :]]


def part(place: int, value: JsonValue, *path: str | int) -> list[JsonValue]:
    """Return the rows with one part of the row at `path` replaced."""
    row = ROWS[row_at(*path)]
    assert isinstance(row, list)
    return with_row(row_at(*path), [*row[:place], value, *row[place + 1 :]])


def without(*path: str | int) -> Receipt:
    number = row_at(*path)
    rows = (*SEALED.rows[:number], *SEALED.rows[number + 1 :])
    return dataclasses.replace(SEALED, rows=rows)


def withheld(*path: str | int, value_hash: bytes | None = None) -> Receipt:
    """Return the receipt with one row withheld, perhaps under another hash."""
    rows = list(SEALED.rows)
    row = rows[row_at(*path)]
    assert isinstance(row, Shown)
    hidden = row.withheld()
    rows[row_at(*path)] = (
        hidden if value_hash is None else Withheld(hidden.path, value_hash, hidden.path_text)
    )
    return dataclasses.replace(SEALED, rows=tuple(rows))


def padding(count: int, *, value: JsonValue = None) -> tuple[Shown, ...]:
    return tuple(
        Shown(("~", at), bytes([at]) * 16, value, canonical(["~", at])) for at in range(count)
    )


def padded(count: int, *, value: JsonValue = None) -> Receipt:
    """Return what a log holds that entered the record with so many rows of padding."""
    rows = (*SEALED.rows, *sorted(padding(count, value=value), key=lambda row: row.path_text))
    return planted(rows)


def to_power(power: int) -> int:
    return power - len(SEALED.rows)


def malformed_cases() -> list[Case]:
    score = row_at(*SCORE)
    shown = ROWS[score]
    assert isinstance(shown, list)
    seat, salt = row_at("data", "seat"), "00" * 16
    first = row_at("data", "scores", 0, "bid_id")
    made: dict[str, tuple[str, JsonValue]] = {
        "row_twice_fail": (
            "One field twice, with two values: a reader would choose one.",
            with_row(score, shown, [shown[0], salt, "99.00"]),
        ),
        "row_path_and_path_below_it_fail": (
            "A value at /data/seat and another below it.",
            with_row(seat, [["data", "seat", "hidden"], salt, 1], ROWS[seat]),
        ),
        "row_array_gap_fail": (
            "An array with positions 0 and 2: the second bid is left out.",
            _second_bid_at(2),
        ),
        "row_object_against_array_fail": (
            "A container that is an array and an object at once.",
            with_row(first, [["data", "scores", "total"], salt, 2], ROWS[first]),
        ),
        "row_position_as_text_fail": (
            "A position written as a text: pointers cannot tell [0] from {'0'}.",
            with_row(first, [["data", "scores", "0", "bid_id"], salt, "B00"], ROWS[first]),
        ),
        "row_salt_15_bytes_fail": ("A salt of 15 bytes.", part(1, "00" * 15, *SCORE)),
        "row_salt_17_bytes_fail": ("A salt of 17 bytes.", part(1, "00" * 17, *SCORE)),
        "row_salt_upper_case_fail": ("A salt in upper-case hex.", part(1, "AB" * 16, *SCORE)),
        "row_salt_null_fail": ("No salt.", part(1, None, *SCORE)),
        "row_value_hash_31_bytes_fail": (
            "A withheld row whose hash has 31 bytes.",
            with_row(score, [shown[0], "00" * 31]),
        ),
        "row_closed_31_bytes_fail": (
            "A closed row of 31 bytes.",
            with_row(score, "00" * 31),
        ),
        "row_value_object_fail": (
            "A value that is an object with members: it would hide leaves.",
            part(2, {"技术部分": "43.00"}, *SCORE),
        ),
        "row_value_array_fail": ("A value that is an array with elements.", part(2, [1], *SCORE)),
        "row_of_four_parts_fail": ("A row with a fourth part.", with_row(score, [*shown, 0])),
        "row_of_one_part_fail": (
            "A row that is a path and nothing else.",
            with_row(score, [shown[0]]),
        ),
        "row_object_fail": (
            "A row that is an object.",
            with_row(score, {"path": shown[0], "salt": shown[1], "value": shown[2]}),
        ),
        "row_path_text_fail": (
            "A JSON pointer in place of a path.",
            part(0, "/data/scores/0/技术部分", *SCORE),
        ),
        "row_path_empty_fail": ("A path of no steps.", part(0, [], *SCORE)),
        "row_path_negative_fail": (
            "A position of -1, which some languages take for the last.",
            part(0, ["data", "scores", -1, "技术部分"], *SCORE),
        ),
        "row_path_true_fail": (
            "A position that is true.",
            part(0, ["data", "scores", True, "技术部分"], *SCORE),
        ),
        "row_path_fraction_fail": (
            "A position of 0.5.",
            part(0, ["data", "scores", 0.5, "技术部分"], *SCORE),
        ),
        "row_path_from_position_fail": (
            "A path that begins with a position: a record is an object.",
            [[[0], salt, 1], *ROWS],
        ),
        "rows_empty_fail": ("No rows at all.", []),
        "rows_object_fail": ("Rows by pointer, as an object.", {"/data/seat": "E1"}),
        "rows_reversed_fail": ("All rows, the last first.", list(reversed(ROWS))),
    }
    cases = [
        Case(name, why, raw_rows(rows), policy(Life.SEALED), malformed(DISCLOSURE))
        for name, (why, rows) in made.items()
    ]
    for name in ("recorded_at", "record_id", "version", "supersedes", "type", "format"):
        why = f"{name} is withheld, which every receipt shows."
        receipt = withheld(name)
        sealed = policy(Life.SEALED)
        cases.append(
            Case(f"always_shown_{name}_fail", why, receipt, sealed, malformed("malformed-receipt"))
        )
    cases.append(
        Case(
            "always_shown_after_block_fail",
            "The block that bounds the time from below is withheld.",
            withheld("after_block", "hash"),
            policy(Life.SEALED),
            malformed("malformed-receipt"),
        )
    )
    return cases


def other_cases() -> list[Case]:
    two_closed = list(SEALED.rows)
    for path in (SCORE, ("data", "scores", 1, "技术部分")):
        row = two_closed[row_at(*path)]
        assert isinstance(row, Shown)
        two_closed[row_at(*path)] = row.closed()
    exchanged = list(two_closed)
    one, two = row_at(*SCORE), row_at("data", "scores", 1, "技术部分")
    exchanged[one], exchanged[two] = exchanged[two], exchanged[one]
    made: dict[str, tuple[str, Receipt | bytes, Expected]] = {
        "row_dropped_fail": (
            "One field left out and the others as they were: the number of leaves is committed to.",
            without("data", "locked"),
            different("inclusion"),
        ),
        "row_added_fail": (
            "A field more than was entered.",
            raw_rows(
                with_row(
                    row_at("data", "seat"),
                    ROWS[row_at("data", "seat")],
                    [["data", "zeal"], "00" * 16, 1],
                )
            ),
            different("inclusion"),
        ),
        "row_renamed_fail": (
            "The value of one field under another name.",
            raw_rows(part(0, ["data", "seating"], "data", "seat")),
            different("inclusion"),
        ),
        "row_values_exchanged_fail": (
            "The scores of two bidders exchanged, each with its own salt.",
            raw_rows(_exchanged_scores()),
            different("inclusion"),
        ),
        "row_salt_of_another_fail": (
            "A field under the salt of another.",
            raw_rows(part(1, _salt("data", "seat"), *SCORE)),
            different("inclusion"),
        ),
        "row_number_for_text_fail": (
            "A score as a number in place of the text that was entered.",
            changed(SCORE, 43, SEALED),
            different("inclusion"),
        ),
        "row_number_for_true_fail": (
            "1 in place of true.",
            raw_rows(part(2, 1, "data", "locked")),
            different("inclusion"),
        ),
        "row_null_for_value_fail": (
            "null in place of a value.",
            changed(("data", "seat"), None, SEALED),
            different("inclusion"),
        ),
        "row_empty_object_for_value_fail": (
            "{} in place of a value: an allowed leaf, and another one.",
            changed(("data", "seat"), {}, SEALED),
            different("inclusion"),
        ),
        "row_look_alike_letter_fail": (
            "A Cyrillic letter that looks like the Latin one.",
            changed(("data", "scores", 0, "bid_id"), "\u041201", SEALED),
            different("inclusion"),
        ),
        "row_trailing_zero_fail": (
            "43.0 in place of 43.00: equal as numbers, not as texts.",
            changed(SCORE, "43.0", SEALED),
            different("inclusion"),
        ),
        "withheld_hash_of_another_value_fail": (
            "A withheld field whose hash is that of nothing.",
            withheld(*SCORE, value_hash=bytes(32)),
            different("inclusion"),
        ),
        "withheld_field": (
            "One field withheld: the rest is still exactly what was entered.",
            withheld(*SCORE),
            match("sealed"),
        ),
        "closed_fields": (
            "Two fields closed, not even their names are shown.",
            dataclasses.replace(SEALED, rows=tuple(two_closed)),
            match("sealed"),
        ),
        "closed_fields_exchanged_fail": (
            "Two closed rows exchanged: their places are committed to.",
            dataclasses.replace(SEALED, rows=tuple(exchanged)),
            different("inclusion"),
        ),
        "everything_withheld": (
            "All that may be hidden is withheld.",
            _all_withheld(),
            match("sealed"),
        ),
        "envelope_place_missing_fail": (
            (
                "The operator entered a record without nonce and signed that: hashes agree, and no"
                " record lacks it."
            ),
            planted(without("nonce").rows),
            different("commitment"),
        ),
        "hidden_envelope_place_missing_fail": (
            "The same with a field withheld: one hidden row must not switch the rules off.",
            planted(tuple(r for r in withheld(*SCORE).rows if r.path != ("nonce",))),  # type: ignore[union-attr]
            different("commitment"),
        ),
        "unknown_member_of_record_fail": (
            "The operator entered a record with a member that no record has.",
            planted(_with_member("comment")),
            different("commitment"),
        ),
        "padded": (
            "Padding hides the number of fields: 64 rows.",
            padded(to_power(64)),
            match("sealed"),
        ),
        "padding_with_value_fail": (
            "Padding that carries a value, and so smuggles something in.",
            padded(to_power(64), value="43.00"),
            different("commitment"),
        ),
        "padding_to_wrong_number_fail": (
            "Padding to 48 rows, no power of two.",
            padded(to_power(48)),
            different("commitment"),
        ),
        "padding_named_fail": (
            "Padding under a name in place of a position.",
            planted((*SEALED.rows, Shown(("~", "x"), bytes(16), None, canonical(["~", "x"])))),
            different("commitment"),
        ),
        "padding_withheld": (
            "Padding may be withheld like any row.",
            _padding_withheld(),
            match("sealed"),
        ),
    }
    return [
        Case(name, why, receipt, policy(Life.SEALED), expected)
        for name, (why, receipt, expected) in made.items()
    ]


def _second_bid_at(position: int) -> list[JsonValue]:
    """Return the rows with the second bid at another position."""
    rows = list(ROWS)
    for number, row in enumerate(SEALED.rows):
        raw = ROWS[number]
        if isinstance(row, Shown) and row.path[:3] == ("data", "scores", 1):
            assert isinstance(raw, list)
            rows[number] = [["data", "scores", position, row.path[3]], *raw[1:]]
    return rows


def _salt(*path: str | int) -> JsonValue:
    row = ROWS[row_at(*path)]
    assert isinstance(row, list)
    return row[1]


def _exchanged_scores() -> list[JsonValue]:
    """Return the rows with the values of both scores exchanged."""
    one, two = row_at(*SCORE), row_at("data", "scores", 1, "技术部分")
    rows = list(ROWS)
    first, second = rows[one], rows[two]
    assert isinstance(first, list)
    assert isinstance(second, list)
    rows[one], rows[two] = [*first[:2], second[2]], [*second[:2], first[2]]
    return rows


def _with_member(name: str) -> tuple[Shown, ...]:
    rows = [row for row in SEALED.rows if isinstance(row, Shown)]
    rows.append(Shown((name,), bytes(16), "hello", canonical([name])))
    return tuple(sorted(rows, key=lambda row: row.path_text))


def _all_withheld() -> Receipt:
    open_names = ("format", "type", "record_id", "origin", "recorded_at", "version", "supersedes")
    rows = tuple(
        row
        if not isinstance(row, Shown) or row.path[0] in (*open_names, "after_block")
        else row.withheld()
        for row in SEALED.rows
    )
    return dataclasses.replace(SEALED, rows=rows)


def _padding_withheld() -> Receipt:
    receipt = padded(to_power(64))
    rows = tuple(
        row.withheld() if isinstance(row, Shown) and row.path[0] == "~" else row
        for row in receipt.rows
    )
    assert rows_commitment(rows) == rows_commitment(receipt.rows)
    return dataclasses.replace(receipt, rows=rows)


def disclosure_cases() -> list[Case]:
    return [*malformed_cases(), *other_cases()]
