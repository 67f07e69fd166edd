"""The receipt corpus, driven through the core and through the command line."""

import dataclasses
import hashlib
import json
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from liuhen.cli.exits import OUTCOMES
from liuhen.cli.input_file import digest_file
from liuhen.cli.main import app
from liuhen.core.chain_view import NodeAnswer
from liuhen.core.disclosure import Shown
from liuhen.core.errors import Malformed
from liuhen.core.examine import Beside, examine, question
from liuhen.core.policy import parse_policy
from liuhen.core.receipt import parse_receipt
from liuhen.core.verdict import Outcome
from scripts import vectors
from tests.fakes.node_server import node_server
from tests.receipt_corpus import FOLDER, parse_node
from tests.receipt_kit import NOW

CASES = sorted(path.parent for path in FOLDER.glob("*/expect.json"))
Answer = dict[str, Any]


def expected(case: Path) -> Answer:
    answer: Answer = json.loads((case / "expect.json").read_text(encoding="utf-8"))
    return answer


def nodes(case: Path) -> list[Any]:
    return [parse_node(node) for node in json.loads((case / "nodes.json").read_bytes())]


def about(what: str) -> list[Any]:
    return [pytest.param(case, id=case.name) for case in CASES if what in expected(case)]


def plain(answer: Answer) -> Answer:
    return {name: answer[name] for name in ("exit", "outcome", "reason", "life")}


# --- the core -----------------------------------------------------------------------------------


def judged(case: Path, **beside: Any) -> Answer:
    """Examine as every verifier does; the answer in the form of expect.json."""
    try:
        receipt = parse_receipt((case / "receipt.json").read_bytes())
        policy = parse_policy((case / "policy.json").read_bytes())
        question(receipt, policy)
        verdict = examine(receipt, policy, Beside(NOW, **beside))
    except Malformed as error:
        return {"exit": 7, "outcome": None, "reason": error.code, "life": None}
    return {
        "exit": OUTCOMES[verdict.outcome],
        "outcome": str(verdict.outcome),
        "reason": verdict.reason,
        "life": None if verdict.life is None else str(verdict.life),
    }


def test_the_corpus_is_what_the_code_makes() -> None:
    assert vectors.differences() == []


def test_every_row_of_the_verdict_table_has_a_case() -> None:
    answers = [expected(case) for case in CASES]
    answers += [answer["with_nodes"] for answer in answers if "with_nodes" in answer]
    assert {answer["outcome"] for answer in answers} == {None, *OUTCOMES} - {Outcome.NOT_FOUND}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_core_judges_a_case_as_expected(case: Path) -> None:
    answer = expected(case)
    hashes = frozenset(bytes.fromhex(text[2:]) for text in answer.get("block_hashes", []))
    assert judged(case, block_hashes=hashes) == plain(answer)


@pytest.mark.parametrize("case", about("with_nodes"))
def test_the_core_judges_a_case_with_nodes_as_expected(case: Path) -> None:
    assert judged(case, nodes=tuple(nodes(case))) == expected(case)["with_nodes"]


@pytest.mark.parametrize("case", about("with_files"))
def test_the_core_judges_a_case_with_files_as_expected(case: Path) -> None:
    for name, answer in expected(case)["with_files"].items():
        assert judged(case, files=(digest_file(case / name),)) == answer, name


# --- the command line ---------------------------------------------------------------------------


def verify(case: Path, *arguments: str | Path) -> Answer:
    """Run the command; the answer in the form of expect.json."""
    words = ["verify", case / "receipt.json", "--policy", case / "policy.json", *arguments]
    done = CliRunner().invoke(app, [*map(str, words), "--json"])
    answer = json.loads(done.stdout)
    assert answer["receipt"] == str(case / "receipt.json")
    outcome = None if answer["outcome"] == "malformed" else answer["outcome"]
    return {
        "exit": done.exit_code,
        **{n: answer[n] for n in ("reason", "life")},
        "outcome": outcome,
    }


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_command_judges_a_case_as_expected(case: Path) -> None:
    answer = expected(case)
    assert verify(case, *answer.get("arguments", ["--offline"])) == plain(answer)


@pytest.mark.parametrize("case", about("with_nodes"))
def test_the_command_judges_a_case_with_nodes_as_expected(case: Path) -> None:
    with ExitStack() as stack:
        urls = [
            stack.enter_context(node_server(node))
            if isinstance(node, NodeAnswer)
            else "http://127.0.0.1:1"
            for node in nodes(case)
        ]
        asked = [word for url in urls for word in ("--rpc", url)]
        assert verify(case, *asked) == expected(case)["with_nodes"]


@pytest.mark.parametrize("case", about("with_files"))
def test_the_command_judges_a_case_with_files_as_expected(case: Path) -> None:
    for name, answer in expected(case)["with_files"].items():
        assert verify(case, case / name, "--offline") == answer, name


# --- bent bytes ---------------------------------------------------------------------------------


@pytest.mark.parametrize("mask", [0x01, 0x20])
@pytest.mark.parametrize(
    ("name", "with_nodes"),
    [("sealed", False), ("evidence", True), ("evidence_known_block", False)],
)
def test_a_byte_bent_anywhere_is_never_a_match_and_never_waits(
    name: str, with_nodes: bool, mask: int
) -> None:
    case = FOLDER / name
    body, policy = (case / "receipt.json").read_bytes(), (case / "policy.json").read_bytes()
    beside = Beside(NOW, tuple(nodes(case)) if with_nodes else ())
    trusted = parse_policy(policy)
    honest = examine(parse_receipt(body), trusted, beside)
    assert honest.outcome in (Outcome.MATCH, Outcome.WAITING)
    for position in range(len(body)):
        bent = bytearray(body)
        bent[position] ^= mask
        try:
            receipt = parse_receipt(bytes(bent))
            question(receipt, trusted)
            verdict = examine(receipt, trusted, beside)
        except Malformed:
            continue
        assert verdict.outcome in (Outcome.DIFFERENT, Outcome.COULD_NOT_CHECK), position


def test_a_changed_value_of_any_shown_row_is_different() -> None:
    case = FOLDER / "sealed"
    receipt = parse_receipt((case / "receipt.json").read_bytes())
    policy = parse_policy((case / "policy.json").read_bytes())
    for position, row in enumerate(receipt.rows):
        assert isinstance(row, Shown)
        if row.path[0] != "data":
            continue
        other = dataclasses.replace(row, value="changed")
        rows = (*receipt.rows[:position], other, *receipt.rows[position + 1 :])
        verdict = examine(dataclasses.replace(receipt, rows=rows), policy, Beside(NOW))
        assert verdict.outcome is Outcome.DIFFERENT


def test_the_files_beside_a_receipt_have_the_digests_that_the_record_names() -> None:
    case = FOLDER / "sealed"
    digest = hashlib.sha256((case / "report.txt").read_bytes()).hexdigest()
    assert digest in (case / "receipt.json").read_text(encoding="utf-8")
