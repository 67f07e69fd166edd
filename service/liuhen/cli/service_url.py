"""Connecting to the service that the caller names."""

from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from liuhen.client import Liuhen


def connect(url: str) -> "Liuhen":
    """Make the connection; a URL that cannot be one is wrong usage."""
    from liuhen.client import Liuhen
    from liuhen.core.errors import Unavailable

    try:
        return Liuhen(url)
    except Unavailable as error:
        raise typer.BadParameter(str(error), param_hint="--url") from error
