"""A ledger or a snapshot of a board, made again from the records and compared."""

from liuhen.adapters.ledger_file import pairs_of, read_table
from liuhen.adapters.ledger_workbook import CHECK_SHEET
from liuhen.app.ledger import rows_digest
from liuhen.client import KeyHolder, Liuhen
from liuhen.core.errors import Malformed
from liuhen.domain.ledger import Row, read_ledger
from liuhen.domain.ledger_form import FORMS, LedgerForm
from liuhen.domain.reading import day_of, get_members, get_text, get_whole

_MANIFEST = ("board_digest", "counts", "origin", "root_hash", "row_count", "rule_version")


def check_workbook(
    service: Liuhen, content: bytes, holder: KeyHolder, *, log_name: str | None
) -> list[str]:
    """Return what differs between an exported workbook and the records; nothing if it is equal.

    Raises:
        Malformed: It is not a workbook that was exported.
    """
    told = pairs_of(read_table(content, CHECK_SHEET))
    day, size = day_of(told.get("day")), told.get("tree_size", "")
    if day is None or not size.isdecimal():
        raise Malformed(f"the sheet {CHECK_SHEET} does not say what the ledger was made from")
    form = next((each for each in FORMS.values() if each.format == told.get("format")), None)
    if form is None:
        raise Malformed(f"the sheet {CHECK_SHEET} names no form of ledgers that is known")
    again = service.boards.ledger(
        day, kind=form.kind, size=int(size), holder=holder, log_name=log_name
    )
    made = pairs_of(read_table(again, CHECK_SHEET))
    rows, made_rows = _rows(content, form), _rows(again, form)
    found = [
        f"{name}: {told.get(name)} / {made.get(name)}"
        for name in _MANIFEST
        if told.get(name) != made.get(name)
    ]
    if rows_digest(list(rows.values())) != told.get("rows_digest"):
        found.append("rows_digest: the rows are not those that the digest was made of")
    for case in sorted(rows.keys() | made_rows.keys()):
        here, there = rows.get(case, {}), made_rows.get(case, {})
        names = sorted(n for n in here.keys() | there.keys() if here.get(n) != there.get(n))
        if names:
            found.append(f"{case}: {', '.join(names)}")
    return found


def _rows(content: bytes, form: LedgerForm) -> dict[str, Row]:
    ledger = read_ledger(read_table(content), form, is_new=False)
    if ledger.problems:
        first = ledger.problems[0]
        raise Malformed(f"row {first.row}, {first.column}: {first.en}")
    return {row.get(form.number, str(number)): row for number, row in ledger.rows}


def check_snapshot(
    service: Liuhen, record_id: str, holder: KeyHolder, *, log_name: str | None
) -> list[str]:
    """Return what differs between a snapshot and the records; nothing if it is equal.

    Raises:
        Unknown: There is no such record.
        Malformed: It is no snapshot that can be made again.
    """
    told = service.record(record_id)
    record = get_members(told, "record")
    data = get_members(record, "data")
    day, size = day_of(get_text(data, "as_of")), get_whole(data, "tree_size")
    if get_text(record, "type") != "board_snapshot" or day is None or size is None:
        raise Malformed("the record is no snapshot of a board that says what it was made from")
    log = log_name or get_text(told, "log")
    made = service.boards.board(
        day,
        kind=get_text(data, "kind") or "finding",
        size=size,
        log_name=log,
        holder=holder,
    )
    names = ("rule_version", "tree_size", "counts", "digest")
    return [f"{n}: {data.get(n)} / {made.get(n)}" for n in names if data.get(n) != made.get(n)]
