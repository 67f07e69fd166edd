"""`POST /v1/records/{id}/erasures`: take the value of a field away for good.

For the operator alone: the request carries the text of `operator.key`. Everything else of the
service is not protected yet.
"""

from typing import Annotated, Final

from fastapi import APIRouter, Path, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from liuhen.api.body import ClientGone, read_body
from liuhen.api.operator_key import check_operator
from liuhen.api.problems import ProblemRaised, http_problem
from liuhen.api.served_log import ServedLogs
from liuhen.app.erase import ErasureDone
from liuhen.core.canonical import JsonValue, canonical
from liuhen.core.erasure import MAX_BASIS_CHARACTERS, MAX_FIELDS
from liuhen.core.strict_json import parse_json

MAX_BODY: Final = 2**20
_DESCRIPTION: Final = f"""
Erases fields of a record: value and salt are destroyed, with everything they could be found or
guessed by. The record keeps its place, and every receipt made from now on withholds these fields
and verifies as before. Receipts that were given out earlier still show them.

Needs `Authorization: Bearer` with the text of `operator.key`. The body is
`{{"fields": [POINTER, …], "basis": TEXT}}`: 1 to {MAX_FIELDS} JSON pointers of fields or
containers, and the legal basis, one line of at most {MAX_BASIS_CHARACTERS} characters, which stays
in the log.

201 names the `log.erasure` record that tells of it. `purged` is false while a reader of the
database still holds an older state of its files; the service goes on trying.
"""
_EXAMPLE: Final = {"fields": ["/data/bidder/phone"], "basis": "PIPL art. 47 (1)"}


def erasures_router(logs: ServedLogs) -> APIRouter:
    """Return the routes."""
    router = APIRouter(prefix="/v1/records", tags=["records"])

    @router.post(
        "/{record_id}/erasures",
        status_code=201,
        summary="Erase fields of a record",
        description=_DESCRIPTION,
        response_class=Response,
        responses={201: {"content": {"application/json": {}}}},
        openapi_extra={
            "security": [{"operator": []}],
            "requestBody": {
                "required": True,
                "content": {"application/json": {"example": _EXAMPLE}},
            },
        },
    )
    async def erase(
        record_id: Annotated[str, Path(description="Number of the record.")], request: Request
    ) -> Response:
        check_operator(request, logs.operator_key)
        try:
            body = await read_body(request.receive, MAX_BODY)
        except ClientGone:
            return Response(status_code=400)
        fields, basis = _read(body)
        done = await run_in_threadpool(_erase, logs, record_id, fields, basis)
        location = f"/v1/records/{done.erasure.erasure_id}"
        headers = {"Cache-Control": "no-store", "Location": location}
        return Response(canonical(_json(done)), 201, headers, media_type="application/json")

    return router


def _erase(logs: ServedLogs, record_id: str, fields: list[str], basis: str) -> ErasureDone:
    log, record = logs.find_record(record_id)
    return log.erase.erase(record.record_id, fields, basis)


def _json(done: ErasureDone) -> JsonValue:
    return {
        "basis": done.erasure.basis,
        "entry_index": done.entry_index,
        "erased": list(done.fields),
        "erasure_id": done.erasure.erasure_id,
        "fields": [list(path) for path in done.erasure.fields],
        "purged": done.purged,
        "record_id": done.erasure.record_id,
    }


def _read(body: bytes) -> tuple[list[str], str]:
    value = parse_json(body)
    if not isinstance(value, dict) or value.keys() != {"fields", "basis"}:
        raise _refused("the body must have exactly fields and basis")
    fields, basis = value["fields"], value["basis"]
    if not isinstance(fields, list) or not isinstance(basis, str):
        raise _refused("fields must be an array of JSON pointers, and basis a text")
    pointers = [field for field in fields if isinstance(field, str)]
    if len(pointers) != len(fields):
        raise _refused("fields must be an array of JSON pointers, and basis a text")
    return pointers, basis


def _refused(detail: str) -> ProblemRaised:
    return ProblemRaised(http_problem(400, detail))
