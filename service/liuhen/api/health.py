"""`/healthz` and `/readyz`: for whoever watches over the process."""

from typing import Final

from fastapi import APIRouter
from starlette.responses import Response

from liuhen.api.served_log import ServedLog, ServedLogs
from liuhen.app.anchor_rules import Progress
from liuhen.app.anchoring import WatchedAnchoring
from liuhen.core.canonical import JsonValue, canonical
from liuhen.core.errors import Unavailable

_NO_STORE: Final = {"Cache-Control": "no-store"}


def health_router(logs: ServedLogs) -> APIRouter:
    """Return the routes."""
    router = APIRouter(tags=["service"])

    @router.get(
        "/healthz",
        summary="Is the process alive",
        response_class=Response,
        responses={200: {"content": {"application/json": {}}}},
    )
    async def healthz() -> Response:
        """Answers while the process can answer at all."""
        return _answer({"alive": True}, 200)

    @router.get(
        "/readyz",
        summary="Are records accepted",
        response_class=Response,
        responses={200: {"content": {"application/json": {}}}},
    )
    def readyz() -> Response:
        """503 where a log's writer does not accept records, with what is not ready.

        A chain or a witness that is away is reported and is no reason to be unready: records are
        accepted meanwhile, and anchored later.
        """
        states: list[JsonValue] = [_state(log) for log in logs.logs]
        ready = all(isinstance(state, dict) and state["writer"] == "ready" for state in states)
        return _answer({"ready": ready, "logs": states}, 200 if ready else 503)

    return router


def _state(log: ServedLog) -> JsonValue:
    writer = "ready"
    try:
        log.check_ready()
    except Unavailable as error:
        writer = str(error)
    size = log.prove.tree().size
    state: dict[str, JsonValue] = {"log": log.name, "size": size, "writer": writer}
    state["chain"] = _chain(log.anchoring)
    witnesses = dict(log.witness_state())
    return {**state, "witnesses": witnesses} if witnesses else state


def _chain(anchoring: WatchedAnchoring) -> JsonValue:
    sizes, work, limits = anchoring.sizes(), anchoring.work(), anchoring.limits
    waited = sizes.waited_seconds(anchoring.clock.now())
    oldest = sizes.oldest
    nodes: list[JsonValue] = [
        {
            "node": node.host,
            "condition": str(node.condition),
            "height": node.height,
            "trouble": node.trouble or None,
            "failures": node.failures,
        }
        for node in work.nodes
    ]
    return {
        "anchors_here": work.anchors_here,
        "trouble": work.trouble or None,
        "anchored_size": sizes.anchored_size,
        "final_size": sizes.final_size,
        "unanchored": sizes.unanchored,
        "oldest_unanchored_index": None if oldest is None else oldest.entry_index,
        "oldest_unanchored_seconds": int(waited),
        "overdue": waited > limits.overdue_seconds,
        "standing_by": work.progress is Progress.ELSEWHERE,
        "progress": None if work.progress is None else work.progress.name.lower(),
        "shortage": None if work.shortage is None else work.shortage.event,
        "balance_wei": None if work.balance_wei is None else str(work.balance_wei),
        "nodes": nodes,
    }


def _answer(body: JsonValue, status: int) -> Response:
    return Response(canonical(body), status, _NO_STORE, media_type="application/json")
