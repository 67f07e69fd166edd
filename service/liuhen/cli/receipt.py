"""`liuhen receipt fetch`: get a receipt, or a newer one of the same record."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from liuhen.cli.existing import STDIN

if TYPE_CHECKING:
    from liuhen.client import StoredReceipt

app = typer.Typer(help="Fetch receipts.", no_args_is_help=True, rich_markup_mode=None)

FETCH: Final = """Example: liuhen receipt fetch ID --url http://127.0.0.1:8420 --out receipt.json

Fetch the receipt of a record, with the anchors it has by now.

REF is a record's number, or the URL of a record or receipt. A receipt file that is there already
is replaced only by one of the same record, with the same content at the same place in the log.
"""

_RECORD_URL: Final = re.compile(
    r"(?P<base>https?://.+)/v1/records/(?P<record_id>[^/?#]+)(?:/receipt)?/?"
)


@app.callback()
def _group() -> None:
    """Keep `fetch` a command of its own though it is the only one."""


@app.command("fetch", help=FETCH, short_help="Fetch a receipt, or a newer one of the same record.")
def fetch(
    ref: Annotated[
        str, typer.Argument(help="Record number, or URL of a record or receipt.", metavar="REF")
    ],
    url: Annotated[
        str | None,
        typer.Option(
            help="Where the service is, if REF does not say.", envvar="LIUHEN_URL", metavar="URL"
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            help="File to write; else REF.receipt.json here; - is stdout.", dir_okay=False
        ),
    ] = None,
) -> None:
    """Fetch, compare with what is there, write."""
    from liuhen.cli import talk
    from liuhen.cli.output_file import write_file
    from liuhen.cli.service_url import connect

    base, record_id = _parse_ref(ref, url)
    with connect(base) as service:
        stored = service.receipt(record_id)
    if out == STDIN:
        typer.echo(stored.body, nl=False)
        return
    place = out or Path(f"{stored.record_id}.receipt.json")
    _check_same_entry(place, stored)
    write_file(place, stored.body)
    talk.say(str(place))


def _parse_ref(ref: str, url: str | None) -> tuple[str, str]:
    """Return base URL and record number."""
    match = _RECORD_URL.fullmatch(ref)
    if match is not None:
        return match["base"], match["record_id"]
    if "/" in ref:
        raise typer.BadParameter("neither a record's number nor a URL of one", param_hint="REF")
    if url is None:
        raise typer.BadParameter("name the service", param_hint="--url")
    return url, ref


def _check_same_entry(place: Path, stored: "StoredReceipt") -> None:
    """Check that a receipt that is there already is one of the same entry.

    Raises:
        CommitmentMismatch: It has other rows, or another place in the log: keep both.
        Malformed: What is there is not a receipt.
    """
    from liuhen.cli.input_file import read_file
    from liuhen.core.errors import CommitmentMismatch
    from liuhen.core.receipt import MAX_RECEIPT_BYTES, parse_receipt

    if not place.exists():
        return
    before = parse_receipt(read_file(place, MAX_RECEIPT_BYTES))
    after = stored.receipt
    if (before.rows, before.entry_index, before.slot) != (
        after.rows,
        after.entry_index,
        after.slot,
    ):
        raise CommitmentMismatch(
            f"{place} holds a receipt of other content or another entry: it was not replaced;"
            " keep both and ask the operator"
        )
