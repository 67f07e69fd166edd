"""The database as an auditor reads it: every row of one log as it stands, uninterpreted."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

RawRow = Mapping[str, object]
"""Column names and values as the database's driver gives them: of any type, if it was bent."""


class StoredTables(Protocol):
    """The tables of one log in one state of the database. NOT trusted in any way.

    All calls read the same state, as it was when the tables were opened, while the service may go
    on writing. Rows come one by one, so that a table larger than the memory can be read. Nothing
    is converted and nothing left out: what an auditor must find is what others would stumble over.
    """

    def names(self) -> frozenset[str]:
        """Return the names of all tables that can hold rows of a log."""
        ...

    def rows(
        self, table: str, order: Sequence[str], where: Mapping[str, object] | None = None
    ) -> Iterator[RawRow]:
        """Return the log's rows of a table in the order of some columns.

        Args:
            table: Name of the table.
            order: Columns to order by, ascending; texts and bytes by their bytes.
            where: Values that columns must have.

        Raises:
            Unavailable: The database does not answer, or lacks the table or a column of it.
        """
        ...

    def matching(self, table: str, column: str, values: Sequence[object]) -> Iterator[RawRow]:
        """Return the log's rows of a table that have one of some values in a column."""
        ...

    def strays(self, table: str) -> int:
        """Return how many rows of a table are of no log at all."""
        ...
