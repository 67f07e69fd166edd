"""`/v1/deadlines` and `/v1/cases/{case}/windows|deadlines`: what is due, and who still may."""

from datetime import date
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from liuhen.api.deadline_feed import MEDIA_TYPE, calendar_feed
from liuhen.api.parameters import WITH_KEY_IF_ANY, Case, Log
from liuhen.api.reader import reader_of
from liuhen.api.reads import account_for_case
from liuhen.api.served_log import ServedLog, ServedLogs
from liuhen.app.deadlines import LEGAL_NEAR_WORKING_DAYS, DeadlineReader
from liuhen.app.describe_deadline import describe_case_deadline, describe_rule, describe_window
from liuhen.app.language import preferred_language
from liuhen.core.canonical import JsonValue, canonical
from liuhen.domain.case_deadlines import CaseDeadline, DeadlineState
from liuhen.domain.deadline import DEADLINES
from liuhen.domain.reader import Reader
from liuhen.domain.reading import BEIJING
from liuhen.domain.regime import Regime
from liuhen.domain.window_answer import Asker, Matter

_NO_STORE: Final = {"Cache-Control": "no-store"}
_JSON: Final[dict[int | str, dict[str, Any]]] = {200: {"content": {"application/json": {}}}}
_ICS: Final[dict[int | str, dict[str, Any]]] = {200: {"content": {"text/calendar": {}}}}
_Day = Annotated[
    date | None, Query(description="The day to speak of; without it, today in Beijing.")
]
_Near = Annotated[
    int,
    Query(description="How many working days before its day a deadline is near.", ge=0, le=30),
]
_Regime = Annotated[Regime | None, Query(description="Only rules of one law: ZB or ZC.")]


def deadlines_router(logs: ServedLogs) -> APIRouter:
    """Return the routes."""
    router = APIRouter(prefix="/v1", tags=["deadlines"])

    @router.get(
        "/deadlines",
        summary="The legal deadlines",
        response_class=Response,
        responses=_JSON,
    )
    def list_rules(regime: _Regime = None) -> Response:
        """The table of rules: number, unit, from what event, which law, how certain, since when.

        `certainty` is T where the text of the law was read, S where a secondary page was, M from
        memory. Calendar days that end on a day off move on; `is_moved` says where they did.
        """
        chosen: list[JsonValue] = [
            describe_rule(rule) for rule in DEADLINES if regime in (None, rule.regime)
        ]
        return _answer({"deadlines": chosen})

    @router.get(
        "/cases/{case}/windows",
        summary="May I still object, challenge, complain?",
        response_class=Response,
        responses=_JSON,
        openapi_extra=WITH_KEY_IF_ANY,
    )
    def get_windows(
        case: Case,
        request: Request,
        matter: Annotated[
            Matter | None, Query(description="What about; without it, all that the law knows.")
        ] = None,
        day: _Day = None,
        known_on: Annotated[
            date | None, Query(description="The day on which the asker knew or should have.")
        ] = None,
        filed_on: Annotated[
            date | None,
            Query(description="The day on which the asker raised an own objection or challenge."),
        ] = None,
        answered_on: Annotated[
            date | None, Query(description="The day on which that was answered.")
        ] = None,
        log: Log = None,
    ) -> Response:
        """For each matter open, not_yet, closed or unknown, with first and last day and the law.

        `unknown` is no no: `missing` names what would tell. Where `is_estimate`, the notice
        decides. Without the operator's key only what is published counts; whoever asks says
        themselves what they filed and when.
        """
        served = logs.get(log)
        asked = day or _today(served)
        asker = Asker(day=asked, known_on=known_on, filed_on=filed_on, answered_on=answered_on)
        reader = reader_of(request, logs)
        found = _reader(served).windows(case, reader.role, matter, asker)
        _account(logs, served, reader, case)
        calendar = served.rules.context.calendar
        told: list[JsonValue] = [describe_window(each, asked, calendar) for each in found.windows]
        regime = found.dates.regime
        return _answer(
            {
                "case": case,
                "day": asked.isoformat(),
                "regime": None if regime is None else str(regime),
                "windows": told,
            }
        )

    @router.get(
        "/cases/{case}/deadlines",
        summary="What is due in a case",
        response_class=Response,
        responses=_JSON,
        openapi_extra=WITH_KEY_IF_ANY,
    )
    def get_deadlines(
        case: Case,
        request: Request,
        day: _Day = None,
        near: _Near = LEGAL_NEAR_WORKING_DAYS,
        log: Log = None,
    ) -> Response:
        """Every deadline that what happened by a day set running, by the day it is due.

        `state` is running, met, late (met after its day), missed, ended (a right or a period: no
        one is late) or untold (no record of the catalogue tells whether it was met). A role
        is told of those that are counted from, and met by, what it may see at this stage; without
        the operator's key that is what is published.
        """
        served = logs.get(log)
        asked = day or _today(served)
        reader = reader_of(request, logs)
        found = _reader(served).deadlines(case, reader.role, asked)
        _account(logs, served, reader, case)
        calendar = served.rules.context.calendar
        told: list[JsonValue] = [
            describe_case_deadline(each, asked, calendar, near) for each in found
        ]
        return _answer({"case": case, "day": asked.isoformat(), "deadlines": told})

    @router.get(
        "/cases/{case}/deadlines.ics",
        summary="What is due in a case, as a calendar",
        response_class=Response,
        responses=_ICS,
        openapi_extra=WITH_KEY_IF_ANY,
    )
    def get_feed(
        case: Case,
        request: Request,
        day: _Day = None,
        near: _Near = LEGAL_NEAR_WORKING_DAYS,
        lang: Annotated[
            Literal["zh", "en"] | None,
            Query(description="Language; without it, as Accept-Language has it."),
        ] = None,
        log: Log = None,
    ) -> Response:
        """The running deadlines as all-day events that block no time, with a reminder.

        The same deadlines make the same bytes. Rights that may still be used are among them.
        """
        served = logs.get(log)
        asked = day or _today(served)
        reader = reader_of(request, logs)
        found = _reader(served).deadlines(case, reader.role, asked)
        _account(logs, served, reader, case)
        content = calendar_feed(
            [each for each in found if _runs(each, asked)],
            case=case,
            log_name=served.policy.origin,
            language=lang or preferred_language(request.headers.get("accept-language", "")),
            working_days=served.rules.context.calendar,
            alarm_working_days=near,
        )
        return Response(content, headers=_NO_STORE, media_type=MEDIA_TYPE)

    return router


def _reader(served: ServedLog) -> DeadlineReader:
    return DeadlineReader(served.store, served.rules)


def _account(logs: ServedLogs, served: ServedLog, reader: Reader, case: str) -> None:
    facts = served.rules.facts_of(served.store, case)
    is_restricted = _reader(served).is_restricted(case, reader.role)
    account_for_case(logs, served, reader, case, facts, is_restricted=is_restricted)


def _runs(deadline: CaseDeadline, day: date) -> bool:
    return deadline.state(day) is DeadlineState.RUNNING


def _today(served: ServedLog) -> date:
    return served.clock.now().astimezone(BEIJING).date()


def _answer(value: JsonValue) -> Response:
    return Response(canonical(value), headers=_NO_STORE, media_type="application/json")
