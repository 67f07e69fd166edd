"""A plain key becomes a keystore, in steps that can be done again."""

from pathlib import Path

import pytest

from liuhen.adapters.keys_file import load_key
from liuhen.adapters.signing.keystore_file import open_keystore
from liuhen.core.errors import Unavailable
from liuhen.wiring import key_encryption
from liuhen.wiring.key_encryption import encrypt_key
from liuhen.wiring.signers import find_form, open_publisher
from tests.fakes.key_folder import PASSWORD, put, put_keystore, put_plain


def address(folder: Path) -> bytes:
    return open_publisher(folder, chain_id=1, contract=bytes(20)).address


def test_the_key_stays_the_same_and_the_files_are_the_owners_only(tmp_path: Path) -> None:
    key = put_plain(tmp_path, "publisher")
    before = address(tmp_path)
    keystore = encrypt_key(tmp_path, "publisher")
    assert find_form(tmp_path, "publisher") == keystore
    assert address(tmp_path) == before
    assert open_keystore(keystore, tmp_path / "publisher.password") == key
    names = {"publisher.keystore.json", "publisher.password"}
    assert {file.name for file in tmp_path.iterdir()} == names
    assert {file.stat().st_mode & 0o777 for file in tmp_path.iterdir()} == {0o600}


def test_a_password_that_is_there_is_used(tmp_path: Path) -> None:
    put_plain(tmp_path, "head")
    put(tmp_path / "head.password", PASSWORD)
    keystore = encrypt_key(tmp_path, "head")
    assert (tmp_path / "head.password").read_text() == PASSWORD
    assert len(open_keystore(keystore, tmp_path / "head.password")) == 32


@pytest.mark.parametrize("step", ["make_keystore", "write_secret", "open_keystore"])
def test_killed_between_two_steps_it_is_run_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    put_plain(tmp_path, "head")
    key = load_key(tmp_path / "head.key")

    def kill(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(key_encryption, step, kill)
        with pytest.raises(KeyboardInterrupt):
            encrypt_key(tmp_path, "head")
    assert load_key(tmp_path / "head.key") == key
    keystore = encrypt_key(tmp_path, "head")
    assert open_keystore(keystore, tmp_path / "head.password") == key


def test_a_keystore_of_another_key_is_left_alone(tmp_path: Path) -> None:
    put_keystore(tmp_path, "head")
    before = (tmp_path / "head.keystore.json").read_text()
    put(tmp_path / "head.key", "11" * 32 + "\n")
    with pytest.raises(Unavailable, match="holds another key"):
        encrypt_key(tmp_path, "head")
    assert (tmp_path / "head.keystore.json").read_text() == before
    assert (tmp_path / "head.key").exists()
