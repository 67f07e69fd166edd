"""Rows of one table in the order of a whole number, met one by one as the walk comes along."""

from collections.abc import Iterator, Mapping

from liuhen.app.audit.cells import Cells
from liuhen.app.audit.finding import Fault, Findings, Rule
from liuhen.ports import StoredTables


class Cursor:
    """Rows of a table, ascending by `column`. What nobody asked for is reported as stray."""

    def __init__(
        self,
        tables: StoredTables,
        found: Findings,
        table: str,
        column: str,
        key: tuple[str, ...],
        where: Mapping[str, object] | None = None,
    ) -> None:
        """Begin to read.

        Args:
            tables: The database.
            found: Takes rows that belong nowhere.
            table: Name of the table.
            column: The number that rows are met by.
            key: Columns that name a row, `column` among them.
            where: Values that columns must have.
        """
        self._found, self._column = found, column
        order = (column, *(name for name in key if name != column))
        self._cells = (Cells(table, key, row) for row in tables.rows(table, order, where))
        self._next = next(self._cells, None)

    def at(self, number: int) -> list[Cells]:
        """Return the rows with this number; those with a smaller one are strays."""
        return list(self._pass(number))

    def _pass(self, number: int) -> Iterator[Cells]:
        while self._next is not None:
            cells = self._next
            try:
                found = cells.integer(self._column, least=-(2**63))
            except Fault as fault:
                self._found.note(fault.rule, cells.table, cells.key, fault.what)
                found = None
            if found is not None and found > number:
                return
            self._next = next(self._cells, None)
            if found == number:
                yield cells
            elif found is not None:
                self._stray(cells)

    def end(self) -> None:
        """Report all that is left."""
        while self._next is not None:
            self._stray(self._next)
            self._next = next(self._cells, None)

    def _stray(self, cells: Cells) -> None:
        self._found.note(Rule.STRAY, cells.table, cells.key, "belongs to nothing in the log")
