"""Values of options and arguments that need no checking, taken as they stand.

Typer 0.29 turns every value, even a missing one, into its type through Pydantic, whose import
costs as much as all the rest of `liuhen verify --help`. What is plainly right is taken here: no
value, a text, a path without rules of its own, digits, a member of an enumeration. Everything else
goes to Typer, which knows all rules and says what is wrong. Should a newer Typer not look at
`_runtime_param` any more, the program starts slower and answers the same; a test tells.
"""

import os
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, get_args, get_origin

import typer

_MAX_DIGITS: Final = 9


class PlainValue:
    """Takes the value of one parameter, or has Typer do it."""

    def coerce(self, value: Any, param: Any, ctx: Any) -> Any:  # noqa: ANN401 -- as Typer has it
        """Return the value in the parameter's type; raise Typer's own errors."""
        several = param.multiple or param.nargs == -1
        if value is None:
            return () if several else None
        annotation, info = param.type_descriptor.annotation, param.type_descriptor.parameter_info
        if several and get_origin(annotation) is list and isinstance(value, (list, tuple)):
            (kind,) = get_args(annotation)
            taken = [_plain(kind, info, item) for item in value]
            found = None if None in taken else taken
        else:
            found = _plain(annotation, info, value)
        return _by_typer(value, param, ctx) if found is None else found


def take_plain_values(command: Any) -> None:  # noqa: ANN401 -- Typer keeps the class to itself
    """Let a command, and all commands under it, take plain values without Pydantic."""
    for param in command.get_params(typer.Context(command)):  # with --help, which this makes
        param._runtime_param = PlainValue()  # noqa: SLF001 -- no public way to name a coercion
    for below in getattr(command, "commands", {}).values():
        take_plain_values(below)


def _by_typer(value: Any, param: Any, ctx: Any) -> Any:  # noqa: ANN401 -- as Typer has it
    param._runtime_param = None  # noqa: SLF001 -- Typer makes its own again
    return param.get_runtime_param().coerce(value, param, ctx)


def _plain(kind: Any, info: Any, value: Any) -> Any:  # noqa: ANN401 -- the type is what it is about
    """Return the value in its type; None if it is not plainly right."""
    if not isinstance(value, str) or not isinstance(kind, type):
        return None
    if kind is str:
        return value
    if kind is int and _is_number(value) and info.min is None and info.max is None:
        return int(value)
    if issubclass(kind, StrEnum):
        return next((member for member in kind if member.value == value), None)
    return Path(value) if kind is Path and _is_any_path(value, info) else None


def _is_number(value: str) -> bool:
    return value.isascii() and value.isdecimal() and len(value) <= _MAX_DIGITS


def _is_any_path(value: str, info: Any) -> bool:  # noqa: ANN401 -- Typer's own description
    """Whether Typer would take this path without changing it."""
    wanted = info.exists or info.writable or info.resolve_path or info.path_type is not None
    refused = not (info.file_okay and info.dir_okay)
    if wanted or refused or "\0" in value:
        return False
    return os.access(value, os.R_OK) or not os.path.lexists(value)
