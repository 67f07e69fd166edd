"""A verdict as lines for a person: sentence, meaning, facts, checks, what to do next."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from liuhen.cli import check_words, words
from liuhen.cli.language import Language
from liuhen.cli.moment import two_times
from liuhen.cli.report_details import (
    bound_text,
    content_lines,
    node_lines,
    one_line,
    time_text,
    warning_texts,
)
from liuhen.cli.words import Pair
from liuhen.core.canonical import JsonValue
from liuhen.core.disclosure import Row
from liuhen.core.policy import ChainKind
from liuhen.core.verdict import Check, Outcome, State, Verdict, fact_text

STYLES: Final = {Outcome.MATCH: "bold green", Outcome.DIFFERENT: "bold red"}
"""Red is for *different* alone; the other three are neutral."""

_MOST_NAMED: Final = 12
"""So many withheld fields are named unless everything was asked for."""

_STATE_STYLES: Final = {State.PASSED: "green", State.FAILED: "red", State.NOT_CHECKED: None}


class Line(NamedTuple):
    """One line and how it is styled on a terminal."""

    text: str
    style: str | None = None


class Report:
    """Puts one verdict into words of one language.

    The record's content is shown only where nothing contradicts it.
    """

    def __init__(self, verdict: Verdict, language: Language, rows: Sequence[Row] = ()) -> None:
        self._verdict, self._language = verdict, language
        agrees = verdict.outcome in (Outcome.MATCH, Outcome.WAITING)
        self._rows = rows if agrees else ()
        self._separator = "：" if language is Language.ZH else ": "

    def lines(self, *, explain: bool = False) -> Iterator[Line]:
        """Return all lines.

        Args:
            explain: Whether to add each check's source and facts.
        """
        verdict = self._verdict
        contradicted = verdict.outcome is Outcome.DIFFERENT and verdict.reason != "file"
        pair = words.CONTRADICTED if contradicted else words.SENTENCES[verdict.outcome]
        if verdict.outcome is Outcome.MATCH and any(map(_is_partly_hidden, self._shown())):
            pair = words.MATCH_IN_PART
        if verdict.reason == "cosignatures-missing":
            pair = words.NOT_COSIGNED
        sentence = self._say(pair)
        yield Line(sentence, STYLES.get(verdict.outcome, "bold"))
        for warning in warning_texts(verdict.facts, self._language):
            yield Line(warning, "bold")
        yield Line(self._say(words.MEANING))
        if verdict.facts.get("chain_kind") == ChainKind.DEVELOPMENT:
            yield Line(self._say(words.DEVELOPMENT_CHAIN))
        yield from self._about()
        yield from self._hidden(everything=explain)
        yield from self._detached()
        yield from self._content(everything=explain)
        if verdict.checks:
            yield Line("")
            yield Line(self._say(words.CHECKS_TITLE), "bold")
        for check in verdict.checks:
            yield from self._check(check, explain=explain)
        yield from self._not_compared()
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
        yield self._labelled("recorded", recorded + clock)
        for bound in ("not_before", "not_after"):
            yield self._labelled(bound, bound_text(facts.get(bound), self._language))
        seen = facts.get("seen_not_later")
        if isinstance(seen, int):
            clocks = self._say(words.BY_WITNESSES)
            yield self._labelled("seen", f"{two_times(seen, self._language)} ({clocks})")
        yield self._labelled("time", time_text(facts, self._language))
        if self._verdict.life is not None:
            yield self._labelled("reached", self._say(words.LIVES[self._verdict.life]))

    def _detached(self) -> Iterator[Line]:
        """Keep what the log says apart from what the keeper of the content says."""
        for check in self._verdict.checks:
            if check.code == "content":
                named = check.facts.get("submitter") or self._say(words.NAMES_NOBODY)
                yield self._labelled("submitter", str(named))
                yield Line(self._say(words.DETACHED))

    def _not_compared(self) -> Iterator[Line]:
        """Name the attachments that no file was given for."""
        names = self._verdict.facts.get("not_compared")
        if isinstance(names, list) and names:
            separator = "、" if self._language is Language.ZH else ", "
            yield self._labelled("not_compared", separator.join(map(str, names)))

    def _content(self, *, everything: bool) -> Iterator[Line]:
        """Say what the record says."""
        for number, text in enumerate(
            content_lines(self._rows, self._language, everything=everything)
        ):
            if number == 0:
                yield Line("")
            yield Line(text, None if number else "bold")

    def _hidden(self, *, everything: bool) -> Iterator[Line]:
        """Say what of the record is not shown, and what that leaves unproven."""
        for number, facts in enumerate(self._shown()):
            said = []
            if facts.get("withheld"):
                names = self._names(facts, everything=everything)
                said.append(self._say(words.WITHHELD, {**facts, "names": names}))
            if facts.get("closed"):
                said.append(self._say(words.CLOSED, facts))
            for text in said:
                yield self._labelled("content", text) if number else Line(text)

    def _shown(self) -> Iterator[Mapping[str, JsonValue]]:
        """Return the facts about what rows show: of the record, and of content beside it."""
        yield self._verdict.facts
        yield from (check.facts for check in self._verdict.checks if check.code == "content")

    def _names(self, facts: Mapping[str, JsonValue], *, everything: bool) -> str:
        """Name withheld fields: some, or all that the verdict names."""
        fields, count = facts.get("withheld_fields"), facts.get("withheld")
        if not isinstance(fields, list) or not isinstance(count, int):
            return "?"
        named = [fact_text(field) for field in fields[: None if everything else _MOST_NAMED]]
        text = ("、" if self._language is Language.ZH else ", ").join(named)
        if len(named) == count:
            return text
        return f"{text} {self._say(words.AND_MORE, {'more': count - len(named)})}"

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
                if fact != "answers":
                    yield Line(f"    {fact}: {one_line(fact_text(value))}")
        if explain or check.state is not State.PASSED:
            yield from (Line(f"    {one_line(text)}") for text in node_lines(check, self._language))

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
        name = words.LABELS[label].in_language(self._language)
        return Line(f"{name}{self._separator}{one_line(text)}")

    def _say(self, pair: Pair, facts: Mapping[str, JsonValue] | None = None) -> str:
        """Fill the facts of a check, or of the verdict, into a sentence."""
        known = _Facts(self._verdict.facts if facts is None else facts)
        return one_line(pair.in_language(self._language).format_map(known))


def _is_partly_hidden(facts: Mapping[str, JsonValue]) -> bool:
    return bool(facts.get("withheld") or facts.get("closed"))


class _Facts(dict[str, object]):
    """Facts to fill in; what a check does not tell is shown as such."""

    def __missing__(self, name: str) -> str:
        return "?"
