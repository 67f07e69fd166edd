"""Keystores of our own and of others; passwords, modes and damage."""

import hashlib
import json
from pathlib import Path

import pytest
from eth_account import Account

from liuhen.adapters.signing.keystore_file import make_keystore, open_keystore
from liuhen.core.errors import Unavailable
from liuhen.core.keccak import keccak256
from tests.fakes.key_folder import put

KEY = bytes.fromhex("5a" * 32)
WORD = "正确的 password"


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    keystore, password = tmp_path / "head.keystore.json", tmp_path / "head.password"
    put(keystore, make_keystore(KEY, WORD, rounds=2))
    put(password, WORD + "\n")
    return keystore, password


def test_a_key_comes_back(files: tuple[Path, Path]) -> None:
    assert open_keystore(*files) == KEY
    put(files[1], WORD)
    assert open_keystore(*files) == KEY


def test_nothing_of_the_key_is_readable(files: tuple[Path, Path]) -> None:
    assert KEY.hex() not in files[0].read_text().lower()


@pytest.mark.parametrize("kdf", ["scrypt", "pbkdf2"])
def test_the_keystores_of_others_are_read(files: tuple[Path, Path], kdf: str) -> None:
    made = Account.encrypt(KEY, WORD, kdf=kdf, iterations=2)  # type: ignore[arg-type]
    put(files[0], json.dumps({**made, "address": "0x" + "00" * 20}, indent=2))
    assert open_keystore(*files) == KEY


def test_the_work_is_that_of_geth_by_default() -> None:
    made = json.loads(make_keystore(KEY, WORD))
    parameters = made["crypto"]["kdfparams"]
    assert (made["version"], made["crypto"]["kdf"]) == (3, "scrypt")
    assert (parameters["n"], parameters["r"], parameters["p"]) == (262144, 8, 1)


@pytest.mark.parametrize("word", ["wr0ng", WORD + " ", WORD + "\n\n", WORD.upper()])
def test_a_wrong_password_is_told_and_not_repeated(files: tuple[Path, Path], word: str) -> None:
    put(files[1], word)
    with pytest.raises(Unavailable, match=r"head\.password is not its password") as caught:
        open_keystore(*files)
    assert word not in str(caught.value)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "{}",
        '{"version":3}',
        '{"version":3,"crypto":{}}',
        '{"version":1,"crypto":{"kdf":"scrypt"}}',
        '{"version":"3"}',
        "[" * 30_000,
        " " * 70_000 + "{}",
        KEY.hex(),
    ],
)
def test_what_is_no_keystore_is_refused(files: tuple[Path, Path], content: str) -> None:
    put(files[0], content)
    with pytest.raises(Unavailable) as caught:
        open_keystore(*files)
    assert KEY.hex() not in str(caught.value)


@pytest.mark.parametrize("bent", ["ciphertext", "mac"])
def test_a_damaged_keystore_is_refused(files: tuple[Path, Path], bent: str) -> None:
    found = json.loads(files[0].read_text())
    found["crypto"][bent] = "00" + found["crypto"][bent][2:]
    put(files[0], json.dumps(found))
    with pytest.raises(Unavailable, match="malformed, or"):
        open_keystore(*files)


def test_a_keystore_of_something_else_than_32_bytes_is_refused(files: tuple[Path, Path]) -> None:
    found = json.loads(files[0].read_text())
    crypto, parameters = found["crypto"], found["crypto"]["kdfparams"]
    crypto["ciphertext"] = crypto["ciphertext"][:-2]
    derived = hashlib.scrypt(
        WORD.encode(),
        salt=bytes.fromhex(parameters["salt"]),
        dklen=32,
        **{name: parameters[name] for name in "nrp"},
    )
    crypto["mac"] = keccak256(derived[16:] + bytes.fromhex(crypto["ciphertext"])).hex()
    put(files[0], json.dumps(found))
    with pytest.raises(Unavailable, match="does not hold a key of 32 bytes"):
        open_keystore(*files)


@pytest.mark.parametrize("which", [0, 1])
def test_files_that_others_can_read_are_refused(files: tuple[Path, Path], which: int) -> None:
    files[which].chmod(0o640)
    with pytest.raises(Unavailable, match=f"chmod 600 {files[which]}"):
        open_keystore(*files)
    files[which].unlink()
    with pytest.raises(Unavailable, match="cannot be read"):
        open_keystore(*files)


@pytest.mark.parametrize("content", [b"", b"\n", b"\xff\xfe"])
def test_a_password_file_without_a_password_is_told(
    files: tuple[Path, Path], content: bytes
) -> None:
    files[1].write_bytes(content)
    with pytest.raises(Unavailable, match=r"is empty|is not text"):
        open_keystore(*files)
