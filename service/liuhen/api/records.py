"""`/v1/records/{id}`: a stored record, its receipt and its proofs."""

import hashlib
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from liuhen.api.attachments import describe_attachments
from liuhen.api.problems import ProblemRaised, http_problem
from liuhen.api.served_log import ServedLogs
from liuhen.app.life import life_of
from liuhen.app.rows import erased_paths, record_text, record_text_without
from liuhen.core.canonical import JsonValue, canonical_text
from liuhen.core.pointer import to_pointer

_RecordId = Annotated[
    str,
    Path(
        description="Number of the record, a UUID of version 7.",
        examples=["019a8f3e-7c51-7d04-9a57-2f8f7f4a6b11"],
    ),
]
_PRIVATE: Final = {"Cache-Control": "no-store"}
"""A copy on somebody's disk would outlive an erasure."""

_MOST_SHOWN: Final = 100
_NOTHING: Final[list[Any]] = []  # FastAPI copies it
_Show = Annotated[
    list[str],
    Query(
        description="JSON pointers of fields and containers to show; as often as needed.",
        examples=[["/data/scores/2"]],
        max_length=_MOST_SHOWN,
    ),
]
_Hide = Annotated[
    list[Literal["names", "values", "case"]],
    Query(
        description="`names`: of what is hidden, not even the name is told; `values`: its name and"
        " place are; `case`: hide which case the record belongs to. By default `values`, but"
        " `names` where the number of fields is secret itself.",
        max_length=3,
    ),
]


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

        Fields that were erased are null in `record`, and `erased` names them as JSON pointers.
        `attachments` tells of which files named in it the service keeps a copy; `stored` is null
        where that is not known, as for those beyond the first hundred.
        Until the opening `case_seq` and `case_prev` of a project's records are null in `record`,
        and of bids and the like `case` too; `withheld` names them.
        `life` is sealed, anchored or final as this service sees it; a receipt proves it.
        """
        log, record = logs.find_record(record_id)
        life = life_of(log.anchors, record.entry_index)
        links: JsonValue = {
            "receipt": f"/v1/records/{record.record_id}/receipt",
            "proof": f"/v1/records/{record.record_id}/proof",
            "cose": f"/v1/records/{record.record_id}/cose",
            "disclosure": f"/v1/records/{record.record_id}/disclosure",
            "checkpoint": f"/logs/{log.name}/checkpoint",
            "policy": f"/logs/{log.name}/policy.json",
        }
        erased: list[JsonValue] = [to_pointer(path) for path in erased_paths(record)]
        kept, kept_positions = describe_attachments(logs, record)
        hides = log.prove.hidden_paths(record)
        withheld = [to_pointer(path) for path in sorted(hides)]
        hidden = f',"withheld":{canonical_text([*withheld])}' if withheld else ""
        shown = record_text_without(record, hides) if hides else record_text(record)
        # Else the record is put in as the bytes that were committed to.
        text = (
            f'{{"attachments":{canonical_text(kept)},"entry_index":{record.entry_index}'
            f',"erased":{canonical_text(erased)},"life":"{life}","links":{canonical_text(links)}'
            f',"log":{canonical_text(log.name)},"record":{shown}'
            f',"record_id":"{record.record_id}"{hidden}}}'
        )
        files = "".join(f".{position}" for position in kept_positions)
        etag = f'"{record.record_id}.{life}{len(erased) or ""}{files}{"~" if withheld else ""}"'
        headers = {"ETag": etag, **_PRIVATE}
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
        "/{record_id}/disclosure",
        summary="A receipt that shows some fields only",
        response_class=Response,
        responses={200: {"content": {"application/json": {}}}},
    )
    def get_disclosure(
        record_id: _RecordId, show: _Show = _NOTHING, hide: _Hide = _NOTHING
    ) -> Response:
        """The receipt file of a record that shows these fields, and hides the others.

        Format, type, numbers, time and origin are always shown, and so is the case unless hidden.
        """
        if {"names", "values"} <= set(hide):
            raise ProblemRaised(http_problem(422, "hide: either names or values"))
        log, record = logs.find_record(record_id)
        names = True if "names" in hide else False if "values" in hide else None
        text = log.prove.disclosure(record, show, hide_names=names, hide_case="case" in hide)
        name = f'attachment; filename="{record.record_id}.disclosure.json"'
        headers = {"Content-Disposition": name, **_PRIVATE}
        return Response(text.encode(), headers=headers, media_type="application/json")

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

    @router.get(
        "/{record_id}/cose",
        summary="The COSE receipt of a record's entry",
        response_class=Response,
        responses={200: {"content": {"application/cose": {}}}},
    )
    def get_cose(record_id: _RecordId) -> Response:
        """The receipt that SCITT verifiers read (RFC 9942), under the newest head.

        It claims that the entry is in the log, and not where.
        """
        log, record = logs.find_record(record_id)
        content = log.prove.cose_receipt(record.entry_index)
        name = f'attachment; filename="{record.record_id}.cose"'
        return Response(
            content,
            headers={"Content-Disposition": name, **_PRIVATE},
            media_type='application/cose; cose-type="cose-sign1"',
        )

    return router
