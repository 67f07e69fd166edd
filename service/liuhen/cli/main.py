"""The program `liuhen`: its commands, and what an error means to whoever called.

A command is imported when it is named, and heavy imports stand inside it, so that `--help` answers
at once and `verify` needs no more than the base install.
"""

import sys
from typing import Annotated, Any, Final

import typer
from typer.core import TyperGroup
from typer.exceptions import TyperException

from liuhen import __version__
from liuhen.cli.late_command import LateCommand
from liuhen.cli.plain_value import take_plain_values

HELP = """Example: liuhen verify receipt.json --rpc http://127.0.0.1:8545

Keep the audit trail of public procurement, and check what others kept. 全程留痕、全程可查

Exit codes: 0 match or done, 1 we broke down, 2 wrong usage, 3 different, 4 waiting, 5 not found, 6
could not check, 7 malformed input.
"""

COMMANDS: Final = {
    "serve": "Serve the API and the portal, and anchor.",
    "anchor": "Anchor heads without serving, and tell how it stands.",
    "dev": "Run everything on this machine, chain included.",
    "append": "Enter records and keep their receipts.",
    "import": "Enter the history of other systems, or many submissions at once.",
    "verify": "Check a receipt, trusting nobody.",
    "audit": "Check the whole database against log and chain.",
    "log": "Check, copy and follow a log; report a fork; end a log.",
    "key": "Change a log's keys.",
    "settings": "Print the settings, secrets masked.",
    "record": "Canonical bytes, digest and commitment of a JSON file.",
    "receipt": "Fetch receipts.",
    "case": "Check a case; replay its evaluation.",
    "draw": "Draw experts, and check draws.",
    "disclose": "Show some fields of a record, and hide the rest.",
    "erase": "Erase fields of a record for good.",
    "attachment": "Keep and get the files that records name.",
    "proof": "Check proofs.",
    "deadline": "Legal deadlines, and whether one may still challenge.",
    "ledger": "Import and export findings and tasks; what is overdue on any day.",
}
"""Name and short help of every command, in the order of `liuhen --help`; see `late_command`."""


class Root(TyperGroup):
    """The outermost command: turns every error that leaves a command into one sentence."""

    def make_context(self, *args: Any, **extra: Any) -> Any:  # noqa: ANN401 -- as below
        """Read the options before the command."""
        take_plain_values(self)
        return super().make_context(*args, **extra)

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401 -- Typer keeps its base class to itself
        """Run the command that was named."""
        try:
            return super().invoke(ctx)
        except (TyperException, typer.Exit, typer.Abort, BrokenPipeError, EOFError):
            raise
        except Exception as error:
            if ctx.params.get("debug"):
                import traceback

                traceback.print_exception(error)
            raise typer.Exit(_tell(error)) from error


def _tell(error: Exception) -> int:
    """Print the sentence of an error; return its exit code."""
    from liuhen.cli import exits, talk
    from liuhen.core.errors import AuditError

    if isinstance(error, AuditError):
        talk.warn(f"liuhen: {error} [{error.code}]")
        return exits.of_error(error)
    talk.warn(f"liuhen broke down ({type(error).__name__}); --debug shows where")
    return exits.BROKEN


app = typer.Typer(
    name="liuhen",
    cls=Root,
    help=HELP,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"liuhen {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    debug: Annotated[
        bool, typer.Option("--debug", help="Show where an error came from, never with values.")
    ] = False,
    version: Annotated[
        bool,
        typer.Option("--version", help="Print the version.", callback=_show_version, is_eager=True),
    ] = False,
) -> None:
    del debug, version  # Root.invoke and the callback have looked at them


def _nothing() -> None:
    """Stand where Typer wants a function: `LateCommand` runs the command's own."""


for _name, _short_help in COMMANDS.items():
    app.command(_name, cls=LateCommand, short_help=_short_help)(_nothing)


def main() -> None:
    """Run the program."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]  # a TextIOWrapper
    app()
