"""`/v1/cases/{case}/receipts`: the records of a case with their proofs, for who may see them."""

from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from liuhen.api.parameters import WITH_KEY_IF_ANY, Case, Log
from liuhen.api.reader import reader_of
from liuhen.api.reads import account_for_case
from liuhen.api.served_log import ServedLogs
from liuhen.app.case_receipts import receipt_lines
from liuhen.app.showing import show_case

MOST: Final = 200
NEXT: Final = "Liuhen-Next"
NDJSON: Final = "application/x-ndjson"
_Start = Annotated[int, Query(ge=0, description="How many of the shown records to pass over.")]
_Limit = Annotated[int, Query(ge=1, le=MOST, description="How many to answer at most.")]
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
        start: _Start = 0,
        limit: _Limit = MOST,
    ) -> Response:
        reader = reader_of(request, logs)
        served = logs.get(log)
        publishes = logs.publishes_seat_scores
        shown = show_case(served.store, served.rules, case, reader, publishes_seat_scores=publishes)
        page = shown.records[start : start + limit]
        is_restricted = any(record.is_restricted for record in page)
        account_for_case(logs, served, reader, case, shown.facts, is_restricted=is_restricted)
        headers = {"Cache-Control": "no-store"}
        if start + len(page) < len(shown.records):
            headers[NEXT] = str(start + len(page))
        lines = receipt_lines(served.prove, served.store, page)
        return Response("".join(f"{line}\n" for line in lines), headers=headers, media_type=NDJSON)

    return router
