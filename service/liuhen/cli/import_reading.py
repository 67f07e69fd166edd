"""Reading what is imported: one release, line or row at a time, from files of any length."""

import codecs
import csv
import hashlib
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import BinaryIO, Final, Protocol

from liuhen.cli.existing import STDIN
from liuhen.cli.input_file import opened
from liuhen.core.canonical import JsonObject
from liuhen.core.errors import AuditError, Malformed, MalformedJson, MalformedRecord, RecordRefused
from liuhen.core.strict_json import DEFAULT_LIMITS, parse_json
from liuhen.domain.admission import check_has_case
from liuhen.domain.catalogue import GENERIC, check_data, check_submittable
from liuhen.domain.incoming import IMPORTED
from liuhen.domain.mapping.account import Account
from liuhen.domain.mapping.file_records import FileRecords
from liuhen.domain.mapping.mapped import Mapped, own_case
from liuhen.domain.mapping.pieces import MOST_CHARACTERS, Piece, pieces
from liuhen.domain.mapping.submission_row import check_columns, submission_of
from liuhen.domain.mapping.table_records import TableFile
from liuhen.domain.reading import get_text

_PIECE: Final = 2**20
LINE_SUFFIXES: Final = {".jsonl", ".ndjson"}
_TABLE_SUFFIX: Final = ".csv"


class Sendable(Protocol):
    """What can be sent: a submission that may wait for the numbers of others."""

    @property
    def case(self) -> str | None:
        """Its case."""
        ...

    @property
    def names(self) -> tuple[str, ...]:
        """What others call it."""
        ...

    @property
    def links(self) -> tuple[tuple[str, str], ...]:
        """(rel, name) of what it links to."""
        ...

    def submission(self, numbers: dict[str, str]) -> JsonObject:
        """Return what is sent."""
        ...


@dataclass(frozen=True, slots=True)
class Whole:
    """A submission that somebody else has made.

    Attributes:
        value: It.
        names: Nobody links to it,
        links: and it waits for nobody.
    """

    value: JsonObject
    names: tuple[str, ...] = ()
    links: tuple[tuple[str, str], ...] = ()

    @property
    def case(self) -> str | None:
        """Its case, which keeps it in order."""
        case = self.value.get("case")
        return case if isinstance(case, str) else None

    def submission(self, numbers: dict[str, str]) -> JsonObject:
        """Return it as it is."""
        del numbers
        return self.value


@dataclass(frozen=True, slots=True)
class Row:
    """One thing of a file, read or refused.

    Attributes:
        place: Where it stands, for people: a line, a row, or a pointer.
        content: What is to be sent; None where it was refused.
        error: Why it was refused.
    """

    place: str
    content: Sendable | None = None
    error: AuditError | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """A file that is being read.

    Attributes:
        account: What was found so far.
        rows: What it holds, in its order.
    """

    account: Account
    rows: Iterator[Row] = field(repr=False)


def digest(path: Path) -> str:
    """Return the SHA-256 of a file.

    Raises:
        Malformed: It is stdin, which can be read only once.
        Unavailable: It cannot be read.
    """
    if path == STDIN:
        raise Malformed("an import reads its file twice: stdin must be put into a file first")
    sha256 = hashlib.sha256()
    with opened(path) as stream:
        while piece := stream.read(_PIECE):
            sha256.update(piece)
    return sha256.hexdigest()


def read_mapped(path: Path, make: Callable[[str, str], FileRecords]) -> Reading:
    """Read a file of another system: JSON, JSON Lines or a table, as its suffix says.

    Args:
        path: The file.
        make: Makes the mapping of a file from its name and SHA-256.
    """
    sha256 = digest(path)
    if path.suffix == _TABLE_SUFFIX:
        return _read_table(path, sha256)
    file = make(path.name, sha256)
    if path.suffix in LINE_SUFFIXES:
        file.account.holds = "JSON Lines"
    return Reading(file.account, _mapped_rows(path, file))


def _mapped_rows(path: Path, file: FileRecords) -> Iterator[Row]:
    with opened(path) as stream:
        found = (
            _line_pieces(stream)
            if path.suffix in LINE_SUFFIXES
            else pieces(_texts(stream), file.lists)
        )
        for piece in found:
            for one in file.of_piece(piece):
                yield Row(_pointer_of(one, piece, path), one)


def _pointer_of(one: Mapped, piece: Piece, path: Path) -> str:
    mark = one.data[IMPORTED]
    assert isinstance(mark, dict)  # every mapping makes one
    line = f"line {piece.document + 1} " if path.suffix in LINE_SUFFIXES else ""
    return f"{line}{mark['pointer']}"


