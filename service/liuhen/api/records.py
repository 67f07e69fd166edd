"""`/v1/records/{id}`: a stored record, its receipt and its proof."""

import hashlib
from typing import Annotated, Final

from fastapi import APIRouter, Path
from starlette.responses import Response

from liuhen.api.served_log import ServedLogs
from liuhen.app.life import life_of
from liuhen.core.canonical import JsonValue, canonical_text

_RecordId = Annotated[
    str,
    Path(
        description="Number of the record, a UUID of version 7.",
        examples=["019a8f3e-7c51-7d04-9a57-2f8f7f4a6b11"],
    ),
]
_PRIVATE: Final = {"Cache-Control": "private, no-cache"}


def records_router(logs: ServedLogs) -> APIRouter:
    """Return the routes."""
    router = APIRouter(prefix="/v1/records", tags=["records"])

    @router.get(
        "/{record_id}",
        summary="A record",
        response_class=Response,
        responses={200: {"content": {"application/json": {}}}},
    )
    def get_record(record_id: _RecordId) -> Response:
        """The record as stored, its leaf index, and how far its entry has come.

        `life` is sealed, anchored or final as this service sees it; a receipt proves it.
        """
        log, record = logs.find_record(record_id)
        life = life_of(log.anchors, record.entry_index)
        links: JsonValue = {
            "receipt": f"/v1/records/{record.record_id}/receipt",
            "proof": f"/v1/records/{record.record_id}/proof",
            "checkpoint": f"/logs/{log.name}/checkpoint",
            "policy": f"/logs/{log.name}/policy.json",
        }
        # The record is put in as the bytes that were committed to.
        text = (
            f'{{"entry_index":{record.entry_index},"life":"{life}","links":{canonical_text(links)}'
            f',"log":{canonical_text(log.name)},"record":{record.body.decode()}'
            f',"record_id":"{record.record_id}"}}'
        )
        headers = {"ETag": f'"{record.record_id}.{life}"', **_PRIVATE}
        return Response(text, headers=headers, media_type="application/json")

    @router.get(
        "/{record_id}/receipt",
        summary="The receipt of a record",
        response_class=Response,
        responses={200: {"content": {"application/json": {}}}},
    )
    def get_receipt(record_id: _RecordId) -> Response:
        """The receipt file (`audit-receipt/v1`), with the anchors there are by now.

        Keep the bytes as they are: a receipt that was laid out anew is refused.
        """
        log, record = logs.find_record(record_id)
        content = log.prove.receipt(record).encode()
        headers = {
            "Content-Disposition": f'attachment; filename="{record.record_id}.receipt.json"',
            "ETag": f'"{hashlib.sha256(content).hexdigest()}"',
            **_PRIVATE,
        }
        return Response(content, headers=headers, media_type="application/json")

    @router.get(
        "/{record_id}/proof",
        summary="The inclusion proof of a record's entry",
        response_class=Response,
        responses={200: {"content": {"text/plain": {}}}},
    )
    def get_proof(record_id: _RecordId) -> Response:
        """The proof as a file that other tools read (c2sp.org/tlog-proof)."""
        log, record = logs.find_record(record_id)
        text = log.prove.tlog_proof(record.entry_index)
        name = f'attachment; filename="{record.record_id}.tlog-proof"'
        return Response(
            text, headers={"Content-Disposition": name, **_PRIVATE}, media_type="text/plain"
        )

    return router
