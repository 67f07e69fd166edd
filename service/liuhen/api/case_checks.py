"""`/v1/cases/{case}/check` and `/evaluation`: what a case lacks, and its totals computed again."""

from datetime import datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from liuhen.api.parameters import WITH_KEY, WITH_KEY_IF_ANY, Case, Log
from liuhen.api.problems import ProblemRaised, http_problem
from liuhen.api.reader import reader_of
from liuhen.api.reads import account_for_case
from liuhen.api.served_log import ServedLog, ServedLogs
from liuhen.app.case_sight import (
    SEES_ALL,
    check_result_is_public,
    no_case,
    shown_report,
)
from liuhen.app.check_case import StoredCase, read_case
from liuhen.core.canonical import JsonValue, canonical
from liuhen.domain.case_time import limits_of
from liuhen.domain.evaluation_json import replay_to_json
from liuhen.domain.facts import stage_of
from liuhen.domain.reading import YEARS

_MOST_HOURS: Final = 24 * 366 * 100
_AsOf = Annotated[
    datetime | None,
    Query(description="The time to speak of, with its offset; without it, now."),
]
_Hours = Annotated[
    float | None,
    Query(
        description="How many hours after an event its record is late; by default 2.",
        ge=0,
        le=_MOST_HOURS,
    ),
]
_Contents = Annotated[
    bool,
    Query(description="Whether to hold every record against its entry in the log; slow."),
]
_JSON: Final[dict[int | str, dict[str, Any]]] = {200: {"content": {"application/json": {}}}}


def case_checks_router(logs: ServedLogs) -> APIRouter:
    """Return the routes."""
    router = APIRouter(prefix="/v1/cases", tags=["cases"])

    @router.get(
        "/{case}/check",
        summary="What a case lacks",
        response_class=Response,
        responses=_JSON,
        openapi_extra=WITH_KEY_IF_ANY,
    )
    def check(
        case: Case,
        request: Request,
        log: Log = None,
        as_of: _AsOf = None,
        late_after_hours: _Hours = None,
        contents: _Contents = False,  # noqa: FBT002 -- by name, as a query has it
    ) -> Response:
        """The chain of a case, its rules replayed, missing steps, and times that do not fit.

        `outcome` is match (complete), waiting (nothing is wrong, and steps are open), different
        (there are shortfalls), or could_not_check. Each shortfall names its rule and basis in both
        languages. Before the opening of a project nothing is told. Supervisors, auditors,
        inspectors and the discipline group see all of it, after the read was logged; everybody else
        whether the chain is whole, of projects after their opening.
        """
        reader = reader_of(request, logs)
        if as_of is not None and (as_of.tzinfo is None or as_of.year not in YEARS):
            years = f"from {YEARS.start} to {YEARS.stop - 1}"
            raise ProblemRaised(http_problem(422, f"as_of: a time with its offset, {years}"))
        served = logs.get(log)
        stored = _read(served, case, contents=contents)
        report = stored.check(
            served.rules.context, as_of or served.clock.now(), limits_of(late_after_hours)
        )
        shown = shown_report(stored, report, reader.role)
        is_restricted = reader.role in SEES_ALL and not report.is_sealed
        facts = stored.facts(served.rules.context)
        account_for_case(logs, served, reader, case, facts, is_restricted=is_restricted)
        return _answer(shown.to_json())

    @router.get(
        "/{case}/evaluation",
        summary="The evaluation of a case, replayed",
        response_class=Response,
        responses=_JSON,
        openapi_extra=WITH_KEY,
    )
    def evaluation(case: Case, request: Request, log: Log = None) -> Response:
        """Totals from the locked sheets and opened prices, against the report, figure by figure.

        For supervisors, auditors, inspectors and the discipline group, once the result is
        published. `outcome` is match, different, waiting
        (there is no report yet) or could_not_check; `missing` says what it would take.
        """
        reader = reader_of(request, logs)
        if reader.role not in SEES_ALL:
            roles = ", ".join(sorted(SEES_ALL))
            detail = f"this needs Authorization: Bearer with the operator's key, as {roles}"
            raise ProblemRaised(http_problem(401, detail, {"WWW-Authenticate": "Bearer"}))
        served = logs.get(log)
        stored = _read(served, case)
        facts = stored.facts(served.rules.context)
        check_result_is_public(stage_of(facts))
        account_for_case(logs, served, reader, case, facts, is_restricted=True)
        return _answer(replay_to_json(case, stored.replay()))

    return router


def _read(served: ServedLog, case: str, *, contents: bool = False) -> StoredCase:
    stored = read_case(served.store, case, contents=contents)
    if stored is None:
        raise no_case(case)
    return stored


def _answer(value: dict[str, JsonValue]) -> Response:
    headers = {"Cache-Control": "no-store"}
    return Response(canonical(value), headers=headers, media_type="application/json")
