"""`liuhen log close` and `liuhen log own`: what only the owner of a log can do in its contract."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from liuhen.cli.chain_nodes import AnyRpcUrl
from liuhen.cli.costs import DryRun, tell_cost
from liuhen.cli.log_place import PolicyFile
from liuhen.cli.serve import Development, SettingsFile

if TYPE_CHECKING:
    from liuhen.wiring.log_places import LogPlace

CLOSE: Final = """Example: liuhen log close --settings liuhen.toml --successor jyg-2027

End a log, once and for good, with the service stopped: nothing larger than its newest head is
anchored any more, and a service takes no more records for it. What it holds stays provable.
Interrupted, it is run again.

Exit codes: 0 ended, 3 it has ended in another way before, 4 the newest head is not anchored yet, 6
could not be done; nothing is sent that the contract would refuse.
"""

OWN: Final = """Example: liuhen log own --to 0x5e… --rpc http://127.0.0.1:8545 --key owner.key

Hand a log over to another owner, in two steps: the owner offers it with --to, and the new owner
takes it with --accept and a key of its own. The log's identifier stays. Address zero takes an offer
back.
"""

OwnerKey = Annotated[
    Path | None,
    typer.Option(
        help="Key of the log's owner; else owner.* beside the log's keys. NAME.key (64 hex digits),"
        " NAME.keystore.json with NAME.password, or NAME.toml (pkcs11).",
        dir_okay=False,
        metavar="FILE",
    ),
]
_ID: Final = re.compile(r"0x([0-9a-fA-F]{64})", re.ASCII)
_ADDRESS: Final = re.compile(r"0x([0-9a-fA-F]{40})", re.ASCII)


def close(
    settings_file: SettingsFile = None,
    development: Development = False,
    log: Annotated[
        str | None, typer.Option("--log", help="Name of the log, if there are several.")
    ] = None,
    successor: Annotated[
        str | None,
        typer.Option(
            help="Log that goes on in its place: its name here, or its identifier.",
            metavar="NAME|0xID",
        ),
    ] = None,
    final_size: Annotated[
        int | None,
        typer.Option(
            help="Last size that may be anchored; else that of the newest head, which must be"
            " anchored then.",
            min=0,
            metavar="N",
        ),
    ] = None,
    owner_key: OwnerKey = None,
    dry_run: DryRun = False,
) -> None:
    """End a log, and say how."""
    from liuhen.cli import talk
    from liuhen.cli.service_extra import service_extra

    with service_extra():
        from liuhen.wiring.closing import NO_SUCCESSOR, close_log, describe
        from liuhen.wiring.log_places import read_log_places
        from liuhen.wiring.owner_account import find_owner, open_account
        from liuhen.wiring.rotation import find_log
        from liuhen.wiring.settings import load_settings

        settings = load_settings(settings_file)
        places = read_log_places(settings, development=development)
        place = find_log(places, log)
        following = NO_SUCCESSOR if successor is None else _log_id(places, successor)
        key = find_owner(settings, place, owner_key)
        owner = open_account(place.policy, settings.rpc_urls, key, tell_cost)
        closing = close_log(place, owner, following, final_size, dry_run=dry_run)
    if dry_run:
        talk.say("nothing was sent")
    else:
        talk.say(f"{place.policy.origin}: {describe(closing)}")


def own(
    to: Annotated[
        str | None, typer.Option("--to", help="Account to offer the log to.", metavar="ADDRESS")
    ] = None,
    accept: Annotated[bool, typer.Option("--accept", help="Take the log that is offered.")] = False,
    policy: PolicyFile = None,
    rpc: AnyRpcUrl = None,
    key: Annotated[
        Path | None,
        typer.Option(
            "--key", help="Key of the account that does it.", dir_okay=False, metavar="FILE"
        ),
    ] = None,
    dry_run: DryRun = False,
) -> None:
    """Offer or accept a log."""
    from liuhen.cli import talk
    from liuhen.cli.policy_file import find_policy
    from liuhen.cli.service_extra import service_extra

    if accept is (to is not None):
        raise typer.BadParameter("say either --to ADDRESS or --accept")
    trusted = find_policy(policy)
    if trusted is None or not rpc or key is None:
        raise typer.BadParameter("name --policy, --rpc and --key")
    with service_extra():
        from liuhen.wiring.owner_account import open_account
        from liuhen.wiring.signers import open_key_file

        account = open_account(trusted, rpc, open_key_file(key), tell_cost)
        calls = account.calls
        wanted = account.address if to is None else _address(to)
        call = calls.accept_owner() if accept else calls.transfer_owner(wanted)
        if dry_run:
            account.tell(call)
            talk.say("nothing was sent")
        elif accept:
            account.bring_about(call, lambda at: calls.keys(at)[0] == wanted)
            talk.say(f"{trusted.origin} is owned by 0x{wanted.hex()} now")
        else:
            account.bring_about(call, lambda at: calls.proposed_owner(at) == wanted)
            talk.say(f"{trusted.origin} is offered to 0x{wanted.hex()}, who must accept it")


def _log_id(places: "tuple[LogPlace, ...]", successor: str) -> bytes:
    match = _ID.fullmatch(successor)
    if match is not None:
        return bytes.fromhex(match[1])
    for place in places:
        if place.name == successor:
            return place.policy.log_id
    raise typer.BadParameter(
        f"no log {successor!r} here; name it by its identifier, 0x and 64 hex digits",
        param_hint="--successor",
    )


def _address(text: str) -> bytes:
    match = _ADDRESS.fullmatch(text)
    if match is None:
        raise typer.BadParameter("not an address, 0x and 40 hex digits", param_hint="--to")
    return bytes.fromhex(match[1])
