"""`/v1/lookup`: which records contain this."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from liuhen.api.digest import PATTERN, parse_digest
from liuhen.api.served_log import ServedLogs
from liuhen.core.canonical import JsonValue, canonical
from liuhen.core.errors import Unknown

_Digest = Annotated[
    str,
    Query(
        description="SHA-256 of the canonical form of `data`, or of an attachment; or its SM3.",
        examples=["sha-256:" + 64 * "0"],
        json_schema_extra={"pattern": f"^{PATTERN}$"},
    ),
]


def lookup_router(logs: ServedLogs) -> APIRouter:
    """Return the routes."""
    router = APIRouter(prefix="/v1", tags=["records"])

    @router.get(
        "/lookup",
        summary="Records by digest",
        response_class=Response,
        responses={200: {"content": {"application/json": {}}}},
    )
    def look_up(digest: _Digest) -> Response:
        """The oldest records whose data or attachment has this digest; 404 where there is none.

        Before the opening what tells of bids is found by the sealed file alone, and before the
        result nothing of the evaluation by its `data`: few values can be guessed.
        """
        wanted = parse_digest(digest)
        found: list[JsonValue] = [
            {
                "entry_index": record.entry_index,
                "log": log.name,
                "record_id": record.record_id,
                "recorded_at": record.recorded_at,
                "type": record.type,
            }
            for log in logs.logs
            for record in log.find.told(wanted)
        ]
        if not found:
            raise Unknown(f"no record of this service contains {digest}")
        body = canonical({"digest": digest, "records": found})
        return Response(body, headers={"Cache-Control": "no-store"}, media_type="application/json")

    return router
