"""`liuhen key`: change the keys of a log."""

from collections.abc import Callable
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from liuhen.cli.costs import DryRun
from liuhen.cli.log_owner import OwnerKey
from liuhen.cli.serve import Development, SettingsFile

if TYPE_CHECKING:
    from liuhen.core.key_history import KeyHistory
    from liuhen.wiring.log_places import LogPlace
    from liuhen.wiring.owner_account import OwnerAccount
    from liuhen.wiring.settings import Settings

app = typer.Typer(help="Change a log's keys.", no_args_is_help=True, rich_markup_mode=None)

ROTATE: Final = """Example: liuhen key rotate --settings liuhen.toml

Give a log a new Ed25519 key, with the service stopped. The present key ends with the present size,
the new one begins after it; the trust policy and the key history say so, and a log.keys record
enters the log. Interrupted, it is run again.

With --signer the same for the Ethereum key that signs heads, which the contract must know; with
--publisher for the key that pays for anchors. Both are calls by the log's owner, and cost gas.

Then publish the new policy; verifiers can also extend theirs: liuhen log keys URL --write FILE.
"""

ANNOUNCE: Final = """Example: liuhen key announce --settings liuhen.toml

Put a log's newest Ed25519 key on record in the contract. Nothing depends on it; it is for people
who look for the keys' history there. A rotation does it too where the owner's key is at hand.
"""

ENCRYPT: Final = """Example: liuhen key encrypt --role publisher --settings liuhen.toml

Put a keystore (Ethereum's V3, as geth and Clef have it) in the place of a plain key. The password
is read from ROLE.password beside it, or drawn into it; keep it elsewhere, and put it there, or a
link to it, only where the service runs. The plain file is removed, not overwritten: backups and
flash memory may still hold it.
"""

LogOption = Annotated[
    str | None, typer.Option("--log", help="Name of the log, if there are several.")
]


class PlainKey(StrEnum):
    """The keys that can be encrypted."""

    LOG = "log"
    HEAD = "head"
    PUBLISHER = "publisher"


@app.command("rotate", help=ROTATE, short_help="Give a log a new key.")
def rotate(
    settings_file: SettingsFile = None,
    development: Development = False,
    log: LogOption = None,
    signer: Annotated[
        bool, typer.Option("--signer", help="The Ethereum key that signs heads.")
    ] = False,
    publisher: Annotated[
        bool, typer.Option("--publisher", help="The Ethereum key that pays for anchors.")
    ] = False,
    owner_key: OwnerKey = None,
    dry_run: DryRun = False,
) -> None:
    """Rotate, and say what to do next."""
    from liuhen.cli.service_extra import service_extra

    if signer and publisher:
        raise typer.BadParameter("one key at a time: --signer or --publisher")
    if dry_run and not (signer or publisher):
        raise typer.BadParameter("goes with --signer or --publisher", param_hint="--dry-run")
    with service_extra():
        settings, place = _find(settings_file, log, development=development)
        owner = partial(_owner, settings, place, owner_key)
        if signer:
            _rotate_signer(settings, place, owner, dry_run=dry_run)
        elif publisher:
            _rotate_publisher(place, owner(), dry_run=dry_run)
        else:
            _rotate_log_key(settings, place, owner)


@app.command("announce", help=ANNOUNCE, short_help="Put a log's Ed25519 key on record.")
def announce(
    settings_file: SettingsFile = None,
    development: Development = False,
    log: LogOption = None,
    owner_key: OwnerKey = None,
    dry_run: DryRun = False,
) -> None:
    """Announce, unless that was done."""
    from liuhen.cli import talk
    from liuhen.cli.service_extra import service_extra

    with service_extra():
        from liuhen.wiring.key_announcement import announce_log_key

        settings, place = _find(settings_file, log, development=development)
        owner = _owner(settings, place, owner_key)
        fresh = announce_log_key(place.policy, owner, dry_run=dry_run)
    if dry_run:
        talk.say("nothing was sent")
    else:
        talk.say("the key is on record now" if fresh else "the key was on record already")


