"""Answers go to stdout, talk to stderr; what came from a file cannot steer the terminal.

A reader who has seen enough closes the pipe (`liuhen verify … | head -1`). That ends the talking
and nothing else: the exit code is still that of the answer.
"""

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from liuhen.core.canonical import JsonValue, canonical_text

if TYPE_CHECKING:
    from rich.console import Console


def say(text: str = "", style: str | None = None) -> None:
    """Print a line of the answer, styled only on a terminal and without NO_COLOR."""
    with _while_somebody_reads():
        if sys.stdout.isatty():
            _console().print(printable(text), style=style)
        else:  # nothing to style, and Rich takes long to import
            sys.stdout.write(printable(text) + "\n")


def warn(text: str) -> None:
    """Print a line of talk."""
    sys.stderr.write(printable(text) + "\n")
    sys.stderr.flush()


def say_json(value: Mapping[str, JsonValue]) -> None:
    """Print one object on a line of its own; what no terminal should get is escaped as in JSON."""
    with _while_somebody_reads():
        sys.stdout.write(_escape(canonical_text(dict(value)), json=True) + "\n")
        sys.stdout.flush()


def printable(text: str) -> str:
    """Return text with every character escaped that moves the cursor or turns the direction."""
    return "\n".join(_escape(line, json=False) for line in text.split("\n"))


@contextmanager
def _while_somebody_reads() -> Iterator[None]:
    """Send stdout nowhere from the moment that its reader is gone."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        silence()


def silence() -> None:
    """Send what is still to be said on stdout nowhere, also what its buffer holds."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def _escape(text: str, *, json: bool) -> str:
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else _escaped(c, json=json) for c in text)


def _escaped(character: str, *, json: bool) -> str:
    if not json:
        return character.encode("unicode_escape").decode()
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2))


def _console() -> "Console":
    """Make a console for stdout as it is now: it knows NO_COLOR, pipes and dumb terminals."""
    from rich.console import Console

    class Quiet(Console):
        def on_broken_pipe(self) -> None:
            """Let us decide: Rich would end the program with 1, which is no answer."""
            raise BrokenPipeError

    return Quiet(file=sys.stdout, markup=False, highlight=False, emoji=False, soft_wrap=True)
