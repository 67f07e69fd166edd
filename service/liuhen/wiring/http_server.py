"""The HTTP server: uvicorn on a socket of ours, without its own diagnostics and signals."""

import gc
import socket
from collections.abc import Callable
from typing import Final

import uvicorn
from starlette.types import ASGIApp

from liuhen.core.errors import Unavailable
from liuhen.wiring.settings import LOOPBACK, YES, Settings, SettingsError

_BACKLOG: Final = 2048
_SHUTDOWN_SECONDS: Final = 15


class _Server(uvicorn.Server):
    """Says when requests are being answered, and leaves signals to `until_stopped`."""

    on_ready: Callable[[], None] = staticmethod(lambda: None)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self.on_ready()


def check_address(settings: Settings) -> None:
    """Refuse to be reached from elsewhere as long as nobody has to say who he is.

    Raises:
        SettingsError: The address is not this machine's own, and nobody said that he understands.
    """
    if not settings.is_local and settings.i_understand_there_is_no_access_control != YES:
        raise SettingsError(
            f"refusing to listen on {settings.host}: there is no access control yet, so anybody who"
            " reaches the service could add records and read all of them. If that is what you want,"
            " set LIUHEN_I_UNDERSTAND_THERE_IS_NO_ACCESS_CONTROL=yes"
        )


def listen(host: str, port: int) -> socket.socket:
    """Return a socket bound to an address.

    Raises:
        Unavailable: The address is taken or not ours.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind((host, port))
    except OSError as error:
        sock.close()
        raise Unavailable(f"cannot listen on {host}, port {port}: {error.strerror}") from error
    sock.set_inheritable(False)
    return sock


def host_names(settings: Settings) -> frozenset[str]:
    """Return the host names that requests may be for."""
    own = {f"[{name}]" if ":" in name else name for name in (*LOOPBACK, settings.host)}
    return frozenset(own | {name.lower() for name in settings.allowed_hosts})


def run(app: ASGIApp, sock: socket.socket, on_ready: Callable[[], None]) -> None:
    """Serve until a signal; the requests that are being answered are finished first.

    Args:
        app: The application.
        sock: A bound socket.
        on_ready: Called once, when requests are being answered.
    """
    server = make(app, on_ready)
    _calm_collector()
    server.run(sockets=[sock])


def make(app: ASGIApp, on_ready: Callable[[], None]) -> uvicorn.Server:
    """Return a server that does not run yet; `should_exit` ends it."""
    config = uvicorn.Config(
        app,
        loop="uvloop",
        http="httptools",
        ws="none",
        lifespan="off",
        access_log=False,
        log_config=None,
        log_level="warning",
        server_header=False,
        proxy_headers=False,
        backlog=_BACKLOG,
        timeout_graceful_shutdown=_SHUTDOWN_SECONDS,
    )
    server = _Server(config)
    server.on_ready = on_ready
    return server


def _calm_collector() -> None:
    """Have the garbage collector look at what requests leave behind, and rarely at the rest.

    A record makes hundreds of short-lived objects, and with the defaults every few of them cause
    a walk over the whole program: a quarter of the throughput, and most of the longest answers.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 50, 1_000)
