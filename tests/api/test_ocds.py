"""`GET /v1/cases/{case}/ocds`."""

import json
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from liuhen.wiring.app import build_app
from scripts.samples import project
from tests.fakes.running_service import BODY_BYTES, ORIGIN, running_logs

CASE = "SLZX-2026-0031"


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """Serve the sample project, up to its award."""
    folder = tmp_path_factory.mktemp("ocds")
    with running_logs(folder, bids_without_slots=True) as logs:
        app = build_app(logs, hosts=["testserver"], body_bytes=BODY_BYTES)
        with TestClient(app, raise_server_exceptions=False) as client:
            numbers: dict[str, str] = {}
            for sample in project("zc"):
                answer = client.post("/v1/records", content=json.dumps(sample.sent(numbers)))
                assert answer.status_code == 201, (sample.key, answer.text)
                numbers[sample.key] = answer.headers["liuhen-record-id"]
                if sample.submission["type"] == "award_notice":
                    break
            yield client


def test_a_case_is_a_release_package(loaded: TestClient) -> None:
    answer = loaded.get(f"/v1/cases/{CASE}/ocds", params={"prefix": "ocds-213czf"})
    package = answer.json()
    (release,) = package["releases"]
    assert (answer.status_code, package["version"]) == (200, "1.1")
    assert package["publisher"] == {"name": ORIGIN}
    assert release["ocid"] == f"ocds-213czf-{CASE}"
    assert [award["relatedBid"] for award in release["awards"]] == ["B01"]
    assert answer.headers["cache-control"] == "no-store"


def test_the_same_case_is_a_record_package(loaded: TestClient) -> None:
    package = loaded.get(f"/v1/cases/{CASE}/ocds", params={"as": "record"}).json()
    (record,) = package["records"]
    assert record["ocid"] == f"liuhen-{CASE}"
    assert record["compiledRelease"]["tag"] == ["compiled"]
    assert record["releases"][0]["tag"] == ["planning"]


def test_the_same_case_is_the_same_bytes(loaded: TestClient) -> None:
    first, second = (loaded.get(f"/v1/cases/{CASE}/ocds").content for _ in range(2))
    assert first == second


def test_a_case_of_which_nothing_may_be_told_is_not_there(loaded: TestClient) -> None:
    other = {"type": "project", "case": "OTHER-1", "data": {"name": "x", "regime": "other"}}
    assert loaded.post("/v1/records", content=json.dumps(other)).status_code == 201
    hidden, absent = (loaded.get(f"/v1/cases/{case}/ocds") for case in ("OTHER-1", "OTHER-2"))
    assert (hidden.status_code, absent.status_code) == (404, 404)
    assert hidden.json()["detail"].replace("OTHER-1", "") == (
        absent.json()["detail"].replace("OTHER-2", "")
    )


@pytest.mark.parametrize("query", ["as=table", "prefix=a/b", "log=nobody"])
def test_a_question_without_sense_is_refused(loaded: TestClient, query: str) -> None:
    assert loaded.get(f"/v1/cases/{CASE}/ocds?{query}").status_code in (404, 422)
