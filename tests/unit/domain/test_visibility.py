"""Who may see what: the table of the law row by row, and what holds for every field there is."""

from collections.abc import Iterable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liuhen.domain.catalogue import CATALOGUE
from liuhen.domain.field import Field
from liuhen.domain.regime import Regime
from liuhen.domain.role import Role
from liuhen.domain.stage import Stage
from liuhen.domain.visibility import Level, may_see, sight_of, visibility

PATH = tuple[str, ...]
REGIMES = (Regime.ZB, Regime.ZC)
OVERSEERS = (Role.SUPERVISOR, Role.DISCIPLINE, Role.AUDITOR)
ENVELOPE: tuple[PATH, ...] = (
    *(("format",), ("type",), ("record_id",), ("origin",), ("occurred_at",), ("recorded_at",)),
    *(("submitter", name) for name in ("organisation", "system", "person", "network_address")),
    *(("case",), ("case_seq",), ("case_prev",), ("after_block", "number"), ("version",)),
    *(("supersedes",), ("nonce",), ("links", "record"), ("attachments", "name")),
)


def paths_in(fields: Iterable[Field], before: PATH = ("data",)) -> Iterator[PATH]:
    for field in fields:
        yield (*before, field.name)
        yield from paths_in(field.fields, (*before, field.name))


def paths_of(name: str) -> list[PATH]:
    return [*ENVELOPE, *paths_in(CATALOGUE[name].table.by_name.values())]


def seen(
    regime: Regime | None, name: str, path: PATH, role: Role, *, owns: bool = False
) -> list[bool]:
    """Return whether somebody may see a field, stage by stage."""
    return [may_see(visibility(regime, name, path, at, role), role, owns=owns) for at in Stage]


def data(*names: str) -> PATH:
    return ("data", *names)


# The table: item, type, path, and eight letters a regime.
# P the public · B the bidder itself · R those who oversee · S nobody
TABLE = [
    ("notice", "publication", data("url"), "PPPPPPPP", None),
    ("document", "tender_document", data("sha256"), "PPPPPPPP", None),
    ("clarification of the document", "tender_document", data("change"), "PPPPPPPP", None),
    ("how many bids: that one exists", "bid_receipt", ("type",), "BBPPPPPP", None),
    ("how many bids: places in the case", "tender_document", ("case_seq",), "SSPPPPPP", None),
    ("who bid", "opening_record", data("bids", "supplier_name"), "SSPPPPPP", None),
    ("receipt: time", "bid_receipt", data("received_at"), "BBRRRRRR", None),
    ("receipt: sealed bid", "bid_receipt", data("ciphertext_sha256"), "BBRRRRRR", None),
    ("receipt: who", "bid_receipt", data("supplier_id"), "BBRRRRRR", None),
    ("bid plaintext", "opening_record", data("bids", "plaintext_sha256"), "SSRRRRRR", None),
    ("price", "opening_record", data("bids", "price"), "SSPPPPPP", None),
    ("base price", "opening_record", data("base_price"), "SSPPPPPP", None),
    ("draw conditions", "expert_draw", data("conditions", "major"), "SSSSRRRR", None),
    ("pool version", "expert_draw", data("pool_version"), "SSSSRRRR", None),
    ("committee", "award_notice", data("experts"), "SSSSRRRR", "SSSSPPPP"),
    ("drawn names", "expert_draw", data("committee", "expert_token"), "SSSSRRRR", "SSSSPPPP"),
    ("seat map", "seat_assignment", data("seats", "station_no"), "SSSSRRRR", None),
    ("a seat's sheet", "score_sheet", data("scores", "points"), "SSSSRRRR", None),
    ("evaluation report", "evaluation_report", data("summary", "total"), "SSSSRRRR", None),
    ("candidates", "candidate_publicity", data("candidates", "price"), "PPPPPPPP", None),
    ("video manifest", "media_manifest", data("segments", "sha256"), "SSSSRRRR", None),
    ("challenge", "challenge", data("matters", "text"), "RRRRRRRR", None),
    ("complaint", "complaint", data("text"), "RRRRRRRR", None),
    ("decision", "complaint", data("decision"), "RRRRRPPP", None),
    ("finding", "finding", data("summary"), "RRRRRRRR", None),
    ("totals of findings", "board_snapshot", data("counts", "red"), "PPPPPPPP", None),
]


