"""Erased fields, and the `log.erasure` records that tell of them: neither without the other.

Only records with an erased field, and the erasures themselves, are kept in memory.
"""

from collections.abc import Sequence

from liuhen.app.audit.finding import Findings, Rule
from liuhen.app.audit.opening import Opened
from liuhen.core.canonical import JsonValue
from liuhen.core.commitment import Path
from liuhen.core.erasure import Erasure
from liuhen.core.selection import is_inside
from liuhen.domain.catalogue import LOG_ERASURE


class Erasures:
    """What was erased, as the rows say, and as the log says."""

    def __init__(self, found: Findings, journal: Sequence[Erasure] = ()) -> None:
        """Begin before entry 0.

        Args:
            found: Takes findings.
            journal: What was noted down outside of the database before it was done.
        """
        self._found, self._journal = found, journal
        self._withheld: dict[str, tuple[str, frozenset[Path]]] = {}
        self._told: list[tuple[str, str, set[Path]]] = []

    def record(self, key: str, opened: Opened) -> None:
        """Meet a record."""
        withheld = opened.withheld()
        if withheld:
            self._withheld[str(opened.member("record_id"))] = key, withheld
        data = opened.member("data")
        if opened.member("type") == LOG_ERASURE and isinstance(data, dict):
            self._told.append((key, str(data.get("record")), _paths(data.get("fields"))))

    def end(self) -> None:
        """Compare the two, and both with the journal."""
        for noted in self._journal:
            fields = set(noted.fields)
            if not any(
                number == noted.record_id and fields <= said for _, number, said in self._told
            ):
                what = "no record of the log tells of it: is it being done now, or was it lost?"
                self._found.note(Rule.NOT_CHECKED, "erasures", noted.erasure_id, what)
        explained: dict[str, set[Path]] = {}
        for key, number, fields in self._told:
            explained.setdefault(number, set()).update(fields)
            withheld = self._withheld.get(number, ("", frozenset()))[1]
            kept = [field for field in fields if not any(is_inside(w, {field}) for w in withheld)]
            if kept:
                what = f"it tells of an erasure in {number}, whose field {kept[0]} is still there"
                self._found.note(Rule.RECORD, "record", key, what)
        for number, (key, withheld) in self._withheld.items():
            silent = [
                path for path in withheld if not is_inside(path, explained.get(number, set()))
            ]
            if silent:
                what = f"{min(map(str, silent))} is erased, and no {LOG_ERASURE} tells of it"
                self._found.note(Rule.RECORD, "record", key, what)


def _paths(value: JsonValue) -> set[Path]:
    fields = value if isinstance(value, list) else []
    return {
        tuple(step for step in field if isinstance(step, str | int))
        for field in fields
        if isinstance(field, list)
    }
