"""`--operator-key`, of every command that asks a service as its operator."""

from pathlib import Path
from typing import Annotated

import typer

from liuhen.cli.existing import existing

OperatorKey = Annotated[
    Path,
    typer.Option(
        "--operator-key",
        help="File of the operator's key.",
        envvar="LIUHEN_OPERATOR_KEY",
        metavar="FILE",
        callback=existing,
    ),
]
OperatorKeyIfAny = Annotated[
    Path | None,
    typer.Option(
        "--operator-key",
        help="File of the operator's key.",
        envvar="LIUHEN_OPERATOR_KEY",
        metavar="FILE",
        callback=existing,
    ),
]
