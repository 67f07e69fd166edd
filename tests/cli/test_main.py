"""The program as a whole: help, errors, crashes, the commands that run processes."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from liuhen import __version__
from liuhen.cli import record, talk
from liuhen.cli.main import app

ROOT = Path(__file__).resolve().parents[2]
COMMANDS = ["", "serve", "anchor", "dev", "append", "verify", "settings", "receipt fetch"]
COMMANDS += [
    "log check",
    "log copy",
    "log keys",
    "log report",
    "log close",
    "log own",
    "key rotate",
    "key announce",
]
COMMANDS += ["audit", "disclose", "erase", "proof check"]
COMMANDS += ["record canonical", "record digest", "record commit"]
COMMANDS += ["attachment put", "attachment get"]
COMMANDS += ["import ocds", "import prozorro", "import jsonl", "import csv"]
COMMANDS += ["case check", "case replay", "draw seed", "draw commit", "draw select", "draw check"]
COMMANDS += ["deadline list", "deadline due", "deadline window"]
COMMANDS += [f"ledger {name}" for name in ("import", "export", "board", "snapshot", "check")]


def run(*words: str, **environment: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(app, list(words), env=environment)
    return done.exit_code, done.stdout, done.stderr


@pytest.mark.parametrize("command", COMMANDS)
def test_help_begins_with_an_example(command: str) -> None:
    code, stdout, _ = run(*command.split(), "--help")
    assert code == 0
    example = re.sub(r"\s+", " ", stdout.split("Example:")[1].split("\n\n")[0])
    assert example.strip().startswith(f"liuhen {command}".strip())
    assert stdout.index("Example:") < stdout.index("Options:")


def test_every_command_has_an_example_here() -> None:
    listed = {command.name for command in app.registered_commands}
    assert listed == {command.split()[0] for command in COMMANDS if command}


def test_the_version_is_printed() -> None:
    assert run("--version") == (0, f"liuhen {__version__}\n", "")


def test_a_crash_is_one_sentence_and_exit_1(monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(file: Path) -> bytes:
        secret = "f00d" * 16
        raise RuntimeError(f"a secret of {len(secret)} digits")

    monkeypatch.setattr(record, "_canonical", crash)
    code, stdout, stderr = run("record", "digest", __file__)
    assert (code, stdout) == (1, "")
    assert stderr == "liuhen broke down (RuntimeError); --debug shows where\n"
    code, _, stderr = run("--debug", "record", "digest", __file__)
    assert code == 1
    assert "Traceback" in stderr
    assert "in crash" in stderr
    assert "f00d" not in stderr


def test_an_unknown_command_is_wrong_usage() -> None:
    assert run("vérify")[0] == 2
    assert run()[0] == 2


# --- the processes ------------------------------------------------------------------------------


@pytest.fixture
def called(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Note what the process commands run in place of running it."""
    from liuhen.wiring import development, serve

    calls: list[Any] = []

    def note(*arguments: object, **options: object) -> None:
        calls.append((arguments, options))

    for module, name in [(serve, "serve"), (serve, "anchor"), (development, "dev")]:
        monkeypatch.setattr(module, name, note)
    return calls


@pytest.fixture
def settings(tmp_path: Path) -> str:
    file = tmp_path / "liuhen.toml"
    folders = "\n".join(f'{name} = "{name}"' for name in ("data_dir", "register_dir", "keys_dir"))
    file.write_text(
        f'{folders}\npolicy_file = "policy.json"\nrpc_url = "http://user:word@127.0.0.1:8545/k"\n'
    )
    return str(file)


def test_serve_runs_with_its_settings(called: list[Any], settings: str) -> None:
    assert run("serve", "--settings", settings, "--development", "--no-anchor")[0] == 0
    (read,), options = called[0]
    assert str(read.data_dir) == "data_dir"
    assert options == {"development": True, "anchor": False, "accept_lost": False}


def test_anchor_runs_with_its_settings(called: list[Any], settings: str) -> None:
    assert run("anchor", "--settings", settings, "--once")[0] == 0
    assert called[0][1] == {"development": False, "once": True, "accept_lost": False}


def test_dev_runs_in_its_folder(called: list[Any], tmp_path: Path) -> None:
    assert run("dev", str(tmp_path), "--port", "0", "--chain-port", "8545")[0] == 0
    arguments, options = called[0]
    assert (arguments, options["chain_port"]) == ((tmp_path, 0), 8545)


def test_dev_says_where_everything_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from liuhen.cli.dev import _tell
    from liuhen.wiring.development import DevelopmentPlace

    policy, settings = tmp_path / "policy.json", tmp_path / "liuhen.toml"
    url, chain = "http://127.0.0.1:8420", "http://127.0.0.1:8545"
    _tell(DevelopmentPlace(tmp_path, url, chain, policy, settings, "o"))
    said = capsys.readouterr().out
    assert f"liuhen audit --settings {settings}" in said
    assert f"--policy {policy} --rpc http://127.0.0.1:8545" in said
    _tell(DevelopmentPlace(tmp_path, url, chain, policy, settings, "host/o", ("host/second",)))
    assert str(tmp_path / "second.json") in capsys.readouterr().out


def test_settings_are_printed_with_secrets_masked(settings: str) -> None:
    for form in ([], ["--json"]):
        code, stdout, _ = run("settings", "--settings", settings, *form)
        assert code == 0
        assert "LIUHEN_RPC_URL" in stdout
        assert "word" not in stdout


def test_settings_that_lack_are_wrong_usage(tmp_path: Path) -> None:
    (tmp_path / "empty.toml").touch()
    code, stdout, stderr = run("settings", "--settings", str(tmp_path / "empty.toml"))
    assert (code, stdout) == (2, "")
    assert "LIUHEN_KEYS_DIR" in stderr


def test_a_base_install_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pydantic_settings", None)
    for name in [name for name in sys.modules if name.startswith("liuhen.wiring")]:
        monkeypatch.delitem(sys.modules, name)
    code, _, stderr = run("serve")
    assert code == 2
    assert "pip install '.[service]'" in stderr


# --- the terminal -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("评标 report", "评标 report"),
        ("a\x1b[2Jb", "a\\x1b[2Jb"),
        ("\u009b\u202e", "\\x9b\\u202e"),
        ("a\tb\nc", "a\\tb\nc"),
        ("\udcff", "\\udcff"),
    ],
)
def test_text_cannot_steer_the_terminal(text: str, shown: str) -> None:
    assert talk.printable(text) == shown


def test_json_keeps_what_it_escapes(capsys: pytest.CaptureFixture[str]) -> None:
    import json

    value = {"text": "\u202e\U000e0001", "exact": 2**53 - 1, "yes": True}
    talk.say_json(value)  # type: ignore[arg-type]  # a dict of literals
    line = capsys.readouterr().out
    assert line.rstrip("\n").isprintable()
    assert json.loads(line) == value


def test_ctrl_c_ends_with_130() -> None:
    program = (
        "import sys, time; from liuhen.cli import record; from liuhen.cli.main import main\n"
        "def wait(file): print('ready', flush=True); time.sleep(60)\n"
        "record._canonical = wait; sys.argv = ['liuhen', 'record', 'digest', '-']; main()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    ) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        assert running.stdout.readline() == "ready\n"
        time.sleep(0.1)
        running.send_signal(signal.SIGINT)
        assert running.wait(30) == 130
        assert "Traceback" not in running.stderr.read()
