"""Two real nodes with one chain, of which one is reached through a proxy that lies."""

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest
from typer.testing import CliRunner

from liuhen.adapters.chain.dev_chain import DevChain
from liuhen.cli.main import app
from liuhen.core.receipt import parse_receipt
from tests.chain.conftest import with_deployer
from tests.chain.test_whole_way import serving
from tests.fakes.node_server import HEAD_AT, LATEST, MARK_OF, SIGNERS_OF, server_saying

LIE = "66" * 32


@dataclass(frozen=True)
class Scene:
    """A final receipt, its policy, and two nodes that hold its chain."""

    receipt: Path
    policy: Path
    nodes: tuple[str, str]

    def verify(self, *arguments: str) -> tuple[int, str]:
        words = ["verify", str(self.receipt), "--policy", str(self.policy), *arguments]
        done = CliRunner().invoke(app, words)
        assert done.stderr == ""
        return done.exit_code, done.stdout

    def ask(self, *urls: str, options: tuple[str, ...] = ()) -> tuple[int, dict[str, Any]]:
        words = [word for url in urls for word in ("--rpc", url)]
        code, text = self.verify(*words, *options, "--json")
        answer: dict[str, Any] = json.loads(text)
        return code, answer


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """Enter a record, let it become final, and start two nodes from the chain's state."""
    folder = tmp_path_factory.mktemp("scene")
    receipt, state = folder / "receipt.json", folder / "chain" / "state.json"
    with DevChain.start(state) as chain:
        node = with_deployer("anvil", chain.url, 20231)
        with serving(node, folder) as service:
            # Once an anchor is final, the service knows a block to put into the next record.
            service.final_receipt(service.append({"type": "generic", "data": 1}))
            number = service.append({"data": {"finding": "late notice"}})
            receipt.write_bytes(service.final_receipt(number))
            policy = folder / "kept-policy.json"
            shutil.copy(service.policy_file, policy)
    with ExitStack() as stack:
        urls = []
        for name in ("one", "two"):
            shutil.copytree(state.parent, folder / name)
            urls.append(stack.enter_context(DevChain.start(folder / name / state.name)).url)
        yield Scene(receipt, policy, (urls[0], urls[1]))


def through(url: str, bend: Callable[[dict[str, Any], Any], Any]) -> Callable[[bytes], bytes]:
    """Return a proxy to a node that may answer otherwise."""

    def say(body: bytes) -> bytes:
        answer = httpx2.post(url, content=body, headers={"content-type": "application/json"})
        told: dict[str, Any] = answer.json()
        told["result"] = bend(json.loads(body), told["result"])
        return json.dumps(told).encode()

    return say


def other_root(asked: dict[str, Any], result: Any) -> Any:
    """Tell another root for every head."""
    return "0x" + LIE + result[66:] if is_call(asked, HEAD_AT) else result


def no_head(asked: dict[str, Any], result: Any) -> Any:
    """Deny that anything was ever anchored."""
    return "0x" + "00" * (len(result) // 2 - 1) if is_call(asked, HEAD_AT, LATEST) else result


def invented_fork(asked: dict[str, Any], result: Any) -> Any:
    """Tell of a fork that nobody has shown."""
    words = (LIE[:40].rjust(64, "0"), f"{7:064x}", LIE, "77" * 32, f"{2:064x}")
    return "0x" + "".join(words) if is_call(asked, MARK_OF) else result


def other_keys(asked: dict[str, Any], result: Any) -> Any:
    """Tell another key of the log."""
    if not is_call(asked, SIGNERS_OF):
        return result
    return result[:130] + LIE[:40].rjust(64, "0") + result[194:]


def is_call(asked: dict[str, Any], *selectors: str) -> bool:
    """Return whether a request calls one of these functions of the contract."""
    called = asked["params"][0]["data"][2:10] if asked["method"] == "eth_call" else ""
    return called in selectors


def other_code(asked: dict[str, Any], result: Any) -> Any:
    """Put other code at the contract's address."""
    return result + "00" if asked["method"] == "eth_getCode" else result


def other_block(asked: dict[str, Any], result: Any) -> Any:
    """Tell other hashes for all blocks but the first, as a node on a fork would."""
    if asked["method"] != "eth_getBlockByNumber" or result["number"] == "0x0":
        return result
    return {**result, "hash": "0x" + LIE}


def test_two_honest_nodes_agree_on_a_match(scene: Scene) -> None:
    code, verdict = scene.ask(*scene.nodes)
    assert (code, verdict["outcome"], verdict["life"]) == (0, "match", "final")
    facts = verdict["facts"]
    assert len(facts["not_after"]["nodes"]) == 2
    assert facts["not_before"]["time"] <= facts["not_after"]["time"]


@pytest.mark.parametrize(
    ("lie", "reason"),
    [
        (other_root, "nodes-disagree"),
        (no_head, "nodes-disagree"),
        (invented_fork, "nodes-disagree"),
        (other_keys, "nodes-disagree"),
        (other_code, "node-on-another-chain"),
        (other_block, "block-not-on-this-chain"),
    ],
)
@pytest.mark.parametrize("liar_first", [False, True])
def test_a_lying_node_against_an_honest_one_is_not_decided(
    scene: Scene, lie: Callable[[dict[str, Any], Any], Any], reason: str, liar_first: bool
) -> None:
    with server_saying(through(scene.nodes[1], lie)) as liar:
        urls = (liar, scene.nodes[0]) if liar_first else (scene.nodes[0], liar)
        code, verdict = scene.ask(*urls)
    assert (code, verdict["outcome"], verdict["reason"]) == (6, "could_not_check", reason)
    (anchor,) = [check for check in verdict["checks"] if check["code"] == "anchor"]
    hosts = [url.removeprefix("http://") for url in urls]
    assert [answer["node"] for answer in anchor["facts"]["answers"]] == hosts


def test_both_answers_are_shown_side_by_side(scene: Scene) -> None:
    root = parse_receipt(scene.receipt.read_bytes()).anchors[0].root.hex()
    with server_saying(through(scene.nodes[1], other_root)) as liar:
        for language in ("en", "zh"):
            words = ("--rpc", scene.nodes[0], "--rpc", liar, "--lang", language)
            code, text = scene.verify(*words)
            assert code == 6
            hosts = [url.removeprefix("http://") for url in (scene.nodes[0], liar)]
            shown = [each for each in text.splitlines() if each.startswith("    127.0.0.1:")]
            assert [host in each for host, each in zip(hosts, shown, strict=True)] == [True, True]
            assert root in shown[0]
            assert LIE in shown[1]


def test_a_lying_node_alone_cannot_make_a_match_of_a_forged_root(scene: Scene) -> None:
    with server_saying(through(scene.nodes[0], other_root)) as liar:
        code, verdict = scene.ask(liar)
    assert (code, verdict["outcome"], verdict["reason"]) == (3, "different", "anchor")


def test_the_hash_of_the_block_completes_an_offline_check(scene: Scene) -> None:
    code, verdict = scene.ask(options=("--offline",))
    assert (code, verdict["reason"]) == (6, "block-hash-to-compare")
    (anchor,) = [check for check in verdict["checks"] if check["code"] == "anchor"]
    told = anchor["facts"]["block_hash"]
    code, verdict = scene.ask(options=("--offline", "--block-hash", told))
    assert (code, verdict["life"]) == (0, "final")
    assert verdict["facts"]["not_after"]["by"] == ["caller"]
    code, verdict = scene.ask(options=("--offline", "--block-hash", "0x" + LIE))
    assert (code, verdict["reason"]) == (6, "another-block-hash-given")
