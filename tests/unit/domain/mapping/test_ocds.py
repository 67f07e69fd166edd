"""OCDS releases as records: what is mapped, what is generic, what is told again."""

import hashlib
import json
from contextlib import suppress
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from liuhen.core.errors import MalformedJson
from liuhen.domain.catalogue import check_data
from liuhen.domain.mapping.file_records import OcdsFile
from liuhen.domain.mapping.mapped import Mapped
from liuhen.domain.mapping.table_records import TableFile
from tests.mapping_kit import map_text, together

OCID = "ocds-213czf-1"
BUYER = {"id": "B", "name": "Buyer"}
SUPPLIER = {"id": "S", "name": "Supplier"}


def map_all(*releases: Any, **package: Any) -> list[Mapped]:
    text = json.dumps({**package, "releases": list(releases)})
    return map_text(OcdsFile("file.json", "00" * 32), text)


def release(tag: str | list[str] = "tender", **members: Any) -> dict[str, Any]:
    tags = [tag] if isinstance(tag, str) else tag
    return {"ocid": OCID, "id": f"r-{tags[0]}", "date": "2026-03-01T09:00:00Z", "tag": tags} | (
        members
    )


def only(records: list[Mapped], record_type: str) -> Mapped:
    (one,) = [each for each in records if each.type == record_type]
    return one


def fields(one: Mapped) -> dict[str, Any]:
    return {name: each for name, each in one.data.items() if name not in ("imported", "original")}


TENDER: Any = {
    "id": "T-1",
    "title": "Roads",
    "status": "active",
    "mainProcurementCategory": "works",
    "value": {"amount": 1000.5, "currency": "EUR"},
    "tenderPeriod": {"endDate": "2026-04-01T12:00:00+02:00"},
    "documents": [
        {"id": "1", "documentType": "tenderNotice", "url": "https://x.example/1"},
        {"id": "2", "title": "no place"},
    ],
}


def test_a_tender_is_a_project_a_document_and_what_was_published() -> None:
    records = map_all(release(tender=TENDER, buyer=BUYER), publisher={"name": "P"})
    project, document = only(records, "project"), only(records, "tender_document")
    assert fields(project) == {
        "action": "registered",
        "name": "Roads",
        "regime": "other",
        "ocid": OCID,
        "category": "works",
        "project_no": "T-1",
        "purchaser": "Buyer",
        "budget": {"amount": "1000.5", "currency": "EUR"},
        "tag": ["tender"],
    }
    assert project.case == OCID
    assert project.occurred_at == "2026-03-01T09:00:00Z"
    assert document.data["bid_deadline"] == "2026-04-01T12:00:00+02:00"
    assert document.data["sha256"] == hashlib.sha256(rfc8785.dumps(TENDER)).hexdigest()
    notice = only(records, "publication")
    assert fields(notice) == {
        "action": "published",
        "kind": "tender_notice",
        "url": "https://x.example/1",
    }
    original: Any = document.data["original"]
    assert original["documents"] == [None, TENDER["documents"][1]]


def test_a_publisher_named_before_its_releases_is_who_submits_them() -> None:
    text = '{"publisher":{"name":"P"},"releases":[{"ocid":"a","tender":{}}]}'
    named = map_text(OcdsFile("f", "00" * 32), text)
    assert named[0].submission({})["submitter"] == {"organisation": "P"}
    unnamed = map_all(release())
    assert unnamed[0].submission({})["submitter"] == {"person": "unknown (import)"}


def test_a_plan_and_a_direct_award_have_no_tender_document() -> None:
    planned = map_all(release("planning", tender={**TENDER, "status": "planned"}))
    direct = map_all(release("contract", tender={"procurementMethod": "direct", "title": "x"}))
    assert [one.type for one in planned] == ["project", "generic"]
    assert [one.type for one in direct] == ["project", "generic"]


def test_what_a_later_release_tells_again_is_no_second_record() -> None:
    award = {"id": "A", "status": "active", "suppliers": [SUPPLIER]}
    records = map_all(
        release(tender=TENDER, awards=[award]), release("contract", tender=TENDER, awards=[award])
    )
    assert [one.type for one in records].count("award_notice") == 1
    assert [one.type for one in records].count("tender_document") == 1
    later = [one for one in records if one.type == "generic"]
    assert [dict(one.reasons) for one in later] == [
        {"later-release": 1, "tender-told-again": 1},
        {"award-told-again": 1},
        {"package-members": 1},
    ]


