"""`/v1/cases/{case}`: the timeline of a case, as far as whoever asks may see it."""

from collections.abc import Iterable
from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from liuhen.api.case_page import MOST_SHOWN, Limit, Start, case_page
from liuhen.api.parameters import WITH_KEY_IF_ANY, Case, Log
from liuhen.api.served_log import ServedLog, ServedLogs
from liuhen.app.language import preferred_language
from liuhen.app.life import life_of
from liuhen.app.showing import ShownCase, ShownRecord, opening_day
from liuhen.core.canonical import JsonObject, JsonValue, canonical
from liuhen.core.pointer import to_pointer
from liuhen.domain.catalogue import CATALOGUE
from liuhen.domain.field import Field
from liuhen.domain.lock import Lock
from liuhen.domain.role import Role
from liuhen.domain.stage import STAGE_LABELS, Stage

_DESCRIPTION: Final = """
What the case holds, in order, as far as the reader may see it at the stage that the case has
reached. Without a key the reader is the public.

Each entry names its type, times, step and commitment, shows the fields that are open in `data`
(with their `labels`), and in `locks` says of the others why they are not, by which law, and from
which stage on they will be. Labels are in the language of `Accept-Language`.

Before the opening no place in the case is told, and records whose number is secret are not listed.
What only a role may see is answered after the read was logged: 503 where it cannot be.
"""


def timeline_router(logs: ServedLogs) -> APIRouter:
    """Return the route."""
    router = APIRouter(prefix="/v1/cases", tags=["cases"])

    @router.get(
        "/{case}",
        summary="The timeline of a case",
        description=_DESCRIPTION,
        response_class=Response,
        responses={200: {"content": {"application/json": {}}}},
        openapi_extra=WITH_KEY_IF_ANY,
    )
    def timeline(
        case: Case,
        request: Request,
        log: Log = None,
        start: Start = 0,
        limit: Limit = MOST_SHOWN,
    ) -> Response:
        page = case_page(logs, request, case, log, start, limit)
        language = preferred_language(request.headers.get("accept-language", ""))
        body = _json(page.served, page.shown, page.records, page.reader.role, language)
        body["next"] = page.following
        headers = {
            "Cache-Control": "no-store",
            "Content-Language": language,
            "Vary": "Accept-Language",
        }
        return Response(canonical(body), headers=headers, media_type="application/json")

    return router


def _json(
    served: ServedLog, shown: ShownCase, page: Iterable[ShownRecord], role: Role, language: str
) -> JsonObject:
    opening = opening_day(shown.facts)
    return {
        "case": shown.case,
        "log": served.name,
        "regime": None if shown.regime is None else str(shown.regime),
        "stage": _stage(shown.stage, language),
        "role": str(role),
        "entries": [_entry(served, record, language, opening) for record in page],
    }


def _entry(
    served: ServedLog, record: ShownRecord, language: str, opening: str | None
) -> JsonObject:
    stored, record_type = record.stored, CATALOGUE.get(record.stored.type)
    (entry,) = served.store.entries(stored.entry_index, stored.entry_index + 1)
    zh, en = (stored.type, stored.type) if record_type is None else (record_type.zh, record_type.en)
    fields = {} if record_type is None else record_type.table.by_name
    told: JsonObject = {
        **record.members,
        "label": zh if language == "zh" else en,
        "commitment": entry.hex(),
        "life": str(life_of(served.anchors, stored.entry_index)),
        "data": record.data,
        "labels": {name: _label(fields[name], language) for name in record.data},
        "locks": [_lock(lock, stored.type, language, opening) for lock in record.locks],
    }
    action = record.data.get("action")
    options = fields["action"].options if isinstance(action, str) and "action" in fields else None
    if isinstance(action, str) and options is not None and action in options:
        word = options[action]
        told["action"] = {"code": action, "label": word.zh if language == "zh" else word.en}
    return told


def _label(field: Field, language: str) -> str:
    return field.zh if language == "zh" else field.en


def _stage(stage: Stage | None, language: str) -> JsonValue:
    if stage is None:
        return None
    zh, en = STAGE_LABELS[stage]
    return {
        "number": int(stage),
        "code": stage.name.lower(),
        "label": zh if language == "zh" else en,
    }


def _lock(lock: Lock, name: str, language: str, opening: str | None) -> JsonObject:
    rule = lock.rule
    basis = None if rule.basis is None else rule.basis.zh if language == "zh" else rule.basis.en
    return {
        "fields": [to_pointer(path) for path in lock.fields],
        "labels": [_path_label(name, path, language) for path in lock.fields],
        "code": rule.code,
        "reason": rule.zh if language == "zh" else rule.en,
        "basis": basis,
        "opens": _stage(lock.opens, language),
        "opens_at": opening if lock.opens is Stage.OPENED else None,
    }


def _path_label(name: str, path: tuple[str, ...], language: str) -> str:
    """Return the labels along a path."""
    record_type, words = CATALOGUE.get(name), []
    fields = () if record_type is None else record_type.fields
    for step in path[1:]:
        found = next(field for field in fields if field.name == step)
        words.append(_label(found, language))
        fields = found.fields
    return " / ".join(words)
