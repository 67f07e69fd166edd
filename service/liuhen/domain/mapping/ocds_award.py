"""An OCDS award as an award notice: who won, at what price."""

from typing import Final

from liuhen.core.canonical import JsonObject
from liuhen.domain.mapping.mapped import Mapped, generic, mapped
from liuhen.domain.mapping.ocds_bid import names_of
from liuhen.domain.mapping.ocds_release import Release
from liuhen.domain.mapping.value import (
    code_of,
    day_of,
    decimal_of,
    moment_of,
    money_of,
    text_of,
    told,
)
from liuhen.domain.reading import Members, get_list, get_members, get_text

_MADE: Final = {"active", None}
_NOTICES: Final = {"awardNotice", "winningBid"}


def award_record(release: Release, position: int) -> Mapped:
    """Return the record of one award: a notice where it says who won, else generic."""
    awards = release.value["awards"]
    award = awards[position] if isinstance(awards, list) else None
    assert isinstance(award, dict)  # the caller saw to it
    place = release.place.at("awards", position)
    number = get_text(award, "id") or ""
    name, supplier = awarded_to(release, award)
    reason = _why_not(release, award, known=name is not None or supplier is not None)
    at = moment_of(award.get("date")) or release.date
    if reason is not None:
        return generic(
            place,
            "ocds.award",
            award,
            {reason: 1},
            case=release.case,
            occurred_at=at,
            organisation=release.publisher,
            links=(("release", release.own_name),),
        )
    return Mapped(
        type="award_notice",
        data=mapped(place, "ocds.award", award, _data(release, award)),
        case=release.case,
        occurred_at=at,
        organisation=release.publisher,
        names=(release.name(f"award:{number}"),) if number else (),
        links=(("release", release.own_name), *_bid_link(release, award)),
    )


def awarded_to(release: Release, award: Members) -> tuple[str | None, str | None]:
    """Return names of an award's suppliers, and the identifier of the only one."""
    suppliers = get_list(award, "suppliers")
    one = suppliers[0] if len(suppliers) == 1 else {}
    number = code_of(one.get("id")) or code_of(get_members(one, "identifier").get("id"))
    return names_of(release, suppliers), number


def _why_not(release: Release, award: Members, *, known: bool) -> str | None:
    status = get_text(award, "status")
    if status not in _MADE:
        return f"award-{status}" if status in _STATUSES else "award-status"
    if not known:
        return "award-without-supplier"
    number = get_text(award, "id")
    if number is None or release.is_new(f"award:{number}") or release.is_update("awards"):
        return None
    return "award-told-again"


_STATUSES: Final = {"pending", "cancelled", "unsuccessful"}


def _data(release: Release, award: Members) -> JsonObject:
    name, supplier = awarded_to(release, award)
    value = get_members(award, "value")
    notice = next(
        (each for each in get_list(award, "documents") if each.get("documentType") in _NOTICES), {}
    )
    winner = told(
        bid_id=code_of(award.get("relatedBid")),
        name=name,
        price=decimal_of(value.get("amount")),
        supplier_id=supplier,
    )
    return told(
        action="changed" if release.is_update("awards") else "published",
        award_no=code_of(award.get("id")),
        winner=winner,
        value=money_of(award.get("value")),
        confirmed_on=day_of(award.get("date")),
        published_on=day_of(notice.get("datePublished")),
        url=text_of(notice.get("url")),
    )


def _bid_link(release: Release, award: Members) -> list[tuple[str, str]]:
    bid = get_text(award, "relatedBid")
    return [] if not bid else [("bid", release.name(f"bid:{bid}"))]