def test_an_update_is_a_clarification_or_a_change() -> None:
    changed = {
        **TENDER,
        "amendments": [{"id": "1", "rationale": "Longer", "amendsReleaseID": "r-tender"}],
    }
    award = {"id": "A", "status": "active", "suppliers": [SUPPLIER]}
    records = map_all(
        release(tender=TENDER, awards=[award]),
        release(["tenderAmendment", "awardUpdate"], tender=changed, awards=[award]),
    )
    documents = [one for one in records if one.type == "tender_document"]
    assert [one.data["action"] for one in documents] == ["published", "clarified"]
    assert documents[1].data["change"] == "Longer"
    assert ("amends", f"{OCID}|release:r-tender") in documents[1].links
    awards = [one.data["action"] for one in records if one.type == "award_notice"]
    assert awards == ["published", "changed"]


def test_bids_are_receipts_and_one_opening() -> None:
    bid = {"id": "B/1", "status": "valid", "tenderers": [SUPPLIER], "value": {"amount": 5}}
    priced = {**bid, "id": "2", "value": {"amount": 5, "currency": "EUR"}}
    records = map_all(
        release(bids={"details": [bid, priced, {"status": "valid"}], "statistics": []})
    )
    receipts = [one for one in records if one.type == "bid_receipt"]
    assert [one.data["bid_id"] for one in receipts] == ["B/1", "2"]
    assert only(records, "opening_record").data["bids"] == [
        {"bid_id": "B/1", "supplier_name": "Supplier"},
        {"bid_id": "2", "supplier_name": "Supplier", "price": {"amount": "5", "currency": "EUR"}},
    ]
    rest = next(one for one in records if one.reasons == {"bid-without-id": 1})
    assert rest.data["original"] == {"details": [None, None, {"status": "valid"}], "statistics": []}


@pytest.mark.parametrize(
    ("award", "reason"),
    [
        ({"status": "pending", "suppliers": [SUPPLIER]}, "award-pending"),
        ({"status": "unsuccessful"}, "award-unsuccessful"),
        ({"status": "invalid"}, "award-status"),
        ({"status": "active"}, "award-without-supplier"),
    ],
)
def test_an_award_that_names_no_winner_is_generic(award: dict[str, Any], reason: str) -> None:
    records = map_all(release("award", awards=[award]))
    assert [dict(one.reasons) for one in records[1:2]] == [{reason: 1}]


def test_an_award_names_its_winner_from_the_parties() -> None:
    award = {"id": "A", "suppliers": [{"id": "S"}], "value": {"amount": "5.50"}, "date": "x"}
    notice = only(map_all(release("award", parties=[SUPPLIER], awards=[award])), "award_notice")
    assert notice.data["winner"] == {"name": "Supplier", "price": "5.50", "supplier_id": "S"}
    assert "confirmed_on" not in notice.data


def test_a_contract_is_signed_with_its_day_or_in_force_and_waits_otherwise() -> None:
    signed = {"id": "C", "awardID": "A", "dateSigned": "2026-05-01T00:00:00.-06:00"}
    records = map_all(
        release(
            "contract",
            awards=[{"id": "A", "status": "active", "suppliers": [SUPPLIER]}],
            contracts=[signed, {"id": "D", "status": "active"}, {"id": "E", "status": "pending"}],
        )
    )
    contracts = [one for one in records if one.type == "contract"]
    assert [one.data.get("signed_on") for one in contracts] == ["2026-05-01", None]
    assert contracts[0].data["supplier_name"] == "Supplier"
    assert contracts[0].links[-1] == ("award", f"{OCID}|award:A")
    assert any(one.reasons == {"contract-not-signed": 1} for one in records)


def test_contracts_without_number_are_told_apart_and_keep_their_amendments() -> None:
    contract = {"status": "active", "amendments": [{"rationale": "Longer"}]}
    records = map_all(release(["contract", "contractAmendment"], contracts=[contract, contract]))
    actions = [one.data["action"] for one in records if one.type == "contract"]
    assert actions == ["signed", "amended", "signed", "amended"]


def test_a_contract_that_is_told_as_changed_is_amended() -> None:
    contract = {"id": "C", "status": "active", "amendments": [{"rationale": "Longer"}]}
    records = map_all(
        release("contract", contracts=[{"id": "C", "status": "active"}]),
        release("contractAmendment", contracts=[contract]),
    )
    contracts = [one for one in records if one.type == "contract"]
    assert [one.data["action"] for one in contracts] == ["signed", "amended"]
    assert contracts[1].data["change"] == "Longer"


