"""`liuhen case`: check a case and replay its evaluation, with a service or from receipts alone."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from liuhen.cli.existing import STDIN, all_there
from liuhen.cli.language import Language, LanguageOption, of_terminal
from liuhen.cli.operator_key import (
    GroundOption,
    OperatorKeyIfAny,
    PartyOption,
    ReaderOption,
    RoleOption,
)

if TYPE_CHECKING:
    from liuhen.client.cases import Cases
    from liuhen.core.canonical import JsonValue
    from liuhen.domain.case_chain import CaseEntry

app = typer.Typer(
    help="Check a case; replay its evaluation.", no_args_is_help=True, rich_markup_mode=None
)

CHECK: Final = """Example: liuhen case check SLZX-2026-0031 --operator-key operator.key

Say what a case lacks: gaps and forks in its chain, missing steps, rules that were broken, records
logged late. Each line names the rule and the law it rests on.

With the key of the operator everything is told; without it, whether the chain is whole, of
projects after their opening. Before the opening of a project nobody is told anything. With
--receipts no service is asked: the rules are replayed over the receipts of the case.

Exit codes: 0 complete, 3 shortfalls, 4 open, 5 not found, 6 could not check.
"""
REPLAY: Final = """Example: liuhen case replay SLZX-2026-0031 --receipts receipts/

Compute the totals of an evaluation again, from the locked score sheets, the opened prices and the
method of the tender document, and compare them with the report, figure by figure. Points far from
those of other seats, and sheets changed after they were locked, are listed.

With a service it takes the key of the operator, and the result must be published. With --receipts
no service is asked.

