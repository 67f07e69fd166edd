"""What holds for every test: this machine only, the same examples in CI, no quiet skips."""

import os
import sys
from collections.abc import Generator
from pathlib import Path
from typing import Any, TypeVar

import hypothesis
import pytest

Report = TypeVar("Report", pytest.TestReport, pytest.CollectReport)

IN_CI = bool(os.environ.get("CI"))
THIS_MACHINE = frozenset({"127.0.0.1", "::1", "localhost"})

# No deadline: no test asserts time, and on a busy machine any example may be slow.
hypothesis.settings.register_profile("ci", derandomize=True, deadline=None, print_blob=True)
hypothesis.settings.register_profile("here", deadline=None, print_blob=True)
hypothesis.settings.register_profile("nightly", deadline=None, max_examples=5_000, print_blob=True)
hypothesis.settings.load_profile(
    os.environ.get("HYPOTHESIS_PROFILE", "ci" if IN_CI else "here"),
)


def _host_of(event: str, args: tuple[Any, ...]) -> object:
    """Return the host that an audit event is about to reach; None when it is no host."""
    match event:
        case "socket.connect" | "socket.sendto" | "socket.sendmsg":
            address = args[1]
            return address[0] if isinstance(address, tuple) else None  # a Unix socket has a path
        case "socket.getaddrinfo" | "socket.gethostbyname":
            return args[0]
        case _:
            return None


def _refuse_the_network(event: str, args: tuple[Any, ...]) -> None:
    """Let no test of this process reach another machine.

    An audit hook sees every library's sockets and cannot be undone by a fixture, where a patched
    `socket.socket` is missed by whoever imported the class before.
    """
    if not event.startswith("socket."):
        return
    host = _host_of(event, args)
    name = host.decode("ascii", "replace") if isinstance(host, bytes) else host
    if name is not None and name not in THIS_MACHINE:
        message = f"a test reached for {name}: tests talk to 127.0.0.1 only"
        raise RuntimeError(message)


sys.addaudithook(_refuse_the_network)


def _fail_if_skipped(report: Report) -> Report:
    """Turn a skip into a failure: in CI every tool is there, so a skip hides a broken install."""
    if IN_CI and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"{reason} (a skip fails the run when CI is set)"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Let no test skip itself unseen."""
    return _fail_if_skipped((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Let no module skip itself unseen."""
    return _fail_if_skipped((yield))


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Find the sample data beside the project: real input, too large to be copied into it."""
    folder = Path(__file__).parents[2] / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the sample data (../shared/data) is not on this machine")
    return folder
