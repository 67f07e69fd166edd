"""The whole way on both chains: real input over HTTP, anchored, final, checked without us."""

import functools
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from typer.testing import CliRunner

from liuhen.adapters.keys_file import ALL_KEYS, OWNER_KEY, create_missing_keys
from liuhen.adapters.rpc import RpcNode
from liuhen.cli.main import app as command_line
from liuhen.core.canonical import canonical
from liuhen.core.errors import Malformed
from liuhen.core.examine import Beside, examine, question
from liuhen.core.policy import Life, TrustPolicy, parse_policy
from liuhen.core.receipt import Receipt, parse_receipt
from liuhen.core.strict_json import parse_json
from liuhen.core.verdict import Outcome, Verdict
from liuhen.wiring.app import build_app
from liuhen.wiring.development import set_up_log
from liuhen.wiring.service import open_service
from liuhen.wiring.settings import load_settings
from tests.chain.conftest import RunningChain

FINAL_SECONDS = 60


@dataclass
class Service:
    """A service on a real chain.

    Attributes:
        client: Its front door.
        policy_file: The trust policy that it gave out.
        chain: The chain it anchors on.
    """

    client: TestClient
    policy_file: Path
    chain: RunningChain

    @property
    def policy(self) -> TrustPolicy:
        return parse_policy(self.policy_file.read_bytes())

    def append(self, submission: object) -> str:
        answer = self.client.post("/v1/records", content=json.dumps(submission).encode())
        assert answer.status_code == 201, answer.text
        return str(answer.headers["liuhen-record-id"])

    def final_receipt(self, record_id: str) -> bytes:
        deadline = time.monotonic() + FINAL_SECONDS
        while self.client.get(f"/v1/records/{record_id}").json()["life"] != "final":
            assert time.monotonic() < deadline, "the record has not become final"
            time.sleep(0.1)
        return self.client.get(f"/v1/records/{record_id}/receipt").content

    def judge(self, receipt: Receipt, policy: TrustPolicy | None = None) -> Verdict:
        """Examine a receipt with nothing but a policy and the chain."""
        policy = policy or self.policy
        node = RpcNode(self.chain.url)
        try:
            report = node.ask(question(receipt, policy))
        finally:
            node.close()
        return examine(receipt, policy, Beside(datetime.now(UTC), (report,)))


@contextmanager
def serving(chain: RunningChain, folder: Path, **values: object) -> Iterator[Service]:
    """Run a service on a chain, with further settings; its state stays in the folder."""
    create_missing_keys(folder / "keys", (*ALL_KEYS, OWNER_KEY))
    policy_file = set_up_log(folder, chain.url)
    own: dict[str, object] = {
        "data_dir": folder / "data",
        "register_dir": folder / "register",
        "keys_dir": folder / "keys",
        "policy_file": policy_file,
        "rpc_url": chain.url,
        "anchor_interval_seconds": 0.2,
        "poll_seconds": 0.1,
    }
    settings = load_settings(**{**own, **values})  # type: ignore[arg-type]
    with (
        open_service(settings, development=True, anchor=True) as logs,
        TestClient(build_app(logs, hosts=["testserver"])) as client,
    ):
        yield Service(client, policy_file, chain)


def real_documents(shared_data: Path) -> list[Path]:
    folders = ("ocds", "prozorro", "prozorro-audit")
    return sorted(file for name in folders for file in (shared_data / name).rglob("*.json"))


def test_every_real_document_is_entered_and_matches(
    chain: RunningChain, shared_data: Path, tmp_path: Path
) -> None:
    documents = real_documents(shared_data)
    assert len(documents) > 150
    with serving(chain, tmp_path) as service:
        numbers = {
            service.append({"type": "generic", "data": parse_json(file.read_bytes())}): file
            for file in documents
        }
        for number, file in numbers.items():
            receipt = parse_receipt(service.final_receipt(number))
            verdict = service.judge(receipt)
            assert (verdict.outcome, verdict.life) == (Outcome.MATCH, Life.FINAL), file


@pytest.fixture
def final(chain: RunningChain, tmp_path: Path) -> Iterator[tuple[Service, Path]]:
    """A service and the receipt file of one final record."""
    with serving(chain, tmp_path) as service:
        data = {"seat": "E3", "scores": [{"bid_id": "B01", "points": {"技术部分": "43.00"}}]}
        number = service.append({"type": "score_sheet", "case": "SLZX-2026-0031", "data": data})
        file = tmp_path / "receipt.json"
        file.write_bytes(service.final_receipt(number))
        yield service, file


