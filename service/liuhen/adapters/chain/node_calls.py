"""Calls to one node over HTTP, for web3: each within a time of its own, none of them made twice.

web3's own provider allows a time to each step only, so a node that sends a byte now and then holds
its caller for hours; it retries `eth_sendRawTransaction` behind the caller's back, which turns a tx
that was taken into an error; and it takes the answer to another request for its own. The async one
hangs for good after a burst of cancelled calls.

What comes out is the node's answer to this very request, result or error, or `Unavailable`: then
the node has said nothing. Messages name the host only, for URLs carry credentials.
"""

import itertools
import json
import secrets
import time
from concurrent.futures import Future
from threading import Thread
from typing import Any, Final, cast
from urllib.parse import urlsplit

import requests
from web3.providers.base import JSONBaseProvider
from web3.types import RPCEndpoint, RPCResponse

from liuhen.adapters.rpc import LOOPBACK
from liuhen.core.errors import Unavailable

_OK: Final = 200
_CONNECT_SECONDS: Final = 3.0
_PIECE_BYTES: Final = 2**16
_ANSWER_BYTES: Final = 32 * 2**20
_MOST_HANGING: Final = 4


class NodeCalls(JSONBaseProvider):
    """A web3 provider with a deadline. For one thread; each call is made in one of its own."""

    def __init__(self, url: str, call_seconds: float) -> None:
        """Prepare; nothing is sent yet.

        Args:
            url: http or https URL of the node.
            call_seconds: Time allowed to one call as a whole.
        """
        super().__init__()
        # Not from 0: what a broken proxy hands to the wrong client shall not have the right number.
        self.request_counter = itertools.count(secrets.randbelow(2**31))
        self._url, self._host, self._call_seconds = url, host_of(url), call_seconds
        self._session = requests.Session()
        # A proxy of the environment must not come between us and a node on this machine.
        self._session.trust_env = urlsplit(url).hostname not in LOOPBACK
        self._hanging: list[Thread] = []

    def make_request(self, method: RPCEndpoint, params: Any) -> RPCResponse:  # noqa: ANN401 -- web3's signature
        """Return the node's answer to one request.

        Raises:
            Unavailable: It did not answer in time, or not this request.
        """
        request = self.encode_rpc_request(method, params)
        answer = _parse(self._post(request))
        if answer is None:
            raise self._said("what is not a JSON object")
        if answer.get("jsonrpc") != "2.0" or answer.get("id") != json.loads(request)["id"]:
            raise self._said("to another request")
        return cast("RPCResponse", answer)

    def _post(self, request: bytes) -> bytes:
        """Send a request and wait for the answer, but not beyond the deadline.

        The thread that is left behind ends when the connection does; a node that keeps many of
        them open is asked nothing more until it lets go.
        """
        self._hanging = [thread for thread in self._hanging if thread.is_alive()]
        if len(self._hanging) >= _MOST_HANGING:
            raise Unavailable(f"node {self._host} still holds earlier calls open")
        answer: Future[bytes] = Future()
        deadline = time.monotonic() + self._call_seconds
        arguments = (request, deadline, answer)
        thread = Thread(target=self._exchange, args=arguments, name="node call", daemon=True)
        thread.start()
        try:
            return answer.result(self._call_seconds)
        except TimeoutError:
            self._hanging.append(thread)
            raise self._late() from None

    def _exchange(self, request: bytes, deadline: float, answer: "Future[bytes]") -> None:
        try:
            answer.set_result(self._answer(request, deadline))
        except requests.RequestException as error:
            answer.set_exception(Unavailable(f"node {self._host}: {type(error).__name__}"))
        except BaseException as error:  # noqa: BLE001 -- it is for the thread that asked
            answer.set_exception(error)

    def _answer(self, request: bytes, deadline: float) -> bytes:
        with self._session.post(
            self._url,
            data=request,
            headers={"Content-Type": "application/json"},
            timeout=(min(_CONNECT_SECONDS, self._call_seconds), self._call_seconds),
            allow_redirects=False,
            stream=True,
        ) as response:
            if response.status_code != _OK:
                raise self._said(f"with HTTP status {response.status_code}")
            body = bytearray()
            for piece in response.iter_content(_PIECE_BYTES):
                body += piece
                if len(body) > _ANSWER_BYTES:
                    raise self._said("without an end")
                if time.monotonic() > deadline:
                    raise self._late()
            return bytes(body)

    def _said(self, what: str) -> Unavailable:
        return Unavailable(f"node {self._host} answered {what}")

    def _late(self) -> Unavailable:
        seconds = f"{self._call_seconds:g} seconds"
        return Unavailable(f"node {self._host} has not answered within {seconds}")


def host_of(url: str) -> str:
    """Return host and port of a URL, without its credentials."""
    parts = urlsplit(url)
    return f"{parts.hostname}:{parts.port}" if parts.port else str(parts.hostname)


def _parse(body: bytes) -> dict[str, object] | None:
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return answer if isinstance(answer, dict) else None
