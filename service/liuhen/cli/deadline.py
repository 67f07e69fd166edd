"""`liuhen deadline`: legal deadlines, counted on this machine; windows, by a service."""

from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from liuhen.cli.language import LanguageOption, of_terminal
from liuhen.cli.operator_key import (
    GroundOption,
    OperatorKeyIfAny,
    PartyOption,
    ReaderOption,
    RoleOption,
)
from liuhen.cli.service_extra import service_extra

if TYPE_CHECKING:
    from liuhen.core.canonical import JsonObject


class RegimeName(StrEnum):
    """The two laws."""

    ZB = "ZB"
    ZC = "ZC"


class MatterName(StrEnum):
    """What one may object to, challenge or complain about."""

    DOCUMENT = "document"
    PREQUALIFICATION = "prequalification"
    PROCESS = "process"
    OPENING = "opening"
    RESULT = "result"
    COMPLAINT = "complaint"


app = typer.Typer(
    help="Legal deadlines, and whether one may still challenge.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

LIST: Final = """Example: liuhen deadline list --regime ZC

Print the legal deadlines of both laws, with their basis. Needs no service.

T: the text of the law was read; S: a secondary page was; M: from memory, to be checked.
"""
DUE: Final = """Example: liuhen deadline due ZC-CHALLENGE --from 2026-04-09

Print the day on which a deadline ends that is counted from a day. Needs no service.

Working days are those of the published calendars. Beyond them the day is an estimate, and said to
be one; so is a day that calendar days ended on and that was moved because it is off.
"""
WINDOW: Final = """Example: liuhen deadline window SLZX-2026-0031 --matter result

Ask a service whether one may still object, challenge or complain in a case.

What is published counts, and what you say: when you knew, and when you filed your own objection or
challenge, on which a complaint rests. With the operator's key all that the role may see counts.

Exit codes: 0 open, 3 closed, 4 not yet, 6 cannot tell; of several windows the best for you.
"""

EXIT_OF_STATE: Final = {"open": 0, "not_yet": 4, "closed": 3, "unknown": 6}
_BEST_FIRST: Final = ("open", "not_yet", "unknown", "closed")
_Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def _parse_day(text: str) -> date:
    try:
        if len(text) == 10:
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise typer.BadParameter(f"{text!r} is not a day such as 2026-04-09")


def _day(names: str, text: str) -> Any:  # noqa: ANN401 -- Typer's own type of options
    return typer.Option(names, help=text, metavar="DAY", parser=_parse_day)


@app.command("list", help=LIST, short_help="Print the legal deadlines.")
def print_list(
    regime: Annotated[
        RegimeName | None, typer.Option(help="Only those of one law.", metavar="ZB|ZC")
    ] = None,
    json: _Json = False,
    lang: LanguageOption = None,
) -> None:
    """Print the table of rules."""
    from liuhen.app.describe_deadline import describe_rule
    from liuhen.cli import talk
    from liuhen.domain.deadline import DEADLINES

    language = str(lang or of_terminal())
    for rule in DEADLINES:
        if regime is not None and rule.regime != regime.value:
            continue
        told = describe_rule(rule)
        talk.say_json(told) if json else talk.say(_rule_line(told, language))


@app.command("due", help=DUE, short_help="Count a deadline from a day.")
def print_due(
    rule: Annotated[str, typer.Argument(help="Name of the deadline.", metavar="RULE")],
    start: Annotated[date, _day("--from", "The day it is counted from; not counted itself.")],
    json: _Json = False,
    lang: LanguageOption = None,
) -> None:
    """Count a deadline."""
    from liuhen.cli import talk

    with service_extra():
        from liuhen.adapters.china_calendar import ChinaCalendar
        from liuhen.app.describe_deadline import describe_due
        from liuhen.domain.deadline import due_day, find_deadline

        try:
            found = find_deadline(rule)
        except KeyError:
            hint = "liuhen deadline list names them"
            raise typer.BadParameter(
                f"no deadline is called {rule!r}; {hint}", param_hint="RULE"
            ) from None
        told = describe_due(found, start, due_day(found, start, ChinaCalendar()))
        if json:
            talk.say_json(told)
            return
        language = str(lang or of_terminal())
        talk.say(_due_line(told, language), "bold")
        talk.say(_rule_line(told, language))


@app.command("window", help=WINDOW, short_help="Ask whether one may still object or challenge.")
def print_windows(
    case: Annotated[str, typer.Argument(help="Case code.", metavar="CASE")],
    url: Annotated[
        str, typer.Option(help="Where the service is.", envvar="LIUHEN_URL", metavar="URL")
    ],
    matter: Annotated[
        MatterName | None, typer.Option(help="What about; else all that the law knows.")
    ] = None,
    day: Annotated[date | None, _day("--day", "The day to speak of; else today.")] = None,
    known_on: Annotated[
        date | None, _day("--known-on", "When you knew, or should have known.")
    ] = None,
    filed_on: Annotated[
        date | None, _day("--filed-on", "When you filed your own objection or challenge.")
    ] = None,
    answered_on: Annotated[date | None, _day("--answered-on", "When that was answered.")] = None,
    log: Annotated[
        str | None, typer.Option(help="Name of the log; else the default one.", metavar="NAME")
    ] = None,
    *,
    key: OperatorKeyIfAny = None,
    role: RoleOption = None,
    reader: ReaderOption = None,
    party: PartyOption = None,
    ground: GroundOption = None,
    json: _Json = False,
    lang: LanguageOption = None,
) -> None:
    """Ask, answer, and exit with the code of the best window."""
    from liuhen.cli import talk
    from liuhen.cli.operator_key import key_holder_if_any
    from liuhen.cli.service_url import connect

    holder = key_holder_if_any(key, role, reader, party, ground)
    with connect(url) as service:
        told = service.deadlines.windows(
            case,
            matter=None if matter is None else matter.value,
            day=day,
            known_on=known_on,
            filed_on=filed_on,
            answered_on=answered_on,
            holder=holder,
            log_name=log,
        )
    windows = _objects(told.get("windows"))
    if json:
        talk.say_json(told)
    else:
        language = str(lang or of_terminal())
        for window in windows:
            talk.say(_window_lines(window, language))
    states = [str(window.get("state")) for window in windows]
    best = next((state for state in _BEST_FIRST if state in states), "unknown")
    raise typer.Exit(EXIT_OF_STATE[best])


_UNITS: Final = {
    "zh": {"working_day": "个工作日", "calendar_day": "日"},
    "en": {"working_day": " working days", "calendar_day": " days"},
}
_WORDS: Final = {
    "zh": {
        "rule": "{rule}  {name}：{event}{before}{bound}{number}{unit}（{basis}）[{certainty}]",
        "before": {"before": "前", "after": "起"},
        "bound": {"at_least": "不少于", "at_most": "不超过"},
        "due": "{start}起算，至{due}（含当日）",
        "estimate": "（估计，以公告为准）",
        "colon": "：",
        "basis": "依据：",
        "first": "前置：",
        "note": "注意：",
    },
    "en": {
        "rule": "{rule}  {name}: {bound}{number}{unit} {before} {event} ({basis}) [{certainty}]",
        "before": {"before": "before", "after": "after"},
        "bound": {"at_least": "at least ", "at_most": "at most "},
        "due": "Counted from {start}: until {due}, that day included",
        "estimate": " (an estimate; the notice decides)",
        "colon": ": ",
        "basis": "basis: ",
        "first": "first: ",
        "note": "note: ",
    },
}


def _rule_line(told: "JsonObject", language: str) -> str:
    words: Any = _WORDS[language]
    return str(words["rule"]).format(
        rule=told["rule"],
        name=_in(told["name"], language),
        event=_in(told["start_event"], language),
        before=words["before"][told["direction"]],
        bound=words["bound"][told["bound"]],
        number=told["number"],
        unit=_UNITS[language][str(told["unit"])],
        basis=_in(told["basis"], language),
        certainty=told["certainty"],
    )


def _due_line(told: "JsonObject", language: str) -> str:
    words: Any = _WORDS[language]
    line = str(words["due"]).format(start=told["start"], due=told["due"])
    return line + words["estimate"] if told["is_estimate"] else line


def _window_lines(window: "JsonObject", language: str) -> str:
    words: Any = _WORDS[language]
    number = f" {window['number']}" if window.get("number") else ""
    head = f"{_in(window.get('matter_name'), language)}{number}{words['colon']}"
    lines = [head + _in(window.get("answer"), language)]
    lines.append("  " + words["basis"] + _in(window.get("basis"), language))
    if window.get("before"):
        lines.append("  " + words["first"] + _in(window["before"], language))
    notes = _objects(window.get("notes"))
    lines += ["  " + words["note"] + _in(note, language) for note in notes]
    return "\n".join(lines)


def _in(label: object, language: str) -> str:
    return str(label.get(language, "")) if isinstance(label, dict) else ""


def _objects(value: object) -> "list[JsonObject]":
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
