"""An alarm as a POST of JSON to somebody's server.

Redirects are not followed: an address that moves alarms elsewhere is for the operator to change.
The answer's body is not read. A request is made in a thread that is no longer waited for when the
time is over, as for witnesses.
"""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from threading import Thread
from typing import Final

import httpx2

from liuhen.core.errors import Unavailable

PAUSES: Final = (1.0, 4.0)
"""Seconds before the second and the third attempt, which is the last."""

_LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})
_TRY_AGAIN: Final = frozenset({408, 425, 429})


class _Refused(Unavailable):
    """The server took a look and wants none of it: trying again is no use."""


class AlarmUrl:
    """An `AlarmHook` that posts to a URL. Messages name its host: the rest may be a secret."""

    def __init__(
        self,
        url: str,
        seconds: float,
        pauses: Sequence[float] = PAUSES,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Prepare; nothing is sent yet.

        Args:
            url: http or https; may hold credentials.
            seconds: Time allowed to one attempt as a whole.
            pauses: Seconds before each further attempt.
            sleep: Waits.
        """
        self._url = httpx2.URL(url)
        self._seconds, self._pauses, self._sleep = seconds, tuple(pauses), sleep
        port = "" if self._url.port is None else f":{self._url.port}"
        self.name = f"{self._url.host}{port}"

    def deliver(self, alarm: bytes) -> None:
        """Post, and again after a pause where that may help."""
        for pause in self._pauses:
            try:
                self._post(alarm)
            except _Refused:
                raise
            except Unavailable:
                self._sleep(pause)
            else:
                return
        self._post(alarm)

    def _post(self, alarm: bytes) -> None:
        answer: Future[int] = Future()
        Thread(target=self._ask, args=(alarm, answer), name="post alarm", daemon=True).start()
        try:
            status = answer.result(self._seconds)
        except TimeoutError as error:
            within = f"within {self._seconds:g} seconds"
            raise Unavailable(f"{self.name} has not taken the alarm {within}") from error
        except (httpx2.HTTPError, httpx2.StreamError, httpx2.InvalidURL, OSError) as error:
            what = type(error).__name__
            raise Unavailable(f"{self.name} cannot be reached: {what}") from error
        if 200 <= status < 300:
            return
        kind = Unavailable if status >= 500 or status in _TRY_AGAIN else _Refused
        raise kind(f"{self.name} answered an alarm with HTTP status {status}")

    def _ask(self, alarm: bytes, answer: "Future[int]") -> None:
        headers = {"Content-Type": "application/json"}
        # A proxy of the environment must not come between us and a server on this machine.
        trust_env = self._url.host not in _LOOPBACK
        try:
            with (
                httpx2.Client(timeout=self._seconds, trust_env=trust_env) as client,
                client.stream("POST", self._url, content=alarm, headers=headers) as response,
            ):
                answer.set_result(response.status_code)
        except BaseException as error:  # noqa: BLE001 -- it is for whoever waits
            if not answer.done():
                answer.set_exception(error)
