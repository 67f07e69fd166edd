"""The verifier's calls to a node: every answer is untrusted until it has the exact shape."""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import httpx2
import pytest

from liuhen.adapters.rpc import NodeBlock, RpcNode
from liuhen.core.chain_view import AnchoredHead, ChainQuestion, NodeAnswer, NodeSilence
from liuhen.core.errors import Unavailable
from liuhen.core.keccak import keccak256
from liuhen.core.log_standing import AppointedSigner, ForkMark, LogClosing, LogStanding
from liuhen.core.merkle import EMPTY_ROOT, TreeHead
from tests.fakes.node_server import reply, standing_words

URL = "http://someone:hunter2@node.example:8545/key-of-ours?token=secret"
CONTRACT = bytes.fromhex("c0" * 20)
LOG_ID = bytes.fromhex("1d" * 32)
ROOT = bytes.fromhex("7f" * 32)
HASH = "0x" + "ab" * 32
BLOCK = {"number": "0x5", "hash": HASH, "timestamp": "0x65"}


def word(value: int) -> str:
    """Encode a number as the contract does."""
    return f"{value:064x}"


class Node:
    """Answers each request with `result`, and keeps what was asked."""

    def __init__(self, result: object) -> None:
        """Answer `result` to everything."""
        self.result = result
        self.asked: list[dict[str, object]] = []

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        """Answer one request as a good node does."""
        self.asked.append(json.loads(request.content))
        answer = {"jsonrpc": "2.0", "id": self.asked[-1]["id"], "result": self.result}
        return httpx2.Response(200, json=answer)


def rpc(answer: Callable[[httpx2.Request], httpx2.Response]) -> RpcNode:
    """Return a node whose network is `answer`."""
    return RpcNode(URL, transport=httpx2.MockTransport(answer))


def saying(content: bytes, status: int = 200) -> RpcNode:
    """Return a node that says the same bytes to everything."""
    return rpc(lambda _: httpx2.Response(status, content=content))


def test_the_chain_id_is_read() -> None:
    assert rpc(Node("0x4f07")).chain_id() == 20231


def test_a_block_is_asked_for_without_its_transactions() -> None:
    node = Node(BLOCK)
    assert rpc(node).block(5) == NodeBlock(5, bytes.fromhex("ab" * 32), 101)
    assert node.asked[0]["method"] == "eth_getBlockByNumber"
    assert node.asked[0]["params"] == ["0x5", False]


def test_a_tag_is_passed_on() -> None:
    node = Node(BLOCK)
    rpc(node).block("finalized")
    assert node.asked[0]["params"] == ["finalized", False]


def test_a_block_that_does_not_exist_is_none() -> None:
    assert rpc(Node(None)).block(10**6) is None


def test_the_code_is_hashed_with_keccak() -> None:
    empty = "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"
    assert rpc(Node("0x")).code_hash(CONTRACT).hex() == empty
    assert rpc(Node("0x6001")).code_hash(CONTRACT) == keccak256(b"\x60\x01")


def test_a_head_is_asked_for_by_selector_and_words() -> None:
    node = Node("0x" + ROOT.hex() + word(1_700_000_000) + word(17))
    assert rpc(node).head_at(CONTRACT, LOG_ID, 300) == AnchoredHead(ROOT, 17, 1_700_000_000)
    selector = keccak256(b"headAt(bytes32,uint64)")[:4].hex()
    call = {"to": "0x" + "c0" * 20, "data": "0x" + selector + "1d" * 32 + word(300)}
    assert node.asked[0]["params"] == [call, "latest"]


def test_a_size_that_was_never_anchored_is_none() -> None:
    assert rpc(Node("0x" + "00" * 96)).head_at(CONTRACT, LOG_ID, 300) is None


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html>502</html>",
        b"\xff\xfe",
        b"[]",
        b"null",
        b"{}",
        b'{"jsonrpc":"2.0","id":1}',
        b'{"jsonrpc":"2.0","id":2,"result":"0x1"}',
        b'{"jsonrpc":"2.0","id":"1","result":"0x1"}',
        b'{"jsonrpc":"1.0","id":1,"result":"0x1"}',
        b'{"jsonrpc":"2.0","id":1,"error":{"code":-32000,"message":"no"}}',
        b'{"jsonrpc":"2.0","id":1,"result":"0x1","error":{"code":1}}',
        b'{"jsonrpc":"2.0","id":1,"result":1}',
        b'{"jsonrpc":"2.0","id":1,"result":null}',
        b'{"jsonrpc":"2.0","id":1,"result":"1"}',
        b'{"jsonrpc":"2.0","id":1,"result":"0x"}',
        b'{"jsonrpc":"2.0","id":1,"result":"0x01"}',
        b'{"jsonrpc":"2.0","id":1,"result":"0x_1"}',
        b'{"jsonrpc":"2.0","id":1,"result":"0x1\\n"}',
        b'{"jsonrpc":"2.0","id":1,"result":"-0x1"}',
        b'{"jsonrpc":"2.0","id":1,"result":"0x\xd9\xa1"}',
        b"[" * 100_000,
    ],
)
def test_a_malformed_answer_is_unavailable(content: bytes) -> None:
    with pytest.raises(Unavailable):
        saying(content).chain_id()


