"""ProZorro (Ukraine): what its API tells of tenders and monitorings, as records of ours."""

from collections.abc import Iterator

from liuhen.core.canonical import JsonObject, JsonValue
from liuhen.domain.mapping.mapped import Mapped, Place, generic
from liuhen.domain.mapping.prozorro_body import Body, kind_of, why_none
from liuhen.domain.mapping.prozorro_complaint import complaint_records
from liuhen.domain.mapping.prozorro_monitoring import monitoring_records
from liuhen.domain.mapping.prozorro_part import PARTS
from liuhen.domain.mapping.prozorro_tender import case_of_tender, tender_records
from liuhen.domain.reading import get_members


def body_records(value: JsonValue, place: Place, case: str | None) -> Iterator[Mapped]:
    """Yield the records of one body of the API.

    Args:
        value: The body; any JSON will do.
        place: Its place.
        case: The case of what does not name its tender.
    """
    if not isinstance(value, dict) or "data" not in value:
        reason = "error-body" if isinstance(value, dict) and "errors" in value else "no-data"
        yield generic(place, "prozorro.body", value, {reason: 1}, case=case)
        return
    rest: JsonObject = {name: each for name, each in value.items() if name != "data"}
    tender = get_members(get_members(value, "context"), "tender")
    case = case_of_tender(tender) or case
    data = value["data"]
    if isinstance(data, list):
        for position, each in enumerate(data):
            yield from object_records(each, place.at("data", position), case)
    else:
        yield from object_records(data, place.at("data"), case)
    if rest or data == []:
        reasons = {f"body-{name}": 1 for name in sorted(rest) if name in _KNOWN_MEMBERS}
        whole: JsonObject = {**rest, "data": []} if data == [] else rest
        yield generic(place, "prozorro.body", whole, reasons or {"body-members": 1}, case=case)


_KNOWN_MEMBERS = {"access", "config", "context"}


def object_records(value: JsonValue, place: Place, case: str | None) -> Iterator[Mapped]:
    """Yield the records of one object of the API; as `body_records`."""
    if not isinstance(value, dict):
        yield generic(place, "prozorro.object", value, {"not-an-object": 1}, case=case)
        return
    body, kind = Body(value, place, case), kind_of(value)
    match kind:
        case None:
            yield body.unmapped("object", why_none(value))
        case "monitoring":
            yield from monitoring_records(body)
        case "tender":
            yield from tender_records(body)
        case "complaint":
            yield from complaint_records(body)
        case _:
            yield from PARTS[kind](body)
