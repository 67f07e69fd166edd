"""Ask a node of the chain for what a verdict needs: hand-made calls, strictly read.

This is the verifier's own view of the chain. It works on the base install and asks only for the
chain's identity, blocks, code, anchored heads and the log's standing; never for a leaf or an index
(evidence §6), so the node does not learn which record is being checked. One node is one voice:
agreement between several is the caller's business.

Every answer is untrusted. What is not exactly the expected shape is *unavailable*: a node that
answers nonsense has told us nothing, neither for the receipt nor against it.
"""

import json
import re
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from threading import Thread
from typing import Final, TypeVar

import httpx2

from liuhen.adapters.standing_words import parse_closing, parse_mark, parse_signers
from liuhen.core.chain_view import (
    AnchoredHead,
    ChainQuestion,
    NodeAnswer,
    NodeReport,
    NodeSilence,
)
from liuhen.core.errors import Unavailable
from liuhen.core.json_number import MAX_SAFE_INTEGER
from liuhen.core.keccak import keccak256
from liuhen.core.log_standing import LogStanding
from liuhen.core.merkle import EMPTY_ROOT, TreeHead

_ANSWER_BYTES: Final = 8 * 2**20
_MOST_CONTAINERS: Final = 1_000
_QUANTITY: Final = re.compile(r"0x(?:0|[1-9a-f][0-9a-f]{0,63})", re.ASCII)
_DATA: Final = re.compile(r"0x(?:[0-9a-f]{2})*", re.ASCII | re.IGNORECASE)
LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})
"""Hosts that are this machine."""

_WORD: Final = 32
_NO_CODE: Final = keccak256(b"")
_NO_HEAD: Final = TreeHead(0, EMPTY_ROOT)
_NO_STANDING: Final = LogStanding()

_Told = TypeVar("_Told")


@dataclass(frozen=True, slots=True)
class NodeBlock:
    """A block as one node tells it.

    Attributes:
        number: Height, from 0.
        hash: 32 bytes.
        time: Unix seconds of the block's header.
    """

    number: int
    hash: bytes
    time: int


