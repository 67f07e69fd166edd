"""Who reads: anybody, or somebody whom a system with the operator's key speaks for.

The service knows no people. The centre's own systems do, and say in four fields who is reading:
`Liuhen-Role`, `Liuhen-Reader` (a name, UTF-8), `Liuhen-Party` (the firm, person or seat that the
reader stands for) and `Liuhen-Ground` (why). Without the key all are passed over, and the reader is
the public.
"""

from typing import Final

from fastapi import Request

from liuhen.api.operator_key import check_operator
from liuhen.api.problems import ProblemRaised, http_problem
from liuhen.api.served_log import ServedLogs
from liuhen.domain.reader import ANYBODY, Reader
from liuhen.domain.role import Role

__all__ = ["READER_PARAMETERS", "Reader", "reader_of"]

MOST_CHARACTERS: Final = 200
_FIELDS: Final = (
    ("Liuhen-Role", "As what somebody reads; `auditor` where nothing is said."),
    ("Liuhen-Reader", "Who reads, in UTF-8. Needed to see what is restricted: reads are logged."),
    ("Liuhen-Party", "The firm, person or seat they stand for, as records name it."),
    ("Liuhen-Ground", "Why they read; logged with what they read."),
)
READER_PARAMETERS: Final = [
    {
        "name": name,
        "in": "header",
        "required": False,
        "description": f"{text} Only with the operator's key.",
        "schema": {"type": "string", "enum": sorted(Role)}
        if name == "Liuhen-Role"
        else {"type": "string", "maxLength": MOST_CHARACTERS},
    }
    for name, text in _FIELDS
]
"""For the OpenAPI description of a route that asks who reads."""


def reader_of(request: Request, logs: ServedLogs) -> Reader:
    """Return who reads.

    Raises:
        ProblemRaised: 401, the key is wrong; 422, the role is unknown or a name has no form.
    """
    if "authorization" not in request.headers:
        return ANYBODY
    check_operator(request, logs.operator_key)
    role = request.headers.get("liuhen-role", Role.AUDITOR)
    if role not in set(Role):
        roles = ", ".join(sorted(Role))
        raise ProblemRaised(http_problem(422, f"Liuhen-Role: one of {roles}"))
    return Reader(
        Role(role),
        _name(request, "Liuhen-Reader"),
        _name(request, "Liuhen-Party") or None,
        _name(request, "Liuhen-Ground") or None,
    )


def _name(request: Request, header: str) -> str:
    given = request.headers.get(header, "")
    try:
        name = given.encode("latin-1").decode()
    except UnicodeDecodeError:
        raise ProblemRaised(http_problem(422, f"{header}: must be UTF-8")) from None
    if len(name) > MOST_CHARACTERS or not name.isprintable():
        detail = f"{header}: at most {MOST_CHARACTERS} printable characters"
        raise ProblemRaised(http_problem(422, detail))
    return name.strip()
