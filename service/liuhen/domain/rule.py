"""Rules of the domain: what may not be, in both languages, and by which law.

A rule is a value with a stable code, so that a refusal, a check of a case, a page and a test all
speak of the same one. Its sentences may hold `{names}` for the facts of a case.
"""

from dataclasses import dataclass

from liuhen.core.errors import RecordRefused


@dataclass(frozen=True, slots=True)
class Basis:
    """Where a rule comes from.

    Attributes:
        zh: As it is cited in Chinese, "87号令第64条".
        en: As it is cited in English, "Order 87 art. 64".
    """

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Shortfall:
    """One thing that a check of a case found wrong or missing.

    Attributes:
        rule: The rule.
        zh: The sentence in Chinese, basis included.
        en: The same in English.
        record: Number of the record it was found at; None where something is missing.
        field: JSON pointer of the member, where there is one.
    """

    rule: "Rule"
    zh: str
    en: str
    record: str | None = None
    field: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule.

    Attributes:
        code: Stable name, kebab-case, unique in the catalogue.
        zh: The rule as a sentence without a full stop, in Chinese.
        en: The same in English.
        basis: The law it rests on; None for what is our own.
        is_lack: What a review names by it is that something is not there, even where it points at
            the record that should have been followed by it.
    """

    code: str
    zh: str
    en: str
    basis: Basis | None = None
    is_lack: bool = False

    def broken(self, field: str, **facts: object) -> "RuleBroken":
        """Return the refusal of a record that breaks this rule.

        Args:
            field: JSON pointer of the member that breaks it.
            facts: What the sentences name.
        """
        zh, en = self.sentences(facts)
        return RuleBroken(self, field, zh, en)

    def missed(self, record: str | None = None, field: str = "", **facts: object) -> Shortfall:
        """Return what a check of a case says where the rule does not hold."""
        zh, en = self.sentences(facts)
        return Shortfall(self, zh, en, record, field)

    def sentences(self, facts: dict[str, object]) -> tuple[str, str]:
        """Return the sentences in Chinese and in English, with the basis behind each."""
        zh, en = self.zh.format_map(facts), self.en.format_map(facts)
        if self.basis is None:
            return zh, en
        return f"{zh}（{self.basis.zh}）", f"{en} ({self.basis.en})"


class RuleBroken(RecordRefused):
    """A refusal that knows the rule behind it, so that a check can tell its basis."""

    def __init__(self, rule: Rule, field: str, zh: str, en: str) -> None:
        """Carry the rule and its sentences."""
        super().__init__(field, en, rule_code=rule.code, rule_zh=zh)
        self._rule, self._zh, self._en = rule, zh, en

    def at(self, record: str) -> Shortfall:
        """Return what a check says of a record that is in the log all the same."""
        return Shortfall(self._rule, self._zh, self._en, record, self.field)
