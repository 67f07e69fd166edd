"""Progress is for people at a terminal, and only where they wait."""

import io

import pytest

from liuhen.cli.progress import Progress


class Terminal(io.StringIO):
    """Standard error on a terminal, or not."""

    def __init__(self, *, terminal: bool) -> None:
        super().__init__()
        self._terminal = terminal

    def isatty(self) -> bool:
        return self._terminal


def said(monkeypatch: pytest.MonkeyPatch, *, terminal: bool, quiet: bool, seconds: float) -> str:
    """Work in two steps, so many seconds apart, and return what was written."""
    stream, times = Terminal(terminal=terminal), iter([0.0, seconds, seconds, 2 * seconds])
    monkeypatch.setattr("sys.stderr", stream)
    monkeypatch.setattr("liuhen.cli.progress.time.monotonic", lambda: next(times, 1000.0))
    shown = Progress(quiet=quiet)
    shown(1000, 4000)
    shown.end()
    return stream.getvalue()


def test_a_long_work_is_shown_on_a_terminal_and_wiped_out(monkeypatch: pytest.MonkeyPatch) -> None:
    text = said(monkeypatch, terminal=True, quiet=False, seconds=1.0)
    assert "1,000 / 4,000  25 %" in text
    assert text.endswith("\r")
    assert not text.split("\r")[-2].strip()


@pytest.mark.parametrize(
    ("terminal", "quiet", "seconds"), [(False, False, 1.0), (True, True, 1.0), (True, False, 0.1)]
)
def test_otherwise_nothing_is_written(
    monkeypatch: pytest.MonkeyPatch, *, terminal: bool, quiet: bool, seconds: float
) -> None:
    assert said(monkeypatch, terminal=terminal, quiet=quiet, seconds=seconds) == ""
