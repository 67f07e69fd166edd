"""A verdict as lines for a person: sentence, meaning, facts, checks, what to do next."""

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from liuhen.cli import check_words, words
from liuhen.cli.language import Language
from liuhen.cli.moment import two_times
from liuhen.cli.words import Pair
from liuhen.core.canonical import JsonValue
from liuhen.core.policy import ChainKind
from liuhen.core.verdict import Check, Outcome, State, Verdict, fact_text

_STYLES: Final = {Outcome.MATCH: "bold green", Outcome.DIFFERENT: "bold red"}
"""Red is for *different* alone; the other three are neutral."""

_STATE_STYLES: Final = {State.PASSED: "green", State.FAILED: "red", State.NOT_CHECKED: None}


class Line(NamedTuple):
    """One line and how it is styled on a terminal."""

    text: str
    style: str | None = None


class Report:
    """Puts one verdict into words of one language."""

    def __init__(self, verdict: Verdict, language: Language) -> None:
        self._verdict, self._language = verdict, language
        self._separator = "：" if language is Language.ZH else ": "

    def lines(self, *, explain: bool = False) -> Iterator[Line]:
        """Return all lines.

        Args:
            explain: Whether to add each check's source and facts.
        """
        verdict = self._verdict
        contradicted = verdict.outcome is Outcome.DIFFERENT and verdict.reason != "file"
        pair = words.CONTRADICTED if contradicted else words.SENTENCES[verdict.outcome]
        sentence = self._say(pair)
        yield Line(sentence, _STYLES.get(verdict.outcome, "bold"))
        yield Line(self._say(words.MEANING))
        if verdict.facts.get("chain_kind") == ChainKind.DEVELOPMENT:
            yield Line(self._say(words.DEVELOPMENT_CHAIN))
        yield from self._about()
        yield from self._hidden()
        if verdict.checks:
            yield Line("")
            yield Line(self._say(words.CHECKS_TITLE), "bold")
        for check in verdict.checks:
            yield from self._check(check, explain=explain)
        yield from self._next()

    def _about(self) -> Iterator[Line]:
        """Say what the receipt is about and when it was entered."""
        facts = self._verdict.facts
        if "record_id" not in facts:
            return
        yield Line("")
        case = f" · {self._say(words.CASE)}" if facts.get("case") is not None else ""
        yield self._labelled("record", f"{facts['record_id']} · {facts['type']}{case}")
        yield self._labelled("log", self._say(words.PLACE))
        recorded = two_times(str(facts["recorded_at"]), self._language)
        clock = self._say(words.BY_SERVICE_CLOCK)
        yield self._labelled("recorded", f"{recorded} ({clock})")
        yield self._labelled("not_before", self._not_before())
        yield self._labelled("not_after", self._not_after())
        if self._verdict.life is not None:
            yield self._labelled("reached", self._say(words.LIVES[self._verdict.life]))

    def _not_before(self) -> str:
        check = self._verdict.check("not_before")
        if check.state is not State.PASSED:
            return self._say(words.UNKNOWN_TIME)
        block = self._say(words.AFTER_BLOCK, check.facts)
        moment = self._verdict.facts.get("not_before")
        if not isinstance(moment, int):
            return block
        return f"{two_times(moment, self._language)} ({block})"

    def _not_after(self) -> str:
        anchor = self._verdict.check("anchor")
        moment = self._verdict.facts.get("not_after")
        if not isinstance(moment, int):
            return self._say(words.UNKNOWN_TIME)
        block = self._say(words.BY_BLOCK, anchor.facts)
        return f"{two_times(moment, self._language)} ({block})"

    def _hidden(self) -> Iterator[Line]:
        """Say what of the record is not shown, and what that leaves unproven."""
        for name, pair in (("withheld", words.WITHHELD), ("closed", words.CLOSED)):
            if self._verdict.facts.get(name):
                yield Line(self._say(pair))

    def _check(self, check: Check, *, explain: bool) -> Iterator[Line]:
        state = self._say(words.STATES[check.state])
        name = self._say(check_words.NAMES[check.code])
        reason = check_words.REASONS[check.code, check.reason]
        sentence = self._say(reason, check.facts)
        yield Line(f"{state}  {name}{self._separator}{sentence}", _STATE_STYLES[check.state])
        if explain:
            source = words.LABELS["source"].in_language(self._language)
            yield Line(f"    {source}{self._separator}{check_words.SOURCES[check.code]}")
            for fact, value in check.facts.items():
                yield Line(f"    {fact}: {fact_text(value)}")

    def _next(self) -> Iterator[Line]:
        """Say what to do, where something is to be done."""
        outcome, reason = self._verdict.outcome, self._verdict.reason
        pair: Pair | None = words.NEXT.get(reason)
        if outcome is Outcome.DIFFERENT:
            pair = words.INNOCENT if reason == "file" else words.OTHER_RECEIPT
        if outcome is Outcome.MATCH or pair is None:
            return
        yield Line("")
        yield self._labelled("next", self._say(pair, self._deciding_facts()))

    def _deciding_facts(self) -> Mapping[str, JsonValue]:
        reason = self._verdict.reason
        for check in self._verdict.checks:
            if check.reason == reason:
                return check.facts
        return self._verdict.facts

    def _labelled(self, label: str, text: str) -> Line:
        return Line(f"{words.LABELS[label].in_language(self._language)}{self._separator}{text}")

    def _say(self, pair: Pair, facts: Mapping[str, JsonValue] | None = None) -> str:
        """Fill the facts of a check, or of the verdict, into a sentence."""
        return pair.in_language(self._language).format_map(
            _Facts(self._verdict.facts if facts is None else facts)
        )


class _Facts(dict[str, object]):
    """Facts to fill in; what a check does not tell is shown as such."""

    def __missing__(self, name: str) -> str:
        return "?"
