"""Commands whose modules are imported when they are named, so that none pays for the others.

`liuhen --help` lists names and short texts without importing a command. A command `name` lives in
the module of that name (with `_` behind a word that Python keeps for itself): a group as its `app`,
anything else as a function of that name with its text in `HELP`.
"""

from importlib import import_module
from keyword import iskeyword
from typing import Any

import typer
from typer.core import TyperCommand
from typer.main import get_command, get_group

from liuhen.cli.plain_value import take_plain_values


class LateCommand(TyperCommand):
    """Stands for a command in the list; whoever runs it or asks for its help gets the real one."""

    def make_context(self, *args: Any, **extra: Any) -> Any:  # noqa: ANN401 -- Typer's own classes
        """Import the command and hand over to it."""
        assert self.name is not None
        return load(self.name).make_context(*args, **extra)


def load(name: str) -> Any:  # noqa: ANN401 -- Typer keeps the class to itself
    """Import a command by its name."""
    module_name = f"{name}_" if iskeyword(name) else name.replace("-", "_")
    module = import_module(f"liuhen.cli.{module_name}")
    command: Any
    if hasattr(module, "app"):
        command = get_group(module.app)
        command.name = name
    else:
        alone = typer.Typer(add_completion=False, rich_markup_mode=None)
        alone.command(name, help=module.HELP)(getattr(module, module_name))
        command = get_command(alone)
    take_plain_values(command)
    return command
