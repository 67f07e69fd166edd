"""A case as OCDS: what the schema requires, only what may be shown, and read back alike."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pytest

from liuhen.adapters.china_calendar import ChinaCalendar
from liuhen.app.digest_key import DigestKey
from liuhen.domain.admission import learn
from liuhen.domain.facts import NO_FACTS, Facts, RuleContext
from liuhen.domain.incoming import Incoming, incoming_of
from liuhen.domain.mapping.file_records import OcdsFile
from liuhen.domain.mapping.ocds_export import package_of, record_of, release_of, shown_parts
from liuhen.domain.mapping.shown import shown_to_public
from scripts.samples import project
from tests.mapping_kit import map_text

CONTEXT = RuleContext(ChinaCalendar(), DigestKey(bytes(32)).mark)
OCID = "ocds-xxxxxx-1"

# What https://standard.open-contracting.org/1.1/en/schema/ requires, by object.
REQUIRED = {
    "package": ("uri", "publishedDate", "releases", "publisher", "version"),
    "release": ("ocid", "id", "date", "tag", "initiationType"),
    "tender": ("id",),
    "award": ("id",),
    "contract": ("id", "awardID"),
    "document": ("id",),
    "amendment": ("id",),
    "lot": ("id",),
}
KNOWN_TAGS = """
    planning planningUpdate tender tenderAmendment tenderUpdate tenderCancellation award awardUpdate
    awardCancellation contract contractUpdate contractAmendment implementation implementationUpdate
    contractTermination compiled
"""
TAGS = set(KNOWN_TAGS.split())
ROLES = {"buyer", "procuringEntity", "supplier", "tenderer", "reviewBody"}


def records_of(name: str) -> list[Incoming]:
    sent = [
        {**sample.submission, "record_id": sample.key}
        for sample in project(name)
        if sample.submission["type"] not in ("finding", "task")
    ]
    return [incoming_of(each, each["occurred_at"]) for each in sent]


def facts_of(records: Sequence[Incoming]) -> Facts:
    facts = NO_FACTS
    for record in records:
        facts = learn(facts, record, CONTEXT)
    return facts


def exported(records: Sequence[Incoming]) -> dict[str, Any]:
    parts = shown_parts(records, shown_to_public(facts_of(records)))
    release = release_of(OCID, parts)
    package: dict[str, Any] = package_of("https://x.example", "log", "releases", release, parts)
    return package


def require(kind: str, value: dict[str, Any]) -> None:
    for name in REQUIRED[kind]:
        assert value.get(name), (kind, name)


def check_release(release: dict[str, Any]) -> None:
    require("release", release)
    assert set(release["tag"]) <= TAGS
    assert release["initiationType"] == "tender"
    assert datetime.fromisoformat(release["date"]).tzinfo is not None
    known = {party["id"] for party in release["parties"]} if "parties" in release else set()
    for party in release.get("parties", []):
        assert set(party["roles"]) <= ROLES
    if "tender" in release:
        require("tender", release["tender"])
    for kind in ("award", "contract"):
        for each in release.get(f"{kind}s", []):
            require(kind, each)
    for holder in (release.get("tender", {}), *release.get("awards", [])):
        for each in holder.get("documents", []):
            require("document", each)
        for each in holder.get("amendments", []):
            require("amendment", each)
        for each in holder.get("suppliers", []):
            assert each["id"] in known
        if "value" in holder:
            assert type(holder["value"]["amount"]) in (int, float)


@pytest.mark.parametrize("name", ["zc", "zb"])
def test_a_sample_project_has_what_the_schema_requires_at_every_step(name: str) -> None:
    records = records_of(name)
    for count in range(1, len(records) + 1):
        package = exported(records[:count])
        require("package", package)
        check_release(package["releases"][0])


@pytest.mark.parametrize("name", ["zc", "zb"])
def test_a_record_holds_a_release_for_each_record_and_all_compiled(name: str) -> None:
    records = records_of(name)
    parts = shown_parts(records, shown_to_public(facts_of(records)))
    record: Any = record_of(OCID, parts)
    assert len(record["releases"]) == len(parts)
    assert len({release["id"] for release in record["releases"]}) == len(parts)
    for release in record["releases"]:
        check_release(release)
    assert record["compiledRelease"]["tag"] == ["compiled"]
    tenders = [each["tender"]["id"] for each in record["releases"] if "tender" in each]
    assert set(tenders) == {record["compiledRelease"]["tender"]["id"]}


@pytest.mark.parametrize("name", ["zc", "zb"])
def test_nothing_of_a_bid_is_told_before_the_opening(name: str) -> None:
    records = records_of(name)
    types = [record.type for record in records]
    before = records[: types.index("opening_record")]
    without = [record for record in before if record.type != "bid_receipt"]
    assert any(record.type == "bid_receipt" for record in before)
    assert exported(before) == exported(without)
    assert "bids" not in exported(before)["releases"][0]


def test_complaints_experts_and_submitters_are_not_told() -> None:
    records = records_of("zc")
    text = json.dumps(exported(records), ensure_ascii=False)
    notice: Any = next(record for record in records if record.type == "award_notice")
    named = [str(expert) for expert in notice.data["experts"]]
    assert not any(name in text for name in named)
    assert "投诉" not in text


def test_a_case_of_neither_law_has_nothing_for_the_public() -> None:
    data: dict[str, Any] = {"name": "x", "regime": "other"}
    record: dict[str, Any] = {"type": "project", "record_id": "1", "case": "c", "data": data}
    records = [incoming_of(record, "2026-03-01T00:00:00Z")]
    assert shown_parts(records, shown_to_public(facts_of(records))) == []
    assert len(shown_parts(records, lambda _record, _path: True)) == 1


COMPARED = {
    "project": ("name", "category", "project_no", "purchaser", "budget", "evaluation_method"),
    "tender_document": ("bid_deadline",),
    "award_notice": ("confirmed_on", "url"),
    "contract": ("contract_no", "signed_on"),
}


@pytest.mark.parametrize("name", ["zc", "zb"])
def test_what_was_exported_comes_back_as_the_same_facts(name: str) -> None:
    records = records_of(name)
    back = map_text(OcdsFile("f", "00" * 32), json.dumps(exported(records)))
    for record_type, members in COMPARED.items():
        # A project's steps after the first say less than the first.
        before = [one for one in records if one.type == record_type]
        after = next(one.data for one in back if one.type == record_type)
        for member in members:
            told = [one.data[member] for one in before if member in one.data]
            assert _same(after.get(member)) == _same(told[-1] if told else None), member
    opening: Any = next(
        one.data for one in records if one.type == "opening_record" and one.data["bids"]
    )
    again: Any = next(one.data for one in back if one.type == "opening_record")
    assert [
        (bid["bid_id"], bid["supplier_name"], _same(bid.get("price"))) for bid in again["bids"]
    ] == [(bid["bid_id"], bid["supplier_name"], _same(bid.get("price"))) for bid in opening["bids"]]
    winner: Any = next(one.data["winner"] for one in records if one.type == "award_notice")
    told_back: Any = next(one.data["winner"] for one in back if one.type == "award_notice")
    for member in ("bid_id", "name"):
        assert told_back[member] == winner[member]
    assert float(told_back["price"]) == float(winner["price"])


def _same(value: Any) -> Any:
    """Take 3980000.00 and 3980000 for one amount."""
    if isinstance(value, dict) and "amount" in value:
        return (float(value["amount"]), value["currency"])
    return value
