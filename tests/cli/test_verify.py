"""`liuhen verify` as a person or a script meets it."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from liuhen.cli import policy_file
from liuhen.cli.main import app
from liuhen.core.chain_view import NodeAnswer
from tests.fakes.node_server import node_server
from tests.receipt_corpus import BLOCK_HASH, FOLDER, KIT, parse_node

SEALED, EVIDENCE, ANCHORED = FOLDER / "sealed", FOLDER / "evidence", FOLDER / "anchored"
PROGRAM = "import sys; from liuhen.cli.main import main; sys.argv[0] = 'liuhen'; main()"
SERVICE_PACKAGES = {
    *("alembic", "eth_account", "fastapi", "jinja2", "pydantic_settings", "sqlalchemy"),
    *("sqlmodel", "starlette", "structlog", "uvicorn", "web3"),
}
"""What only the extra brings. Not pydantic: Typer itself reads arguments with it."""


@pytest.fixture(autouse=True)
def no_policy_of_mine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Let nobody's own configuration decide a test; return where a policy would lie."""
    place = tmp_path / "configuration" / "policy.json"
    monkeypatch.setattr(policy_file, "default_place", lambda: place)
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    return place


def run(*arguments: str | Path, stdin: bytes | None = None) -> tuple[int, str, str]:
    done = CliRunner().invoke(app, list(map(str, arguments)), input=stdin)
    return done.exit_code, done.stdout, done.stderr


def verify(case: Path, *arguments: str | Path) -> tuple[int, str]:
    words = ("verify", case / "receipt.json", "--policy", case / "policy.json", *arguments)
    code, stdout, stderr = run(*words)
    assert stderr == ""
    return code, stdout


