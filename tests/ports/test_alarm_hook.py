"""What every alarm hook promises: a program, a server, and the one in memory."""

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from liuhen.adapters.alarm_command import AlarmCommand
from liuhen.adapters.alarm_url import AlarmUrl
from liuhen.core.errors import Unavailable
from tests.fakes.alarm_hook import MemoryHook

ALARM = '{"event":"anchor.low_balance","meaning":{"zh":"余额不足"}}'.encode()
PROGRAM = "import sys; open(sys.argv[1], 'ab').write(sys.stdin.buffer.read())"
HANGS = "import time, sys; sys.stdin.close(); time.sleep(600)"
SHORT = 0.3
LONG = 30.0


class Server:
    """A server of alarms: takes them with a status, or hangs until the test is over."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.statuses: list[int] = []
        self.taken: list[tuple[str, bytes, str]] = []
        self.hangs: threading.Event | None = None


@pytest.fixture
def server() -> Iterator[Server]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            served.taken.append((self.path, body, str(self.headers["content-type"])))
            if served.hangs is not None:
                served.hangs.wait(LONG)
            self.send_response(served.statuses.pop(0) if served.statuses else 204)
            self.send_header("location", "/elsewhere")
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            pass

        def handle_one_request(self) -> None:
            try:
                super().handle_one_request()
            except OSError:  # whoever asked has gone
                self.close_connection = True

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        running.daemon_threads = True
        served = Server(f"http://user:secret@127.0.0.1:{running.server_port}/hook/secret?k=secret")
        thread = threading.Thread(target=running.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield served
        finally:
            if served.hangs is not None:
                served.hangs.set()
            running.shutdown()
            thread.join()


@pytest.mark.parametrize("kind", ["memory", "command", "url"])
def test_an_alarm_arrives_as_it_is(kind: str, tmp_path: Path, server: Server) -> None:
    file = tmp_path / "alarms"
    if kind == "memory":
        memory = MemoryHook()
        memory.deliver(ALARM)
        assert memory.taken[0]["meaning"]["zh"] == "余额不足"
    elif kind == "command":
        AlarmCommand([sys.executable, "-c", PROGRAM, str(file)], LONG).deliver(ALARM)
        assert file.read_bytes() == ALARM + b"\n"
    else:
        AlarmUrl(server.url, LONG).deliver(ALARM)
        assert server.taken == [("/hook/secret?k=secret", ALARM, "application/json")]


def hooks_that_fail(server: Server) -> dict[str, Callable[[], None]]:
    """Return ways to fail, each by its name."""
    python = sys.executable

    def post(seconds: float, *statuses: int) -> Callable[[], None]:
        def deliver() -> None:
            server.statuses[:] = statuses
            AlarmUrl(server.url, seconds, sleep=lambda _: None).deliver(ALARM)

        return deliver

    def hang() -> None:
        server.hangs = threading.Event()
        AlarmUrl(server.url, SHORT, pauses=()).deliver(ALARM)

    def nobody() -> None:
        AlarmUrl("http://user:secret@127.0.0.1:9/secret", LONG, pauses=()).deliver(ALARM)

    return {
        "ended with 3": AlarmCommandOf([python, "-c", "import sys; sys.exit(3)", "secret"], LONG),
        "not done within 0.3 seconds": AlarmCommandOf([python, "-c", HANGS, "secret"], SHORT),
        "cannot be run": AlarmCommandOf(["/nowhere/secret/alarm", "secret"], LONG),
        "HTTP status 500": post(LONG, 500, 500, 500),
        "HTTP status 403": post(LONG, 403),
        "HTTP status 302": post(LONG, 302),
        "has not taken the alarm within": hang,
        "cannot be reached": nobody,
    }


class AlarmCommandOf:
    """A delivery by a command."""

    def __init__(self, words: list[str], seconds: float) -> None:
        self.hook = AlarmCommand(words, seconds)

    def __call__(self) -> None:
        self.hook.deliver(ALARM)


@pytest.mark.parametrize(
    "why",
    [
        "ended with 3",
        "not done within 0.3 seconds",
        "cannot be run",
        "HTTP status 500",
        "HTTP status 403",
        "HTTP status 302",
        "has not taken the alarm within",
        "cannot be reached",
    ],
)
def test_a_hook_that_fails_says_why_and_keeps_its_secrets(why: str, server: Server) -> None:
    with pytest.raises(Unavailable, match=why) as caught:
        hooks_that_fail(server)[why]()
    assert "secret" not in str(caught.value)


def test_a_program_that_reads_nothing_is_no_failure() -> None:
    AlarmCommand([sys.executable, "-c", "import sys; sys.stdin.close()"], LONG).deliver(
        b'"' + b"x" * 200_000 + b'"'
    )


def test_no_shell_looks_at_the_words(tmp_path: Path) -> None:
    strange = tmp_path / "a b;touch $HOME"
    AlarmCommand([sys.executable, "-c", PROGRAM, str(strange)], LONG).deliver(ALARM)
    assert [file.name for file in tmp_path.iterdir()] == ["a b;touch $HOME"]


def runs(mark: str) -> bool:
    """Return whether a process runs that was given this word."""
    for process in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            if mark.encode() in process.read_bytes():
                return True
    return False


def test_what_a_program_has_started_ends_with_its_time(tmp_path: Path) -> None:
    child = (
        "import subprocess, sys, time;"
        f"subprocess.Popen([sys.executable, '-c', {HANGS!r}, sys.argv[1]]); time.sleep(600)"
    )
    mark = f"mark of {tmp_path}"
    with pytest.raises(Unavailable):
        AlarmCommand([sys.executable, "-c", child, mark], 2.0).deliver(ALARM)
    deadline = time.monotonic() + LONG
    while runs(mark):  # being killed takes a moment
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_server_that_stumbles_is_asked_again_and_one_that_refuses_is_not(
    server: Server,
) -> None:
    waited: list[float] = []
    hook = AlarmUrl(server.url, LONG, sleep=waited.append)
    server.statuses = [503, 429, 200]
    hook.deliver(ALARM)
    assert (len(server.taken), waited) == (3, [1.0, 4.0])
    server.statuses = [400]
    with pytest.raises(Unavailable):
        hook.deliver(ALARM)
    assert len(server.taken) == 4


def test_a_hook_is_known_by_what_is_no_secret(server: Server) -> None:
    assert AlarmUrl(server.url, LONG).name == server.url.partition("@")[2].partition("/")[0]
    assert AlarmCommand(["/opt/secret/page-me", "--token=secret"], LONG).name == "page-me"
