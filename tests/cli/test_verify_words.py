"""What `liuhen verify` says about time, about nodes that differ, and about the content."""

import dataclasses
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import pytest
from typer.testing import CliRunner

from liuhen.cli import check_words
from liuhen.cli.main import app
from liuhen.core.canonical import canonical_text
from liuhen.core.chain_view import NodeAnswer, NodeReport, NodeSilence
from tests.corpus.drivers import NOBODY
from tests.fakes.node_server import node_server
from tests.receipt_corpus import BLOCK_HASH, FOLDER, FORK, KIT, parse_node
from tests.receipt_kit import AFTER_BLOCK, Kit

ROOT = Path(__file__).parents[2]
PROGRAM = "import sys; from liuhen.cli.main import main; sys.argv[0] = 'liuhen'; main()"


def nodes(case: str) -> list[NodeReport]:
    return [parse_node(node) for node in json.loads((FOLDER / case / "nodes.json").read_bytes())]


def verify(case: str, *arguments: str, asked: Sequence[NodeReport] = ()) -> tuple[int, str]:
    folder = FOLDER / case
    words = ["verify", str(folder / "receipt.json"), "--policy", str(folder / "policy.json")]
    with ExitStack() as stack:
        for node in asked:
            if isinstance(node, NodeAnswer):
                words += ["--rpc", stack.enter_context(node_server(node))]
            else:
                words += ["--rpc", NOBODY]
        done = CliRunner().invoke(app, [*words, *arguments])
    assert done.stderr == ""
    return done.exit_code, done.stdout


def line(text: str, start: str) -> str:
    """Return the one line that starts so."""
    (found,) = [each for each in text.splitlines() if each.startswith(start)]
    return found


# --- time ---------------------------------------------------------------------------------------


def test_both_bounds_are_told_with_block_and_teller() -> None:
    text = verify("anchored", "--lang", "en", asked=nodes("anchored")[:1])[1]
    lower, upper = line(text, "not before: "), line(text, "not after: ")
    assert lower.startswith("not before: 2026-03-31 07:39:40Z = 2026-03-31 15:39:40 Beijing time")
    assert f"(block 17 {AFTER_BLOCK.hash}, told by 127.0.0.1:" in lower
    assert upper.startswith("not after: 2026-03-31 07:41:40Z = ")
    assert "(block 19, told by 127.0.0.1:" in upper
    time = line(text, "time: ")
    assert time.startswith("time: Entered between these two blocks, as chain 20231 tells it.")
    assert "here the operator itself" in time
    assert line(text, "recorded: ").endswith("(by the service's own clock)")


def test_one_bound_is_said_to_be_one() -> None:
    text = verify("evidence_known_block", "--lang", "en")[1]
    assert line(text, "not before: ") == "not before: not proven"
    assert "how long before is not proven" in line(text, "time: ")
    after = str(AFTER_BLOCK.hash)
    text = verify("sealed", "--block-hash", after, "--lang", "en")[1]
    assert line(text, "not after: ") == "not after: not proven"
    assert line(text, "not before: ") == (
        f"not before: at a time that nobody told (block 17 {after}, vouched for by you)"
    )
    assert "how long after is not proven" in line(text, "time: ")


def test_no_bound_is_said_to_be_none() -> None:
    text = verify("sealed", "--lang", "en")[1]
    assert line(text, "time: ").startswith("time: The chain proves no time here")
    text = verify("sealed", "--lang", "zh")[1]
    assert line(text, "时间：") == "时间：链上没有证明任何时间；以上时钟只是各自主人的说法。"


@pytest.mark.parametrize(
    ("case", "words"),
    [
        ("evidence_known_block", "here the operator itself"),
        ("on_a_consortium_chain", "as good as the members of the consortium"),
        ("on_a_public_chain", "off by seconds to minutes"),
    ],
)
def test_the_worth_of_a_block_time_depends_on_who_runs_the_chain(case: str, words: str) -> None:
    assert words in line(verify(case, "--lang", "en")[1], "time: ")


def test_the_bounds_can_be_read_by_a_program() -> None:
    (node,) = nodes("evidence")
    code, text = verify("evidence", "--block-hash", f"0x{BLOCK_HASH.hex()}", "--json", asked=[node])
    facts = json.loads(text)["facts"]
    assert code == 0
    (name,) = facts["not_after"]["nodes"]
    assert facts["not_after"] == {
        "block": 19,
        "hash": f"0x{BLOCK_HASH.hex()}",
        "time": 1_774_942_900,
        "by": ["nodes", "caller"],
        "nodes": [name],
    }
    assert facts["not_before"]["block"] == 17
    assert facts["not_before"]["hash"] == AFTER_BLOCK.hash
    assert facts["not_before"]["by"] == ["nodes"]
    assert facts["chain_id"] == 20231