Exit codes: 0 match, 3 different, 4 waiting for the report, 5 not found, 6 could not check.
"""

_Case = Annotated[str, typer.Argument(help="Case code.", metavar="CASE")]
_Url = Annotated[
    str | None,
    typer.Option(help="Where the service is.", envvar="LIUHEN_URL", metavar="URL"),
]
_Receipts = Annotated[
    list[Path] | None,
    typer.Option(
        "--receipts",
        help="Receipt files, or folders of them, in place of a service; as often as needed.",
        metavar="PATH",
        callback=all_there,
    ),
]
_Json = Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")]


def _time(text: str) -> datetime:
    from liuhen.domain.reading import moment_of

    moment = moment_of(text)
    if moment is None:
        raise typer.BadParameter("a time with its offset, such as 2026-03-31T09:30:00+08:00")
    return moment


@app.command("check", help=CHECK, short_help="Say what a case lacks.")
def check(
    case: _Case,
    url: _Url = None,
    *,
    key: OperatorKeyIfAny = None,
    role: RoleOption = None,
    reader: ReaderOption = None,
    party: PartyOption = None,
    ground: GroundOption = None,
    receipts: _Receipts = None,
    as_of: Annotated[
        datetime | None,
        typer.Option(
            help="The time to speak of, with its offset; else now.", parser=_time, metavar="TIME"
        ),
    ] = None,
    late_after: Annotated[
        float | None,
        typer.Option(help="After how many hours a record is late; else 2.", min=0, metavar="HOURS"),
    ] = None,
    contents: Annotated[
        bool,
        typer.Option("--contents", help="Also hold every record against its entry in the log."),
    ] = False,
    json: _Json = False,
    lang: LanguageOption = None,
) -> None:
    """Check, answer, and exit with the code of the answer."""
    from liuhen.cli.case_report import check_lines
    from liuhen.cli.operator_key import key_holder_if_any

    holder = key_holder_if_any(key, role, reader, party, ground)

    def ask(cases: "Cases") -> Any:  # noqa: ANN401 -- what the service answers
        when = None if as_of is None else as_of.isoformat()
        return cases.check(
            case, holder=holder, as_of=when, late_after_hours=late_after, contents=contents
        )

    report = (
        _ask(url, ask)
        if not receipts
        else _checked_here(case, _entries(case, receipts, lang), as_of, late_after)
    )
    _answer(report, check_lines, lang, json=json)


@app.command("replay", help=REPLAY, short_help="Compute an evaluation again.")
def replay(
    case: _Case,
    url: _Url = None,
    key: OperatorKeyIfAny = None,
    role: RoleOption = None,
    reader: ReaderOption = None,
    party: PartyOption = None,
    ground: GroundOption = None,
    receipts: _Receipts = None,
    json: _Json = False,
    lang: LanguageOption = None,
) -> None:
    """Replay, answer, and exit with the code of the answer."""
    from liuhen.cli.case_report import replay_lines
    from liuhen.cli.operator_key import key_holder_if_any

    holder = key_holder_if_any(key, role, reader, party, ground)
    told = (
        _ask(url, lambda cases: cases.evaluation(case, holder=holder))
        if not receipts
        else _replayed_here(case, _entries(case, receipts, lang))
    )
    _answer(told, replay_lines, lang, json=json)


def _answer(
    told: Any,  # noqa: ANN401 -- JSON of the service, or made here
    lines: Callable[[Any, Language], Iterator[str]],
    lang: Language | None,
    *,
    json: bool,
) -> None:
    from liuhen.cli import exits, talk
    from liuhen.core.verdict import Outcome

    if json:
        talk.say_json(told)
    else:
        for number, line in enumerate(lines(told, lang or of_terminal())):
            talk.say(line, None if number else "bold")
    raise typer.Exit(exits.OUTCOMES[Outcome(told["outcome"])])


def _ask(url: str | None, ask: Callable[["Cases"], Any]) -> Any:  # noqa: ANN401 -- as above
    from liuhen.cli.service_url import connect

    if url is None:
        raise typer.BadParameter("name the service, or receipts", param_hint="--url")
    with connect(url) as service:
        return ask(service.cases)


def _entries(case: str, paths: Sequence[Path], lang: Language | None) -> list["CaseEntry"]:
    """Return the records of a case among receipt files."""
    from liuhen.app.case_of_receipts import case_of_receipts
    from liuhen.cli import case_words, talk
    from liuhen.cli.existing import files_of
    from liuhen.cli.input_file import read_file
    from liuhen.core.errors import Unknown
    from liuhen.core.receipt import MAX_RECEIPT_BYTES, parse_receipt

    files = files_of(paths, recursive=True, but=STDIN)
    receipts = (parse_receipt(read_file(file, MAX_RECEIPT_BYTES)) for file in files)
    entries = case_of_receipts(receipts, case)
    if not entries:
        raise Unknown(f"none of the receipts is of the case {case[:64]!r}")
    told = case_words.FROM_RECEIPTS.in_language(lang or of_terminal())
    talk.warn(told.format(count=len(entries), given=len(files)))
    return entries


def _checked_here(
    case: str, entries: list["CaseEntry"], as_of: datetime | None, late_after: float | None
) -> "dict[str, JsonValue]":
    from liuhen.cli.service_extra import service_extra
    from liuhen.domain.case_check import check_case
    from liuhen.domain.case_time import limits_of
    from liuhen.domain.facts import RuleContext

    with service_extra():
        from liuhen.adapters.china_calendar import ChinaCalendar
        from liuhen.adapters.clock import SystemClock

        # Nothing is compared with the marks of a log here, so texts may stand for themselves.
        context = RuleContext(ChinaCalendar(), lambda text: text)
        now = as_of or SystemClock().now()
        return check_case(case, entries, context, now, limits=limits_of(late_after)).to_json()


def _replayed_here(case: str, entries: list["CaseEntry"]) -> "dict[str, JsonValue]":
    from liuhen.domain.case_chain import in_order
    from liuhen.domain.evaluation_json import replay_to_json
    from liuhen.domain.evaluation_replay import replay_evaluation

    records = [entry.record for entry in in_order(entries)]
    return replay_to_json(case, replay_evaluation(records))
