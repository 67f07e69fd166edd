"""`liuhen erase`: take the value of a field away for good."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from liuhen.cli.serve import SettingsFile
from liuhen.cli.service_extra import service_extra

if TYPE_CHECKING:
    from liuhen.wiring.settings import Settings

HELP: Final = """Example: liuhen erase ID --field /data/bidder/phone --basis "PIPL art. 47"

Erase fields of a record: value and salt are destroyed, and all that they could be found by.

REF is a record's number, or a receipt file of it. The record keeps its place in the log and every
proof of it still verifies; a record of type log.erasure tells which fields were erased, and why.
What cannot be undone elsewhere stays: receipts that were given out, and backups until they expire.

Runs where the service runs: it reads operator.key from the folder of keys that the settings name.
"""


def erase(
    ref: Annotated[str, typer.Argument(help="Record number or receipt file.", metavar="REF")],
    field: Annotated[
        list[str],
        typer.Option(
            "--field", help="Field or container to erase; as often as needed.", metavar="POINTER"
        ),
    ],
    basis: Annotated[
        str, typer.Option(help="The legal basis; it stays in the log.", metavar="TEXT")
    ],
    settings_file: SettingsFile = None,
    url: Annotated[
        str | None,
        typer.Option(
            help="Where the service is; else as the settings say.",
            envvar="LIUHEN_URL",
            metavar="URL",
        ),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")] = False,
) -> None:
    """Ask the service, and say what became of it."""
    with service_extra():
        from liuhen.adapters.keys_file import OPERATOR_KEY, load_key
        from liuhen.cli import talk
        from liuhen.cli.service_url import connect
        from liuhen.wiring.settings import load_settings

        settings = load_settings(settings_file)
        record_id = _record_id(ref)
        key = load_key(settings.keys_dir / OPERATOR_KEY)
        with connect(url or _url(settings)) as service:
            answer = service.erase(record_id, field, basis, operator_key=key)
        if json:
            talk.say_json(answer)
            return
        erased = answer.get("erased")
        for pointer in erased if isinstance(erased, list) else []:
            talk.say(f"{record_id}  erased  {pointer}")
        talk.say(f"{answer.get('erasure_id')}  log.erasure  entry {answer.get('entry_index')}")
        if answer.get("purged") is not True:
            talk.warn(
                "the files of the database still hold the value, because somebody reads an older"
                " state of them; the service goes on trying to purge them"
            )


def _record_id(ref: str) -> str:
    """Return the record's number: as given, or from a receipt file."""
    from liuhen.cli.input_file import read_file
    from liuhen.core.receipt import MAX_RECEIPT_BYTES, parse_receipt
    from liuhen.core.shown import ShownRecord

    file = Path(ref)
    if not file.is_file():
        return ref
    return ShownRecord.of(parse_receipt(read_file(file, MAX_RECEIPT_BYTES)).rows).record_id


def _url(settings: "Settings") -> str:
    """Return where the service listens by its settings."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)  # noqa: S104 -- where it listens, not us
    if not settings.port:
        raise typer.BadParameter("the settings leave the port open: name it", param_hint="--url")
    return f"http://[{host}]:{settings.port}" if ":" in host else f"http://{host}:{settings.port}"
