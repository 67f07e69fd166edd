"""Files of records through the SDK, against a service in memory and a real one."""

import hashlib
import io
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from liuhen.client import Liuhen, describe_file
from liuhen.client.retry import Retry
from liuhen.core.attachment import Attachment, attachments_of, find_attachment
from liuhen.core.errors import FileMismatch, Unavailable, Unknown
from tests.fakes.http_running import service_at_port
from tests.fakes.http_service import URL

FILM = bytes(range(256)) * 5000
NAMED = Attachment(0, hashlib.sha256(FILM).digest(), len(FILM))
ID = "01936b2e-7c00-7000-8000-000000000001"


def connect(*answers: httpx2.Response | Exception) -> tuple[Liuhen, list[bytes]]:
    """Return a client whose requests are answered in turn, and the bodies that it sent."""
    left, bodies = list(answers), []

    def handle(request: httpx2.Request) -> httpx2.Response:
        bodies.append(request.read())
        answer = left.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    retry = Retry(sleep=lambda _: None)
    return Liuhen(URL, retry=retry, transport=httpx2.MockTransport(handle)), bodies


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("service")
    with service_at_port(folder, blob_store=str(folder / "files")) as at:
        yield at


def test_a_record_names_files_and_the_service_keeps_them(url: str, tmp_path: Path) -> None:
    report, film = io.BytesIO(b"report"), io.BytesIO(FILM)
    named = [describe_file(report, "报告.pdf"), describe_file(film, "film", "video/mp4")]
    with Liuhen(url) as log:
        stored = log.append({"a": 1}, attachments=named)
        attachments = attachments_of(stored.receipt.rows)
        assert [each.media_type for each in attachments] == ["application/pdf", "video/mp4"]
        second = find_attachment(attachments, NAMED.sha256)
        assert second is not None
        assert second.position == 1
        sent: list[int] = []
        assert log.files.put(stored.record_id, second, film, sent.append)
        assert not log.files.put(stored.record_id, second, film)
        assert sum(sent) == len(FILM)
        back = io.BytesIO()
        log.files.get(stored.record_id, second, back.write)
        assert back.getvalue() == FILM
        with pytest.raises(Unknown):
            log.files.get(stored.record_id, attachments[0], back.write)
        with pytest.raises(FileMismatch):
            log.files.put(stored.record_id, attachments[0], io.BytesIO(b"another"[:6]))


def test_files_of_detached_content_are_named_in_it_alone(url: str) -> None:
    named = describe_file(io.BytesIO(b"secret film"), "secret.mp4")
    with Liuhen(url) as log:
        stored = log.append_detached({"a": 1}, attachments=[named])
    assert not attachments_of(stored.receipt.rows)
    assert [each.name for each in attachments_of(stored.receipt.told)] == ["secret.mp4"]


def test_after_a_failure_a_file_is_sent_again_from_its_beginning() -> None:
    log, bodies = connect(httpx2.ConnectError("lost"), httpx2.Response(503), httpx2.Response(201))
    sent: list[int] = []
    assert log.files.put(ID, NAMED, io.BytesIO(FILM), sent.append)
    assert bodies == [FILM, FILM, FILM]
    assert sum(sent) == len(FILM)


@pytest.mark.parametrize("answer", [FILM[:-1], FILM + b"!", FILM[:-1] + b"!", b"", b"!" + FILM[1:]])
def test_another_file_in_the_answer_is_refused(answer: bytes) -> None:
    log, _ = connect(httpx2.Response(200, content=answer))
    with pytest.raises(FileMismatch):
        log.files.get(ID, NAMED, io.BytesIO().write)


def test_a_file_with_another_sm3_is_refused() -> None:
    wrong = Attachment(0, NAMED.sha256, NAMED.size, sm3=bytes(32))
    log, _ = connect(httpx2.Response(200, content=FILM))
    with pytest.raises(FileMismatch, match="SM3"):
        log.files.get(ID, wrong, io.BytesIO().write)


def test_an_answer_that_breaks_off_is_unavailable() -> None:
    log, _ = connect(httpx2.ReadError("lost"))
    with pytest.raises(Unavailable):
        log.files.get(ID, NAMED, io.BytesIO().write)


@pytest.mark.parametrize(
    ("size", "sha256", "sm3", "what"),
    [
        (4, NAMED.sha256, None, "bytes"),
        (NAMED.size, bytes(32), None, "SHA-256"),
        (NAMED.size, NAMED.sha256, bytes(32), "SM3"),
    ],
)
def test_what_differs_is_said(size: int, sha256: bytes, sm3: bytes | None, what: str) -> None:
    with_sm3 = Attachment(0, NAMED.sha256, NAMED.size, sm3=b"\1" * 32)
    with pytest.raises(FileMismatch, match=what):
        with_sm3.check(size, sha256, sm3)


def test_the_type_of_a_file_does_not_depend_on_the_machine() -> None:
    for name, kind in (
        ("a.pdf", "application/pdf"),
        ("a.unheard-of", "application/octet-stream"),
        ("无扩展名", "application/octet-stream"),
    ):
        assert describe_file(io.BytesIO(b""), name).media_type == kind
