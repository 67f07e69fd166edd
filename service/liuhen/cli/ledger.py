"""`liuhen ledger`: findings and tasks from and to workbooks, and the board of any day."""

from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from liuhen.cli.append import Url
from liuhen.cli.existing import existing
from liuhen.cli.language import Language, LanguageOption
from liuhen.cli.operator_key import (
    GroundOption,
    OperatorKey,
    OperatorKeyIfAny,
    PartyOption,
    ReaderOption,
    RoleOption,
)

if TYPE_CHECKING:
    from liuhen.client import KeyHolder, Liuhen
    from liuhen.core.canonical import JsonObject

app = typer.Typer(
    help="Import and export findings and tasks; what is overdue on any day.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

IMPORT: Final = """Example: liuhen ledger import ledger.csv --operator-key operator.key

Enter the findings of a ledger, or with --kind task its tasks (督办), CSV or XLSX, with headings in
Chinese or English. All rows are checked before the first is sent; the same file again enters
nothing. A workbook of `liuhen ledger export` is entered with its history, step by step.

What the service knows from elsewhere must stand there as in the row; its next step is a record of
its own.
"""

EXPORT: Final = """Example: liuhen ledger export -o ledger.xlsx --day 2026-06-30

Write the ledger of a day, of findings or tasks, as a workbook: its rows, the history of each, and a
sheet to check them by.
"""

BOARD: Final = """Example: liuhen ledger board --day 2026-06-30

Print how many findings are overdue, due soon, on course and closed on a day, or how many tasks
(督办) or tolerant acceptances (容缺受理); with the operator's key also which.
"""

SNAPSHOT: Final = """Example: liuhen ledger snapshot --day 2026-06-30 --operator-key operator.key

Enter the counts of a day, and the digest of the lines behind them, as a board_snapshot record.
"""

CHECK: Final = """Example: liuhen ledger check ledger.xlsx --operator-key operator.key

Make a ledger or a snapshot again from the records, and compare. REF is a workbook that `liuhen
ledger export` wrote, or the number of a board_snapshot record.
"""

_WORDS: Final = {
    "red": ("超期", "overdue"),
    "yellow": ("临期", "due soon"),
    "blue": ("正常推进", "on course"),
    "closed": ("已销号", "closed"),
}


class Kind(StrEnum):
    """What has a board."""

    FINDING = "finding"
    TASK = "task"
    TOLERANT_ACCEPTANCE = "tolerant_acceptance"


class LedgerKind(StrEnum):
    """What has a ledger."""

    FINDING = "finding"
    TASK = "task"


Day = Annotated[
    str | None, typer.Option("--day", help="The day; else today in Beijing.", metavar="DAY")
]
Log = Annotated[
    str | None, typer.Option("--log", help="Name of a log; else the default log.", metavar="NAME")
]
KindOption = Annotated[Kind, typer.Option("--kind", help="What the board is of.")]
LedgerKindOption = Annotated[LedgerKind, typer.Option("--kind", help="What the ledger is of.")]


@app.command("import", help=IMPORT, short_help="Enter the rows of a file.")
def import_ledger(
    file: Annotated[Path, typer.Argument(metavar="FILE", callback=existing)],
    url: Url,
    key: OperatorKey,
    role: RoleOption = None,
    reader: ReaderOption = None,
    party: PartyOption = None,
    ground: GroundOption = None,
    kind: LedgerKindOption = LedgerKind.FINDING,
    log: Log = None,
    language: LanguageOption = None,
) -> None:
    """Check every row, then enter them."""
    from liuhen.cli import talk
    from liuhen.cli.service_extra import service_extra
    from liuhen.cli.service_url import connect

    with service_extra():
        from liuhen.cli.operator_key import key_holder
        from liuhen.domain.ledger_form import FORMS
        from liuhen.wiring.ledger_import import enter_ledger

        holder = key_holder(key, role, reader, party, ground)
        chinese = _is_chinese(language)
        with connect(url) as service:
            done = enter_ledger(service, file.read_bytes(), holder, log_name=log, form=FORMS[kind])
    for problem in done.problems:
        told = problem.zh if chinese else problem.en
        talk.warn(f"{file}:{problem.row} {problem.column}: {told}")
    if done.problems:
        talk.warn("没有导入任何一行" if chinese else "no row was entered")
        raise typer.Exit(_malformed())
    if chinese:
        talk.say(f"新增记录{done.entered}条，已有{done.there}条，未变更{done.known}项")
    else:
        talk.say(
            f"{done.entered} records entered, {done.there} there already,"
            f" {done.known} known and unchanged"
        )


@app.command("export", help=EXPORT, short_help="Write the ledger of a day.")
def export(
    url: Url,
    key: OperatorKey,
    output: Annotated[Path, typer.Option("-o", "--output", help="File to write.", metavar="FILE")],
    *,
    role: RoleOption = None,
    reader: ReaderOption = None,
    party: PartyOption = None,
    ground: GroundOption = None,
    day: Day = None,
    kind: LedgerKindOption = LedgerKind.FINDING,
    log: Log = None,
    language: LanguageOption = None,
) -> None:
    """Fetch and write it whole."""
    from liuhen.cli import talk
    from liuhen.cli.operator_key import key_holder
    from liuhen.cli.output_file import write_file
    from liuhen.cli.service_url import connect

    holder = key_holder(key, role, reader, party, ground)
    spoken = "zh" if _is_chinese(language) else "en"
    with connect(url) as service:
        content = service.boards.ledger(
            _day(day), kind=str(kind), holder=holder, log_name=log, language=spoken
        )
    write_file(output, content, private=True)
    talk.say(str(output))


@app.command("board", help=BOARD, short_help="Print the board of a day.")
def board(
    url: Url,
    *,
    key: OperatorKeyIfAny = None,
    role: RoleOption = None,
    reader: ReaderOption = None,
    party: PartyOption = None,
    ground: GroundOption = None,
    day: Day = None,
    kind: KindOption = Kind.FINDING,
    log: Log = None,
    language: LanguageOption = None,
    json: Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")] = False,
) -> None:
    """Ask the service and print."""
    from liuhen.cli import talk
    from liuhen.cli.operator_key import key_holder_if_any
    from liuhen.cli.service_url import connect

    holder = key_holder_if_any(key, role, reader, party, ground)
    with connect(url) as service:
        told = service.boards.board(_day(day), kind=str(kind), log_name=log, holder=holder)
    if json:
        talk.say_json(told)
        return
    _say_board(told, 0 if _is_chinese(language) else 1)


@app.command("snapshot", help=SNAPSHOT, short_help="Enter the board of a day.")
def snapshot(
    url: Url,
    key: OperatorKey,
    role: RoleOption = None,
    reader: ReaderOption = None,
    party: PartyOption = None,
    ground: GroundOption = None,
    day: Day = None,
    kind: KindOption = Kind.FINDING,
    log: Log = None,
) -> None:
    """Ask for the board, and enter it."""
    from liuhen.cli import talk
    from liuhen.cli.operator_key import key_holder
    from liuhen.cli.service_url import connect

    holder = key_holder(key, role, reader, party, ground)
    with connect(url) as service:
        told = service.boards.board(_day(day), kind=str(kind), log_name=log, holder=holder)
        told.pop("lines", None)
        stored = service.append(told, type="board_snapshot", log_name=log)
    talk.say(f"{stored.record_id}  board_snapshot  {told['as_of']}  {told['digest']}")


@app.command("check", help=CHECK, short_help="Make a ledger or a snapshot again, and compare.")
def check(
    ref: Annotated[str, typer.Argument(help="Workbook or record number.", metavar="REF")],
    url: Url,
    key: OperatorKey,
    role: RoleOption = None,
    reader: ReaderOption = None,
    party: PartyOption = None,
    ground: GroundOption = None,
    log: Log = None,
    language: LanguageOption = None,
) -> None:
    """Say equal, or what differs."""
    from liuhen.cli import talk
    from liuhen.cli.exits import DIFFERENT
    from liuhen.cli.operator_key import key_holder
    from liuhen.cli.service_extra import service_extra
    from liuhen.cli.service_url import connect

    holder = key_holder(key, role, reader, party, ground)
    with service_extra(), connect(url) as service:
        differences = (
            _check_workbook(service, Path(ref), holder, log)
            if Path(ref).is_file()
            else _check_snapshot(service, ref, holder, log)
        )
    chinese = _is_chinese(language)
    for difference in differences:
        talk.say(f"{'不一致' if chinese else 'different'}: {difference}")
    if differences:
        raise typer.Exit(DIFFERENT)
    talk.say("一致：与记录重算的结果相同" if chinese else "equal: the records give the same")


def _check_workbook(
    service: "Liuhen", file: Path, holder: "KeyHolder", log: str | None
) -> list[str]:
    from liuhen.wiring.ledger_check import check_workbook

    return check_workbook(service, file.read_bytes(), holder, log_name=log)


def _check_snapshot(service: "Liuhen", ref: str, holder: "KeyHolder", log: str | None) -> list[str]:
    from liuhen.wiring.ledger_check import check_snapshot

    return check_snapshot(service, ref, holder, log_name=log)


def _say_board(told: "JsonObject", language: int) -> None:
    from liuhen.cli import talk

    counts, lines = told.get("counts"), told.get("lines")
    if isinstance(counts, dict):
        words = [f"{_WORDS[shade][language]} {counts.get(shade)}" for shade in _WORDS]
        talk.say(f"{told.get('as_of')}  {'  '.join(words)}")
    for line in lines if isinstance(lines, list) else []:
        if isinstance(line, dict):
            extended = ("  已延期", "  extended")[language] if line.get("is_extended") else ""
            word = _WORDS[str(line["colour"])][language]
            talk.say(f"{line['case']}  {word}  {line['state']}  {line['due_on']}{extended}")


def _is_chinese(language: Language | None) -> bool:
    from liuhen.cli.language import of_terminal

    return (language or of_terminal()) is Language.ZH


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter("is a day such as 2026-06-30", param_hint="--day") from error


def _malformed() -> int:
    from liuhen.cli.exits import MALFORMED

    return MALFORMED
