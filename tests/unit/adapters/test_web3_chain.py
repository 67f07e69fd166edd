"""The chain through web3: whatever a node does, only `Unavailable` comes out, without the URL."""

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
from liuhen.core.errors import Unavailable
from liuhen.ports import ChainTarget, MinedIn

TARGET = ChainTarget(20231, bytes.fromhex("c0" * 20), bytes.fromhex("1d" * 32))
PLACE = MinedIn(1, bytes(32), 1, 0, 0)
QUESTIONS: list[Callable[[Web3Chain], object]] = [
    Web3Chain.identity,
    Web3Chain.newest_block,
    Web3Chain.final_block,
    Web3Chain.anchored_head,
    Web3Chain.tip_wei,
    Web3Chain.mine,
    lambda chain: chain.block(1),
    lambda chain: chain.head_at(5),
    lambda chain: chain.find_anchoring(5),
    lambda chain: chain.evidence(PLACE),
    lambda chain: chain.next_nonce(bytes(20)),
    lambda chain: chain.balance_wei(bytes(20)),
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
        self.send_response(status)
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
        connect_seconds=2.0,
        read_seconds=2.0,
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
    try:
        question(chain_at(port))
    except Unavailable as error:
        check_message(error, port)
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
    with pytest.raises(Unavailable, match="too poor"):
        chain_at(port).send(b"\x02\xc0")


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
