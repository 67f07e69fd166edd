"""A case as OCDS (1.1): one release of all that may be shown, or one for each of its records.

Complaints and supervision have no place in OCDS and are left out, bids come with the extension for
bids. Documents are named by our digests, in `digests`, which readers of OCDS pass over.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from liuhen.core.canonical import JsonObject, JsonValue, canonical
from liuhen.domain.incoming import Incoming
from liuhen.domain.mapping.ocds_export_part import (
    Process,
    awards_of,
    bids_of,
    contracts_of,
    parties_of,
    tender_of,
)
from liuhen.domain.mapping.shown import Shows, shown_data
from liuhen.domain.mapping.value import told
from liuhen.domain.reading import get_members, get_text

EXPORTED: Final = (
    "project",
    "tender_document",
    "publication",
    "opening_record",
    "award_notice",
    "contract",
)
"""Types that OCDS has a place for."""
BID_EXTENSION: Final = (
    "https://raw.githubusercontent.com/open-contracting-extensions/ocds_bid_extension/v1.1.5/"
    "extension.json"
)
_TAGS: Final = {
    ("project", "registered"): "planning",
    ("project", "failed"): "tenderCancellation",
    ("project", "terminated"): "tenderCancellation",
    ("tender_document", "published"): "tender",
    ("tender_document", "clarified"): "tenderAmendment",
    ("tender_document", "withdrawn"): "tenderUpdate",
    ("publication", "published"): "tenderUpdate",
    ("opening_record", "opened"): "tenderUpdate",
    ("award_notice", "published"): "award",
    ("award_notice", "changed"): "awardUpdate",
    ("contract", "signed"): "contract",
    ("contract", "amended"): "contractAmendment",
}


@dataclass(frozen=True, slots=True)
class ShownPart:
    """A record as far as it may be shown.

    Attributes:
        type: Record type.
        at: When it happened.
        data: Its data, as far as it may be shown.
    """

    type: str
    at: datetime
    data: JsonObject

    @property
    def tag(self) -> str:
        """What OCDS calls the step."""
        action = self.data.get("action")
        first = next(step for name, step in _TAGS if name == self.type)
        return _TAGS.get((self.type, action if isinstance(action, str) else first), "tenderUpdate")


def shown_parts(records: Sequence[Incoming], shows: Shows) -> list[ShownPart]:
    """Return what may be shown of a case's records; records of which nothing may be are not told.

    Args:
        records: Records of the case, in their order.
        shows: What may be shown.
    """
    parts = []
    for record in records:
        if record.type not in EXPORTED:
            continue
        data = shown_data(record, shows)
        if any(name not in ("action", "imported", "section") for name in data):
            at = record.at if shows(record, ("occurred_at",)) else record.recorded_at
            parts.append(ShownPart(record.type, at, data))
    return parts


def release_of(ocid: str, parts: Sequence[ShownPart]) -> JsonObject:
    """Return one release of everything.

    Args:
        ocid: Identifier of the process.
        parts: What may be shown, at least one.
    """
    return _release(_process(ocid, parts), parts, sorted({part.tag for part in parts}))


def record_of(ocid: str, parts: Sequence[ShownPart]) -> JsonObject:
    """Return the OCDS record: a release for each part, and all of them compiled."""
    process = _process(ocid, parts)
    releases: list[JsonValue] = [_release(process, [part], [part.tag]) for part in parts]
    compiled = _release(process, parts, ["compiled"])
    return {"ocid": ocid, "releases": releases, "compiledRelease": compiled}


def package_of(
    uri: str, publisher: str, member: str, held: JsonObject, parts: Sequence[ShownPart]
) -> JsonObject:
    """Return a package of one release or record.

    Args:
        uri: Where it is served.
        publisher: Who serves it.
        member: `releases` or `records`.
        held: The release or record.
        parts: What it was made from; its date is that of the newest.
    """
    package: JsonObject = {
        "uri": uri,
        "version": "1.1",
        "publishedDate": _newest(parts),
        "publisher": {"name": publisher},
        member: [held],
    }
    if any(part.type == "opening_record" for part in parts):
        package["extensions"] = [BID_EXTENSION]
    return package


def _process(ocid: str, parts: Sequence[ShownPart]) -> Process:
    """Return what all releases of a process have in common."""
    projects = [part.data for part in parts if part.type == "project"]
    numbers = [number for each in projects if (number := get_text(each, "project_no"))]
    budgets = [get_members(each, "budget") for each in projects]
    currencies = [currency for each in budgets if (currency := get_text(each, "currency"))]
    return Process(ocid, next(iter(numbers), ocid), next(iter(currencies), None))


def _release(process: Process, parts: Sequence[ShownPart], tags: list[str]) -> JsonObject:
    by_type = {name: [part.data for part in parts if part.type == name] for name in EXPORTED}
    of_tender = [
        (part.type, part.at.isoformat(), part.data)
        for part in parts
        if part.type in ("project", "tender_document", "publication")
    ]
    awards = awards_of(process, by_type["award_notice"])
    contracts = contracts_of(by_type["contract"], by_type["award_notice"])
    buyer, parties = parties_of(by_type)
    release: JsonObject = told(
        ocid=process.ocid,
        date=_newest(parts),
        tag=[*tags],
        initiationType="tender",
        language="zh",
        parties=[*parties] or None,
        buyer=buyer,
        tender=tender_of(process, of_tender, is_over=bool(awards)),
        bids=bids_of(by_type["opening_record"]),
        awards=[*awards] or None,
        contracts=[*contracts] or None,
    )
    # Neither count nor place in the log may be told, so a release is called by what it says.
    digest = hashlib.sha256(canonical(release)).hexdigest()
    return {**release, "id": f"{process.ocid}-{digest[:16]}"}


def _newest(parts: Sequence[ShownPart]) -> str:
    return max(part.at for part in parts).isoformat()
