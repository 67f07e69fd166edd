"""ProZorro complaints: each date of one is a step; a claim to the buyer is a challenge.

    complaint: dateSubmitted → filed, dateAccepted → accepted, dateDecision → decided or
               not_accepted, dateCanceled → withdrawn, an appeal to a court → reviewed
    claim:     dateSubmitted → filed, dateAnswered → answered, dateCanceled → withdrawn

The first record holds the whole complaint, the others what they were read from.
"""

from collections.abc import Iterator
from typing import Final

from liuhen.core.canonical import JsonObject
from liuhen.domain.mapping.mapped import Mapped
from liuhen.domain.mapping.prozorro_body import Body
from liuhen.domain.mapping.value import case_of, code_of, day_of, moment_of, text_of, told
from liuhen.domain.reading import Members, get_list, get_members, get_text

_RESULTS: Final = {"satisfied": "upheld", "resolved": "upheld", "declined": "rejected"}
_DECISION: Final = ("status", "dateDecision", "tendererAction", "tendererActionDate")
_ENDED: Final = {"stopped", "cancelled", "mistaken"}
_TARGETS: Final = {"tender": "document", "award": "result", "cancellation": "process"}


def complaint_records(body: Body) -> Iterator[Mapped]:
    """Yield the steps of a complaint or claim."""
    complaint = body.value
    if body.case is None:
        tender, dot, _ = (get_text(complaint, "complaintID") or "").rpartition(".")
        case = case_of(tender) if dot and tender else None
        body = Body(complaint, body.place, case, body.owner, body.organisation)
    number = code_of(complaint.get("complaintID"))
    is_claim = get_text(complaint, "type") == "claim"
    if get_text(complaint, "status") == "draft" or number is None:
        yield body.unmapped("complaint", "complaint-draft" if number else "complaint-without-id")
    elif get_text(complaint, "type") not in ("claim", "complaint"):
        yield body.unmapped("complaint", "complaint-type")
    elif is_claim:
        yield from _claim(body, number)
    else:
        yield from _complaint(body, number)


def _claim(body: Body, number: str) -> Iterator[Mapped]:
    claim = body.value
    yield body.record(
        "challenge",
        "claim",
        told(
            action="filed",
            challenge_no=number,
            party=_party(claim),
            target=_target(claim),
            text=text_of(claim.get("description")),
        ),
        at=moment_of(claim.get("dateSubmitted")),
        names=(body.named("complaint"),),
    )
    if claim.get("dateAnswered") is not None:
        data = told(
            action="answered",
            challenge_no=number,
            answer=text_of(claim.get("resolution")),
            answered_on=day_of(claim.get("dateAnswered")),
        )
        names = ("dateAnswered", "resolution", "resolutionType")
        yield _step(body, "challenge", data, "dateAnswered", names)
    if get_text(claim, "status") in _ENDED:
        data = told(action="withdrawn", challenge_no=number)
        yield _step(body, "challenge", data, "dateCanceled", ("status", "dateCanceled"))


def _complaint(body: Body, number: str) -> Iterator[Mapped]:
    complaint, status = body.value, get_text(body.value, "status") or ""
    matters = [code_of(each.get("id")) for each in get_list(complaint, "objections")]
    data = told(
        action="filed",
        complaint_no=number,
        party=_party(complaint),
        channel="online",
        text=text_of(complaint.get("description")),
        matters=[matter for matter in matters if matter is not None] or None,
    )
    at = moment_of(complaint.get("dateSubmitted"))
    yield body.record("complaint", "complaint", data, at=at, names=(body.named("complaint"),))
    if complaint.get("dateAccepted") is not None:
        data = told(action="accepted", complaint_no=number)
        yield _step(body, "complaint", data, "dateAccepted", ("acceptance", "dateAccepted"))
    if status == "invalid":
        reason = code_of(complaint.get("rejectReason"))
        data = told(action="not_accepted", complaint_no=number, reason_code=reason)
        read = ("acceptance", "dateDecision", "rejectReason")
        yield _step(body, "complaint", data, "dateDecision", read)
    if status in _RESULTS:
        data = told(
            action="decided",
            complaint_no=number,
            result=_RESULTS[status],
            remedy=text_of(complaint.get("tendererAction")),
        )
        yield _step(body, "complaint", data, "dateDecision", _DECISION)
    if status in _ENDED:
        reason = code_of(complaint.get("rejectReason"))
        data = told(action="withdrawn", complaint_no=number, reason_code=reason)
        read = ("status", "dateCanceled", "rejectReason")
        yield _step(body, "complaint", data, "dateCanceled", read)
    for position, appeal in enumerate(get_list(complaint, "appeals")):
        data = told(action="reviewed", complaint_no=number, text=text_of(appeal.get("description")))
        part = Body(dict(appeal), body.place.at("appeals", position), body.case, body.owner)
        at = moment_of(appeal.get("datePublished"))
        yield part.record("complaint", "appeal", data, at=at)


def _step(
    body: Body, record_type: str, data: JsonObject, date: str, members: tuple[str, ...]
) -> Mapped:
    """Return a later step; its original is what it was read from."""
    read: JsonObject = {name: body.value[name] for name in members if name in body.value}
    at = moment_of(body.value.get(date))
    links = (("step-of", body.named("complaint")),)
    step = body.record(record_type, "step", data, at=at, original=read, links=links)
    return step.derived_from("complaint")


def _party(complaint: Members) -> str | None:
    return text_of(get_members(complaint, "author").get("name"))


def _target(complaint: Members) -> str | None:
    """Return what a claim is about; what concerns a bid's evaluation concerns the result."""
    for objection in get_list(complaint, "objections"):
        target = _TARGETS.get(get_text(objection, "relatesTo") or "")
        if target is not None:
            return target
    return None
