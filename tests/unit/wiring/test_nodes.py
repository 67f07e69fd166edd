"""The chain's nodes of the settings, followed and asked."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from liuhen.core.chain_view import ChainQuestion, NodeAnswer, NodeSilence
from liuhen.core.keccak import keccak256
from liuhen.core.log_standing import LogStanding
from liuhen.core.merkle import EMPTY_ROOT, TreeHead
from liuhen.core.policy import ChainKind, parse_policy
from liuhen.ports import NodeState
from liuhen.wiring.nodes import ask_nodes, open_chain
from tests.fakes.node_server import node_server, reply, server_saying
from tests.fakes.running_service import NOBODY, settings_in, write_policy

QUESTION = ChainQuestion(bytes(20), bytes(32), (), ())
ANSWER = NodeAnswer(
    node="",
    chain_id=20231,
    genesis=bytes(32),
    code_hash=keccak256(b""),
    latest=TreeHead(0, EMPTY_ROOT),
    tip=100,
    standing=LogStanding(),
    heads={},
    block_hashes={97: bytes(32)},
    block_times={},
)


def test_all_nodes_are_asked_and_a_silent_one_is_passed_over(tmp_path: Path) -> None:
    with node_server(ANSWER) as one, node_server(replace(ANSWER, chain_id=7)) as two:
        ask = ask_nodes(settings_in(tmp_path, rpc_url=[one, NOBODY, two], rpc_timeout_seconds=20.0))
        said = ask(QUESTION)
    assert [each.chain_id for each in said if isinstance(each, NodeAnswer)] == [20231, 7]
    assert len(said) == 2


def test_where_no_node_answers_each_silence_is_told(tmp_path: Path) -> None:
    said = ask_nodes(settings_in(tmp_path, rpc_url=[NOBODY, "http://127.0.0.1:7"]))(QUESTION)
    assert [each.node for each in said if isinstance(each, NodeSilence)] == [
        *("127.0.0.1:9", "127.0.0.1:7")
    ]


@pytest.mark.parametrize("kind", ChainKind)
def test_the_final_tag_is_followed_but_on_development_chains(
    tmp_path: Path, kind: ChainKind
) -> None:
    asked = []

    def say(body: bytes) -> bytes:
        request = json.loads(body)
        if request["params"][:1] == ["finalized"]:
            asked.append(kind)
            request["params"][0] = "0x61"
        result = reply(ANSWER, request["method"], request["params"])
        return json.dumps({"jsonrpc": "2.0", "id": request["id"], "result": result}).encode()

    policy = parse_policy(write_policy(tmp_path).read_bytes())
    chain = replace(policy.chain, kind=kind)
    policy = replace(policy, chain=chain, code_hash=ANSWER.code_hash)
    with server_saying(say) as url:
        nodes = open_chain(settings_in(tmp_path, rpc_url=[NOBODY, url]), policy)
        final = nodes.final_block() if kind is not ChainKind.DEVELOPMENT else nodes.newest_block()
        states = nodes.nodes()
    assert final is not None
    assert asked == ([] if kind is ChainKind.DEVELOPMENT else [kind])
    assert [(each.host, str(each.condition), each.height) for each in states] == [
        ("127.0.0.1:9", "silent", None),
        (url.removeprefix("http://"), "answering", 100),
    ]
    assert isinstance(states[0], NodeState)
    assert "127.0.0.1:9" in states[0].trouble
