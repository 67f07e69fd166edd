"""Pointers are resolved against a document: what they mean depends on it."""

import pytest

from liuhen.core.commitment import Path, commit
from liuhen.core.errors import MalformedPointer, Unknown
from liuhen.core.pointer import resolve, to_pointer

PATHS: list[Path] = [
    ("data", "scores", 0, "price"),
    ("data", "scores", 1),
    ("data", "scores", 2),
    ("data", "by_seat", "2"),
    ("data", "by_seat", "02"),
    ("data", ""),
    ("data", "a/b"),
    ("data", "m~n"),
    ("data", "得分"),
    ("links",),
]


@pytest.mark.parametrize(
    ("pointer", "path"),
    [
        ("", ()),
        ("/data", ("data",)),
        ("/data/scores/2", ("data", "scores", 2)),
        ("/data/by_seat/2", ("data", "by_seat", "2")),
        ("/data/by_seat/02", ("data", "by_seat", "02")),
        ("/data/scores/0", ("data", "scores", 0)),
        ("/data/scores/0/price", ("data", "scores", 0, "price")),
        ("/data/", ("data", "")),
        ("/data/a~1b", ("data", "a/b")),
        ("/data/m~0n", ("data", "m~n")),
        ("/data/得分", ("data", "得分")),
        ("/links", ("links",)),
    ],
)
def test_a_pointer_names_a_field_or_a_container(pointer: str, path: Path) -> None:
    assert resolve(pointer, PATHS) == path
    assert to_pointer(path) == pointer


@pytest.mark.parametrize(
    "pointer",
    [
        "data",
        "data/scores",
        " /data",
        "/data/m~n",
        "/data/~2",
        "/~",
        "/~~01",
        "/~~00",
        "#/data",
        "/" * 100_001,
    ],
)
def test_what_is_no_pointer_is_refused(pointer: str) -> None:
    with pytest.raises(MalformedPointer):
        resolve(pointer, PATHS)


@pytest.mark.parametrize(
    ("pointer", "told"),
    [
        ("/dat", "the record has no 'dat'"),
        ("/data/score", "'/data' has no 'score'"),
        ("/data/scores/3", "'/data/scores' has no '3'"),
        ("/data/scores/02", "'/data/scores' has no '02'"),
        ("/data/scores/-1", "has no '-1'"),
        ("/data/scores/-", "has no '-'"),
        ("/data/scores/٢", "has no '٢'"),
        ("/data/scores/2/0", "'/data/scores/2' has no '0'"),
        ("/data/scores/" + "9" * 5000, "has no '99999"),
        ("/links/0", "'/links' has no '0'"),
        ("/", "the record has no ''"),
        ("/" + "x" * 99_999, "the record has no 'xxx"),
    ],
)
def test_a_pointer_to_nothing_says_how_far_it_led(pointer: str, told: str) -> None:
    with pytest.raises(Unknown) as caught:
        resolve(pointer, PATHS)
    assert told in str(caught.value)
    assert len(str(caught.value)) < 500


def test_positions_and_names_are_told_apart_in_one_record() -> None:
    record = {"record_id": "01936b2e-7c00-7000-8000-000000000001", "a": ["x"], "b": {"0": "y"}}
    rows = commit(record, bytes(32)).rows  # type: ignore[arg-type]
    paths = [tuple(row[0]) for row in rows]  # type: ignore[index, arg-type]
    assert resolve("/a/0", paths) == ("a", 0)
    assert resolve("/b/0", paths) == ("b", "0")
