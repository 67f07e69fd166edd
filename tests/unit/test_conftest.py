"""The rules that hold for every test hold."""

import socket
from pathlib import Path

import pytest

CONFTEST = Path(__file__).parents[1].joinpath("conftest.py").read_text(encoding="utf-8")
SKIPPING_TEST = "import pytest\n\ndef test_tool(): pytest.skip('no browser')"
SKIPPING_MODULE = "import pytest\n\npytest.skip('no chain', allow_module_level=True)"


def test_no_test_reaches_another_machine() -> None:
    with pytest.raises(RuntimeError, match=r"talk to 127\.0\.0\.1 only"):
        socket.create_connection(("192.0.2.1", 80), timeout=0.01)


def test_no_test_asks_for_the_address_of_another_machine() -> None:
    with pytest.raises(RuntimeError, match=r"talk to 127\.0\.0\.1 only"):
        socket.getaddrinfo("example.org", 443)


def test_this_machine_can_be_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname(), timeout=5).close()


@pytest.mark.parametrize("in_ci", [True, False])
def test_a_skip_is_a_failure_in_ci_only(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, in_ci: bool
) -> None:
    monkeypatch.setenv("CI", "true" if in_ci else "")
    pytester.makeconftest(CONFTEST)
    pytester.makepyfile(test_one=SKIPPING_TEST, test_two=SKIPPING_MODULE)
    result = pytester.runpytest_subprocess("--continue-on-collection-errors")
    if in_ci:
        result.assert_outcomes(failed=1, errors=1)
    else:
        result.assert_outcomes(skipped=2)
