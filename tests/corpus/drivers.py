"""The verifiers that the corpus is driven through, each as a function from question to answer.

A question is one line of the one table of outcomes: a folder of the corpus and how it is asked.
No driver may decline one.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
from starlette.testclient import TestClient
from typer.testing import CliRunner

from liuhen.app.verify import VerifiedLog, Verifier
from liuhen.cli.exits import OUTCOMES
from liuhen.cli.input_file import digest_file
from liuhen.cli.main import app
from liuhen.client import verify
from liuhen.core.chain_view import NodeAnswer, NodeReport
from liuhen.core.errors import Malformed
from liuhen.core.examine import Beside, examine, question
from liuhen.core.file_check import FileDigest
from liuhen.core.policy import TrustPolicy, parse_policy
from liuhen.core.receipt import parse_receipt
from liuhen.core.verdict import Verdict
from tests.fakes.clock import FakeClock
from tests.fakes.node_server import node_server, server_saying
from tests.receipt_corpus import FOLDER, BadAnswer, parse_node
from tests.receipt_kit import NOW

Answer = dict[str, Any]
NOBODY = "http://127.0.0.1:1"


@dataclass(frozen=True)
class Question:
    """One line of the table of outcomes.

    Attributes:
        case: Folder of the corpus.
        nodes: Whether the nodes of nodes.json are asked.
        file: Name of the file to compare; None for the receipt alone.
        expected: What every verifier must answer.
    """

    case: Path
    nodes: bool
    file: str | None
    expected: Answer

    @property
    def name(self) -> str:
        """How a test calls it."""
        return f"{self.case.name}{'+nodes' * self.nodes}{f'+{self.file}' if self.file else ''}"

    @property
    def receipt(self) -> bytes:
        return (self.case / "receipt.json").read_bytes()

    @property
    def policy(self) -> TrustPolicy:
        return parse_policy((self.case / "policy.json").read_bytes())

    @property
    def reports(self) -> tuple[NodeReport, ...]:
        """What the nodes say; nothing where none is asked."""
        if not self.nodes:
            return ()
        told = json.loads((self.case / "nodes.json").read_bytes())
        return tuple(parse_node(node) for node in told)

    @property
    def files(self) -> tuple[FileDigest, ...]:
        return () if self.file is None else (digest_file(self.case / self.file),)

    @property
    def block_hashes(self) -> list[str]:
        """The hashes that the caller vouches for, where the receipt is checked alone."""
        alone = not self.nodes and self.file is None
        found: list[str] = read_expected(self.case).get("block_hashes", []) if alone else []
        return found


def read_expected(case: Path) -> Answer:
    answer: Answer = json.loads((case / "expect.json").read_text(encoding="utf-8"))
    return answer


def every_case() -> list[Path]:
    return sorted(path for path in FOLDER.iterdir() if path.is_dir())


def every_question() -> Iterator[Question]:
    """Read the table of outcomes from the folders."""
    for case in every_case():
        expect = read_expected(case)
        members = ("exit", "outcome", "reason", "life", "warnings")
        plain = {name: expect[name] for name in members if name in expect}
        yield Question(case, nodes=False, file=None, expected=plain)
        if "with_nodes" in expect:
            yield Question(case, nodes=True, file=None, expected=expect["with_nodes"])
        for file, answer in expect.get("with_files", {}).items():
            yield Question(case, nodes=False, file=file, expected=answer)


def answer_of(verdict: Verdict) -> Answer:
    return {"exit": OUTCOMES[verdict.outcome], **_told(verdict.to_json())}


def _told(verdict: Mapping[str, Any]) -> Answer:
    """Return what a verdict in JSON says that the corpus expects something of."""
    told = {name: verdict[name] for name in ("outcome", "reason", "life")}
    warnings = [each["code"] for each in verdict["facts"].get("warnings", [])]
    return {**told, "warnings": warnings} if warnings else told


def malformed(code: str) -> Answer:
    return {"exit": 7, "outcome": None, "reason": code, "life": None}


def hashes_of(asked: Question) -> frozenset[bytes]:
    return frozenset(bytes.fromhex(text[2:]) for text in asked.block_hashes)


def by_core(asked: Question) -> Answer:
    """Examine with the core alone."""
    try:
        receipt = parse_receipt(asked.receipt)
        question(receipt, asked.policy)
        beside = Beside(NOW, asked.reports, hashes_of(asked), asked.files)
        return answer_of(examine(receipt, asked.policy, beside))
    except Malformed as error:
        return malformed(error.code)


def by_sdk(asked: Question) -> Answer:
    """Examine with the SDK; each node is a function that answers."""
    asks = [lambda _, report=report: report for report in asked.reports]
    try:
        verdict = verify(
            asked.receipt,
            asked.policy,
            now=NOW,
            nodes=asks,
            block_hashes=hashes_of(asked),
            files=asked.files,
        )
    except Malformed as error:
        return malformed(error.code)
    return answer_of(verdict)


def by_command(asked: Question) -> Answer:
    """Run `liuhen verify`, with real sockets where nodes are asked."""
    words = ["verify", str(asked.case / "receipt.json")]
    words += [str(asked.case / asked.file)] if asked.file else []
    words += ["--policy", str(asked.case / "policy.json"), "--json"]
    words += [word for text in asked.block_hashes for word in ("--block-hash", text)]
    with ExitStack() as stack:
        urls = [_serve(report, stack) for report in asked.reports]
        words += [word for url in urls for word in ("--rpc", url)] or ["--offline"]
        done = CliRunner().invoke(app, words)
    told = json.loads(done.stdout)
    assert told["receipt"] == str(asked.case / "receipt.json")
    answer = {"exit": done.exit_code, **_told(told)}
    return {**answer, "outcome": None} if told["outcome"] == "malformed" else answer


def _serve(report: NodeReport, stack: ExitStack) -> str:
    if isinstance(report, NodeAnswer):
        return stack.enter_context(node_server(report))
    if isinstance(report, BadAnswer):
        body = report.body.encode()
        return stack.enter_context(server_saying(lambda _: body))
    return NOBODY


class Api:
    """Asks POST /v1/verify of a service that has each case's policy and nodes."""

    def __init__(self, client: TestClient, use: Callable[[Verifier], None]) -> None:
        self._client, self._use = client, use

    def __call__(self, asked: Question) -> Answer:
        nothing: Any = None  # a receipt is examined without looking for anything
        log = VerifiedLog(asked.policy, nothing, nothing, lambda _: asked.reports)
        self._use(Verifier([log], FakeClock(NOW)))
        response = self._post(asked)
        told = response.json()
        if response.status_code == 400:
            return malformed(told["type"].removeprefix("/problems/"))
        assert response.status_code == 200, response.text
        exits = {str(outcome): code for outcome, code in OUTCOMES.items()}
        return {"exit": exits[told["outcome"]], **_told(told)}

    def _post(self, asked: Question) -> httpx2.Response:
        """Send the receipt's text; as it is where it is no text."""
        try:
            text = asked.receipt.decode()
        except UnicodeDecodeError:
            return self._client.post("/v1/verify", content=asked.receipt)
        body: dict[str, object] = {"receipt": text}
        if asked.files:
            body["files"] = [_file_json(file) for file in asked.files]
        if asked.block_hashes:
            body["block_hashes"] = asked.block_hashes
        return self._client.post("/v1/verify", content=json.dumps(body))


def _file_json(file: FileDigest) -> dict[str, object]:
    made: dict[str, object] = {"name": file.name, "sha256": file.sha256.hex()}
    if file.canonical_sha256 is not None:
        made["canonical_sha256"] = file.canonical_sha256.hex()
    if file.members is not None:
        made["members"] = {name: digest.hex() for name, digest in file.members.items()}
    return {**made, "too_long": True} if file.too_long else made
