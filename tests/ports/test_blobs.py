"""What every place for files promises: in memory, in a folder, in an object store."""

import copy
import hashlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import cast

import pytest

from liuhen.adapters.blob_folder import BlobFolder
from liuhen.adapters.blob_s3 import BlobBucket
from liuhen.core.errors import FileMismatch, Unavailable, Unknown
from liuhen.ports import Blobs
from tests.fakes.blobs import MemoryBlobs
from tests.ports.s3_server import ACCESS, BUCKET, SECRET, find_server, s3_server

PART = 5 * 2**20
LONG = bytes(range(256)) * (2 * PART // 256) + b"the rest"
FILES = {"empty": b"", "short": "评标报告".encode(), "one part": LONG[:PART], "parts": LONG}


@pytest.fixture(scope="session")
def s3_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    program = find_server()
    if program is None:
        pytest.skip("no S3 server on this machine: scripts/setup_third_party builds one with Go")
    with s3_server(program, tmp_path_factory.mktemp("s3")) as url:
        yield url


@pytest.fixture(scope="session")
def bucket(s3_url: str) -> BlobBucket:
    with pytest.MonkeyPatch.context() as patch:
        return connect(s3_url, patch)


@pytest.fixture(params=["memory", "folder", "s3"])
def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> Blobs:
    if request.param == "memory":
        return MemoryBlobs()
    if request.param == "folder":
        return BlobFolder(tmp_path / "files")
    fresh = copy.copy(request.getfixturevalue("bucket"))  # to connect costs a second
    fresh._prefix = f"{tmp_path.name}/"
    return cast("Blobs", fresh)


def connect(url: str, patch: pytest.MonkeyPatch, bucket_name: str = BUCKET) -> BlobBucket:
    patch.setenv("AWS_ACCESS_KEY_ID", ACCESS)
    patch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    patch.setenv("AWS_CONFIG_FILE", os.devnull)
    patch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    return BlobBucket(bucket_name, "p", url, part_bytes=PART)


def name(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()


def pieces(content: bytes, length: int = 300_007) -> Iterator[bytes]:
    return (content[at : at + length] for at in range(0, len(content), length))


def put(blobs: Blobs, content: bytes) -> bool:
    return blobs.put(name(content), len(content), pieces(content))


@pytest.mark.parametrize("content", FILES.values(), ids=FILES)
def test_a_file_comes_back_as_it_was(blobs: Blobs, content: bytes) -> None:
    assert blobs.size(name(content)) is None
    assert put(blobs, content)
    assert blobs.size(name(content)) == len(content)
    assert b"".join(blobs.read(name(content))) == content


@pytest.mark.parametrize("content", [FILES["short"], LONG], ids=["short", "parts"])
def test_the_same_file_again_is_not_new(blobs: Blobs, content: bytes) -> None:
    assert put(blobs, content)
    assert not put(blobs, content)
    assert b"".join(blobs.read(name(content))) == content


@pytest.mark.parametrize("there", [False, True])
@pytest.mark.parametrize(
    "wrong",
    [
        LONG[:-1],
        LONG + b"!",
        LONG[:-1] + b"!",
        b"!" + LONG[1:],
        LONG[: PART + 1],
        b"",
        LONG * 2,
    ],
    ids=["truncated", "too long", "bent at the end", "bent", "cut", "empty", "twice"],
)
def test_other_bytes_than_those_named_are_never_seen(
    blobs: Blobs, wrong: bytes, there: bool
) -> None:
    if there:
        put(blobs, LONG)
    with pytest.raises(FileMismatch):
        blobs.put(name(LONG), len(LONG), pieces(wrong))
    if there:
        assert b"".join(blobs.read(name(LONG))) == LONG
    else:
        assert blobs.size(name(LONG)) is None


def test_another_length_than_the_one_named_is_refused(blobs: Blobs) -> None:
    for size in (3, 5):
        with pytest.raises(FileMismatch):
            blobs.put(name(b"four"), size, [b"four"])
    assert blobs.size(name(b"four")) is None


@pytest.mark.parametrize("after", [0, 1, 25])
def test_a_source_that_breaks_off_leaves_nothing(blobs: Blobs, after: int) -> None:
    class Gone(Exception):
        pass

    def broken() -> Iterator[bytes]:
        for number, piece in enumerate(pieces(LONG)):
            if number == after:
                raise Gone
            yield piece

    with pytest.raises(Gone):
        blobs.put(name(LONG), len(LONG), broken())
    assert blobs.size(name(LONG)) is None
    assert put(blobs, LONG)


def test_what_is_not_there_is_unknown(blobs: Blobs) -> None:
    assert blobs.size(bytes(32)) is None
    with pytest.raises(Unknown):
        next(iter(blobs.read(bytes(32))))


def test_a_deleted_file_is_gone_and_may_come_back(blobs: Blobs) -> None:
    put(blobs, b"a")
    put(blobs, b"b")
    blobs.delete(name(b"a"))
    blobs.delete(name(b"a"))
    assert blobs.size(name(b"a")) is None
    assert b"".join(blobs.read(name(b"b"))) == b"b"
    assert put(blobs, b"a")


def test_many_may_put_the_same_file_at_once(blobs: Blobs) -> None:
    start, failed = threading.Barrier(4), []

    def one() -> None:
        start.wait()
        try:
            put(blobs, LONG)
        except BaseException as error:  # noqa: BLE001 -- it belongs to the main thread
            failed.append(error)

    threads = [threading.Thread(target=one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    assert b"".join(blobs.read(name(LONG))) == LONG


def test_a_file_is_never_whole_in_memory(blobs: Blobs) -> None:
    """A source of many pieces is read one at a time: none is asked for before its time."""
    held: list[int] = []

    def counted() -> Iterable[bytes]:
        for number in range(64):
            held.append(number)
            yield bytes(2**16)

    content = bytes(64 * 2**16)
    blobs.put(name(content), len(content), counted())
    assert held == list(range(64))
    assert all(len(piece) <= 2**20 for piece in blobs.read(name(content)))


# --- the folder -----------------------------------------------------------------------------------


def all_files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_files_fan_out_over_two_levels(tmp_path: Path) -> None:
    put(BlobFolder(tmp_path), b"abc")
    place = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert all_files(tmp_path) == [tmp_path / "ba" / "78" / place]


def test_only_the_service_may_read_them(tmp_path: Path) -> None:
    blobs = BlobFolder(tmp_path / "files")
    put(blobs, b"abc")
    (file,) = all_files(tmp_path)
    assert file.stat().st_mode & 0o077 == 0
    assert (tmp_path / "files").stat().st_mode & 0o077 == 0


def test_a_refused_file_leaves_nothing_in_the_folder(tmp_path: Path) -> None:
    blobs = BlobFolder(tmp_path)
    with pytest.raises(FileMismatch):
        blobs.put(name(b"abc"), 3, [b"abd"])
    assert not all_files(tmp_path)


def test_what_a_kill_left_behind_is_swept_out(tmp_path: Path) -> None:
    program = (
        "import sys, pathlib; from liuhen.adapters.blob_folder import BlobFolder\n"
        "def pieces():\n"
        "    yield b'half'\n"
        "    print('written', flush=True)\n"
        "    sys.stdin.read()\n"
        f"BlobFolder(pathlib.Path({str(tmp_path)!r})).put(bytes(32), 9, pieces())\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"written\n"
        assert len(all_files(tmp_path)) == 1
        assert BlobFolder(tmp_path).size(bytes(32)) is None
        assert len(all_files(tmp_path)) == 1, "a file that is being written is left alone"
        child.send_signal(signal.SIGKILL)
    assert BlobFolder(tmp_path).size(bytes(32)) is None
    assert not all_files(tmp_path)


def test_a_folder_that_cannot_be_used_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(Unavailable):
        BlobFolder(tmp_path / "file")
    blobs = BlobFolder(tmp_path / "files")
    (tmp_path / "files" / "ba").write_text("in the way")
    for attempt in (
        lambda: put(blobs, b"abc"),
        lambda: blobs.size(name(b"abc")),
        lambda: list(blobs.read(name(b"abc"))),
        lambda: blobs.delete(name(b"abc")),
    ):
        with pytest.raises(Unavailable):
            attempt()


# --- the object store -----------------------------------------------------------------------------


def test_a_store_that_is_away_is_unavailable(monkeypatch: pytest.MonkeyPatch) -> None:
    away = connect("http://127.0.0.1:9", monkeypatch)
    for attempt in (lambda: put(away, b"abc"), lambda: list(away.read(bytes(32)))):
        with pytest.raises(Unavailable, match="files"):
            attempt()


def test_a_bucket_that_is_not_there_is_no_missing_file(
    s3_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(Unavailable, match="NoSuchBucket"):
        put(connect(s3_url, monkeypatch, "nowhere"), b"abc")


def test_wrong_credentials_are_unavailable(s3_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.ports.test_blobs.SECRET", "another")
    with pytest.raises(Unavailable):
        put(connect(s3_url, monkeypatch), b"abc")


def test_without_an_endpoint_it_is_amazons(monkeypatch: pytest.MonkeyPatch) -> None:
    connect("http://127.0.0.1:9", monkeypatch)  # else boto3 asks the machine for its role
    monkeypatch.setenv("AWS_REGION", "cn-north-1")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "cn-north-1")
    store = BlobBucket("records", "", None)
    assert store._client.meta.endpoint_url == "https://s3.cn-north-1.amazonaws.com.cn"
