"""Score sheet (个人打分表): what one seat gave, locked when it comes in.

A locked sheet is never changed. A new one may take its place, naming it in `supersedes`, for one
of four reasons and no other (87号令第64条).
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal

from liuhen.core.canonical import JsonValue
from liuhen.core.pointer import to_pointer
from liuhen.domain.catalogue.opening_record import opened_bids
from liuhen.domain.catalogue.project import check_running
from liuhen.domain.catalogue.seat_assignment import seats_of
from liuhen.domain.catalogue.suspension import check_not_suspended
from liuhen.domain.catalogue.tender_document import most_points
from liuhen.domain.facts import Facts, RuleContext, advanced, section_of, stage_of, with_section
from liuhen.domain.field import choice, code, decimals, group, groups, text
from liuhen.domain.incoming import Incoming
from liuhen.domain.life_cycle import LifeCycle, Step
from liuhen.domain.reading import (
    Members,
    get_decimal,
    get_list,
    get_members,
    get_text,
    moment_of,
)
from liuhen.domain.record_type import RecordType, ReviewedCase
from liuhen.domain.rule import Basis, Rule, Shortfall
from liuhen.domain.sight import FROM_RESULT_RESTRICTED
from liuhen.domain.stage import Stage

NAME = "score_sheet"

ACTIONS = {"locked": ("已锁定", "locked"), "draft": ("草稿", "draft")}
LIFE = LifeCycle(
    {
        "locked": Step({None, "draft", "locked"}, "locked"),
        "draft": Step({None, "draft"}, "draft"),
    },
    ACTIONS,
)
REASONS = {
    "sum_error": ("分值汇总计算错误", "points added up wrongly"),
    "out_of_range": ("分项评分超出评分标准范围", "points beyond what the method allows"),
    "objective_differs": ("客观评审因素评分不一致", "an objective factor scored differently"),
    "abnormal": ("评分畸高、畸低", "points abnormally high or low"),
}
_ART_64 = Basis("87号令第64条", "Order 87 art. 64")
REASON = Rule(
    "sheet-change-reason",
    "评分表锁定后修改须说明理由",
    "a locked score sheet changes only with a reason of the closed list",
    _ART_64,
)
SUPERSEDES = Rule(
    "sheet-change-supersedes",
    "席位“{seat}”的评分表已锁定，修改须指明被替换的记录",
    "the sheet of seat {seat!r} is locked: a new one names in /supersedes the record it replaces",
    _ART_64,
)
AFTER_RESULT = Rule(
    "sheet-after-result",
    "结果公布后不得修改评分",
    "no points are changed after the result is published",
    _ART_64,
)
BEFORE_OPENING = Rule(
    "sheet-before-opening",
    "开标前不得评分",
    "there is no scoring before the opening",
    Basis("招标投标法第36条", "Tendering Law art. 36"),
)
NO_SUCH_SEAT = Rule(
    "sheet-unknown-seat",
    "没有席位“{seat}”",
    "there is no seat {seat!r} in this evaluation",
)
NO_SUCH_BID = Rule(
    "sheet-unknown-bid",
    "投标“{bid}”未在开标时拆封",
    "the bid {bid!r} was not opened",
)
BID_TWICE = Rule(
    "sheet-bid-twice",
    "投标“{bid}”在同一打分表中出现两次",
    "the bid {bid!r} stands twice on one sheet",
)
NO_SUCH_FACTOR = Rule(
    "sheet-unknown-factor",
    "评审办法中没有因素“{factor}”",
    "the evaluation method has no factor {factor!r}",
    Basis("招标投标法第40条；87号令第52条", "Tendering Law art. 40; Order 87 art. 52"),
)
OUT_OF_RANGE = Rule(
    "sheet-out-of-range",
    "因素“{factor}”须在0至{most}分之间，现为{points}",
    "the factor {factor!r} has 0 to {most} points, here {points}",
    _ART_64,
)
NO_SHEET = Rule(
    "sheet-missing",
    "席位“{seat}”没有锁定的评分表",
    "there is no locked score sheet from seat {seat}",
    Basis(
        "87号令第55条；招标投标法实施条例第49条", "Order 87 art. 55; Tendering Regulations art. 49"
    ),
)


def _admit(facts: Facts, record: Incoming, context: RuleContext) -> None:
    del context
    check_running(facts, record)
    check_not_suspended(facts, record)
    data, seat = record.data, get_text(record.data, "seat") or ""
    stage = stage_of(facts)
    if stage is not None and stage < Stage.OPENED:
        raise BEFORE_OPENING.broken("/type")
    seats = seats_of(facts)
    if seats and seat not in seats:
        raise NO_SUCH_SEAT.broken("/data/seat", seat=seat)
    before = get_members(get_members(section_of(facts, NAME), "sheets"), seat)
    state = get_text(before, "state")
    LIFE.check(state, LIFE.action_of(data))
    if state == "locked":
        if stage is not None and stage >= Stage.RESULT:
            raise AFTER_RESULT.broken("/type")
        if record.supersedes != get_text(before, "record"):
            raise SUPERSEDES.broken("/supersedes", seat=seat)
        if get_text(data, "change_reason") is None:
            raise REASON.broken("/data/change_reason")
    _check_points(facts, data)


def _check_points(facts: Facts, data: Members) -> None:
    most, bids = most_points(facts), opened_bids(facts)
    seen: set[str] = set()
    for position, each in enumerate(get_list(data, "scores")):
        place, bid = f"/data/scores/{position}", get_text(each, "bid_id") or ""
        if bids and bid not in bids:
            raise NO_SUCH_BID.broken(f"{place}/bid_id", bid=bid)
        if bid in seen:
            raise BID_TWICE.broken(f"{place}/bid_id", bid=bid)
        seen.add(bid)
        points = get_members(each, "points")
        for factor in points if most else ():
            limit = get_decimal(most, factor)
            if limit is None:
                raise NO_SUCH_FACTOR.broken(_place_of(position, factor), factor=factor)
            given = get_decimal(points, factor)
            if given is None or not Decimal(0) <= given <= limit:
                place, told = _place_of(position, factor), points.get(factor)
                raise OUT_OF_RANGE.broken(place, factor=factor, most=limit, points=told)


def _place_of(position: int, factor: str) -> str:
    return to_pointer(("data", "scores", position, "points", factor))


def _apply(facts: Facts, record: Incoming, context: RuleContext) -> Facts:
    del context
    seat = get_text(record.data, "seat")
    if seat is None:
        return facts
    sheets: dict[str, JsonValue] = dict(get_members(section_of(facts, NAME), "sheets"))
    state = get_text(get_members(sheets, seat), "state")
    sheets[seat] = {
        "state": LIFE.after(state, LIFE.action_of(record.data)),
        "record": record.record_id,
        "at": record.at.isoformat(),
    }
    return advanced(with_section(facts, NAME, {"sheets": sheets}), Stage.EVALUATION)


def _review(case: ReviewedCase) -> Iterator[Shortfall]:
    if not case.of_type("evaluation_report"):
        return
    locked = set(locked_seats(case.facts))
    for seat in seats_of(case.facts):
        if seat not in locked:
            yield NO_SHEET.missed(seat=seat)


def locked_seats(facts: Facts) -> Sequence[str]:
    """Return the seats whose sheets are locked, sorted."""
    sheets = get_members(section_of(facts, NAME), "sheets")
    return sorted(s for s in sheets if get_text(get_members(sheets, s), "state") == "locked")


def last_lock(facts: Facts) -> datetime | None:
    """Return when the newest sheet was locked."""
    sheets = get_members(section_of(facts, NAME), "sheets")
    times = [moment_of(get_text(get_members(sheets, seat), "at")) for seat in locked_seats(facts)]
    return max((each for each in times if each is not None), default=None)


TYPE = RecordType(
    name=NAME,
    zh="个人打分表",
    en="Score sheet",
    fields=(
        choice(
            "action",
            "步骤",
            "step",
            ACTIONS,
            kept=True,
            sight=FROM_RESULT_RESTRICTED,
        ),
        code("seat", "席位", "seat", required=True, kept=True, sight=FROM_RESULT_RESTRICTED),
        text("expert_token", "专家代号", "token of the expert", sight=FROM_RESULT_RESTRICTED),
        groups(
            "scores",
            "评分",
            "scores",
            code("bid_id", "投标编号", "bid", required=True, kept=True),
            decimals("points", "各因素得分", "points by factor", required=True),
            required=True,
            sight=FROM_RESULT_RESTRICTED,
        ),
        text("opinion", "评审意见", "opinion", sight=FROM_RESULT_RESTRICTED),
        choice(
            "change_reason",
            "修改理由",
            "reason for the change",
            REASONS,
            kept=True,
            sight=FROM_RESULT_RESTRICTED,
        ),
        text("change_note", "修改说明", "note on the change", sight=FROM_RESULT_RESTRICTED),
        group(
            "seal",
            "云端签章",
            "cloud seal",
            text("certificate_serial", "证书序列号", "serial number of the certificate"),
            text("algorithm", "算法", "algorithm"),
            sight=FROM_RESULT_RESTRICTED,
        ),
    ),
    admit=_admit,
    apply=_apply,
    review=_review,
)
