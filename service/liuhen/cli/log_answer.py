"""Printing what the commands about a log have found: for a person, as JSON, or not at all."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

import typer

from liuhen.cli.language import Language, of_terminal

if TYPE_CHECKING:
    from liuhen.cli.words import Pair
    from liuhen.client.log_check import LogReport
    from liuhen.core.canonical import JsonValue
    from liuhen.core.errors import AuditError
    from liuhen.core.key_history import KeyHistory

_SCHEMA: Final = "audit-log-check/v1"
_COPY_SCHEMA: Final = "audit-log-copy/v1"
_Found = TypeVar("_Found")


class LogAnswer:
    """Prints an answer in the form that was asked for."""

    def __init__(self, *, json: bool, quiet: bool, language: Language | None) -> None:
        self._json, self._quiet = json, quiet
        self._language = language or of_terminal()
        self._separator = "：" if self._language is Language.ZH else ": "

    def reading(self, work: Callable[[], _Found]) -> _Found:
        """Do something that reads a log; where that fails, answer why, and exit with its code."""
        from liuhen.cli import exits
        from liuhen.core.errors import AuditError

        try:
            return work()
        except AuditError as error:
            self._failed(error)
            raise typer.Exit(exits.of_error(error)) from error

    def report(self, report: "LogReport", evidence: Path | None) -> None:
        """Print what a look at a log has shown."""
        from liuhen.cli import log_words, talk
        from liuhen.cli.log_report import report_lines

        if self._quiet:
            return
        kept = None if evidence is None else str(evidence)
        if self._json:
            talk.say_json({**report.to_json(), "evidence": kept})
            return
        for line in report_lines(report, self._language):
            talk.say(*line)
        if kept is not None:
            talk.say()
            talk.say(f"{self._text(log_words.LABELS['evidence'])}{self._separator}{kept}")

    def copied(self, facts: "dict[str, JsonValue]") -> None:
        """Print what a copy has come to."""
        from liuhen.cli import log_words, talk

        if self._json and not self._quiet:
            talk.say_json({"schema": _COPY_SCHEMA, "outcome": "match", **facts})
        else:
            self.told(log_words.COPIED, **facts)

    def keys(self, history: "KeyHistory") -> None:
        """Print proven keys."""
        from liuhen.cli import log_words, talk

        if self._json:
            talk.say_json({"origin": history.origin, "history": history.to_text()})
            return
        talk.say(self._text(log_words.KEYS_PROVEN).format(serial=history.serial), "bold")
        keys = [("log", key.to_text(), sizes) for key, sizes in history.log_keys]
        keys += [("signer", key.to_text(), sizes) for key, sizes in history.signers]
        for role, text, sizes in keys:
            pair = log_words.KEY_OPEN if sizes.last is None else log_words.KEY_GOOD
            good = self._text(pair).format(first=sizes.first, last=sizes.last)
            talk.say(f"{self._text(log_words.KEYS_ROLE[role])}{self._separator}{good}")
            talk.say(f"    {text}")

    def told(self, pair: "Pair", **facts: object) -> None:
        """Print one sentence, unless JSON or nothing is wanted."""
        from liuhen.cli import talk

        if not self._quiet and not self._json:
            talk.say(self._text(pair).format_map(facts))

    def no_policy(self, place: Path) -> None:
        """Say that nothing can be checked without a trust policy."""
        from liuhen.cli import log_words
        from liuhen.core.verdict import Outcome

        text = self._text(log_words.NO_POLICY).format(place=place)
        self._without_report(str(Outcome.COULD_NOT_CHECK), "no-policy", text)

    def _failed(self, error: "AuditError") -> None:
        from liuhen.cli import exits, log_words
        from liuhen.core.verdict import Outcome

        code = exits.of_error(error)
        if code == exits.MALFORMED:
            outcome, sentence = "malformed", log_words.MALFORMED
        else:
            found = Outcome.DIFFERENT if code == exits.DIFFERENT else Outcome.COULD_NOT_CHECK
            outcome, sentence = str(found), log_words.FAILED[found]
        self._without_report(outcome, error.code, str(error), self._text(sentence))

    def _without_report(self, outcome: str, reason: str, detail: str, sentence: str = "") -> None:
        from liuhen.cli import log_words, talk
        from liuhen.core.verdict import Outcome

        if self._quiet:
            return
        if self._json:
            facts: JsonValue = {"detail": detail}
            answer: dict[str, JsonValue] = {"schema": _SCHEMA, "outcome": outcome}
            talk.say_json({**answer, "reason": reason, "facts": facts, "checks": []})
            return
        talk.say(sentence or self._text(log_words.FAILED[Outcome.COULD_NOT_CHECK]), "bold")
        talk.say(detail)

    def _text(self, pair: "Pair") -> str:
        return pair.in_language(self._language)
