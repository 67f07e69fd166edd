"""`liuhen import`: enter the history of other systems, or many submissions at once."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Final

import typer

from liuhen.cli.import_options import Case, DryRun, Files, History, Json, Log, Url

if TYPE_CHECKING:
    from liuhen.cli.import_reading import Reading
    from liuhen.domain.mapping.file_records import FileRecords

app = typer.Typer(
    help="Enter the history of other systems, or many submissions at once.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

OCDS: Final = """Example: liuhen import ocds --url http://127.0.0.1:8420 releases.json

Enter what OCDS files tell: releases, records, packages, lists of them, JSON Lines.

Each release becomes records of our types with everything it held; what has no type of ours is a
generic record that names the reason. docs/mapping.md says what becomes of what. An account is
printed for each FILE; with --dry-run that is all, and nothing is sent.

A second run adds nothing, and takes up a run that was cut off. FILE is read twice and need not fit
into memory.
"""
PROZORRO: Final = """Example: liuhen import prozorro --dry-run tender.json

Enter what bodies of the ProZorro API tell: tenders, bids, complaints, awards, monitorings.

As `liuhen import ocds`. A request or an error is kept as it is: what came of it is not told.
"""
JSONL: Final = """Example: liuhen import jsonl --url http://127.0.0.1:8420 submissions.jsonl

Enter submissions, one a line: {"type": …, "case": …, "occurred_at": …, "data": …}.

Lines that are refused are named, and the others entered. A second run adds nothing. With --history
each is marked as imported, which the rules of order do not hold.
"""
CSV: Final = """Example: liuhen import csv --url http://127.0.0.1:8420 --history contracts.csv

Enter submissions, one a row; columns are type, case, occurred_at, data.name, data.budget.amount …

Empty cells are left out. Cells are texts; true, false and whole numbers where a field asks for
them, and JSON where it is a list or an object. Otherwise as `liuhen import jsonl`.
"""


@app.command("ocds", help=OCDS, short_help="Enter OCDS releases, records and packages.")
def import_ocds(
    files: Files,
    url: Url = None,
    log: Log = None,
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Enter OCDS files."""
    from liuhen.domain.mapping.file_records import OcdsFile

    _run(files, _mapped(OcdsFile), url, log, dry_run=dry_run, json=json)


@app.command("prozorro", help=PROZORRO, short_help="Enter bodies of the ProZorro API.")
def import_prozorro(
    files: Files,
    url: Url = None,
    log: Log = None,
    case: Case = None,
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Enter ProZorro bodies."""
    from liuhen.domain.mapping.file_records import ProzorroFile

    def make(name: str, sha256: str) -> "FileRecords":
        return ProzorroFile(name, sha256, case)

    _run(files, _mapped(make), url, log, dry_run=dry_run, json=json)


@app.command("jsonl", help=JSONL, short_help="Enter submissions, one a line.")
def import_jsonl(
    files: Files,
    url: Url = None,
    log: Log = None,
    history: History = False,
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Enter submissions, one a line."""
    from liuhen.cli.import_reading import read_lines

    _run(files, lambda file: read_lines(file, mark=history), url, log, dry_run=dry_run, json=json)


@app.command("csv", help=CSV, short_help="Enter submissions, one a row.")
def import_csv(
    files: Files,
    url: Url = None,
    log: Log = None,
    history: History = False,
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Enter submissions, one a row."""
    from liuhen.cli.import_reading import read_table

    _run(files, lambda file: read_table(file, mark=history), url, log, dry_run=dry_run, json=json)


def _mapped(make: "Callable[[str, str], FileRecords]") -> "Callable[[Path], Reading]":
    from liuhen.cli.import_reading import read_mapped

    return lambda file: read_mapped(file, make)


def _run(
    files: Iterable[Path],
    read: "Callable[[Path], Reading]",
    url: str | None,
    log: str | None,
    *,
    dry_run: bool,
    json: bool,
) -> None:
    """Import every file that can be, and exit with the worst that happened."""
    from liuhen.cli import exits
    from liuhen.cli.import_report import import_file, show_file
    from liuhen.cli.service_url import connect

    if url is None and not dry_run:
        raise typer.BadParameter("needed, unless --dry-run is given", param_hint="--url")
    codes: list[int] = []
    if dry_run or url is None:
        for file in files:
            codes += show_file(file, read, json=json)
    else:
        with connect(url) as service:
            for file in files:
                codes += import_file(file, read, service, log, json=json)
    raise typer.Exit(exits.worst(codes))
