"""Answers go to stdout, talk to stderr; what came from a file cannot steer the terminal."""

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING

from liuhen.core.canonical import JsonValue, canonical_text

if TYPE_CHECKING:
    from rich.console import Console


def say(text: str = "", style: str | None = None) -> None:
    """Print a line of the answer, styled only on a terminal and without NO_COLOR."""
    _console().print(printable(text), style=style)


def warn(text: str) -> None:
    """Print a line of talk."""
    sys.stderr.write(printable(text) + "\n")
    sys.stderr.flush()


def say_json(value: Mapping[str, JsonValue]) -> None:
    """Print one object on a line of its own; what no terminal should get is escaped as in JSON."""
    sys.stdout.write(_escape(canonical_text(dict(value)), json=True) + "\n")
    sys.stdout.flush()


def printable(text: str) -> str:
    """Return text with every character escaped that moves the cursor or turns the direction."""
    return "\n".join(_escape(line, json=False) for line in text.split("\n"))


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

    return Console(file=sys.stdout, markup=False, highlight=False, emoji=False, soft_wrap=True)