def test_a_time_that_nodes_tell_differently_is_told_by_nobody() -> None:
    honest, other = nodes("anchored")[0], nodes("anchored")[0]
    assert isinstance(other, NodeAnswer)
    other = dataclasses.replace(other, block_times={17: 1})
    code, text = verify("anchored", "--json", asked=[honest, other])
    assert code == 0
    assert json.loads(text)["facts"]["not_before"]["time"] is None


# --- nodes side by side -------------------------------------------------------------------------


def test_the_answers_of_a_lying_and_an_honest_node_stand_side_by_side() -> None:
    for language, receipt in (("en", "    the receipt: "), ("zh", "    回执：")):
        code, text = verify("nodes_disagree", "--lang", language, asked=nodes("nodes_disagree"))
        assert code == 6
        answers = [each for each in text.splitlines() if each.startswith("    127.0.0.1:")]
        assert len(answers) == 2
        assert KIT.tree.root(9).hex() in answers[0]
        assert FORK.tree.root(9).hex() in answers[1]
        assert KIT.tree.root(9).hex() in line(text, receipt)


def test_a_silent_node_and_one_on_another_chain_are_shown_beside_the_others() -> None:
    silent = NodeSilence("nobody", "refused")
    text = verify("anchored", "--lang", "en", asked=[*nodes("anchored")[:1], silent])[1]
    assert "    127.0.0.1:1: no usable answer (" in text
    assert KIT.tree.root(9).hex() in text
    text = verify("anchored", "--lang", "en", asked=nodes("node_on_another_chain"))[1]
    assert ": chain 20231, block 0 0x" in text


def test_nodes_that_agree_are_shown_only_when_everything_is() -> None:
    assert "root " not in verify("anchored", "--lang", "en", asked=nodes("anchored"))[1]
    text = verify("anchored", "--explain", "--lang", "en", asked=nodes("anchored"))[1]
    assert text.count(f"size 9, root {KIT.tree.root(9).hex()}, block 19") == 2


# --- content ------------------------------------------------------------------------------------


def test_after_a_match_the_content_can_be_read() -> None:
    text = verify("sealed", "--lang", "en")[1]
    assert "\nWhat the record says\n" in text
    assert "\n  /data/scores/0/技术部分  43.00\n" in text
    assert "\n  /data/locked  true\n" in text
    assert "nonce" not in text.split("Checks")[0]


def test_what_contradicts_itself_is_not_shown_as_content() -> None:
    text = verify("changed_score_fail", "--lang", "en")[1]
    assert "What the record says" not in text
    assert "44.00" not in text


def test_hidden_fields_are_not_among_the_content() -> None:
    text = verify("hidden_fields", "--lang", "en")[1]
    assert "\n  /data/" not in text


def test_a_value_cannot_pass_for_a_line_of_ours(tmp_path: Path) -> None:
    from tests.receipt_kit import Kit

    kit = Kit(data={"remark": "x\n✓ passed  anchor: all is well", "many": list(range(60))})
    (tmp_path / "receipt.json").write_text(kit.receipt().to_text(), encoding="utf-8")
    policy = {**kit.policy().to_json(), "require": "sealed"}
    (tmp_path / "policy.json").write_text(canonical_text(policy), encoding="utf-8")
    words = ["verify", str(tmp_path / "receipt.json"), "--policy", str(tmp_path / "policy.json")]
    text = CliRunner().invoke(app, [*words, "--lang", "en"]).stdout
    assert "\n✓ passed  anchor" not in text
    assert "… and 22 more fields (--explain shows all)" in text
    text = CliRunner().invoke(app, [*words, "--lang", "en", "--explain"]).stdout
    assert "x\\n✓ passed" in text
    assert "more fields" not in text


# --- sources, and readers who leave -------------------------------------------------------------


def test_every_source_that_is_cited_can_be_looked_up() -> None:
    page = (ROOT / "docs" / "formats.md").read_text(encoding="utf-8")
    headings = [each for each in page.splitlines() if each.startswith("## ")]
    numbers = [each.split(".")[0].removeprefix("## ") for each in headings]
    assert numbers == [str(n) for n in range(1, len(headings) + 1)]
    for source in check_words.SOURCES.values():
        own = source.split(";")[0]
        assert own.startswith("docs/formats.md §")
        for cited in own.removeprefix("docs/formats.md ").split(", "):
            assert cited.removeprefix("§").split(" ")[0] in numbers, source


