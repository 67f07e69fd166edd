"""No key, password, PIN or credential is ever seen: in texts of objects, errors, tracebacks, logs.

Each case opens a signer and makes it fail in one way. What is told of the failure is gathered from
everywhere it can be told, and searched for everything that is secret.
"""

import io
import json
import logging
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from typer.testing import CliRunner

from liuhen.cli.main import app
from liuhen.core.checkpoint import Checkpoint
from liuhen.core.errors import Unavailable
from liuhen.core.merkle import TreeHead
from liuhen.ports import AnchorTx, ChainTarget
from liuhen.wiring.diagnostics import set_up_diagnostics
from liuhen.wiring.service import open_service
from liuhen.wiring.settings import SettingsError
from liuhen.wiring.signers import open_head_signer, open_publisher, open_text_signer
from tests.fakes.key_folder import PASSWORD, put, put_keystore, put_plain, put_remote, put_token
from tests.fakes.running_service import NOBODY, ORIGIN, settings_in, write_policy
from tests.fakes.signing_service import SECRET, SigningService, signing_service
from tests.fakes.soft_token import PIN, SoftToken, soft_token

TARGET = ChainTarget(20231, bytes.fromhex("c3" * 20), bytes.fromhex("d4" * 32))
TX = AnchorTx(TARGET, 0, TreeHead(1, bytes(32)), [], 0, 3, 1, 200_000)
USER, WORD = "operator-71", "credential-93857"
MARKS = ("wrong-pin-55012", "wrong-password-1188")


@pytest.fixture
def service() -> Iterator[SigningService]:
    with signing_service() as running:
        running.url = running.url.replace("//", f"//{USER}:{WORD}@")
        yield running


@pytest.fixture
def token(tmp_path: Path) -> Iterator[SoftToken]:
    with soft_token(tmp_path / "softhsm") as made:
        yield made


def forms(secret: bytes) -> set[str]:
    """Return how a key may be printed."""
    numbers = {str(int.from_bytes(secret))}
    return {secret.hex(), secret.hex().upper(), repr(secret)[2:-1], *numbers}


def texts_of(thing: object) -> str:
    """Return the texts of an object and of all that it holds, as far as the objects are ours."""
    found = f"{thing!s} {thing!r}"
    if type(thing).__module__.startswith("liuhen."):
        slots = {name: getattr(thing, name) for name in getattr(thing, "__slots__", ())}
        held = {**slots, **getattr(thing, "__dict__", {})}
        found += "".join(f" {name}={texts_of(value)}" for name, value in held.items())
    return found


def told(error: BaseException) -> str:
    """Return all that can be told of an error: texts, traceback with its chain, diagnostics."""
    stream = io.StringIO()
    structlog.configure(
        processors=[structlog.processors.format_exc_info, structlog.processors.JSONRenderer()],
        logger_factory=structlog.WriteLoggerFactory(stream),
    )
    structlog.get_logger().error("failed", exc_info=error, reason=str(error), code=repr(error))
    lines = traceback.format_exception(error)
    chain: BaseException | None = error
    while chain is not None:  # even what a traceback leaves out
        lines += [str(chain), repr(chain), repr(chain.args)]
        chain = chain.__cause__ if chain.__cause__ is not None else chain.__context__
    return stream.getvalue() + "".join(lines)


def check(text: str, *secrets: bytes) -> None:
    for secret in (*secrets, SECRET):
        for form in forms(secret):
            assert form not in text
    for word in (PASSWORD, PIN, WORD, *MARKS):
        assert word not in text


def failure(work: Callable[[], Any]) -> str:
    with pytest.raises((Unavailable, SettingsError)) as caught:
        work()
    return told(caught.value)


def use_all(folder: Path) -> None:
    """Open every signer and have it sign."""
    if (folder / "log.toml").exists() or list(folder.glob("log.k*")):
        open_text_signer(folder, ORIGIN).sign_text(b"text")
    if list(folder.glob("head.[kt]*")):
        open_head_signer(folder).sign_head(Checkpoint(ORIGIN, 1, bytes(32)), TARGET)
    open_publisher(folder, chain_id=TARGET.chain_id, contract=TARGET.contract).sign_anchor(TX)


