"""Reading a request's body as it arrived: the framework's JSON parser never sees one."""

from starlette.types import Receive

from liuhen.api.problems import ProblemRaised, http_problem


class ClientGone(Exception):
    """The client went away before its body was complete."""


async def read_body(receive: Receive, limit: int) -> bytes:
    """Return the whole body.

    Args:
        receive: The request's ASGI channel.
        limit: Most bytes; refused as soon as there are more.

    Raises:
        ProblemRaised: There are more.
        ClientGone: The client did not send all of it.
    """
    parts: list[bytes] = []
    left = limit
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise ClientGone
        part: bytes = message.get("body", b"")
        left -= len(part)
        if left < 0:
            detail = f"the body has more than {limit} bytes"
            raise ProblemRaised(http_problem(413, detail, {"Connection": "close"}))
        if not message.get("more_body", False):
            return b"".join([*parts, part]) if parts else part
        parts.append(part)
