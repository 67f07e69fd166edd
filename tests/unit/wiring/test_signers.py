"""Which key signs what: by the files in a folder, and what is said of those that are wrong."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from liuhen.adapters.keys_file import create_missing_keys
from liuhen.adapters.signing.local_key import LocalKey
from liuhen.core.errors import Unavailable
from liuhen.core.policy import SizeRange, parse_policy
from liuhen.wiring.log_places import read_log_places
from liuhen.wiring.rotation import rotate_log_key
from liuhen.wiring.service import open_service
from liuhen.wiring.settings import SettingsError
from liuhen.wiring.signers import open_head_signer, open_publisher, open_text_signer
from tests.fakes.head_signer import load_signer
from tests.fakes.key_folder import put, put_keystore, put_plain, put_remote, put_token
from tests.fakes.running_service import ORIGIN, settings_in, write_policy
from tests.fakes.signing_service import SigningService, signing_service
from tests.fakes.soft_token import SoftToken, soft_token

REMOTE = 'kind = "remote"\nurl = "https://h.example/"\naddress = "0x' + "1a" * 20 + '"\n'
TOKEN = 'kind = "pkcs11"\nmodule = "m.so"\ntoken = "t"\nlabel = "l"\npin_file = "p"\n'


@pytest.fixture
def service() -> Iterator[SigningService]:
    with signing_service() as running:
        yield running


@pytest.fixture
def token(tmp_path: Path) -> Iterator[SoftToken]:
    with soft_token(tmp_path / "softhsm") as made:
        yield made


def test_two_forms_of_one_key_are_an_error_that_names_both(tmp_path: Path) -> None:
    put_keystore(tmp_path, "head")
    put(tmp_path / "head.toml", REMOTE)
    with pytest.raises(Unavailable, match=r"head\.keystore\.json and head\.toml: keep the one"):
        open_head_signer(tmp_path)
    put(tmp_path / "head.key", "11" * 32)
    with pytest.raises(Unavailable, match=r"head\.key and head\.keystore\.json and head\.toml"):
        open_head_signer(tmp_path)


def test_no_form_at_all_is_an_error_that_names_all(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match=r"none of head\.key, head\.keystore\.json, head\.toml"):
        open_head_signer(tmp_path)


def test_a_key_that_is_there_in_another_form_is_not_drawn(tmp_path: Path) -> None:
    put_keystore(tmp_path, "head")
    put(tmp_path / "publisher.toml", REMOTE)
    assert create_missing_keys(tmp_path) == ["log.key", "lookup.key"]


def test_addresses_are_known_without_asking_anybody(
    tmp_path: Path, service: SigningService
) -> None:
    put_remote(tmp_path, "publisher", service)
    put_remote(tmp_path, "head", service)
    head, publisher = open_head_signer(tmp_path), open_publisher(tmp_path, chain_id=1, contract=b"")
    assert head.address == publisher.address == service.address
    put(tmp_path / "other" / "head.toml", TOKEN + 'address = "0x' + "2b" * 20 + '"\n')
    assert open_head_signer(tmp_path / "other").address == b"\x2b" * 20
    assert service.asked == []


def test_a_keystore_signs_with_its_own_key(tmp_path: Path) -> None:
    key = put_keystore(tmp_path, "head")
    assert open_head_signer(tmp_path).address == LocalKey(key).address


def test_no_signing_service_has_the_log_key(tmp_path: Path) -> None:
    put(tmp_path / "log.toml", REMOTE)
    with pytest.raises(Unavailable, match="have no Ed25519"):
        open_text_signer(tmp_path, ORIGIN)


@pytest.mark.parametrize("key", ["00" * 32, "ff" * 32])
def test_32_bytes_that_are_no_key_of_the_curve_are_told(tmp_path: Path, key: str) -> None:
    put(tmp_path / "head.key", key)
    with pytest.raises(Unavailable, match="not a key of secp256k1") as caught:
        open_head_signer(tmp_path)
    assert key not in str(caught.value)


def test_without_python_pkcs11_it_is_told_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path / "head.toml", TOKEN)
    for name in ("liuhen.adapters.signing.pkcs11_token", "liuhen.wiring.token_signers"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.setitem(sys.modules, "pkcs11", None)
    with pytest.raises(Unavailable, match=r"install liuhen\[pkcs11\]"):
        open_head_signer(tmp_path)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "kind: Unable"),
        ("kind", "is not TOML"),
        ('kind = "kms"', "kind: "),
        ('kind = "remote"', "url: Field required; address: Field required"),
        (REMOTE + "secret = 1\n", "secret: Extra inputs"),
        (REMOTE + "timeout_seconds = 0\n", "timeout_seconds: Input should be greater than 0"),
        (REMOTE + "timeout_seconds = 61\n", "timeout_seconds: "),
        (REMOTE + 'method = "eth sign"\n', "method: "),
        (REMOTE.replace("0x1a", "1a"), "address: Value error, must be an address"),
        (REMOTE.replace("https", "ftp"), "not http:// or https://"),
        (TOKEN.replace('"m.so"', "7"), "module: Value error, must be the name of a file"),
        (TOKEN.replace('"p"', '""'), "pin_file: Value error, must be the name"),
        (TOKEN.replace('"t"', "[]"), "token: Input should be a valid string"),
    ],
)
def test_what_is_wrong_with_the_file_is_told(tmp_path: Path, text: str, said: str) -> None:
    put(tmp_path / "head.toml", text)
    with pytest.raises(Unavailable) as caught:
        open_head_signer(tmp_path)
    assert said in str(caught.value)


def test_a_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    put(tmp_path / "head.toml", REMOTE)
    (tmp_path / "head.toml").chmod(0o644)
    with pytest.raises(Unavailable, match="chmod 600"):
        open_head_signer(tmp_path)


# The whole service


def append(folder: Path) -> str:
    with open_service(settings_in(folder), development=True, anchor=True) as logs:
        return logs.get(None).append.append_here(b'{"data":1}').receipt


def test_a_service_runs_with_every_key_in_a_token(tmp_path: Path, token: SoftToken) -> None:
    for role in ("log", "head", "publisher"):
        put_token(tmp_path / "keys", role, token)
    write_policy(tmp_path)
    append(tmp_path)
    with token.away(), pytest.raises(Unavailable, match="there is no such token now"):
        append(tmp_path)
    append(tmp_path)


def test_a_service_runs_with_remote_signers(tmp_path: Path, service: SigningService) -> None:
    put_plain(tmp_path / "keys", "log")
    put_remote(tmp_path / "keys", "head", service)
    put_remote(tmp_path / "keys", "publisher", service)
    write_policy(tmp_path)
    append(tmp_path)
    assert {each["method"] for each in service.asked} == {"eth_signTypedData_v4"}
    service.secret = bytes([9]) * 32
    with pytest.raises(Unavailable, match="no signature by the key of 0x"):
        append(tmp_path)


def test_a_key_that_is_not_that_of_the_policy_is_refused(
    tmp_path: Path, service: SigningService
) -> None:
    write_policy(tmp_path)
    (tmp_path / "keys" / "head.key").unlink()
    put_remote(tmp_path / "keys", "head", service)
    with pytest.raises(SettingsError, match="not those of the policy"):
        append(tmp_path)


def test_a_log_key_in_another_form_is_not_rotated(tmp_path: Path) -> None:
    put_keystore(tmp_path / "keys", "log")
    policy = write_policy(tmp_path)
    append(tmp_path)
    settings = settings_in(tmp_path)
    (place,) = read_log_places(settings, development=True)
    with pytest.raises(SettingsError, match=r"log\.keystore\.json: only one in log\.key"):
        rotate_log_key(settings, place)
    assert [sizes for _, sizes in parse_policy(policy.read_bytes()).log_keys] == [SizeRange()]


def test_the_signers_of_other_tests_are_those_of_the_service(tmp_path: Path) -> None:
    create_missing_keys(tmp_path)
    known = load_signer(tmp_path, ORIGIN)
    assert known.address == open_head_signer(tmp_path).address
    assert known.log_key == open_text_signer(tmp_path, ORIGIN).log_key
