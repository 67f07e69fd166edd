"""The chain through one node: whatever it does, only `Unavailable` comes out, without the URL."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

import pytest

from liuhen.adapters.chain.web3_chain import Finality, Web3Chain
from liuhen.core.chain_evidence import HEAD_ANCHORED
from liuhen.core.errors import Unavailable
from liuhen.ports import Block, ChainTarget, MinedIn, NodeRefused

TARGET = ChainTarget(20231, bytes.fromhex("c0" * 20), bytes.fromhex("1d" * 32))
PLACE = MinedIn(1, bytes(32), 1, 0, 0)
QUESTIONS: list[Callable[[Web3Chain], object]] = [
    Web3Chain.identity,
    Web3Chain.newest_block,
    Web3Chain.final_block,
    Web3Chain.anchored_head,
    Web3Chain.tip_wei,
    Web3Chain.mine,
    lambda chain: chain.balance_wei(bytes(20)),
    lambda chain: chain.block(1),
    lambda chain: chain.head_at(5),
    lambda chain: chain.find_anchoring(5),
    lambda chain: chain.evidence(PLACE),
    lambda chain: chain.next_nonce(bytes(20)),
    lambda chain: chain.send(b"\x02\xc0"),
    lambda chain: chain.tx_receipt(bytes(32)),
]
ANSWERS = [
    (200, b""),
    (200, b"<html>"),
    (200, b"[]"),
    (200, b"{}"),
    (200, b'{"jsonrpc":"2.0","id":1,"result":7}'),
    (200, b'{"jsonrpc":"2.0","id":1,"result":"0x"}'),
    (200, b'{"jsonrpc":"2.0","id":1,"result":{"number":"x"}}'),
    (200, b'{"jsonrpc":"2.0","id":1,"error":{"code":-32000,"message":"no"}}'),
    (200, b'{"jsonrpc":"2.0","id":1,"error":"no"}'),
    (200, b'{"jsonrpc":"2.0","id":2,"result":"0x1"}'),
    (200, b'{"jsonrpc":"2.0","id":"1","result":"0x1"}'),
    (200, b"[" * 100_000),
    (307, b""),
    (401, b'{"jsonrpc":"2.0","id":1,"result":"0x1"}'),
    (429, b"slow down"),
    (502, b"<html>"),
]


class Answering(BaseHTTPRequestHandler):
    """Says the same to everything, and counts."""

    answer: ClassVar[tuple[int, bytes]] = (200, b"")
    asked: ClassVar[list[str]] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        Answering.asked.append(json.loads(body)["method"])
        status, content = Answering.answer
        if b'"id":1' in content:
            content = content.replace(b'"id":1', b'"id":%d' % json.loads(body)["id"])
        self.send_response(status)
        self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- its base's name
        """Say nothing on stderr."""


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Answering) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


def chain_at(port: int) -> Web3Chain:
    return Web3Chain(
        f"http://someone:hunter2@127.0.0.1:{port}/key-of-ours?token=secret",
        TARGET,
        Finality(1),
        call_seconds=2.0,
    )


def check_message(error: Unavailable, port: int) -> None:
    assert f"127.0.0.1:{port}" in str(error)
    assert error.__cause__ is None
    assert error.__context__ is None or error.__suppress_context__
    for secret in ("someone", "hunter2", "key-of-ours", "secret"):
        assert secret not in str(error)


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("answer", ANSWERS)
def test_nonsense_is_unavailable(
    port: int, question: Callable[[Web3Chain], object], answer: tuple[int, bytes]
) -> None:
    Answering.answer = answer
    Answering.asked.clear()
    refuses = b'"error":{' in answer[1]
    try:
        question(chain_at(port))
    except NodeRefused as error:
        check_message(error, port)
        assert refuses
    except Unavailable as error:
        check_message(error, port)
        assert not refuses
    else:
        # A few of the answers are good ones to a few of the questions.
        assert answer[0] == 200
    assert len(Answering.asked) == len(set(Answering.asked)), "something was asked again"


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_node_that_is_not_there_is_unavailable(question: Callable[[Web3Chain], object]) -> None:
    with pytest.raises(Unavailable) as caught:
        question(chain_at(1))
    check_message(caught.value, 1)


def test_the_words_of_the_node_are_kept(port: int) -> None:
    Answering.answer = (200, b'{"jsonrpc":"2.0","id":1,"error":{"code":-1,"message":"too poor"}}')
    with pytest.raises(NodeRefused, match="too poor"):
        chain_at(port).send(b"\x02\xc0")


def scripted(answers: dict[str, object]) -> Web3Chain:
    """Return a chain whose node gives these results."""
    chain = chain_at(1)

    def make_request(method: str, _: object) -> dict[str, object]:
        return {"jsonrpc": "2.0", "id": 1, "result": answers[method]}

    chain._web3.provider.make_request = make_request  # type: ignore[method-assign, assignment]
    return chain


HASH = "0x" + "ab" * 32
BLOCK = {"number": "0x5", "hash": HASH, "timestamp": "0x65", "baseFeePerGas": "0x7"}
MANY = hex(2**53)


def test_a_block_is_read() -> None:
    found = scripted({"eth_getBlockByNumber": BLOCK}).newest_block()
    assert found == Block(5, bytes.fromhex("ab" * 32), 101, 7)


@pytest.mark.parametrize("member", ["number", "timestamp", "baseFeePerGas"])
@pytest.mark.parametrize("value", [MANY, hex(2**200), "-0x1"])
def test_an_impossible_number_is_unavailable(member: str, value: str) -> None:
    chain = scripted({"eth_getBlockByNumber": {**BLOCK, member: value}})
    with pytest.raises(Unavailable):
        chain.newest_block()


@pytest.mark.parametrize(
    ("method", "question"),
    [
        ("eth_chainId", Web3Chain.identity),
        ("eth_maxPriorityFeePerGas", Web3Chain.tip_wei),
        ("eth_getTransactionCount", lambda chain: chain.next_nonce(bytes(20))),
    ],
)
def test_other_impossible_numbers_are_unavailable(
    method: str, question: Callable[[Web3Chain], object]
) -> None:
    genesis = {**BLOCK, "number": "0x0"}
    chain = scripted({"eth_getBlockByNumber": genesis, "eth_getCode": "0x", method: MANY})
    with pytest.raises(Unavailable, match="impossible number"):
        question(chain)


def test_a_node_without_a_suggested_tip_is_asked_for_the_price() -> None:
    answers: dict[str, object] = {"eth_getBlockByNumber": BLOCK, "eth_gasPrice": "0x9"}
    chain = chain_at(1)

    def make_request(method: str, _: object) -> dict[str, object]:
        if method not in answers:
            return {"jsonrpc": "2.0", "id": 1, "error": {"code": -32601, "message": "unknown"}}
        return {"jsonrpc": "2.0", "id": 1, "result": answers[method]}

    chain._web3.provider.make_request = make_request  # type: ignore[method-assign, assignment]
    assert chain.tip_wei() == 9 - 7
    answers["eth_gasPrice"] = "0x5"
    assert chain.tip_wei() == 0
    answers["eth_maxPriorityFeePerGas"] = "0x4"
    assert chain.tip_wei() == 4


def tagged(height: int, *finalized: object) -> Web3Chain:
    """Return a chain of this height whose node says this when it is asked for the final block."""
    chain = Web3Chain("http://127.0.0.1:1", TARGET, Finality(3, follow_tag=True))
    answers = iter(finalized)

    def make_request(_: str, params: list[object]) -> dict[str, object]:
        position = params[0]
        said = next(answers) if position == "finalized" else position
        said = hex(height) if position == "latest" else said
        if isinstance(said, Unavailable):
            raise said
        if isinstance(said, dict):
            return {"jsonrpc": "2.0", "id": 1, "error": said}
        return {"jsonrpc": "2.0", "id": 1, "result": said and {**BLOCK, "number": said}}

    chain._web3.provider.make_request = make_request  # type: ignore[method-assign, assignment]
    return chain


UNKNOWN_TAG = {"code": -32602, "message": "unknown tag"}


@pytest.mark.parametrize(
    ("height", "finalized", "final"),
    [
        (70, hex(64), 64),  # it lags
        (70, hex(70), 67),  # it is always the newest block
        (70, hex(69), 67),
        (70, UNKNOWN_TAG, 67),
        (70, None, 0),  # there is none yet
        (2, hex(2), 0),
    ],
)
def test_a_block_is_final_by_depth_and_by_a_tag_that_lags(
    height: int, finalized: object, final: int
) -> None:
    found = tagged(height, finalized).final_block()
    assert found is not None
    assert found.number == final


def test_a_node_that_does_not_answer_for_the_tag_has_not_denied_it() -> None:
    with pytest.raises(Unavailable):
        tagged(70, Unavailable("late")).final_block()


def test_a_node_that_has_answered_for_the_tag_knows_it() -> None:
    chain = tagged(70, hex(64), UNKNOWN_TAG)
    chain.final_block()
    with pytest.raises(NodeRefused):
        chain.final_block()


def test_a_balance_may_be_larger_than_any_height() -> None:
    for wei in (0, 10**18, 2**256 - 1):
        assert scripted({"eth_getBalance": hex(wei)}).balance_wei(bytes(20)) == wei
    with pytest.raises(Unavailable):
        scripted({"eth_getBalance": hex(2**256)}).balance_wei(bytes(20))


TX_RECEIPT = {
    "blockNumber": "0x5",
    "blockHash": HASH,
    "transactionIndex": "0x2",
    "status": "0x1",
    "logs": [],
    "gasUsed": "0x64",
    "effectiveGasPrice": hex(10**18),
}


def test_what_a_tx_has_cost_is_read() -> None:
    chain = scripted({"eth_getTransactionReceipt": TX_RECEIPT, "eth_getBlockByNumber": BLOCK})
    found = chain.tx_receipt(bytes(32))
    assert found is not None
    assert found.fee_wei == 100 * 10**18


@pytest.mark.parametrize("member", ["gasUsed", "effectiveGasPrice", "status", "transactionIndex"])
@pytest.mark.parametrize("value", [None, "", "-0x1", 1.5, True, hex(2**256)])
def test_a_tx_receipt_with_an_odd_number_is_unavailable(member: str, value: object) -> None:
    odd = {**TX_RECEIPT, member: value}
    chain = scripted({"eth_getTransactionReceipt": odd, "eth_getBlockByNumber": BLOCK})
    with pytest.raises(Unavailable):
        chain.tx_receipt(bytes(32))


def anchored_event(size: int) -> dict[str, object]:
    topics = [HEAD_ANCHORED, TARGET.log_id, size.to_bytes(32, "big")]
    return {
        "address": "0x" + TARGET.contract.hex(),
        "topics": ["0x" + topic.hex() for topic in topics],
        "data": "0x" + size.to_bytes(32, "big").hex(),
        "blockNumber": "0x5",
        "blockHash": HASH,
        "transactionHash": HASH,
        "transactionIndex": "0x2",
        "logIndex": "0x0",
        "removed": False,
    }


@pytest.mark.parametrize(("size", "position"), [(3, 0), (7, 1), (9, 2), (8, None)])
def test_of_several_anchors_in_one_tx_the_one_of_this_size_is_found(
    size: int, position: int | None
) -> None:
    events = [anchored_event(each) for each in (3, 7, 9)]
    tx_receipt = {
        "blockNumber": "0x5",
        "blockHash": HASH,
        "transactionIndex": "0x2",
        "status": "0x1",
        "gasUsed": "0x64",
        "effectiveGasPrice": "0x7",
        "logs": events,
    }
    head_at = "0x" + size.to_bytes(32, "big").hex() + f"{1:064x}" + f"{5:064x}"
    chain = scripted(
        {
            "eth_call": head_at,
            "eth_getLogs": events[:1],
            "eth_getTransactionReceipt": tx_receipt,
            "eth_getBlockByNumber": BLOCK,
        }
    )
    place = chain.find_anchoring(size)
    assert (place and place.log_position) == position


def test_importing_it_leaves_the_recursion_limit_alone() -> None:
    script = "import sys; import liuhen.adapters.chain.deploy; print(sys.getrecursionlimit())"
    found = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert found.stdout.strip() == "1000"
