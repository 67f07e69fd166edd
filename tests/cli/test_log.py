"""`liuhen log`: what a person, a program and a cron job get to know."""

import dataclasses
import json
import re
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from liuhen.cli import check_words, log_words
from liuhen.cli.main import app
from liuhen.client.retry import Retry
from liuhen.core import log_checks
from liuhen.core.canonical import canonical
from liuhen.core.chain_view import NodeAnswer
from liuhen.core.keccak import keccak256
from liuhen.core.key_history import history_of
from liuhen.core.log_standing import ForkMark, LogClosing
from liuhen.core.merkle import TreeHead, root_hash
from liuhen.core.policy import SizeRange, TrustPolicy, parse_policy
from liuhen.core.verdict import Outcome
from tests.cli.test_words import HAN, checks_in, fields
from tests.fakes.node_server import node_server
from tests.log_folder import sample_entries
from tests.watched_log import ORIGIN, policy_of, signer, standing_of, write_log

NOBODY = "http://127.0.0.1:9"
ROOT_OF_7 = root_hash(sample_entries(300)[:7])


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A log of 300 entries, its policy, and a memory of nobody else's."""
    write_log(tmp_path / "log", sample_entries(300))
    write_policy(tmp_path, policy_of())
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path


def write_policy(folder: Path, policy: TrustPolicy) -> None:
    (folder / "policy.json").write_bytes(canonical(policy.to_json()))


def run(*words: str | Path) -> tuple[int, str, str]:
    done = CliRunner().invoke(app, ["log", *map(str, words)])
    return done.exit_code, done.stdout, done.stderr


def check(place: Path, *words: str | Path, log: str = "log") -> tuple[int, str]:
    code, stdout, _ = run("check", place / log, "--policy", place / "policy.json", *words)
    return code, stdout


def as_json(text: str) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(text)
    return value


def test_a_look_says_what_was_checked_and_what_was_not(place: Path) -> None:
    code, said = check(place, "--lang", "en")
    assert code == 0
    assert said.startswith("Match. All 300 entries of this log were read")
    assert "for the first time" in said
    assert "no node was named with --rpc" in said
    assert "4" in said
    code, said = check(place, "--lang", "zh")
    assert (code, said.startswith("一致。")) == (0, True)
    assert "前缀" in said  # the second look compares with the first


def test_the_memory_is_one_file_a_log_in_the_users_state_folder(place: Path) -> None:
    assert check(place)[0] == 0
    (file,) = (place / "state/liuhen/logs").iterdir()
    assert file.name == "log.example%2Flogs%2Fwatched.json"
    before = file.stat().st_mtime_ns
    assert check(place)[0] == 0
    assert file.stat().st_mtime_ns == before  # the same head again is nothing new
    assert check(place, "--state", place / "mine" / "state.json")[0] == 0
    assert (place / "mine" / "state.json").read_bytes().startswith(b'{"heads":[{"note":"log.ex')


def test_a_fork_is_printed_and_kept_and_told_again(place: Path) -> None:
    assert check(place, "--state", place / "state.json")[0] == 0
    memory = (place / "state.json").read_bytes()
    forged = sample_entries(301)
    forged[0] = bytes(32)
    write_log(place / "forged", forged)
    for _ in range(2):
        code, said = check(place, "--state", place / "state.json", "--lang", "en", log="forged")
        assert code == 3
        assert said.count(f"— {ORIGIN} ") == 4  # both notes with both their lines
        assert f"\n{ORIGIN}\n300\n" in said
        assert f"\n{ORIGIN}\n301\n" in said
        (kept,) = place.glob("state.fork-*.txt")
        assert f"evidence kept in: {kept}" in said
        notes = [(place / name / "checkpoint").read_text() for name in ("log", "forged")]
        assert kept.read_text() == "\n".join(notes)
    assert (place / "state.json").read_bytes() == memory
    assert check(place, "--state", place / "state.json")[0] == 0


