"""`liuhen append`: enter records, and keep their receipts."""

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from liuhen.cli.existing import all_existing

if TYPE_CHECKING:
    from liuhen.client import StoredReceipt
    from liuhen.core.canonical import JsonObject, JsonValue

HELP: Final = """Example: liuhen append --url http://127.0.0.1:8420 --receipts receipts finding.json

Enter records; print number, place in the log and file of each.

Each FILE is a whole submission, {"data": …, "type": …, "case": …, …}; with --type or --case it is
the data of one. The same submission again gives the record that is there already; a new
--idempotency-key enters it anew.
"""

Url = Annotated[str, typer.Option(help="Where the service is.", envvar="LIUHEN_URL", metavar="URL")]


def append(
    files: Annotated[
        list[Path],
        typer.Argument(help="JSON files; - is stdin.", metavar="FILE", callback=all_existing),
    ],
    url: Url,
    record_type: Annotated[
        str | None,
        typer.Option("--type", help="The files are data of records of this type.", metavar="TYPE"),
    ] = None,
    case: Annotated[
        str | None, typer.Option(help="The files are data of records of this case.", metavar="CASE")
    ] = None,
    receipts: Annotated[
        Path | None,
        typer.Option(help="Folder to write receipts to.", file_okay=False, metavar="DIR"),
    ] = None,
    idempotency_key: Annotated[
        str | None,
        typer.Option(help="Key of the one FILE; else made from what it holds.", metavar="KEY"),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")] = False,
) -> None:
    """Enter every file that can be, and exit with the worst that happened."""
    from liuhen.cli import exits, talk
    from liuhen.cli.service_url import connect
    from liuhen.core.errors import AuditError

    if idempotency_key is not None and len(files) > 1:
        raise typer.BadParameter("one key is for one FILE", param_hint="--idempotency-key")
    codes = []
    with connect(url) as service:
        for file in files:
            try:
                body = _submission(file, record_type, case)
                stored = service.append_bytes(body, idempotency_key=idempotency_key or _key(body))
                _keep(stored, file, receipts, json=json)
            except AuditError as error:
                talk.warn(f"{file}: {error} [{error.code}]")
                codes.append(exits.of_error(error))
    raise typer.Exit(exits.worst(codes))


def _submission(file: Path, record_type: str | None, case: str | None) -> bytes:
    """Read a submission, or put the data of one into its place; the bytes are canonical."""
    from liuhen.cli.input_file import read_file
    from liuhen.core.canonical import canonical
    from liuhen.core.strict_json import DEFAULT_LIMITS, parse_json

    value = parse_json(read_file(file, DEFAULT_LIMITS.body_bytes))
    if record_type is None and case is None:
        return canonical(value)
    submission: JsonObject = {"data": value}
    if record_type is not None:
        submission["type"] = record_type
    if case is not None:
        submission["case"] = case
    return canonical(submission)


def _key(body: bytes) -> str:
    """Make the idempotency key: the same submission has the same key, whoever sends it again."""
    return hashlib.sha256(body).hexdigest()


def _keep(stored: "StoredReceipt", file: Path, folder: Path | None, *, json: bool) -> None:
    from liuhen.cli import talk
    from liuhen.cli.output_file import write_file

    place = None if folder is None else folder / f"{stored.record_id}.receipt.json"
    if place is not None:
        write_file(place, stored.body)
    if json:
        answer: dict[str, JsonValue] = {
            "entry_index": stored.receipt.entry_index,
            "file": str(file),
            "receipt": None if place is None else str(place),
            "record_id": stored.record_id,
        }
        talk.say_json(answer)
        return
    talk.say(f"{stored.record_id}  entry {stored.receipt.entry_index}  {file}")