@pytest.mark.parametrize(
    ("name", "path", "zb", "zc"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE]
)
def test_the_table_of_the_law_holds(name: str, path: PATH, zb: str, zc: str | None) -> None:
    for regime, letters in ((Regime.ZB, zb), (Regime.ZC, zc or zb)):
        assert seen(regime, name, path, Role.PUBLIC) == [each == "P" for each in letters]
        for role in OVERSEERS:
            assert seen(regime, name, path, role) == [each in "PR" for each in letters]
        own = seen(regime, name, path, Role.BIDDER, owns=True)
        assert [may for may, each in zip(own, letters, strict=True) if each in "PB"] == [
            True for each in letters if each in "PB"
        ]
        assert not any(may for may, each in zip(own, letters, strict=True) if each == "S")


def test_a_bidder_sees_its_own_receipt_at_every_stage_and_no_other_ever() -> None:
    for regime in REGIMES:
        for field in ("received_at", "ciphertext_sha256", "supplier_id"):
            assert all(seen(regime, "bid_receipt", data(field), Role.BIDDER, owns=True))
            assert not any(seen(regime, "bid_receipt", data(field), Role.BIDDER))


@pytest.mark.parametrize("field", ["total", "rank"])
def test_a_bidder_that_lost_is_told_its_own_points_in_zc_only(field: str) -> None:
    path = data("summary", field)
    result = [at >= Stage.RESULT for at in Stage]
    assert seen(Regime.ZC, "evaluation_report", path, Role.BIDDER, owns=True) == result
    assert not any(seen(Regime.ZC, "evaluation_report", path, Role.BIDDER))
    assert not any(seen(Regime.ZB, "evaluation_report", path, Role.BIDDER, owns=True))


def test_an_evaluator_sees_the_own_sheet_only() -> None:
    path = data("scores", "points")
    assert any(seen(Regime.ZC, "score_sheet", path, Role.EVALUATOR, owns=True))
    assert not any(seen(Regime.ZC, "score_sheet", path, Role.EVALUATOR))
    report = data("summary", "total")
    assert not any(seen(Regime.ZC, "evaluation_report", report, Role.EVALUATOR, owns=True))


def test_an_inspector_sees_findings_and_a_purchaser_nothing_restricted_before_the_opening() -> None:
    assert all(seen(Regime.ZB, "finding", data("summary"), Role.INSPECTOR))
    assert not any(seen(Regime.ZB, "bid_receipt", data("bid_id"), Role.INSPECTOR))
    filings = seen(Regime.ZB, "project", data("filings", "number"), Role.PURCHASER)
    assert filings == [at >= Stage.OPENED for at in Stage]


def test_who_complains_is_told_to_the_authority_and_themselves_alone() -> None:
    for name in ("complaint", "challenge", "objection"):
        for path in (data("party"), ("submitter", "organisation")):
            for role in Role:
                is_authority = role in (Role.SUPERVISOR, Role.DISCIPLINE)
                assert any(seen(Regime.ZC, name, path, role)) is is_authority
            assert all(seen(Regime.ZC, name, path, Role.COMPLAINANT, owns=True))


def test_the_person_who_submitted_is_never_public() -> None:
    for name in CATALOGUE:
        for regime in (*REGIMES, Regime.OTHER, None):
            for member in ("person", "network_address"):
                assert not any(seen(regime, name, ("submitter", member), Role.PUBLIC))


def test_a_number_that_opens_a_whole_record_is_never_public() -> None:
    for name in CATALOGUE:
        for path in (("record_id",), ("supersedes",), ("links", "record")):
            for regime in REGIMES:
                assert not any(seen(regime, name, path, Role.PUBLIC))


