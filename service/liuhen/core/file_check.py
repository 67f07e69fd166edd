"""Whether a file in the caller's hands is what was entered: the last check of `examine.py`.

A file can be the submitted data or the whole record as JSON (compared in canonical form, so white
space and order of members do not matter), an attachment, or a file whose SHA-256 stands in a
shown field of the record, as the digest of a sealed bid does.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from liuhen.core.canonical import JsonValue, canonical
from liuhen.core.disclosure import Row, Shown, rebuild
from liuhen.core.verdict import Check, State


@dataclass(frozen=True, slots=True)
class FileDigest:
    """Digests of one file; the file itself never comes here.

    Attributes:
        name: How the caller calls it.
        sha256: SHA-256 of its bytes.
        canonical_sha256: SHA-256 of its canonical form; None where it is not strict JSON.
        too_long: Whether it may be JSON and was too long to make the canonical form of.
    """

    name: str
    sha256: bytes
    canonical_sha256: bytes | None = None
    too_long: bool = False


def check_file(file: FileDigest, rows: Sequence[Row]) -> Check:
    """Compare one file with everything in the rows that it could be.

    Where it equals nothing, the answer is open if part of the record is hidden, which might be
    it, or if the file's canonical form is not known.
    """
    facts: dict[str, JsonValue] = {"name": file.name, "sha256": file.sha256.hex()}
    for place, digest in _digests(rows):
        if digest == file.sha256.hex():
            return Check("file", State.PASSED, "digest-in-record", {**facts, "field": place})
    whole = rebuild(rows)
    if whole is None:
        return Check("file", State.NOT_CHECKED, "part-of-record-hidden", facts)
    if file.too_long:
        return Check("file", State.NOT_CHECKED, "file-too-long", facts)
    if "data" in whole and _is(file, whole["data"]):
        return Check("file", State.PASSED, "data-of-record", facts)
    if _is(file, whole):
        return Check("file", State.PASSED, "whole-record", facts)
    return Check("file", State.FAILED, "file-not-in-record", facts)


def _is(file: FileDigest, value: JsonValue) -> bool:
    return file.canonical_sha256 == hashlib.sha256(canonical(value)).digest()


def _digests(rows: Sequence[Row]) -> list[tuple[str, JsonValue]]:
    """Return every shown text that may be a SHA-256, with its JSON pointer."""
    return [
        ("/" + "/".join(str(part) for part in row.path), row.value)
        for row in rows
        if isinstance(row, Shown) and isinstance(row.value, str) and len(row.value) == 64
    ]