def test_a_certificate_of_completion_is_an_acceptance_and_a_payment_is_generic() -> None:
    work = {
        "transactions": [{"id": "1"}, {"id": "2"}],
        "documents": [{"documentType": "completionCertificate", "datePublished": "2026-06-01"}],
    }
    records = map_all(
        release(
            "implementation", contracts=[{"id": "C", "status": "active"} | {"implementation": work}]
        )
    )
    assert fields(only(records, "acceptance")) == {"result": "passed", "accepted_on": "2026-06-01"}
    reasons = [dict(one.reasons) for one in records if one.type == "generic"]
    assert {"implementation-transactions": 2, "implementation-documents": 1} in reasons


@pytest.mark.parametrize(
    ("status", "action"), [("cancelled", "terminated"), ("unsuccessful", "failed")]
)
def test_a_tender_that_ends_without_award_ends_the_project(status: str, action: str) -> None:
    ended = release("tenderCancellation", tender={**TENDER, "status": status})
    records = map_all(release(tender=TENDER), ended, ended)
    ends = [one.data["action"] for one in records if one.type == "project"]
    assert ends == ["registered", action]


def test_related_processes_are_links_as_far_as_they_were_imported() -> None:
    related = {"relationship": ["framework"], "identifier": "ocds-other"}
    other = {"ocid": "ocds-other", "id": "1", "tender": {"title": "x"}}
    first, second = (
        one
        for one in map_all(other, release(tender=TENDER, relatedProcesses=[related]))
        if one.type == "project"
    )
    assert second.links == (("framework", "ocds-other|project"),)
    assert "ocds-other|project" in first.names
    number = "01936b2e-7c00-7000-8000-000000000001"
    linked = second.submission({"ocds-other|project": number})
    assert linked["links"] == [{"rel": "framework", "record": number}]
    assert "links" not in second.submission({})


def test_a_record_of_linked_releases_is_mapped_from_what_was_compiled() -> None:
    record = {
        "ocid": OCID,
        "releases": [{"url": "https://x.example", "date": "2026-01-01T00:00:00Z"}],
        "compiledRelease": release("compiled", tender=TENDER),
    }
    records = map_text(OcdsFile("f", "00" * 32), json.dumps({"records": [record]}))
    assert [one.type for one in records][:2] == ["project", "tender_document"]
    assert any(one.reasons == {"linked-release": 1} for one in records)


def test_a_number_that_no_double_carries_keeps_its_text() -> None:
    text = '{"releases":[{"ocid":"a","tender":{"x":0.1000000000000000055}},{"ocid":"b"}]}'
    records = map_text(OcdsFile("f", "00" * 32), text)
    assert records[0].data["original"] == '{"ocid":"a","tender":{"x":0.1000000000000000055}}'
    assert [dict(one.reasons) for one in records] == [
        {"not-strict-json": 1},
        {},
        {"package-members": 1},
    ]


def test_a_row_is_kept_and_a_codelist_has_none() -> None:
    table = TableFile("t.csv", "00" * 32, ["id", "value"])
    (row,) = table.of_row(["1", "623386.00"])
    assert row.data["original"] == {"id": "1", "value": "623386.00"}
    (long,) = table.of_row(["1", "2", "3"])
    assert long.data["original"] == {"columns": ["id", "value"], "cells": ["1", "2", "3"]}
    codes = TableFile("c.csv", "00" * 32, ["Code", "Title", "Description"])
    assert list(codes.of_row(["a", "b", "c"])) == []


NAMES = (
    "ocid tag tender awards contracts bids details status active id releases records name date lots"
    " compiledRelease versionedRelease documents url value suppliers tenderers amendments parties"
    " implementation relatedProcesses identifier planning budget amount publisher roles"
)
words = st.sampled_from(NAMES.split())
anything = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | words | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=6),
    max_leaves=40,
)


@given(anything)
def test_any_json_becomes_records_that_the_catalogue_takes_and_nothing_is_lost(value: Any) -> None:
    records = map_text(OcdsFile("f", "00" * 32), json.dumps(value))
    for one in records:
        check_data(one.type, one.data)
        one.submission({})
    if isinstance(value, dict):
        assert together(records) == value


@given(st.text())
def test_any_text_is_mapped_or_refused(text: str) -> None:
    with suppress(MalformedJson):
        for one in map_text(OcdsFile("f", "00" * 32), text):
            check_data(one.type, one.data)
