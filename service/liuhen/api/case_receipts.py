"""`/v1/cases/{case}/receipts`: the records of a case with their proofs, for who may see them."""

from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from liuhen.api.case_page import MOST_SHOWN, Limit, Start, case_page
from liuhen.api.parameters import WITH_KEY_IF_ANY, Case, Log
from liuhen.api.served_log import ServedLogs
from liuhen.app.case_receipts import receipt_lines

NEXT: Final = "Liuhen-Next"
NDJSON: Final = "application/x-ndjson"
_DESCRIPTION: Final = """
One line a record that the reader may know of, in the order of the case: its receipt file, or an
object with `schema` `withheld-record/v1`, its `commitment`, and `type` and `case_seq` where they
may be known.

A receipt names its record's number, which opens the whole record. So receipts are for a role that
may see every field of the type at the stage that the case has reached, and never for the public.
Before the opening no receipt tells a place in the case, and bids are not listed but to the bidder.
What only a role may see is answered after the read was logged: 503 where it cannot be.

The field `Liuhen-Next` is the `start` of the next page; it is not there on the last.
"""


def case_receipts_router(logs: ServedLogs) -> APIRouter:
    """Return the route."""
    router = APIRouter(prefix="/v1/cases", tags=["cases"])

    @router.get(
        "/{case}/receipts",
        summary="The receipts of a case",
        description=_DESCRIPTION,
        response_class=Response,
        responses={200: {"content": {NDJSON: {}}}},
        openapi_extra=WITH_KEY_IF_ANY,
    )
    def receipts(
        case: Case,
        request: Request,
        log: Log = None,
        start: Start = 0,
        limit: Limit = MOST_SHOWN,
    ) -> Response:
        page = case_page(logs, request, case, log, start, limit)
        headers = {"Cache-Control": "no-store"}
        if page.following is not None:
            headers[NEXT] = str(page.following)
        lines = receipt_lines(page.served.prove, page.served.store, page.records)
        return Response("".join(f"{line}\n" for line in lines), headers=headers, media_type=NDJSON)

    return router
