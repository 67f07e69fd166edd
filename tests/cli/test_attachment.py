"""Attached files end to end: named, kept, fetched, compared."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes
from typer.testing import CliRunner

from liuhen.cli.attachment import file_names
from liuhen.cli.main import app
from liuhen.core.attachment import Attachment, attachments_of
from liuhen.core.receipt import parse_receipt
from tests.fakes.http_running import service_at_port

REPORT = "评标报告，第一标段。\n".encode()
VIDEO = bytes(range(256)) * 20_000


@pytest.fixture(scope="module")
def keeping(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    folder = tmp_path_factory.mktemp("keeping")
    with service_at_port(folder, blob_store=str(folder / "files")) as url:
        yield folder, url


@pytest.fixture
def url(keeping: tuple[Path, str], monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("LIUHEN_URL", keeping[1])
    return keeping[1]


@pytest.fixture
def policy(keeping: tuple[Path, str]) -> Path:
    return keeping[0] / "policy.json"


@pytest.fixture
def files(tmp_path: Path) -> Path:
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "评标报告.pdf").write_bytes(REPORT)
    (folder / "opening.mp4").write_bytes(VIDEO)
    (tmp_path / "finding.json").write_text('{"case":"FX-1","data":{"a":1},"type":"generic"}')
    return folder


def run(*words: str | Path) -> tuple[int, str, str]:
    done = CliRunner().invoke(app, list(map(str, words)))
    return done.exit_code, done.stdout, done.stderr


def enter(files: Path, *words: str) -> Path:
    """Enter a record that names both files; returns its receipt."""
    out = files.parent / "receipts"
    attach = [word for file in sorted(files.iterdir()) for word in ("--attach", str(file))]
    finding = files.parent / "finding.json"
    finding.write_text(json.dumps({"data": {"at": str(files)}, "type": "generic"}))
    code, _, stderr = run("append", finding, *attach, "--receipts", out, *words)
    assert (code, stderr) == (0, "")
    (receipt,) = out.iterdir()
    return receipt


def digest_sm3(content: bytes) -> bytes:
    sm3 = hashes.Hash(hashes.SM3())
    sm3.update(content)
    return sm3.finalize()


def test_attached_files_are_named_with_both_digests(url: str, files: Path) -> None:
    receipt = parse_receipt(enter(files).read_bytes())
    assert attachments_of(receipt.rows) == [
        Attachment(
            position,
            hashlib.sha256(content).digest(),
            len(content),
            digest_sm3(content),
            name,
            media_type,
        )
        for position, (name, media_type, content) in enumerate(
            [("opening.mp4", "video/mp4", VIDEO), ("评标报告.pdf", "application/pdf", REPORT)]
        )
    ]


def test_without_store_nothing_is_sent(
    keeping: tuple[Path, str], url: str, files: Path, tmp_path: Path
) -> None:
    def kept() -> list[Path]:
        return [path for path in (keeping[0] / "files").rglob("*") if path.is_file()]

    (files / "opening.mp4").write_bytes(b"stays at home")
    (files / "评标报告.pdf").unlink()
    before = kept()
    receipt = enter(files)
    assert kept() == before
    code, _, stderr = run("attachment", "get", receipt, "-o", tmp_path / "got")
    assert code == 5
    assert "ask whoever submitted the record" in stderr


def test_kept_files_come_back_under_their_names(url: str, files: Path, tmp_path: Path) -> None:
    receipt = enter(files, "--store")
    code, stdout, stderr = run("attachment", "get", receipt, "-o", tmp_path / "got")
    assert (code, stderr) == (0, "")
    assert (tmp_path / "got" / "opening.mp4").read_bytes() == VIDEO
    assert (tmp_path / "got" / "评标报告.pdf").read_bytes() == REPORT
    assert len(list((tmp_path / "got").iterdir())) == 2
    assert "评标报告.pdf" in stdout


def test_put_matches_by_digest_and_not_by_name(url: str, files: Path, tmp_path: Path) -> None:
    receipt = enter(files)
    renamed = tmp_path / "renamed.bin"
    renamed.write_bytes(VIDEO)
    stranger = tmp_path / "opening.mp4"
    stranger.write_bytes(b"another film")
    code, stdout, stderr = run("attachment", "put", receipt, stranger, renamed)
    assert code == 3
    assert f"{stranger}: the record names no file with this digest [file-mismatch]" in stderr
    assert str(renamed) in stdout
    assert run("attachment", "put", receipt.name.removesuffix(".receipt.json"), renamed)[0] == 0


def test_a_file_that_is_there_is_not_replaced(url: str, files: Path, tmp_path: Path) -> None:
    receipt = enter(files, "--store")
    (tmp_path / "got").mkdir()
    (tmp_path / "got" / "opening.mp4").write_text("mine")
    code, _, stderr = run("attachment", "get", receipt, "-o", tmp_path / "got")
    assert code == 6
    assert "opening.mp4: is there already" in stderr
    assert (tmp_path / "got" / "opening.mp4").read_text() == "mine"
    assert (tmp_path / "got" / "评标报告.pdf").read_bytes() == REPORT


def test_a_service_that_gives_out_another_file_is_found_out(
    keeping: tuple[Path, str], url: str, files: Path, tmp_path: Path
) -> None:
    (files / "opening.mp4").write_bytes(VIDEO + b"own")
    receipt = enter(files, "--store")
    name = hashlib.sha256(VIDEO + b"own").hexdigest()
    kept = keeping[0] / "files" / name[:2] / name[2:4] / name
    kept.write_bytes(b"!" + kept.read_bytes()[1:])
    code, _, stderr = run("attachment", "get", receipt, "-o", tmp_path / "got")
    assert code == 3
    assert "opening.mp4: the file has another SHA-256" in stderr
    assert [path.name for path in (tmp_path / "got").iterdir()] == ["评标报告.pdf"]


def test_verify_compares_files_and_names_those_not_given(
    url: str, files: Path, policy: Path, tmp_path: Path
) -> None:
    receipt = enter(files)
    words = ("--policy", policy, "--offline", "--lang", "en")
    code, stdout, _ = run("verify", receipt, files / "opening.mp4", *words)
    assert code == 0, stdout
    assert "attachments not compared: 评标报告.pdf" in stdout
    code, stdout, _ = run("verify", receipt, *sorted(files.iterdir()), *words)
    assert code == 0
    assert "not compared" not in stdout
    (files / "opening.mp4").write_bytes(VIDEO[:-1] + b"!")
    code, stdout, _ = run("verify", receipt, files / "opening.mp4", *words)
    assert code == 3
    assert "attachments not compared: opening.mp4, 评标报告.pdf" in stdout


def test_verify_takes_a_folder_only_when_told_to(
    url: str, files: Path, policy: Path, tmp_path: Path
) -> None:
    receipt = enter(files)
    words = ("--policy", policy, "--offline", "--lang", "en")
    assert run("verify", receipt, files, *words)[0] == 2
    (files / "deeper").mkdir()
    (files / "opening.mp4").rename(files / "deeper" / "opening.mp4")
    (files / "deeper" / "receipt.json").write_bytes(receipt.read_bytes())
    own = files / "deeper" / "receipt.json"
    assert run("verify", own, files, "--recursive", *words)[0] == 0
    (files / "note.txt").write_text("not in the record")
    code, stdout, _ = run("verify", own, files, "--recursive", *words)
    assert code == 3
    assert "note.txt: is neither the record" in stdout


def test_what_stays_at_home_is_said(tmp_path: Path, files: Path) -> None:
    with service_at_port(tmp_path / "none") as url:
        receipt = enter(files, "--url", url)
        code, _, stderr = run("attachment", "put", receipt, files / "opening.mp4", "--url", url)
        assert code == 5
        assert "keeps no files" in stderr
        assert run("attachment", "get", receipt, "--url", url, "-o", tmp_path / "got")[0] == 5
        assert not list((tmp_path / "got").glob("*"))


@pytest.mark.parametrize(
    "words",
    [
        ("append", "a.json", "b.json", "--attach", "c"),
        ("append", "a.json", "--store"),
        ("append", "a.json", "--attach", "-"),
        ("append", "a.json", "--attach", "nothing-there"),
        ("attachment", "put", "x", "-"),
    ],
)
def test_what_makes_no_sense_is_wrong_usage(
    words: tuple[str, ...], url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("a.json", "b.json", "c"):
        (tmp_path / name).write_text('{"data":1}')
    assert run(*words)[0] == 2


def test_names_of_others_stay_in_the_folder() -> None:
    names = ["../../etc/passwd", "C:\\Windows\\a.exe", "..", "", "a\nb", "x" * 999, "a\nb", None]
    made = file_names([Attachment(at, bytes(32), 0, name=name) for at, name in enumerate(names)])
    assert made == [
        "passwd",
        "a.exe",
        "attachment-2",
        "attachment-3",
        "a_b",
        "x" * 200,
        "6-a_b",
        "attachment-7",
    ]


def test_a_long_file_costs_no_memory(tmp_path: Path) -> None:
    import tracemalloc

    from liuhen.cli.input_file import digest_file

    path = tmp_path / "film.mp4"
    with path.open("wb") as stream:
        stream.truncate(64 * 2**20)
    tracemalloc.start()
    try:
        seen: list[int] = []
        digest_file(path, seen.append)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert sum(seen) == 64 * 2**20
    assert peak < 40 * 2**20


def test_progress_is_told_on_a_terminal_alone(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import sys

    from liuhen.cli import progress
    from liuhen.cli.file_progress import FileProgress

    monkeypatch.setattr(progress, "_PATIENCE_SECONDS", 0)
    monkeypatch.setattr(progress, "_AGAIN_SECONDS", 0)
    for terminal in (False, True):
        monkeypatch.setattr(sys.stderr, "isatty", lambda terminal=terminal: terminal)
        with FileProgress([50, 50]) as line:
            line(25)
        shown = capsys.readouterr()
        assert shown.out == ""
        assert ("25 / 100" in shown.err) is terminal
