"""`liuhen case check|replay --here` and `case receipts`: a service is asked and not believed."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from liuhen.cli.main import app
from tests.api.test_timeline import SAMPLE, ZC
from tests.cli.test_draw_by_service import (
    HASH,
    Lines,
    Server,
    client,
    folder,
    lines_of,
    logs,
    server,
)

__all__ = ["client", "folder", "logs", "server"]  # fixtures
Run = Callable[..., tuple[int, str]]
LONG = ("--late-after", "1000000")
COUNT = sum(
    f'"case": "{ZC}"' in line for line in (SAMPLE / "zc" / "project.jsonl").read_text().splitlines()
)


@pytest.fixture
def run(server: Server, folder: Path) -> Run:
    del server  # it must be in place

    def run_it(*words: str, role: str | None = "supervisor", policy: bool = True) -> Any:
        who = ["--operator-key", str(folder / "keys" / "operator.key"), "--reader", "Wang"]
        given = ["--policy", str(folder / "policy.json")] if policy else []
        named = [*who, "--role", role] if role else []
        where = ["--url", "http://127.0.0.1", "--lang", "en"]
        done = CliRunner().invoke(app, ["case", *words, *given, *where, *named])
        return done.exit_code, done.stdout + done.stderr

    return run_it


def test_an_evaluation_is_replayed_from_what_a_service_gives(run: Run) -> None:
    code, told = run("replay", ZC, "--here")
    assert code == 0, told
    assert "✓ equal  B01 total: reported 91.56, computed 91.56" in told


def test_a_case_is_checked_here_as_far_as_its_receipts_go(run: Run) -> None:
    code, told = run("check", ZC, "--here", *LONG)
    assert code == 6, told
    assert "project, " in told
    (line,) = [line for line in told.splitlines() if line.startswith("- not checked")]
    assert line == "- not checked  nothing tells whether more records of the case follow"


def without(kind: str) -> Callable[[Lines], Lines]:
    def bend(lines: Lines) -> Lines:
        away = lines_of(lines, kind)[0]
        return [line for at, line in enumerate(lines) if at != away]

    return bend


def changed(kind: str, old: bytes, new: bytes) -> Callable[[Lines], Lines]:
    def bend(lines: Lines) -> Lines:
        at = lines_of(lines, kind)[0]
        assert old in lines[at]
        return [*lines[:at], lines[at].replace(old, new, 1), *lines[at + 1 :]]

    return bend


def test_a_left_out_record_makes_no_answer_and_no_false_one(run: Run, server: Server) -> None:
    server.bend = without("score_sheet")
    for command in (("check", ZC, "--here", *LONG), ("replay", ZC, "--here")):
        code, told = run(*command)
        assert code == 6
        assert "the service gives no receipt of record" in told
        assert "✗" not in told


def test_a_changed_sheet_never_makes_a_match(run: Run, server: Server) -> None:
    # No hexadecimal or base64 text has a point, so it is points that change, and nothing beside.
    server.bend = changed("score_sheet", b'.00"', b'.50"')
    code, told = run("replay", ZC, "--here")
    assert code == 6
    assert "does not name record" in told
    code, told = run("check", ZC, "--here", *LONG)
    assert code == 3
    assert "[case-broken-link]" in told


def test_a_changed_report_at_the_end_is_vouched_for_by_nobody(run: Run, server: Server) -> None:
    def bend(lines: Lines) -> Lines:
        last = lines_of(lines, "evaluation_report")[-1]
        assert b'"91.56"' in lines[last]
        return [*lines[:last], lines[last].replace(b'"91.56"', b'"81.56"')]

    server.bend = bend
    code, told = run("replay", ZC, "--here")
    assert code == 6
    assert "different" in told


@pytest.mark.parametrize("role", [None, "auditor", "bidder"])
def test_what_is_withheld_is_said(run: Run, role: str | None) -> None:
    code, told = run("check", ZC, "--here", *LONG, role=role)
    assert code == 6
    assert "✗" not in told
    assert "the service withholds" in told


def test_a_replay_without_its_records_is_not_waiting(run: Run) -> None:
    code, told = run("replay", ZC, "--here", role=None)
    assert code == 6
    assert "the service withholds" in told


def test_without_a_policy_nothing_vouches_for_receipts(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from liuhen.cli import policy_file

    monkeypatch.setattr(policy_file, "default_place", lambda: tmp_path / "none")
    code, told = run("replay", ZC, "--here", policy=False)
    assert code == 6
    assert "no trust policy" in told


def test_receipts_are_fetched_into_files_once(run: Run, tmp_path: Path) -> None:
    # The first read adds a record to the case, which the second would find.
    assert run("receipts", ZC, "--out", str(tmp_path / "first"), policy=False)[0] == 0
    code, told = run("receipts", ZC, "--out", str(tmp_path / "r"), policy=False)
    assert code == 0
    files = sorted((tmp_path / "r").iterdir())
    assert len(files) >= COUNT > 40
    assert all(file.stat().st_mode & 0o777 == 0o600 for file in files)
    assert f"{len(files)} receipts written, 0 there already; 0 records are withheld" in told
    _, told = run("receipts", ZC, "--out", str(tmp_path / "r"), policy=False)
    assert f"0 receipts written, {len(files)} there already" in told
    open_key = tmp_path / "open.key"  # that others can read is nothing to who asks no service
    open_key.write_text("ab" * 32)
    open_key.chmod(0o644)
    given = ["--receipts", str(tmp_path / "r"), "--operator-key", str(open_key)]
    assert CliRunner().invoke(app, ["case", "replay", ZC, *given]).exit_code == 0
    more = ["--unverified", "--block-hash", HASH]
    assert CliRunner().invoke(app, ["draw", "check", ZC, *given, *more]).exit_code == 0


def test_the_public_gets_no_file(run: Run, tmp_path: Path) -> None:
    code, told = run("receipts", ZC, "--out", str(tmp_path / "r"), role=None, policy=False)
    assert code == 0
    assert "0 receipts written" in told
    assert not (tmp_path / "r").exists()


def test_a_case_that_nobody_knows_is_not_found(run: Run) -> None:
    assert run("check", "NOWHERE", "--here")[0] == 5
