"""`liuhen record`: the same bytes as everybody else's."""

import hashlib
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from liuhen.cli.main import app
from liuhen.core.commitment import commit
from tests.receipt_corpus import FOLDER, KIT

RECORD = FOLDER / "sealed" / "record.json"


def run(*words: str | Path, stdin: bytes | None = None) -> tuple[int, bytes, str]:
    done = CliRunner().invoke(app, ["record", *map(str, words)], input=stdin)
    return done.exit_code, done.stdout_bytes, done.stderr


def test_canonical_bytes_are_printed_as_they_are() -> None:
    text = b'{ "b": 1.50, "a": "\\u8bc4\\u6807", "c": [1e2] }\n'
    code, stdout, _ = run("canonical", "-", stdin=text)
    assert (code, stdout) == (0, '{"a":"评标","b":1.5,"c":[100]}'.encode())


def test_the_digest_is_that_of_the_canonical_bytes(tmp_path: Path) -> None:
    (tmp_path / "data.json").write_text(' {"b": 1, "a": 2} ')
    code, stdout, _ = run("digest", tmp_path / "data.json")
    assert code == 0
    assert stdout.decode() == hashlib.sha256(b'{"a":2,"b":1}').hexdigest() + "\n"


@pytest.mark.parametrize("command", ["canonical", "digest"])
@pytest.mark.parametrize("text", [b'{"a":1,"a":2}', b"1e400", b"\xff", b"", b'\xef\xbb\xbf{"a":1}'])
def test_what_has_no_single_form_is_malformed(command: str, text: bytes) -> None:
    code, stdout, stderr = run(command, "-", stdin=text)
    assert (code, stdout) == (7, b"")
    assert stderr.endswith("[malformed-json]\n")


def test_a_refusal_names_the_place() -> None:
    stderr = run("canonical", "-", stdin=b'{\n  "a": 1,\n  "\\u0061": 2}')[2]
    assert "line 3" in stderr


def test_a_commitment_can_be_made_again_from_its_secret(tmp_path: Path) -> None:
    code, stdout, _ = run("commit", RECORD)
    first = json.loads(stdout)
    assert code == 0
    made = commit(json.loads(RECORD.read_bytes()), bytes.fromhex(first["secret"]))
    assert (first["commitment"], first["leaves"]) == (made.commitment.hex(), len(made.rows))
    (tmp_path / "secret").write_text(first["secret"] + "\n")
    code, stdout, _ = run("commit", RECORD, "--secret-file", tmp_path / "secret")
    assert (code, json.loads(stdout)) == (0, first)


def test_the_commitment_is_that_of_the_receipt(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("01" * 32)
    stdout = run("commit", RECORD, "--secret-file", tmp_path / "secret")[1]
    assert json.loads(stdout)["commitment"] == KIT.sealed.commitment.hex()


def test_a_type_whose_number_of_elements_is_secret_is_padded(tmp_path: Path) -> None:
    record = {**json.loads(RECORD.read_bytes()), "type": "expert_draw"}
    (tmp_path / "draw.json").write_text(json.dumps(record))
    (tmp_path / "secret").write_text("01" * 32)
    stdout = run("commit", tmp_path / "draw.json", "--secret-file", tmp_path / "secret")[1]
    made = commit(record, bytes([1]) * 32, padded=True)
    answer = json.loads(stdout)
    assert (answer["commitment"], answer["leaves"]) == (made.commitment.hex(), 32)


def test_every_commitment_has_a_secret_of_its_own() -> None:
    secrets = {json.loads(run("commit", RECORD)[1])["secret"] for _ in range(5)}
    assert len(secrets) == 5


def test_what_is_no_record_has_no_commitment() -> None:
    code, stdout, stderr = run("commit", "-", stdin=b'{"data":1}')
    assert (code, stdout) == (7, b"")
    assert stderr.endswith("[malformed-record]\n")


@pytest.mark.parametrize("text", ["", "01" * 31, "01" * 33, "zz" * 32, "01 " * 400])
def test_a_secret_that_is_none_is_refused_and_not_repeated(tmp_path: Path, text: str) -> None:
    (tmp_path / "secret").write_text(text)
    code, stdout, stderr = run("commit", RECORD, "--secret-file", tmp_path / "secret")
    assert (code, stdout) == (7, b"")
    assert not text or text not in stderr


def test_a_file_that_is_not_there_is_wrong_usage() -> None:
    for command in ("canonical", "digest", "commit"):
        assert run(command, "no-such-file")[0] == 2
        assert run(command, ".")[0] == 2
