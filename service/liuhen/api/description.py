"""The OpenAPI description of the two routes that are plain ASGI, and of errors."""

from typing import Any, Final

from liuhen.api.problems import MEDIA_TYPE
from liuhen.core.canonical import JsonObject, canonical

_PROBLEM: Final = {
    "type": "object",
    "description": "RFC 9457 problem details; further members are facts of this case.",
    "required": ["type", "title", "status", "detail", "instance"],
    "properties": {
        "type": {"type": "string", "examples": ["/problems/malformed-json"]},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string", "description": "A number to quote."},
        "field": {"type": "string", "description": "JSON pointer of the member that is refused."},
        "rule": {"type": "string"},
        "line": {"type": "integer"},
        "column": {"type": "integer"},
        "offset": {"type": "integer"},
        "path": {"type": "string"},
    },
}
_OPERATOR: Final = {
    "operator": {
        "type": "http",
        "scheme": "bearer",
        "description": "The text of `operator.key`, 64 hex digits.",
    }
}
_EXAMPLE: Final[JsonObject] = {
    "type": "evaluation_report",
    "case": "HFCG-2026-0142",
    "occurred_at": "2026-03-02T14:05:00+08:00",
    "submitter": {"organisation": "某公共资源交易中心", "system": "评标系统", "person": None},
    "data": {"score": "92.50", "rank": 1},
}
_LOG: Final = {
    "name": "log",
    "in": "query",
    "required": False,
    "description": "Name of the log; by default the service's first.",
    "schema": {"type": "string"},
}
_APPEND: Final = {
    "tags": ["records"],
    "summary": "Append a record",
    "operationId": "append_record",
    "description": (
        "Strict JSON (RFC 8785 must be able to carry it unchanged). Required is `data`; money and"
        " scores are strings. Answered once the record is in the log for good, with its receipt;"
        " keep the bytes as they are."
    ),
    "parameters": [
        _LOG,
        {
            "name": "Idempotency-Key",
            "in": "header",
            "required": False,
            "description": (
                "1 to 255 visible ASCII characters. The same key with the same submission is"
                " answered with the same record, whenever it is sent again."
            ),
            "schema": {"type": "string", "minLength": 1, "maxLength": 255},
        },
    ],
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["data"],
                    "properties": {
                        "type": {"type": "string", "default": "generic"},
                        "data": {"description": "Whatever is to be recorded."},
                        "case": {"type": ["string", "null"], "pattern": "^[A-Za-z0-9._-]{1,64}$"},
                        "occurred_at": {"type": ["string", "null"], "format": "date-time"},
                        "submitter": {"type": "object"},
                        "version": {"type": "integer", "minimum": 1, "default": 1},
                        "supersedes": {"type": ["string", "null"], "format": "uuid"},
                        "nonce": {"type": ["string", "null"], "pattern": "^[0-9a-f]{32}$"},
                        "links": {"type": "array", "items": {"type": "object"}},
                        "attachments": {"type": "array", "items": {"type": "object"}},
                    },
                    "additionalProperties": False,
                },
                "example": _EXAMPLE,
            }
        },
    },
    "responses": {
        "201": {
            "description": "The receipt (`audit-receipt/v1`).",
            "headers": {
                "Location": {"schema": {"type": "string"}},
                "Liuhen-Record-Id": {"schema": {"type": "string", "format": "uuid"}},
                "Idempotent-Replayed": {
                    "description": "`true` where the record was there already.",
                    "schema": {"type": "string"},
                },
            },
            "content": {"application/json": {}},
        }
    },
}
_BULK: Final = {
    "tags": ["records"],
    "summary": "Append many records",
    "operationId": "append_records",
    "description": (
        "One submission a line, as for a single record; at most 10,000 lines. Answered with one"
        " line for each, in their order; lines that are empty are passed over. A record that is"
        " refused hinders no other, and each is judged with those before it in the log. The"
        " idempotency key of each is the SHA-256 of its canonical form: what is sent again, whole"
        " or in part, gives the records that are there. From a line with a 503 on send everything"
        " again; where nothing can be written the whole request is a problem."
    ),
    "parameters": [
        _LOG,
        {
            "name": "receipts",
            "in": "query",
            "required": False,
            "description": "`false` leaves the receipts with the service, which is faster.",
            "schema": {"type": "boolean", "default": True},
        },
    ],
    "requestBody": {
        "required": True,
        "content": {
            "application/x-ndjson": {
                "schema": {"type": "string"},
                "example": canonical(_EXAMPLE).decode() + "\n",
            }
        },
    },
    "responses": {
        "200": {
            "description": (
                "Each line an object with `line` (from 1) and `status`: with 201 `record_id`,"
                " `replayed` and, unless left out, `receipt` (`audit-receipt/v1`, as a text); else"
                " `problem`."
            ),
            "content": {"application/x-ndjson": {"schema": {"type": "string"}}},
        }
    },
}


def describe_append(description: dict[str, Any]) -> dict[str, Any]:
    """Return the description with both appends, and with problems as every other answer."""
    schemas = description.setdefault("components", {}).setdefault("schemas", {})
    schemas["Problem"] = _PROBLEM
    description["components"]["securitySchemes"] = _OPERATOR
    reference = {"$ref": "#/components/schemas/Problem"}
    otherwise = {"description": "A problem.", "content": {MEDIA_TYPE: {"schema": reference}}}
    paths = description["paths"]
    paths.setdefault("/v1/records", {})["post"] = _APPEND
    paths.setdefault("/v1/records/bulk", {})["post"] = _BULK
    for methods in paths.values():
        for operation in methods.values():
            answers = dict(operation["responses"])
            answers.pop("422", None)  # FastAPI's own shape, which no client of ours ever sees
            operation["responses"] = {**answers, "default": otherwise}
    return description
