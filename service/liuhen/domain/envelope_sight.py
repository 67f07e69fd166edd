"""Who may see a member of the envelope: what is not `data` of a record.

A disclosure always shows some of these (evidence §2), to whoever was given it. A case shows its
records to whoever asks, so less is shown here: a record's number opens the whole record to whoever
has it, and its place in the case tells how many there are.
"""

from collections.abc import Callable, Mapping, Sequence

from liuhen.domain.field import Field
from liuhen.domain.record_type import RecordType
from liuhen.domain.sight import (
    FROM_OPENING,
    OWN_THEN_RESTRICTED,
    PUBLIC,
    RESTRICTED,
    SECRET,
    Sight,
    sight,
)
from liuhen.domain.sight import (
    LETTERS as OPENNESS,
)

_DISPUTES = frozenset({"objection", "challenge", "complaint"})
_PROTECTED = sight("O")
_UNLISTED = frozenset(
    {"finding", "task", "accountability", "site_supervision", "objection", "challenge"}
    | {"access_event", "verification_event"}
)
"""That there is one is told to those who may see what is restricted."""
_FROM_DISPUTE = sight("RRRRRPPP")
_COUNTED = sight("OOPPPPPP")
_PLAIN = {
    "format": PUBLIC,
    "origin": PUBLIC,
    "version": PUBLIC,
    "after_block": PUBLIC,
    "case": PUBLIC,
    "case_seq": FROM_OPENING,
    "case_prev": FROM_OPENING,
    "nonce": SECRET,
}


def envelope_sight(record_type: RecordType, path: tuple[str, ...]) -> Sight:
    """Return who may see a member of the envelope when.

    Args:
        record_type: The record's type.
        path: Of a member, or of something in it.
    """
    name = path[0] if path else ""
    special = _BY_TYPE.get(name)
    return _PLAIN.get(name, SECRET) if special is None else special(record_type)


def _listed(record_type: RecordType) -> Sight:
    """Return who may know that there is a record of a type."""
    if record_type.counts_before_opening:
        return _COUNTED
    if record_type.name == "complaint":
        return _FROM_DISPUTE
    return RESTRICTED if record_type.name in _UNLISTED else PUBLIC


def _told_when(record_type: RecordType) -> Sight:
    """Return who may know when it happened."""
    return OWN_THEN_RESTRICTED if record_type.counts_before_opening else _listed(record_type)


def _submitter(record_type: RecordType) -> Sight:
    """Return who may know who sent it."""
    if record_type.name in _DISPUTES:
        return _PROTECTED
    return OWN_THEN_RESTRICTED if record_type.counts_before_opening else RESTRICTED


def _attachments(record_type: RecordType) -> Sight:
    """Return who may see the files it names: as the file that the type is about."""
    file = record_type.table.by_name.get("sha256")
    return SECRET if file is None or file.sight is None else file.sight


def _whole(record_type: RecordType) -> Sight:
    """Return who may see a record with all its fields; never everybody, for it names people."""
    sights = [RESTRICTED, *_sights(record_type.fields)] if record_type.fields else [SECRET]
    return Sight(_strictest([each.zb for each in sights]), _strictest([each.zc for each in sights]))


def _strictest(sights: Sequence[str]) -> str:
    stages = zip(*sights, strict=True)
    return "".join(max(letters, key=OPENNESS.index) for letters in stages)


def _sights(fields: tuple[Field, ...]) -> list[Sight]:
    return [
        seen
        for field in fields
        for seen in (*((field.sight,) if field.sight else ()), *_sights(field.fields))
    ]


_BY_TYPE: Mapping[str, Callable[[RecordType], Sight]] = {
    "type": _listed,
    "occurred_at": _told_when,
    "recorded_at": _told_when,
    "submitter": _submitter,
    "record_id": _whole,
    "supersedes": _whole,
    "links": _whole,
    "attachments": _attachments,
}