def verify(file: Path, *options: str | Path) -> int:
    """Run the command line; return its exit code."""
    result = CliRunner().invoke(command_line, ["verify", str(file), *map(str, options)])
    return result.exit_code


def test_one_byte_of_a_final_receipt_bent_anywhere_is_never_a_match(
    final: tuple[Service, Path],
) -> None:
    """Chain evidence included: header, trie nodes and positions are bytes like all others."""
    service, file = final
    text, policy = file.read_bytes(), service.policy
    receipt = parse_receipt(text)
    assert receipt.anchors[0].evidence is not None
    node = RpcNode(service.chain.url)
    ask = functools.cache(node.ask)  # most changes lead to the same question
    for position in range(len(text)):
        changed = bytearray(text)
        changed[position] ^= 1
        try:
            bent = parse_receipt(bytes(changed))
            report = ask(question(bent, policy))
            verdict = examine(bent, policy, Beside(datetime.now(UTC), (report,)))
        except Malformed:
            continue
        assert verdict.outcome in (Outcome.DIFFERENT, Outcome.COULD_NOT_CHECK), position
    node.close()


def test_a_receipt_outlives_its_service(chain: RunningChain, tmp_path: Path) -> None:
    with serving(chain, tmp_path / "state") as service:
        number = service.append({"data": {"score": "92.50"}})
        file = tmp_path / "receipt.json"
        file.write_bytes(service.final_receipt(number))
        policy_file = service.policy_file
    with_policy = ("--policy", policy_file)
    assert verify(file, *with_policy, "--rpc", chain.url) == 0
    assert verify(file, *with_policy, "--offline") == 6
    evidence = parse_receipt(file.read_bytes()).anchors[0].evidence
    assert evidence is not None
    verdict = examine(
        parse_receipt(file.read_bytes()),
        parse_policy(policy_file.read_bytes()),
        Beside(datetime.now(UTC)),
    )
    block_hash = str(verdict.check("anchor").facts["block_hash"])
    assert verify(file, *with_policy, "--offline", "--block-hash", block_hash) == 0
    assert verify(file, *with_policy, "--offline", "--block-hash", "0x" + "11" * 32) == 6
    assert verify(file, *with_policy, "--rpc", "http://127.0.0.1:1") == 6


def test_one_changed_score_is_different(final: tuple[Service, Path]) -> None:
    service, file = final
    file.write_bytes(file.read_bytes().replace(b'"43.00"', b'"45.00"'))
    options = ("--policy", service.policy_file, "--rpc", service.chain.url)
    assert verify(file, *options) == 3


def test_a_file_beside_the_receipt_is_compared(final: tuple[Service, Path]) -> None:
    service, file = final
    options = ("--policy", service.policy_file, "--rpc", service.chain.url)
    same, other = file.with_name("same.json"), file.with_name("other.json")
    scores = '{"scores": [{"points": {"技术部分": "43.00"}, "bid_id": "B01"}],\n '
    same.write_text(scores + '"seat": "E3"}')
    other.write_bytes(canonical({"seat": "E3", "scores": []}))
    assert verify(file, same, *options) == 0
    assert verify(file, other, *options) == 3


def test_a_receipt_that_is_not_anchored_yet_waits(chain: RunningChain, tmp_path: Path) -> None:
    with serving(chain, tmp_path) as service:
        answer = service.client.post("/v1/records", content=b'{"data":{"score":"1.00"}}')
        file = tmp_path / "receipt.json"
        file.write_bytes(answer.content)
        assert verify(file, "--policy", service.policy_file) == 4


def test_a_log_goes_on_after_a_restart(chain: RunningChain, tmp_path: Path) -> None:
    with serving(chain, tmp_path) as service:
        first = service.append({"case": "A-1", "data": 1})
        before = service.final_receipt(first)
    with serving(chain, tmp_path) as service:
        second = service.append({"case": "A-1", "data": 2})
        after = parse_receipt(service.final_receipt(second))
        assert service.judge(after).outcome is Outcome.MATCH
        assert service.judge(parse_receipt(before)).outcome is Outcome.MATCH
        third = service.append({"case": "A-1", "data": 3})
        record = service.client.get(f"/v1/records/{third}").json()["record"]
        assert record["case_seq"] == 2
        assert record["after_block"]["chain_id"] == chain.chain_id
