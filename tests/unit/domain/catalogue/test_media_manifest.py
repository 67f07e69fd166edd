"""Lists of recordings."""

from typing import Any

from liuhen.domain.catalogue import media_manifest as media
from liuhen.domain.life_cycle import OUT_OF_ORDER
from tests.case_kit import DIGEST, opened, reported

TYPE = "media_manifest"
NOW = "2026-03-31 17:00"


def recording(step: str, **data: Any) -> dict[str, Any]:
    return {"step": step, "site": "示例市", **data}


def test_a_list_is_completed_once() -> None:
    case = opened()
    case.enter(TYPE, NOW, **recording("opening", action="open"))
    case.enter(TYPE, NOW, **recording("opening"))
    case.refuse(OUT_OF_ORDER, "/data/action", TYPE, NOW, **recording("opening", action="open"))


def test_every_site_has_a_list_of_its_own() -> None:
    case = opened()
    for site in ("示例市", "邻市"):
        case.enter(TYPE, NOW, **recording("opening", site=site))
    case.refuse(OUT_OF_ORDER, "/data/action", TYPE, NOW, **recording("opening"))


def test_a_list_counts_its_segments() -> None:
    case, segments = opened(), [{"sha256": DIGEST}, {"sha256": DIGEST}]
    data = recording("opening", segments=segments, segment_count=3)
    case.refuse(media.COUNT, "/data/segment_count", TYPE, NOW, **data)
    case.enter(TYPE, NOW, **{**data, "segment_count": 2})


def test_a_list_may_be_elsewhere() -> None:
    data = recording("opening", segments=[], segment_count=18, manifest_sha256=DIGEST)
    opened().enter(TYPE, NOW, **data)


def test_gaps_are_named() -> None:
    case = opened()
    gap = {"from": "2026-03-31T09:40:00+08:00", "to": "2026-03-31T09:41:00+08:00"}
    number = case.enter(TYPE, NOW, **recording("opening", gaps=[gap, {"reason": "停电"}]))
    found = case.lacks(media.GAP)
    assert [(each.record, each.field) for each in found] == [
        (number, "/data/gaps/0"),
        (number, "/data/gaps/1"),
    ]
    assert "09:40" in found[0].en
    assert "None" not in found[1].zh


def test_opening_and_evaluation_are_recorded_in_full() -> None:
    case = reported()
    assert len(case.lacks(media.NONE)) == 2
    case.enter(TYPE, NOW, **recording("opening"))
    [found] = case.lacks(media.NONE)
    assert "评标" in found.zh
    case.enter(TYPE, NOW, **recording("evaluation", action="open"))
    assert case.lacks(media.NONE) == []
    assert len(case.lacks(media.NOT_COMPLETE)) == 1
    case.enter(TYPE, NOW, **recording("evaluation"))
    assert case.lacks(media.NOT_COMPLETE) == []