def test_no_text_of_a_signer_holds_a_secret(
    tmp_path: Path, service: SigningService, token: SoftToken
) -> None:
    secrets = [put_plain(tmp_path / "plain", role) for role in ("log", "head", "publisher")]
    secrets += [put_keystore(tmp_path / "store", role) for role in ("log", "head", "publisher")]
    for role in ("log", "head", "publisher"):
        put_token(tmp_path / "token", role, token)
    for role in ("head", "publisher"):
        put_remote(tmp_path / "remote", role, service)
    for name in ("plain", "store", "token", "remote"):
        folder = tmp_path / name
        use_all(folder)
        signers: list[object] = [open_head_signer(folder)]
        signers.append(open_publisher(folder, chain_id=1, contract=bytes(20)))
        if name != "remote":
            signers.append(open_text_signer(folder, ORIGIN))
        for signer in signers:
            check(texts_of(signer), *secrets)


BAD_FILES: dict[str, Callable[[str], str]] = {
    "shorter": lambda text: text[:-9],
    "upper case": str.upper,
    "in JSON": lambda text: f'{{"key": "{text.strip()}"}}',
    "with a prefix": lambda text: "0x" + text,
}


@pytest.mark.parametrize("name", BAD_FILES)
@pytest.mark.parametrize("role", ["log", "head", "publisher"])
def test_malformed_plain_keys(tmp_path: Path, role: str, name: str) -> None:
    for each in ("log", "head", "publisher"):
        put_plain(tmp_path, each)
    file = tmp_path / f"{role}.key"
    text = file.read_text().strip()
    put(file, BAD_FILES[name](text))
    said = failure(lambda: use_all(tmp_path))
    check(said, bytes.fromhex(text))
    assert text[:40] not in said.lower()


@pytest.mark.parametrize("role", ["log", "publisher"])
def test_wrong_passwords_and_malformed_keystores(tmp_path: Path, role: str) -> None:
    key = put_keystore(tmp_path, role)
    put_plain(tmp_path, "publisher" if role == "log" else "log")
    keystore, password = tmp_path / f"{role}.keystore.json", tmp_path / f"{role}.password"
    good = keystore.read_text()
    put(password, MARKS[1])
    check(failure(lambda: use_all(tmp_path)), key)
    put(password, PASSWORD)
    for bad in (
        good[:-30],
        good.replace("ciphertext", PASSWORD),
        f'{{"version":3,"{key.hex()}":1}}',
    ):
        put(keystore, bad)
        check(failure(lambda: use_all(tmp_path)), key)
    put(keystore, good)
    password.chmod(0o604)
    check(failure(lambda: use_all(tmp_path)), key)
    password.write_bytes(b"\xff" + PASSWORD.encode())
    password.chmod(0o600)
    check(failure(lambda: use_all(tmp_path)), key)


def test_wrong_pins_and_broken_files_of_a_token(tmp_path: Path, token: SoftToken) -> None:
    put_token(tmp_path, "publisher", token)
    good = (tmp_path / "publisher.toml").read_text()
    put(tmp_path / "publisher.pin", MARKS[0])
    check(failure(lambda: use_all(tmp_path)))
    put(tmp_path / "publisher.pin", PIN)
    with token.away():
        check(failure(lambda: use_all(tmp_path)))
    for bad in (
        good + f'pin = "{PIN}"\n',
        good.replace('pin_file = "publisher.pin"', f'pin = "{PIN}"'),
        good.replace('"publisher.pin"', f"[{PIN!r}]"),
        good + PIN,
    ):
        put(tmp_path / "publisher.toml", bad)
        check(failure(lambda: use_all(tmp_path)))


def echo_error(service: SigningService) -> None:
    def bend(body: bytes) -> bytes:
        asked = service.asked[-1]
        said = {"code": -32000, "message": f"{USER}:{WORD} {SECRET.hex()}", "data": asked}
        return json.dumps({"jsonrpc": "2.0", "id": asked["id"], "error": said}).encode()

    service.bend_answer = bend


