"""`liuhen settings`: what the service would run with."""

from typing import Annotated, Final

import typer

from liuhen.cli.serve import SettingsFile
from liuhen.cli.service_extra import service_extra

HELP: Final = """Example: liuhen settings --settings liuhen.toml

Print all settings as the service would read them now, with secrets masked.
"""


def settings(
    settings_file: SettingsFile = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Print the settings."""
    with service_extra():
        from liuhen.cli import talk
        from liuhen.core.canonical import canonical_text
        from liuhen.wiring.settings import load_settings

        described = load_settings(settings_file).describe()
        if json:
            talk.say_json({name: value for name, value, _ in described})
            return
        for name, value, what in described:
            talk.say(f"{name} = {canonical_text(value)}")
            talk.say(f"    {what}")
