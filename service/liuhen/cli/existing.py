"""Files that the caller names for reading: they must be there, or be `-` for stdin.

Typer's own `exists` with `allow_dash` looks for a file called `-`.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Final

import typer

STDIN: Final = Path("-")


def existing(path: Path | None) -> Path | None:
    """Return a path that can be opened; anything else is wrong usage."""
    if path is None or path == STDIN:
        return path
    if not path.exists():
        raise typer.BadParameter(f"there is no file {str(path)!r}")
    if path.is_dir():
        raise typer.BadParameter(f"{str(path)!r} is a folder")
    return path


ExistingPolicy = Annotated[
    Path | None,
    typer.Option(
        "--policy",
        help="Trust policy; else policy.json in the user's configuration folder.",
        metavar="FILE",
        callback=existing,
    ),
]
"""`--policy`, of the commands that check one receipt or proof."""


def all_there(paths: Sequence[Path] | None) -> Sequence[Path]:
    """Return paths of files and folders that are there; anything else is wrong usage."""
    for path in paths or ():
        if not path.is_dir():
            existing(path)
    return list(paths or ())


def files_of(paths: Sequence[Path], *, recursive: bool, but: Path) -> list[Path]:
    """Return the files that are named, and with `recursive` all that lie in named folders.

    Args:
        paths: Files and folders.
        recursive: Whether folders may be named. Links to folders are not followed.
        but: A file that is left out where it lies in such a folder.
    """
    files: list[Path] = []
    for path in paths:
        if not path.is_dir():
            files.append(path)
        elif not recursive:
            raise typer.BadParameter(f"{str(path)!r} is a folder; --recursive takes its files")
        else:
            inside = (each for each in sorted(path.rglob("*")) if each.is_file())
            files += [each for each in inside if not (but.exists() and each.samefile(but))]
    return files


def all_existing(paths: Sequence[Path] | None) -> Sequence[Path]:
    """Return paths that can all be opened, with stdin once at most."""
    for path in paths or ():
        existing(path)
    if list(paths or ()).count(STDIN) > 1:
        raise typer.BadParameter("stdin can be read once only")
    return list(paths or ())
