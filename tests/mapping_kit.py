"""Files of other systems, mapped whole: their records, their account, and what they came from."""

import csv
import hashlib
import io
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from liuhen.core.canonical import JsonValue, canonical
from liuhen.domain.mapping.account import Account
from liuhen.domain.mapping.file_records import FileRecords, OcdsFile, ProzorroFile
from liuhen.domain.mapping.mapped import Mapped
from liuhen.domain.mapping.pieces import Piece, pieces
from liuhen.domain.mapping.table_records import TableFile

EXPECTED = Path(__file__).parent / "vectors" / "mapping" / "account.json"
FOLDERS = ("ocds", "prozorro", "prozorro-audit")
SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


def data_files(folder: Path) -> list[Path]:
    """Return all files of the sample data that a mapping is for, sorted."""
    return sorted(path for name in FOLDERS for path in (folder / name).rglob("*") if path.is_file())


def account_text(folder: Path) -> bytes:
    """Return the accounts of all files as they are committed, one a line."""
    accounts = (
        map_file(path, path.relative_to(folder).as_posix())[1].to_json()
        for path in data_files(folder)
    )
    return b"[\n" + b",\n".join(map(canonical, accounts)) + b"\n]\n"


def map_file(path: Path, name: str) -> tuple[list[Mapped], Account]:
    """Map a file, as `liuhen import` reads it."""
    body = path.read_bytes()
    digest, text = hashlib.sha256(body).hexdigest(), body.decode()
    if path.suffix == ".csv":
        columns, *rows = list(csv.reader(io.StringIO(text)))
        table = TableFile(name, digest, columns)
        return [one for row in rows for one in table.of_row(row)], table.account
    file = (OcdsFile if name.startswith("ocds/") else ProzorroFile)(name, digest)
    if path.suffix == ".jsonl":
        lines = text.splitlines()
        found = (Piece(line, (), at, is_element=False) for at, line in enumerate(lines))
        return list(of_pieces(file, found)), file.account
    return map_text(file, text), file.account


def map_text(file: FileRecords, text: str, chunk: int = 1000) -> list[Mapped]:
    """Map a text that comes in parts."""
    parts = (text[at : at + chunk] for at in range(0, len(text), chunk))
    return list(of_pieces(file, pieces(parts, file.lists)))


def of_pieces(file: FileRecords, found: Iterable[Piece]) -> Iterator[Mapped]:
    for piece in found:
        yield from file.of_piece(piece)


def together(records: Iterable[Mapped]) -> JsonValue:
    """Put the originals of one document together again, each at its place."""
    parts: list[tuple[list[str], Any]] = []
    for one in records:
        mark = one.data["imported"]
        assert isinstance(mark, dict)
        if "original" in one.data and "derived_from" not in mark:
            parts.append((str(mark["pointer"]).split("/")[1:], one.data["original"]))
    whole: Any = None
    for path, value in sorted(parts, key=lambda part: len(part[0])):
        whole = _put(whole, path, value)
    result: JsonValue = whole
    return result


def _put(whole: Any, path: list[str], value: Any) -> Any:
    if not path:
        return value
    step, rest = path[0].replace("~1", "/").replace("~0", "~"), path[1:]
    if step.isdigit() and not isinstance(whole, dict):
        listed = list(whole or [])
        listed += [None] * (int(step) + 1 - len(listed))
        listed[int(step)] = _put(listed[int(step)], rest, value)
        return listed
    held = dict(whole or {})
    held[step] = _put(held.get(step), rest, value)
    return held