def _line_pieces(stream: BinaryIO) -> Iterator[Piece]:
    for number, line in _lines(stream):
        yield Piece(line, (), number, is_element=False)


def _read_table(path: Path, sha256: str) -> Reading:
    with opened(path) as stream:
        table = TableFile(path.name, sha256, next(_cells(stream), []))
    return Reading(table.account, _table_rows(path, table))


def _table_rows(path: Path, table: TableFile) -> Iterator[Row]:
    with opened(path) as stream:
        rows = _cells(stream)
        next(rows, None)
        for number, cells in enumerate(rows, 1):
            for one in table.of_row(cells):
                yield Row(f"row {number}", one)


def read_lines(path: Path, *, mark: bool) -> Reading:
    """Read submissions, one a line.

    Args:
        path: The file.
        mark: Whether to mark each as imported history.
    """
    sha256 = digest(path)
    account = Account(path.name, holds="submissions")

    def rows() -> Iterator[Row]:
        with opened(path) as stream:
            for number, line in _lines(stream):
                account.items += 1
                value = _caught(f"line {number + 1}", partial(_object, line))
                yield _submission_row(value, account, _imported(path, sha256, number, mark=mark))

    return Reading(account, rows())


def read_table(path: Path, *, mark: bool) -> Reading:
    """Read submissions, one a row of a table; as `read_lines`.

    Raises:
        MalformedRecord: Its columns are not those of submissions.
    """
    sha256 = digest(path)
    account = Account(path.name, holds="submissions")
    with opened(path) as stream:
        columns = next(_cells(stream), [])
    check_columns(columns)

    def rows() -> Iterator[Row]:
        with opened(path) as stream:
            table = _cells(stream)
            next(table, None)
            for number, cells in enumerate(table):
                account.items += 1
                value = _caught(f"row {number + 1}", partial(submission_of, columns, cells))
                yield _submission_row(value, account, _imported(path, sha256, number, mark=mark))

    return Reading(account, rows())


def _object(line: str) -> JsonObject:
    value = parse_json(line.encode("utf-8", "surrogatepass"), DEFAULT_LIMITS)
    if not isinstance(value, dict) or "data" not in value:
        raise MalformedRecord("/data", "is missing: a line is a whole submission")
    return value


def _imported(path: Path, sha256: str, position: int, *, mark: bool) -> JsonObject | None:
    return {"source": path.name, "sha256": sha256, "position": position} if mark else None


def _caught(place: str, read: Callable[[], JsonObject]) -> tuple[str, JsonObject | AuditError]:
    try:
        return place, read()
    except AuditError as error:
        return place, error


def _submission_row(
    read: tuple[str, JsonObject | AuditError], account: Account, mark: JsonObject | None
) -> Row:
    place, value = read
    if isinstance(value, AuditError):
        return Row(place, error=value)
    data = value["data"]
    record_type = value.get("type", GENERIC)
    if mark is not None and isinstance(data, dict):
        value = {**value, "data": {**data, IMPORTED: mark}}
        case = None if value.get("case") else own_case(str(record_type), data)
        value = value if case is None else {**value, "case": case}
    try:
        if not isinstance(record_type, str):
            raise MalformedRecord("/type", "must be a text")
        check_submittable(record_type)
        check_data(record_type, value["data"])
        check_has_case(record_type, get_text(value, "case"))
    except (MalformedRecord, RecordRefused) as error:
        return Row(place, error=error)
    account.records[record_type] += 1
    return Row(place, Whole(value))


def _lines(stream: BinaryIO) -> Iterator[tuple[int, str]]:
    """Yield the lines that hold something, numbered from 0; one without end is refused."""
    number = 0
    while line := stream.readline(MOST_CHARACTERS):
        if len(line) == MOST_CHARACTERS:
            raise MalformedJson(f"line {number + 1} has more than {MOST_CHARACTERS} bytes")
        text = _decoded(line.removeprefix(codecs.BOM_UTF8) if not number else line)
        if text.strip():
            yield number, text
        number += 1


def _decoded(line: bytes) -> str:
    try:
        return line.decode()
    except UnicodeDecodeError as error:
        raise MalformedJson("bytes that are not UTF-8") from error


def _texts(stream: BinaryIO) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    try:
        while piece := stream.read(_PIECE):
            text = decoder.decode(piece)
            if text:
                yield text
        yield decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        raise MalformedJson("bytes that are not UTF-8") from error


def _cells(stream: BinaryIO) -> Iterator[list[str]]:
    text = io.TextIOWrapper(stream, "utf-8-sig", newline="")
    try:
        yield from (row for row in csv.reader(text, strict=True) if row)
    except (csv.Error, UnicodeDecodeError) as error:
        raise Malformed(f"the table cannot be read: {error}") from error
    finally:
        text.detach()
