"""`liuhen case check` and `case replay`, from receipts and with a service."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from liuhen.cli import case as case_command
from liuhen.cli.main import app
from liuhen.client import KeyHolder
from liuhen.core.canonical import canonical
from tests.fakes.assembled_log import AssembledLog

SAMPLE = Path(__file__).parents[2] / "scripts" / "sample"
LONG = ["--late-after", "1000000"]


def receipts_of(name: str, folder: Path, without: tuple[str, ...] = ()) -> str:
    """Enter a sample project and keep its receipts; return its case."""
    log = AssembledLog().open()
    log.clock.move(days=300)  # all of it has happened
    lines = [
        json.loads(line)
        for line in (SAMPLE / name / "project.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    case: str = lines[0]["submission"]["case"]
    numbers: dict[str, str] = {}
    for line in lines:
        if line["submission"]["case"] != case:
            continue
        submission = dict(line["submission"])
        if "supersedes" in line:
            submission["supersedes"] = numbers[line["supersedes"]]
        numbers[line["key"]] = log.appender.append_here(canonical(submission)).record_id
    for key, number in numbers.items():
        if key not in without:
            (folder / f"{number}.receipt.json").write_text(log.prover.receipt_of(number))
    log.close()
    return case


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    folder = tmp_path_factory.mktemp("receipts")
    return folder, receipts_of("zc", folder)


def run(*arguments: object) -> Any:
    return CliRunner().invoke(app, ["case", *map(str, arguments)])


@pytest.mark.parametrize(
    ("lang", "first", "second"),
    [
        ("en", "Not everything could be checked.", "project, 42 records, stage: archive"),
        ("zh", "未能全部检查。", "项目案卷，42 份记录，阶段：归档"),
    ],
)
def test_a_case_of_receipts_is_in_order_as_far_as_they_go(
    held: tuple[Path, str], lang: str, first: str, second: str
) -> None:
    folder, case = held
    done = run("check", case, "--receipts", folder, "--lang", lang, *LONG)
    lines = done.stdout.splitlines()
    assert lines[0].startswith(first)
    assert lines[1] == f"{case}  {second}"
    assert len(lines) == 3  # what receipts cannot tell: where the case ends
    assert done.exit_code == 6


def test_a_shortfall_is_told_with_rule_basis_and_record(held: tuple[Path, str]) -> None:
    folder, case = held
    done = run("check", case, "--receipts", folder, "--lang", "zh", "--late-after", "24")
    line = next(line for line in done.stdout.splitlines() if line.startswith("✗"))
    assert line.startswith("✗ 违规  事项发生")
    assert "（电子招标投标办法第14、49条） [logged-late]  记录 " in line
    assert done.exit_code == 3


def test_json_says_the_same(held: tuple[Path, str]) -> None:
    folder, case = held
    done = run("check", case, "--receipts", folder, "--json", *LONG)
    report = json.loads(done.stdout)
    assert (report["schema"], report["count"]) == ("case-report/v1", 42)


def test_a_case_of_which_there_is_no_receipt_is_not_found(held: tuple[Path, str]) -> None:
    assert run("check", "P-1", "--receipts", held[0]).exit_code == 5


@pytest.mark.parametrize("arguments", [["check", "P-1"], ["replay", "P-1"]])
def test_neither_service_nor_receipts_is_wrong_usage(
    arguments: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LIUHEN_URL", raising=False)
    assert run(*arguments).exit_code == 2


def test_a_time_without_an_offset_is_wrong_usage(held: tuple[Path, str]) -> None:
    folder, case = held
    done = run("check", case, "--receipts", folder, "--as-of", "2026-03-31T09:30:00")
    assert done.exit_code == 2


def test_an_evaluation_is_replayed_from_receipts(held: tuple[Path, str]) -> None:
    folder, case = held
    done = run("replay", case, "--receipts", folder, "--lang", "en")
    assert done.exit_code == 0
    assert done.stdout.startswith("Match.")
    assert "✓ equal  B01 total: reported 91.56, computed 91.56" in done.stdout


def test_a_late_change_is_listed(tmp_path: Path) -> None:
    case = receipts_of("zb", tmp_path)
    done = run("replay", case, "--receipts", tmp_path, "--lang", "zh")
    assert done.exit_code == 0
    assert "! 锁定后修改  席位 E3，理由：分值汇总计算错误" in done.stdout
    assert "    B04 施工组织设计：23.90 → 22.10" in done.stdout


def test_what_lacks_for_a_replay_is_said(tmp_path: Path) -> None:
    case = receipts_of("zc", tmp_path, without=("zc-sheet-E3",))
    done = run("replay", case, "--receipts", tmp_path, "--lang", "en")
    assert done.exit_code == 6
    assert "- not checked  there is no locked score sheet from seat E3" in done.stdout


# With a service


class Asked:
    """Stands for the cases of a service, and keeps what it is asked."""

    def __init__(self, outcome: str) -> None:
        self.outcome, self.asked = outcome, dict[str, Any]()

    def check(self, case: str, **asked: Any) -> dict[str, Any]:
        self.asked = asked
        empty: dict[str, Any] = {name: [] for name in ("shortfalls", "open", "unchecked")}
        return {"case": case, "outcome": self.outcome, "kind": None, **empty}


@pytest.fixture
def ask(monkeypatch: pytest.MonkeyPatch) -> Any:
    def answer(outcome: str) -> Asked:
        asked = Asked(outcome)
        monkeypatch.setattr(case_command, "_ask", lambda _url, ask: ask(asked))
        return asked

    return answer


@pytest.mark.parametrize(
    ("outcome", "code"),
    [("match", 0), ("different", 3), ("waiting", 4), ("could_not_check", 6)],
)
def test_the_exit_code_is_that_of_the_outcome(ask: Any, outcome: str, code: int) -> None:
    ask(outcome)
    assert run("check", "P-1", "--lang", "en").exit_code == code


def test_the_service_is_asked_what_the_caller_asks(ask: Any, tmp_path: Path) -> None:
    key = tmp_path / "operator.key"
    key.write_text("ab" * 32)
    key.chmod(0o600)
    asked = ask("match")
    when = "2026-03-31T09:30:00+08:00"
    more = ["--as-of", when, "--contents", "--late-after", "5", "--log", "jyg"]
    assert run("check", "P-1", "--operator-key", key, "--reader", "Wang", *more).exit_code == 0
    assert asked.asked == {
        "holder": KeyHolder(bytes.fromhex("ab" * 32), "Wang"),
        "as_of": when,
        "late_after_hours": 5,
        "contents": True,
        "log_name": "jyg",
    }