ECHOES: dict[str, Callable[[SigningService], None]] = {
    "an error that repeats": echo_error,
    "a status that repeats": lambda s: setattr(s, "status", 401),
    "not JSON": lambda s: setattr(s, "bend_answer", lambda body: f"no: {WORD}".encode()),
    "a result that repeats": lambda s: setattr(s, "bend_result", lambda _: f"0x{WORD}"),
    "a member that repeats": lambda s: setattr(s, "bend_result", lambda _: {WORD: WORD}),
    "its own key": lambda s: setattr(s, "bend_result", lambda _: "0x" + SECRET.hex()),
    "its own key, for a tx": lambda s: setattr(s, "bend_result", lambda _: "0x02" + SECRET.hex()),
    "a broken URL": lambda s: setattr(s, "url", f"http://h:{WORD}/"),
    "another scheme": lambda s: setattr(s, "url", f"ftp://{USER}:{WORD}@h/"),
    "nobody there": lambda s: setattr(s, "url", f"http://{USER}:{WORD}@127.0.0.1:9/"),
    "no TLS there": lambda s: setattr(s, "url", s.url.replace("http:", "https:")),
}


@pytest.mark.parametrize("name", ECHOES)
@pytest.mark.parametrize("role", ["head", "publisher"])
def test_a_service_that_repeats_what_it_was_sent(
    tmp_path: Path, service: SigningService, name: str, role: str
) -> None:
    ECHOES[name](service)
    put_remote(tmp_path, role, service)
    if role == "head":
        put_plain(tmp_path, "publisher")
    check(failure(lambda: use_all(tmp_path)))


@pytest.mark.parametrize(
    "bend",
    [
        lambda text: text.replace("address", "adress"),
        lambda text: text + f"{WORD}\n",
        lambda text: text + f'password = "{WORD}"\n',
        lambda text: text.replace('url = "', 'url = ["').replace('/"\n', '/"]\n'),
        lambda text: text.replace('address = "', f'address = "{WORD}'),
    ],
)
def test_files_of_signers_that_are_malformed(
    tmp_path: Path, service: SigningService, bend: Callable[[str], str]
) -> None:
    put_remote(tmp_path, "publisher", service)
    file = tmp_path / "publisher.toml"
    put(file, bend(file.read_text()))
    check(failure(lambda: use_all(tmp_path)))


def test_settings_and_diagnostics_of_a_service(
    tmp_path: Path,
    service: SigningService,
    capfd: pytest.CaptureFixture[str],
) -> None:
    keys = tmp_path / "keys"
    secrets = [put_keystore(keys, "log"), put_plain(keys, "publisher")]
    put_remote(keys, "head", service)
    write_policy(tmp_path)
    settings = tmp_path / "liuhen.toml"
    places = {name: tmp_path / name.removesuffix("_dir") for name in ("data_dir", "register_dir")}
    places |= {"keys_dir": keys, "policy_file": tmp_path / "policy.json"}
    settings.write_text("".join(f'{name} = "{place}"\n' for name, place in places.items()))
    done = CliRunner().invoke(
        app, ["settings", "--settings", str(settings)], env={"LIUHEN_RPC_URL": NOBODY}
    )
    assert (done.exit_code, str(keys) in done.stdout) == (0, True)
    try:
        set_up_diagnostics("debug")
        logging.getLogger().setLevel(logging.DEBUG)
        with open_service(settings_in(tmp_path), development=True, anchor=True) as logs:
            log = logs.get(None).append
            log.append_here(b'{"data":1}')
            echo_error(service)
            with pytest.raises(Unavailable) as caught:
                log.append_here(b'{"data":2}')
    finally:
        logging.getLogger().setLevel(logging.WARNING)
    seen = capfd.readouterr()
    assert "cannot_write" in seen.out + seen.err
    check(done.stdout + seen.out + seen.err + told(caught.value), *secrets)
