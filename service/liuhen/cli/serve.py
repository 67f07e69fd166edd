"""`liuhen serve`: the API and the portal, and the anchorer beside them."""

from pathlib import Path
from typing import Annotated, Final

import typer

from liuhen.cli.existing import existing
from liuhen.cli.service_extra import service_extra

HELP: Final = """Example: liuhen serve --settings liuhen.toml

Serve the API and the portal until SIGINT or SIGTERM, and anchor beside it.

Settings come from the environment (LIUHEN_…), then from the file; `liuhen settings` prints them.
"""

SettingsFile = Annotated[
    Path | None,
    typer.Option("--settings", help="Settings file (TOML).", metavar="FILE", callback=existing),
]
Development = Annotated[
    bool,
    typer.Option("--development", help="Accept a chain that only developers use."),
]
AcceptLost = Annotated[
    bool,
    typer.Option(
        "--accept-lost-anchors",
        help="Anchor again what was final and is not on the chain any more.",
    ),
]


def serve(
    settings_file: SettingsFile = None,
    development: Development = False,
    no_anchor: Annotated[
        bool, typer.Option("--no-anchor", help="Do not anchor: `liuhen anchor` does it elsewhere.")
    ] = False,
    accept_lost_anchors: AcceptLost = False,
) -> None:
    """Serve until told to stop."""
    with service_extra():
        from liuhen.wiring.serve import serve as run
        from liuhen.wiring.settings import load_settings

        run(
            load_settings(settings_file),
            development=development,
            anchor=not no_anchor,
            accept_lost=accept_lost_anchors,
        )
