"""The FastAPI application: routes, the door in front of them, and one shape for every error."""

from collections.abc import Collection
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from liuhen import __version__
from liuhen.adapters.clock import SystemClock
from liuhen.adapters.ledger_workbook import write_workbook
from liuhen.api.anchors import anchors_router
from liuhen.api.append import AppendEndpoint, AppendLane
from liuhen.api.attachments import attachments_router
from liuhen.api.board import board_router
from liuhen.api.bulk import BulkEndpoint
from liuhen.api.case_checks import case_checks_router
from liuhen.api.case_receipts import case_receipts_router
from liuhen.api.deadlines import deadlines_router
from liuhen.api.description import describe_append
from liuhen.api.door import Door
from liuhen.api.erasures import erasures_router
from liuhen.api.health import health_router
from liuhen.api.lookup import lookup_router
from liuhen.api.metrics import metrics_router
from liuhen.api.ocds import ocds_router
from liuhen.api.problems import Problem, ProblemRaised, Problems, http_problem, problem_of
from liuhen.api.records import records_router
from liuhen.api.served_log import ServedLogs
from liuhen.api.tiles import tiles_router
from liuhen.api.timeline import timeline_router
from liuhen.api.verify import verify_router
from liuhen.core.errors import AuditError
from liuhen.core.receipt import parse_receipt
from liuhen.core.verdict import Verdict
from liuhen.domain.reading import BEIJING
from liuhen.portal.messages import problem_title
from liuhen.portal.pages import Portal, PublicLog, Site

_APPEND, _BULK = "/v1/records", "/v1/records/bulk"
_ABOUT = (
    "Records in, receipts out. A receipt is checked without this service: `liuhen verify`. Errors"
    " are RFC 9457 problem details; each `type` is a page."
)


def build_app(
    logs: ServedLogs,
    *,
    hosts: Collection[str],
    body_bytes: int = 8 * 2**20,
    bulk_bytes: int = 32 * 2**20,
    receipt_bytes: int = 64 * 2**20,
    attachment_bytes: int = 2**30,
    keep_network_address: bool = False,
) -> FastAPI:
    """Return the application.

    Args:
        logs: What is served.
        hosts: Host names that requests may be for, lower case, without port.
        body_bytes: Largest submission.
        bulk_bytes: Largest body that holds many.
        receipt_bytes: Largest body of a verification.
        attachment_bytes: Largest file that is taken for a record.
        keep_network_address: Whether records name the network address they came from.
    """
    problems = Problems(problem_title)
    # The interactive pages load script from elsewhere, which our own policy forbids.
    # And no path has a second spelling, with a slash at its end or without.
    app = FastAPI(
        title="Liuhen",
        version=__version__,
        description=_ABOUT,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    append = AppendEndpoint(logs, body_bytes, keep_network_address=keep_network_address)
    bulk = BulkEndpoint(logs, bulk_bytes, problems, keep_network_address=keep_network_address)
    app.add_middleware(AppendLane, appends={_APPEND: append, _BULK: bulk}, problems=problems)
    app.add_middleware(Door, hosts=hosts, problems=problems)  # the last added is the outermost
    _answer_errors(app, problems)
    app.router.routes.append(Route(_APPEND, append, methods=["POST"]))
    for router in (
        records_router(logs),
        attachments_router(logs, attachment_bytes),
        erasures_router(logs),
        lookup_router(logs),
        deadlines_router(logs),
        case_checks_router(logs),
        case_receipts_router(logs),
        board_router(logs, write_workbook, lambda: SystemClock().now().astimezone(BEIJING).date()),
        ocds_router(logs),
        verify_router(logs, receipt_bytes),
        timeline_router(logs),
        tiles_router(logs),
        anchors_router(logs),
        health_router(logs),
        metrics_router(logs),
    ):
        app.include_router(router)
    app.router.routes.extend(_portal(logs, receipt_bytes).routes())
    _describe(app)
    return app


def _portal(logs: ServedLogs, receipt_bytes: int) -> Portal:
    def verify_file(body: bytes) -> Verdict:
        return logs.verify.receipt(parse_receipt(body))

    site = Site(__version__, [PublicLog.of(log.policy) for log in logs.logs])
    return Portal(site, verify_file, receipt_bytes)


def _answer_errors(app: FastAPI, problems: Problems) -> None:
    """Send every error through one function, the framework's own included."""

    def handler(problem_from: Any) -> Any:  # noqa: ANN401 -- Starlette's own type of handlers
        async def handle(request: Request, error: Exception) -> Response:
            return problems.of_request(problem_from(error), request)

        return handle

    app.add_exception_handler(AuditError, handler(problem_of))
    app.add_exception_handler(ProblemRaised, handler(lambda error: error.problem))
    app.add_exception_handler(HTTPException, handler(_of_framework))
    app.add_exception_handler(RequestValidationError, handler(_of_validation))
    app.add_exception_handler(Exception, handler(_of_crash))


def _of_framework(error: HTTPException) -> Problem:
    return http_problem(error.status_code, str(error.detail), error.headers)


def _of_validation(error: RequestValidationError) -> Problem:
    """Name the parameters and never repeat their values."""
    places = [
        f"{'/'.join(str(part) for part in item['loc'])}: {item['msg']}" for item in error.errors()
    ]
    return http_problem(422, "; ".join(places))


def _of_crash(error: Exception) -> Problem:
    del error  # its text may hold contents; the diagnostics have it
    return http_problem(500, "the program made a mistake; the diagnostics name it")


def _describe(app: FastAPI) -> None:
    """Add the routes that FastAPI does not know to the description."""
    generate = app.openapi

    def openapi() -> dict[str, Any]:
        return describe_append(generate())

    app.openapi = openapi  # type: ignore[method-assign]  # the way FastAPI itself documents