def test_single_seats_scores_are_public_late_and_only_where_the_place_says_so() -> None:
    path = data("scores", "points")
    levels = [
        visibility(Regime.ZB, "score_sheet", path, at, Role.PUBLIC, publishes_seat_scores=True)
        for at in Stage
    ]
    assert [level is Level.PUBLIC for level in levels] == [at >= Stage.DISPUTE for at in Stage]
    assert not any(seen(Regime.ZB, "score_sheet", path, Role.PUBLIC))
    expert = data("expert_token")
    hidden = visibility(
        Regime.ZB, "score_sheet", expert, Stage.ARCHIVE, Role.PUBLIC, publishes_seat_scores=True
    )
    assert hidden is Level.SECRET


EXCEPTIONS: dict[tuple[str, PATH, Role], str] = {}
"""Where somebody sees more at an earlier stage than at a later one, and why: nowhere."""


@pytest.mark.parametrize("name", sorted(CATALOGUE))
def test_every_field_has_a_decision_and_nobody_sees_more_at_an_earlier_stage(name: str) -> None:
    for path in paths_of(name):
        for regime in REGIMES:
            for role in Role:
                for owns in (False, True):
                    stages = seen(regime, name, path, role, owns=owns)
                    assert len(stages) == 8
                    if (name, path, role) not in EXCEPTIONS:
                        assert stages == sorted(stages), (path, regime, role, owns)


@pytest.mark.parametrize("name", sorted(CATALOGUE))
def test_what_is_public_is_public_to_every_role(name: str) -> None:
    for path in paths_of(name):
        for regime in (*REGIMES, Regime.OTHER, None):
            public = seen(regime, name, path, Role.PUBLIC)
            for role in Role:
                mine = seen(regime, name, path, role)
                assert all(may for may, is_public in zip(mine, public, strict=True) if is_public)


@pytest.mark.parametrize("name", sorted(CATALOGUE))
def test_what_is_secret_or_never_shown_is_shown_to_nobody(name: str) -> None:
    for path in paths_of(name):
        letters = sight_of(CATALOGUE[name], path)
        for regime, eight in ((Regime.ZB, letters.zb), (Regime.ZC, letters.zc)):
            for role in Role:
                may = seen(regime, name, path, role, owns=True)
                assert not any(m for m, letter in zip(may, eight, strict=True) if letter in "SX")


@pytest.mark.parametrize("name", sorted(CATALOGUE))
def test_without_regime_or_stage_the_public_sees_nothing_of_anything(name: str) -> None:
    for path in paths_of(name):
        for regime, stage in (
            (None, Stage.ARCHIVE),
            (Regime.OTHER, Stage.ARCHIVE),
            (Regime.ZC, None),
        ):
            assert visibility(regime, name, path, stage, Role.PUBLIC) is Level.SECRET
            letters = sight_of(CATALOGUE[name], path)
            if "S" in letters.zb + letters.zc:
                for role in Role:
                    assert visibility(regime, name, path, stage, role) is Level.SECRET


def test_a_finding_has_no_project_and_is_seen_by_those_who_oversee() -> None:
    for role in Role:
        level = visibility(None, "finding", data("summary"), None, role)
        sees = role in (*OVERSEERS, Role.INSPECTOR, Role.OPERATOR)
        assert may_see(level, role, owns=False) is sees


WORDS = st.text(max_size=12)


@given(
    st.one_of(WORDS, st.sampled_from(sorted(CATALOGUE))),
    st.lists(st.one_of(WORDS, st.integers(0, 3)), max_size=4),
    st.sampled_from([*Regime, None]),
    st.sampled_from([*Stage, None]),
    st.sampled_from(sorted(Role)),
)
def test_what_nobody_decided_is_secret(
    name: str, steps: list[str | int], regime: Regime | None, stage: Stage | None, role: Role
) -> None:
    unknown = ("data", "no such field", *steps)
    assert visibility(regime, name, unknown, stage, role) is Level.SECRET
    assert visibility(regime, name, ("no such member", *steps), stage, role) is Level.SECRET
    assert visibility(regime, "no_such_type", ("data", *steps), stage, role) is Level.SECRET
    assert visibility(regime, name, (), stage, role) is Level.SECRET


def test_positions_in_a_list_change_nothing() -> None:
    with_position = visibility(
        Regime.ZB, "opening_record", ("data", "bids", 3, "price"), Stage.OPENED, Role.PUBLIC
    )
    assert with_position is Level.PUBLIC
