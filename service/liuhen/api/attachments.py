"""`/v1/records/{id}/attachments/{n}`: the files that a record names, where the service keeps them.

A file goes straight from the connection to its place and back, a piece at a time: never whole in
memory. What is sent back is always a download, never a page: whoever attached it is not the site.
"""

import re
import time
from collections.abc import Iterator
from typing import Annotated, Final
from urllib.parse import quote

import anyio
import anyio.from_thread
import anyio.to_thread
from fastapi import APIRouter, Path, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response, StreamingResponse
from starlette.types import Message

from liuhen.api.body import ClientGone
from liuhen.api.problems import ProblemRaised, http_problem
from liuhen.api.served_log import ServedLogs
from liuhen.core.attachment import Attachment
from liuhen.core.canonical import JsonValue
from liuhen.core.errors import FileMismatch
from liuhen.ports import StoredRecord

_RecordId = Annotated[str, Path(description="Number of the record, a UUID of version 7.")]
_Position = Annotated[int, Path(description="Position in the record's attachments, from 0.", ge=0)]
_UPLOADS: Final = 8
"""Files taken at once; each holds a thread while its bytes come. Others wait their turn."""

_SILENCE_SECONDS: Final = 60.0
_SLOWEST: Final = 16 * 2**10
"""Bytes a second that an upload must come to, or a few slow clients would keep all others out."""

_MEDIA_TYPE: Final = re.compile(r"[a-z0-9][a-z0-9.+-]{0,63}/[a-z0-9][a-z0-9.+-]{0,63}", re.ASCII)
_ANY_BYTES: Final = "application/octet-stream"
_PLAIN_NAME: Final = re.compile(r"[^A-Za-z0-9._ -]", re.ASCII)
_MOST_NAME: Final = 200


def attachments_router(logs: ServedLogs, attachment_bytes: int) -> APIRouter:
    """Return the routes.

    Args:
        logs: What is served.
        attachment_bytes: Largest file that is taken.
    """
    router = APIRouter(prefix="/v1/records/{record_id}/attachments", tags=["records"])
    uploads: list[anyio.CapacityLimiter] = []  # made in the event loop that it belongs to

    @router.put(
        "/{position}",
        summary="Have the service keep a file that a record names",
        response_class=Response,
        responses={201: {"description": "Kept."}, 204: {"description": "It was kept already."}},
        openapi_extra={
            "requestBody": {
                "required": True,
                "content": {_ANY_BYTES: {"schema": {"type": "string", "format": "binary"}}},
            }
        },
    )
    async def put_attachment(
        record_id: _RecordId, position: _Position, request: Request
    ) -> Response:
        """The body is the file as it is; it must have the length and digest in the record."""

        def find() -> Attachment:
            return logs.files.find(logs.find_record(record_id)[1], position)

        attachment = await run_in_threadpool(find)
        _check_length(request.headers.get("content-length"), attachment, attachment_bytes)
        if not uploads:
            uploads.append(anyio.CapacityLimiter(_UPLOADS))

        def keep() -> bool:
            return logs.files.put(
                attachment,
                _pieces(request, attachment.size),
                lambda: logs.find_record(record_id)[1],
            )

        try:
            new = await anyio.to_thread.run_sync(keep, limiter=uploads[0])
        except ClientGone:
            return Response(status_code=400)
        return Response(status_code=201 if new else 204, headers={"Cache-Control": "no-store"})

    @router.get(
        "/{position}",
        summary="A file that a record names",
        response_class=Response,
        responses={200: {"content": {_ANY_BYTES: {}}}},
    )
    def get_attachment(record_id: _RecordId, position: _Position) -> Response:
        """The file as it was put; compare its digest with the one in the receipt."""
        attachment = logs.files.find(logs.find_record(record_id)[1], position)
        headers = {
            "Cache-Control": "no-store",
            "Content-Disposition": _disposition(attachment),
            "Content-Length": str(attachment.size),
            "Content-Type": _media_type(attachment.media_type),
            "ETag": f'"{attachment.sha256.hex()}"',
        }
        return StreamingResponse(logs.files.read(attachment), headers=headers)

    return router


def describe_attachments(logs: ServedLogs, record: StoredRecord) -> tuple[JsonValue, list[int]]:
    """Return which files a record names, and the positions of those that are kept here."""
    found = logs.files.stored(record)
    described: JsonValue = [
        {
            "href": f"/v1/records/{record.record_id}/attachments/{attachment.position}",
            "position": attachment.position,
            "stored": stored,
        }
        for attachment, stored in found
    ]
    return described, [attachment.position for attachment, stored in found if stored]


def _check_length(declared: str | None, attachment: Attachment, most: int) -> None:
    """Refuse before anything is read what cannot become right.

    Raises:
        ProblemRaised: The file is longer than this service takes.
        FileMismatch: The body is of another length than the file.
    """
    closing = {"Connection": "close"}
    if attachment.size > most:
        detail = f"the file has {attachment.size} bytes, this service takes {most}"
        raise ProblemRaised(http_problem(413, detail, closing))
    if declared is not None and declared != str(attachment.size):
        detail = f"the body has {declared[:20]} bytes, the record names {attachment.size}"
        raise FileMismatch(detail)


def _pieces(request: Request, size: int) -> Iterator[bytes]:
    """Return the body as it arrives, from a thread beside the event loop."""
    end = time.monotonic() + _SILENCE_SECONDS + size / _SLOWEST
    more = True
    while more:
        message = anyio.from_thread.run(_receive, request, end - time.monotonic())
        if message["type"] != "http.request":
            raise ClientGone
        more = message.get("more_body", False)
        piece: bytes = message.get("body", b"")
        if piece:
            yield piece


async def _receive(request: Request, seconds_left: float) -> Message:
    try:
        with anyio.fail_after(min(_SILENCE_SECONDS, max(0.0, seconds_left))):
            return await request.receive()
    except TimeoutError as error:
        detail = (
            f"no byte came for {_SILENCE_SECONDS:g} seconds"
            if seconds_left >= _SILENCE_SECONDS
            else f"the file comes with less than {_SLOWEST} bytes a second"
        )
        raise ProblemRaised(http_problem(408, detail, {"Connection": "close"})) from error


def _media_type(named: str | None) -> str:
    """Return the media type as named, where it can be one; its parameters are left out."""
    kind = (named or "").partition(";")[0].strip().lower()
    return kind if _MEDIA_TYPE.fullmatch(kind) else _ANY_BYTES


def _disposition(attachment: Attachment) -> str:
    """Say what to call the file, without letting its name say anything else (RFC 6266)."""
    name = (attachment.name or f"attachment-{attachment.position}")[:_MOST_NAME]
    name = name.replace("\\", "/").rpartition("/")[2].strip(". ") or "attachment"
    plain = _PLAIN_NAME.sub("_", name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
