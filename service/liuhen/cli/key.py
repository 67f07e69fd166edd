"""`liuhen key`: change the keys of a log."""

from enum import StrEnum
from typing import Annotated, Final

import typer

from liuhen.cli.serve import Development, SettingsFile

app = typer.Typer(help="Change a log's keys.", no_args_is_help=True, rich_markup_mode=None)

ROTATE: Final = """Example: liuhen key rotate --settings liuhen.toml

Give a log a new Ed25519 key, with the service stopped. The present key ends with the present size,
the new one begins after it; the trust policy and the key history say so, and a log.keys record
enters the log. Interrupted, it is run again.

Then publish the new policy; verifiers can also extend theirs: liuhen log keys URL --write FILE.
"""

ENCRYPT: Final = """Example: liuhen key encrypt --role publisher --settings liuhen.toml

Put a keystore (Ethereum's V3, as geth and Clef have it) in the place of a plain key. The password
is read from ROLE.password beside it, or drawn into it; keep it elsewhere, and put it there, or a
link to it, only where the service runs. The plain file is removed, not overwritten: backups and
flash memory may still hold it.
"""

HEAD_KEY: Final = (
    "the Ethereum key cannot be rotated yet: a contract accepts heads by the signer it was"
    " registered with, and has no setSigner. Only the Ed25519 key can (--role log)"
)


class Role(StrEnum):
    """The keys that sign heads."""

    LOG = "log"
    HEAD = "head"


class PlainKey(StrEnum):
    """The keys that can be encrypted."""

    LOG = "log"
    HEAD = "head"
    PUBLISHER = "publisher"


@app.command("rotate", help=ROTATE, short_help="Give a log a new Ed25519 key.")
def rotate(
    settings_file: SettingsFile = None,
    development: Development = False,
    log: Annotated[
        str | None, typer.Option("--log", help="Name of the log, if there are several.")
    ] = None,
    role: Annotated[
        Role, typer.Option(help="Which key: log (Ed25519); head (Ethereum) cannot be yet.")
    ] = Role.LOG,
) -> None:
    """Rotate, and say what to do next."""
    from liuhen.cli import exits, talk
    from liuhen.cli.service_extra import service_extra

    if role is Role.HEAD:
        talk.warn(f"liuhen: {HEAD_KEY}")
        raise typer.Exit(exits.USAGE)
    with service_extra():
        from liuhen.wiring.diagnostics import set_up_diagnostics
        from liuhen.wiring.log_places import read_log_places
        from liuhen.wiring.rotation import find_log, rotate_log_key
        from liuhen.wiring.settings import load_settings

        settings = load_settings(settings_file)
        set_up_diagnostics(settings.log_level)
        places = read_log_places(settings, development=development)
        place = find_log(places, log)
        history = rotate_log_key(settings, place)
    key, sizes = history.log_keys[-1]
    talk.say(f"log            {history.origin}")
    talk.say(f"new key        {key.to_text()}")
    talk.say(f"good from      {sizes.first} entries on")
    talk.say(f"key history    {history.serial}")
    talk.say(f"trust policy   {place.policy_file}")
    talk.say("start the service, and publish the trust policy where verifiers get it")


@app.command("encrypt", help=ENCRYPT, short_help="Encrypt a key that lies in a plain file.")
def encrypt(
    role: Annotated[PlainKey, typer.Option(help="Which key.")],
    settings_file: SettingsFile = None,
    development: Development = False,
    log: Annotated[
        str | None, typer.Option("--log", help="Name of the log, if there are several.")
    ] = None,
) -> None:
    """Encrypt, and say where the key and its password are."""
    from liuhen.cli import talk
    from liuhen.cli.service_extra import service_extra

    with service_extra():
        from liuhen.wiring.key_encryption import encrypt_key
        from liuhen.wiring.log_places import read_log_places
        from liuhen.wiring.rotation import find_log
        from liuhen.wiring.settings import load_settings

        places = read_log_places(load_settings(settings_file), development=development)
        keystore = encrypt_key(find_log(places, log).keys_dir, role)
    talk.say(f"keystore   {keystore}")
    talk.say(f"password   {keystore.with_name(role + '.password')}")
    talk.say("keep a copy of each, and not both in one place")
