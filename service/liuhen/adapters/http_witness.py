"""Ask a witness over HTTP (c2sp.org/tlog-witness): strictly read, short, and never redirected.

Everything that a witness answers is untrusted. What is not exactly an answer of the protocol is
*unavailable*: it has told us nothing. A witness that sends a byte now and then keeps within the
time of every single step, so each request is made in a thread that is no longer waited for when
the time is over; until it has come to an end, the witness is not asked again.
"""

import time
from concurrent.futures import Future
from threading import Thread
from typing import Final

import httpx2

from liuhen.core.errors import HistoryMismatch, MalformedNote, Unavailable
from liuhen.core.note import NoteSignature
from liuhen.core.witness_request import AddCheckpoint, parse_cosignatures, parse_size
from liuhen.ports import OtherSize

ANSWER_BYTES: Final = 16 * 2**10
"""Largest answer that is read: four lines of ML-DSA-44, dozens of Ed25519."""

_LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})
_SIZE_TYPE: Final = "text/x.tlog.size"
_Answer = Future[tuple[NoteSignature, ...] | OtherSize]


class HttpWitness:
    """A `Witness`, by its submission prefix.

    Messages name the host only: a prefix may hold what is nobody's business.
    """

    def __init__(
        self, prefix: str, seconds: float, *, transport: httpx2.BaseTransport | None = None
    ) -> None:
        """Prepare; nothing is sent yet.

        Args:
            prefix: http or https URL; `/add-checkpoint` is put behind it.
            seconds: Time allowed to one request as a whole.
            transport: For tests; by default the network.

        Raises:
            Unavailable: The URL cannot be used.
        """
        self._url = _parse_url(prefix)
        self.host = self._url.netloc.decode("ascii")
        self._seconds, self._transport = seconds, transport
        self._answering: _Answer | None = None

    def add_checkpoint(self, request: AddCheckpoint) -> tuple[NoteSignature, ...] | OtherSize:
        """Offer a head."""
        if self._answering is not None and not self._answering.done():
            raise Unavailable(f"the witness {self.host} is still at the request before")
        answer = self._answering = _Answer()
        Thread(target=self._answer, args=(request, answer), name="ask witness", daemon=True).start()
        try:
            return answer.result(self._seconds)
        except TimeoutError as error:
            raise self._late() from error

    def _answer(self, request: AddCheckpoint, answer: _Answer) -> None:
        try:
            answer.set_result(self._ask(request))
        except BaseException as error:  # noqa: BLE001 -- a bug of ours is for whoever asked
            answer.set_exception(error)

    def _ask(self, request: AddCheckpoint) -> tuple[NoteSignature, ...] | OtherSize:
        deadline = time.monotonic() + self._seconds
        # A proxy of the environment must not come between us and a witness on this machine.
        trust_env = self._url.host not in _LOOPBACK
        client = httpx2.Client(
            timeout=self._seconds, transport=self._transport, trust_env=trust_env
        )
        body = request.to_text().encode()
        headers = {"Content-Type": "text/plain; charset=utf-8", "Accept-Encoding": "identity"}
        try:
            with (
                client,
                client.stream("POST", self._url, content=body, headers=headers) as response,
            ):
                return self._read(response, self._body(response, deadline))
        except (httpx2.HTTPError, httpx2.StreamError, OSError) as error:
            what = type(error).__name__
            raise Unavailable(f"the witness {self.host} does not answer: {what}") from error

    def _read(
        self, response: httpx2.Response, body: bytes
    ) -> tuple[NoteSignature, ...] | OtherSize:
        media_type = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        try:
            match response.status_code:
                case 200:
                    return parse_cosignatures(body)
                case 409 if media_type == _SIZE_TYPE:
                    return OtherSize(parse_size(body))
                case 422:
                    what = "says that this head does not extend the one it cosigned"
                    raise HistoryMismatch(f"the witness {self.host} {what}")
        except MalformedNote as error:
            raise self._refused(str(error)) from error
        raise self._refused(f"HTTP status {response.status_code}")

    def _body(self, response: httpx2.Response, deadline: float) -> bytes:
        body = bytearray()
        for part in response.iter_raw():  # unpacked, few bytes could be many
            body += part
            if len(body) > ANSWER_BYTES:
                raise self._refused(f"more than {ANSWER_BYTES} bytes")
            if time.monotonic() > deadline:
                raise self._late()
        return bytes(body)

    def _late(self) -> Unavailable:
        seconds = f"{self._seconds:g} seconds"
        return Unavailable(f"the witness {self.host} has not answered within {seconds}")

    def _refused(self, what: str) -> Unavailable:
        return Unavailable(f"the witness {self.host} answered {what}")


def _parse_url(prefix: str) -> httpx2.URL:
    try:
        parsed = httpx2.URL(prefix.rstrip("/") + "/add-checkpoint")
    except (httpx2.InvalidURL, TypeError) as error:
        raise Unavailable("the URL of a witness cannot be read") from error
    if parsed.scheme not in {"http", "https"} or not parsed.host or parsed.query:
        raise Unavailable("the URL of a witness is http:// or https:// with a host, without query")
    return parsed
