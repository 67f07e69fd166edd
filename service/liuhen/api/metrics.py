"""`/metrics`: numbers on anchoring, in the text form of Prometheus.

Everything is read when it is asked for, from the stores and from what the anchorer has noted: no
chain and no writer is asked. Beside what is stored, only anonymous use is counted. Sums over all
anchors are kept for a while, since a scrape comes often and they change slowly.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from fastapi import APIRouter, Request
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector, CollectorRegistry
from starlette.responses import Response

from liuhen.api.served_log import ServedLog, ServedLogs
from liuhen.app.anchoring import AnchoredSizes, AnchorWork
from liuhen.domain.anchor_life import AnchorState
from liuhen.ports import AnchorTotals, NodeCondition, NodeState

_DAY: Final = timedelta(days=1)
_TOTALS_AGE: Final = timedelta(seconds=30)
_COUNTERS: Final = frozenset(
    {"liuhen_anchor_attempts_total", "liuhen_anchor_reorgs_total"}
    | {"liuhen_anonymous_reads_total", "liuhen_anonymous_checks_total"}
)
_LABELS: Final[Mapping[str, tuple[str, ...]]] = {
    "liuhen_anchors": ("state",),
    "liuhen_anchor_attempts_in_state": ("state",),
    "liuhen_chain_height": ("node",),
    "liuhen_node_up": ("node",),
    "liuhen_node_failures": ("node",),
}
HELP: Final[Mapping[str, str]] = {
    "liuhen_log_size": "Entries of the log.",
    "liuhen_anchored_size": "Size of the largest anchor in a block.",
    "liuhen_final_size": "Size of the largest anchor that is final.",
    "liuhen_unanchored_entries": "Entries that no anchor covers; a lone map head is none.",
    "liuhen_oldest_unanchored_record_seconds": "Age of the oldest record without anchor, or 0.",
    "liuhen_anchoring_ok": "1 if nothing hinders anchoring or is overdue; /readyz says why.",
    "liuhen_anchoring_lease": "1 if this process is the one that anchors the log.",
    "liuhen_anchors": "Anchors by state.",
    "liuhen_anchor_attempts_total": "Attempts ever made.",
    "liuhen_anchor_attempts_in_state": "Attempts by state.",
    "liuhen_anchor_reorgs_total": "Times a reorganisation took an anchor out of a block.",
    "liuhen_anchor_fee_wei": "Cost of all attempts in a block; less after a reorganisation.",
    "liuhen_anchor_spent_day_wei": "The same of the last 24 hours.",
    "liuhen_anchor_day_budget_wei": "What they may cost; missing where no limit is set.",
    "liuhen_publisher_balance_wei": "The publisher's balance, when last seen; missing before.",
    "liuhen_chain_height": "Newest block of a node, when last asked; missing before.",
    "liuhen_node_up": "1 if the node is believed for now.",
    "liuhen_node_failures": "Times something was wrong with a node since the start.",
    "liuhen_anonymous_reads_total": "Reads of cases by nobody in particular, since the start.",
    "liuhen_anonymous_checks_total": "Verifications by nobody in particular, since the start.",
}
"""Every metric with what it is; all carry the label `log`."""


@dataclass(frozen=True, slots=True)
class _Sums:
    """Sums over all anchors of a log, and when they were read."""

    totals: tuple[AnchorTotals, ...]
    spent_wei: int
    read_at: datetime


class AnchorCollector(Collector):
    """Gives the metrics of all logs, as they are at the moment of a scrape."""

    def __init__(self, logs: ServedLogs) -> None:
        """Prepare; nothing is read yet."""
        self._logs = logs
        self._sums: dict[str, _Sums] = {}

    def describe(self) -> Iterable[Metric]:
        """Return the families without numbers, so that registering reads nothing."""
        return _families().values()

    def collect(self) -> Iterable[Metric]:
        """Read everything.

        Raises:
            Unavailable: A store does not answer.
        """
        families = _families()
        for log in self._logs.logs:
            self._add(families, log)
        return families.values()

    def _add(self, families: Mapping[str, Metric], log: ServedLog) -> None:
        def add(name: str, value: float, *labels: str) -> None:
            families[name].add_metric((log.name, *labels), float(value))  # type: ignore[attr-defined]  # both kinds of families have it

        sizes, work = log.anchoring.sizes(), log.anchoring.work()
        for name, value in _plain(log, sizes, work).items():
            if value is not None:
                add(name, value)
        add("liuhen_anonymous_reads_total", self._logs.anonymous.reads(log.name))
        add("liuhen_anonymous_checks_total", self._logs.anonymous.checks(log.name))
        sums = self._read_sums(log)
        for state in AnchorState:
            anchors = sum(total.anchors.get(state, 0) for total in sums.totals)
            attempts = sum(total.attempts.get(state, 0) for total in sums.totals)
            add("liuhen_anchors", anchors, state)
            add("liuhen_anchor_attempts_in_state", attempts, state)
        for name, value in _summed(sums).items():
            add(name, value)
        for name, node in _named(work.nodes):
            if node.height is not None:
                add("liuhen_chain_height", node.height, name)
            add("liuhen_node_up", node.condition is NodeCondition.ANSWERING, name)
            add("liuhen_node_failures", node.failures, name)

    def _read_sums(self, log: ServedLog) -> _Sums:
        now, known = log.anchoring.clock.now(), self._sums.get(log.name)
        if known is None or abs(now - known.read_at) >= _TOTALS_AGE:
            totals = tuple(store.totals() for store in log.anchors)
            spent = sum(store.spent_since(now - _DAY) for store in log.anchors)
            known = self._sums[log.name] = _Sums(totals, spent, now)
        return known


def metrics_router(logs: ServedLogs) -> APIRouter:
    """Return the route."""
    router = APIRouter(tags=["service"])
    registry = CollectorRegistry()
    registry.register(AnchorCollector(logs))

    @router.get(
        "/metrics",
        summary="Numbers on anchoring",
        response_class=Response,
        responses={200: {"content": {"text/plain": {}}}},
    )
    def metrics(request: Request) -> Response:
        """Metrics for Prometheus, or OpenMetrics where that is asked for."""
        encode, media_type = choose_encoder(request.headers.get("accept", ""))
        headers = {"Cache-Control": "no-store", "Content-Type": media_type}
        return Response(encode(registry), headers=headers)

    return router


def _named(nodes: Sequence[NodeState]) -> Iterable[tuple[str, NodeState]]:
    """Name each node by its host; of several on one host, which differ in a secret, by number."""
    seen: Counter[str] = Counter()
    for node in nodes:
        seen[node.host] += 1
        number = seen[node.host]
        yield node.host if number == 1 else f"{node.host} #{number}", node


def _plain(log: ServedLog, sizes: AnchoredSizes, work: AnchorWork) -> Mapping[str, float | None]:
    anchoring = log.anchoring
    is_ok = not work.hindrance and not anchoring.is_overdue(sizes)
    return {
        "liuhen_log_size": sizes.size,
        "liuhen_anchored_size": sizes.anchored_size,
        "liuhen_final_size": sizes.final_size,
        "liuhen_unanchored_entries": sizes.unanchored,
        "liuhen_oldest_unanchored_record_seconds": sizes.waited_seconds(anchoring.clock.now()),
        "liuhen_anchoring_ok": is_ok,
        "liuhen_anchoring_lease": work.holds_lease,
        "liuhen_anchor_day_budget_wei": anchoring.limits.daily_budget_wei,
        "liuhen_publisher_balance_wei": work.balance_wei,
    }


def _summed(sums: _Sums) -> Mapping[str, float]:
    return {
        "liuhen_anchor_attempts_total": sum(sum(t.attempts.values()) for t in sums.totals),
        "liuhen_anchor_reorgs_total": sum(t.reorgs for t in sums.totals),
        "liuhen_anchor_fee_wei": sum(t.fee_wei for t in sums.totals),
        "liuhen_anchor_spent_day_wei": sums.spent_wei,
    }


def _families() -> dict[str, Metric]:
    return {
        name: (CounterMetricFamily if name in _COUNTERS else GaugeMetricFamily)(
            name, text, labels=("log", *_LABELS.get(name, ()))
        )
        for name, text in HELP.items()
    }
