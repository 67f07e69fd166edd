"""`liuhen append`: enter records, and keep their receipts."""

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from liuhen.cli.existing import STDIN, all_existing

if TYPE_CHECKING:
    from liuhen.client import StoredReceipt
    from liuhen.core.canonical import JsonObject, JsonValue
    from liuhen.core.errors import AuditError

HELP: Final = """Example: liuhen append --url http://127.0.0.1:8420 --receipts receipts finding.json

Enter records; print number, place in the log and file of each.

Each FILE is a whole submission, {"data": …, "type": …, "case": …, …}; with --type or --case it is
the data of one. The same submission again gives the record that is there already; a new
--idempotency-key enters it anew.

With --attach the record names files by digest; they stay here, unless --store sends them too.

With --detached the content stays here: the service gets 32 bytes, the case and the submitter, and
the receipt is completed with the content here. Keep it: nothing else opens those 32 bytes.
"""

Url = Annotated[str, typer.Option(help="Where the service is.", envvar="LIUHEN_URL", metavar="URL")]


def append(  # noqa: PLR0917 -- one parameter an option
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
    log: Annotated[
        str | None,
        typer.Option(help="Name of a log; else the service's default log.", metavar="NAME"),
    ] = None,
    receipts: Annotated[
        Path | None,
        typer.Option(help="Folder to write receipts to.", file_okay=False, metavar="DIR"),
    ] = None,
    idempotency_key: Annotated[
        str | None,
        typer.Option(help="Key of the one FILE; else made from what it holds.", metavar="KEY"),
    ] = None,
    attach: Annotated[
        list[Path] | None,
        typer.Option(
            help="File that the one FILE is to name; again for more.",
            metavar="FILE",
            callback=all_existing,
        ),
    ] = None,
    store: Annotated[
        bool, typer.Option("--store", help="Have the service keep the attached files.")
    ] = False,
    detached: Annotated[
        bool,
        typer.Option("--detached", help="Keep the content here; receipts go to DIR, else here."),
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")] = False,
) -> None:
    """Enter every file that can be, and exit with the worst that happened."""
    from liuhen.cli import exits, talk
    from liuhen.cli.attachment import send_files
    from liuhen.cli.detached import enter_detached
    from liuhen.cli.service_url import connect
    from liuhen.core.attachment import attachments_of
    from liuhen.core.errors import AuditError

    if idempotency_key is not None and len(files) > 1:
        raise typer.BadParameter("one key is for one FILE", param_hint="--idempotency-key")
    attach = attach or []
    _check_attached(files, attach, store=store, detached=detached)
    codes = []
    with connect(url) as service:
        for file in files:
            try:
                body = _with_attachments(_submission(file, record_type, case), attach)
                if detached:
                    folder = receipts or Path()
                    stored, kept = enter_detached(
                        service, body, folder, place=(url, log), key=idempotency_key
                    )
                    _keep(stored, file, folder, json=json)
                    kept.unlink(missing_ok=True)
                    continue
                key = idempotency_key or _key(body)
                stored = service.append_bytes(body, idempotency_key=key, log_name=log)
                _keep(stored, file, receipts, json=json)
                if store:
                    attached = attachments_of(stored.receipt.rows)
                    codes += send_files(service, stored.record_id, attached, attach)
            except AuditError as error:
                talk.warn(f"{file}: {_told(error)} [{error.code}]")
                _keep_refusal(error, receipts)
                codes.append(exits.of_error(error))
    raise typer.Exit(exits.worst(codes))


def _submission(file: Path, record_type: str | None, case: str | None) -> bytes:
    """Read a submission, or put the data of one into its place; the bytes are canonical."""
    from liuhen.cli.input_file import read_file
    from liuhen.core.canonical import canonical
    from liuhen.core.errors import MalformedRecord
    from liuhen.core.sent_members import sent_members
    from liuhen.core.strict_json import DEFAULT_LIMITS, parse_json

    value = parse_json(read_file(file, DEFAULT_LIMITS.body_bytes))
    if record_type is None and case is None:
        return canonical(value)
    if sent_members(value) is not None:
        rule = "is there already: the file is a whole submission; leave --type and --case out"
        raise MalformedRecord("/data", rule)
    submission: JsonObject = {"data": value}
    if record_type is not None:
        submission["type"] = record_type
    if case is not None:
        submission["case"] = case
    return canonical(submission)


def _check_attached(files: list[Path], attach: list[Path], *, store: bool, detached: bool) -> None:
    if attach and len(files) > 1:
        raise typer.BadParameter("files are attached to one FILE", param_hint="--attach")
    if STDIN in attach:
        raise typer.BadParameter("an attached file cannot be stdin", param_hint="--attach")
    if store and not attach:
        raise typer.BadParameter("there is no file to keep without --attach", param_hint="--store")
    if store and detached:
        raise typer.BadParameter("with --detached nothing is sent", param_hint="--store")


def _with_attachments(body: bytes, attach: list[Path]) -> bytes:
    """Add the description of files to a submission."""
    from liuhen.cli.file_progress import FileProgress
    from liuhen.cli.input_file import opened
    from liuhen.client.files import describe_file
    from liuhen.core.canonical import canonical
    from liuhen.core.errors import MalformedRecord
    from liuhen.core.strict_json import parse_json

    if not attach:
        return body
    submission = parse_json(body)
    if not isinstance(submission, dict):
        raise MalformedRecord("", "must be an object")
    listed = submission.get("attachments", [])
    if not isinstance(listed, list):
        raise MalformedRecord("/attachments", "must be an array")
    described: list[JsonValue] = []
    with FileProgress.of(attach) as progress:
        for file in attach:
            with opened(file) as stream:
                described.append(describe_file(stream, file.name, progress=progress).to_json())
    return canonical({**submission, "attachments": [*listed, *described]})


def _key(body: bytes) -> str:
    """Make the idempotency key: the same submission has the same key, whoever sends it again."""
    return hashlib.sha256(body).hexdigest()


def _keep(stored: "StoredReceipt", file: Path, folder: Path | None, *, json: bool) -> None:
    from liuhen.cli import talk
    from liuhen.cli.output_file import write_file

    place = None if folder is None else folder / f"{stored.record_id}.receipt.json"
    if place is not None:
        write_file(place, stored.body, private=stored.receipt.content is not None)
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


def _told(error: "AuditError") -> str:
    """Return what an error says, a rule in the language of the terminal."""
    from liuhen.cli.language import Language, of_terminal
    from liuhen.core.errors import RecordRefused

    if isinstance(error, RecordRefused) and error.rule_zh and of_terminal() is Language.ZH:
        return f"{error.field}：{error.rule_zh}"
    return str(error)


def _keep_refusal(error: "AuditError", folder: Path | None) -> None:
    """Keep the receipt of the record that tells of a refusal, as of a bid that came late."""
    from liuhen.cli import talk
    from liuhen.cli.output_file import write_file
    from liuhen.client.problem import problem_of

    problem = problem_of(error)
    members = {} if problem is None else problem.members
    number, receipt = members.get("record_id"), members.get("receipt")
    if not isinstance(number, str) or not isinstance(receipt, str) or "/" in number:
        return
    talk.warn(f"the refusal is in the log: record {number}")
    if folder is not None:
        write_file(folder / f"{number}.receipt.json", receipt.encode())
