"""OCDS releases (standard.open-contracting.org, 1.1): each becomes the records that it tells of.

A release is a snapshot, and later ones repeat what earlier ones said. So a tender, an award or a
contract becomes a record when a file first tells of it; after that only what a release says to be
an update or amendment does. What is repeated stays in the record of its release.

The originals of all records of a release, put together by their pointers, are the release.
"""

from collections.abc import Iterator

from liuhen.core.canonical import JsonObject, JsonValue
from liuhen.domain.mapping.mapped import Mapped, Place, generic, less, mapped
from liuhen.domain.mapping.ocds_award import award_record, awarded_to
from liuhen.domain.mapping.ocds_bid import bid_records
from liuhen.domain.mapping.ocds_contract import contract_records
from liuhen.domain.mapping.ocds_project import end_record, project_data
from liuhen.domain.mapping.ocds_release import Release, Told
from liuhen.domain.mapping.ocds_tender import is_published, tender_records
from liuhen.domain.mapping.value import text_of
from liuhen.domain.reading import Members, get_list, get_members, get_text, get_texts


def release_records(
    value: JsonValue, place: Place, told: Told, publisher: str | None
) -> Iterator[Mapped]:
    """Yield the records of one release, the one that the others link to first.

    Args:
        value: The release; any JSON will do.
        place: Its place.
        told: What earlier releases of the file told; grows.
        publisher: Who published the package it came in.
    """
    if not isinstance(value, dict):
        yield generic(place, "ocds.release", value, {"not-an-object": 1})
        return
    publisher = text_of(get_members(value, "publisher").get("name")) or publisher
    ocid = get_text(value, "ocid")
    if not ocid:
        reason = "linked-release" if "url" in value else "no-ocid"
        yield generic(place, "ocds.release", value, {reason: 1}, organisation=publisher)
        return
    tags = frozenset(get_texts(value, "tag"))
    release = Release(value, place, ocid, tags, told.of.setdefault(ocid, set()), publisher)
    yield from _records(release)


def _records(release: Release) -> Iterator[Mapped]:
    value = release.value
    is_first = release.is_new("project")
    tender = get_members(value, "tender")
    is_document = isinstance(value.get("tender"), dict) and is_published(tender, release.tags)
    new_tender = is_document and (release.is_new("tender") or release.is_update("tender"))
    taken = {name: _parts(value, name) for name in ("awards", "contracts")}
    rest = less(value, taken)
    if isinstance(value.get("bids"), dict):
        del rest["bids"]
    if new_tender:
        del rest["tender"]
    yield _of_release(release, rest, is_first=is_first)
    if new_tender:
        yield from tender_records(release)
    if isinstance(value.get("bids"), dict):
        yield from bid_records(release)
    suppliers = {
        get_text(award, "id"): awarded_to(release, award)[0] for award in get_list(value, "awards")
    }
    for position in sorted(taken["awards"]):
        yield award_record(release, position)
    for position in sorted(taken["contracts"]):
        yield from contract_records(release, position, suppliers)
    end = end_record(release)
    if end is not None:
        yield end


def _parts(value: JsonObject, name: str) -> set[int]:
    """Return the positions of the objects of a list."""
    held = value.get(name)
    if not isinstance(held, list):
        return set()
    return {position for position, each in enumerate(held) if isinstance(each, dict)}


def _of_release(release: Release, rest: JsonObject, *, is_first: bool) -> Mapped:
    """Return the record of what is the release's own: the project at first, generic later."""
    links = tuple(
        (_rel(process), f"{process['identifier']}|project")
        for process in get_list(release.value, "relatedProcesses")
        if isinstance(process.get("identifier"), str)
    )
    if is_first:
        return Mapped(
            type="project",
            data=mapped(release.place, "ocds.release", rest, project_data(release)),
            case=release.case,
            occurred_at=release.date,
            organisation=release.publisher,
            names=(release.own_name, release.name("project")),
            links=links,
        )
    reasons = {"later-release": 1}
    if "tender" in rest:
        reasons["tender-told-again"] = 1
    return generic(
        release.place,
        "ocds.release",
        rest,
        reasons,
        case=release.case,
        occurred_at=release.date,
        organisation=release.publisher,
        names=(release.own_name,),
        links=(("project", release.name("project")), *links),
        ocid=release.ocid,
        tag=[*sorted(release.tags)],
    )


def _rel(process: Members) -> str:
    """Return what a related process is to this one, as a word for a link."""
    told = get_texts(process, "relationship")
    return (text_of(told[0]) if told else None) or "related"
