"""`liuhen audit`: the operator's and auditor's full check of database, log and chain."""

import sys
import time
from typing import TYPE_CHECKING, Annotated, Final

import typer

from liuhen.cli.language import Language, LanguageOption, of_terminal
from liuhen.cli.serve import SettingsFile
from liuhen.cli.service_extra import service_extra

if TYPE_CHECKING:
    from liuhen.app.audit.finding import Finding
    from liuhen.app.audit.run import Audit
    from liuhen.core.canonical import JsonValue

HELP: Final = """Example: liuhen audit --settings liuhen.toml

Open every entry and compare the whole database with the log, the signer's register and the chain.

Nothing is written, and the service may go on working: an audit speaks of everything that was
durable when it began. The nodes of the settings are asked, or that of --rpc.

Exit codes: 0 match, 3 different, 6 could not check everything.
"""

SCHEMA: Final = "audit-report/v1"
MOST_PRINTED: Final = 1_000
_PATIENCE_SECONDS: Final = 0.5


def audit(
    settings_file: SettingsFile = None,
    rpc: Annotated[
        str | None,
        typer.Option(help="URL of the node to ask; else those of the settings.", metavar="URL"),
    ] = None,
    offline: Annotated[
        bool, typer.Option("--offline", help="Ask no node; anchors in blocks are not checked.")
    ] = False,
    json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object for each finding and each log.")
    ] = False,
    lang: LanguageOption = None,
) -> None:
    """Audit, answer, and exit with the code of the worst answer."""
    if offline and rpc:
        raise typer.BadParameter("--offline forbids the network that --rpc asks for")
    with service_extra():
        from liuhen.cli import exits
        from liuhen.wiring.audit import audit_logs
        from liuhen.wiring.settings import load_settings

        settings = load_settings(settings_file)
        urls = () if offline else (rpc,) if rpc else settings.rpc_urls
        answer = _Answer(lang or of_terminal(), json=json)
        codes = []
        for done in audit_logs(
            settings, rpc_urls=urls, found=answer.finding, progress=answer.progress
        ):
            answer.log(done)
            codes.append(exits.OUTCOMES[done.outcome])
        raise typer.Exit(exits.worst(codes))


class _Answer:
    """Prints findings as they come, and the outcome of each log."""

    def __init__(self, language: Language, *, json: bool) -> None:
        self._language, self._json = language, json
        self._separator = "：" if language is Language.ZH else ": "
        self._printed, self._began, self._shows_progress = 0, time.monotonic(), False

    def finding(self, finding: "Finding") -> None:
        from liuhen.cli import audit_words, talk

        self._clear()
        self._printed += 1
        if self._json:
            talk.say_json(
                {
                    "schema": SCHEMA,
                    "rule": str(finding.rule),
                    "place": finding.place,
                    "key": finding.key,
                    "what": finding.what,
                }
            )
        elif self._printed <= MOST_PRINTED:
            rule = audit_words.RULES[finding.rule].in_language(self._language)
            place = f"{finding.place} {finding.key}".rstrip()
            talk.say(f"{place}{self._separator}{rule}{self._separator}{finding.what}")
        elif self._printed == MOST_PRINTED + 1:
            talk.say(audit_words.MORE.in_language(self._language))

    def log(self, done: "Audit") -> None:
        from liuhen.cli import audit_words, talk

        self._clear()
        self._printed = 0
        facts: dict[str, JsonValue] = {
            "origin": done.origin,
            "size": done.head.size,
            "root": done.head.root.hex(),
            "contradictions": done.contradictions,
            "unknown": done.unknown,
        }
        if self._json:
            talk.say_json({"schema": SCHEMA, "outcome": str(done.outcome), **facts})
            return
        talk.say(audit_words.SENTENCES[done.outcome].in_language(self._language), "bold")
        talk.say(audit_words.COUNTS.in_language(self._language).format(**facts))

    def progress(self, entries: int) -> None:
        """Show how far it is: only to a person, and only if he has to wait."""
        if sys.stderr.isatty() and time.monotonic() - self._began > _PATIENCE_SECONDS:
            self._shows_progress = True
            sys.stderr.write(f"\r{entries:,} …")
            sys.stderr.flush()

    def _clear(self) -> None:
        if self._shows_progress:
            self._shows_progress = False
            sys.stderr.write("\r\033[K")
            sys.stderr.flush()
