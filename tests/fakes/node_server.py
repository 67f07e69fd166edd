"""A node of the chain on 127.0.0.1 that answers what a `NodeAnswer` says."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from liuhen.core.chain_view import NodeAnswer
from liuhen.core.keccak import keccak256
from liuhen.core.log_standing import LogStanding

CODES = {keccak256(code): code for code in (b"code", b"")}
HEAD_AT = keccak256(b"headAt(bytes32,uint64)")[:4].hex()
LATEST = keccak256(b"latest(bytes32)")[:4].hex()
MARK_OF = keccak256(b"markOf(bytes32)")[:4].hex()
CLOSING_OF = keccak256(b"closingOf(bytes32)")[:4].hex()
SIGNERS_OF = keccak256(b"signersOf(bytes32)")[:4].hex()


@contextmanager
def node_server(answer: NodeAnswer) -> Iterator[str]:
    """Serve until the block is left; gives the node's URL."""

    def say(body: bytes) -> bytes:
        asked = json.loads(body)
        result = reply(answer, asked["method"], asked["params"])
        return json.dumps({"jsonrpc": "2.0", "id": asked["id"], "result": result}).encode()

    with server_saying(say) as url:
        yield url


@contextmanager
def server_saying(say: Callable[[bytes], bytes]) -> Iterator[str]:
    """Serve what `say` makes of the body of each request, with status 200; gives the URL."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = say(self.rfile.read(int(self.headers["content-length"])))
            self.send_response(200)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def reply(answer: NodeAnswer, method: str, params: list[Any]) -> Any:
    """Answer one request of JSON-RPC."""
    match method:
        case "eth_chainId":
            return hex(answer.chain_id)
        case "eth_getCode":
            return "0x" + CODES[answer.code_hash].hex()
        case "eth_getBlockByNumber":
            return block(answer, params[0])
        case "eth_call":
            return "0x" + call(answer, params[0]["data"][2:])
    raise AssertionError(f"a verifier has no business asking {method}")


def block(answer: NodeAnswer, position: str) -> dict[str, str] | None:
    number = answer.tip if position == "latest" else int(position, 16)
    known = {answer.tip: bytes(32), **answer.block_hashes, 0: answer.genesis}.get(number)
    if known is None:
        return None
    return {
        "number": hex(number),
        "hash": "0x" + known.hex(),
        "timestamp": hex(answer.block_times.get(number, 1_774_942_000 + number)),
    }


def call(answer: NodeAnswer, data: str) -> str:
    if data[:8] == LATEST:
        size, root = answer.latest
        return word(size) + root.hex() + word(1) + word(int(size > 0))
    if data[:8] in (MARK_OF, CLOSING_OF, SIGNERS_OF):
        return standing_words(answer.standing, data[:8])
    assert data[:8] == HEAD_AT
    head = answer.heads.get(int(data[72:], 16))
    if head is None:
        return word(0) * 3
    return head.root.hex() + word(head.timestamp) + word(head.block)


def standing_words(standing: LogStanding, selector: str) -> str:
    """Encode as the contract does."""
    mark, closing = standing.mark, standing.closing
    if selector == MARK_OF:
        if mark is None:
            return word(0) * 5
        roots = mark.root.hex() + mark.other_root.hex()
        return address(mark.signer) + word(mark.size) + roots + word(mark.block)
    if selector == CLOSING_OF:
        if closing is None:
            return word(0) * 3
        successor = closing.successor or bytes(32)
        return word(closing.final_size) + successor.hex() + word(closing.block)
    signers = "".join(address(each.signer) + word(each.first) for each in standing.signers)
    return word(32) + word(len(standing.signers)) + signers


def address(value: bytes) -> str:
    return word(int.from_bytes(value, "big"))


def word(number: int) -> str:
    return number.to_bytes(32, "big").hex()
