"""The commands that need the service: what to say on an install or with settings that lack."""

from collections.abc import Iterator
from contextlib import contextmanager

import typer


@contextmanager
def service_extra() -> Iterator[None]:
    """Turn a base install, and settings that cannot be used, into wrong usage."""
    from liuhen.cli import exits, talk

    try:
        from liuhen.wiring.settings import SettingsError
    except ModuleNotFoundError as error:
        talk.warn(
            f"liuhen: this needs the service ({error.name}): pip install '.[service]' in a clone"
        )
        raise typer.Exit(exits.USAGE) from error
    try:
        yield
    except SettingsError as error:
        talk.warn(f"liuhen: {error}")
        raise typer.Exit(exits.USAGE) from error
