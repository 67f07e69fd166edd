"""A file is there whole or not at all."""

import os
from pathlib import Path

import pytest

from liuhen.cli.output_file import write_file
from liuhen.core.errors import Unavailable


def test_a_file_is_written_and_replaced(tmp_path: Path) -> None:
    path = tmp_path / "below" / "receipt.json"
    for content in (b"one", b"two"):
        write_file(path, content)
        assert path.read_bytes() == content
    assert [entry.name for entry in path.parent.iterdir()] == ["receipt.json"]


def test_a_file_has_the_mode_of_any_other(tmp_path: Path) -> None:
    (tmp_path / "other").touch()
    write_file(tmp_path / "receipt.json", b"")
    assert (tmp_path / "receipt.json").stat().st_mode == (tmp_path / "other").stat().st_mode


@pytest.mark.parametrize("step", ["fsync", "replace"])
@pytest.mark.parametrize("failure", [KeyboardInterrupt, OSError(28, "No space left on device")])
def test_an_interruption_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, failure: BaseException
) -> None:
    path = tmp_path / "receipt.json"
    path.write_bytes(b"before")

    def fail(*_: object) -> None:
        raise failure

    monkeypatch.setattr(os, step, fail)
    with pytest.raises((KeyboardInterrupt, Unavailable)):
        write_file(path, b"after")
    monkeypatch.undo()
    assert path.read_bytes() == b"before"
    assert [entry.name for entry in tmp_path.iterdir()] == ["receipt.json"]


def test_a_folder_in_the_way_is_said(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="cannot be written"):
        write_file(tmp_path, b"")
