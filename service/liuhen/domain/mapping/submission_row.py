"""A row of a table as a submission: columns `type`, `case`, `occurred_at`, `data.…`.

A cell is a text, and the catalogue says what it means: true or false, a whole number, a list or an
object in JSON where a field is one, and a text as it stands everywhere else. Nothing is taken for a
number because it looks like one.
"""

from typing import Final

from liuhen.core.canonical import JsonObject, JsonValue
from liuhen.core.errors import MalformedRecord
from liuhen.core.strict_json import parse_json
from liuhen.domain.catalogue import CATALOGUE
from liuhen.domain.field import Field

_PLAIN: Final = {"type", "case", "occurred_at", "supersedes", "version"}
_INSIDE: Final = {"data", "submitter"}
_FLAGS: Final = {"true": True, "false": False}


def check_columns(columns: list[str]) -> None:
    """Check that a table's columns are members of a submission.

    Raises:
        MalformedRecord: One is not, or stands twice.
    """
    for column in columns:
        head, _, rest = column.partition(".")
        if column not in _PLAIN and not (head in _INSIDE and rest):
            raise MalformedRecord(f"/{head}", f"is not a column of submissions: {column!r}")
        if columns.count(column) > 1:
            raise MalformedRecord(f"/{head}", f"is a column twice: {column!r}")


def submission_of(columns: list[str], cells: list[str]) -> JsonObject:
    """Return the submission of a row; empty cells are left out.

    Raises:
        MalformedRecord: There are more cells than columns, one cannot be what its field asks for,
            or two columns contradict each other.
        MalformedJson: A list or object is not strict JSON.
    """
    if len(cells) > len(columns):
        raise MalformedRecord("", f"the row has {len(cells)} cells for {len(columns)} columns")
    row = {column: cell for column, cell in zip(columns, cells, strict=False) if cell != ""}
    fields = _fields_of(row.get("type", "generic"))
    submission: JsonObject = {"data": {}}
    for column, cell in row.items():
        path = column.split(".")
        value: JsonValue = cell
        if path[0] == "data":
            value = _meant(_find(fields, path[1:]), cell, column)
        elif column == "version":
            value = _whole(cell, column)
        _put(submission, path, value, column)
    return submission


def _fields_of(record_type: str) -> tuple[Field, ...]:
    known = CATALOGUE.get(record_type)
    return () if known is None else tuple(known.table.by_name.values())


def _find(fields: tuple[Field, ...], path: list[str]) -> Field | None:
    found = None
    for name in path:
        found = next((field for field in fields if field.name == name), None)
        fields = () if found is None else found.fields
    return found


def _meant(field: Field | None, cell: str, column: str) -> JsonValue:
    if field is None:
        return cell
    if field.many or field.fields or (field.form_name == "anything" and cell[:1] in "[{"):
        return parse_json(cell.encode("utf-8", "surrogatepass"))
    if field.form_name == "true or false":
        if cell not in _FLAGS:
            raise MalformedRecord(_pointer(column), "must be true or false")
        return _FLAGS[cell]
    return _whole(cell, column) if field.form_name == "whole number" else cell


def _whole(cell: str, column: str) -> int:
    if not (cell.isascii() and cell.isdigit() and len(cell) <= 15):
        raise MalformedRecord(_pointer(column), "must be a whole number")
    return int(cell)


def _put(whole: JsonObject, path: list[str], value: JsonValue, column: str) -> None:
    at = whole
    for name in path[:-1]:
        inner = at.setdefault(name, {})
        if not isinstance(inner, dict):
            raise MalformedRecord(_pointer(column), "stands in what another column makes a text")
        at = inner
    if path[-1] in at:
        raise MalformedRecord(_pointer(column), "is told by another column already")
    at[path[-1]] = value


def _pointer(column: str) -> str:
    return "/" + column.replace(".", "/")
