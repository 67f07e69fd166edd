"""A ProZorro tender: the project, its document, and everything that stands in it."""

from collections.abc import Callable, Iterator
from typing import Final

from liuhen.core.canonical import JsonObject, JsonValue
from liuhen.domain.mapping.mapped import Mapped
from liuhen.domain.mapping.ocds_tender import digest_of
from liuhen.domain.mapping.prozorro_body import Body, kind_of
from liuhen.domain.mapping.prozorro_complaint import complaint_records
from liuhen.domain.mapping.prozorro_part import PARTS, cancellation_records
from liuhen.domain.mapping.value import case_of, code_of, moment_of, money_of, text_of, told
from liuhen.domain.reading import Members, get_list, get_members, get_text

_CATEGORIES: Final = {"goods", "services", "works"}
_LISTS: Final = ("documents", "questions", "bids", "awards", "complaints", "cancellations")


def case_of_tender(tender: Members) -> str | None:
    """Return the case of a tender, by its public number."""
    number = get_text(tender, "tenderID")
    return case_of(number) if number else None


def tender_records(body: Body) -> Iterator[Mapped]:
    """Yield the records of a tender, the project first."""
    tender = body.value
    buyer = get_members(tender, "procuringEntity")
    inside = _inside(tender)
    rest: JsonObject = {name: each for name, each in tender.items() if name not in inside}
    whole = Body(rest, body.place, case_of_tender(tender), None, text_of(buyer.get("name")))
    name = text_of(tender.get("title")) or text_of(tender.get("tenderID")) or "?"
    yield whole.record(
        "project",
        "tender",
        _project(tender, name),
        at=moment_of(tender.get("dateCreated")) or moment_of(tender.get("date")),
        names=(whole.named("tender"),),
    )
    owned = Body(tender, body.place, whole.case, whole.named("tender"), whole.organisation)
    if get_text(tender, "status") != "draft":
        yield owned.record(
            "tender_document",
            "tender",
            _document(rest),
            at=moment_of(tender.get("noticePublicationDate")),
            original={"tenderPeriod": rest.get("tenderPeriod")},
            names=(whole.named("document"),),
        ).derived_from("tender")
    for listed in inside:
        for position, each in enumerate(_objects(tender, listed)):
            part = owned.part(each, listed, position)
            if listed == "cancellations":
                yield from cancellation_records(part, name)
            elif listed == "complaints":
                yield from complaint_records(part)
            else:
                yield from _part(listed)(part)


def _part(listed: str) -> Callable[[Body], Iterator[Mapped]]:
    return PARTS[listed.removesuffix("s")]


def _inside(tender: JsonObject) -> list[str]:
    """Return the lists whose elements all are what they should be: they go by themselves."""
    return [
        name
        for name in _LISTS
        if (elements := _objects(tender, name))
        and all(kind_of(each) == name.removesuffix("s") for each in elements)
    ]


def _objects(tender: JsonObject, name: str) -> list[JsonObject]:
    held: JsonValue = tender.get(name)
    listed = held if isinstance(held, list) else []
    objects = [each for each in listed if isinstance(each, dict)]
    return objects if len(objects) == len(listed) else []


def _project(tender: Members, name: str) -> JsonObject:
    category = get_text(tender, "mainProcurementCategory")
    lots = [
        told(section=code_of(lot.get("id")), name=text_of(lot.get("title")))
        for lot in get_list(tender, "lots")
    ]
    sections: JsonValue = [lot for lot in lots if "section" in lot] or None
    return told(
        action="registered",
        name=name,
        regime="other",
        category=category if category in _CATEGORIES else None,
        project_no=code_of(tender.get("tenderID")),
        purchaser=text_of(get_members(tender, "procuringEntity").get("name")),
        budget=money_of(tender.get("value")),
        evaluation_method=text_of(tender.get("awardCriteria")),
        sections=sections,
    )


def _document(tender: JsonObject) -> JsonObject:
    return told(
        action="published",
        sha256=digest_of(tender),
        published_at=moment_of(tender.get("noticePublicationDate")),
        bid_deadline=moment_of(get_members(tender, "tenderPeriod").get("endDate")),
        questions_until=moment_of(get_members(tender, "enquiryPeriod").get("endDate")),
    )
