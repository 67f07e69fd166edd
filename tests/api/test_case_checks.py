"""`/v1/cases/{case}/check` and `/evaluation`."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from liuhen.api.served_log import ServedLogs
from liuhen.app.check_case import read_case
from liuhen.core.canonical import canonical
from tests.fakes.running_service import running_logs

SAMPLE = Path(__file__).parents[2] / "scripts" / "sample" / "zc" / "project.jsonl"
LINES = [json.loads(line) for line in SAMPLE.read_text(encoding="utf-8").splitlines()]
CASE = LINES[0]["submission"]["case"]
NEVER_LATE = {"late_after_hours": 24 * 366 * 50}

SECRET_IN_EVALUATION = ("zc-draw", "zc-seats", "zc-sheet", "zc-report", "zc-clarification")


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedLogs]:
    folder = tmp_path_factory.mktemp("service")
    with running_logs(folder, bids_without_slots=True) as served_logs:
        yield served_logs


@pytest.fixture
def operator(logs: ServedLogs) -> dict[str, str]:
    assert logs.operator_key is not None
    return {"Authorization": f"Bearer {logs.operator_key.hex()}", "Liuhen-Reader": "wang"}


class Sample:
    """The sample project in a case of its own, entered up to a record."""

    def __init__(self, client: TestClient, case: str) -> None:
        self.client, self.case, self.numbers = client, case, dict[str, str]()

    def enter(self, last: str, without: tuple[str, ...] = ()) -> "Sample":
        for line in LINES:
            if line["submission"]["case"] == CASE and line["key"] not in (*self.numbers, *without):
                submission = {**line["submission"], "case": self.case}
                if "supersedes" in line:
                    submission["supersedes"] = self.numbers[line["supersedes"]]
                answer = self.client.post("/v1/records", content=canonical(submission))
                assert answer.status_code == 201, answer.text
                self.numbers[line["key"]] = answer.headers["Liuhen-Record-Id"]
            if line["key"] == last:
                break
        return self

    def get(self, what: str, headers: dict[str, str] | None = None, **query: Any) -> Any:
        answer = self.client.get(f"/v1/cases/{self.case}/{what}", params=query, headers=headers)
        assert answer.status_code == 200, answer.text
        assert answer.headers["Cache-Control"] == "no-store"
        return answer.json()


@pytest.fixture
def sample(client: TestClient, request: pytest.FixtureRequest) -> Sample:
    return Sample(client, re.sub(r"[^A-Za-z0-9_]", "-", request.node.name)[-64:])


def rules(report: Any) -> list[str]:
    return [each["rule"] for each in report["shortfalls"]]


def test_a_complete_case_has_no_shortfall(sample: Sample, operator: dict[str, str]) -> None:
    sample.enter("zc-closing")
    report = sample.get("check", operator, contents=True, **NEVER_LATE)
    assert (report["outcome"], report["shortfalls"], report["open"]) == ("match", [], [])
    assert (report["kind"], report["stage"], report["count"]) == ("project", "archive", 42)


def test_what_was_entered_later_than_it_happened_is_late(
    sample: Sample, operator: dict[str, str]
) -> None:
    sample.enter("zc-opening")
    report = sample.get("check", operator)
    assert report["outcome"] == "different"
    late = [each for each in report["shortfalls"] if each["rule"] == "logged-late"]
    assert len(late) == len(sample.numbers)
    assert sample.numbers["zc-document"] in {each["record"] for each in late}
    assert late[0]["basis"]["zh"] == "电子招标投标办法第14、49条"


def test_no_check_gives_the_number_of_a_record_that_is_still_secret(
    sample: Sample, operator: dict[str, str]
) -> None:
    """With it a sheet or a draw would be read in the middle of the evaluation."""
    sample.enter("zc-report")
    numbers = {number: key for key, number in sample.numbers.items()}
    for role in ("supervisor", "inspector", "auditor", "discipline", "public"):
        report = sample.get("check", {**operator, "Liuhen-Role": role})
        found = [*report["shortfalls"], *report["open"], *report["unchecked"]]
        told = {numbers[each["record"]] for each in found if each["record"] is not None}
        assert not {key for key in told if key.startswith(SECRET_IN_EVALUATION)}, role
        assert bool(told) is (role != "public")


def test_before_the_opening_nobody_is_told_anything(
    sample: Sample, operator: dict[str, str]
) -> None:
    sample.enter("zc-document")
    before = [sample.get("check", headers) for headers in ({}, operator)]
    sample.enter("zc-bid-B04")
    after = [sample.get("check", headers) for headers in ({}, operator)]
    for report in (*before, *after):
        assert report.pop("as_of")
    assert before == after
    assert before[0] == before[1]
    assert before[0]["outcome"] == "could_not_check"
    assert before[0]["count"] is None
    assert [each["code"] for each in before[0]["unchecked"]] == ["sealed"]


def test_after_the_opening_everybody_sees_the_chain_and_nothing_else(sample: Sample) -> None:
    sample.enter("zc-award", without=("zc-sheet-E3", "zc-report", "zc-award"))
    report = sample.get("check")
    assert (report["shortfalls"], report["open"]) == ([], [])
    assert report["count"] == len(sample.numbers)
    assert [each["code"] for each in report["unchecked"]] == ["restricted"]


def test_a_case_that_is_no_project_is_not_for_everybody(
    client: TestClient, operator: dict[str, str]
) -> None:
    body = {"case": "G-1", "type": "generic", "data": {}}
    assert client.post("/v1/records", json=body).status_code == 201
    answers = [client.get(f"/v1/cases/{case}/check") for case in ("G-1", "G-2")]
    assert [answer.status_code for answer in answers] == [404, 404]
    told = client.get("/v1/cases/G-1/check", headers=operator)
    assert (told.json()["outcome"], told.json()["kind"]) == ("match", "other")


@pytest.mark.parametrize("as_of", ["9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00"])
def test_a_time_in_which_nothing_happens_is_422(sample: Sample, as_of: str) -> None:
    sample.enter("zc-project")
    answer = sample.client.get(f"/v1/cases/{sample.case}/check", params={"as_of": as_of})
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/malformed-request")


@pytest.mark.parametrize("role", ["bidder", "evaluator", "operator", "public"])
def test_only_who_supervises_sees_more_than_everybody(
    sample: Sample, operator: dict[str, str], role: str
) -> None:
    sample.enter("zc-award")
    headers = {**operator, "Liuhen-Role": role}
    assert sample.get("check", headers)["unchecked"][0]["code"] == "restricted"
    path = f"/v1/cases/{sample.case}/evaluation"
    for given in ({}, headers):
        assert sample.client.get(path, headers=given).status_code == 401


def test_a_time_is_asked_for_with_its_offset(sample: Sample, operator: dict[str, str]) -> None:
    sample.enter("zc-contract")
    late = sample.get("check", operator, as_of="2026-05-30T00:00:00+08:00", **NEVER_LATE)
    early = sample.get("check", operator, as_of="2026-04-24T12:00:00+08:00", **NEVER_LATE)
    assert rules(late) == ["contract-not-published", "contract-not-filed"]
    assert (rules(early), early["outcome"]) == ([], "waiting")
    assert "contract-not-filed" in [each["rule"] for each in early["open"]]
    path = f"/v1/cases/{sample.case}/check?as_of=2026-05-30T00:00:00"
    assert sample.client.get(path, headers=operator).status_code == 422


def test_an_evaluation_is_replayed_once_its_result_is_published(
    sample: Sample, operator: dict[str, str]
) -> None:
    sample.enter("zc-report")
    early = sample.client.get(f"/v1/cases/{sample.case}/evaluation", headers=operator)
    assert early.status_code == 409
    sample.enter("zc-award")
    replay = sample.get("evaluation", operator)
    assert replay["outcome"] == "match"
    assert [each["total"] for each in replay["scores"]] == ["91.56", "88.65", "86.86", "84.68"]
    assert {each["agreement"] for each in replay["figures"]} == {"equal"}


def test_erased_points_are_named_and_the_chain_stays_whole(
    sample: Sample, operator: dict[str, str]
) -> None:
    sample.enter("zc-closing")
    body = {"fields": ["/data/scores/1/points/技术部分"], "basis": "个人信息保护法第四十七条"}
    path = f"/v1/records/{sample.numbers['zc-sheet-E2']}/erasures"
    assert sample.client.post(path, json=body, headers=operator).status_code == 201
    report = sample.get("check", operator, contents=True, **NEVER_LATE)
    assert report["shortfalls"] == []
    replay = sample.get("evaluation", operator)
    assert replay["outcome"] == "could_not_check"
    assert [each["en"] for each in replay["missing"]] == [
        "seat E2 has no points of B02 for 技术部分"
    ]


def test_the_log_tells_where_a_case_ends(sample: Sample, logs: ServedLogs) -> None:
    sample.enter("zc-notice")
    stored = read_case(logs.get(None).store, sample.case)
    assert stored is not None
    assert stored.ending.count == len(stored.entries) == 3
    assert stored.ending.head == stored.entries[-1].commitment
