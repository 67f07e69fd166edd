"""Keys in files: drawn once, whole, and for their owner alone."""

from pathlib import Path

import pytest

from liuhen.adapters import keys_file
from liuhen.adapters.keys_file import ALL_KEYS, LOG_KEY, create_missing_keys, load_key
from liuhen.core.errors import Unavailable
from tests.fakes.head_signer import load_signer


def test_missing_keys_are_drawn_and_others_stay(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    assert create_missing_keys(folder) == list(ALL_KEYS)
    keys = {name: load_key(folder / name) for name in ALL_KEYS}
    assert len(set(keys.values())) == len(ALL_KEYS)
    (folder / LOG_KEY).unlink()
    assert create_missing_keys(folder) == [LOG_KEY]
    assert create_missing_keys(folder) == []
    for name in ALL_KEYS[1:]:
        assert load_key(folder / name) == keys[name]
    assert load_key(folder / LOG_KEY) != keys[LOG_KEY]


def test_a_key_that_another_process_makes_meanwhile_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    others = b"ab" * 32 + b"\n"

    def draw_late() -> bytes:
        (tmp_path / LOG_KEY).write_bytes(others)
        return bytes(31) + b"\1"

    monkeypatch.setattr(keys_file, "_draw", draw_late)
    assert create_missing_keys(tmp_path, [LOG_KEY]) == []
    assert [each.name for each in tmp_path.iterdir()] == [LOG_KEY]
    assert (tmp_path / LOG_KEY).read_bytes() == others


def test_nothing_else_is_left_in_the_folder(tmp_path: Path) -> None:
    create_missing_keys(tmp_path)
    assert sorted(each.name for each in tmp_path.iterdir()) == sorted(ALL_KEYS)


def test_keys_are_the_owners_alone(tmp_path: Path) -> None:
    create_missing_keys(tmp_path / "keys")
    assert (tmp_path / "keys").stat().st_mode & 0o777 == 0o700
    for name in ALL_KEYS:
        assert (tmp_path / "keys" / name).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644])
def test_a_key_that_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    create_missing_keys(tmp_path)
    (tmp_path / LOG_KEY).chmod(mode)
    with pytest.raises(Unavailable, match="chmod 600"):
        load_key(tmp_path / LOG_KEY)


@pytest.mark.parametrize(
    "text", ["", "ab" * 31, "ab" * 33, "AB" * 32, "zz" * 32, "ab" * 32 + "\n\n", " " + "ab" * 32]
)
def test_a_malformed_key_is_refused_without_showing_it(tmp_path: Path, text: str) -> None:
    path = tmp_path / LOG_KEY
    path.write_text(text)
    path.chmod(0o600)
    with pytest.raises(Unavailable) as caught:
        load_key(path)
    assert text.strip() == "" or text.strip() not in str(caught.value)


def test_a_missing_key_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(Unavailable):
        load_signer(tmp_path, "log.example/logs/jyg")


def test_a_folder_that_cannot_be_made_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Unavailable):
        create_missing_keys(tmp_path / "file" / "keys")
