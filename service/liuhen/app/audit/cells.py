"""The values of one stored row, held to what a writer stores.

SQLite keeps any type in any column, and text that is not text; so nothing is taken as it comes.
"""

from datetime import UTC, datetime

from liuhen.app.audit.finding import Fault, Rule, key_text, shown
from liuhen.ports import RawRow

_LARGEST = 2**63 - 1


class Cells:
    """One row of a table."""

    __slots__ = ("_row", "key", "table")

    def __init__(self, table: str, key: tuple[str, ...], row: RawRow) -> None:
        """Read a row of `table` with these columns for its key."""
        self.table, self._row = table, row
        self.key = key_text({name: row[name] for name in key})

    def integer(self, name: str, least: int = 0) -> int:
        """Return a whole number, not below `least`.

        Raises:
            Fault: No writer stores what is there; the same for all methods here.
        """
        value = self._row[name]
        if type(value) is not int or not least <= value <= _LARGEST:
            raise self._fault(name, f"a whole number from {least}")
        return value

    def blob(self, name: str, size: int | None = None) -> bytes:
        """Return bytes, `size` of them if that is given."""
        value = self._row[name]
        if not isinstance(value, bytes) or (size is not None and len(value) != size):
            raise self._fault(name, "bytes" if size is None else f"{size} bytes")
        return value

    def text(self, name: str) -> str:
        """Return text that is valid Unicode."""
        value = self._row[name]
        if not isinstance(value, str) or any("\ud800" <= c <= "\udfff" for c in value):
            raise self._fault(name, "text")
        return value

    def truth(self, name: str) -> bool:
        """Return true or false."""
        value = self._row[name]
        if value not in (0, 1):
            raise self._fault(name, "true or false")
        return bool(value)

    def time(self, name: str) -> datetime:
        """Return a time, aware."""
        value = self._row[name]
        try:
            time = datetime.fromisoformat(value) if isinstance(value, str) else value
        except ValueError:
            time = None
        if not isinstance(time, datetime):
            raise self._fault(name, "a time")
        return time.replace(tzinfo=UTC) if time.tzinfo is None else time

    def is_null(self, *names: str) -> bool:
        """Return whether all of some columns are empty."""
        return all(self._row[name] is None for name in names)

    def expect(self, name: str, expected: object, rule: Rule = Rule.RECORD) -> None:
        """Compare a column with what it must say.

        Raises:
            Fault: It says something else.
        """
        value = self._row[name]
        if value != expected or type(value) is not type(expected):
            raise Fault(rule, f"{name} is {shown(value)} in place of {shown(expected)}")

    def _fault(self, name: str, what: str) -> Fault:
        return Fault(Rule.COLUMN, f"{name} is {shown(self._row[name])}, not {what}")
