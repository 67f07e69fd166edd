"""`liuhen anchor`: the anchorer as a process of its own, and how anchoring stands."""

from typing import Annotated, Final

import typer

from liuhen.cli.language import LanguageOption, of_terminal
from liuhen.cli.serve import AcceptLost, Development, SettingsFile
from liuhen.cli.service_extra import service_extra

HELP: Final = """Example: liuhen anchor --settings liuhen.toml --once

Anchor the log's heads on the chain until SIGINT or SIGTERM, without serving.
"""

STATUS: Final = """Example: liuhen anchor status --settings liuhen.toml

Tell how anchoring stands: how far the log is anchored, the record that waits longest, the anchor
under way, what there is to pay with, the nodes, and the newest anchors.

The database is read and the nodes are asked; nothing is changed, and a service may run or not.

Exit codes: 0 all is anchored or on its way, 3 the chain contradicts the log, 4 a record waits for
too long or a tx cannot be paid for, 5 no such anchor or log, 6 the nodes could not be asked.
"""

app = typer.Typer(help=HELP, invoke_without_command=True, rich_markup_mode=None)


@app.callback()
def anchor(
    context: typer.Context,
    settings_file: SettingsFile = None,
    development: Development = False,
    once: Annotated[
        bool, typer.Option("--once", help="End when everything sealed is final.")
    ] = False,
    accept_lost_anchors: AcceptLost = False,
) -> None:
    """Anchor until told to stop."""
    if context.invoked_subcommand is not None:
        context.obj = settings_file
        return
    with service_extra():
        from liuhen.wiring.serve import anchor as run
        from liuhen.wiring.settings import load_settings

        run(
            load_settings(settings_file),
            development=development,
            once=once,
            accept_lost=accept_lost_anchors,
        )


@app.command("status", help=STATUS, short_help="Tell how anchoring stands.")
def status(
    context: typer.Context,
    settings_file: SettingsFile = None,
    log: Annotated[
        str | None, typer.Option("--log", help="Only the log of this name.", metavar="NAME")
    ] = None,
    limit: Annotated[
        int, typer.Option(help="Newest anchors to show.", metavar="N", min=0, max=200)
    ] = 10,
    anchor_id: Annotated[
        int | None,
        typer.Option("--id", help="Tell the whole life of this anchor alone.", metavar="N"),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object a log.")] = False,
    lang: LanguageOption = None,
) -> None:
    """Read, answer, and exit with the code of the worst answer."""
    with service_extra():
        from liuhen.cli import exits
        from liuhen.cli.anchor_report import AnchorReport, exit_code
        from liuhen.wiring.anchor_status import read_life, read_status
        from liuhen.wiring.settings import load_settings

        settings = load_settings(settings_file or context.obj)
        report = AnchorReport(lang or of_terminal(), json=json)
        if anchor_id is not None:
            report.life(*read_life(settings, anchor_id))
            return
        found = read_status(settings, limit, log)
        for each in found:
            report.status(each)
        raise typer.Exit(exits.worst(map(exit_code, found)))
