"""An OCDS tender as a tender document with its publications and amendments.

The files behind it lie elsewhere and OCDS has no digests of them, so `sha256` is that of the
canonical form of what was published: the tender, or the amendment. Whoever has the release can
look the record up by it.
"""

import hashlib
from collections.abc import Iterator, Mapping
from typing import Final

from liuhen.core.canonical import JsonObject, JsonValue, canonical
from liuhen.domain.mapping.mapped import Mapped, less, mapped
from liuhen.domain.mapping.ocds_release import Release
from liuhen.domain.mapping.value import day_of, moment_of, text_of, told
from liuhen.domain.reading import Members, get_list, get_members, get_text

_PLANNED: Final = {"planning", "planned"}
_TAGS: Final = {"tender", "tenderUpdate", "tenderAmendment", "tenderCancellation"}
_OPEN_METHODS: Final = {"open", "selective"}
DOCUMENT_KINDS: Final = {
    "tenderNotice": "tender_notice",
    "tenderUpdate": "change_notice",
    "contractNotice": "contract_notice",
    "tenderCancellation": "termination",
    "cancellationDetails": "termination",
}
"""Kinds of publications by OCDS document type; all others are `other`."""


def digest_of(value: JsonValue) -> str:
    """Return the SHA-256 of a value's canonical form."""
    return hashlib.sha256(canonical(value)).hexdigest()


def is_published(tender: Members, tags: frozenset[str]) -> bool:
    """Return whether a tender was published, and is no mere plan or direct award."""
    if get_text(tender, "status") in _PLANNED or tags == {"planning"}:
        return False
    return (
        not tags.isdisjoint(_TAGS)
        or bool(get_members(tender, "tenderPeriod"))
        or bool(get_list(tender, "documents"))
        or get_text(tender, "procurementMethod") in _OPEN_METHODS
    )


def tender_records(release: Release) -> Iterator[Mapped]:
    """Yield the tender document of a release, what was published with it, and its amendments."""
    place, tender = release.place.at("tender"), release.value["tender"]
    assert isinstance(tender, dict)  # the caller saw to it
    is_update = release.is_update("tender")
    documents = _new_documents(release, tender)
    amendments = {} if is_update else _new(release, tender, "amendments")
    original = less(tender, {"documents": set(documents), "amendments": set(amendments)})
    data = told(
        action="clarified" if is_update else "published",
        sha256=digest_of(tender),
        published_at=moment_of(tender.get("datePublished")),
        bid_deadline=moment_of(get_members(tender, "tenderPeriod").get("endDate")),
        questions_until=moment_of(get_members(tender, "enquiryPeriod").get("endDate")),
        change=_change(tender) if is_update else None,
    )
    yield Mapped(
        type="tender_document",
        data=mapped(place, "ocds.tender", original, data),
        case=release.case,
        occurred_at=release.date,
        organisation=release.publisher,
        names=(release.name("tender"),),
        links=(("release", release.own_name), *_amended(release, tender if is_update else {})),
    )
    for position, document in documents.items():
        yield _publication(release, position, document)
    for position, amendment in amendments.items():
        yield _amendment(release, position, amendment)


def _new_documents(release: Release, tender: Members) -> dict[int, JsonObject]:
    """Return the documents that say where they were published, unless they are known."""
    documents = _new(release, tender, "documents")
    return {place: each for place, each in documents.items() if text_of(each.get("url"))}


def _new(release: Release, tender: Members, name: str) -> dict[int, JsonObject]:
    held = tender.get(name)
    found = enumerate(held) if isinstance(held, list) else ()
    return {
        position: each
        for position, each in found
        if isinstance(each, dict) and release.is_new(f"{name}:{digest_of(each)}")
    }


def _publication(release: Release, position: int, document: JsonObject) -> Mapped:
    kind = DOCUMENT_KINDS.get(get_text(document, "documentType") or "", "other")
    data = told(
        action="published",
        kind=kind,
        title=text_of(document.get("title")),
        url=text_of(document.get("url")),
        **{"from": day_of(document.get("datePublished"))},
    )
    return Mapped(
        type="publication",
        data=mapped(
            release.place.at("tender", "documents", position), "ocds.document", document, data
        ),
        case=release.case,
        occurred_at=moment_of(document.get("datePublished")),
        organisation=release.publisher,
        links=(("document", release.name("tender")),),
    )


def _amendment(release: Release, position: int, amendment: JsonObject) -> Mapped:
    data = told(action="clarified", sha256=digest_of(amendment), change=_reason(amendment))
    return Mapped(
        type="tender_document",
        data=mapped(
            release.place.at("tender", "amendments", position), "ocds.amendment", amendment, data
        ),
        case=release.case,
        occurred_at=moment_of(amendment.get("date")),
        organisation=release.publisher,
        links=(("amends", release.name("tender")), *_amended(release, {"amendments": [amendment]})),
    )


def _change(tender: Members) -> str | None:
    reasons = [_reason(each) for each in get_list(tender, "amendments")]
    return text_of("\n".join(reason for reason in reasons if reason is not None))


def _reason(amendment: Members) -> str | None:
    return text_of(amendment.get("rationale")) or text_of(amendment.get("description"))


def _amended(release: Release, value: Mapping[str, JsonValue]) -> list[tuple[str, str]]:
    """Return links to the releases that amendments say to amend."""
    return [
        ("amends", release.name(f"release:{amended}"))
        for amended in (get_text(each, "amendsReleaseID") for each in get_list(value, "amendments"))
        if amended
    ]
