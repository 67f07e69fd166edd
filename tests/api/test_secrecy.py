"""Secrecy before the opening, attacked from outside: how many bids there are, and whose."""

from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from starlette.testclient import TestClient

from liuhen.api.served_log import ServedLogs
from liuhen.core.canonical import canonical
from liuhen.wiring.app import build_app
from tests.fakes.running_service import running_logs

DEADLINE = "2099-06-30T09:30:00+08:00"
"""Still to come by the clock of this machine."""


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedLogs]:
    folder = tmp_path_factory.mktemp("service")
    with running_logs(folder, bids_without_slots=True) as served_logs:
        yield served_logs


@pytest.fixture(scope="module")
def client(service: ServedLogs) -> Iterator[TestClient]:
    with TestClient(build_app(service, hosts=["testserver"])) as test_client:
        yield test_client


def send(
    client: TestClient, name: str, case: str, data: dict[str, Any], **more: Any
) -> httpx2.Response:
    body = {"type": name, "case": case, "data": data, **more}
    return client.post("/v1/records", content=canonical(body))


def begin(client: TestClient, case: str, regime: str = "ZC") -> None:
    """Bring a project to the stage in which bids come."""
    project = {"name": "样例", "regime": regime}
    document = {"sha256": 64 * "a", "bid_deadline": DEADLINE}
    for name, data in (("project", project), ("tender_document", document)):
        answer = send(client, name, case, data)
        assert answer.status_code == 201, answer.text


def bid(client: TestClient, case: str, number: int, **more: Any) -> httpx2.Response:
    data = {"receipt_no": f"R-{case}-{number}", "bid_id": f"B{number}"}
    return send(client, "bid_receipt", case, {**data, "supplier_id": f"S{number}", **more})


IMPORTED = {"source": "another system"}


@pytest.mark.parametrize(
    ("name", "occurred_at", "data"),
    [
        ("opening_record", DEADLINE, {"action": "opened"}),
        ("opening_record", None, {"action": "opened", "imported": IMPORTED}),
        ("award_notice", None, {"winner": {"bid_id": "B1"}, "experts": ["甲"]}),
        ("award_notice", DEADLINE, {"winner": {"bid_id": "B1"}, "experts": ["甲"]}),
        ("candidate_publicity", None, {"from": "2099-07-01", "to": "2099-07-09"}),
        ("contract", None, {"action": "signed"}),
    ],
)
def test_no_record_opens_a_case_before_its_deadline_whatever_time_it_claims(
    client: TestClient, name: str, occurred_at: str | None, data: dict[str, Any]
) -> None:
    case = f"EARLY-{name[:5]}-{(occurred_at or 'now')[:4]}-{len(data)}"
    begin(client, case)
    assert bid(client, case, 1).status_code == 201
    before = client.get(f"/v1/cases/{case}").content
    answer = send(client, name, case, data, occurred_at=occurred_at)
    assert (answer.status_code, answer.json()["rule_code"]) == (422, "sealed-until-deadline")
    assert client.get(f"/v1/cases/{case}").content == before


def test_no_time_that_is_over_becomes_the_deadline_of_a_sealed_case(client: TestClient) -> None:
    """A clarification that claims to be of last year could else end the bidding at once."""
    begin(client, case := "BACKDATED")
    published = "2026-01-05T09:00:00+08:00"
    data = {"sha256": 64 * "b", "bid_deadline": "2026-02-20T09:00:00+08:00"}
    withdrawn = {"sha256": 64 * "a", "action": "withdrawn"}
    assert send(client, "tender_document", case, withdrawn).status_code == 201
    answer = send(client, "tender_document", case, data, occurred_at=published)
    problem = answer.json()
    assert (answer.status_code, problem["rule_code"]) == (422, "sealed-until-deadline")
    assert problem["field"] == "/data/bid_deadline"


def test_bids_of_a_case_of_which_nothing_else_is_known_are_sealed(
    client: TestClient, service: ServedLogs
) -> None:
    """A system may send its bids and nothing else: that must not count them."""
    assert service.operator_key is not None
    key = {"Authorization": f"Bearer {service.operator_key.hex()}"}
    for number in (1, 2, 3):
        answer = bid(client, case := "BIDS-ALONE", number)
        told = client.get(f"/v1/records/{answer.headers['Liuhen-Record-Id']}").json()
        assert told["withheld"] == ["/case", "/case_prev", "/case_seq"]
        report = client.get(f"/v1/cases/{case}/check", headers=key).json()
        assert report["count"] is None
        assert [each["code"] for each in report["unchecked"]] == ["sealed"]
