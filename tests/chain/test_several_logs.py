"""Two logs of one server on a chain: both anchored, both checked, neither taken for the other."""

import json
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx2
import pytest
from starlette.testclient import TestClient
from typer.testing import CliRunner

from liuhen.adapters.rpc import RpcNode
from liuhen.api.served_log import ServedLogs
from liuhen.cli.main import app as command_line
from liuhen.client.log_check import LogReport, check_log
from liuhen.client.log_copy import copy_log
from liuhen.client.log_source import FolderSource, UrlSource
from liuhen.core.chain_view import ChainQuestion, NodeReport
from liuhen.core.examine import Beside, examine, question
from liuhen.core.log_memory import LogMemory
from liuhen.core.policy import Life, TrustPolicy
from liuhen.core.receipt import parse_receipt
from liuhen.core.verdict import Outcome, Verdict
from liuhen.wiring import serve
from liuhen.wiring.app import build_app
from liuhen.wiring.development import set_up_logs
from liuhen.wiring.service import open_service
from liuhen.wiring.settings import Settings, load_settings
from tests.chain.conftest import RunningChain
from tests.fakes.head_signer import load_signer

NAMES = ("north", "south")
PATIENCE_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Centre:
    """A running service with two logs."""

    logs: ServedLogs
    client: TestClient
    chain: RunningChain
    settings: Settings

    def append(self, name: str, data: object) -> str:
        body = json.dumps({"data": data, "case": "SLZX-2026-0031"})
        answer = self.client.post(f"/v1/records?log={name}", content=body)
        assert answer.status_code == 201, answer.text
        number: str = answer.headers["Liuhen-Record-Id"]
        return number

    def final_receipt(self, number: str) -> bytes:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while self.client.get(f"/v1/records/{number}").json()["life"] != "final":
            assert time.monotonic() < deadline, self.client.get("/readyz").text
            time.sleep(0.1)
        return self.client.get(f"/v1/records/{number}/receipt").content

    def policy(self, name: str) -> TrustPolicy:
        return self.logs.get(name).policy

    def ask(self, asked: ChainQuestion) -> Sequence[NodeReport]:
        node = RpcNode(self.chain.url)
        try:
            return [node.ask(asked)]
        finally:
            node.close()

    def judge(self, body: bytes, policy: TrustPolicy) -> Verdict:
        receipt = parse_receipt(body)
        nodes = tuple(self.ask(question(receipt, policy)))
        return examine(receipt, policy, Beside(datetime.now(UTC), nodes))

    def source(self, name: str) -> UrlSource:
        return UrlSource(f"http://testserver/logs/{name}/", transport=through(self.client))

    def look(self, name: str, memory: LogMemory | None = None) -> LogReport:
        policy, source = self.policy(name), self.source(name)
        now = datetime.now(UTC).isoformat(timespec="seconds")
        try:
            return check_log(source, policy, memory or LogMemory(policy.origin), now, ask=self.ask)
        finally:
            source.close()


def through(client: TestClient) -> httpx2.MockTransport:
    """Return a transport that hands requests to an application in this process."""

    def answer(request: httpx2.Request) -> httpx2.Response:
        found = client.get(request.url.raw_path.decode("ascii"))
        return httpx2.Response(found.status_code, content=found.content)

    return httpx2.MockTransport(answer)


@contextmanager
def serving(chain: RunningChain, folder: Path, *, anchor: bool = True) -> Iterator[Centre]:
    settings = load_settings(
        data_dir=folder / "data",
        register_dir=folder / "register",
        keys_dir=folder / "keys",
        policy_file=set_up_logs(folder, chain.url, NAMES),
        rpc_url=chain.url,
        anchor_interval_seconds=0.2,
        poll_seconds=0.1,
    )
    with (
        open_service(settings, development=True, anchor=anchor) as logs,
        TestClient(build_app(logs, hosts=["testserver"])) as client,
    ):
        yield Centre(logs, client, chain, settings)


def test_two_logs_are_anchored_and_their_receipts_never_mix(
    anvil: RunningChain, tmp_path: Path
) -> None:
    with serving(anvil, tmp_path) as centre:
        numbers = {name: centre.append(name, f"into {name}") for name in NAMES}
        receipts = {name: centre.final_receipt(number) for name, number in numbers.items()}
        for own, other in [NAMES, NAMES[::-1]]:
            verdict = centre.judge(receipts[own], centre.policy(own))
            assert (verdict.outcome, verdict.life) == (Outcome.MATCH, Life.FINAL)
            crossed = centre.judge(receipts[own], centre.policy(other))
            assert (crossed.outcome, crossed.reason) == (
                Outcome.COULD_NOT_CHECK,
                "origin-not-in-policy",
            )
            found = centre.client.post("/v1/verify", content=receipts[own]).json()
            assert (found["outcome"], found["facts"]["origin"]) == (
                "match",
                f"localhost/logs/{own}",
            )
        contracts = {centre.policy(name).contract for name in NAMES}
        log_ids = {centre.policy(name).log_id for name in NAMES}
        assert (len(contracts), len(log_ids)) == (1, 2)


