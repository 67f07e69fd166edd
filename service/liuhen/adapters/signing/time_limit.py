"""A bound on how long anybody waits for a signer."""

import time
from collections.abc import Callable
from concurrent.futures import Future
from threading import Semaphore, Thread
from typing import TypeVar

from liuhen.core.errors import Unavailable

T = TypeVar("T")


class TimeLimit:
    """Gives each call so many seconds as a whole.

    A driver that hangs cannot be stopped, and a server that sends a byte now and then keeps within
    the time of every single step. So a call is made in a thread of its own, and left behind in it
    when its time is over.
    """

    def __init__(self, who: str, seconds: float, most: int) -> None:
        """Prepare.

        Args:
            who: Who is waited for, for messages.
            seconds: Allowed to one call, with the wait for those before it.
            most: Calls under way at once, left behind or not.
        """
        self._who, self._seconds = who, seconds
        self._places = Semaphore(most)

    def run(self, work: Callable[[], T]) -> T:
        """Return what `work` returns.

        Raises:
            Unavailable: Its time is over, or earlier calls have not ended.
        """
        deadline = time.monotonic() + self._seconds
        if not self._places.acquire(timeout=self._seconds):
            raise Unavailable(f"{self._who} has not ended earlier calls")
        done: Future[T] = Future()
        Thread(target=self._work, args=(work, done), name="sign", daemon=True).start()
        try:
            return done.result(max(0.0, deadline - time.monotonic()))
        except TimeoutError:
            limit = f"{self._seconds:g} seconds"
            raise Unavailable(f"{self._who} has not answered within {limit}") from None

    def _work(self, work: Callable[[], T], done: "Future[T]") -> None:
        try:
            done.set_result(work())
        except BaseException as error:  # noqa: BLE001 -- it is for whoever asked
            done.set_exception(error)
        finally:
            self._places.release()