@pytest.mark.parametrize("status", [201, 204, 301, 400, 401, 429, 500, 502])
def test_only_status_200_is_an_answer(status: int) -> None:
    with pytest.raises(Unavailable, match=str(status)):
        saying(b'{"jsonrpc":"2.0","id":1,"result":"0x1"}', status).chain_id()


@pytest.mark.parametrize(
    "bent",
    [
        {"hash": "0x" + "ab" * 31},
        {"hash": "ab" * 32},
        {"hash": "0x" + "ab" * 31 + "a"},
        {"hash": "0x" + "zz" * 32},
        {"hash": None},
        {"number": "0x6"},
        {"number": 5},
        {"number": None},
        {"timestamp": "0x"},
        {"timestamp": None},
        {"timestamp": hex(2**53)},
    ],
)
def test_a_bent_block_is_unavailable(bent: dict[str, object]) -> None:
    with pytest.raises(Unavailable):
        rpc(Node({**BLOCK, **bent})).block(5)


@pytest.mark.parametrize(
    "data",
    [
        "0x",
        "0x" + "00" * 95,
        "0x" + "00" * 97,
        "0x" + "00" * 128,
        "0x" + ROOT.hex() + word(2**64) + word(17),
        "0x" + ROOT.hex() + word(1) + word(2**64),
        "0x" + ROOT.hex() + word(2**53) + word(17),
        "0x" + ROOT.hex() + word(1) + word(2**53),
    ],
)
def test_a_head_of_another_shape_is_unavailable(data: str) -> None:
    with pytest.raises(Unavailable):
        rpc(Node(data)).head_at(CONTRACT, LOG_ID, 300)


def test_before_the_first_anchor_the_newest_head_is_empty() -> None:
    assert rpc(Node("0x" + "00" * 128)).latest(CONTRACT, LOG_ID) == TreeHead(0, EMPTY_ROOT)


def test_the_newest_head_is_read() -> None:
    words = "0x" + word(300) + ROOT.hex() + word(1_700_000_000) + word(17)
    assert rpc(Node(words)).latest(CONTRACT, LOG_ID) == TreeHead(300, ROOT)


STANDING = LogStanding(
    ForkMark(b"\x5e" * 20, 2**60, ROOT, bytes(32), 21),
    LogClosing(2**64 - 1, None, 22),
    (AppointedSigner(b"\x5e" * 20, 0), AppointedSigner(b"\x5f" * 20, 2**54)),
)


def test_the_standing_of_a_log_is_asked_for_by_the_logs_name_alone() -> None:
    asked = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        asked.append(json.loads(request.content))
        data = asked[-1]["params"][0]["data"][2:]
        result = "0x" + standing_words(STANDING, data[:8])
        return httpx2.Response(200, json={"jsonrpc": "2.0", "id": len(asked), "result": result})

    assert rpc(answer).standing(CONTRACT, LOG_ID) == STANDING
    selectors = [
        keccak256(name)[:4].hex()
        for name in (b"markOf(bytes32)", b"closingOf(bytes32)", b"signersOf(bytes32)")
    ]
    assert [each["params"] for each in asked] == [
        [{"to": "0x" + "c0" * 20, "data": "0x" + selector + "1d" * 32}, "latest"]
        for selector in selectors
    ]


@pytest.mark.parametrize("bent", range(3))
def test_a_standing_of_another_shape_is_unavailable_and_names_the_host(bent: int) -> None:
    seen = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        asked = json.loads(request.content)
        seen.append(asked)
        result = "0x" + standing_words(STANDING, asked["params"][0]["data"][2:10])
        result += "00" * 32 * (len(seen) == bent + 1)
        return httpx2.Response(200, json={"jsonrpc": "2.0", "id": asked["id"], "result": result})

    with pytest.raises(Unavailable, match=r"node\.example:8545 answered \d+ bytes in place of"):
        rpc(answer).standing(CONTRACT, LOG_ID)
    assert len(seen) == bent + 1


def test_whatever_record_is_checked_the_same_is_asked_of_the_log() -> None:
    """The questions of two receipts differ in anchored sizes and in blocks, and in nothing else."""
    asked: list[list[object]] = []
    for sizes, blocks in (((300,), (5,)), ((), ())):
        asked.append([])

        def answer(request: httpx2.Request, told: list[object] = asked[-1]) -> httpx2.Response:
            body = json.loads(request.content)
            told.append([body["method"], body["params"]])
            result = reply(NODE, body["method"], body["params"])
            return httpx2.Response(200, json={**body, "result": result})

        report = rpc(answer).ask(ChainQuestion(CONTRACT, LOG_ID, sizes, blocks))
        assert isinstance(report, NodeAnswer)
        assert report.standing == STANDING
    more = [each for each in asked[0] if each not in asked[1]]
    head_at = "0x" + keccak256(b"headAt(bytes32,uint64)")[:4].hex()
    assert more == [
        ["eth_getBlockByNumber", ["0x5", False]],
        ["eth_call", [{"to": "0x" + "c0" * 20, "data": head_at + "1d" * 32 + word(300)}, "latest"]],
    ]
    assert [each for each in asked[1] if each not in asked[0]] == []


