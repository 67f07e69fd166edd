"""Rules of the domain as HTTP, the SDK and the command line tell them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from liuhen.wiring.app import build_app
from scripts.samples import Sample, project, refused
from tests.fakes.running_service import running_logs


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A service that took the sample project up to its opening."""
    folder: Path = tmp_path_factory.mktemp("service")
    with running_logs(folder, bids_without_slots=True) as logs:
        made = TestClient(build_app(logs, hosts=["testserver"]))
        numbers: dict[str, str] = {}
        for sample in project("zc"):
            answer = made.post("/v1/records", json=sample.sent(numbers))
            assert answer.status_code == 201, (sample.key, answer.text)
            numbers[sample.key] = answer.headers["Liuhen-Record-Id"]
            if sample.key == "zc-opening":
                break
        yield made


def breach(key: str) -> Sample:
    return next(sample for sample in refused("zc") if sample.key == key)


def refuse(client: TestClient, key: str, language: str = "en") -> dict[str, Any]:
    sent = breach(key).submission
    answer = client.post("/v1/records", json=sent, headers={"Accept-Language": language})
    assert answer.status_code == 422, answer.text
    problem: dict[str, Any] = answer.json()
    return problem


def test_a_late_bid_is_refused_with_the_receipt_of_the_logged_refusal(client: TestClient) -> None:
    problem = refuse(client, "zc-late-bid")
    assert (problem["type"], problem["rule_code"]) == ("/problems/record-refused", "bid-late")
    assert problem["field"] == "/occurred_at"
    verdict = client.post("/v1/verify", content=problem["receipt"]).json()
    assert verdict["outcome"] == "match"
    stored = client.get(f"/v1/records/{problem['record_id']}").json()["record"]
    assert stored["type"] == "bid_rejection"
    assert stored["submitter"]["organisation"] == "示例市公共资源交易中心"


@pytest.mark.parametrize(
    ("language", "detail"),
    [
        (
            "zh-CN",
            "投标截止时间（2026-03-31T09:30:00+08:00）后送达的投标文件应当拒收（招标投标法第28条",
        ),
        ("en", "/occurred_at: a bid that comes after the deadline"),
    ],
)
def test_a_refusal_is_told_in_the_language_that_was_asked_for(
    client: TestClient, language: str, detail: str
) -> None:
    problem = refuse(client, "zc-late-bid", language)
    assert problem["detail"].startswith(detail)
    assert problem["rule"].startswith("a bid that comes after the deadline")
    assert problem["rule_zh"].startswith("投标截止时间")


def test_a_field_that_lacks_is_named_in_both_languages(client: TestClient) -> None:
    answer = client.post("/v1/records", json={"type": "bid_receipt", "data": {"bid_id": "B01"}})
    problem = answer.json()
    assert (answer.status_code, problem["field"]) == (422, "/data/receipt_no")
    assert problem["rule"] == "the field 'receipt_no' is missing"
    assert problem["rule_zh"] == "缺少必填项“回执号”"


def test_a_field_of_another_form_says_which_form(client: TestClient) -> None:
    data = {"seat": "E1", "scores": [{"bid_id": "B 1", "points": {}}]}
    problem = client.post("/v1/records", json={"type": "score_sheet", "data": data}).json()
    assert problem["field"] == "/data/scores/0/bid_id"
    assert "1 to 64" in problem["rule"]