@pytest.mark.parametrize(("case", "code"), [("sealed", 0), ("changed_score_fail", 3)])
@pytest.mark.parametrize("options", [["--explain"], ["--json"]])
def test_a_reader_who_leaves_early_changes_no_exit_code(
    case: str, code: int, options: list[str]
) -> None:
    folder = FOLDER / case
    words = ["verify", str(folder / "receipt.json"), "--policy", str(folder / "policy.json")]
    read, write = os.pipe()
    os.close(read)  # nobody will ever read: the first byte already fails
    with os.fdopen(write, "wb") as stdout:
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM, *words, *options],
            stdout=stdout,
            stderr=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
            check=False,
        )
    assert (done.returncode, done.stderr) == (code, b"")


# --- what somebody else wrote -------------------------------------------------------------------


def test_no_text_of_a_receipt_passes_for_a_line_of_ours(tmp_path: Path) -> None:
    forged = "X\nMatch. Everything agrees."
    kit = Kit(
        submission={
            "type": "detached",
            "submitter": {"organisation": forged},
            "data": {"commitment": "00" * 32},
            "attachments": [{"name": forged, "media_type": "a/b", "bytes": 1, "sha256": "11" * 32}],
        }
    )
    receipt = kit.receipt(inclusion=(bytes(32),) * 3).to_text()
    (tmp_path / "policy.json").write_text(kit.policy().to_text())
    for text, code in ((receipt, 3), ('{"X\\nMatch. Everything agrees.":0,' + receipt[1:], 7)):
        (tmp_path / "receipt.json").write_text(text)
        arguments = [str(tmp_path / "receipt.json"), "--policy", str(tmp_path / "policy.json")]
        done = CliRunner().invoke(app, ["verify", *arguments, "--explain", "--lang", "en"])
        assert done.exit_code == code
        assert "Match. Everything agrees." in done.stdout
        assert not [line for line in done.stdout.splitlines() if line.startswith("Match")]


# --- what is known of the log as a whole ----------------------------------------------------------


@pytest.mark.parametrize(
    ("case", "code", "chinese", "english"),
    [
        ("standing_forked_anchored", 0, "警告：该日志曾经分叉。", "Warning: this log has forked."),
        ("standing_forked_sealed", 6, "警告：该日志曾经分叉。", "Warning: this log has forked."),
        ("standing_closed", 0, "注意：该日志已经结束", "Note: this log has ended, at 9 entries"),
        ("standing_closed_for_good", 0, "没有接续的日志", "and no other log goes on"),
        ("standing_beyond_the_end", 6, "由日志 0x5c5c", "The log 0x5c5c"),
    ],
)
def test_a_warning_stands_right_after_the_sentence(
    case: str, code: int, chinese: str, english: str
) -> None:
    for language, warning in (("zh", chinese), ("en", english)):
        found, text = verify(case, "--lang", language, asked=nodes(case))
        assert found == code
        assert warning in text.splitlines()[1]
        quiet, _ = verify(case, "--quiet", asked=nodes(case))
        assert quiet == code


def test_who_signed_what_is_in_the_warning_and_in_json() -> None:
    case = "standing_forked_anchored"
    text = verify(case, "--lang", "en", asked=nodes(case))[1].splitlines()[1]
    printed = json.loads(verify(case, "--json", asked=nodes(case))[1])
    (warning,) = printed["facts"]["warnings"]
    assert warning.keys() == {"code", "signer", "size", "root", "other_root", "block"}
    for name in ("signer", "root", "other_root"):
        assert warning[name] in text
    assert f"for {warning['size']} entries" in text
    assert f"block {warning['block']}" in text


def test_offline_the_list_says_that_nothing_is_known_of_the_log() -> None:
    code, text = verify("sealed", "--offline", "--lang", "en")
    assert code == 0
    assert "- not checked  standing of the log: no node was asked about this log" in text
    assert "Warning" not in text


@pytest.mark.parametrize(
    ("case", "said"),
    [
        ("standing_key_retired_before", "the contract has another one for 5 entries"),
        ("standing_key_unknown", "that the contract never had"),
        ("standing_forked_sealed", "on which side it is cannot be told"),
        ("standing_beyond_the_end", "The log ended at 4 entries, and this receipt claims 5."),
        ("standing_fork_denied", "do not agree on the log's keys, on a fork of it or on its end"),
    ],
)
def test_what_speaks_against_the_log_is_said_in_a_sentence_of_its_own(case: str, said: str) -> None:
    assert said in verify(case, "--lang", "en", asked=nodes(case))[1]
