"""`liuhen attachment`: have a service keep the files that a record names, and get them back."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from liuhen.cli.existing import STDIN, all_existing

if TYPE_CHECKING:
    from liuhen.cli.file_progress import FileProgress
    from liuhen.client import Liuhen
    from liuhen.core.attachment import Attachment

app = typer.Typer(
    help="Keep and get the files that records name.", no_args_is_help=True, rich_markup_mode=None
)

PUT: Final = """Example: liuhen attachment put receipt.json report.pdf --url http://127.0.0.1:8420

Have the service keep files that a record names. Which is which is told by digest, not by name.

A service may keep none: then they stay with you, and nothing is lost.
"""
GET: Final = """Example: liuhen attachment get receipt.json --url http://127.0.0.1:8420 -o files

Get the files of a record that the service keeps, each compared with the record while it comes.

A file is there under its name only when all of it was right; one that is there is not replaced.
"""

_Record = Annotated[
    str, typer.Argument(help="Receipt file, or number of the record.", metavar="RECEIPT|ID")
]
_Url = Annotated[
    str, typer.Option(help="Where the service is.", envvar="LIUHEN_URL", metavar="URL")
]


@app.command("put", help=PUT, short_help="Have a service keep files.")
def put(
    record: _Record,
    files: Annotated[
        list[Path], typer.Argument(help="The files.", metavar="FILE", callback=all_existing)
    ],
    url: _Url,
) -> None:
    """Match files to attachments, and send each; exit with the worst that happened."""
    from liuhen.cli import exits
    from liuhen.cli.service_url import connect

    if STDIN in files:
        raise typer.BadParameter("a file is read twice, so it cannot be stdin", param_hint="FILE")
    with connect(url) as service:
        record_id, attachments = read_record(record, service)
        codes = send_files(service, record_id, attachments, files)
    raise typer.Exit(exits.worst(codes))


@app.command("get", help=GET, short_help="Get the files of a record.")
def get(
    record: _Record,
    url: _Url,
    out: Annotated[
        Path,
        typer.Option(
            "-o", "--out", help="Folder to write to; else this one.", file_okay=False, metavar="DIR"
        ),
    ] = Path(),
) -> None:
    """Fetch every attachment that is kept; exit with the worst that happened."""
    from liuhen.cli import exits, talk
    from liuhen.cli.file_progress import FileProgress
    from liuhen.cli.service_url import connect
    from liuhen.core.errors import AuditError

    codes = []
    with connect(url) as service:
        record_id, attachments = read_record(record, service)
        names = file_names(attachments)
        with FileProgress(each.size for each in attachments) as progress:
            for attachment, name in zip(attachments, names, strict=True):
                try:
                    _fetch(service, record_id, attachment, out / name, progress)
                except AuditError as error:
                    talk.warn(f"{name}: {error} [{error.code}]")
                    codes.append(exits.of_error(error))
    if not attachments:
        talk.warn("the record names no files")
    raise typer.Exit(exits.worst(codes))


def read_record(record: str, service: "Liuhen") -> tuple[str, "list[Attachment]"]:
    """Return number and attachments of a record, from a receipt file or from the service's."""
    from liuhen.cli.input_file import read_file
    from liuhen.client import StoredReceipt
    from liuhen.core.attachment import attachments_of
    from liuhen.core.receipt import MAX_RECEIPT_BYTES

    place = Path(record)
    stored = (
        StoredReceipt.parse(read_file(place, MAX_RECEIPT_BYTES))
        if place == STDIN or place.is_file()
        else service.receipt(record)
    )
    return stored.record_id, attachments_of(stored.receipt.rows)


def send_files(
    service: "Liuhen",
    record_id: str,
    attachments: "Sequence[Attachment]",
    files: Sequence[Path],
) -> list[int]:
    """Send every file that the record names; return the exit codes of what went wrong."""
    from liuhen.cli import exits, talk
    from liuhen.cli.file_progress import FileProgress
    from liuhen.core.errors import AuditError

    codes = []
    sizes = [2 * file.stat().st_size for file in files]  # hashed, then sent
    with FileProgress(sizes) as progress:
        for file in files:
            try:
                talk.say(_send(service, record_id, attachments, file, progress))
            except AuditError as error:
                talk.warn(f"{file}: {error} [{error.code}]")
                codes.append(exits.of_error(error))
    return codes


def file_names(attachments: "Sequence[Attachment]") -> list[str]:
    """Return what to call the files here: their last part, without what a system might act on."""
    names: list[str] = []
    for attachment in attachments:
        named = (attachment.name or "").replace("\\", "/").rpartition("/")[2]
        plain = "".join(c if c.isprintable() and c not in '<>:"|?*' else "_" for c in named)
        name = plain.strip(" .")[-200:] or f"attachment-{attachment.position}"
        names.append(name if name not in names else f"{attachment.position}-{name}")
    return names


def _send(
    service: "Liuhen",
    record_id: str,
    attachments: "Sequence[Attachment]",
    file: Path,
    progress: "FileProgress",
) -> str:
    from liuhen.cli.input_file import opened
    from liuhen.client.files import digest_stream
    from liuhen.core.attachment import find_attachment
    from liuhen.core.errors import FileMismatch

    with opened(file) as stream:
        found = digest_stream(stream, progress)
        attachment = find_attachment(attachments, found.sha256)
        if attachment is None:
            raise FileMismatch("the record names no file with this digest")
        attachment.check(*found)
        new = service.files.put(record_id, attachment, stream, progress)
    return f"{attachment.position}  {'kept' if new else 'was kept already'}  {file}"


def _fetch(
    service: "Liuhen",
    record_id: str,
    attachment: "Attachment",
    place: Path,
    progress: "FileProgress",
) -> None:
    from liuhen.cli import talk
    from liuhen.cli.output_file import written_whole
    from liuhen.core.errors import Unavailable

    if place.exists():
        raise Unavailable("is there already, and was not replaced")
    with written_whole(place) as stream:
        service.files.get(record_id, attachment, stream.write, progress)
    talk.say(f"{attachment.position}  {place}")
