"""Whether a JSON file is the submission that a record was made from: a digest for each member.

A client sends `data` and what else it knows; the service adds the rest. So such a file is neither
the record nor its data, and says nothing that the record does not say. Members are compared by
digest, because a file of the caller's goes nowhere; what is left out of it may be anything.
"""

import hashlib
from collections.abc import Mapping

from liuhen.core.canonical import JsonObject, JsonValue, canonical

PLACES = (
    *("attachments", "case", "data", "links", "nonce", "occurred_at", "supersedes", "type"),
    *("version", "submitter/organisation", "submitter/person", "submitter/system"),
)
"""What a submission can say; `submitter` is an object whose members count one by one."""

Members = Mapping[str, bytes]
"""SHA-256 of the canonical form of each member, by place."""


def sent_members(value: JsonValue) -> Members | None:
    """Return the digests of a submission's members; None where a value is no submission."""
    if not isinstance(value, dict) or "data" not in value:
        return None
    places = _places(value)
    if not places.keys() <= set(PLACES):
        return None
    return {name: hashlib.sha256(canonical(place)).digest() for name, place in places.items()}


def is_submission(members: Members, record: JsonObject) -> bool:
    """Return whether everything that a submission says stands in a record."""
    places = _places(record)
    return "data" in members and all(
        name in places and hashlib.sha256(canonical(places[name])).digest() == digest
        for name, digest in members.items()
    )


def _places(value: JsonObject) -> dict[str, JsonValue]:
    """Return the members, those of the submitter one by one, attachments as a record has them."""
    places = {name: member for name, member in value.items() if name != "submitter"}
    submitter = value.get("submitter")
    if isinstance(submitter, dict):
        places |= {f"submitter/{name}": member for name, member in submitter.items()}
    elif "submitter" in value:
        places["submitter"] = submitter
    attachments = value.get("attachments")
    if isinstance(attachments, list):
        places["attachments"] = [
            {"sm3": None, **each} if isinstance(each, dict) else each for each in attachments
        ]
    return places
