"""`/logs/{name}/…`: the log's files for everybody (c2sp.org/tlog-tiles), its policy and its keys.

Every file answers GET and HEAD. What never changes says so and has an `ETag`, the SHA-256 of its
bytes; the checkpoint and what else moves on is never cached, so it needs none. Bundles are not
compressed: their entries are hashes.
"""

import hashlib
import re
from collections.abc import Callable
from typing import Any, Final, TypeVar

from fastapi import APIRouter, Request
from starlette.responses import Response

from liuhen.api.served_log import ServedLogs
from liuhen.core.canonical import canonical
from liuhen.core.errors import Unknown
from liuhen.core.tiles import TileRef

_IMMUTABLE: Final = "public, max-age=31536000, immutable"
_TEXT: Final = "text/plain; charset=utf-8"
_BYTES: Final = "application/octet-stream"
_JSON: Final = "application/json"
_SERIAL: Final = re.compile(r"0|[1-9][0-9]{0,8}", re.ASCII)
_Endpoint = TypeVar("_Endpoint", bound=Callable[..., Response])


def tiles_router(logs: ServedLogs) -> APIRouter:
    """Return the routes."""
    router = APIRouter(prefix="/logs/{name}", tags=["log"])

    @_file(router, "/checkpoint", "The newest signed checkpoint", _TEXT)
    def get_checkpoint(name: str, request: Request) -> Response:
        """A signed note (c2sp.org/tlog-checkpoint); the tiles reach at least as far."""
        return _moving(request, logs.get(name).prove.checkpoint().encode(), _TEXT)

    @_file(router, "/policy.json", "The trust policy that this service uses", _JSON)
    def get_policy(name: str, request: Request) -> Response:
        """For comparing with a policy that you got elsewhere; from here alone it proves nothing."""
        return _moving(request, canonical(logs.get(name).policy.to_json()), _JSON)

    @_file(router, "/keys", "The newest key history", _TEXT)
    def get_keys(name: str, request: Request) -> Response:
        """A signed note (`audit-log-keys/v1`): which key was good for which sizes of the log."""
        histories = logs.get(name).key_histories
        if not histories:
            raise Unknown(f"the log {name[:64]} shows no key history")
        return _moving(request, histories[-1].encode(), _TEXT)

    @_file(router, "/keys/{serial}", "One key history", _TEXT)
    def get_key_history(name: str, serial: str, request: Request) -> Response:
        """The history with this serial number, counted from 0; the older ones stay here."""
        histories = logs.get(name).key_histories
        if _SERIAL.fullmatch(serial) is None or int(serial) >= len(histories):
            raise Unknown(f"the log {name[:64]} has no key history {serial[:20]!r}")
        return _immutable(request, histories[int(serial)].encode(), _TEXT)

    @_file(router, "/tile/{path:path}", "A tile of hashes, or a bundle of entries", _BYTES)
    def get_tile(name: str, path: str, request: Request) -> Response:
        """`tile/<L>/<N>[.p/<W>]` or `tile/entries/<N>[.p/<W>]`; any other spelling is 404."""
        log = logs.get(name)
        return _immutable(request, log.prove.tile(TileRef.parse(f"tile/{path}")), _BYTES)

    return router


def _file(
    router: APIRouter, path: str, summary: str, media_type: str
) -> Callable[[_Endpoint], _Endpoint]:
    """Route GET, which the description shows, and HEAD, which goes without saying."""
    shown: dict[str, Any] = {
        "summary": summary,
        "responses": {200: {"content": {media_type.partition(";")[0]: {}}}},
    }

    def route(endpoint: _Endpoint) -> _Endpoint:
        router.get(path, response_class=Response, **shown)(endpoint)
        router.head(path, response_class=Response, include_in_schema=False)(endpoint)
        return endpoint

    return route


def _moving(request: Request, content: bytes, media_type: str) -> Response:
    """Answer with what may be another file a moment later."""
    _check_spelling(request)
    return _answer(request, content, media_type, {"Cache-Control": "no-store"})


def _immutable(request: Request, content: bytes, media_type: str) -> Response:
    """Answer with what has one content for ever, or that the client has it already."""
    _check_spelling(request)
    etag = f'"{hashlib.sha256(content).hexdigest()}"'
    headers = {"Cache-Control": _IMMUTABLE, "ETag": etag}
    known = request.headers.get("if-none-match", "")
    if etag in known or known.strip() == "*":
        return Response(status_code=304, headers=headers)
    return _answer(request, content, media_type, headers)


def _answer(request: Request, content: bytes, media_type: str, headers: dict[str, str]) -> Response:
    body = b"" if request.method == "HEAD" else content
    answer = Response(body, headers=headers, media_type=media_type)
    answer.headers["Content-Length"] = str(len(content))
    return answer


def _check_spelling(request: Request) -> None:
    """Refuse a path with an escape: no file of the log needs one, and none has two URLs."""
    raw: bytes = request.scope.get("raw_path") or b""
    if b"%" in raw.partition(b"?")[0]:
        raise Unknown("a percent-encoded path is another spelling of a file of the log")
