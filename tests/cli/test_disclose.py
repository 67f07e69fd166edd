"""`liuhen disclose`: offline, from a full receipt or from a narrower one."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from liuhen.cli.main import app
from liuhen.core.canonical import canonical
from liuhen.core.disclosure import Closed, Shown, Withheld
from liuhen.core.pointer import to_pointer
from liuhen.core.policy import Life
from liuhen.core.receipt import Receipt, parse_receipt
from tests.detached_kit import content_of, detached_receipt
from tests.receipt_kit import Kit

KIT = Kit()
FULL = KIT.receipt(5, 9)


@pytest.fixture
def receipt(tmp_path: Path) -> Path:
    path = tmp_path / "receipt.json"
    path.write_text(FULL.to_text(), encoding="utf-8")
    return path


@pytest.fixture
def policy(tmp_path: Path) -> Path:
    path = tmp_path / "policy.json"
    path.write_bytes(canonical(KIT.policy(Life.SEALED).to_json()))
    return path


def run(*words: str | Path, stdin: bytes | None = None) -> tuple[int, bytes, str]:
    done = CliRunner().invoke(app, list(map(str, words)), input=stdin)
    return done.exit_code, done.stdout_bytes, done.stderr


def disclosed(*words: str | Path) -> Receipt:
    code, stdout, stderr = run("disclose", *words)
    assert code == 0, stderr
    return parse_receipt(stdout)


def data_of(receipt: Receipt) -> set[str]:
    rows = [row for row in receipt.rows if isinstance(row, Shown)]
    return {to_pointer(row.path) for row in rows if row.path[0] == "data"}


def test_one_bidders_score_is_shown_and_the_rest_of_the_receipt_is_as_it_was(receipt: Path) -> None:
    made = disclosed(receipt, "--show", "/data/scores/1")
    assert data_of(made) == {"/data/scores/1/bid_id", "/data/scores/1/技术部分"}
    assert (made.checkpoint, made.inclusion, made.anchors, made.entry_index) == (
        *(FULL.checkpoint, FULL.inclusion, FULL.anchors, FULL.entry_index),
    )
    assert not any(isinstance(row, Closed) for row in made.rows)
    assert "43.00" not in made.to_text()


def test_the_new_receipt_verifies_and_says_what_is_hidden(
    receipt: Path, policy: Path, tmp_path: Path
) -> None:
    out = tmp_path / "new" / "for-b02.json"
    code, stdout, _ = run("disclose", receipt, "--show", "/data/scores/1", "-o", out)
    assert (code, stdout.decode()) == (0, f"{out}\n")
    code, stdout, _ = run("verify", out, "--policy", policy, "--offline", "--lang", "en")
    said = stdout.decode()
    assert code == 0
    assert "What this receipt shows of the record is exactly what was entered" in said
    assert "/data/scores/1/技术部分  41.30" in said
    assert "/data/scores/0/技术部分" in said
    assert "What these fields hold is not proven, only that it has not changed." in said
    assert "43.00" not in said
    code, stdout, _ = run("verify", out, "--policy", policy, "--offline", "--lang", "zh")
    assert "其余部分未显示" in stdout.decode()


def test_hidden_names_are_counted_and_what_that_leaves_unproven_is_said(
    receipt: Path, policy: Path, tmp_path: Path
) -> None:
    out = tmp_path / "closed.json"
    run("disclose", receipt, "--show", "/data/seat", "--hide-names", "-o", out)
    made = parse_receipt(out.read_bytes())
    closed = sum(isinstance(row, Closed) for row in made.rows)
    assert not any(isinstance(row, Withheld) for row in made.rows)
    said = run("verify", out, "--policy", policy, "--offline", "--lang", "en")[1].decode()
    sentence = f"{closed} fields of unknown name; uniqueness and array lengths are not proven."
    assert sentence in said


def test_a_disclosure_is_narrowed_again_and_never_widened(receipt: Path, tmp_path: Path) -> None:
    first = tmp_path / "first.json"
    run("disclose", receipt, "--show", "/data/scores", "-o", first)
    assert data_of(disclosed(first, "--show", "/data/scores/0/bid_id")) == {"/data/scores/0/bid_id"}
    code, stdout, stderr = run("disclose", first, "--show", "/data/seat")
    assert (code, stdout) == (5, b"")
    assert "'/data/seat' is hidden here" in stderr


def test_the_case_is_hidden_only_where_that_is_asked_for(receipt: Path) -> None:
    assert "SLZX-2026-0031" in disclosed(receipt).to_text()
    assert "SLZX-2026-0031" not in disclosed(receipt, "--hide-case").to_text()
    assert run("disclose", receipt, "--hide-case", "--show", "/case")[0] == 7


@pytest.mark.parametrize(
    ("pointer", "code", "said"),
    [
        ("/data/scores/2", 5, "'/data/scores' has no '2'"),
        ("/dat", 5, "the record has no 'dat'"),
        ("data", 7, "a pointer begins with /"),
        ("/data/~", 7, "~0"),
    ],
)
def test_a_pointer_that_names_nothing_is_named(
    receipt: Path, tmp_path: Path, pointer: str, code: int, said: str
) -> None:
    out = tmp_path / "out.json"
    done = run("disclose", receipt, "--show", pointer, "--show", "/data", "-o", out)
    assert (done[0], done[1]) == (code, b"")
    assert said in done[2]
    assert not out.exists()


def test_a_receipt_comes_from_stdin_too(receipt: Path) -> None:
    code, stdout, _ = run("disclose", "-", "--show", "/data/seat", stdin=receipt.read_bytes())
    assert code == 0
    assert data_of(parse_receipt(stdout)) == {"/data/seat"}


def test_what_is_no_receipt_is_malformed(tmp_path: Path) -> None:
    (tmp_path / "bent.json").write_text(FULL.to_text().replace('"seat"', '"seats"', 1) + " ")
    assert run("disclose", tmp_path / "bent.json", "--show", "/data")[0] == 7
    assert run("disclose", tmp_path / "missing.json", "--show", "/data")[0] == 2


def test_showing_everything_gives_the_same_bytes(receipt: Path) -> None:
    assert run("disclose", receipt, "--show", "")[1] == receipt.read_bytes()


def test_content_beside_a_detached_record_is_narrowed_like_a_record(
    tmp_path: Path, policy: Path
) -> None:
    content = content_of()
    whole = content.complete(detached_receipt(content))
    path, out = tmp_path / "detached.json", tmp_path / "one.json"
    path.write_text(whole.to_text(), encoding="utf-8")
    words = ("--show", "/data/scores/1", "--show", "/submitter/organisation", "-o", out)
    assert run("disclose", path, *words)[0] == 0
    made = parse_receipt(out.read_bytes())
    assert made.content is not None
    shown = {to_pointer(row.path) for row in made.content if isinstance(row, Shown)}
    assert {pointer for pointer in shown if pointer.startswith("/data")} == {
        *("/data/scores/1/bid_id", "/data/scores/1/技术部分"),
    }
    assert data_of(made) == {"/data/commitment"}
    assert "43.00" not in made.to_text()
    assert "评标系统" not in made.to_text()
    assert made.to_text().count("某交易中心") == 2
    code, stdout, _ = run("verify", out, "--policy", policy, "--offline", "--lang", "en")
    assert code == 0
    assert "/data/scores/0/技术部分" in stdout.decode()
    assert "What this receipt shows of the record" in stdout.decode()
