"""What the commands about a log share: where its files are, and where its memory lies."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final
from urllib.parse import quote

import typer

if TYPE_CHECKING:
    from liuhen.client.log_source import LogSource

_URL: Final = re.compile(r"https?://")

Place = Annotated[
    str,
    typer.Argument(
        help="URL of a log, or of a service with --log; or a folder with a log's files.",
        metavar="URL|DIR",
    ),
]
LogName = Annotated[
    str | None, typer.Option("--log", help="Name of a log of the service at URL.", metavar="NAME")
]
PolicyFile = Annotated[
    Path | None,
    typer.Option(
        help="Trust policy; else policy.json in the user's configuration folder.",
        dir_okay=False,
        metavar="FILE",
    ),
]


@contextmanager
def open_source(place: str, name: str | None) -> Iterator["LogSource"]:
    """Open the files of a log; what cannot be a place of one is wrong usage."""
    from liuhen.client.log_source import FolderSource, UrlSource
    from liuhen.core.errors import Unavailable

    if not _URL.match(place):
        if name is not None:
            raise typer.BadParameter("--log goes with the URL of a service", param_hint="--log")
        if not Path(place).is_dir():
            raise typer.BadParameter(f"there is no folder {place!r}", param_hint="URL|DIR")
        yield FolderSource(Path(place))
        return
    url = place if name is None else f"{place.rstrip('/')}/logs/{quote(name, safe='')}"
    try:
        source = UrlSource(url.rstrip("/") + "/")
    except Unavailable as error:
        raise typer.BadParameter(str(error), param_hint="URL|DIR") from error
    try:
        yield source
    finally:
        source.close()


def default_state(origin: str) -> Path:
    """Return the file with the memory of a log in the user's state folder."""
    import platformdirs

    folder = platformdirs.user_state_path("liuhen") / "logs"
    return folder / f"{quote(origin, safe='')}.json"