def _rotate_log_key(
    settings: "Settings", place: "LogPlace", owner: "Callable[[], OwnerAccount]"
) -> None:
    from liuhen.cli import talk
    from liuhen.core.errors import AuditError
    from liuhen.wiring.key_announcement import announce_log_key
    from liuhen.wiring.log_places import read_policy
    from liuhen.wiring.rotation import rotate_log_key

    history = rotate_log_key(settings, place)
    key, sizes = history.log_keys[-1]
    _say_rotated(place, history, key.to_text(), sizes.first)
    try:
        announce_log_key(read_policy(place.policy_file, development=True), owner())
    except AuditError as error:
        talk.warn(
            f"liuhen: the key is rotated, and not on record in the contract: {error}. That can be"
            " done later: liuhen key announce"
        )


def _rotate_signer(
    settings: "Settings",
    place: "LogPlace",
    owner: "Callable[[], OwnerAccount]",
    *,
    dry_run: bool,
) -> None:
    from liuhen.cli import talk
    from liuhen.wiring.signer_rotation import rotate_signer, tell_signer_rotation

    if dry_run:
        tell_signer_rotation(place, owner())
        talk.say("nothing was changed or sent")
        return
    history = rotate_signer(settings, place, owner)
    key, sizes = history.signers[-1]
    _say_rotated(place, history, f"0x{key.signer.hex()}", sizes.first)


def _rotate_publisher(place: "LogPlace", owner: "OwnerAccount", *, dry_run: bool) -> None:
    from liuhen.cli import talk
    from liuhen.cli.costs import amount
    from liuhen.wiring.publisher_rotation import rotate_publisher, tell_publisher_rotation

    if dry_run:
        tell_publisher_rotation(place, owner)
        talk.say("nothing was changed or sent")
        return
    address = rotate_publisher(place, owner)
    talk.say(f"log            {place.policy.origin}")
    talk.say(f"new publisher  0x{address.hex()}")
    talk.say(f"it holds       {amount(owner.calls.sender.balance_wei(address))}")
    talk.say("the key before it is kept beside it, as publisher.retired-…: move its money")
    talk.say("see that the new account can pay, and start the service")


def _say_rotated(place: "LogPlace", history: "KeyHistory", key: str, first: int) -> None:
    from liuhen.cli import talk

    talk.say(f"log            {history.origin}")
    talk.say(f"new key        {key}")
    talk.say(f"good from      {first} entries on")
    talk.say(f"key history    {history.serial}")
    talk.say(f"trust policy   {place.policy_file}")
    talk.say("start the service, and publish the trust policy where verifiers get it")


def _find(
    settings_file: "Path | None", log: str | None, *, development: bool
) -> "tuple[Settings, LogPlace]":
    from liuhen.wiring.diagnostics import set_up_diagnostics
    from liuhen.wiring.log_places import read_log_places
    from liuhen.wiring.rotation import find_log
    from liuhen.wiring.settings import load_settings

    settings = load_settings(settings_file)
    set_up_diagnostics(settings.log_level)
    return settings, find_log(read_log_places(settings, development=development), log)


def _owner(settings: "Settings", place: "LogPlace", named: "Path | None") -> "OwnerAccount":
    from liuhen.cli.costs import tell_cost
    from liuhen.wiring.owner_account import find_owner, open_account

    key = find_owner(settings, place, named)
    return open_account(place.policy, settings.rpc_urls, key, tell_cost)


@app.command("encrypt", help=ENCRYPT, short_help="Encrypt a key that lies in a plain file.")
def encrypt(
    role: Annotated[PlainKey, typer.Option(help="Which key.")],
    settings_file: SettingsFile = None,
    development: Development = False,
    log: LogOption = None,
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