def test_a_program_gets_one_object(place: Path) -> None:
    code, said = check(place, "--json")
    found = as_json(said)
    assert (code, found["schema"], found["outcome"]) == (0, "audit-log-check/v1", "match")
    assert found["facts"]["size"] == 300
    assert found["checkpoint"] == (place / "log/checkpoint").read_text()
    assert [each["code"] for each in found["checks"]] == [
        *("origin", "log_signature", "signer_signature", "tiles", "memory"),
        *("contract", "standing"),
    ]
    assert (found["fork"], found["evidence"]) == (None, None)


def test_a_cron_job_gets_a_code(place: Path) -> None:
    assert check(place, "--quiet") == (0, "")
    tile = place / "log/tile/0/000"
    tile.write_bytes(bytes(32) + tile.read_bytes()[32:])
    assert check(place, "--quiet") == (3, "")
    tile.write_bytes(b"short")
    assert check(place, "--quiet") == (7, "")
    tile.unlink()
    assert check(place, "--quiet") == (6, "")


def test_a_bent_tile_is_named_in_both_languages(place: Path) -> None:
    bundle = place / "log/tile/entries/001.p/44"
    bundle.write_bytes(bundle.read_bytes()[:-1] + b"\0")
    code, said = check(place, "--lang", "en")
    assert code == 3
    assert "tile/entries/001.p/44 was altered: its entries are not the ones" in said
    assert "not done: heads seen before, contract" in said
    code, said = check(place, "--lang", "zh")
    assert (code, "tile/entries/001.p/44 被改动" in said) == (3, True)


@pytest.mark.parametrize(
    ("content", "code", "outcome"),
    [(b"<html>", 7, "malformed"), (None, 6, "could_not_check")],
)
def test_what_cannot_be_read_is_answered_too(
    place: Path, content: bytes | None, code: int, outcome: str
) -> None:
    checkpoint = place / "log/checkpoint"
    checkpoint.unlink()
    if content is not None:
        checkpoint.write_bytes(content)
    found, said = check(place, "--json")
    assert (found, as_json(said)["outcome"]) == (code, outcome)
    for language, sentence in [("en", "."), ("zh", "。")]:
        found, said = check(place, "--lang", language)
        assert (found, sentence in said.splitlines()[0]) == (code, True)


