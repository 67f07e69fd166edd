"""`/v1/anchors`, and what a reorganisation does to what the API tells."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from liuhen.api.served_log import ServedLogs
from liuhen.core.canonical import canonical
from liuhen.core.policy import Life
from liuhen.core.receipt import parse_receipt
from liuhen.core.strict_json import parse_json
from liuhen.core.verdict import Outcome
from liuhen.domain.anchor_life import AnchorState
from liuhen.wiring.app import build_app
from tests.fakes.anchor_store import MemoryAnchorStore
from tests.fakes.anchored_service import DEPTH, AnchoredService, anchored_service
from tests.fakes.assembled_log import TARGET


@pytest.fixture
def service() -> Iterator[AnchoredService]:
    with anchored_service() as running:
        yield running


def test_a_log_without_anchors_has_an_empty_page(service: AnchoredService) -> None:
    answer = service.client.get("/v1/anchors")
    assert answer.json() == {"anchors": [], "next": None}
    assert answer.headers["Cache-Control"] == "no-store"


def test_an_anchor_tells_its_whole_life(service: AnchoredService) -> None:
    service.append()
    service.step()
    service.clock.move(seconds=40)
    (listed,) = service.client.get("/v1/anchors").json()["anchors"]
    answer = service.client.get(f"/v1/anchors/{listed['id']}")
    told = answer.json()
    assert canonical(parse_json(answer.content)) == answer.content
    (attempt,) = told.pop("attempts")
    assert told == listed
    (stored,) = service.store.tries.values()
    head = service.chain.anchored_head()
    assert (told["size"], told["root"], told["state"]) == (head.size, head.root.hex(), "mined")
    assert told["log"] == "jyg"
    assert (told["chain_id"], told["contract"]) == (20231, "0x" + "c3" * 20)
    assert (told["age_seconds"], told["reorgs"], told["attempt_count"]) == (40, 0, 1)
    assert told["has_checkpoint"]
    assert told["fee_wei"] == attempt["fee_wei"] == str(stored.fee_wei)
    assert told["planned_at"] == "2026-03-02T06:05:07Z"
    block = service.chain.block(told["block"]["number"])
    assert block is not None
    assert told["block"] == attempt["block"]
    assert told["block"]["hash"] == "0x" + block.hash.hex()
    assert attempt["tx_hash"] == "0x" + stored.tx_hash.hex()
    assert (attempt["nonce"], attempt["old_size"], attempt["state"]) == (0, 0, "mined")
    assert attempt["max_fee_wei"] == str(stored.max_fee_wei)


def test_no_signed_tx_is_told(service: AnchoredService) -> None:
    service.chain.automine = False
    service.append()
    service.step()
    (stored,) = service.store.tries.values()
    for path in ("/v1/anchors", "/v1/anchors/1"):
        body = service.client.get(path).text
        assert stored.raw_tx.hex() not in body
        assert "raw" not in body


def fill(service: AnchoredService, count: int) -> None:
    for _ in range(count):
        service.append()
        service.step()
        for _ in range(DEPTH):
            service.chain.add_block()
        service.step()


def test_pages_lead_from_the_newest_to_the_oldest(service: AnchoredService) -> None:
    fill(service, 5)
    seen, before = [], ""
    for _ in range(5):
        page = service.client.get(f"/v1/anchors?limit=2{before}").json()
        assert len(page["anchors"]) <= 2
        seen += [anchor["id"] for anchor in page["anchors"]]
        if page["next"] is None:
            break
        before = f"&before={page['next']}"
    assert seen == [5, 4, 3, 2, 1]
    assert page["next"] is None


def test_a_page_can_be_of_one_state_or_of_one_log(service: AnchoredService) -> None:
    fill(service, 1)
    service.append()
    service.step()

    def found(query: str) -> list[int]:
        anchors = service.client.get(f"/v1/anchors?{query}").json()["anchors"]
        return [anchor["id"] for anchor in anchors]

    assert (found("state=final"), found("state=mined"), found("state=sent")) == ([1], [2], [])
    assert found("log=jyg") == [2, 1]
    assert service.client.get("/v1/anchors?log=other").status_code == 404


def test_anchors_of_several_logs_are_in_one_order(service: AnchoredService) -> None:
    fill(service, 2)
    (own,) = service.logs.logs
    other = MemoryAnchorStore(TARGET, service.clock)
    other.anchors = {7: replace(service.store.get(1), anchor_id=7)}
    del service.store.anchors[1]
    both = ServedLogs([own, replace(own, name="other", anchors=[other])], service.logs.verify)
    client = TestClient(build_app(both, hosts=["testserver"]))
    first = client.get("/v1/anchors?limit=1").json()
    assert [(each["id"], each["log"]) for each in first["anchors"]] == [(7, "other")]
    second = client.get(f"/v1/anchors?limit=1&before={first['next']}").json()
    assert [(each["id"], each["log"]) for each in second["anchors"]] == [(2, "jyg")]
    assert second["next"] is None
    assert client.get("/v1/anchors/7").json()["log"] == "other"


@pytest.mark.parametrize(
    ("path", "field", "rule"),
    [
        ("/v1/anchors?limit=0", "limit", "greater than or equal to 1"),
        ("/v1/anchors?limit=201", "limit", "less than or equal to 200"),
        ("/v1/anchors?limit=few", "limit", "valid integer"),
        ("/v1/anchors?before=0", "before", "greater than or equal to 1"),
        ("/v1/anchors?state=lost", "state", "'final'"),
        ("/v1/anchors/zero", "anchor_id", "valid integer"),
        (f"/v1/anchors/{2**60}", "anchor_id", "less than or equal to"),
    ],
)
def test_a_bad_parameter_is_named_with_its_rule(
    service: AnchoredService, path: str, field: str, rule: str
) -> None:
    answer = service.client.get(path)
    assert answer.status_code == 422
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert field in answer.json()["detail"]
    assert rule in answer.json()["detail"]


def test_an_anchor_that_is_not_there_is_a_problem(service: AnchoredService) -> None:
    answer = service.client.get("/v1/anchors/99")
    assert (answer.status_code, answer.json()["type"]) == (404, "/problems/unknown")


def verdict(service: AnchoredService, receipt: bytes) -> tuple[str, str | None]:
    """Have the service verify a receipt, by a policy that requires final."""
    strict = replace(service.policy, require=Life.FINAL)
    verifier = service.logs.verify
    (log,) = verifier._logs
    found = type(verifier)([replace(log, policy=strict)], service.clock).receipt(
        parse_receipt(receipt)
    )
    return str(found.outcome), None if found.life is None else str(found.life)


def test_a_reorganisation_takes_back_anchored_and_final_is_never_told_too_early(
    service: AnchoredService,
) -> None:
    number = service.append()

    def receipt() -> bytes:
        return service.client.get(f"/v1/records/{number}/receipt").content

    assert service.life(number) == "sealed"
    service.step()
    assert service.life(number) == "anchored"
    first = receipt()
    assert parse_receipt(first).anchors
    assert verdict(service, first)[0] == Outcome.WAITING
    service.chain.automine = False
    service.chain.reorganise(1)
    service.chain.add_block()
    service.step(1)
    assert service.life(number) == "sealed"
    assert not parse_receipt(receipt()).anchors
    # The receipt of the block that is gone can never be taken for a final one.
    assert verdict(service, first)[0] in {Outcome.WAITING, Outcome.COULD_NOT_CHECK}
    (anchor,) = service.client.get("/v1/anchors").json()["anchors"]
    assert (anchor["state"], anchor["reorgs"], anchor["block"]) == ("reorged", 1, None)
    service.step(2)
    service.chain.drop_pool()
    service.chain.automine = True
    service.step()
    assert service.life(number) == "anchored"
    for _ in range(DEPTH):
        assert service.life(number) == "anchored"
        assert verdict(service, receipt())[0] == Outcome.WAITING
        service.chain.add_block()
        service.step()
    assert service.life(number) == "final"
    assert verdict(service, receipt()) == (Outcome.MATCH, Life.FINAL)
    (anchor,) = service.client.get("/v1/anchors").json()["anchors"]
    assert (anchor["state"], anchor["reorgs"]) == (AnchorState.FINAL, 1)


def test_final_that_the_chain_has_lost_is_sealed_again(service: AnchoredService) -> None:
    number = service.append()
    service.step()
    for _ in range(DEPTH):
        service.chain.add_block()
    service.step()
    assert service.life(number) == "final"
    before = service.client.get(f"/v1/records/{number}/receipt").content
    service.chain.automine = False
    service.chain.reorganise(DEPTH + 1)
    service.chain.add_block()
    service.step(1)
    assert service.life(number) == "sealed"
    assert verdict(service, before)[0] != Outcome.MATCH
