"""OCDS bids as bid receipts, and as the record of their opening.

Bids are published after they were opened. One is a receipt where it has an identifier and says who
sent it; the prices of the same bids stand in one opening record. Neither is made up: a bid without
identifier stays in a generic record.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from liuhen.core.canonical import JsonObject, JsonValue
from liuhen.domain.incoming import IMPORTED
from liuhen.domain.mapping.mapped import Mapped, generic, less, mapped
from liuhen.domain.mapping.ocds_release import Release
from liuhen.domain.mapping.value import code_of, moment_of, money_of, text_of, told
from liuhen.domain.reading import Members, get_list, get_members, get_text

_RECEIVED: Final = {"pending", "valid", "disqualified", None}
_OPENED: Final = {"valid", "disqualified"}


def bid_records(release: Release) -> Iterator[Mapped]:
    """Yield the receipts of a release's bids, their opening, and what is neither."""
    bids, place = release.value["bids"], release.place.at("bids")
    assert isinstance(bids, dict)  # the caller saw to it
    held = bids.get("details")
    listed = list(enumerate(held)) if isinstance(held, list) else []
    receipts: dict[int, Mapped] = {}
    opened: list[JsonValue] = []
    reasons: Counter[str] = Counter()
    for position, bid in listed:
        reason = _why_not(release, bid)
        if reason is not None or not isinstance(bid, dict):
            reasons[reason or "not-an-object"] += 1
            continue
        receipts[position] = _receipt(release, position, bid)
        if get_text(bid, "status") in _OPENED:
            opened.append(_opened(release, bid))
    yield from receipts.values()
    if opened:
        data: JsonObject = {"action": "opened", "bids": opened}
        yield Mapped(
            type="opening_record",
            # Its original is that of the receipts.
            data={**data, IMPORTED: place.at("details").imported("ocds.bids")},
            case=release.case,
            occurred_at=release.date,
            organisation=release.publisher,
            links=(("release", release.own_name),),
        )
    rest = less(bids, {"details": set(receipts)})
    if rest:
        yield generic(
            place,
            "ocds.bids",
            rest,
            dict(reasons) or {"bid-statistics": 1},
            case=release.case,
            occurred_at=release.date,
            organisation=release.publisher,
            links=(("release", release.own_name),),
        )


def _why_not(release: Release, bid: JsonValue) -> str | None:
    """Return why a bid is no receipt."""
    if not isinstance(bid, dict):
        return "not-an-object"
    number = code_of(bid.get("id"))
    if number is None:
        return "bid-without-id"
    if get_text(bid, "status") not in _RECEIVED | {"withdrawn"}:
        return "bid-not-received"
    if _supplier(bid) is None:
        return "bid-without-tenderer"
    return None if release.is_new(f"bid:{number}:{bid.get('status')}") else "bid-told-again"


def _supplier(bid: Members) -> str | None:
    tenderers = get_list(bid, "tenderers")
    first: Members = tenderers[0] if tenderers else {}
    return code_of(first.get("id")) or code_of(get_members(first, "identifier").get("id"))


def _receipt(release: Release, position: int, bid: JsonObject) -> Mapped:
    number = code_of(bid.get("id"))
    is_withdrawn = get_text(bid, "status") == "withdrawn"
    data = told(
        action="withdrawn" if is_withdrawn else "received",
        receipt_no=number,
        bid_id=number,
        supplier_id=_supplier(bid),
        supplier_name=_name(release, bid),
        received_at=moment_of(bid.get("date")),
    )
    return Mapped(
        type="bid_receipt",
        data=mapped(release.place.at("bids", "details", position), "ocds.bid", bid, data),
        case=release.case,
        occurred_at=moment_of(bid.get("date")),
        organisation=release.publisher,
        names=(release.name(f"bid:{bid.get('id')}"),),
        links=(("release", release.own_name),),
    )


def _opened(release: Release, bid: Members) -> JsonObject:
    return told(
        bid_id=code_of(bid.get("id")),
        supplier_name=_name(release, bid),
        price=money_of(bid.get("value")),
    )


def _name(release: Release, bid: Members) -> str | None:
    return names_of(release, get_list(bid, "tenderers"))


def names_of(release: Release, parties: object) -> str | None:
    """Return the names of some organisations, looked up among the parties where need be."""
    known = {
        get_text(party, "id"): text_of(party.get("name"))
        for party in get_list(release.value, "parties")
    }
    names = [
        text_of(party.get("name")) or known.get(get_text(party, "id"))
        for party in (parties if isinstance(parties, list | tuple) else ())
    ]
    return text_of("; ".join(name for name in names if name is not None))
