"""Asking a witness over HTTP: what is no answer of the protocol has told us nothing."""

import gzip
import threading
from collections.abc import Callable, Iterator

import pytest

from liuhen.adapters.http_witness import ANSWER_BYTES, HttpWitness
from liuhen.core.errors import HistoryMismatch, Unavailable
from liuhen.core.witness_request import AddCheckpoint
from liuhen.ports import OtherSize
from tests.fakes.witness import MemoryWitness
from tests.fakes.witness_server import Answer, ServedWitness, witness_server
from tests.receipt_kit import Kit
from tests.witness_kit import W1, head_of

KIT = Kit()
REQUEST = AddCheckpoint(0, (), KIT.checkpoint(5))
LINE = W1.line(head_of(REQUEST.note)).to_text().encode()
SIZE = {"content-type": "text/x.tlog.size"}


@pytest.fixture
def served() -> Iterator[ServedWitness]:
    with witness_server(MemoryWitness()) as made:
        yield made


def ask(served: ServedWitness, seconds: float = 20.0) -> object:
    return HttpWitness(served.url, seconds).add_checkpoint(REQUEST)


def test_the_request_goes_to_the_submission_prefix(served: ServedWitness) -> None:
    ask(served)
    HttpWitness(served.url + "/", 20.0).add_checkpoint(REQUEST)
    assert served.paths == ["/w/add-checkpoint", "/w/add-checkpoint"]
    assert served.witness.requests[0] == REQUEST


@pytest.mark.parametrize("headers", [SIZE, {"content-type": "Text/X.Tlog.Size; charset=utf-8"}])
def test_409_with_a_size_is_another_size(served: ServedWitness, headers: dict[str, str]) -> None:
    served.bend = lambda _: Answer(409, b"7\n", headers)
    assert ask(served) == OtherSize(7)


def test_422_is_a_contradiction(served: ServedWitness) -> None:
    served.bend = lambda _: Answer(422, b"no")
    with pytest.raises(HistoryMismatch, match=r"127\.0\.0\.1"):
        ask(served)


BAD = {
    "400": Answer(400),
    "403": Answer(403),
    "404": Answer(404),
    "429": Answer(429),
    "500": Answer(500, LINE),
    "201 with a line": Answer(201, LINE),
    "409 without a size": Answer(409, b"", SIZE),
    "409 with another type": Answer(409, b"7\n", {"content-type": "text/plain"}),
    "409 without a type": Answer(409, b"7\n"),
    "409 with a size of no spelling": Answer(409, b"07\n", SIZE),
    "200 with nothing": Answer(200),
    "200 with a page": Answer(200, b"<html>welcome</html>\n"),
    "200 with a whole note": Answer(200, REQUEST.note.encode()),
    "200 without end": Answer(200, LINE * (ANSWER_BYTES // len(LINE) + 1)),
}


@pytest.mark.parametrize("answer", BAD.values(), ids=BAD.keys())
def test_any_other_answer_is_none(served: ServedWitness, answer: Answer) -> None:
    served.bend = lambda _: answer
    with pytest.raises(Unavailable, match=r"127\.0\.0\.1"):
        ask(served)


def test_a_packed_answer_is_not_unpacked(served: ServedWitness) -> None:
    packed = gzip.compress(LINE)
    served.bend = lambda _: Answer(200, packed, {"content-encoding": "gzip"})
    with pytest.raises(Unavailable, match="UTF-8"):
        ask(served)


def test_an_answer_of_16_kib_is_read_and_one_byte_more_is_not(served: ServedWitness) -> None:
    served.bend = lambda _: Answer(404, b"x" * ANSWER_BYTES)
    with pytest.raises(Unavailable, match="404"):
        ask(served)
    served.bend = lambda _: Answer(404, b"x" * (ANSWER_BYTES + 1))
    with pytest.raises(Unavailable, match="bytes"):
        ask(served)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_redirects_are_not_followed(served: ServedWitness, status: int) -> None:
    served.bend = lambda _: Answer(status, b"", {"location": "/elsewhere"})
    with pytest.raises(Unavailable, match=str(status)):
        ask(served)
    assert served.paths == ["/w/add-checkpoint"]


def test_a_slow_witness_is_left_alone_until_it_is_done(served: ServedWitness) -> None:
    go_on = threading.Event()

    def wait(answer: Answer) -> Answer:
        go_on.wait(20)
        return answer

    served.bend = wait
    witness = HttpWitness(served.url, 0.05)
    with pytest.raises(Unavailable, match="within"):
        witness.add_checkpoint(REQUEST)
    answering = witness._answering
    assert answering is not None
    if not answering.done():
        with pytest.raises(Unavailable, match=r"before|within"):
            witness.add_checkpoint(REQUEST)
    go_on.set()
    answering.exception(20)
    assert answering.done()


def test_a_witness_that_has_answered_is_asked_again_at_once(
    served: ServedWitness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also while the thread that asked it has not ended yet."""
    threads = []

    class Lingering(threading.Thread):
        def run(self) -> None:
            threads.append(self)
            super().run()
            threading.Event().wait(0.2)

    monkeypatch.setattr("liuhen.adapters.http_witness.Thread", Lingering)
    witness = HttpWitness(served.url, 20.0)
    assert not isinstance(witness.add_checkpoint(REQUEST), OtherSize)
    assert witness.add_checkpoint(REQUEST) == OtherSize(5)
    assert len(threads) == 2


def test_nobody_listens_there() -> None:
    with pytest.raises(Unavailable, match=r"127\.0\.0\.1:9"):
        HttpWitness("http://127.0.0.1:9/", 5.0).add_checkpoint(REQUEST)


@pytest.mark.parametrize(
    "url",
    ["", "ftp://127.0.0.1/", "http://", "127.0.0.1:80", "http://127.0.0.1/w?x=1", "http://a:b/"],
)
def test_a_url_that_cannot_be_used_is_refused(url: str) -> None:
    with pytest.raises(Unavailable, match="URL"):
        HttpWitness(url, 1.0)


def test_no_message_tells_the_path_of_the_witness(served: ServedWitness) -> None:
    makers: list[Callable[[Answer], Answer]] = [lambda _: Answer(404), lambda _: Answer(422)]
    for bend in makers:
        served.bend = bend
        with pytest.raises((Unavailable, HistoryMismatch)) as caught:
            HttpWitness(served.url + "/token", 20.0).add_checkpoint(REQUEST)
        assert "token" not in str(caught.value)
