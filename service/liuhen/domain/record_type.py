"""A record type: everything that is known of it, in one value, made by one module of `catalogue`.

The hooks are pure. `admit` refuses what must not follow the facts; `apply` says what the facts are
after a record, and takes whatever was let in, imported and erased records included; `review` says
what a case lacks.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from liuhen.core.canonical import JsonObject, JsonValue
from liuhen.domain.facts import Facts, RuleContext
from liuhen.domain.field import Field, FieldTable, check_fields, code, group, text, whole
from liuhen.domain.incoming import IMPORTED, Incoming
from liuhen.domain.reading import get_text
from liuhen.domain.rule import Shortfall
from liuhen.domain.sight import PUBLIC

Admit = Callable[[Facts, Incoming, RuleContext], None]
"""Raises RecordRefused where a record must not follow the facts of its case."""

Apply = Callable[[Facts, Incoming, RuleContext], Facts]
"""Returns the facts after a record. Total: it never raises."""


@dataclass(frozen=True, slots=True)
class ReviewedCase:
    """A case as a review sees it.

    Attributes:
        facts: After its newest record.
        records: All of them, by `case_seq`.
        as_of: The time of the review: what may still come in time is not missing.
        context: Calendar and marks.
    """

    facts: Facts
    records: Sequence[Incoming]
    as_of: datetime
    context: RuleContext

    def of_type(self, *names: str) -> list[Incoming]:
        """Return the records of some types, in their order."""
        return [record for record in self.records if record.type in names]

    def told_by(self, name: str, *steps: str | None, **members: str) -> str | None:
        """Return the number of the newest record that tells of a step; None where none does.

        Args:
            name: Record type.
            steps: Its action is one of these; None stands for none.
            members: Texts that its data must hold besides.
        """
        told = (
            record.record_id
            for record in reversed(self.records)
            if record.type == name
            and get_text(record.data, "action") in steps
            and all(get_text(record.data, each) == text for each, text in members.items())
        )
        return next(told, None)


Review = Callable[[ReviewedCase], Iterable[Shortfall]]


@dataclass(frozen=True, slots=True)
class Replacement:
    """What the service logs where a rule refuses a record, so that the refusal is kept.

    Attributes:
        type: Record type.
        data: What it says.
    """

    type: str
    data: JsonObject


Replace = Callable[[Facts, Incoming, RuleContext], Replacement | None]
"""Says what is logged in place of a record that was refused; None: nothing."""


def _admit_all(facts: Facts, record: Incoming, context: RuleContext) -> None:
    del facts, record, context


def _learn_nothing(facts: Facts, record: Incoming, context: RuleContext) -> Facts:
    del record, context
    return facts


def _lack_nothing(case: ReviewedCase) -> Iterable[Shortfall]:
    del case
    return ()


def _replace_nothing(facts: Facts, record: Incoming, context: RuleContext) -> Replacement | None:
    del facts, record, context
    return None


COMMON = (
    group(
        IMPORTED, "历史导入", "imported history",
        text("source", "来源", "source", required=True),
        text("sha256", "文件摘要", "digest of the file"),
        whole("position", "位置", "position in it"),
        sight=PUBLIC, kept=True,
    ),
    code("section", "标段", "section", sight=PUBLIC),
)  # fmt: skip
"""Fields that every type has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordType:
    """One type of record.

    Attributes:
        name: As in the record's `type`.
        zh: Name in Chinese.
        en: Name in English.
        fields: Known members of `data`.
        any_data: `data` need not be an object.
        counts_before_opening: Its very number is secret before the opening (evidence §5).
        counts_elements: How many elements it has is secret too, so its commitment is padded, and
            its disclosures do not name what they hide (evidence §2).
        admit: What it requires of earlier records of its case.
        apply: What it adds to the facts of its case.
        review: What a case lacks, as far as this type is concerned.
        replace: What is logged where it is refused.
        table: All its fields, compiled.
    """

    name: str
    zh: str
    en: str
    fields: tuple[Field, ...] = ()
    any_data: bool = False
    counts_before_opening: bool = False
    counts_elements: bool = False
    admit: Admit = _admit_all
    apply: Apply = _learn_nothing
    review: Review = _lack_nothing
    replace: Replace = _replace_nothing
    table: FieldTable = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Compile the fields."""
        object.__setattr__(self, "table", FieldTable((*self.fields, *COMMON)))

    @property
    def needs_case(self) -> bool:
        """Whether its rules rest on the facts of a case, so that without one none would hold."""
        return self.admit is not _admit_all

    def check_data(self, data: JsonValue) -> None:
        """Check `data` of a record of this type.

        Raises:
            RecordRefused: A field is missing or does not have its form.
        """
        if not self.any_data:
            check_fields(self.table, data)
