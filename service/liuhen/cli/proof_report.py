"""The verdict on a proof as lines for a person; checks and advice are worded as for receipts."""

from collections.abc import Iterator

from liuhen.cli import proof_words, words
from liuhen.cli.report import STYLES, Line, Report
from liuhen.core.verdict import Outcome


class ProofReport(Report):
    """Puts the verdict of `check_proof` into words of one language."""

    def lines(self, *, explain: bool = False) -> Iterator[Line]:
        """Return all lines.

        Args:
            explain: Whether to add each check's source and facts.
        """
        verdict = self._verdict
        sentence = {
            Outcome.MATCH: proof_words.MATCH,
            Outcome.DIFFERENT: proof_words.DIFFERENT,
        }.get(verdict.outcome, words.SENTENCES[verdict.outcome])
        yield Line(self._say(sentence), STYLES.get(verdict.outcome, "bold"))
        if verdict.outcome is Outcome.MATCH:
            yield Line(self._say(proof_words.CLAIMS[str(verdict.facts["claims"])]))
        yield Line(self._say(words.MEANING))
        yield from self._about()
        if verdict.checks:
            yield Line("")
            yield Line(self._say(words.CHECKS_TITLE), "bold")
        for check in verdict.checks:
            yield from self._check(check, explain=explain)
        yield from self._next()

    def _about(self) -> Iterator[Line]:
        """Say which entry, and of which record where that is known."""
        facts = self._verdict.facts
        if "claims" not in facts:
            return
        yield Line("")
        if "record_id" in facts:
            yield self._labelled("record", f"{facts['record_id']} · {facts['type']}")
        yield self._of_proof("entry", str(facts["entry"]))
        yield self._of_proof("log", self._say(proof_words.PLACES[str(facts["claims"])]))

    def _next(self) -> Iterator[Line]:
        if self._verdict.outcome is not Outcome.DIFFERENT:
            yield from super()._next()
            return
        yield Line("")
        yield self._labelled("next", self._say(proof_words.OTHER_PROOF))

    def _of_proof(self, label: str, text: str) -> Line:
        name = proof_words.LABELS[label].in_language(self._language)
        return Line(f"{name}{self._separator}{text}")
