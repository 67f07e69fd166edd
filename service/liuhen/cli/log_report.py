"""A look at a log as lines for a person: sentence, meaning, facts, checks, evidence."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

from liuhen.cli import check_words, log_words, words
from liuhen.cli.language import Language
from liuhen.cli.report import Line
from liuhen.cli.report_details import warning_texts
from liuhen.cli.words import Pair
from liuhen.core.policy import ChainKind
from liuhen.core.verdict import Outcome, State

if TYPE_CHECKING:
    from liuhen.client.log_check import LogReport
    from liuhen.core.verdict import Check

_STYLES: Final = {Outcome.MATCH: "bold green", Outcome.DIFFERENT: "bold red"}
_ALL: Final = (
    "origin",
    "log_signature",
    "signer_signature",
    "tiles",
    "memory",
    "contract",
    "standing",
)


def report_lines(report: "LogReport", language: Language) -> Iterator[Line]:
    """Put a report into words of one language."""
    separator = "：" if language is Language.ZH else ": "
    sentence = _say(log_words.SENTENCES[report.outcome], language, report.facts)
    yield Line(sentence, _STYLES.get(report.outcome, "bold"))
    for warning in warning_texts(report.facts, language):
        yield Line(warning, "bold")
    yield Line(log_words.MEANING.in_language(language))
    if report.facts.get("chain_kind") == ChainKind.DEVELOPMENT:
        yield Line(words.DEVELOPMENT_CHAIN.in_language(language))
    yield Line("")
    for fact, name in (("origin", "log"), ("size", "size"), ("root", "root")):
        label = log_words.LABELS[name].in_language(language)
        yield Line(f"{label}{separator}{report.facts.get(fact)}")
    yield Line("")
    yield Line(words.CHECKS_TITLE.in_language(language), "bold")
    for check in report.checks:
        yield _check_line(check, language, separator)
    left = [code for code in _ALL if code not in {check.code for check in report.checks}]
    if left:
        joint = "、" if language is Language.ZH else ", "
        names = joint.join(_name(code).in_language(language) for code in left)
        yield Line(_say(log_words.NOT_DONE, language, {"names": names}))
    if report.fork is not None:
        yield Line("")
        yield Line(log_words.EVIDENCE.in_language(language), "bold")
        for note in report.fork:
            yield Line("")
            yield from (Line(text) for text in note.splitlines())


def _check_line(check: "Check", language: Language, separator: str) -> Line:
    state = words.STATES[check.state].in_language(language)
    own = log_words.REASONS.get((check.code, check.reason))
    pair = own or check_words.REASONS[check.code, check.reason]
    text = _say(pair, language, check.facts)
    style = {State.PASSED: "green", State.FAILED: "red"}.get(check.state)
    return Line(f"{state}  {_name(check.code).in_language(language)}{separator}{text}", style)


def _name(code: str) -> Pair:
    return log_words.NAMES.get(code) or check_words.NAMES[code]


def _say(pair: Pair, language: Language, facts: Mapping[str, object]) -> str:
    return pair.in_language(language).format_map(_Facts(facts))


class _Facts(dict[str, object]):
    """Facts to fill in; what a check does not tell is shown as such."""

    def __missing__(self, name: str) -> str:
        return "?"
