"""The journal of erasures: durable, torn in its last line only, refused where it is damaged."""

import os
from pathlib import Path

import pytest

from liuhen.adapters.erasures_file import FORMAT, ErasuresFile
from liuhen.core.erasure import Erasure
from liuhen.core.errors import HistoryMismatch, Unavailable

ORIGIN = "log.example/logs/jyg"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "register" / "jyg.erasures"


def erasure(number: int) -> Erasure:
    number_text = f"01936b2e-7c00-7000-8000-{number:012x}"
    return Erasure(number_text, number_text, (("data", "名字", number),), f"basis {number}")


def journal(path: Path) -> ErasuresFile:
    return ErasuresFile(path, ORIGIN)


def test_nothing_is_there_before_the_first(path: Path) -> None:
    assert journal(path).erasures() == []
    assert not path.exists()


def test_erasures_come_back_in_their_order(path: Path) -> None:
    for number in range(3):
        journal(path).add(erasure(number))
    assert journal(path).erasures() == [erasure(0), erasure(1), erasure(2)]
    text = path.read_text()
    assert text.splitlines()[0] == f"{FORMAT} {ORIGIN}"
    assert text.splitlines()[-1].startswith(erasure(2).to_text() + " ")
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_line_is_durable_before_the_call_returns(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[str] = []
    real = os.fsync

    def fsync(handle: int) -> None:
        synced.append(Path(f"/proc/self/fd/{handle}").readlink().name)
        real(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    journal(path).add(erasure(1))
    assert synced == [path.name, path.parent.name]


@pytest.mark.parametrize("tail", ["", "{", "\0\0\0", '{"basis":"x\0\0\n', "\0\0\0{\n", "\0\n"])
def test_a_torn_last_line_was_never_begun(path: Path, tail: str) -> None:
    journal(path).add(erasure(1))
    whole = path.read_bytes()
    path.write_bytes(whole + tail.encode())
    assert journal(path).erasures() == [erasure(1)]
    journal(path).add(erasure(2))
    assert journal(path).erasures() == [erasure(1), erasure(2)]
    assert path.read_bytes().startswith(whole + erasure(2).to_text().encode())


def test_a_crash_at_any_byte_loses_the_last_erasure_alone(path: Path) -> None:
    journal(path).add(erasure(1))
    first = len(path.read_bytes())
    journal(path).add(erasure(2))
    whole = path.read_bytes()
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        if length >= first:
            assert journal(path).erasures() == [erasure(1)]
        elif length <= len(f"{FORMAT} {ORIGIN}"):
            assert journal(path).erasures() == []
    path.write_bytes(b"")
    journal(path).add(erasure(3))
    assert journal(path).erasures() == [erasure(3)]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (FORMAT, "audit-erasures/v2"),
        (ORIGIN, "log.example/logs/other"),
        ('"basis 1"', '"basis 1 "'.replace("1", "\\u0031")),
        ('"fields"', '"field"'),
        ("\n{", "\n\n{"),
        ("8000-000000000001", "8000-00000000000"),
        ("8000-000000000001", "8000-000000000003"),
        ('"data"', '"date"'),
        ("basis 1", "basis 7"),
    ],
)
def test_any_other_damage_is_refused(path: Path, old: str, new: str) -> None:
    journal(path).add(erasure(1))
    journal(path).add(erasure(2))
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    with pytest.raises(HistoryMismatch):
        journal(path).erasures()
    with pytest.raises(HistoryMismatch):
        journal(path).add(erasure(3))


def test_a_file_that_cannot_be_used_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "a folder").mkdir()
    with pytest.raises(Unavailable):
        journal(tmp_path / "a folder").erasures()
    (tmp_path / "a file").write_text("x")
    with pytest.raises(Unavailable):
        journal(tmp_path / "a file" / "jyg.erasures").add(erasure(1))
