"""Whether a file in the caller's hands is what was entered: the last check of `examine.py`.

A file can be the submitted data, the whole submission or the whole record as JSON (compared in
canonical form, so white space and order of members do not matter), an attachment, or a file whose
SHA-256 stands in a shown field of the record, as the digest of a sealed bid does. Where the record
is detached, all that is looked for in its content.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from liuhen.core.attachment import attachments_of
from liuhen.core.canonical import JsonObject, JsonValue, canonical
from liuhen.core.content_check import DETACHED
from liuhen.core.disclosure import Row, Shown, rebuild
from liuhen.core.pointer import to_pointer
from liuhen.core.sent_members import Members, is_submission
from liuhen.core.verdict import Check, State


@dataclass(frozen=True, slots=True)
class FileDigest:
    """Digests of one file; the file itself never comes here.

    Attributes:
        name: How the caller calls it.
        sha256: SHA-256 of its bytes.
        canonical_sha256: SHA-256 of its canonical form; None where it is not strict JSON.
        too_long: Whether it may be JSON and was too long to make the canonical form of.
        members: Digests of its members; None where it is no submission.
    """

    name: str
    sha256: bytes
    canonical_sha256: bytes | None = None
    too_long: bool = False
    members: Members | None = None


def check_file(
    file: FileDigest, rows: Sequence[Row], content: Sequence[Row] | None = None
) -> Check:
    """Compare one file with everything in the rows that it could be.

    Where it equals nothing, the answer is open if part of the record is hidden, which might be
    it, or if the file's canonical form is not known.

    Args:
        file: The file.
        rows: The record's rows.
        content: Rows of what a detached record commits to; the file is looked for there first.
    """
    found = _digest_in(file, content or ()) or _digest_in(file, rows)
    if found is not None:
        return found
    if content is None:
        return _compare(file, rows)
    own, told = _compare(file, rows), _compare(file, content, beside=rows)
    return own if own.state is State.PASSED and told.state is not State.PASSED else told


def _digest_in(file: FileDigest, rows: Sequence[Row]) -> Check | None:
    for place, digest in _digests(rows):
        if digest == file.sha256.hex():
            facts = {**_facts(file), "field": place}
            return Check("file", State.PASSED, "digest-in-record", facts)
    return None


def _compare(file: FileDigest, rows: Sequence[Row], beside: Sequence[Row] = ()) -> Check:
    """Compare a file with the whole record and its data.

    Args:
        file: The file.
        rows: Rows of the record, or of a detached record's content.
        beside: Rows of the record beside that content: they have the case that was submitted.
    """
    whole = rebuild(rows)
    if whole is None:
        return Check("file", State.NOT_CHECKED, "part-of-record-hidden", _facts(file))
    if file.too_long:
        return Check("file", State.NOT_CHECKED, "file-too-long", _facts(file))
    reason = _what_it_is(file, whole)
    if reason is not None:
        return Check("file", State.PASSED, reason, _facts(file))
    submitted = _as_submitted(file, whole, beside)
    if submitted is not None:
        return submitted
    if whole.get("type") == DETACHED:  # it may be the content, which is not here
        return Check("file", State.NOT_CHECKED, "content-not-here", _facts(file))
    return Check("file", State.FAILED, "file-not-in-record", _facts(file))


def _as_submitted(file: FileDigest, whole: JsonObject, beside: Sequence[Row]) -> Check | None:
    """Compare a file with the submission that became content and the record beside it.

    The log is told the case, and the content has none; where the record hides it, whatever the
    file says of it may be so.
    """
    if not beside or file.members is None or whole.get("case") is not None:
        return None
    case = [row.value for row in beside if isinstance(row, Shown) and row.path == ("case",)]
    if case:
        if is_submission(file.members, {**whole, "case": case[0]}):
            return Check("file", State.PASSED, "submission-of-record", _facts(file))
        return None
    rest = {name: digest for name, digest in file.members.items() if name != "case"}
    if is_submission(rest, whole):
        return Check("file", State.NOT_CHECKED, "part-of-record-hidden", _facts(file))
    return None


def _what_it_is(file: FileDigest, whole: JsonObject) -> str | None:
    """Return what of the record a file is; None for nothing of it."""
    if "data" in whole and _is(file, whole["data"]):
        return "data-of-record"
    if _is(file, whole):
        return "whole-record"
    if file.members is not None and is_submission(file.members, whole):
        return "submission-of-record"
    return None


def _facts(file: FileDigest) -> dict[str, JsonValue]:
    return {"name": file.name, "sha256": file.sha256.hex()}


def not_compared(rows: Sequence[Row], files: Sequence[FileDigest]) -> list[JsonValue]:
    """Return what the attachments are called that none of the files is."""
    given = {file.sha256 for file in files}
    return [
        attachment.name or f"/attachments/{attachment.position}"
        for attachment in attachments_of(rows)
        if attachment.sha256 not in given
    ]


def _is(file: FileDigest, value: JsonValue) -> bool:
    return file.canonical_sha256 == hashlib.sha256(canonical(value)).digest()


def _digests(rows: Sequence[Row]) -> list[tuple[str, JsonValue]]:
    """Return every shown text that may be a SHA-256, with its JSON pointer."""
    return [
        (to_pointer(row.path), row.value)
        for row in rows
        if isinstance(row, Shown) and isinstance(row.value, str) and len(row.value) == 64
    ]
