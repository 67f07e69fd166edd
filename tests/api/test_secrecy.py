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
        ("opening_record", None, {"action": "opened", "imported": IMPORTED}),
        ("opening_record", DEADLINE, {"action": "opened", "imported": IMPORTED}),
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
    rule = "history-in-live-case" if "imported" in data else "sealed-until-deadline"
    assert (answer.status_code, answer.json()["rule_code"]) == (422, rule)
    assert client.get(f"/v1/cases/{case}").content == before


def test_an_opening_dated_ahead_is_refused_in_the_same_words_whatever_bids_there_are(
    client: TestClient,
) -> None:
    begin(client, case := "AHEAD")
    said = set()
    for known in (False, True):
        if known:
            assert bid(client, case, 1, ciphertext_sha256=64 * "c").status_code == 201
        for opened in ("B1", "B2"):
            row = {"bid_id": opened, "ciphertext_sha256": 64 * "d"}
            data = {"action": "opened", "bids": [row]}
            answer = send(client, "opening_record", case, data, occurred_at=DEADLINE)
            problem = answer.json()
            del problem["instance"]
            said.add(canonical(problem))
    assert len(said) == 1
    assert problem["rule_code"] == "opening-too-early"


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


def late(client: TestClient, case: str, key: str, **more: Any) -> dict[str, Any]:
    """Send a bid that comes late; return why it is refused."""
    data = {"receipt_no": "R1", "bid_id": "B1", "supplier_id": "S1", **more}
    body: dict[str, Any] = {"type": "bid_receipt", "case": case, "data": data}
    answer = client.post("/v1/records", content=canonical(body), headers={"Idempotency-Key": key})
    assert answer.status_code == 422, answer.text
    problem: dict[str, Any] = answer.json()
    return problem


def test_whatever_keys_were_used_before_a_late_bid_is_logged(client: TestClient) -> None:
    """An operator could else use up the key of the refusal, and the bid would never have come."""
    begin_in_the_past(client, case := "LATE-KEYS")
    for key in ("refused:K", "refused-K", "K2"):
        spent: dict[str, Any] = {"type": "generic", "data": {"key": key}}
        client.post("/v1/records", content=canonical(spent), headers={"Idempotency-Key": key})
    first = late(client, case, "K")
    assert (first["rule_code"], bool(first["record_id"])) == ("bid-late", True)
    long = 250 * "k"
    numbers = [late(client, case, long + end, bid_id=f"B{end}")["record_id"] for end in "12"]
    assert len({first["record_id"], *numbers}) == 3


def test_a_late_bid_that_is_sent_again_is_answered_with_the_same_refusal(
    client: TestClient,
) -> None:
    """Also where it states no time, and so is later still than it was."""
    begin_in_the_past(client, case := "LATE-AGAIN")
    first, second = (late(client, case, "again") for _ in range(2))
    assert first["rule_code"] == second["rule_code"] == "bid-late"
    assert first["record_id"] == second["record_id"]


def begin_in_the_past(client: TestClient, case: str) -> None:
    """Bring a project to the stage in which bids come, whose deadline is over by now."""
    document = {"sha256": 64 * "a", "bid_deadline": "2026-03-31T09:30:00+08:00"}
    for name, data in (
        ("project", {"name": "样例", "regime": "ZC"}),
        ("tender_document", document),
    ):
        answer = send(client, name, case, data, occurred_at="2026-03-02T09:00:00+08:00")
        assert answer.status_code == 201, answer.text
