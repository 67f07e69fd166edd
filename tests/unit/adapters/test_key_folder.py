"""Files of one role take the place of another's: a kill between two renames is made good."""

from pathlib import Path

import pytest

from liuhen.adapters import keys_file
from liuhen.adapters.keys_file import create_missing_keys, forms_of, replace_role

FORMS = {"plain": [".key"], "keystore": [".keystore.json", ".password"], "elsewhere": [".toml"]}


class Killed(BaseException):
    """The process ends here."""


def contents(folder: Path) -> dict[str, str]:
    return {file.name: file.read_text() for file in folder.iterdir()}


@pytest.mark.parametrize("following", FORMS)
@pytest.mark.parametrize("present", FORMS)
def test_it_ends_the_same_wherever_it_is_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, present: str, following: str
) -> None:
    expected = {f"head{end}": f"new{end}" for end in FORMS[following]}
    expected |= {f"head.retired{end}": f"old{end}" for end in FORMS[present]}
    real = keys_file._rename
    for steps in range(5):
        folder = tmp_path / str(steps)
        folder.mkdir()
        for role, what, ends in (
            ("head", "old", FORMS[present]),
            ("head.next", "new", FORMS[following]),
        ):
            for end in ends:
                (folder / (role + end)).write_text(what + end)
        left = [steps]

        def rename(old: Path, new: Path, left: list[int] = left) -> None:
            if not left[0]:
                raise Killed
            left[0] -= 1
            real(old, new)

        monkeypatch.setattr(keys_file, "_rename", rename)
        try:
            replace_role(folder, "head", "head.next", "head.retired")
        except Killed:
            assert steps < 4
        monkeypatch.undo()
        if forms_of(folder, "head.next"):
            replace_role(folder, "head", "head.next", "head.retired")
        assert contents(folder) == expected


def test_a_key_that_is_about_to_be_replaced_is_not_drawn(tmp_path: Path) -> None:
    (tmp_path / "head.next.toml").write_text("")
    assert "head.key" not in create_missing_keys(tmp_path)
    assert not (tmp_path / "head.key").exists()
