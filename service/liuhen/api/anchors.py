"""`/v1/anchors`: every anchor, and the whole life of each.

Anchors of a development chain that was started anew are left out: they count nowhere any more.
"""

import heapq
from typing import Annotated, Final

from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from liuhen.api.served_log import ServedLog, ServedLogs
from liuhen.app.describe_anchor import describe_anchor, describe_life
from liuhen.core.canonical import JsonValue, canonical
from liuhen.core.errors import Unknown
from liuhen.domain.anchor_life import AnchorState
from liuhen.ports import AnchorStore

_MOST: Final = 200
_MOST_ID: Final = 2**53 - 1
_NO_STORE: Final = {"Cache-Control": "no-store"}
_Log = Annotated[
    str | None, Query(description="Name of a log; without it, anchors of all logs.", max_length=256)
]
_Before = Annotated[
    int | None,
    Query(
        description="Number of an anchor: only older ones. Take `next` of the page before.",
        ge=1,
        le=_MOST_ID,
    ),
]
_Limit = Annotated[int, Query(description="Most anchors of a page.", ge=1, le=_MOST)]
_State = Annotated[AnchorState | None, Query(description="Only anchors in this state.")]
_AnchorId = Annotated[int, Path(description="Number of the anchor.", ge=1, le=_MOST_ID)]


def anchors_router(logs: ServedLogs) -> APIRouter:
    """Return the routes."""
    router = APIRouter(prefix="/v1/anchors", tags=["anchors"])

    @router.get(
        "",
        summary="Anchors",
        response_class=Response,
        responses={200: {"content": {"application/json": {}}}},
    )
    def list_anchors(
        log: _Log = None, before: _Before = None, limit: _Limit = 50, state: _State = None
    ) -> Response:
        """Anchors as this service has them, newest first.

        `next` is the `before` of the next page, null on the last one. `fee_wei` is what the
        attempts cost that are in a block; wei are strings. What an anchor proves is in receipts,
        and the chain is who says so.
        """
        chosen = logs.logs if log is None else [logs.get(log)]
        states = None if state is None else frozenset({state})
        pages = [
            [(anchor, each, store) for anchor in store.page(before, limit + 1, states)]
            for each in chosen
            for store in each.anchors
        ]
        merged = heapq.merge(*pages, key=lambda found: found[0].anchor_id, reverse=True)
        found = [item for item, _ in zip(merged, range(limit + 1), strict=False)]
        shown: list[JsonValue] = [
            describe_anchor(
                anchor, store.attempts(anchor.anchor_id), each.name, each.anchoring.clock.now()
            )
            for anchor, each, store in found[:limit]
        ]
        rest = found[limit - 1][0].anchor_id if len(found) > limit else None
        return _answer({"anchors": shown, "next": rest})

    @router.get(
        "/{anchor_id}",
        summary="The whole life of an anchor",
        response_class=Response,
        responses={200: {"content": {"application/json": {}}}},
    )
    def get_anchor(anchor_id: _AnchorId) -> Response:
        """The anchor with every attempt at it, oldest first.

        An attempt is one signed tx: nonce, fees offered and paid, state and block. An anchor may
        have none of its own where somebody else's tx brought its head to the chain.
        """
        log, store = _find(logs, anchor_id)
        anchor = store.get(anchor_id)
        now = log.anchoring.clock.now()
        return _answer(describe_life(anchor, store.attempts(anchor_id), log.name, now))

    return router


def _find(logs: ServedLogs, anchor_id: int) -> tuple[ServedLog, AnchorStore]:
    """Return the log and the store that have an anchor; its number is unique in the database."""
    for log in logs.logs:
        for store in log.anchors:
            try:
                store.get(anchor_id)
            except Unknown:
                continue
            return log, store
    raise Unknown(f"this service has no anchor {anchor_id}")


def _answer(body: JsonValue) -> Response:
    return Response(canonical(body), headers=_NO_STORE, media_type="application/json")
