"""`liuhen proof check`, and `liuhen receipt fetch` in the forms of other people's tools."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from liuhen.cli import policy_file, service_url
from liuhen.cli.main import app
from liuhen.core.proof_check import ClaimedEntry
from tests.fakes.http_service import URL, FakeService
from tests.proof_kit import cose_receipt, tlog_proof
from tests.receipt_kit import Kit

KIT = Kit()
RECEIPT = KIT.receipt()
ENTRY = ClaimedEntry.of(RECEIPT).entry.hex()
FORMS = ("tlog-proof", "cose")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put receipt, policy and both proofs into the folder where the command runs."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(policy_file, "default_place", lambda: tmp_path / "none" / "policy.json")
    (tmp_path / "receipt.json").write_text(RECEIPT.to_text())
    (tmp_path / "policy.json").write_text(KIT.policy().to_text())
    (tmp_path / "p.tlog-proof").write_text(tlog_proof(KIT).to_text())
    (tmp_path / "p.cose").write_bytes(cose_receipt(KIT).to_bytes())
    return tmp_path


def run(*words: str | Path, stdin: bytes | None = None) -> tuple[int, str, str]:
    done = CliRunner().invoke(app, list(map(str, words)), input=stdin)
    return done.exit_code, done.stdout, done.stderr


def check(proof: str, *words: str, stdin: bytes | None = None) -> tuple[int, str]:
    all_words = ("proof", "check", proof, "--policy", "policy.json", "--lang", "en", *words)
    code, stdout, stderr = run(*all_words, stdin=stdin)
    assert stderr == ""
    return code, stdout


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("claimed", [("--receipt", "receipt.json"), ("--entry", ENTRY)])
def test_a_good_proof_matches(form: str, claimed: tuple[str, str]) -> None:
    code, stdout = check(f"p.{form}", *claimed)
    assert code == 0
    assert stdout.startswith("Match. This entry is in the log")
    assert f"entry: {ENTRY}" in stdout


def test_the_answer_says_what_each_form_does_not_show() -> None:
    position, membership = (check(f"p.{form}", "--entry", ENTRY)[1] for form in FORMS)
    assert "as entry 2 of the log. It shows nothing about the chain" in position
    assert "log.example/logs/kit, entry 2 of 5" in position
    assert "neither its position, nor that it is sealed" in membership
    assert "entry 2" not in membership
    assert "its position is not proven" in membership


def test_it_answers_in_chinese_too() -> None:
    code, stdout, _ = run(
        *("proof", "check", "p.cose", "--entry", ENTRY, "--policy", "policy.json", "--lang", "zh")
    )
    assert (code, stdout.split("。")[0]) == (0, "一致")


@pytest.mark.parametrize("form", FORMS)
def test_another_entry_is_different(form: str) -> None:
    code, stdout = check(f"p.{form}", "--entry", "00" * 32)
    assert code == 3
    assert stdout.startswith("Different. This proof contradicts")
    assert "what next: Make sure that proof and entry" in stdout


@pytest.mark.parametrize("form", FORMS)
def test_a_log_of_another_policy_cannot_be_checked(form: str, folder: Path) -> None:
    other = Kit(origin="log.example/logs/other").policy()
    (folder / "policy.json").write_text(other.to_text())
    code, stdout = check(f"p.{form}", "--entry", ENTRY)
    assert code == 6
    assert stdout.startswith("We could not check")
    assert "use the policy of" in stdout


def test_without_a_policy_nothing_can_be_checked() -> None:
    code, stdout, _ = run("proof", "check", "p.cose", "--entry", ENTRY, "--lang", "en")
    assert code == 6
    assert "Get the trust policy of the log" in stdout


@pytest.mark.parametrize(
    "body", [b"", b"c2sp.org/tlog-proof@v1\nindex 01\n", b"c2sp.org/tlog-proof@v1\xff", b"\xd2\x84"]
)
def test_what_is_no_proof_is_malformed(body: bytes, folder: Path) -> None:
    (folder / "bad").write_bytes(body)
    code, stdout = check("bad", "--entry", ENTRY)
    assert code == 7
    assert stdout.startswith("Not readable.")
    code, stdout = check("bad", "--entry", ENTRY, "--json")
    assert (code, json.loads(stdout)["outcome"]) == (7, "malformed")


@pytest.mark.parametrize("form", FORMS)
def test_json_is_one_object_with_the_verdicts_codes(form: str) -> None:
    code, stdout = check(f"p.{form}", "--receipt", "receipt.json", "--json")
    answer = json.loads(stdout)
    assert code == 0
    assert (answer["schema"], answer["outcome"]) == ("audit-verdict/v1", "match")
    life = None if form == "cose" else "sealed"
    assert (answer["life"], answer["proof"]) == (life, f"p.{form}")
    assert answer["receipt"] == "receipt.json"


def test_quiet_is_the_exit_code_alone() -> None:
    assert check("p.cose", "--entry", ENTRY, "--quiet") == (0, "")
    assert check("p.cose", "--entry", "00" * 32, "--quiet") == (3, "")


def test_explain_adds_source_and_values() -> None:
    _, stdout = check("p.tlog-proof", "--entry", ENTRY, "--explain")
    assert "RFC 9162 §2.1.3.2\n" in stdout
    assert f"key: {KIT.log_key.to_text()}" in stdout


def test_a_proof_may_come_from_stdin(folder: Path) -> None:
    body = (folder / "p.cose").read_bytes()
    assert check("-", "--entry", ENTRY, stdin=body)[0] == 0


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("--entry", ENTRY, "--receipt", "receipt.json"),
        ("--entry", ENTRY.upper()),
        ("--entry", ENTRY[:-1]),
        ("--entry", "0x" + ENTRY),
        ("--receipt", "nowhere.json"),
    ],
)
def test_wrong_usage_is_two(words: tuple[str, ...]) -> None:
    assert run("proof", "check", "p.cose", *words)[0] == 2


def test_verify_does_not_load_cbor() -> None:
    program = (
        "import sys; from liuhen.cli import verify; from liuhen.core import examine, receipt;"
        " sys.exit('cbor2' in sys.modules)"
    )
    environment = {"PYTHONPATH": ":".join(sys.path)}
    done = subprocess.run([sys.executable, "-c", program], check=False, env=environment)
    assert done.returncode == 0


# --- receipt fetch --format ---------------------------------------------------------------------


@pytest.fixture
def stored(monkeypatch: pytest.MonkeyPatch, folder: Path) -> tuple[FakeService, str]:
    fake = FakeService()
    monkeypatch.setattr(service_url, "connect", fake.connect)
    monkeypatch.setenv("LIUHEN_URL", URL)
    (folder / "data.json").write_text('{"data":1}')
    assert run("append", "data.json", "data.json", "--receipts", ".")[0] == 0
    return fake, "01936b2e-7c00-7000-8000-000000000000"


@pytest.mark.parametrize("form", FORMS)
def test_a_proof_is_fetched_and_matches(stored: tuple[FakeService, str], form: str) -> None:
    service, number = stored
    assert run("receipt", "fetch", number, "--format", form) == (0, f"{number}.{form}\n", "")
    Path("policy.json").write_text(service.kit.policy().to_text())
    code, stdout = check(f"{number}.{form}", "--receipt", f"{number}.receipt.json")
    assert code == 0
    assert f"record: {number}" in stdout


@pytest.mark.parametrize("form", FORMS)
def test_a_proof_goes_to_stdout_byte_for_byte(stored: tuple[FakeService, str], form: str) -> None:
    service, number = stored
    words = ("receipt", "fetch", number, "--format", form, "--out", "-")
    done = CliRunner().invoke(app, list(words))
    asked = "proof" if form == "tlog-proof" else "cose"
    assert (done.exit_code, done.stdout_bytes) == (0, service.proof(number, asked))


@pytest.mark.parametrize("form", FORMS)
def test_a_proof_that_is_there_is_never_replaced(
    stored: tuple[FakeService, str], form: str
) -> None:
    _, number = stored
    place = Path("kept")
    place.write_text("mine")
    words = ("receipt", "fetch", number, "--format", form, "--out", place)
    code, _, stderr = run(*words)
    assert code == 2
    assert "is there already" in stderr
    assert place.read_text() == "mine"


@pytest.mark.parametrize("form", FORMS)
def test_an_answer_that_is_no_proof_is_not_written(
    stored: tuple[FakeService, str], form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    service, number = stored
    monkeypatch.setattr(service, "proof", lambda *_: b"\xd2\x84")
    code, _, stderr = run("receipt", "fetch", number, "--format", form)
    assert (code, "malformed-proof" in stderr) == (7, True)
    assert not Path(f"{number}.{form}").exists()