NODE = NodeAnswer(
    node="node.example:8545",
    chain_id=5,
    genesis=bytes(32),
    code_hash=keccak256(b"code"),
    latest=TreeHead(300, ROOT),
    tip=7,
    standing=STANDING,
    heads={300: AnchoredHead(ROOT, 6, 7)},
    block_hashes={5: bytes.fromhex("ab" * 32)},
)
QUESTION = ChainQuestion(CONTRACT, LOG_ID, sizes=(300,), blocks=(5,))


def test_a_node_without_the_contract_has_answered_that_there_is_nothing() -> None:
    results = {
        "eth_chainId": "0x1",
        "eth_getCode": "0x",
        "eth_getBlockByNumber": BLOCK | {"number": "0x0"},
    }

    def answer(request: httpx2.Request) -> httpx2.Response:
        asked = json.loads(request.content)
        result = results[asked["method"]]
        return httpx2.Response(200, json={"jsonrpc": "2.0", "id": asked["id"], "result": result})

    report = rpc(answer).ask(ChainQuestion(CONTRACT, LOG_ID, sizes=(300,), blocks=(0,)))
    assert isinstance(report, NodeAnswer)
    assert report.code_hash == keccak256(b"")
    assert report.latest.size == 0
    assert report.standing == LogStanding()
    assert report.heads == {300: None}
    assert report.block_hashes == {0: bytes.fromhex("ab" * 32)}


def test_a_node_that_answers_nonsense_is_silent_and_named_by_host() -> None:
    report = saying(b"<html>").ask(QUESTION)
    assert isinstance(report, NodeSilence)
    assert report.node == "node.example:8545"


@pytest.mark.parametrize("beginning", [b"", b"HTTP/1.1 200 OK\r\ncontent-length: 99999\r\n\r\n"])
def test_a_node_that_sends_a_byte_now_and_then_is_not_waited_for(beginning: bytes) -> None:
    with dripping_server(beginning) as url:
        node = RpcNode(url, timeout=20.0, ask_seconds=0.3)
        report = node.ask(QUESTION)
        node.close()
    assert isinstance(report, NodeSilence)
    assert "within 0.3 seconds" in report.why


def test_after_the_time_for_all_nothing_more_is_asked() -> None:
    node = Node(BLOCK)
    asked = RpcNode(URL, ask_seconds=-1.0, transport=httpx2.MockTransport(node))
    assert isinstance(asked.ask(QUESTION), NodeSilence)
    assert node.asked == []


def test_a_bug_of_ours_is_no_silence_of_the_node(monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(_: ChainQuestion) -> NodeAnswer:
        raise KeyError

    node = rpc(Node(BLOCK))
    monkeypatch.setattr(node, "_answer", crash)
    with pytest.raises(KeyError):
        node.ask(QUESTION)


@contextmanager
def dripping_server(beginning: bytes) -> Iterator[str]:
    """Answer with `beginning`, then with a byte now and then, until the block is left."""
    ended = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def drip() -> None:
            with listening.accept()[0] as connection, suppress(OSError):
                connection.sendall(beginning)
                while not ended.wait(0.02):
                    connection.sendall(b"H")

        thread = threading.Thread(target=drip)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            ended.set()
            thread.join()


def test_an_endless_answer_is_cut() -> None:
    with pytest.raises(Unavailable, match="endless"):
        saying(b" " * (9 * 2**20)).chain_id()


@pytest.mark.parametrize("failure", [httpx2.ConnectError, httpx2.ReadTimeout, OSError])
def test_a_node_that_does_not_answer_is_named_by_host_only(
    failure: Callable[[str], Exception],
) -> None:
    def fail(_: httpx2.Request) -> httpx2.Response:
        raise failure("no route, says http://someone:hunter2@node.example")

    with pytest.raises(Unavailable) as caught:
        rpc(fail).chain_id()
    assert "node.example:8545" in str(caught.value)
    for secret in ("someone", "hunter2", "key-of-ours", "secret"):
        assert secret not in str(caught.value)


@pytest.mark.parametrize(
    "url", ["", "node.example:8545", "ftp://node.example", "http://", "http://[::", "ws://x/"]
)
def test_a_url_that_is_no_node_is_unavailable(url: str) -> None:
    with pytest.raises(Unavailable, match="the URL of the node"):
        RpcNode(url)
