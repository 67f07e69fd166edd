"""The options of `liuhen import`, one alias each: its commands share them."""

from pathlib import Path
from typing import Annotated

import typer

from liuhen.cli.existing import all_existing

Files = Annotated[
    list[Path],
    typer.Argument(help="Files to import.", metavar="FILE", callback=all_existing),
]
Url = Annotated[
    str | None,
    typer.Option(
        help="Where the service is; not needed with --dry-run.",
        envvar="LIUHEN_URL",
        metavar="URL",
    ),
]
Log = Annotated[
    str | None, typer.Option(help="Name of a log; else the service's default log.", metavar="NAME")
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Print the account and send nothing.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object a row, and a file.")]
History = Annotated[
    bool, typer.Option("--history", help="Mark each as imported history of another system.")
]
Case = Annotated[
    str | None,
    typer.Option(help="Case of what does not name its tender.", metavar="CASE"),
]
