"""The parts of an OCDS release, made from what may be shown of a case's records."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from liuhen.core.canonical import JsonObject, JsonValue
from liuhen.core.errors import MalformedJson
from liuhen.core.json_number import parse_number
from liuhen.domain.mapping.value import told
from liuhen.domain.reading import Members, get_list, get_members, get_text

_FIRST_AWARD, _FIRST_CONTRACT = "award-1", "contract-1"
_ENDS: Final = {"failed": "unsuccessful", "terminated": "cancelled"}
_DOCUMENT_TYPES: Final = {
    "tender_notice": "tenderNotice",
    "change_notice": "tenderUpdate",
    "contract_notice": "contractNotice",
    "termination": "tenderCancellation",
}


@dataclass(frozen=True, slots=True)
class Process:
    """What all releases of one process have in common.

    Attributes:
        ocid: Its identifier.
        tender: Identifier of its tender.
        currency: Of its budget; prices of awards are in it where they name none.
    """

    ocid: str
    tender: str
    currency: str | None


def tender_of(
    process: Process, parts: Sequence[tuple[str, str, Members]], *, is_over: bool
) -> JsonObject | None:
    """Return the tender: what it is, its periods, documents and amendments.

    Args:
        process: Its process.
        parts: (type, time, data) of projects, tender documents and publications.
        is_over: Whether it led to an award.
    """
    if not parts:
        return None
    project = _last(data for name, _, data in parts if name == "project")
    published = [(at, data) for name, at, data in parts if name == "tender_document"]
    deadline = _latest(published, "bid_deadline")
    documents = [
        *(_document("biddingDocuments", data) for _, data in published if _digest(data)),
        *(
            _document(_DOCUMENT_TYPES.get(get_text(data, "kind") or ""), data)
            for name, _, data in parts
            if name == "publication"
        ),
    ]
    amendments: list[JsonValue] = [
        told(id=_named(data), date=at, description=get_text(data, "change"))
        for at, data in published
        if data.get("action") == "clarified"
    ]
    return told(
        id=process.tender,
        title=get_text(project, "name"),
        status="complete" if is_over else _status(project, is_published=bool(published)),
        mainProcurementCategory=get_text(project, "category"),
        value=_value(get_members(project, "budget")),
        awardCriteriaDetails=get_text(project, "evaluation_method"),
        lots=_lots(project),
        procuringEntity=_party(get_text(project, "agency") or get_text(project, "purchaser")),
        tenderPeriod=told(startDate=_first(published, "published_at"), endDate=deadline) or None,
        enquiryPeriod=told(endDate=_latest(published, "questions_until")) or None,
        documents=[*documents] or None,
        amendments=amendments or None,
    )


def bids_of(openings: Sequence[Members]) -> JsonObject | None:
    """Return the bids that were opened, as the extension for bids has them."""
    opened = [bid for data in openings for bid in get_list(data, "bids")]
    details: list[JsonValue] = [
        told(
            id=get_text(bid, "bid_id"),
            status="valid" if get_text(bid, "result") in ("decrypted", None) else "disqualified",
            tenderers=_parties(get_text(bid, "supplier_name")),
            value=_value(get_members(bid, "price")),
        )
        for bid in opened
        if get_text(bid, "bid_id")
    ]
    return {"details": details} if details else None


def awards_of(process: Process, notices: Sequence[Members]) -> list[JsonObject]:
    """Return the awards as they stand: a change replaces what was there."""
    awards: dict[str, JsonObject] = {}
    for data in notices:
        winner, number = get_members(data, "winner"), _award_no(data)
        price: Members = get_members(data, "value")
        if not price and get_text(winner, "price") and process.currency:
            price = {"amount": winner["price"], "currency": process.currency}
        awards[number] = told(
            id=number,
            status="active",
            date=_midnight(get_text(data, "confirmed_on")),
            value=_value(price),
            suppliers=_parties(get_text(winner, "name")),
            relatedBid=get_text(winner, "bid_id"),
            documents=_documents("awardNotice", data, get_text(data, "published_on")),
        )
    return list(awards.values())


def contracts_of(steps: Sequence[Members], notices: Sequence[Members]) -> list[JsonObject]:
    """Return the contracts with what amended them."""
    contracts: dict[str, JsonObject] = {}
    for data in steps:
        number = get_text(data, "contract_no") or _FIRST_CONTRACT
        before = contracts.get(number, {})
        amendments: list[JsonValue] = []
        if isinstance(held := before.get("amendments"), list):
            amendments = [*held]
        if data.get("action") == "amended":
            amendments.append(told(id=_named(data), description=get_text(data, "change")))
        award = get_text(data, "award_no") or (_award_no(notices[-1]) if notices else _FIRST_AWARD)
        contracts[number] = {
            **before,
            **told(
                id=number,
                awardID=award,
                status="active",
                value=_value(get_members(data, "amount")),
                dateSigned=_midnight(get_text(data, "signed_on")),
                documents=_documents("contractSigned", data, get_text(data, "signed_on")),
                amendments=amendments or None,
            ),
        }
    return list(contracts.values())


def parties_of(
    by_type: Mapping[str, Sequence[Members]],
) -> tuple[JsonObject | None, list[JsonObject]]:
    """Return the buyer, and everybody with what they are."""
    project = _last(by_type["project"])
    purchaser, agency = get_text(project, "purchaser"), get_text(project, "agency")
    winners = [get_text(get_members(each, "winner"), "name") for each in by_type["award_notice"]]
    opened = [bid for each in by_type["opening_record"] for bid in get_list(each, "bids")]
    roles: dict[str, list[JsonValue]] = {}
    for name, role in (
        (purchaser, "buyer"),
        (agency or purchaser, "procuringEntity"),
        (get_text(project, "supervisor"), "reviewBody"),
        *((get_text(bid, "supplier_name"), "tenderer") for bid in opened),
        *((winner, "supplier") for winner in winners),
        *((get_text(each, "supplier_name"), "supplier") for each in by_type["contract"]),
    ):
        if name is not None and role not in roles.setdefault(name, []):
            roles[name].append(role)
    parties: list[JsonObject] = [
        {**_reference(name), "roles": [*held]} for name, held in roles.items()
    ]
    return (None if purchaser is None else _reference(purchaser)), parties


def _reference(name: str) -> JsonObject:
    """Return a party by its name, which its identifier is made from: we have no register."""
    return {"id": f"name-{hashlib.sha256(name.encode()).hexdigest()[:16]}", "name": name}


def _party(name: str | None) -> JsonObject | None:
    return None if name is None else _reference(name)


def _parties(name: str | None) -> JsonValue:
    return None if name is None else [_reference(name)]


def _award_no(data: Members) -> str:
    return get_text(data, "award_no") or _FIRST_AWARD


def _status(project: Members, *, is_published: bool) -> str:
    end = _ENDS.get(get_text(project, "action") or "")
    return end or ("active" if is_published else "planned")


def _lots(project: Members) -> JsonValue:
    return [
        told(id=get_text(each, "section"), title=get_text(each, "name"))
        for each in get_list(project, "sections")
    ] or None


def _value(money: Members) -> JsonObject | None:
    """Return an amount as the number that OCDS wants; one that no double carries is left out."""
    amount, currency = get_text(money, "amount"), get_text(money, "currency")
    if amount is None or currency is None:
        return None
    try:
        return {"amount": parse_number(amount), "currency": currency}
    except MalformedJson:
        return None


def _documents(kind: str, data: Members, day: str | None) -> JsonValue:
    if not _digest(data) and get_text(data, "url") is None:
        return None
    return [{**_document(kind, data), **told(datePublished=_midnight(day))}]


def _document(kind: str | None, data: Members) -> JsonObject:
    digest = _digest(data)
    at = get_text(data, "published_at") or _midnight(get_text(data, "from"))
    return told(
        id=_named(data),
        documentType=kind,
        title=get_text(data, "title"),
        url=get_text(data, "url"),
        datePublished=at,
        digests=None if digest is None else [{"algorithm": "sha-256", "value": digest}],
    )


def _named(data: Members) -> str:
    """Return what to call a document or amendment: its digest, or that of what is told of it."""
    known = _digest(data) or get_text(data, "url") or get_text(data, "change") or ""
    if known == _digest(data):
        return f"sha256-{known[:16]}"
    return f"told-{hashlib.sha256(known.encode()).hexdigest()[:16]}"


def _digest(data: Members) -> str | None:
    return get_text(data, "sha256")


def _midnight(day: str | None) -> str | None:
    """Return a day as the time that OCDS wants: its beginning in Beijing."""
    return None if day is None else f"{day}T00:00:00+08:00"


def _last(parts: Iterable[Members]) -> Members:
    """Return the members of all parts, the newest of each name."""
    merged: dict[str, JsonValue] = {}
    for part in parts:
        merged.update(part)
    return merged


def _first(published: Sequence[tuple[str, Members]], name: str) -> str | None:
    return next((known for _, data in published if (known := get_text(data, name))), None)


def _latest(published: Sequence[tuple[str, Members]], name: str) -> str | None:
    return next((known for _, data in reversed(published) if (known := get_text(data, name))), None)
