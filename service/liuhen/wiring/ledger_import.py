"""A ledger entered into a service: every row is checked before the first is sent."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from liuhen.adapters.ledger_file import read_table, sheet_of
from liuhen.client import KeyHolder, Liuhen
from liuhen.core.canonical import JsonObject, JsonValue, canonical
from liuhen.core.errors import AuditError, RecordRefused
from liuhen.domain.catalogue import check_data
from liuhen.domain.ledger import (
    CellProblem,
    Row,
    history_problem,
    read_ledger,
    submissions_of,
)
from liuhen.domain.ledger_form import FINDINGS, LedgerForm
from liuhen.domain.ledger_history import SHEETS, read_history
from liuhen.domain.reading import Members, get_list, get_members, get_text


@dataclass(frozen=True, slots=True)
class Entered:
    """What became of a ledger.

    Attributes:
        entered: Records that are new.
        there: Records of this file that were there already.
        known: Rows that the service knows from elsewhere, and that stand as they say.
        problems: All that is wrong; then nothing was sent.
    """

    entered: int = 0
    there: int = 0
    known: int = 0
    problems: Sequence[CellProblem] = ()


def enter_ledger(
    service: Liuhen,
    content: bytes,
    holder: KeyHolder,
    *,
    log_name: str | None,
    form: LedgerForm = FINDINGS,
) -> Entered:
    """Enter the findings or tasks of a file, with their histories where it has them.

    Args:
        service: The service.
        content: The file, CSV or XLSX.
        holder: Who reads, with the operator's key: it shows which findings there are.
        log_name: Name of a log; None: the default log.
        form: What it is a ledger of.

    Raises:
        Malformed: The file cannot be read.
    """
    ledger = read_ledger(read_table(content), form)
    if ledger.problems:
        return Entered(problems=ledger.problems)
    sha256 = hashlib.sha256(content).hexdigest()
    board = service.boards.board(kind=form.kind, log_name=log_name, holder=holder)
    known = {get_text(line, "case"): line for line in get_list(board, "lines")}
    histories = read_history(sheet_of(content, SHEETS))
    sent: list[JsonObject] = []
    problems: list[CellProblem] = []
    for number, row in ledger.rows:
        line, steps = known.get(row[form.number]), histories.get(row[form.number], ())
        if line is None or _is_from(line, sha256):
            problem = history_problem(number, row, steps)
            problems += [] if problem is None else [problem]
            made = submissions_of(row, number, sha256, form, steps or ())
            problems += _refusals(number, made, form)
            sent += made
        elif not _is_as_told(line, row):
            problems.append(_stands_otherwise(number, line))
    if problems:
        return Entered(problems=problems)
    outcomes = service.enter_many([canonical(each) for each in sent], log_name=log_name)
    for outcome in outcomes:
        if isinstance(outcome, AuditError):
            raise outcome
    cases = {each["case"] for each in sent}
    there = sum(outcome.replayed for outcome in outcomes if not isinstance(outcome, AuditError))
    return Entered(len(sent) - there, there, len(ledger.rows) - len(cases))


def _is_from(line: Members, sha256: str) -> bool:
    about = get_members(line, "about")
    return get_text(get_members(about, "imported"), "sha256") == sha256


def _is_as_told(line: Members, row: Row) -> bool:
    told: Mapping[str, JsonValue] = {"state": row["status"], "due_on": row.get("due_on")}
    return all(value in (None, line.get(name)) for name, value in told.items())


def _stands_otherwise(number: int, line: Members) -> CellProblem:
    state, due = get_text(line, "state"), get_text(line, "due_on")
    return CellProblem(
        number,
        "status",
        f"该项已在日志中，状态为{state}，期限{due}：后续步骤请逐条提交记录",
        f"is in the log already as {state}, due on {due}: enter its next steps as records",
    )


def _refusals(number: int, made: Sequence[JsonObject], form: LedgerForm) -> list[CellProblem]:
    """Hold the records to their type here, so that none is refused half-way."""
    found = []
    for submission in made:
        try:
            check_data(form.kind, submission["data"])
        except RecordRefused as refused:
            found.append(CellProblem(number, refused.field, refused.rule_zh, refused.rule))
    return found
