"""The program `liuhen`: its commands, and what an error means to whoever called.

Heavy imports stand inside the commands, so that `--help` answers at once and `verify` needs no
more than the base install.
"""

import sys
import traceback
from typing import Annotated, Any

import typer
from typer.core import TyperGroup
from typer.exceptions import TyperException

from liuhen import __version__
from liuhen.cli import anchor, append, dev, receipt, record, serve, settings, verify

HELP = """Example: liuhen verify receipt.json --rpc http://127.0.0.1:8545

Keep the audit trail of public procurement, and check what others kept. 全程留痕、全程可查

Exit codes: 0 match or done, 1 we broke down, 2 wrong usage, 3 different, 4 waiting, 5 not found, 6
could not check, 7 malformed input.
"""


class Root(TyperGroup):
    """The outermost command: turns every error that leaves a command into one sentence."""

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401 -- Typer keeps its base class to itself
        """Run the command that was named."""
        try:
            return super().invoke(ctx)
        except (TyperException, typer.Exit, typer.Abort, BrokenPipeError, EOFError):
            raise
        except Exception as error:
            if ctx.params.get("debug"):
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


app.command("serve", help=serve.HELP, short_help="Serve the API and the portal, and anchor.")(
    serve.serve
)
app.command("anchor", help=anchor.HELP, short_help="Anchor heads without serving.")(anchor.anchor)
app.command("dev", help=dev.HELP, short_help="Run everything on this machine, chain included.")(
    dev.dev
)
app.add_typer(record.app, name="record")
app.command("append", help=append.HELP, short_help="Enter records and keep their receipts.")(
    append.append
)
app.add_typer(receipt.app, name="receipt")
app.command("verify", help=verify.HELP, short_help="Check a receipt, trusting nobody.")(
    verify.verify
)
app.command("settings", help=settings.HELP, short_help="Print the settings, secrets masked.")(
    settings.settings
)


def main() -> None:
    """Run the program."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]  # a TextIOWrapper
    app()
