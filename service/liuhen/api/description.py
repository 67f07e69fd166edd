"""The OpenAPI description of the one route that is plain ASGI, and of errors."""

from typing import Any, Final

from liuhen.api.problems import MEDIA_TYPE

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
_EXAMPLE: Final = {
    "type": "evaluation_report",
    "case": "HFCG-2026-0142",
    "occurred_at": "2026-03-02T14:05:00+08:00",
    "submitter": {"organisation": "某公共资源交易中心", "system": "评标系统", "person": None},
    "data": {"score": "92.50", "rank": 1},
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
        {
            "name": "log",
            "in": "query",
            "required": False,
            "description": "Name of the log; by default the service's first.",
            "schema": {"type": "string"},
        },
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


def describe_append(description: dict[str, Any]) -> dict[str, Any]:
    """Return the description with `POST /v1/records`, and with problems as every other answer."""
    schemas = description.setdefault("components", {}).setdefault("schemas", {})
    schemas["Problem"] = _PROBLEM
    description["components"]["securitySchemes"] = _OPERATOR
    reference = {"$ref": "#/components/schemas/Problem"}
    otherwise = {"description": "A problem.", "content": {MEDIA_TYPE: {"schema": reference}}}
    paths = description["paths"]
    paths.setdefault("/v1/records", {})["post"] = _APPEND
    for methods in paths.values():
        for operation in methods.values():
            answers = dict(operation["responses"])
            answers.pop("422", None)  # FastAPI's own shape, which no client of ours ever sees
            operation["responses"] = {**answers, "default": otherwise}
    return description
