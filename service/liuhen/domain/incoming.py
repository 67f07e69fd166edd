"""A record as the rules see it: on its way in, or read again from the log."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from liuhen.core.canonical import JsonValue
from liuhen.domain.reading import (
    BEIJING,
    Members,
    get_list,
    get_members,
    get_text,
    get_whole,
    moment_of,
)

IMPORTED = "imported"
"""Member of `data` that marks history of another system: {source, sha256?, position?}."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """One record.

    Attributes:
        type: Record type.
        record_id: Its number.
        case: Case code.
        at: When it happened, as the submitter says; when it was recorded, if nothing is said.
        recorded_at: When the log takes it, or took it.
        supersedes: Number of the record that it replaces.
        organisation: Submitter's organisation.
        person: Submitter's person.
        data: What was submitted; empty where it is not an object.
        links: (rel, record number).
        case_seq: Its number in the case: how many records the case had before it.
    """

    type: str
    record_id: str
    case: str | None
    at: datetime
    recorded_at: datetime
    supersedes: str | None
    organisation: str | None
    person: str | None
    data: Members
    links: tuple[tuple[str, str], ...] = ()
    case_seq: int | None = None

    @property
    def day(self) -> date:
        """The day it happened, in Beijing."""
        return self.at.astimezone(BEIJING).date()

    @property
    def is_imported(self) -> bool:
        """Whether it is history of another system: told of, and held to no rule of order."""
        return isinstance(self.data.get(IMPORTED), dict)


def incoming_of(record: Mapping[str, JsonValue], recorded_at: str | None = None) -> Incoming:
    """Return a record as the rules see it.

    Args:
        record: A record or a submission with its `record_id`, checked before.
        recorded_at: For one that has none yet.
    """
    recorded = moment_of(recorded_at or get_text(record, "recorded_at"))
    assert recorded is not None  # the log writes it
    submitter, data = get_members(record, "submitter"), record.get("data")
    return Incoming(
        type=get_text(record, "type") or "",
        record_id=get_text(record, "record_id") or "",
        case=get_text(record, "case"),
        at=moment_of(get_text(record, "occurred_at")) or recorded,
        recorded_at=recorded,
        supersedes=get_text(record, "supersedes"),
        organisation=get_text(submitter, "organisation"),
        person=get_text(submitter, "person"),
        data=data if isinstance(data, dict) else {},
        links=tuple(
            (get_text(link, "rel") or "", get_text(link, "record") or "")
            for link in get_list(record, "links")
        ),
        case_seq=get_whole(record, "case_seq"),
    )
