import httpx2
from starlette.testclient import TestClient

from liuhen.api.served_log import ServedLog
from liuhen.core.canonical import canonical
from liuhen.core.proof_check import ClaimedEntry, check_proof, parse_proof
from liuhen.core.receipt import parse_receipt
from liuhen.core.record import check_record
from liuhen.core.strict_json import parse_json
from liuhen.core.verdict import Outcome


def test_a_record_is_shown_as_it_was_committed_to(
    client: TestClient, appended: httpx2.Response
) -> None:
    answer = client.get(appended.headers["Location"])
    value = parse_json(answer.content)
    assert isinstance(value, dict)
    assert canonical(value) == answer.content
    check_record(value["record"])
    assert value["life"] == "sealed"
    assert value["record_id"] == appended.headers["Liuhen-Record-Id"]


def test_the_links_of_a_record_lead_somewhere(
    client: TestClient, appended: httpx2.Response
) -> None:
    links = client.get(appended.headers["Location"]).json()["links"]
    assert sorted(links) == ["checkpoint", "cose", "disclosure", "policy", "proof", "receipt"]
    for link in links.values():
        assert client.get(link).status_code == 200


def test_the_receipt_can_be_fetched_again(client: TestClient, appended: httpx2.Response) -> None:
    answer = client.get(appended.headers["Location"] + "/receipt")
    assert answer.headers["Content-Type"] == "application/json"
    number = appended.headers["Liuhen-Record-Id"]
    assert answer.headers["Content-Disposition"] == (
        f'attachment; filename="{number}.receipt.json"'
    )
    assert answer.json()["rows"] == appended.json()["rows"]


def test_the_proof_is_a_tlog_proof(client: TestClient, appended: httpx2.Response) -> None:
    answer = client.get(appended.headers["Location"] + "/proof")
    lines = answer.text.split("\n")
    assert lines[0] == "c2sp.org/tlog-proof@v1"
    assert lines[1] == f"index {appended.json()['entry_index']}"
    assert answer.headers["Content-Type"].startswith("text/plain")


def test_the_cose_receipt_is_signed_by_the_logs_key(
    client: TestClient, served: ServedLog, appended: httpx2.Response
) -> None:
    answer = client.get(appended.headers["Location"] + "/cose")
    number = appended.headers["Liuhen-Record-Id"]
    assert answer.headers["Content-Type"] == 'application/cose; cose-type="cose-sign1"'
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{number}.cose"'
    claimed = ClaimedEntry.of(parse_receipt(appended.content))
    verdict = check_proof(parse_proof(answer.content), claimed, served.policy)
    assert verdict.outcome is Outcome.MATCH


def test_the_proof_matches_too(
    client: TestClient, served: ServedLog, appended: httpx2.Response
) -> None:
    answer = client.get(appended.headers["Location"] + "/proof")
    claimed = ClaimedEntry.of(parse_receipt(appended.content))
    verdict = check_proof(parse_proof(answer.content), claimed, served.policy)
    assert verdict.outcome is Outcome.MATCH


def test_an_unknown_record_is_not_found(client: TestClient) -> None:
    for path in ("", "/receipt", "/proof", "/cose"):
        answer = client.get(f"/v1/records/019a8f3e-7c51-7d04-9a57-2f8f7f4a6b11{path}")
        assert (answer.status_code, answer.json()["type"]) == (404, "/problems/unknown")
