"""What may be found by a digest, and what a guess does not find."""

import hashlib
from collections.abc import Iterator
from typing import Any

import pytest

from liuhen.core.canonical import canonical
from scripts.samples import project
from tests.fakes.assembled_log import AssembledLog

CASE = "SLZX-2026-0031"
FORM = hashlib.sha256(b"a form that every bidder sends").hexdigest()


@pytest.fixture
def log() -> Iterator[AssembledLog]:
    made = AssembledLog().open()
    made.clock.move(days=200)  # the sample project is over: no time of it is still to come
    yield made
    made.writer.stop()


def enter(log: AssembledLog, *, until: str) -> dict[str, Any]:
    """Enter the sample project up to a line; return what was sent, by its key."""
    numbers: dict[str, str] = {}
    sent: dict[str, Any] = {}
    for sample in project("zc"):
        body = dict(sample.sent(numbers))
        if body["type"] == "bid_receipt":
            file = {
                "name": "f",
                "media_type": "text/plain",
                "bytes": 1,
                "sha256": FORM,
                "sm3": None,
            }
            body["attachments"] = [file]
        sent[sample.key] = body
        numbers[sample.key] = log.appender.append_here(canonical(body)).record_id
        if sample.key == until:
            return sent
    raise KeyError(until)


def finds(log: AssembledLog, digest: str) -> list[str]:
    return [each.type for each in log.finder.told(bytes.fromhex(digest))]


def of_data(body: Any) -> str:
    return hashlib.sha256(canonical(body["data"])).hexdigest()


def test_before_the_opening_a_bid_is_found_by_its_sealed_file_alone(log: AssembledLog) -> None:
    sent = enter(log, until="zc-bid-B04")
    bid, commitment = sent["zc-bid-B04"], sent["zc-commitment-A01"]
    assert len(log.finder.lookup(bytes.fromhex(FORM))) == 4, "all are there"
    assert finds(log, FORM) == []
    assert finds(log, of_data(bid)) == []
    assert finds(log, of_data(commitment)) == []
    assert finds(log, bid["data"]["ciphertext_sha256"]) == ["bid_receipt"]


def test_after_the_opening_bids_are_found_by_whatever_somebody_has(log: AssembledLog) -> None:
    sent = enter(log, until="zc-opening")
    assert len(finds(log, FORM)) >= 4
    assert "bid_receipt" in finds(log, of_data(sent["zc-bid-B04"]))
    assert finds(log, of_data(sent["zc-commitment-A01"])) == ["credit_commitment"]


def test_a_guess_of_a_sheet_finds_nothing_before_the_result(log: AssembledLog) -> None:
    sent = enter(log, until="zc-report")
    for key in ("zc-sheet-E1", "zc-report", "zc-drawn"):
        assert log.finder.lookup(bytes.fromhex(of_data(sent[key])))
        assert finds(log, of_data(sent[key])) == [], key
    assert finds(log, of_data(sent["zc-document"])) == ["tender_document"]


def test_a_sheet_is_found_once_the_result_is_out(log: AssembledLog) -> None:
    sent = enter(log, until="zc-award")
    assert finds(log, of_data(sent["zc-sheet-E1"])) == ["score_sheet"]


def test_history_is_found_for_it_was_public(log: AssembledLog) -> None:
    sheet: dict[str, Any] = {"seat": "E1", "scores": [], "imported": {"source": "x"}}
    body: dict[str, Any] = {"type": "score_sheet", "case": "H-1", "data": sheet}
    log.appender.append_here(canonical(body))
    assert finds(log, of_data(body)) == ["score_sheet"]
