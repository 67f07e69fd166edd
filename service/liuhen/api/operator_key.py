"""The operator's key in a request: `Authorization: Bearer` with the text of `operator.key`."""

import hmac

from fastapi import Request

from liuhen.api.problems import ProblemRaised, http_problem


def check_operator(request: Request, key: bytes | None) -> None:
    """Let only the operator pass; every failure looks the same and takes the same time.

    Raises:
        ProblemRaised: 401.
    """
    given = request.headers.get("authorization", "")
    wanted = f"Bearer {(key or b'').hex()}"
    if key is None or not hmac.compare_digest(given.encode(), wanted.encode()):
        detail = "this needs Authorization: Bearer with the text of the operator's key"
        raise ProblemRaised(http_problem(401, detail, {"WWW-Authenticate": "Bearer"}))
