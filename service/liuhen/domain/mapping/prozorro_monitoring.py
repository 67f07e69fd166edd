"""Monitorings of the State Audit Service of Ukraine, as findings.

    dateCreated → opened, decision → notified, published conclusion with a violation → rectifying,
    elimination report → submitted, its resolution → verified, endDate → closed,
    cancellation → withdrawn

A monitoring tells all steps that it went through, so one body is a case of several records; the
first holds it whole but for its posts, appeal and liabilities, which have no type of ours.
"""

from collections.abc import Iterator
from typing import Final

from liuhen.core.canonical import JsonObject, JsonValue
from liuhen.domain.mapping.mapped import Mapped
from liuhen.domain.mapping.prozorro_body import Body
from liuhen.domain.mapping.value import case_of, code_of, day_of, moment_of, text_of, told
from liuhen.domain.reading import Members, get_list, get_members, get_text, get_texts

_CLOSED: Final = {"completed", "closed"}
_WITHDRAWN: Final = {"cancelled", "stopped"}
_RESULTS: Final = {"completely", "partly", "none"}


def monitoring_records(body: Body) -> Iterator[Mapped]:
    """Yield the steps of a monitoring, then what else stands in it."""
    monitoring = body.value
    number = get_text(monitoring, "monitoring_id") or ""
    auditor = _auditor(monitoring)
    name = f"prozorro|monitoring:{number}"
    case = case_of(number) if number else body.case
    apart = _apart(monitoring)
    rest: JsonObject = {each: held for each, held in monitoring.items() if each not in apart}
    whole = Body(rest, body.place, case, None, auditor)
    yield whole.record(
        "finding",
        "monitoring",
        _opened(monitoring, number),
        at=moment_of(monitoring.get("dateCreated")),
        names=(name,),
    )
    owned = Body(monitoring, body.place, case, name, auditor)
    yield from _steps(owned)
    for each in apart:
        held = monitoring[each]
        listed = held if isinstance(held, list) else [held]
        for position, part in enumerate(listed):
            path = (each, position) if isinstance(held, list) else (each,)
            assert isinstance(part, dict)  # `_apart` saw to it
            kind, reason = _APART[each]
            related = get_text(part, "relatedPost")
            links = () if related is None else (("answers", f"prozorro|post:{related}"),)
            yield owned.part(part, *path).unmapped(kind, reason, links=links)


_APART: Final = {
    "posts": ("post", "monitoring-post"),
    "appeal": ("appeal", "monitoring-appeal"),
    "liabilities": ("liability", "monitoring-liability"),
}


def _apart(monitoring: JsonObject) -> list[str]:
    """Return the members that become generic records: objects, or lists of nothing else."""
    return [name for name in _APART if _is_objects(monitoring.get(name))]


def _is_objects(value: JsonValue) -> bool:
    if isinstance(value, list):
        return bool(value) and all(isinstance(each, dict) for each in value)
    return isinstance(value, dict)


def _opened(monitoring: Members, number: str) -> JsonObject:
    conclusion = get_members(monitoring, "conclusion")
    violations, reasons = get_texts(conclusion, "violationType"), get_texts(monitoring, "reasons")
    return told(
        action="opened",
        finding_no=code_of(number),
        category="business",
        summary=text_of(", ".join(violations)) or text_of(", ".join(reasons)),
        found_on=day_of(conclusion.get("dateCreated")),
        source="audit",
        project=code_of(monitoring.get("tender_id")),
    )


def _steps(body: Body) -> Iterator[Mapped]:
    monitoring, status = body.value, get_text(body.value, "status") or ""
    decision, conclusion = (get_members(monitoring, name) for name in ("decision", "conclusion"))
    report = get_members(monitoring, "eliminationReport")
    resolution = get_members(monitoring, "eliminationResolution")
    cancellation = get_members(monitoring, "cancellation")
    if decision.get("datePublished") is not None:
        data = told(action="notified", detail=text_of(decision.get("description")))
        yield _step(body, "decision", data)
    if conclusion.get("datePublished") is not None:
        yield _concluded(body, conclusion)
    if report:
        data = told(
            action="submitted",
            measures=_texts(report.get("description")),
            evidence=_evidence(report),
        )
        yield _step(body, "eliminationReport", data, by_auditor=False)
    if resolution:
        result = get_text(resolution, "result")
        data = told(
            action="verified",
            result=result if result in _RESULTS else None,
            detail=text_of(resolution.get("description")),
        )
        yield _step(body, "eliminationResolution", data)
    if status in _CLOSED:
        yield _end(body, told(action="closed"), moment_of(monitoring.get("endDate")))
    if status in _WITHDRAWN:
        reason = text_of(cancellation.get("description"))
        at = moment_of(cancellation.get("datePublished"))
        yield _end(body, told(action="withdrawn", reason=reason), at)


def _concluded(body: Body, conclusion: Members) -> Mapped:
    """Return the record of a conclusion: what is to be put right, or generic where nothing is."""
    if conclusion.get("violationOccurred") is not True:
        part = body.part(dict(conclusion), "conclusion")
        return part.unmapped("conclusion", "conclusion-without-violation")
    data = told(
        action="rectifying",
        detail=text_of(conclusion.get("auditFinding")) or text_of(conclusion.get("description")),
        found_on=day_of(conclusion.get("dateCreated")),
        due_on=day_of(get_members(body.value, "eliminationPeriod").get("endDate")),
        evidence=_evidence(conclusion),
    )
    return _step(body, "conclusion", data)


def _step(body: Body, member: str, data: JsonObject, *, by_auditor: bool = True) -> Mapped:
    """Return a step; the opening record holds its original too, as a part of the whole."""
    told_in = get_members(body.value, member)
    part = body.part(dict(told_in), member)
    if not by_auditor:
        part = Body(part.value, part.place, part.case, part.owner)
    return part.record("finding", member, data, at=moment_of(told_in.get("datePublished")))


def _end(body: Body, data: JsonObject, at: str | None) -> Mapped:
    place = body.part({}, "status")
    return place.record("finding", "status", data, at=at, original=body.value.get("status"))


def _texts(value: JsonValue) -> JsonValue:
    text = text_of(value)
    return None if text is None else [text]


def _evidence(holder: Members) -> JsonValue:
    """Return the documents; their digests are MD5, so only their names are told."""
    names = [text_of(document.get("title")) for document in get_list(holder, "documents")]
    return [{"name": name} for name in names if name is not None] or None


def _auditor(monitoring: Members) -> str | None:
    for party in get_list(monitoring, "parties"):
        roles = party.get("roles")
        if isinstance(roles, list) and "sas" in roles:
            return text_of(party.get("name"))
    return None
