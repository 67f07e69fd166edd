"""Trying again: only what may be repeated without entering anything twice."""

import random
import time
from collections.abc import Callable
from typing import Final

import httpx2

from liuhen.core.errors import Unavailable

ATTEMPTS: Final = 5
_FIRST_SECONDS: Final = 0.2
_LONGEST_SECONDS: Final = 10.0
_PASSING: Final = frozenset({429, 502, 503, 504})
"""Statuses that a later attempt may not see again."""


class Retry:
    """Sends a request until it is answered, at most `attempts` times.

    The wait doubles and is drawn at random below its bound ("full jitter"), so that clients that
    lost one service do not return to it in step. A `Retry-After` in seconds is a lower bound.
    """

    def __init__(
        self,
        attempts: int = ATTEMPTS,
        *,
        sleep: Callable[[float], None] = time.sleep,
        draw: Callable[[float, float], float] = random.uniform,
    ) -> None:
        """Prepare.

        Args:
            attempts: How often to send at most, 1 or more.
            sleep: Waits so many seconds.
            draw: Draws a number between two.
        """
        self._attempts, self._sleep, self._draw = attempts, sleep, draw

    def send(self, request: Callable[[], httpx2.Response], *, repeatable: bool) -> httpx2.Response:
        """Send, and send again after a failure that may pass.

        Args:
            request: Sends once.
            repeatable: Whether sending twice does no more than sending once.

        Returns:
            The answer, whatever its status.

        Raises:
            Unavailable: No answer came.
        """
        left = self._attempts if repeatable else 1
        bound = _FIRST_SECONDS
        while True:
            left -= 1
            try:
                response = request()
            except (httpx2.HTTPError, OSError) as error:
                if not left:
                    raise no_answer(error) from error
                least = 0.0
            else:
                if not left or response.status_code not in _PASSING:
                    return response
                least = _retry_after(response)
            self._sleep(least + self._draw(0, bound))
            bound = min(2 * bound, _LONGEST_SECONDS)


def no_answer(error: Exception) -> Unavailable:
    """Say who did not answer, as host and port: the rest of a URL may hold credentials."""
    try:
        host = error.request.url.netloc.decode() if isinstance(error, httpx2.HTTPError) else ""
    except RuntimeError:  # it failed before there was a request
        host = ""
    return Unavailable(f"no answer{host and f' from {host}'}: {type(error).__name__}")


def _retry_after(response: httpx2.Response) -> float:
    """Read `Retry-After` in its form of seconds; a date or nonsense counts as nothing."""
    text = response.headers.get("retry-after", "")
    return min(float(text), _LONGEST_SECONDS) if text.isascii() and text.isdigit() else 0.0