def process(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the real program."""
    return subprocess.run(
        [sys.executable, "-c", PROGRAM, *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), **environment},
        check=False,
    )


# --- what it says -------------------------------------------------------------------------------


def test_the_verdict_comes_first_and_then_what_it_means() -> None:
    code, stdout = verify(SEALED, "--lang", "en")
    lines = stdout.splitlines()
    assert code == 0
    assert lines[0].startswith("Match. This record is exactly what was entered")
    assert lines[1].startswith("This shows only whether the content was changed")
    assert "proves nothing about time" in lines[2]


def test_it_answers_in_chinese_too() -> None:
    code, stdout = verify(SEALED, "--lang", "zh")
    lines = stdout.splitlines()
    assert code == 0
    assert lines[0] == "一致。这份记录与存证时完全相同，此后未被改动。"
    assert lines[1].startswith("本结论只说明内容是否被改动")
    assert "不能证明任何时间" in lines[2]


@pytest.mark.parametrize(
    ("environment", "first"),
    [
        ({"LANG": "zh_CN.UTF-8"}, "一致"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C.UTF-8"}, "Match"),
        ({"LANG": "en_GB.UTF-8", "LC_MESSAGES": "zh_TW"}, "一致"),
        ({"LANG": "", "LC_ALL": ""}, "Match"),
    ],
)
def test_the_language_is_that_of_the_terminal(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], first: str
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert verify(SEALED)[1].startswith(first)


def test_every_check_has_a_line_with_its_state() -> None:
    stdout = verify(EVIDENCE, "--offline", "--lang", "en")[1]
    assert "✓ passed  inclusion: the commitment is entry 2 of the log" in stdout
    assert "- not checked  anchor: nobody vouches for the hash of block 19" in stdout
    stdout = verify(FOLDER / "changed_score_fail", "--offline", "--lang", "en")[1]
    assert "✗ failed  inclusion: this content is not in the log" in stdout


def test_offline_it_names_the_hash_to_compare() -> None:
    code, stdout = verify(EVIDENCE, "--offline", "--lang", "en")
    assert code == 6
    assert f"it must be 0x{BLOCK_HASH.hex()}" in stdout


def test_offline_without_evidence_it_names_the_head_to_compare() -> None:
    code, stdout = verify(ANCHORED, "--offline", "--lang", "en")
    assert code == 6
    assert f"headAt(0x{KIT.log_id.hex()}, 9)" in stdout
    assert KIT.tree.root(9).hex() in stdout


def test_the_time_is_told_twice() -> None:
    stdout = verify(FOLDER / "evidence_known_block", "--offline", "--lang", "en")[1]
    assert "recorded: 2026-03-31 07:40:01Z = 2026-03-31 15:40:01 Beijing time" in stdout
    assert "not after: 2026-03-31 07:41:40Z = 2026-03-31 15:41:40 Beijing time" in stdout


def test_a_node_bounds_the_time_from_both_sides() -> None:
    node = parse_node(json.loads((ANCHORED / "nodes.json").read_bytes())[0])
    assert isinstance(node, NodeAnswer)
    with node_server(node) as url:
        code, stdout = verify(ANCHORED, "--rpc", url, "--lang", "en")
    assert code == 0
    assert "not before: 2026-03-31 07:39:40Z = 2026-03-31 15:39:40 Beijing time" in stdout
    assert "not after: 2026-03-31 07:41:40Z = 2026-03-31 15:41:40 Beijing time" in stdout


def test_what_is_hidden_is_said() -> None:
    stdout = verify(FOLDER / "hidden_fields", "--offline", "--lang", "en")[1]
    assert "fields of unknown name; uniqueness and array lengths are not proven" in stdout


def test_a_different_file_is_first_explained_innocently() -> None:
    code, stdout = verify(SEALED, SEALED / "other.json", "--lang", "en")
    assert code == 3
    assert stdout.startswith("Different.")
    assert "Innocent causes are common" in stdout


def test_explain_adds_sources_and_facts() -> None:
    stdout = verify(SEALED, "--explain", "--lang", "en")[1]
    assert "RFC 9162 §2.1.3.2" in stdout
    assert f"root: {KIT.tree.root(5).hex()}" in stdout


def test_quiet_says_nothing() -> None:
    assert verify(SEALED, "--quiet") == (0, "")
    assert verify(FOLDER / "truncated_fail", "--quiet") == (7, "")


def test_json_is_one_object_with_the_inputs() -> None:
    code, stdout = verify(SEALED, SEALED / "report.txt", "--json")
    answer = json.loads(stdout)
    assert stdout.count("\n") == 1
    assert (code, answer["schema"], answer["outcome"]) == (0, "audit-verdict/v1", "match")
    assert answer["files"] == [str(SEALED / "report.txt")]
    assert answer["checks"][0]["code"] == "origin"


def test_a_receipt_with_a_size_that_json_readers_round_is_still_printed(tmp_path: Path) -> None:
    text = (EVIDENCE / "receipt.json").read_text(encoding="utf-8")
    huge = text.replace("logs/kit\\n5\\n", f"logs/kit\\n{2**62}\\n")
    (tmp_path / "receipt.json").write_text(huge, encoding="utf-8")
    shutil.copy(EVIDENCE / "policy.json", tmp_path)
    code, stdout = verify(tmp_path, "--json", "--offline")
    assert (code, json.loads(stdout)["facts"]["size"]) == (3, str(2**62))
    assert verify(tmp_path, "--explain", "--offline")[0] == 3


def test_a_receipt_cannot_steer_the_terminal(tmp_path: Path) -> None:
    text = (SEALED / "receipt.json").read_text(encoding="utf-8")
    evil = text.replace("log.example/logs/kit\\n5", "log.example\u009b2J\u202e/logs/kit\\n5")
    (tmp_path / "receipt.json").write_text(evil, encoding="utf-8")
    shutil.copy(SEALED / "policy.json", tmp_path)
    for form in ("--explain", "--json"):
        code, stdout = verify(tmp_path, form)
        assert code == 3
        assert stdout.replace("\n", "").isprintable()


# --- what it reads ------------------------------------------------------------------------------


def test_a_record_longer_than_a_submission_is_still_compared(tmp_path: Path) -> None:
    data = (SEALED / "data.json").read_bytes()
    (tmp_path / "data.json").write_bytes(b" " * 9 * 2**20 + data)
    assert verify(SEALED, tmp_path / "data.json")[0] == 0


@pytest.mark.parametrize(
    ("start", "end", "reason"),
    [
        (b"", b"{}", "file-too-long"),
        (b'{"a":', b"1}", "file-too-long"),
        (b"\xe4\xb8", b"", "file-not-in-record"),
        (b"%PDF", b"", "file-not-in-record"),
        (b"2026-03-31", b"", "file-not-in-record"),
        (b"[", b"\xff", "file-too-long"),
    ],
)
def test_only_what_may_be_json_is_too_long_to_compare(
    tmp_path: Path, start: bytes, end: bytes, reason: str
) -> None:
    (tmp_path / "long").write_bytes(start + b" " * 13 * 2**20 + end)
    code, stdout = verify(SEALED, tmp_path / "long", "--json")
    assert json.loads(stdout)["checks"][-1]["reason"] == reason
    assert code == (6 if reason == "file-too-long" else 3)


def test_a_character_that_is_cut_off_does_not_hide_that_a_file_may_be_json(tmp_path: Path) -> None:
    (tmp_path / "long").write_bytes(b' "' + "案".encode() * 5 * 2**20 + b'"')
    assert verify(SEALED, tmp_path / "long")[0] == 6


def test_a_receipt_may_come_from_stdin() -> None:
    body = (SEALED / "receipt.json").read_bytes()
    code, _, _ = run("verify", "-", "--policy", SEALED / "policy.json", stdin=body)
    assert code == 0


def test_a_final_newline_is_tolerated() -> None:
    body = (SEALED / "receipt.json").read_bytes()
    for tail, expected in ((b"\n", 0), (b"\n\n", 7), (b" ", 7)):
        words = ("verify", "-", "--policy", SEALED / "policy.json")
        assert run(*words, stdin=body + tail)[0] == expected


def test_the_policy_of_the_configuration_folder_is_used(no_policy_of_mine: Path) -> None:
    code, stdout, _ = run("verify", SEALED / "receipt.json", "--lang", "en")
    assert code == 6
    assert stdout.startswith("We could not check.")
    assert f"put it at {no_policy_of_mine}" in stdout
    no_policy_of_mine.parent.mkdir()
    shutil.copy(SEALED / "policy.json", no_policy_of_mine)
    assert run("verify", SEALED / "receipt.json")[0] == 0


def test_without_a_policy_json_says_so_too() -> None:
    code, stdout, _ = run("verify", SEALED / "receipt.json", "--json")
    answer = json.loads(stdout)
    assert (code, answer["outcome"], answer["reason"]) == (6, "could_not_check", "no-policy")


def test_a_malformed_receipt_is_malformed_even_without_a_policy() -> None:
    assert run("verify", FOLDER / "truncated_fail" / "receipt.json")[0] == 7


def test_a_malformed_policy_is_named(tmp_path: Path) -> None:
    policy = tmp_path / "policy.json"
    for body in ("{}", '{"schema":1}', "not json"):
        policy.write_text(body)
        code, stdout, _ = run("verify", SEALED / "receipt.json", "--policy", policy, "--lang", "en")
        assert code == 7
        assert stdout.startswith("Not readable.")
        assert str(policy) in stdout


def test_a_receipt_that_was_saved_again_is_malformed_and_says_why() -> None:
    code, stdout = verify(FOLDER / "reformatted_fail", "--lang", "en")
    assert code == 7
    assert "not in canonical form" in stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ["--offline", "--rpc", "http://127.0.0.1:1"],
        ["--rpc", "nonsense"],
        ["--rpc", "ftp://127.0.0.1"],
        ["--block-hash", "0x12"],
        ["--block-hash", "ab" * 32],
        ["--lang", "fr"],
        ["--no-such-option"],
        ["there-is-no-such-file"],
        ["--policy", "there-is-no-such-file"],
        [".", "--offline"],
        ["-", "-"],
    ],
)
def test_wrong_usage_is_said_on_stderr(arguments: list[str]) -> None:
    code, stdout, stderr = run("verify", SEALED / "receipt.json", *arguments)
    assert (code, stdout) == (2, "")
    assert "Error:" in stderr


def test_a_url_with_credentials_is_not_repeated() -> None:
    words = ("verify", SEALED / "receipt.json", "--rpc", "ftp://user:word@127.0.0.1")
    assert "word" not in "".join(map(str, run(*words)))


def test_a_dead_node_is_never_a_difference() -> None:
    code, stdout = verify(ANCHORED, "--rpc", "http://127.0.0.1:1", "--lang", "en")
    assert code == 6
    assert "try another node (127.0.0.1:1" in stdout


# --- the real program ---------------------------------------------------------------------------


def test_the_program_gives_its_answer_as_exit_code() -> None:
    for name, code in [("sealed", 0), ("changed_score_fail", 3), ("waiting_for_anchor", 4)]:
        case = FOLDER / name
        done = process("verify", case / "receipt.json", "--policy", case / "policy.json")
        assert (done.returncode, done.stderr) == (code, "")
        assert "\x1b" not in done.stdout


@pytest.mark.parametrize("position", [0, 700, 2500, -1])
def test_the_program_refuses_a_bent_byte(tmp_path: Path, position: int) -> None:
    bent = bytearray((SEALED / "receipt.json").read_bytes())
    bent[position] ^= 1
    (tmp_path / "receipt.json").write_bytes(bent)
    done = process("verify", tmp_path / "receipt.json", "--policy", SEALED / "policy.json")
    assert done.returncode in (3, 6, 7)


def test_an_ascii_terminal_breaks_nothing() -> None:
    words = ("verify", SEALED / "receipt.json", "--policy", SEALED / "policy.json", "--lang", "zh")
    done = process(*words, PYTHONIOENCODING="ascii")
    assert done.returncode == 0
    assert done.stdout.startswith("\\u4e00\\u81f4")


@pytest.mark.parametrize("arguments", [["--help"], ["verify", "--help"], None])
def test_the_base_install_is_enough(arguments: list[str] | None) -> None:
    case = ["verify", str(ANCHORED / "receipt.json"), "--policy", str(ANCHORED / "policy.json")]
    words = arguments or [*case, "--rpc", "http://127.0.0.1:1", "--explain"]
    code = (
        "import sys, atexit; from liuhen.cli.main import main; "
        "atexit.register(lambda: print(*sys.modules, file=sys.stderr)); main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *words],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        check=False,
    )
    assert done.returncode == (0 if arguments else 6)
    loaded = {name.partition(".")[0] for name in done.stderr.split()}
    assert "typer" in loaded
    assert loaded.isdisjoint(SERVICE_PACKAGES)
    assert arguments is None or loaded.isdisjoint({"coincurve", "cryptography", "httpx2"})
