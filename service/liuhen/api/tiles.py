"""`/logs/{name}/…`: the log's files for everybody (c2sp.org/tlog-tiles), and its trust policy."""

from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from liuhen.api.served_log import ServedLogs
from liuhen.core.canonical import canonical
from liuhen.core.errors import Unknown
from liuhen.core.tiles import TileRef

_IMMUTABLE: Final = {"Cache-Control": "public, max-age=31536000, immutable"}
_MUTABLE: Final = {"Cache-Control": "no-store"}


def tiles_router(logs: ServedLogs) -> APIRouter:
    """Return the routes."""
    router = APIRouter(prefix="/logs/{name}", tags=["log"])

    @router.get(
        "/checkpoint",
        summary="The newest signed checkpoint",
        response_class=Response,
        responses={200: {"content": {"text/plain": {}}}},
    )
    def get_checkpoint(name: str) -> Response:
        """A signed note (c2sp.org/tlog-checkpoint); the tiles reach at least as far."""
        text = logs.get(name).prove.checkpoint()
        return Response(text, headers=_MUTABLE, media_type="text/plain")

    @router.get(
        "/policy.json",
        summary="The trust policy that this service uses",
        response_class=Response,
        responses={200: {"content": {"application/json": {}}}},
    )
    def get_policy(name: str) -> Response:
        """For comparing with a policy that you got elsewhere; from here alone it proves nothing."""
        body = canonical(logs.get(name).policy.to_json())
        return Response(body, headers=_MUTABLE, media_type="application/json")

    @router.get(
        "/tile/{path:path}",
        summary="A tile of hashes, or a bundle of entries",
        response_class=Response,
        responses={200: {"content": {"application/octet-stream": {}}}},
    )
    def get_tile(name: str, path: str, request: Request) -> Response:
        """`tile/<L>/<N>[.p/<W>]` or `tile/entries/<N>[.p/<W>]`; any other spelling is 404."""
        log = logs.get(name)
        tile = TileRef.parse(f"tile/{path}")
        raw: bytes = request.scope.get("raw_path") or b""
        if raw.partition(b"?")[0] != f"/logs/{name}/{tile.to_path()}".encode():
            raise Unknown("a percent-encoded path is another spelling of a tile")
        return Response(
            log.prove.tile(tile), headers=_IMMUTABLE, media_type="application/octet-stream"
        )

    return router
