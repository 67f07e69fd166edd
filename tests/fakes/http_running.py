"""The whole service at a port of this machine, for clients that speak HTTP."""

import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from liuhen.wiring import http_server
from liuhen.wiring.app import build_app
from liuhen.wiring.service import open_service
from tests.fakes.running_service import settings_in, write_policy


@contextmanager
def service_at_port(folder: Path, **values: object) -> Iterator[str]:
    """Run the service without a chain; yields its URL. The policy is in `folder`."""
    write_policy(folder)
    settings = settings_in(folder, **values)
    ready = threading.Event()
    with (
        closing(http_server.listen("127.0.0.1", 0)) as sock,
        open_service(settings, development=True, anchor=True) as logs,
    ):
        app = build_app(
            logs,
            hosts=http_server.host_names(settings),
            body_bytes=settings.body_bytes,
            bulk_bytes=settings.bulk_bytes,
            attachment_bytes=settings.attachment_bytes,
        )
        server = http_server.make(app, ready.set)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [sock]})
        thread.start()
        try:
            assert ready.wait(10)
            yield f"http://127.0.0.1:{sock.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(20)
