"""Parts of a ProZorro tender that come alone or in it: bids, awards, questions, documents, ends."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from liuhen.domain.mapping.mapped import Mapped
from liuhen.domain.mapping.ocds_tender import DOCUMENT_KINDS, digest_of
from liuhen.domain.mapping.prozorro_body import Body, party_of
from liuhen.domain.mapping.prozorro_complaint import complaint_records
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

_RECEIVED: Final = {"pending", "active", "invalid", "invalid.pre-qualification", "unsuccessful"}


def bid_records(body: Body) -> Iterator[Mapped]:
    """Yield the record of a bid: a receipt once it was submitted."""
    bid, status = body.value, get_text(body.value, "status")
    supplier = _supplier(get_list(bid, "tenderers"))
    number = code_of(bid.get("id"))
    if status not in _RECEIVED | {"deleted"}:
        yield body.unmapped("bid", "bid-draft" if status == "draft" else "bid-status")
        return
    if supplier is None or number is None:
        yield body.unmapped("bid", "bid-without-tenderer" if number else "bid-without-id")
        return
    at = moment_of(bid.get("submissionDate")) or moment_of(bid.get("date"))
    data = told(
        action="withdrawn" if status == "deleted" else "received",
        receipt_no=number,
        bid_id=number,
        supplier_id=supplier,
        supplier_name=_names(get_list(bid, "tenderers")),
        received_at=at,
    )
    yield body.record("bid_receipt", "bid", data, at=at, names=(body.named("bid"),))


def award_records(body: Body) -> Iterator[Mapped]:
    """Yield the record of an award, and those of the complaints in it."""
    award, status = body.value, get_text(body.value, "status")
    complaints = [
        (position, each)
        for position, each in enumerate(_listed(award, "complaints"))
        if isinstance(each, dict) and "complaintID" in each
    ]
    rest = dict(award)
    if complaints and len(complaints) == len(_listed(award, "complaints")):
        del rest["complaints"]
    else:
        complaints = []
    whole = Body(rest, body.place, body.case, body.owner, body.organisation)
    if status != "active":
        known = status in {"pending", "unsuccessful", "cancelled"}
        yield whole.unmapped("award", f"award-{status}" if known else "award-status")
    else:
        winner = told(
            bid_id=code_of(award.get("bid_id")),
            name=_names(get_list(award, "suppliers")),
            price=decimal_of(get_members(award, "value").get("amount")),
            supplier_id=_supplier(get_list(award, "suppliers")),
        )
        data = told(
            action="published",
            award_no=code_of(award.get("id")),
            winner=winner,
            value=money_of(award.get("value")),
            confirmed_on=day_of(award.get("date")),
            section=code_of(award.get("lotID")),
        )
        bid = f"prozorro|bid:{get_text(award, 'bid_id')}"
        yield whole.record(
            "award_notice",
            "award",
            data,
            at=moment_of(award.get("date")),
            names=(body.named("award"),),
            links=(("bid", bid),),
        )
    for position, complaint in complaints:
        yield from complaint_records(body.part(complaint, "complaints", position))


def question_records(body: Body) -> Iterator[Mapped]:
    """Yield the record of a question: a clarification of the document once it is answered."""
    question = body.value
    answer = text_of(question.get("answer"))
    if answer is None:
        yield body.unmapped("question", "question-unanswered")
        return
    data = told(
        action="clarified",
        sha256=digest_of(question),
        change=answer,
        question=text_of(question.get("description")) or text_of(question.get("title")),
    )
    at = moment_of(question.get("dateAnswered"))
    yield body.record("tender_document", "question", data, at=at, names=(body.named("question"),))


def document_records(body: Body) -> Iterator[Mapped]:
    """Yield the record of a document: a publication, unless it is not for the public."""
    document = body.value
    url = text_of(document.get("url"))
    if get_text(document, "confidentiality") != "public":
        told_so = get_text(document, "confidentiality") is not None
        reason = "document-confidential" if told_so else "document-confidentiality-unknown"
        yield body.unmapped("document", reason)
        return
    if url is None:
        yield body.unmapped("document", "document-without-url")
        return
    kind = get_text(document, "documentType")
    data = told(
        action="published",
        kind=DOCUMENT_KINDS.get(kind or "", "other"),
        title=text_of(document.get("title")),
        url=url,
        **{"from": day_of(document.get("datePublished"))},
    )
    at = moment_of(document.get("datePublished"))
    yield body.record("publication", "document", data, at=at)


def cancellation_records(body: Body, name: str | None = None) -> Iterator[Mapped]:
    """Yield the record of a cancellation.

    Args:
        body: The cancellation.
        name: Name of the project, without which it is no record of one.
    """
    cancellation = body.value
    if get_text(cancellation, "status") != "active":
        yield body.unmapped("cancellation", "cancellation-not-active")
    elif get_text(cancellation, "cancellationOf") != "tender":
        yield body.unmapped("cancellation", "cancellation-of-a-part")
    elif name is None:
        yield body.unmapped("cancellation", "cancellation-without-tender")
    else:
        data = told(
            action="terminated",
            name=name,
            regime="other",
            reason=text_of(cancellation.get("reason")),
        )
        at = moment_of(cancellation.get("date"))
        yield body.record("project", "cancellation", data, at=at)


def post_records(body: Body) -> Iterator[Mapped]:
    """Yield the record of a message in a monitoring."""
    related = get_text(body.value, "relatedPost")
    links = () if related is None else (("answers", f"prozorro|post:{related}"),)
    yield body.unmapped("post", "monitoring-post", links=links)


PARTS: Final[Mapping[str, Callable[[Body], Iterator[Mapped]]]] = {
    "award": award_records,
    "bid": bid_records,
    "cancellation": cancellation_records,
    "document": document_records,
    "post": post_records,
    "question": question_records,
}
"""How the parts become records, by kind."""


def _listed(value: Members, name: str) -> list[object]:
    held = value.get(name)
    return list(held) if isinstance(held, list) else []


def _supplier(parties: object) -> str | None:
    """Return the code of the first organisation: its register's scheme and number."""
    first = next(iter(parties), None) if isinstance(parties, list | tuple) else None
    identifier = party_of(first) if isinstance(first, dict) else {}
    number = text_of(identifier.get("id"))
    scheme = text_of(identifier.get("scheme"))
    return None if number is None else code_of(f"{scheme}-{number}" if scheme else number)


def _names(parties: object) -> str | None:
    listed = parties if isinstance(parties, list | tuple) else ()
    names = [text_of(party.get("name")) for party in listed if isinstance(party, dict)]
    return text_of("; ".join(name for name in names if name is not None))
