"""`/v1/records/{id}/attachments/{n}`: files in, files out, and nothing but the right ones."""

import hashlib
import json
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from starlette.testclient import TestClient

from liuhen.api.served_log import ServedLogs
from liuhen.core.errors import Unavailable, Unknown
from liuhen.wiring.app import build_app
from tests.fakes.http_running import service_at_port
from tests.fakes.running_service import running_logs

FILE = "评标报告，第一标段。\n".encode() * 5000
LIMIT = len(FILE)
HTML = b"<script>alert(1)</script>"


def named(content: bytes, name: str = "评标报告.pdf", **changes: Any) -> dict[str, Any]:
    member = {
        "name": name,
        "media_type": "application/pdf",
        "bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    return {**member, **changes}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("keeping")


@pytest.fixture(scope="module")
def logs(place: Path) -> Iterator[ServedLogs]:
    with running_logs(place, blob_store=str(place / "files")) as served_logs:
        yield served_logs


@pytest.fixture(scope="module")
def client(logs: ServedLogs) -> Iterator[TestClient]:
    app = build_app(logs, hosts=["testserver"], attachment_bytes=LIMIT)
    with TestClient(app, raise_server_exceptions=False) as test_client:
        yield test_client


def enter(client: TestClient, *attachments: dict[str, Any]) -> str:
    body = json.dumps({"data": {"n": 1}, "attachments": attachments}, ensure_ascii=False)
    answer = client.post("/v1/records", content=body.encode())
    assert answer.status_code == 201, answer.text
    return f"/v1/records/{answer.headers['liuhen-record-id']}"


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_a_file_goes_in_and_comes_back(client: TestClient) -> None:
    record = enter(client, named(b"other", "a.txt"), named(FILE))
    answer = client.put(f"{record}/attachments/1", content=FILE)
    assert (answer.status_code, answer.content) == (201, b"")
    assert client.put(f"{record}/attachments/1", content=FILE).status_code == 204
    back = client.get(f"{record}/attachments/1")
    assert (back.status_code, back.content) == (200, FILE)
    assert back.headers["content-length"] == str(len(FILE))
    assert back.headers["content-type"] == "application/pdf"
    assert back.headers["x-content-type-options"] == "nosniff"
    assert back.headers["cache-control"] == "no-store"
    assert back.headers["etag"] == f'"{hashlib.sha256(FILE).hexdigest()}"'
    name = "%E8%AF%84%E6%A0%87%E6%8A%A5%E5%91%8A.pdf"
    assert back.headers["content-disposition"] == (
        f"attachment; filename=\"____.pdf\"; filename*=UTF-8''{name}"
    )


def test_the_record_tells_which_files_are_kept(client: TestClient) -> None:
    first, second = b"first kept?", b"second kept!"
    record = enter(client, named(first), named(second))
    before = client.get(record)
    client.put(f"{record}/attachments/1", content=second)
    after = client.get(record)
    assert [each["stored"] for each in before.json()["attachments"]] == [False, False]
    assert after.json()["attachments"] == [
        {"href": f"{record}/attachments/0", "position": 0, "stored": False},
        {"href": f"{record}/attachments/1", "position": 1, "stored": True},
    ]
    assert before.headers["etag"] != after.headers["etag"]
    assert list(after.json()) == sorted(after.json())


@pytest.mark.parametrize("body", [FILE[:-1], FILE + b"!", FILE[:-1] + b"!", b"", b"!" + FILE[1:]])
@pytest.mark.parametrize("chunked", [False, True])
def test_another_file_than_the_one_named_is_refused(
    client: TestClient, place: Path, body: bytes, chunked: bool
) -> None:
    record = enter(client, named(FILE + b" never put", bytes=len(FILE)))
    before = files_in(place / "files")
    content: Any = iter([body[:1000], body[1000:]]) if chunked else body
    answer = client.put(f"{record}/attachments/0", content=content)
    assert answer.status_code == 422
    assert answer.json()["type"] == "/problems/file-mismatch"
    assert client.get(f"{record}/attachments/0").status_code == 404
    assert files_in(place / "files") == before


def test_a_wrong_file_is_refused_even_where_the_right_one_is_kept(client: TestClient) -> None:
    record = enter(client, named(b"right"))
    client.put(f"{record}/attachments/0", content=b"right")
    assert client.put(f"{record}/attachments/0", content=b"wrong").status_code == 422
    assert client.get(f"{record}/attachments/0").content == b"right"


def test_a_file_beyond_the_limit_is_refused_before_it_is_read(client: TestClient) -> None:
    record = enter(client, named(FILE + b"!"))
    answer = client.put(f"{record}/attachments/0", content=FILE + b"!")
    assert (answer.status_code, answer.json()["type"]) == (413, "/problems/too-large")


@pytest.mark.parametrize("position", ["1", "99999999999999999999", "-1", "x"])
@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_what_names_no_attachment_is_not_there(
    client: TestClient, position: str, method: str
) -> None:
    record = enter(client, named(b"a"))
    answer = client.request(method, f"{record}/attachments/{position}", content=b"a")
    assert answer.status_code in {404, 405, 422}
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_file_that_nobody_put_is_not_there(client: TestClient) -> None:
    record = enter(client, named(b"nobody put this"))
    answer = client.get(f"{record}/attachments/0")
    assert (answer.status_code, answer.json()["type"]) == (404, "/problems/unknown")


@pytest.mark.parametrize(
    ("media_type", "name", "sent_type", "plain"),
    [
        ("text/html", "a.html", "text/html", "a.html"),
        ("TEXT/HTML; charset=utf-7", "../../x", "text/html", "x"),
        ("text/plain\r\nX-Evil: 1", 'a"; x=".exe', "application/octet-stream", "a__ x__.exe"),
        ("not a type", "a\r\nb", "application/octet-stream", "a__b"),
        ("图像/png", "..", "application/octet-stream", "attachment"),
        ("image/svg+xml", "a\u202efdp.exe", "image/svg+xml", "a_fdp.exe"),
        ("application/pdf", "x" * 999, "application/pdf", "x" * 200),
        ("application/pdf", "C:\\secret\\a.pdf", "application/pdf", "a.pdf"),
    ],
)
def test_names_and_types_of_others_say_nothing_else(
    client: TestClient, media_type: str, name: str, sent_type: str, plain: str
) -> None:
    record = enter(client, named(HTML, name, media_type=media_type))
    client.put(f"{record}/attachments/0", content=HTML)
    headers = client.get(f"{record}/attachments/0").headers
    assert headers["content-type"] == sent_type
    assert headers["content-disposition"].startswith(f'attachment; filename="{plain}"; filename*=')
    assert "x-evil" not in headers
    assert "default-src 'none'" in headers["content-security-policy"]


def test_another_sites_page_cannot_put(client: TestClient) -> None:
    record = enter(client, named(b"a"))
    headers = {"Origin": "https://elsewhere.example"}
    answer = client.put(f"{record}/attachments/0", content=b"a", headers=headers)
    assert answer.status_code == 403


def test_an_erased_attachment_is_not_taken_while_its_file_comes(
    client: TestClient, logs: ServedLogs, place: Path
) -> None:
    log, content = logs.get(None), b"erased while it came"
    record_id = enter(client, named(content)).rpartition("/")[2]
    attachment = logs.files.find(logs.find_record(record_id)[1], 0)

    def pieces() -> Iterator[bytes]:
        yield content[:3]
        log.erase.erase(record_id, ["/attachments/0"], "PIPL Art. 47")
        yield content[3:]

    with pytest.raises(Unknown, match="erased"):
        logs.files.put(attachment, pieces(), lambda: logs.find_record(record_id)[1])
    assert not any(path.read_bytes() == content for path in files_in(place / "files"))


def test_an_upload_of_an_erased_attachment_leaves_anothers_file(
    client: TestClient, logs: ServedLogs
) -> None:
    log, content = logs.get(None), b"erased here, named there"
    erased, other = enter(client, named(content)), enter(client, named(content))
    client.put(f"{other}/attachments/0", content=content)
    record_id = erased.rpartition("/")[2]
    attachment = logs.files.find(logs.find_record(record_id)[1], 0)
    log.erase.erase(record_id, ["/attachments/0"], "PIPL Art. 47")
    with pytest.raises(Unknown, match="erased"):
        logs.files.put(attachment, [content], lambda: logs.find_record(record_id)[1])
    assert client.get(f"{other}/attachments/0").content == content


def test_a_file_that_comes_just_before_its_digest_is_erased_goes_too(
    client: TestClient, logs: ServedLogs, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log, content = logs.get(None), b"came in between"
    record = enter(client, named(content))
    release = logs.files.release
    uploads: list[int] = []

    def release_and_take(sha256: bytes, record_id: str) -> None:
        release(sha256, record_id)
        if not uploads:
            uploads.append(client.put(f"{record}/attachments/0", content=content).status_code)

    monkeypatch.setattr(log.erase._files, "_erase_blob", release_and_take)
    log.erase.erase(record.rpartition("/")[2], ["/attachments/0"], "PIPL Art. 47")
    assert uploads == [201]
    assert not any(path.read_bytes() == content for path in files_in(place / "files"))


def test_a_released_file_stays_while_another_record_names_it(
    client: TestClient, logs: ServedLogs
) -> None:
    first, content = enter(client, named(b"two records")), b"two records"
    enter(client, named(b"two records"))
    client.put(f"{first}/attachments/0", content=content)
    first_id = first.rpartition("/")[2]
    logs.files.release(hashlib.sha256(content).digest(), first_id)
    assert client.get(f"{first}/attachments/0").content == content
    alone = enter(client, named(b"one record"))
    client.put(f"{alone}/attachments/0", content=b"one record")
    logs.files.release(hashlib.sha256(b"one record").digest(), alone.rpartition("/")[2])
    assert client.get(f"{alone}/attachments/0").status_code == 404


def test_a_full_disk_is_unavailable(
    client: TestClient, logs: ServedLogs, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> bool:
        raise Unavailable("the disk is full")

    record = enter(client, named(b"full"))
    monkeypatch.setattr(logs.files._blobs, "put", full)
    answer = client.put(f"{record}/attachments/0", content=b"full")
    assert (answer.status_code, answer.json()["type"]) == (503, "/problems/unavailable")


def test_a_record_is_had_while_the_place_for_files_does_not_answer(
    client: TestClient, logs: ServedLogs, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[bytes] = []

    def broken(sha256: bytes) -> int:
        asked.append(sha256)
        raise Unavailable("the object store does not answer")

    record = enter(client, named(b"one"), named(b"two"))
    monkeypatch.setattr(logs.files._blobs, "size", broken)
    answer = client.get(record)
    assert answer.status_code == 200
    assert [each["stored"] for each in answer.json()["attachments"]] == [None, None]
    assert len(asked) == 1, "asked again though there was no answer"


def test_a_file_that_was_cut_short_is_not_there_until_it_is_put_again(
    client: TestClient, place: Path
) -> None:
    content = b"cut short on the disk"
    record = enter(client, named(content))
    client.put(f"{record}/attachments/0", content=content)
    (kept,) = (path for path in files_in(place / "files") if path.read_bytes() == content)
    kept.write_bytes(content[:5])
    assert client.get(f"{record}/attachments/0").status_code == 404
    assert client.get(record).json()["attachments"][0]["stored"] is False
    assert client.put(f"{record}/attachments/0", content=content).status_code == 201
    assert client.get(f"{record}/attachments/0").content == content


def test_nobody_looks_for_hundreds_of_files(
    client: TestClient, logs: ServedLogs, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = enter(client, *(named(b"%d" % n) for n in range(150)))
    monkeypatch.setattr(logs.files._blobs, "size", lambda _: None)
    stored = [each["stored"] for each in client.get(record).json()["attachments"]]
    assert stored == [False] * 100 + [None] * 50


def test_a_service_without_a_place_for_files_says_so(tmp_path: Path) -> None:
    with (
        running_logs(tmp_path) as none,
        TestClient(build_app(none, hosts=["testserver"])) as client,
    ):
        record = enter(client, named(b"a"))
        for answer in (
            client.put(f"{record}/attachments/0", content=b"a"),
            client.get(f"{record}/attachments/0"),
        ):
            assert answer.status_code == 404
            assert "keeps no files" in answer.json()["detail"]
        assert client.get(record).json()["attachments"][0]["stored"] is False


# --- over a real connection -----------------------------------------------------------------------


@pytest.fixture(scope="module")
def at_port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    folder = tmp_path_factory.mktemp("port")
    with service_at_port(folder, blob_store=str(folder / "files")) as url:
        yield folder / "files", url


def enter_at(url: str, content: bytes) -> str:
    import httpx2

    body = json.dumps({"data": 1, "attachments": [named(content)]}, ensure_ascii=False).encode()
    with httpx2.Client(base_url=url, trust_env=False) as http:
        return str(http.post("/v1/records", content=body).headers["location"])


def test_an_upload_that_breaks_off_leaves_nothing(at_port: tuple[Path, str]) -> None:
    folder, url = at_port
    content = b"half" * 100_000
    record, port = enter_at(url, content), int(url.rpartition(":")[2])
    head = f"PUT {record}/attachments/0 HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    head += f"Content-Length: {len(content)}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(head.encode() + content[: len(content) // 2])
        for _ in range(500):
            if files_in(folder / "incoming"):
                break
            threading.Event().wait(0.01)
        assert files_in(folder / "incoming")
    for _ in range(500):
        if not files_in(folder / "incoming"):
            break
        threading.Event().wait(0.01)
    assert not files_in(folder)


def test_a_client_that_falls_silent_is_not_waited_for(
    at_port: tuple[Path, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, url = at_port
    monkeypatch.setattr("liuhen.api.attachments._SILENCE_SECONDS", 0.2)
    record, port = enter_at(url, b"slow" * 1000), int(url.rpartition(":")[2])
    head = f"PUT {record}/attachments/0 HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 4000\r\n\r\n"
    with socket.create_connection(("127.0.0.1", port), 10) as connection:
        connection.sendall(head.encode() + b"slow")
        answer = connection.recv(65536)
    assert answer.startswith(b"HTTP/1.1 408")
    assert b"no byte came" in answer
    assert not files_in(folder / "incoming")


def test_a_client_that_sends_ever_so_little_is_not_waited_for(
    at_port: tuple[Path, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, url = at_port
    monkeypatch.setattr("liuhen.api.attachments._SILENCE_SECONDS", 0.3)
    monkeypatch.setattr("liuhen.api.attachments._SLOWEST", 20_000)
    record, port = enter_at(url, b"drip" * 1000), int(url.rpartition(":")[2])
    head = f"PUT {record}/attachments/0 HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 4000\r\n\r\n"
    with socket.create_connection(("127.0.0.1", port), 0.05) as connection:
        connection.sendall(head.encode())
        answer = b""
        for _ in range(100):
            connection.sendall(b"d")
            try:
                answer = connection.recv(65536)
                break
            except TimeoutError:
                continue
    assert answer.startswith(b"HTTP/1.1 408")
    assert b"less than 20000 bytes a second" in answer
    assert not files_in(folder / "incoming")


def test_many_put_one_file_at_once(at_port: tuple[Path, str]) -> None:
    import httpx2

    folder, url = at_port
    content = bytes(range(256)) * 4000
    record = enter_at(url, content)
    statuses: list[int] = []

    def put() -> None:
        with httpx2.Client(base_url=url, trust_env=False, timeout=30) as http:
            statuses.append(http.put(f"{record}/attachments/0", content=content).status_code)

    threads = [threading.Thread(target=put) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(statuses) == 12
    assert set(statuses) <= {201, 204}
    assert 201 in statuses
    assert [path.read_bytes() for path in files_in(folder)] == [content]


# --- erasures -------------------------------------------------------------------------------------


def test_erasing_a_digest_deletes_the_file(
    client: TestClient, logs: ServedLogs, place: Path
) -> None:
    content = b"personal data in a file"
    record = enter(client, named(content))
    client.put(f"{record}/attachments/0", content=content)
    assert any(path.read_bytes() == content for path in files_in(place / "files"))
    eraser = logs.get(None).erase
    assert eraser is not None
    eraser.erase(record.rpartition("/")[2], ["/attachments/0"], "PIPL Art. 47")
    assert not any(path.read_bytes() == content for path in files_in(place / "files"))
    assert client.get(f"{record}/attachments/0").status_code == 404
    assert client.put(f"{record}/attachments/0", content=content).status_code == 404
    assert client.get(record).json()["attachments"] == []


def test_erasing_one_of_two_records_leaves_the_others_file(
    client: TestClient, logs: ServedLogs
) -> None:
    content = b"named twice"
    first, second = enter(client, named(content)), enter(client, named(content))
    client.put(f"{first}/attachments/0", content=content)
    eraser = logs.get(None).erase
    assert eraser is not None
    eraser.erase(first.rpartition("/")[2], ["/attachments/0/sha256"], "PIPL Art. 47")
    assert client.get(f"{second}/attachments/0").content == content
    assert client.get(f"{first}/attachments/0").status_code == 404
    eraser.erase(second.rpartition("/")[2], ["/attachments/0/sha256"], "PIPL Art. 47")
    assert client.get(f"{second}/attachments/0").status_code == 404


def test_two_logs_may_name_one_file(tmp_path: Path) -> None:
    """A file goes only when no log of the service names it any more."""
    from liuhen.app.keep import FileKeeper
    from tests.fakes.blobs import MemoryBlobs

    class Holding:
        def __init__(self, *record_ids: str) -> None:
            self.records = [SimpleNamespace(record_id=each) for each in record_ids]

        def lookup(self, _: bytes) -> list[SimpleNamespace]:
            return self.records

    blobs, digest = MemoryBlobs(), hashlib.sha256(b"shared").digest()
    blobs.put(digest, 6, [b"shared"])
    here, there = Holding("a"), Holding("b")
    keeper = FileKeeper(blobs, lambda: [here, there])  # type: ignore[list-item]
    keeper.release(digest, "a")
    assert blobs.files
    here.records.clear()
    keeper.release(digest, "a")
    assert blobs.files
    there.records.clear()
    keeper.release(digest, "a")
    assert not blobs.files
