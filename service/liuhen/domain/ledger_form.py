"""The two ledgers: of findings (监督检查问题台账) and of supervised tasks (督办台账)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from liuhen.domain.catalogue import finding, task
from liuhen.domain.ledger_column import FINDING_COLUMNS, TASK_COLUMNS, Column


@dataclass(frozen=True, slots=True)
class LedgerForm:
    """What a ledger is of, and what its rows hold.

    Attributes:
        kind: Record type.
        format: Name of the form of its rows, in manifests.
        columns: In their order.
        number: Column of the number, which is the case.
        about: Column that says what it is.
        begun_on: Column of the day it began.
        opening: Fields of the record that opens it, with the column that each is shown in.
        required: Columns without which a row says nothing.
        by_heading: Columns by their name and their headings, in small letters.
    """

    kind: str
    format: str
    columns: Sequence[Column]
    number: str
    about: str
    begun_on: str
    opening: Mapping[str, str]
    required: Sequence[str] = field(init=False)
    by_heading: Mapping[str, Column] = field(init=False)

    def __post_init__(self) -> None:
        """Make what follows from the rest."""
        required = (self.number, self.about, self.begun_on, "status")
        headings = {
            heading.casefold(): column
            for column in self.columns
            for heading in (column.name, column.zh, column.en)
        }
        object.__setattr__(self, "required", required)
        object.__setattr__(self, "by_heading", headings)


FINDINGS: Final = LedgerForm(
    kind=finding.NAME,
    format="ledger/v1",
    columns=FINDING_COLUMNS,
    number="finding_no",
    about="description",
    begun_on="found_on",
    opening={
        "finding_no": "finding_no",
        "category": "category",
        "summary": "description",
        "found_on": "found_on",
        "found_by": "found_by",
        "department": "responsible_dept",
        "legal_basis": "basis",
        "amount": "amount",
        "requirement": "requirement",
        "due_working_days": "due_working_days",
    },
)
TASKS: Final = LedgerForm(
    kind=task.NAME,
    format="task-ledger/v1",
    columns=TASK_COLUMNS,
    number="task_no",
    about="title",
    begun_on="opened_on",
    opening={
        "task_no": "task_no",
        "title": "title",
        "lead": "lead",
        "department": "responsible_dept",
        "departments": "helping_depts",
        "progress": "progress",
        "due_working_days": "due_working_days",
    },
)
FORMS: Final = {form.kind: form for form in (FINDINGS, TASKS)}
"""By record type."""
