"""`liuhen anchor`: the anchorer as a process of its own."""

from typing import Annotated, Final

import typer

from liuhen.cli.serve import AcceptLost, Development, SettingsFile
from liuhen.cli.service_extra import service_extra

HELP: Final = """Example: liuhen anchor --settings liuhen.toml --once

Anchor the log's heads on the chain until SIGINT or SIGTERM, without serving.
"""


def anchor(
    settings_file: SettingsFile = None,
    development: Development = False,
    once: Annotated[
        bool, typer.Option("--once", help="End when everything sealed is final.")
    ] = False,
    accept_lost_anchors: AcceptLost = False,
) -> None:
    """Anchor until told to stop."""
    with service_extra():
        from liuhen.wiring.serve import anchor as run
        from liuhen.wiring.settings import load_settings

        run(
            load_settings(settings_file),
            development=development,
            once=once,
            accept_lost=accept_lost_anchors,
        )
