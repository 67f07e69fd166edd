"""`/metrics`: what is served is what is so, and costs nobody a question."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from prometheus_client.openmetrics.parser import (
    text_string_to_metric_families as parse_openmetrics,
)
from prometheus_client.parser import text_string_to_metric_families

from liuhen.api.metrics import HELP
from liuhen.app.anchoring import AnchorWork
from liuhen.app.attempt import Shortage
from liuhen.ports import NodeCondition, NodeState
from tests.fakes.anchored_service import DEPTH, AnchoredService, anchored_service

UP = NodeState("node.example:8545", NodeCondition.ANSWERING, 41, "", 2)
DOWN = NodeState("other.example", NodeCondition.SILENT, None, "does not answer", 7)


@pytest.fixture
def service() -> Iterator[AnchoredService]:
    with anchored_service() as running:
        yield running


def scrape(service: AnchoredService) -> dict[tuple[str, ...], float]:
    """Return every number by its name and labels, the log's left out."""
    answer = service.client.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    numbers = {}
    families = text_string_to_metric_families(answer.text)
    for family in families:
        for sample in family.samples:
            assert sample.labels["log"] == "jyg"
            rest = [value for label, value in sample.labels.items() if label != "log"]
            numbers[sample.name, *rest] = sample.value
    return numbers


def value(service: AnchoredService, *name: str) -> float | None:
    return scrape(service).get(name)


def test_every_metric_is_served_with_its_help(service: AnchoredService) -> None:
    service.work = replace(service.work, nodes=[UP])
    text = service.client.get("/metrics").text
    for name, help_text in HELP.items():
        assert f"# HELP {name} {help_text}\n" in text
    assert {name for name, *_ in scrape(service)} == set(HELP)


def test_openmetrics_is_served_where_it_is_asked_for(service: AnchoredService) -> None:
    headers = {"Accept": "application/openmetrics-text; version=1.0.0"}
    answer = service.client.get("/metrics", headers=headers)
    assert answer.headers["Content-Type"].startswith("application/openmetrics-text")
    assert len(list(parse_openmetrics(answer.text))) == len(HELP)  # type: ignore[no-untyped-call]  # theirs


def test_the_oldest_record_without_anchor_ages_until_it_is_anchored(
    service: AnchoredService,
) -> None:
    name = "liuhen_oldest_unanchored_record_seconds"
    assert value(service, name) == 0
    service.append()
    service.clock.move(seconds=50)
    service.append()
    service.clock.move(seconds=50)
    assert value(service, name) == pytest.approx(100)
    assert value(service, "liuhen_unanchored_entries") == 3  # the opening too
    service.chain.automine = False
    service.step()
    assert value(service, name) == pytest.approx(100)  # sent is not anchored
    service.chain.add_block()
    service.step()
    assert value(service, name) == 0
    assert value(service, "liuhen_unanchored_entries") == 0


def test_a_lone_map_head_waits_for_nothing(service: AnchoredService) -> None:
    service.append()
    service.step()
    size = service.log.store.head().tree.size
    service.log.writer.request_map_head().result(20)
    service.clock.move(seconds=500)
    assert service.log.store.head().tree.size >= size
    assert value(service, "liuhen_oldest_unanchored_record_seconds") == 0
    assert value(service, "liuhen_unanchored_entries") == 0


def test_sizes_states_fees_and_reorganisations_are_those_of_the_store(
    service: AnchoredService,
) -> None:
    service.append()
    service.step()
    service.chain.reorganise(1, again=True)
    service.step()
    for _ in range(DEPTH):
        service.chain.add_block()
    service.step()
    size = service.chain.anchored_head().size
    numbers = scrape(service)
    for name in ("liuhen_log_size", "liuhen_anchored_size", "liuhen_final_size"):
        assert numbers[name,] == size
    assert numbers["liuhen_anchors", "final"] == 1
    assert numbers["liuhen_anchors", "reorged"] == 0
    assert numbers["liuhen_anchor_attempts_in_state", "final"] == 1
    assert numbers["liuhen_anchor_attempts_total",] == 1
    assert numbers["liuhen_anchor_reorgs_total",] == 1
    (attempt,) = service.store.tries.values()
    assert numbers["liuhen_anchor_fee_wei",] == attempt.fee_wei
    assert numbers["liuhen_anchor_spent_day_wei",] == attempt.fee_wei
    assert numbers["liuhen_anchor_day_budget_wei",] == 10**15


def test_sums_are_kept_for_a_while_and_then_read_again(service: AnchoredService) -> None:
    assert value(service, "liuhen_anchor_attempts_total") == 0
    service.append()
    service.step()
    assert value(service, "liuhen_anchor_attempts_total") == 0
    service.clock.move(seconds=31)
    assert value(service, "liuhen_anchor_attempts_total") == 1


def test_what_hinders_anchoring_takes_the_ok_away(service: AnchoredService) -> None:
    name = "liuhen_anchoring_ok"
    assert value(service, name) == 1
    well = service.work
    for work in (
        replace(well, trouble="the node is away"),
        replace(well, shortage=Shortage("anchor.low_balance", {"wei": 0})),
    ):
        service.work = work
        assert value(service, name) == 0
    service.work = well
    service.append()
    service.clock.move(seconds=1799)
    assert value(service, name) == 1
    service.clock.move(seconds=2)
    assert value(service, name) == 0


def test_nodes_balance_and_lease_are_what_the_anchorer_noted(service: AnchoredService) -> None:
    service.work = AnchorWork(
        anchors_here=True, holds_lease=False, balance_wei=12345, nodes=[UP, DOWN]
    )
    numbers = scrape(service)
    assert numbers["liuhen_publisher_balance_wei",] == 12345
    assert numbers["liuhen_anchoring_lease",] == 0
    assert numbers["liuhen_chain_height", UP.host] == 41
    assert ("liuhen_chain_height", DOWN.host) not in numbers
    assert (numbers["liuhen_node_up", UP.host], numbers["liuhen_node_up", DOWN.host]) == (1, 0)
    assert numbers["liuhen_node_failures", DOWN.host] == 7
    service.work = AnchorWork(anchors_here=False)
    assert ("liuhen_publisher_balance_wei",) not in scrape(service)


def test_two_nodes_of_one_host_are_two(service: AnchoredService) -> None:
    service.work = replace(service.work, nodes=[UP, replace(DOWN, host=UP.host)])
    numbers = scrape(service)
    assert numbers["liuhen_node_up", UP.host] == 1
    assert numbers["liuhen_node_up", f"{UP.host} #2"] == 0


def test_a_scrape_asks_no_chain_and_no_writer(service: AnchoredService) -> None:
    service.append()
    service.step()
    service.chain.down = True
    service.log.close()
    assert scrape(service)["liuhen_anchored_size",] > 0


def test_readyz_tells_the_same_in_words(service: AnchoredService) -> None:
    service.append()
    service.clock.move(seconds=2000)
    service.work = replace(
        service.work, shortage=Shortage("anchor.over_budget", {}), nodes=[UP, DOWN]
    )
    (log,) = service.client.get("/readyz").json()["logs"]
    chain = log["chain"]
    assert (chain["oldest_unanchored_index"], chain["oldest_unanchored_seconds"]) == (0, 2000)
    assert (chain["overdue"], chain["shortage"]) == (True, "anchor.over_budget")
    assert (chain["balance_wei"], chain["standing_by"]) == (str(10**18), False)
    assert [node["condition"] for node in chain["nodes"]] == ["answering", "silent"]
