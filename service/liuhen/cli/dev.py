"""`liuhen dev`: chain, contract, service and portal on this machine."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from liuhen.cli.service_extra import service_extra

if TYPE_CHECKING:
    from liuhen.wiring.development import DevelopmentPlace

HELP: Final = """Example: liuhen dev

Run a chain, the contract, the service and the portal on this machine until Ctrl-C.

The first run makes keys, log and trust policy in the folder; later runs go on with them.
"""


def dev(
    folder: Annotated[
        Path, typer.Argument(help="Where everything is kept.", metavar="FOLDER")
    ] = Path(".liuhen"),
    port: Annotated[
        int, typer.Option(help="Port of the service; 0 takes a free one.", metavar="PORT")
    ] = 8420,
    chain_port: Annotated[
        int | None,
        typer.Option(
            help="Port of the chain; else a free one.", metavar="PORT", show_default=False
        ),
    ] = None,
    logs: Annotated[
        list[str] | None,
        typer.Option(
            "--log",
            help="Name of a log to make; may come again, the first is the default log.",
            metavar="NAME",
        ),
    ] = None,
) -> None:
    """Run until told to stop."""
    with service_extra():
        from liuhen.wiring.development import dev as run

        run(folder, port, chain_port=chain_port, logs=logs or (), on_ready=_tell)


def _tell(place: "DevelopmentPlace") -> None:
    """Say where everything is, and what to try."""
    from liuhen.cli import talk

    talk.say(f"portal and API   {place.url}/")
    talk.say(f"chain            {place.rpc_url}")
    for origin in (place.origin, *place.others):
        talk.say(f"log              {origin}")
    for policy in place.policy_files:
        talk.say(f"trust policy     {policy}")
    talk.say("try, in another terminal:")
    talk.say(f"  liuhen append --url {place.url} --receipts receipts FILE")
    talk.say(f"  liuhen receipt fetch ID --url {place.url} --out receipts/ID.receipt.json")
    talk.say(
        f"  liuhen verify receipts/ID.receipt.json --policy {place.policy_file}"
        f" --rpc {place.rpc_url}"
    )
    talk.say(f"  liuhen audit --settings {place.settings_file}")
    talk.say("the receipt that append writes is sealed; fetched again, it carries its anchor")