class RpcNode:
    """One node, by its JSON-RPC URL.

    All methods raise `Unavailable` if the node does not answer, answers late, or answers what is
    not well formed. The message names the host only: URLs carry credentials in user, path and
    query.
    """

    def __init__(
        self,
        url: str,
        timeout: float = 10.0,
        *,
        ask_seconds: float = 30.0,
        transport: httpx2.BaseTransport | None = None,
    ) -> None:
        """Prepare to ask the node at `url`; nothing is sent yet.

        Args:
            url: http or https URL of the node.
            timeout: Seconds allowed to each step of a call: connecting, sending, reading.
            ask_seconds: Seconds allowed to one `ask` as a whole.
            transport: For tests; by default the network.
        """
        self._url = _parse_url(url)
        self.host = self._url.netloc.decode("ascii")
        # A proxy of the environment must not come between us and a node on this machine.
        self._client = httpx2.Client(
            timeout=timeout, transport=transport, trust_env=self._url.host not in LOOPBACK
        )
        self._calls = 0
        self._ask_seconds, self._deadline = ask_seconds, float("inf")

    def close(self) -> None:
        """Close the connection."""
        self._client.close()

    def ask(self, question: ChainQuestion) -> NodeReport:
        """Answer everything that a verdict asks of one node, or say why it did not answer.

        A node that sends a byte now and then keeps within the time of every single step, so the
        calls are made in a thread that is no longer waited for when the time for all is over.
        """
        self._deadline = time.monotonic() + self._ask_seconds
        report: Future[NodeReport] = Future()
        Thread(target=self._report, args=(question, report), name="ask node", daemon=True).start()
        try:
            return report.result(self._ask_seconds)
        except TimeoutError:
            return NodeSilence(self.host, str(self._late()))

    def chain_id(self) -> int:
        """Return the chain id that the node claims."""
        return self._quantity(self._call("eth_chainId", []))

    def block(self, at: int | str) -> NodeBlock | None:
        """Return the block at a height or tag (`latest`, `finalized`); None if there is none."""
        position = at if isinstance(at, str) else hex(at)
        found = self._call("eth_getBlockByNumber", [position, False])
        if found is None:
            return None
        if not isinstance(found, dict):
            raise self._refused("a block is not an object")
        block = NodeBlock(
            number=self._quantity(found.get("number")),
            hash=self._data(found.get("hash"), _WORD),
            time=self._quantity(found.get("timestamp")),
        )
        if isinstance(at, int) and block.number != at:
            raise self._refused("another block than the one asked for")
        return block

    def genesis_hash(self) -> bytes:
        """Return the hash of block 0."""
        genesis = self.block(0)
        if genesis is None:
            raise self._refused("no block 0")
        return genesis.hash

    def code_hash(self, address: bytes) -> bytes:
        """Return keccak-256 of the code at `address`; of the empty string if there is none."""
        code = self._data(self._call("eth_getCode", [_hex(address), "latest"]))
        return keccak256(code)

    def head_at(self, contract: bytes, log_id: bytes, size: int) -> AnchoredHead | None:
        """Return the head of exactly `size` leaves anchored for the log; None if there is none."""
        arguments = [log_id, size.to_bytes(_WORD, "big")]
        root, mined_at, number = self._words(contract, "headAt(bytes32,uint64)", arguments, 3)
        if number == bytes(_WORD):
            return None
        return AnchoredHead(root, block=self._word(number), timestamp=self._word(mined_at))

    def latest(self, contract: bytes, log_id: bytes) -> TreeHead:
        """Return the newest head anchored for the log; size 0 before the first."""
        size, root, _, number = self._words(contract, "latest(bytes32)", [log_id], 4)
        if number == bytes(_WORD):
            return _NO_HEAD
        return TreeHead(self._word(size), root)

    def standing(self, contract: bytes, log_id: bytes) -> LogStanding:
        """Return what the contract says of the log as a whole."""

        def read(signature: str, parse: Callable[[bytes], _Told]) -> _Told:
            data = self._view(contract, signature, [log_id])
            try:
                return parse(data)
            except Unavailable as error:
                raise self._refused(str(error)) from error

        return LogStanding(
            mark=read("markOf(bytes32)", parse_mark),
            closing=read("closingOf(bytes32)", parse_closing),
            signers=read("signersOf(bytes32)", parse_signers),
        )

    def _report(self, question: ChainQuestion, report: "Future[NodeReport]") -> None:
        try:
            report.set_result(self._answer(question))
        except Unavailable as error:
            report.set_result(NodeSilence(self.host, str(error)))
        except BaseException as error:  # noqa: BLE001 -- a bug of ours is for whoever asked
            report.set_exception(error)

    def _answer(self, question: ChainQuestion) -> NodeAnswer:
        tip = self.block("latest")
        if tip is None:
            raise self._refused("no newest block")
        code_hash = self.code_hash(question.contract)
        # Without code every call answers nothing at all. That is an answer, and the examination
        # must see it: this node is not on the chain, or not far enough.
        empty = code_hash == _NO_CODE
        contract, log_id = question.contract, question.log_id
        blocks = {number: self.block(number) for number in question.blocks}
        return NodeAnswer(
            node=self.host,
            chain_id=self.chain_id(),
            genesis=self.genesis_hash(),
            code_hash=code_hash,
            latest=_NO_HEAD if empty else self.latest(contract, log_id),
            tip=tip.number,
            standing=_NO_STANDING if empty else self.standing(contract, log_id),
            heads={
                size: None if empty else self.head_at(contract, log_id, size)
                for size in question.sizes
            },
            block_hashes={n: None if b is None else b.hash for n, b in blocks.items()},
            block_times={n: b.time for n, b in blocks.items() if b is not None},
        )

    def _words(
        self, contract: bytes, signature: str, arguments: list[bytes], count: int
    ) -> list[bytes]:
        """Call a view whose answers are all single 32-byte words."""
        answer = self._view(contract, signature, arguments, count * _WORD)
        return [answer[at : at + _WORD] for at in range(0, len(answer), _WORD)]

    def _view(
        self, contract: bytes, signature: str, arguments: list[bytes], length: int | None = None
    ) -> bytes:
        """Call a view whose arguments are all single 32-byte words."""
        data = keccak256(signature.encode("ascii"))[:4] + b"".join(arguments)
        call = {"to": _hex(contract), "data": _hex(data)}
        return self._data(self._call("eth_call", [call, "latest"]), length)

    def _call(self, method: str, params: list[object]) -> object:
        """Send one request and return its result; an RPC error is *unavailable* too."""
        self._calls += 1
        request = {"jsonrpc": "2.0", "id": self._calls, "method": method, "params": params}
        answer = self._read(self._post(request))
        if answer.get("jsonrpc") != "2.0" or answer.get("id") != self._calls:
            raise self._refused("an answer to another request")
        if "result" not in answer or answer.get("error") is not None:
            raise self._refused(f"an error to {method}")
        return answer["result"]

    def _post(self, request: dict[str, object]) -> bytes:
        if time.monotonic() > self._deadline:
            raise self._late()
        try:
            with self._client.stream("POST", self._url, json=request) as response:
                if response.status_code != httpx2.codes.OK:
                    raise self._refused(f"HTTP status {response.status_code}")
                return self._body(response)
        except (httpx2.HTTPError, httpx2.StreamError, OSError) as error:
            what = type(error).__name__
            raise Unavailable(f"node {self.host} does not answer: {what}") from error

    def _body(self, response: httpx2.Response) -> bytes:
        body = bytearray()
        for part in response.iter_bytes():
            body += part
            if len(body) > _ANSWER_BYTES:
                raise self._refused("an endless answer")
            if time.monotonic() > self._deadline:
                raise self._late()
        return bytes(body)

    def _read(self, body: bytes) -> dict[str, object]:
        # The parser recurses in C. Whether its own limit holds depends on a number that any
        # imported library may raise, and then a hostile answer is the end of the process.
        if body.count(b"[") + body.count(b"{") > _MOST_CONTAINERS:
            raise self._refused("more lists and objects than any answer has")
        try:
            answer = json.loads(body)
        except (ValueError, RecursionError) as error:
            raise self._refused("what is not JSON") from error
        if not isinstance(answer, dict):
            raise self._refused("what is not an object")
        return answer

    def _quantity(self, value: object) -> int:
        if not isinstance(value, str) or not _QUANTITY.fullmatch(value):
            raise self._refused("a quantity that is not 0x and hex digits")
        return self._small(int(value, 16))

    def _data(self, value: object, length: int | None = None) -> bytes:
        if not isinstance(value, str) or not _DATA.fullmatch(value):
            raise self._refused("bytes that are not 0x and pairs of hex digits")
        data = bytes.fromhex(value[2:])
        if length is not None and len(data) != length:
            raise self._refused(f"{len(data)} bytes in place of {length}")
        return data

    def _word(self, word: bytes) -> int:
        return self._small(int.from_bytes(word, "big"))

    def _small(self, number: int) -> int:
        """Check a height, size, time or id: beyond 2^53 - 1 it could not even be printed."""
        if number > MAX_SAFE_INTEGER:
            raise self._refused("a number beyond 2^53 - 1")
        return number

    def _late(self) -> Unavailable:
        seconds = f"{self._ask_seconds:g} seconds"
        return Unavailable(f"node {self.host} has not answered everything within {seconds}")

    def _refused(self, what: str) -> Unavailable:
        return Unavailable(f"node {self.host} answered {what}")


def _parse_url(url: str) -> httpx2.URL:
    """Accept http and https URLs with a host; the text itself never enters a message."""
    try:
        parsed = httpx2.URL(url)
    except (httpx2.InvalidURL, TypeError) as error:
        raise Unavailable("the URL of the node cannot be read") from error
    if parsed.scheme not in {"http", "https"} or not parsed.host:
        raise Unavailable("the URL of the node is not http:// or https:// with a host")
    return parsed


def _hex(data: bytes) -> str:
    return "0x" + data.hex()
