"""`liuhen receipt fetch`: get a receipt, or a newer one of the same record."""

import re
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final

import typer

from liuhen.cli.existing import STDIN


class Format(StrEnum):
    """The forms that a receipt can be had in."""

    JSON = "json"
    TLOG_PROOF = "tlog-proof"
    COSE = "cose"


_ENDINGS: Final = {
    Format.JSON: "receipt.json",
    Format.TLOG_PROOF: "tlog-proof",
    Format.COSE: "cose",
}

app = typer.Typer(help="Fetch receipts.", no_args_is_help=True, rich_markup_mode=None)

FETCH: Final = """Example: liuhen receipt fetch ID --url http://127.0.0.1:8420 --out receipt.json

Fetch the receipt of a record, with the anchors it has by now.

REF is a record's number, or the URL of a record or receipt. A receipt file that is there already
is replaced only by one of the same record, with the same content at the same place in the log, of
a log that has kept its history; to see that, tiles of the log are fetched. Content that a receipt
of a detached record holds is kept: no service has it.

The formats tlog-proof (c2sp.org) and cose (RFC 9942) are for other people's tools and for `liuhen
proof check`; they hold no record and no anchor. Their files are never replaced.
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
            help="File to write; else ID.receipt.json (or .tlog-proof, .cose); - is stdout.",
            dir_okay=False,
        ),
    ] = None,
    form: Annotated[
        Format, typer.Option("--format", help="What to fetch; the file's name ends accordingly.")
    ] = Format.JSON,
) -> None:
    """Fetch, compare with what is there, write."""
    from liuhen.cli import talk
    from liuhen.cli.input_file import read_file
    from liuhen.cli.output_file import write_file
    from liuhen.cli.service_url import connect
    from liuhen.cli.upgrade import check_upgrade, with_content
    from liuhen.core.receipt import MAX_RECEIPT_BYTES, parse_receipt

    base, record_id = _parse_ref(ref, url)
    if form is not Format.JSON:
        _fetch_proof(base, record_id, form, out)
        return
    with connect(base) as service:
        stored = service.receipt(record_id)
        if out == STDIN:
            typer.echo(stored.body, nl=False)
            return
        place = out or Path(f"{stored.record_id}.receipt.json")
        content = None
        if place.exists():
            before = parse_receipt(read_file(place, MAX_RECEIPT_BYTES))
            check_upgrade(place, before, stored.receipt, service.consistency)
            content = before.content
    body = stored.body if content is None else with_content(stored.receipt, content)
    write_file(place, body, private=content is not None)
    talk.say(str(place))


def _fetch_proof(base: str, record_id: str, form: Format, out: Path | None) -> None:
    """Fetch a proof in another form, and write it where nothing is."""
    from liuhen.cli import talk
    from liuhen.cli.output_file import write_file
    from liuhen.cli.service_url import connect

    place = out or Path(f"{record_id}.{_ENDINGS[form]}")
    if place != STDIN and place.exists():
        raise typer.BadParameter(f"{place} is there already", param_hint="--out")
    with connect(base) as service:
        if form is Format.COSE:
            content = service.cose_receipt(record_id).to_bytes()
        else:
            content = service.tlog_proof(record_id).to_text().encode()
    if place == STDIN:
        typer.echo(content, nl=False)
        return
    write_file(place, content)
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
