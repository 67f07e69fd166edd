"""OCDS planning, tender and buyer as a project registration; an unsuccessful tender as its end."""

from typing import Final

from liuhen.core.canonical import JsonObject, JsonValue
from liuhen.domain.mapping.mapped import Mapped, mapped
from liuhen.domain.mapping.ocds_release import Release
from liuhen.domain.mapping.value import code_of, money_of, text_of, told
from liuhen.domain.reading import get_list, get_members, get_text

_CATEGORIES: Final = {"goods", "services", "works"}
_ENDS: Final = {"cancelled": "terminated", "withdrawn": "terminated", "unsuccessful": "failed"}


def project_data(release: Release) -> JsonObject:
    """Return what a release says of its project; one without title is called by its ocid."""
    value = release.value
    tender, planning = get_members(value, "tender"), get_members(value, "planning")
    category = get_text(tender, "mainProcurementCategory")
    budget = get_members(planning, "budget").get("amount")
    return told(
        action="registered",
        name=_name(release),
        regime="other",
        ocid=release.ocid,
        category=category if category in _CATEGORIES else None,
        project_no=code_of(tender.get("id")),
        purchaser=_party(release, "buyer") or _party(release, "procuringEntity"),
        budget=money_of(tender.get("value")) or money_of(budget),
        evaluation_method=text_of(tender.get("awardCriteriaDetails"))
        or text_of(tender.get("awardCriteria")),
        sections=_sections(release),
        tag=[*sorted(release.tags)] or None,
    )


def end_record(release: Release) -> Mapped | None:
    """Return the record of a tender's end without award; None where it has none, or had it."""
    tender = get_members(release.value, "tender")
    status = get_text(tender, "status") or ""
    action = _ENDS.get(status)
    if action is None or not release.is_new("end"):
        return None
    data: JsonObject = {"action": action, "name": _name(release), "regime": "other"}
    reason = text_of(tender.get("statusDetails"))
    if reason is not None:
        data["reason"] = reason
    place = release.place.at("tender", "status")
    return Mapped(
        type="project",
        data=mapped(place, "ocds.status", status, data),
        case=release.case,
        occurred_at=release.date,
        organisation=release.publisher,
        links=(("project", release.name("project")),),
    )


def _name(release: Release) -> str:
    tender = get_members(release.value, "tender")
    planning = get_members(release.value, "planning")
    return (
        text_of(tender.get("title"))
        or text_of(tender.get("description"))
        or text_of(get_members(planning, "budget").get("project"))
        or text_of(planning.get("rationale"))
        or text_of(release.ocid)
        or release.case
    )


def _party(release: Release, role: str) -> str | None:
    holder = release.value if role == "buyer" else get_members(release.value, "tender")
    named = text_of(get_members(holder, role).get("name"))
    if named is not None:
        return named
    for party in get_list(release.value, "parties"):
        roles = party.get("roles")
        if isinstance(roles, list) and role in roles:
            return text_of(party.get("name"))
    return None


def _sections(release: Release) -> JsonValue:
    lots = [
        told(section=code_of(lot.get("id")), name=text_of(lot.get("title")))
        for lot in get_list(get_members(release.value, "tender"), "lots")
    ]
    return [lot for lot in lots if "section" in lot] or None
