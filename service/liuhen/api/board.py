"""`/v1/board` and `/v1/ledger.xlsx`: what is overdue, due soon and on course, on any day.

The counts are public. Which findings they are is for those who may see findings.
"""

from collections.abc import Callable
from datetime import date
from typing import Annotated, Final, Literal, Protocol

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from liuhen.api.parameters import WITH_KEY, WITH_KEY_IF_ANY, Log
from liuhen.api.problems import ProblemRaised, http_problem
from liuhen.api.reader import reader_of
from liuhen.api.reads import account_for_board
from liuhen.api.served_log import ServedLog, ServedLogs
from liuhen.app.board import BoardKeeper
from liuhen.app.language import preferred_language
from liuhen.app.ledger import Ledger, make_ledger
from liuhen.core.canonical import JsonObject, canonical
from liuhen.domain.board import Board, snapshot_of
from liuhen.domain.ledger_form import FORMS, LedgerForm
from liuhen.domain.role import Role

SEE_FINDINGS: Final = frozenset({Role.SUPERVISOR, Role.DISCIPLINE, Role.INSPECTOR, Role.AUDITOR})
"""Roles that may see which findings there are."""

WORKBOOK: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_FILES: Final = {"finding": "ledger", "task": "tasks"}
_PRIVATE: Final = {"Cache-Control": "no-store", "Vary": "Accept-Language, Authorization"}


class WriteWorkbook(Protocol):
    """Makes workbooks."""

    def __call__(self, ledger: Ledger, *, in_chinese: bool) -> bytes:
        """Return a ledger as a workbook, in Chinese or else in English."""
        ...


Today = Callable[[], date]
"""Returns the day it is in Beijing."""

_Day = Annotated[date | None, Query(description="The day, seen from its end; else today.")]
_Kind = Annotated[
    Literal["finding", "task", "tolerant_acceptance"], Query(description="What the board is of.")
]
_LedgerKind = Annotated[Literal["finding", "task"], Query(description="What the ledger is of.")]
_Size = Annotated[
    int | None,
    Query(description="Only what the log held at this size; else all.", ge=0, le=2**53 - 1),
]


def board_router(logs: ServedLogs, write_workbook: WriteWorkbook, today: Today) -> APIRouter:
    """Return the routes.

    Args:
        logs: What is served.
        write_workbook: Makes workbooks.
        today: The day where none is named.
    """
    router = APIRouter(prefix="/v1", tags=["board"])
    keepers = {log.name: BoardKeeper(log.store, log.rules.context) for log in logs.logs}

    @router.get(
        "/board",
        summary="The board of a day",
        response_class=Response,
        responses={200: {"content": {"application/json": {}}}},
        openapi_extra=WITH_KEY_IF_ANY,
    )
    def get_board(
        request: Request,
        day: _Day = None,
        kind: _Kind = "finding",
        size: _Size = None,
        log: Log = None,
    ) -> Response:
        """How many are overdue (red), due soon (yellow), on course (blue) and closed.

        For the operator, and in `Liuhen-Role` one of supervisor, discipline, inspector and auditor
        (the default), also `lines`, one a case, and their `digest`, after the read was logged.
        """
        reader, served = reader_of(request, logs), logs.get(log)
        with_lines = reader.role in SEE_FINDINGS
        account_for_board(logs, served, reader, kind, is_restricted=with_lines)
        board = keepers[served.name].board(kind, day or today(), size)
        shown = _json(board, kind, with_lines=with_lines)
        return Response(canonical(shown), headers=_PRIVATE, media_type="application/json")

    @router.get(
        "/ledger.xlsx",
        summary="The ledger of findings or tasks as a workbook",
        response_class=Response,
        responses={200: {"content": {WORKBOOK: {}}}},
        openapi_extra=WITH_KEY,
    )
    def get_ledger(
        request: Request,
        day: _Day = None,
        kind: _LedgerKind = "finding",
        size: _Size = None,
        log: Log = None,
    ) -> Response:
        """Rows, the history of each, and a sheet to check them by.

        In the language of Accept-Language. The same day and size give the same bytes, as long as
        nothing is erased.
        """
        reader = reader_of(request, logs)
        if reader.role not in SEE_FINDINGS:
            detail = "this needs the operator's key, and a role that may see findings"
            raise ProblemRaised(http_problem(401, detail, {"WWW-Authenticate": "Bearer"}))
        served = logs.get(log)
        account_for_board(logs, served, reader, kind, is_restricted=True)
        ledger = _ledger(FORMS[kind], served, keepers[served.name], day or today(), size)
        language = preferred_language(request.headers.get("accept-language", ""))
        file = f"{_FILES[kind]}-{ledger.board.day.isoformat()}.xlsx"
        place = f'attachment; filename="{file}"'
        headers = {"Content-Disposition": place, "Content-Language": language, **_PRIVATE}
        content = write_workbook(ledger, in_chinese=language == "zh")
        return Response(content, headers=headers, media_type=WORKBOOK)

    return router


def _ledger(
    form: LedgerForm, served: ServedLog, keeper: BoardKeeper, day: date, size: int | None
) -> Ledger:
    tree = served.prove.tree()
    size = tree.size if size is None else min(size, tree.size)
    root = tree.root(size).hex()
    return make_ledger(form, keeper, served.store, served.policy.origin, root, day, size)


def _json(board: Board, kind: str, *, with_lines: bool) -> JsonObject:
    told = snapshot_of(board, kind)
    if not with_lines:
        del told["digest"]
        return told
    lines = [{**line.to_json(), "about": dict(line.about)} for line in board.lines]
    return {**told, "lines": list(lines)}
