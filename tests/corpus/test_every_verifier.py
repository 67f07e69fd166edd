"""The receipt corpus through core, SDK, command line and HTTP, with one table of outcomes."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from liuhen.api.anonymous_use import AnonymousUse
from liuhen.app.verify import Verifier
from liuhen.cli.exits import OUTCOMES
from liuhen.core.examine import Beside, examine
from liuhen.core.receipt import parse_receipt
from liuhen.core.verdict import Outcome, State
from liuhen.wiring.app import build_app
from scripts import vectors
from tests.corpus.drivers import (
    Answer,
    Api,
    Question,
    by_command,
    by_core,
    by_sdk,
    every_case,
    every_question,
)
from tests.receipt_corpus import cases
from tests.receipt_kit import NOW

QUESTIONS = list(every_question())
Drivers = dict[str, Callable[[Question], Answer]]


class Served:
    """What the HTTP interface needs for verifying: the verifier is exchanged for each question."""

    def __init__(self) -> None:
        self.logs: list[Any] = []
        self.verify: Verifier | None = None
        self.anonymous = AnonymousUse()

    def use(self, verifier: Verifier) -> None:
        self.verify = verifier


@pytest.fixture(scope="module")
def drivers() -> Iterator[Drivers]:
    """Every verifier that there is."""
    served: Any = Served()
    app = build_app(served, hosts=["testserver"])
    with TestClient(app, raise_server_exceptions=False) as client:
        yield {
            "core": by_core,
            "sdk": by_sdk,
            "command": by_command,
            "http": Api(client, served.use),
        }


@pytest.mark.parametrize("asked", QUESTIONS, ids=lambda asked: asked.name)
def test_every_verifier_answers_as_the_corpus_says(drivers: Drivers, asked: Question) -> None:
    answers = {name: driver(asked) for name, driver in drivers.items()}
    assert answers == dict.fromkeys(("core", "sdk", "command", "http"), asked.expected)


def test_the_corpus_is_what_the_code_makes() -> None:
    assert vectors.differences() == []


def test_every_folder_is_asked_about_and_every_file_in_it_is_used() -> None:
    made = {case.name: set(case.contents()) for case in cases()}
    assert {case.name for case in every_case()} == made.keys()
    assert {asked.case.name for asked in QUESTIONS} == made.keys()
    assert len(made) >= 130
    for name, files in made.items():
        asked = [each for each in QUESTIONS if each.case.name == name]
        used = {each.file for each in asked} | {"nodes.json" for each in asked if each.nodes}
        plain = {"README", "receipt.json", "policy.json", "expect.json"}
        assert files == plain | (used - {None}), name


def test_every_case_says_in_a_sentence_of_its_own_what_it_is_about() -> None:
    said = [(case / "README").read_text(encoding="utf-8") for case in every_case()]
    assert all(text.endswith(".\n") and len(text) > 8 for text in said)
    assert len(set(said)) == len(said)


def test_only_what_no_honest_log_gives_out_is_called_so() -> None:
    for case in cases():
        answers = [case.offline, *filter(None, [case.with_nodes])]
        outcomes = {answer.outcome for answer in answers}
        if case.name.endswith("_fail"):
            assert outcomes.isdisjoint({"match", "waiting"}), case.name
        else:
            assert outcomes.isdisjoint({None, "different"}), case.name


def test_every_row_of_the_verdict_table_has_a_case() -> None:
    found = {asked.expected["outcome"] for asked in QUESTIONS}
    assert found == {None, *OUTCOMES} - {Outcome.NOT_FOUND}


def test_every_check_that_can_fail_fails_alone_somewhere() -> None:
    alone, codes = set(), set()
    for asked in QUESTIONS:
        if asked.expected["exit"] != 3:
            continue
        beside = Beside(NOW, asked.reports, files=asked.files)
        verdict = examine(parse_receipt(asked.receipt), asked.policy, beside)
        failed = [check.code for check in verdict.checks if check.state is State.FAILED]
        codes |= set(failed)
        alone |= set(failed) if len(failed) == 1 else set()
    assert alone == codes
    assert codes >= {
        *("origin", "commitment", "inclusion", "log_signature", "signer_signature"),
        *("consistency", "chain_evidence", "anchor", "file"),
    }
