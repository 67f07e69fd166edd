"""Witnesses first, then the anchor: on a real chain, in both modes, until a receipt is final."""

import dataclasses
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from liuhen.adapters.keys_file import ALL_KEYS, OWNER_KEY, create_missing_keys
from liuhen.adapters.rpc import RpcNode
from liuhen.api.served_log import ServedLog
from liuhen.core.examine import Beside, examine, question
from liuhen.core.policy import parse_policy
from liuhen.core.receipt import parse_receipt
from liuhen.core.verdict import Outcome, Verdict
from liuhen.wiring.development import set_up_log
from liuhen.wiring.service import open_service
from liuhen.wiring.settings import load_settings
from tests.chain.conftest import RunningChain
from tests.fakes.witness import MemoryWitness
from tests.fakes.witness_server import ServedWitness, witness_server
from tests.witness_kit import ML, W1

SECONDS = 60


@contextmanager
def serving(
    chain: RunningChain, folder: Path, mode: str, *served: ServedWitness
) -> Iterator[ServedLog]:
    """Run a service whose trust policy asks for all of these witnesses."""
    create_missing_keys(folder / "keys", (*ALL_KEYS, OWNER_KEY))
    policy_file = set_up_log(folder, chain.url)
    keys = tuple(each.witness.known.key for each in served)
    trusted = parse_policy(policy_file.read_bytes())
    trusted = dataclasses.replace(trusted, witnesses=keys, quorum=len(keys))
    policy_file.write_text(trusted.to_text())
    names = [f"w{number}" for number in range(len(served))]
    lines = [
        f"witness {name} {key.to_text()} {each.url}\n"
        for name, key, each in zip(names, keys, served, strict=True)
    ]
    (folder / "witnesses").write_text(
        "".join(lines) + f"group all-of-them all {' '.join(names)}\nquorum all-of-them\n"
    )
    settings = load_settings(
        data_dir=folder / "data",
        register_dir=folder / "register",
        keys_dir=folder / "keys",
        policy_file=policy_file,
        rpc_url=chain.url,
        anchor_interval_seconds=0.2,
        poll_seconds=0.1,
        witness_file=folder / "witnesses",
        witness_mode=mode,
        witness_interval_seconds=0.2,
        witness_timeout_seconds=20.0,
    )
    with open_service(settings, development=True, anchor=True) as logs:
        yield logs.get(None)


def judge(chain: RunningChain, log: ServedLog, record_id: str) -> Verdict:
    receipt = parse_receipt(log.prove.receipt_of(record_id).encode())
    node = RpcNode(chain.url)
    try:
        report = node.ask(question(receipt, log.policy))
    finally:
        node.close()
    return examine(receipt, log.policy, Beside(datetime.now(UTC), (report,)))


def wait_for_match(chain: RunningChain, log: ServedLog, record_id: str) -> Verdict:
    deadline = time.monotonic() + SECONDS
    while (verdict := judge(chain, log, record_id)).outcome is not Outcome.MATCH:
        assert time.monotonic() < deadline, verdict.reason
        assert verdict.outcome in {Outcome.WAITING, Outcome.COULD_NOT_CHECK}, verdict.reason
        time.sleep(0.1)
    return verdict


def trouble(log: ServedLog) -> Any:
    state: Any = log.witness_state()
    return state["witnesses"][0]["trouble"]


@pytest.mark.parametrize("mode", ["open", "closed"])
def test_an_anchored_receipt_is_cosigned_with_both_kinds_of_keys(
    anvil: RunningChain, tmp_path: Path, mode: str
) -> None:
    with (
        witness_server(MemoryWitness(W1)) as first,
        witness_server(MemoryWitness(ML)) as second,
        serving(anvil, tmp_path, mode, first, second) as log,
    ):
        for number in range(3):
            record_id = log.append.append_here(b'{"data":%d}' % number).record_id
            verdict = wait_for_match(anvil, log, record_id)
            facts: Any = verdict.check("witnesses").facts
            assert [each["name"] for each in facts["signed"]] == [W1.name, ML.name]
            assert verdict.life == "final"
        assert {each.size for each in first.witness.heads} == {
            each.size for each in second.witness.heads
        }


def test_closed_anchors_nothing_before_the_witness_is_back_and_open_does(
    anvil: RunningChain, tmp_path: Path
) -> None:
    for mode in ("closed", "open"):
        folder = tmp_path / mode
        folder.mkdir()
        with witness_server(MemoryWitness(W1)) as served:
            served.witness.down = True
            with serving(anvil, folder, mode, served) as log:
                record_id = log.append.append_here(b'{"data":1}').record_id
                deadline = time.monotonic() + SECONDS
                anchoring = log.anchoring
                while not (anchoring.sizes().final_size or anchoring.work().trouble):
                    assert time.monotonic() < deadline
                    time.sleep(0.02)
                assert bool(anchoring.sizes().anchored_size) is (mode == "open")
                assert trouble(log) is not None
                if mode == "closed":
                    assert "enough witnesses" in anchoring.work().trouble
                served.witness.down = False
                if mode == "open":
                    log.append.append_here(b'{"data":2}')
                wait_for_match(anvil, log, record_id)
