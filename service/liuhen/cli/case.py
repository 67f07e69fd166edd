"""`liuhen case`: check a case and replay its evaluation, with a service or from receipts alone."""

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from liuhen.cli.chain_nodes import RpcUrls
from liuhen.cli.existing import ExistingPolicy, all_there
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

app = typer.Typer(
    help="Check a case; replay its evaluation.", no_args_is_help=True, rich_markup_mode=None
)

CHECK: Final = """Example: liuhen case check SLZX-2026-0031 --operator-key operator.key

Say what a case lacks: gaps and forks in its chain, missing steps, rules that were broken, records
logged late. Each line names the rule and the law it rests on.

With the key of the operator everything is told; without it, whether the chain is whole, of
projects after their opening. Before the opening of a project nobody is told anything. With
--receipts no service is asked: the rules are replayed over the receipts of the case. With --here
the service is asked for them and not believed.

Exit codes: 0 complete, 3 shortfalls, 4 open, 5 not found, 6 could not check.
"""
REPLAY: Final = """Example: liuhen case replay SLZX-2026-0031 --receipts receipts/

Compute the totals of an evaluation again, from the locked score sheets, the opened prices and the
method of the tender document, and compare them with the report, figure by figure. Points far from
those of other seats, and sheets changed after they were locked, are listed.

With a service it takes the key of the operator, and the result must be published. With --receipts
no service is asked; with --here it is asked for the receipts of the case and not believed.

Exit codes: 0 match, 3 different, 4 waiting for the report, 5 not found, 6 could not check.
"""

RECEIPTS: Final = """Example: liuhen case receipts SLZX-2026-0031 --out receipts/ --role supervisor

Fetch the receipts of a case, of all records that the role may see, each into a file of its own that
nobody else can read. Files that are there already stay as they are.

Exit codes: 0 done, 5 not found, 6 could not fetch.
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
_Here = Annotated[
    bool,
    typer.Option("--here", help="Fetch the receipts, examine them, and do it on this machine."),
]
_Log = Annotated[
    str | None, typer.Option("--log", help="Name of the log; else the default one.", metavar="NAME")
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
    here: _Here = False,
    policy: ExistingPolicy = None,
    rpc: RpcUrls = None,
    log: _Log = None,
    json: _Json = False,
    lang: LanguageOption = None,
) -> None:
    """Check, answer, and exit with the code of the answer."""
    from liuhen.cli.case_here import check_here, entries_of, take_here
    from liuhen.cli.case_report import check_lines
    from liuhen.cli.operator_key import key_holder_if_any

    holder = None if receipts else key_holder_if_any(key, role, reader, party, ground)

    def ask(cases: "Cases") -> Any:  # noqa: ANN401 -- what the service answers
        when = None if as_of is None else as_of.isoformat()
        return cases.check(
            case,
            holder=holder,
            as_of=when,
            late_after_hours=late_after,
            contents=contents,
            log_name=log,
        )

    if receipts:
        told = check_here(case, entries_of(case, receipts, lang), as_of, late_after).to_json()
    elif here:
        given = _ask(url, lambda cases: cases.receipts(case, holder=holder, log_name=log))
        taken = take_here(case, given, policy, rpc)
        told = taken.report(check_here(case, taken.entries, as_of, late_after)).to_json()
    else:
        told = _ask(url, ask)
    _answer(told, check_lines, lang, json=json)


@app.command("replay", help=REPLAY, short_help="Compute an evaluation again.")
def replay(
    case: _Case,
    url: _Url = None,
    *,
    key: OperatorKeyIfAny = None,
    role: RoleOption = None,
    reader: ReaderOption = None,
    party: PartyOption = None,
    ground: GroundOption = None,
    receipts: _Receipts = None,
    here: _Here = False,
    policy: ExistingPolicy = None,
    rpc: RpcUrls = None,
    log: _Log = None,
    json: _Json = False,
    lang: LanguageOption = None,
) -> None:
    """Replay, answer, and exit with the code of the answer."""
    from liuhen.cli.case_from_service import REPORT
    from liuhen.cli.case_here import entries_of, replay_here, take_here
    from liuhen.cli.case_report import replay_lines
    from liuhen.cli.operator_key import key_holder_if_any
    from liuhen.domain.evaluation_json import replay_to_json

    holder = None if receipts else key_holder_if_any(key, role, reader, party, ground)
    if receipts:
        told = replay_to_json(case, replay_here(entries_of(case, receipts, lang)))
    elif here:
        given = _ask(url, lambda cases: cases.receipts(case, holder=holder, log_name=log))
        taken = take_here(case, given, policy, rpc, until=REPORT)
        told = replay_to_json(case, taken.replay(replay_here(taken.entries)))
    else:
        told = _ask(url, lambda cases: cases.evaluation(case, holder=holder, log_name=log))
    _answer(told, replay_lines, lang, json=json)


@app.command("receipts", help=RECEIPTS, short_help="Fetch the receipts of a case.")
def receipts_of(
    case: _Case,
    out: Annotated[Path, typer.Option(help="Folder to write them to.", metavar="FOLDER")],
    url: _Url = None,
    key: OperatorKeyIfAny = None,
    *,
    role: RoleOption = None,
    reader: ReaderOption = None,
    party: PartyOption = None,
    ground: GroundOption = None,
    log: _Log = None,
    lang: LanguageOption = None,
) -> None:
    """Fetch, and write what is new."""
    from liuhen.cli import case_words, talk
    from liuhen.cli.operator_key import key_holder_if_any
    from liuhen.cli.output_file import write_file

    holder = key_holder_if_any(key, role, reader, party, ground)
    given = _ask(url, lambda cases: cases.receipts(case, holder=holder, log_name=log))
    places = {out / f"{each.record_id}.receipt.json": each.body for each in given.receipts}
    fresh = {place: body for place, body in places.items() if not place.exists()}
    for place, body in fresh.items():
        write_file(place, body, private=True)
    told = case_words.FETCHED.in_language(lang or of_terminal())
    there = len(places) - len(fresh)
    talk.say(told.format(fresh=len(fresh), there=there, withheld=len(given.withheld)))


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
