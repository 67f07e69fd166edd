"""`/v1/cases/{case}/ocds`: what anybody may see of a case, as OCDS."""

from typing import Annotated, Final, Literal
from urllib.parse import quote

from fastapi import APIRouter, Query
from starlette.responses import Response

from liuhen.api.parameters import Case, Log
from liuhen.api.served_log import ServedLogs
from liuhen.app.export_ocds import DEFAULT_PREFIX, OcdsExport
from liuhen.core.canonical import canonical

_NO_STORE: Final = {"Cache-Control": "no-store"}
_Prefix = Annotated[
    str,
    Query(
        description="What the ocid begins with: the prefix that its publisher has registered.",
        pattern="^[A-Za-z0-9-]{1,32}$",
        examples=["ocds-213czf"],
    ),
]


def ocds_router(logs: ServedLogs) -> APIRouter:
    """Return the route."""
    router = APIRouter(prefix="/v1/cases", tags=["cases"])

    @router.get(
        "/{case}/ocds",
        summary="A case as OCDS",
        response_class=Response,
        responses={200: {"content": {"application/json": {}}}},
    )
    def get_ocds(
        case: Case,
        form: Annotated[
            Literal["release", "record"],
            Query(
                alias="as",
                description="`release`: one of everything; `record`: one a record, and compiled.",
            ),
        ] = "release",
        prefix: _Prefix = DEFAULT_PREFIX,
        log: Log = None,
    ) -> Response:
        """A package (OCDS 1.1) of what anybody may see at the stage that the case has reached.

        Nothing else is in it, whoever asks: it is made to be published. A case of neither law
        (`other`) has nothing that a law opens, and is 404.
        """
        served = logs.get(log)
        export = OcdsExport(served.store, served.rules.context, served.policy.origin)
        uri = f"https://{served.policy.origin.split('/')[0]}/v1/cases/{quote(case, safe='')}/ocds"
        package = export.package(case, uri, prefix=prefix, as_record=form == "record")
        return Response(canonical(package), headers=_NO_STORE, media_type="application/json")

    return router