def test_a_service_that_cannot_be_reached_is_exit_6(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("liuhen.client.log_source.Retry", lambda: Retry(attempts=1))
    code, stdout, _ = run("check", NOBODY, "--log", "x", "--policy", place / "policy.json")
    assert (code, "no answer" in stdout) == (6, True)


def test_a_node_that_cannot_be_reached_is_exit_6_and_the_head_is_remembered(place: Path) -> None:
    code, said = check(place, "--rpc", NOBODY, "--lang", "en", "--state", place / "s.json")
    assert code == 6
    assert "the node 127.0.0.1:9 did not answer" in said
    assert (place / "s.json").exists()


@pytest.mark.parametrize(
    ("change", "code", "first", "said"),
    [
        (
            {"closing": LogClosing(300, bytes([5]) * 32, 20)},
            0,
            {"en": "Note: this log has ended, at 300 entries", "zh": "注意：该日志已经结束"},
            {"en": "has not grown past its last size", "zh": "没有超过其最后大小"},
        ),
        (
            {"closing": LogClosing(299, None, 20)},
            3,
            {"en": "Note: this log has ended, at 299 entries", "zh": "注意：该日志已经结束"},
            {"en": "here is a signed head of 300", "zh": "这里签出了 300 个条目的树头"},
        ),
        (
            {"mark": ForkMark(signer().address, 7, bytes(32), ROOT_OF_7, 20)},
            6,
            {"en": "Warning: this log has forked.", "zh": "警告：该日志曾经分叉。"},
            {"en": "this log forked at 7 entries; here is the side", "zh": "这里是根哈希为"},
        ),
        (
            {"mark": ForkMark(signer().address, 7, bytes(32), b"\1" * 32, 20)},
            3,
            {"en": "Warning: this log has forked.", "zh": "警告：该日志曾经分叉。"},
            {"en": "and here is a third", "zh": "而这里是第三个"},
        ),
        (
            {"mark": ForkMark(signer().address, 301, bytes(32), b"\1" * 32, 20)},
            6,
            {"en": "Warning: this log has forked.", "zh": "警告：该日志曾经分叉。"},
            {"en": "beyond the size that it has here", "zh": "还没有到那里"},
        ),
    ],
)
def test_what_the_contract_says_of_the_log_is_told_first(
    place: Path, change: dict[str, Any], code: int, first: dict[str, str], said: dict[str, str]
) -> None:
    policy = dataclasses.replace(policy_of(), code_hash=keccak256(b"code"))
    write_policy(place, policy)
    answer = NodeAnswer(
        node="",
        chain_id=policy.chain.id,
        genesis=policy.chain.genesis,
        code_hash=policy.code_hash,
        latest=TreeHead(0, bytes(32)),
        tip=30,
        standing=dataclasses.replace(standing_of(), **change),
    )
    with node_server(answer) as url:
        for language in ("en", "zh"):
            words = ("--rpc", url, "--lang", language, "--state", place / f"{language}.json")
            found, text = check(place, *words)
            assert found == code
            assert text.splitlines()[1].startswith(first[language])
            assert said[language] in text


def test_without_a_policy_nothing_can_be_checked(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(place / "nothing"))
    code, stdout, _ = run("check", place / "log", "--lang", "en")
    assert (code, "policy.json" in stdout) == (6, True)
    code, stdout, _ = run("check", place / "log", "--json")
    assert as_json(stdout)["reason"] == "no-policy"
    (place / "policy.json").write_text("{}")
    assert check(place)[0] == 7


def test_a_damaged_memory_is_malformed_and_left_alone(place: Path) -> None:
    (place / "state.json").write_text("{}\n")
    assert check(place, "--state", place / "state.json")[0] == 7
    assert (place / "state.json").read_text() == "{}\n"


@pytest.mark.parametrize(
    "words",
    [
        ["check", "nowhere"],
        ["check", "ftp://log.example"],
        ["check", "http://"],
        ["check", ".", "--log", "x"],
        ["check"],
        ["copy", "."],
    ],
)
def test_what_is_no_place_of_a_log_is_wrong_usage(place: Path, words: list[str]) -> None:
    code, _, stderr = run(*words, "--policy", place / "policy.json")
    assert code == 2, stderr


# Copy


def test_a_copy_is_made_and_checked(place: Path) -> None:
    policy = ("--policy", place / "policy.json")
    code, said, _ = run("copy", place / "log", place / "copy", *policy, "--lang", "en")
    assert (code, "300 entries, 5 files fetched, 0 were there" in said) == (0, True), said
    assert check(place, log="copy")[0] == 0
    code, said, _ = run("copy", place / "log", place / "copy", *policy, "--json")
    found = as_json(said)
    assert (code, found["kept"], found["fetched"]) == (0, 2, 3)
    tile = place / "log/tile/0/001.p/44"
    tile.write_bytes(bytes(32) + tile.read_bytes()[32:])
    assert run("copy", place / "log", place / "second", *policy, "--quiet") == (3, "", "")
    assert not (place / "second/checkpoint").exists()


# Keys


def rotate(place: Path) -> None:
    """Give the log a second key from size 301 on, in its key histories."""
    both = policy_of((signer(1), SizeRange(0, 300)), (signer(2), SizeRange(301)))
    history = history_of(both)
    for each in (signer(1), signer(2)):
        history = history.signed_by(each.sign_text, each.log_key)
    (place / "log/keys/1").write_text(history.to_text(), "utf-8")
    write_log(place / "newer", sample_entries(301), signer(2))


def test_keys_are_proven_from_an_old_policy_which_can_be_extended(place: Path) -> None:
    rotate(place)
    assert check(place, log="newer")[0] == 6  # signed by a key that this policy does not know
    policy = ("--policy", place / "policy.json")
    code, said, _ = run("keys", place / "log", *policy, "--write", place / "policy.json")
    assert code == 0
    for each in (signer(1), signer(2)):
        assert each.log_key.to_text() in said
    written = parse_policy((place / "policy.json").read_bytes())
    assert [sizes for _, sizes in written.log_keys] == [SizeRange(0, 300), SizeRange(301)]
    assert check(place)[0] == 6  # whoever stole the first key could have made this one since
    assert check(place, log="newer")[0] == 0
    code, said, _ = run(
        "keys", place / "log", *policy, "--write", place / "policy.json", "--lang", "en"
    )
    assert (code, "was left as it is" in said) == (0, True)


def test_a_new_head_by_the_old_key_is_refused_once_the_policy_knows(place: Path) -> None:
    rotate(place)
    write_log(place / "late", sample_entries(301), signer(1))
    assert check(place, "--state", place / "a.json", log="late")[0] == 0  # nobody told us yet
    policy = ("--policy", place / "policy.json")
    assert run("keys", place / "log", *policy, "--write", place / "policy.json")[0] == 0
    code, said = check(place, "--json", "--state", place / "b.json", log="late")
    assert (code, as_json(said)["reason"]) == (6, "key-not-for-this-size")


def test_keys_that_are_not_proven_write_no_policy(place: Path) -> None:
    rotate(place)
    note = (place / "log/keys/1").read_text()
    lines = note.splitlines(keepends=True)
    (place / "log/keys/1").write_text("".join(lines[:-1]))  # without the new key's own signature
    policy = ("--policy", place / "policy.json")
    code, _, _ = run("keys", place / "log", *policy, "--write", place / "new.json")
    assert (code, (place / "new.json").exists()) == (3, False)
    (place / "log/keys/1").write_text("nonsense")
    assert run("keys", place / "log", *policy)[0] == 7
    (place / "log/keys/1").unlink()
    (place / "log/keys/0").unlink()
    assert run("keys", place / "log", *policy)[0] == 6


def test_keys_are_printed_as_json(place: Path) -> None:
    code, said, _ = run("keys", place / "log", "--policy", place / "policy.json", "--json")
    assert code == 0
    assert as_json(said)["history"] == (place / "log/keys/0").read_text()


# Words


def test_every_check_of_a_log_has_words_in_both_languages() -> None:
    import ast

    source = ast.parse(Path(str(log_checks.__file__)).read_text("utf-8"))
    reading = Path(str(log_checks.__file__)).parents[1] / "core/authentic_rows.py"
    below = Path(str(log_checks.__file__)).parents[1] / "client/log_reading.py"
    given = {*checks_in(source)}
    for file in (reading, below):
        given |= {*checks_in(ast.parse(file.read_text("utf-8")))}
    given |= {"all-lead-to-root"}
    known = {reason for _, reason in (*log_words.REASONS, *check_words.REASONS)}
    assert given - {"log-agrees", "utf-8"} <= known
    codes = {code for code, _ in log_words.REASONS}
    assert codes <= {*log_words.NAMES, *check_words.NAMES}
    assert set(log_words.SENTENCES) == {
        Outcome.MATCH,
        Outcome.DIFFERENT,
        Outcome.COULD_NOT_CHECK,
    }


def test_both_languages_say_the_same_facts() -> None:
    pairs = [*log_words.REASONS.values(), *log_words.SENTENCES.values(), log_words.COPIED]
    for pair in pairs:
        assert HAN.search(pair.zh)
        assert not HAN.search(pair.en)
        assert fields(pair.zh) == fields(pair.en), pair.en
        assert not re.search(r"[,.;] ", pair.zh)
