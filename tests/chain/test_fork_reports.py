"""`liuhen log report` on a real chain: what is marked, and what nobody has to pay for."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from liuhen.adapters.chain.dev_chain import DevChain
from liuhen.adapters.keys_file import create_missing_keys
from liuhen.core.checkpoint import Checkpoint
from liuhen.core.note import SignedNote
from tests.fakes.operated_log import OperatedLog, run

ROOT = bytes([7]) * 32


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DevChain]:
    with DevChain.start(tmp_path_factory.mktemp("chain") / "state.json") as running:
        yield running


@pytest.fixture
def log(chain: DevChain, tmp_path: Path) -> OperatedLog:
    """A log with two anchored heads, and somebody else who can pay."""
    made = OperatedLog(tmp_path / "centre", chain.url)
    made.append(3)
    made.append(4)
    return made


def report(log: OperatedLog, *words: str | Path, key: bool = True) -> tuple[int, str, str]:
    given: list[str | Path] = ["--key", log.key_with_money("me.key")] if key else []
    where: list[str | Path] = ["--policy", log.policy_file, "--rpc", log.url, "--lang", "en"]
    return run("log", "report", *words, *where, *given)


def put(log: OperatedLog, name: str, note: str) -> Path:
    file = log.folder / name
    file.write_text(note)
    return file


def test_a_fork_at_an_anchored_size_is_marked_by_one_note(log: OperatedLog) -> None:
    size = log.view.latest().size
    forked = put(log, "forked", log.sign(size, ROOT))
    code, said, cost = report(log, forked)
    assert (code, "Reported: the contract has marked the log" in said) == (0, True)
    assert "reportFork: costs about" in cost
    mark = log.view.mark()
    assert mark is not None
    assert (mark.size, mark.root, mark.other_root) == (size, ROOT, log.view.latest().root)
    assert mark.signer == log.view.keys()[2]
    before = log.block_number()
    code, said, cost = report(log, forked)
    assert (code, "was marked before" in said, cost) == (0, True, "")
    assert log.block_number() == before


def test_a_fork_between_two_anchors_is_proven_from_the_files_of_the_log(
    log: OperatedLog, tmp_path: Path
) -> None:
    size = log.view.latest().size - 2
    assert log.view.root_at(size) is None
    forked = put(log, "forked", log.sign(size, ROOT))
    code, said, _ = report(log, forked)
    assert (code, "--log-url" in said) == (6, True)
    files = log.copy(tmp_path / "copy")
    code, said, _ = report(log, forked, "--log-url", files)
    assert (code, "These contradict each other" in said) == (0, True)
    mark = log.view.mark()
    assert mark is not None
    assert (mark.size, mark.root) == (size, ROOT)


def test_two_notes_of_one_size_that_was_never_anchored_are_marked(log: OperatedLog) -> None:
    size = log.view.latest().size + 1000
    notes = [put(log, str(number), log.sign(size, bytes([number]) * 32)) for number in (1, 2)]
    code, _, _ = report(log, notes[0])
    assert code == 4
    assert log.view.mark() is None
    code, said, cost = report(log, *notes)
    assert (code, "For the same" in said, "reportDoubleSign" in cost) == (0, True, True)
    mark = log.view.mark()
    assert mark is not None
    assert (mark.size, mark.root, mark.other_root) == (size, b"\1" * 32, b"\2" * 32)


def test_a_dry_run_needs_no_key_and_sends_nothing(log: OperatedLog) -> None:
    forked = put(log, "forked", log.sign(log.view.latest().size, ROOT))
    before = log.block_number()
    code, said, cost = report(log, forked, "--dry-run", "--json", key=False)
    answer = json.loads(said)
    assert (code, answer["outcome"], answer["reason"]) == (0, "not-sent", "fork")
    assert answer["facts"]["root"] == "0x" + ROOT.hex()
    assert "at most" in cost
    assert (log.block_number(), log.view.mark()) == (before, None)
    assert report(log, forked, key=False)[0] == 2


def test_an_honest_log_cannot_be_marked(log: OperatedLog, tmp_path: Path) -> None:
    files = log.copy(tmp_path / "copy")
    honest = put(log, "honest", log.note())
    older = put(log, "older", log.sign(*_head_of(log, 3)))
    before = log.block_number()
    for words in ([honest], [older, "--log-url", files]):
        code, said, cost = report(log, *words)
        assert (code, "There is no contradiction" in said, cost) == (5, True, "")
    for words, why in (([honest, honest], "same size"), ([honest, older], "different sizes")):
        code, said, _ = report(log, *words)
        assert (code, why in said) == (5, True)
    assert (log.block_number(), log.view.mark()) == (before, None)


def _head_of(log: OperatedLog, size: int) -> tuple[int, bytes]:
    with log.serving(anchor=False) as logs:
        return size, logs.get(None).prove.tree().root(size)


def test_a_note_by_nobody_and_a_note_of_another_log_prove_nothing(
    log: OperatedLog, tmp_path: Path
) -> None:
    size = log.view.latest().size
    create_missing_keys(tmp_path / "thief")
    stranger = put(log, "stranger", log.sign(size, ROOT, tmp_path / "thief"))
    other = SignedNote.parse(log.sign(size, ROOT))
    text = Checkpoint("other.example/logs/x", size, ROOT).to_text()
    foreign = put(log, "foreign", SignedNote(text, other.signatures).to_text())
    before = log.block_number()
    for note, why in ((stranger, "It proves nothing"), (foreign, "another log")):
        code, said, _ = report(log, note)
        assert (code, why in said) == (5, True)
    assert report(log, put(log, "rubbish", "rubbish\n"))[0] == 7
    assert (log.block_number(), log.view.mark()) == (before, None)


def test_files_of_another_history_are_not_believed(log: OperatedLog, tmp_path: Path) -> None:
    forked = put(log, "forked", log.sign(log.view.latest().size - 2, ROOT))
    files = log.copy(tmp_path / "copy")
    (tile,) = (files / "tile" / "0" / "000.p").iterdir()
    tile.write_bytes(bytes(32) + tile.read_bytes()[32:])
    before = log.block_number()
    code, said, _ = report(log, forked, "--log-url", files)
    assert (code, "do not lead to the anchored head" in said) == (6, True)
    assert (log.block_number(), log.view.mark()) == (before, None)


def test_what_the_contract_refuses_is_said_in_words(log: OperatedLog) -> None:
    key = log.key_with_money("stranger.key")
    where = ("--policy", log.policy_file, "--rpc", log.url, "--key", key)
    before = log.block_number()
    code, _, why = run("log", "own", "--to", "0x" + "5e" * 20, *where)
    assert code == 6
    assert "only the log's owner does this (NotOwner: logId 0x" in why
    code, _, why = run("log", "own", "--accept", *where)
    assert (code, "NotProposed" in why) == (6, True)
    assert log.block_number() == before
