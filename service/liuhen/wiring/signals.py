"""SIGINT and SIGTERM end a process in the same orderly way."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def until_stopped() -> Iterator[None]:
    """Run the body until one of the signals; return normally then, once it is cleaned up.

    For the main thread. The first signal is a KeyboardInterrupt in the body; those that follow
    while it cleans up are passed over, or the chain and the log would be left half-closed.
    """

    def interrupt(number: int, frame: object) -> None:
        del number, frame
        for each in _SIGNALS:
            signal.signal(each, signal.SIG_IGN)
        raise KeyboardInterrupt

    before = {number: signal.signal(number, interrupt) for number in _SIGNALS}
    try:
        yield
    except KeyboardInterrupt:
        pass
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
