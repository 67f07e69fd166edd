"""`liuhen deadline`, on this machine and against a running service."""

import json
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient
from typer.testing import CliRunner

from liuhen.cli import service_url
from liuhen.cli.deadline import EXIT_OF_STATE
from liuhen.cli.main import app
from liuhen.client import Liuhen
from liuhen.domain.deadline import DEADLINES
from liuhen.domain.window_answer import WindowState
from liuhen.wiring.app import build_app
from tests.fakes.running_service import running_logs

URL = "http://localhost"
RECORDS = (
    ("project", "2026-03-01", {"name": "n", "regime": "ZC"}),
    ("award_notice", "2026-04-08", {"winner": {"bid_id": "B1"}, "experts": ["专家甲"]}),
)


def run(*words: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(app, ["deadline", *words])
    return done.exit_code, done.stdout, done.stderr


@pytest.fixture(scope="module")
def http(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """Run a service with a project whose award is published."""
    with (
        running_logs(tmp_path_factory.mktemp("service")) as logs,
        TestClient(build_app(logs, hosts=["localhost"]), base_url=URL) as client,
    ):
        for type_, day, data in RECORDS:
            body = {"type": type_, "case": "P-1", "occurred_at": f"{day}T10:00:00+08:00"}
            answer = client.post("/v1/records", json={**body, "data": data})
            assert answer.status_code == 201, answer.text
        yield client


@pytest.fixture
def service(http: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the commands reach it."""
    monkeypatch.setattr(service_url, "connect", lambda _: Liuhen(URL, transport=http._transport))
    monkeypatch.setenv("LIUHEN_URL", URL)


def test_the_list_names_every_rule_in_the_language_asked_for() -> None:
    code, chinese, _ = run("list", "--lang", "zh")
    assert (code, len(chinese.splitlines())) == (0, len(DEADLINES))
    line = "ZC-CHALLENGE  提出质疑：知道或者应当知道权益受损之日起不超过7个工作日"
    assert f"{line}（政府采购法第52条；94号令第10条）[T]" in chinese
    _, english, _ = run("list", "--lang", "en", "--regime", "ZB")
    assert {line.split("-")[0] for line in english.splitlines()} == {"ZB"}
    assert "at least 10 days before the day of the bid deadline" in english


def test_the_list_as_json_is_an_object_a_line() -> None:
    code, stdout, _ = run("list", "--json")
    assert code == 0
    assert [json.loads(line)["rule"] for line in stdout.splitlines()] == [r.id for r in DEADLINES]


def test_a_deadline_is_counted_without_a_service() -> None:
    code, stdout, _ = run("due", "ZC-CHALLENGE", "--from", "2026-04-09", "--lang", "zh")
    assert (code, stdout.splitlines()[0]) == (0, "2026-04-09起算，至2026-04-20（含当日）")


def test_a_day_beyond_the_published_calendar_is_never_given_as_certain() -> None:
    for language, word in (("zh", "估计，以公告为准"), ("en", "an estimate; the notice decides")):
        code, stdout, _ = run("due", "ZB-DECIDE", "--from", "2026-12-20", "--lang", language)
        assert code == 0
        assert word in stdout.splitlines()[0]
    _, stdout, _ = run("due", "ZB-DECIDE", "--from", "2026-12-20", "--json")
    assert json.loads(stdout)["is_estimate"] is True


@pytest.mark.parametrize(
    "words",
    [
        ("due", "ZC-CHALLENGE"),
        ("due", "ZC-CHALLENGE", "--from", "2026-4-9"),
        ("due", "ZC-CHALLENGE", "--from", "20260409"),
        ("due", "ZC-CHALENGE", "--from", "2026-04-09"),
        ("list", "--regime", "other"),
        ("window", "P-1", "--url", URL, "--matter", "price"),
    ],
)
def test_what_cannot_be_read_is_wrong_usage(words: tuple[str, ...]) -> None:
    assert run(*words)[0] == 2


def test_a_wrong_name_leads_to_the_list() -> None:
    assert "liuhen deadline list" in run("due", "NO", "--from", "2026-04-09")[2]


@pytest.mark.parametrize(
    ("matter", "day", "code", "words"),
    [
        ("result", "2026-04-16", 0, "可以，截至2026-04-20当日结束（还有2个工作日，4日）"),
        ("result", "2026-04-01", 4, "尚未开始：自2026-04-08起"),
        ("result", "2026-04-21", 3, "已超过期限：截至2026-04-20"),
        ("document", "2026-04-16", 6, "无法判断"),
    ],
)
def test_a_window_is_answered_with_its_exit_code(
    service: None, matter: str, day: str, code: int, words: str
) -> None:
    given = run("window", "P-1", "--matter", matter, "--day", day, "--lang", "zh")
    assert given[0] == code, given
    assert words in given[1]
    assert "依据：政府采购法第52条" in given[1]


def test_the_best_window_decides_the_exit_code(service: None) -> None:
    code, stdout, _ = run("window", "P-1", "--day", "2026-04-16", "--lang", "en")
    assert code == 0
    assert "result: Yes, until the end of 2026-04-20" in stdout
    assert "first: a challenge to the purchaser" in stdout


def test_an_own_challenge_opens_the_complaint(service: None) -> None:
    words = ("window", "P-1", "--matter", "complaint", "--day", "2026-05-11", "--json")
    code, stdout, _ = run(*words, "--filed-on", "2026-04-15", "--answered-on", "2026-04-23")
    (window,) = json.loads(stdout)["windows"]
    assert (code, window["state"], window["last"]) == (0, "open", "2026-05-19")


def test_a_case_of_which_nothing_is_published_is_not_found(service: None) -> None:
    code, _, stderr = run("window", "P-2", "--matter", "result")
    assert code == 5
    assert "P-2" in stderr


def test_every_state_has_an_exit_code() -> None:
    assert set(EXIT_OF_STATE) == set(WindowState)
