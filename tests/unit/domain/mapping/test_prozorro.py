"""Bodies of the ProZorro API as records: steps of complaints and monitorings, and what has none."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liuhen.adapters.china_calendar import ChinaCalendar
from liuhen.core.canonical import JsonObject
from liuhen.domain.admission import learn
from liuhen.domain.catalogue import check_data
from liuhen.domain.facts import NO_FACTS, RuleContext
from liuhen.domain.incoming import incoming_of
from liuhen.domain.mapping.file_records import ProzorroFile
from liuhen.domain.mapping.mapped import Mapped, Place, settled
from liuhen.domain.mapping.value import case_of
from tests.mapping_kit import map_text, together

AT = "2027-01-01T00:00:00+02:00"


def map_body(data: Any, *, case: str | None = None, **body: Any) -> list[Mapped]:
    return map_text(ProzorroFile("f", "00" * 32, case), json.dumps({"data": data, **body}))


def steps(records: list[Mapped], *names: str) -> list[Any]:
    """Return (type, members named) of each record."""
    return [(one.type, *(one.data.get(name) for name in names)) for one in records]


def complaint(status: str, **members: Any) -> dict[str, Any]:
    told = {
        "id": "c1",
        "complaintID": "UA-2027-01-01-000001-a.a4",
        "type": "complaint",
        "status": status,
        "dateSubmitted": AT,
        "author": {"name": "ДКП «Школяр»"},
        "objections": [{"id": "o1", "relatesTo": "award"}],
    }
    return told | members


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (complaint("pending"), ["filed"]),
        (complaint("accepted", dateAccepted=AT), ["filed", "accepted"]),
        (complaint("invalid", rejectReason="alreadyExists"), ["filed", "not_accepted"]),
        (
            complaint("satisfied", dateAccepted=AT, dateDecision=AT),
            ["filed", "accepted", "decided"],
        ),
        (complaint("declined", dateDecision=AT), ["filed", "decided"]),
        (complaint("mistaken", rejectReason="cancelledByComplainant"), ["filed", "withdrawn"]),
        (complaint("stopped", dateAccepted=AT), ["filed", "accepted", "withdrawn"]),
        (
            complaint("satisfied", dateDecision=AT, appeals=[{"description": "to court"}]),
            ["filed", "decided", "reviewed"],
        ),
    ],
)
def test_each_date_of_a_complaint_is_a_step(told: dict[str, Any], expected: list[str]) -> None:
    records = map_body(told)
    assert steps(records, "action") == [("complaint", action) for action in expected]
    assert {one.case for one in records} == {"UA-2027-01-01-000001-a"}
    assert records[0].data["matters"] == ["o1"]
    assert together(records) == {"data": told}


@pytest.mark.parametrize(
    ("status", "result"),
    [("satisfied", "upheld"), ("resolved", "upheld"), ("declined", "rejected")],
)
def test_a_decision_has_its_result(status: str, result: str) -> None:
    assert map_body(complaint(status, dateDecision=AT))[-1].data["result"] == result


def test_a_claim_to_the_buyer_is_a_challenge() -> None:
    claim = complaint("answered", type="claim", dateAnswered=AT, resolution="Виправлено")
    assert steps(map_body(claim), "action", "target", "answer") == [
        ("challenge", "filed", "result", None),
        ("challenge", "answered", None, "Виправлено"),
    ]


def test_a_draft_was_never_filed() -> None:
    (one,) = map_body(complaint("draft"))
    assert one.reasons == {"complaint-draft": 1}


def monitoring(status: str, **members: Any) -> dict[str, Any]:
    told = {
        "id": "m1",
        "monitoring_id": "UA-M-2018-01-01-000001",
        "tender_id": "f71067ac30733261df884de0391debf6",
        "status": status,
        "dateCreated": AT,
        "reasons": ["public"],
        "parties": [{"name": "The State Audit Service of Ukraine", "roles": ["sas"]}],
    }
    return told | members


DECISION = {"description": "text", "datePublished": AT}
CONCLUSION = {
    "violationOccurred": True,
    "violationType": ["documentsForm"],
    "auditFinding": "Ring around the rosies",
    "dateCreated": AT,
    "datePublished": AT,
}
REPORT = {"description": "fixed", "documents": [{"title": "a.doc"}], "datePublished": AT}


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (monitoring("draft"), ["opened"]),
        (monitoring("active", decision=DECISION), ["opened", "notified"]),
        (monitoring("stopped", decision=DECISION), ["opened", "notified", "withdrawn"]),
        (monitoring("cancelled"), ["opened", "withdrawn"]),
        (
            monitoring(
                "completed",
                decision=DECISION,
                conclusion=CONCLUSION,
                eliminationReport=REPORT,
                eliminationResolution={"result": "partly", "datePublished": AT},
                endDate=AT,
            ),
            ["opened", "notified", "rectifying", "submitted", "verified", "closed"],
        ),
    ],
)
def test_a_monitoring_is_a_finding_with_its_steps(
    told: dict[str, Any], expected: list[str]
) -> None:
    records = map_body(told)
    assert steps(records, "action") == [("finding", action) for action in expected]
    facts = NO_FACTS
    for number, one in enumerate(records):
        check_data(one.type, one.data)
        sent = {**one.submission({}), "record_id": str(number)}
        facts = learn(facts, incoming_of(sent, AT), CONTEXT)
    section = facts["finding"]
    assert isinstance(section, dict)
    assert section["state"] == expected[-1]


CONTEXT = RuleContext(ChinaCalendar(), lambda text: text)


def test_the_result_of_an_elimination_is_that_of_the_verification() -> None:
    for result in ("completely", "partly", "none"):
        resolution = {"result": result, "datePublished": AT}
        assert (
            map_body(monitoring("addressed", eliminationResolution=resolution))[-1].data["result"]
            == result
        )


def test_who_audits_and_who_reports_are_two() -> None:
    told = monitoring("addressed", decision=DECISION, eliminationReport=REPORT)
    submitters = [one.submission({})["submitter"] for one in map_body(told)]
    auditor = {"organisation": "The State Audit Service of Ukraine"}
    assert submitters == [auditor, auditor, {"person": "unknown (import)"}]


def test_a_conclusion_without_violation_puts_nothing_right() -> None:
    told = monitoring("closed", conclusion={**CONCLUSION, "violationOccurred": False})
    assert [dict(one.reasons) for one in map_body(told)] == [
        {},
        {"conclusion-without-violation": 1},
        {},
    ]


def test_posts_are_generic_and_know_what_they_answer() -> None:
    told = monitoring("active", posts=[{"id": "p1"}, {"id": "p2", "relatedPost": "p1"}])
    _, first, second = map_body(told)
    assert "prozorro|post:p1" in first.names
    assert ("answers", "prozorro|post:p1") in second.links


def tender(status: str, **members: Any) -> dict[str, Any]:
    told = {
        "id": "t1",
        "tenderID": "UA-2027-01-01-000001-a",
        "status": status,
        "title": "Їдальні",
        "dateCreated": AT,
        "value": {"amount": 900.0, "currency": "UAH"},
        "tenderPeriod": {"endDate": AT},
        "procuringEntity": {"name": "ЗОСШ"},
    }
    return told | members


TENDERER = [{"name": "Школяр", "identifier": {"scheme": "UA-EDR", "id": "00137256"}}]


def test_a_tender_holds_its_bids_awards_and_questions() -> None:
    told = tender(
        "active.awarded",
        bids=[{"id": "b1", "status": "active", "tenderers": TENDERER, "submissionDate": AT}],
        awards=[
            {"id": "a1", "status": "active", "suppliers": TENDERER, "bid_id": "b1", "date": AT}
        ],
        questions=[{"id": "q1", "questionOf": "tender", "answer": "Так", "dateAnswered": AT}],
        cancellations=[
            {"id": "x", "cancellationOf": "tender", "status": "active", "reason": "r", "date": AT}
        ],
    )
    records = map_body(told, config={"a": 1})
    assert steps(records, "action") == [
        ("project", "registered"),
        ("tender_document", "published"),
        ("tender_document", "clarified"),
        ("bid_receipt", "received"),
        ("award_notice", "published"),
        ("project", "terminated"),
        ("generic", None),
    ]
    assert records[3].data["supplier_id"] == "UA-EDR-00137256"
    assert records[4].data["winner"] == {
        "bid_id": "b1",
        "name": "Школяр",
        "supplier_id": "UA-EDR-00137256",
    }
    assert {one.case for one in records[:-1]} == {"UA-2027-01-01-000001-a"}
    assert together(records) == {"data": told, "config": {"a": 1}}


def test_a_draft_tender_has_no_document() -> None:
    assert [one.type for one in map_body(tender("draft"))] == ["project"]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ({"status": "active"}, "request-body"),
        ({"id": "1", "description": "x"}, "object-without-type"),
        ({"id": "b", "status": "draft", "tenderers": TENDERER}, "bid-draft"),
        ({"id": "b", "status": "pending", "tenderers": []}, "bid-without-tenderer"),
        ({"id": "a", "status": "pending", "suppliers": []}, "award-pending"),
        (
            {"id": "d", "documentOf": "tender", "confidentiality": "buyerOnly"},
            "document-confidential",
        ),
        ({"id": "d", "documentOf": "tender"}, "document-confidentiality-unknown"),
        ({"id": "q", "questionOf": "tender"}, "question-unanswered"),
        (
            {"id": "x", "cancellationOf": "tender", "status": "active"},
            "cancellation-without-tender",
        ),
        ("text", "not-an-object"),
    ],
)
def test_what_does_not_say_enough_stays_generic(data: Any, reason: str) -> None:
    (one,) = map_body(data, case="P-1")
    assert (one.type, dict(one.reasons), one.case) == ("generic", {reason: 1}, "P-1")
    assert one.data["original"] == data


def test_an_error_is_kept_as_it_is() -> None:
    body = '{"status": "error", "errors": []}'
    (one,) = map_text(ProzorroFile("f", "00" * 32), body)
    assert (one.data["original"], one.reasons) == (json.loads(body), {"error-body": 1})


def test_the_tender_of_a_signed_object_is_its_case() -> None:
    bid = {"id": "b1", "status": "pending", "tenderers": TENDERER}
    receipt, rest = map_body(bid, context={"tender": {"tenderID": "UA-1"}})
    assert (receipt.case, rest.case) == ("UA-1", "UA-1")


NAMES = (
    "data id status tenderID tenderers suppliers complaintID type monitoring_id decision conclusion"
    " eliminationReport posts awards bids complaints questions documents answer documentOf url name"
    " identifier scheme active claim complaint draft author objections appeals datePublished value"
    " confidentiality public postOf questionOf cancellationOf violationOccurred liabilities errors"
)
words = st.sampled_from(NAMES.split())
anything = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | words | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=8),
    max_leaves=40,
)


@given(anything)
def test_any_json_becomes_records_that_the_catalogue_takes_and_nothing_is_lost(value: Any) -> None:
    records = map_text(ProzorroFile("f", "00" * 32), json.dumps(value))
    for one in records:
        check_data(one.type, one.data)
        one.submission({})
    if isinstance(value, dict):
        assert together(records) == value


def test_what_has_a_number_of_its_own_and_no_tender_is_a_case_of_its_own() -> None:
    place = Place("f.json", "00" * 32, 0)
    filed: JsonObject = {"action": "filed", "complaint_no": "C/1", "imported": place.imported("x")}
    complaint = settled(Mapped(type="complaint", data=filed))
    assert complaint.type == "complaint"
    assert complaint.case == case_of("C/1")
    notice: JsonObject = {"kind": "other", "imported": place.imported("x")}
    publication = settled(Mapped(type="publication", data=notice))
    assert (publication.type, publication.case) == ("generic", None)
    assert publication.reasons == {"publication-without-case": 1}