def test_the_publishers_are_two_accounts(anvil: RunningChain, tmp_path: Path) -> None:
    with serving(anvil, tmp_path) as centre:
        for name in NAMES:
            centre.final_receipt(centre.append(name, 1))
    keys = {(tmp_path / "keys" / name / "publisher.key").read_bytes() for name in NAMES}
    assert len(keys) == 2
    assert not (tmp_path / "keys" / "publisher.key").exists()


def test_anchoring_without_serving_covers_all_logs(anvil: RunningChain, tmp_path: Path) -> None:
    with serving(anvil, tmp_path, anchor=False) as centre:
        numbers = [centre.append(name, 1) for name in NAMES]
        deadline = time.monotonic() + PATIENCE_SECONDS
        while any(centre.logs.get(name).prove.tree().size < 3 for name in NAMES):
            assert time.monotonic() < deadline  # the map heads that the serving process makes
            time.sleep(0.05)
        serve.anchor(centre.settings, development=True, once=True)
        for number in numbers:
            assert centre.client.get(f"/v1/records/{number}").json()["life"] == "final"
        for name in NAMES:
            assert centre.look(name).outcome is Outcome.MATCH


@pytest.fixture
def centre(anvil: RunningChain, tmp_path: Path) -> Iterator[Centre]:
    with serving(anvil, tmp_path) as running:
        for name in NAMES:
            running.final_receipt(running.append(name, 1))
        yield running


def test_a_monitor_compares_a_running_service_with_the_contract(centre: Centre) -> None:
    first = centre.look("north")
    assert first.outcome is Outcome.MATCH, first.checks
    assert [check.reason for check in first.checks[-2:]] == [
        *("anchored-heads-agree", "no-fork-proven")
    ]
    centre.final_receipt(centre.append("north", 2))
    second = centre.look("north", first.memory)
    assert second.outcome is Outcome.MATCH, second.checks
    assert second.checks[-3].reason == "extends-what-was-seen"
    for name, other in [NAMES, NAMES[::-1]]:
        policy = centre.policy(other)
        source = centre.source(name)
        report = check_log(source, policy, LogMemory(policy.origin), "2026-11-22T12:00:00Z")
        source.close()
        assert (report.outcome, report.reason) == (
            Outcome.COULD_NOT_CHECK,
            "origin-not-in-policy",
        )


def test_an_old_copy_beside_a_newer_contract_could_not_be_checked(
    centre: Centre, tmp_path: Path
) -> None:
    source, policy = centre.source("south"), centre.policy("south")
    copy_log(source, tmp_path / "copy", policy)
    source.close()
    words = ["log", "check", str(tmp_path / "copy"), "--rpc", centre.chain.url]
    words += ["--policy", str(centre.settings.policy_file / "south.json"), "--lang", "en"]
    words += ["--state", str(tmp_path / "state.json")]
    done = CliRunner().invoke(command_line, words)
    assert (done.exit_code, "prefixes of it" in done.stdout) == (0, True), done.stdout
    centre.final_receipt(centre.append("south", 2))
    done = CliRunner().invoke(command_line, words)
    assert (done.exit_code, "an older copy" in done.stdout) == (6, True), done.stdout


def test_a_history_that_was_not_anchored_is_different(centre: Centre, tmp_path: Path) -> None:
    """The keys sign another history of the same log; only memory and contract can tell."""
    from liuhen.core.checkpoint import Checkpoint
    from liuhen.core.merkle import root_hash
    from liuhen.core.note import SignedNote
    from liuhen.wiring.nodes import chain_target
    from tests.log_folder import sample_entries, write_log_folder

    policy = centre.policy("north")
    size = centre.logs.get("north").prove.tree().size
    signer = load_signer(tmp_path / "keys" / "north", policy.origin)
    checkpoint = Checkpoint(policy.origin, size, root_hash(sample_entries(size)))
    text = checkpoint.to_text()
    lines = (
        signer.log_key.line(signer.sign_text(text.encode())),
        policy.signers[0][0].line(signer.sign_head(checkpoint, chain_target(policy))),
    )
    forged = write_log_folder(
        tmp_path / "forged", sample_entries(size), SignedNote(text, lines).to_text()
    )
    now = "2026-11-22T12:00:00Z"
    alone = check_log(FolderSource(forged), policy, LogMemory(policy.origin), now)
    assert alone.outcome is Outcome.MATCH  # a first look that asks nobody: so it says
    assert {check.reason for check in alone.checks} >= {"first-sight", "no-node-asked"}
    asked = check_log(FolderSource(forged), policy, LogMemory(policy.origin), now, ask=centre.ask)
    assert (asked.outcome, asked.reason) == (Outcome.DIFFERENT, "contract")
    before = centre.look("north").memory
    assert before is not None
    compared = check_log(FolderSource(forged), policy, before, now)
    assert (compared.outcome, compared.reason) == (Outcome.DIFFERENT, "memory")
    assert compared.fork is not None
