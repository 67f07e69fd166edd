"""Tender document and its clarifications (招标文件、澄清): opens the bidding, sets its deadline."""

from collections.abc import Iterator
from datetime import date, datetime

from liuhen.domain.catalogue.project import category_of, check_running
from liuhen.domain.deadline import deadline_on
from liuhen.domain.evaluation_method import METHOD, Kind, method_of
from liuhen.domain.facts import (
    Facts,
    RuleContext,
    advanced,
    regime_of,
    section_of,
    stage_of,
    with_section,
)
from liuhen.domain.field import choice, day, digest, flag, moment, text, whole
from liuhen.domain.incoming import Incoming
from liuhen.domain.life_cycle import LifeCycle, Step
from liuhen.domain.reading import (
    BEIJING,
    Members,
    day_of,
    get_day,
    get_flag,
    get_members,
    get_moment,
    get_text,
    get_whole,
    moment_of,
)
from liuhen.domain.record_type import RecordType, ReviewedCase
from liuhen.domain.regime import Regime
from liuhen.domain.rule import Basis, Rule, Shortfall
from liuhen.domain.sight import PUBLIC
from liuhen.domain.stage import Stage
from liuhen.domain.working_day import Calendar, working_days_in

NAME = "tender_document"

ACTIONS = {
    "published": ("发布", "published"),
    "clarified": ("澄清或修改", "clarified"),
    "withdrawn": ("撤回", "withdrawn"),
}
LIFE = LifeCycle(
    {
        "published": Step({None, "withdrawn"}, "published"),
        "clarified": Step({"published"}, "published"),
        "withdrawn": Step({"published"}, "withdrawn"),
    },
    ACTIONS,
)
DEADLINE_MISSING = Rule(
    "bid-deadline-missing",
    "招标文件须写明投标截止时间",
    "a tender document states the bid deadline",
    Basis("招标投标法第24条；87号令第20条", "Tendering Law art. 24; Order 87 art. 20"),
)
BID_PERIOD = Rule(
    "bid-period-too-short",
    "自招标文件发出之日起至投标截止不得少于{days}日，现为{actual}日",
    "{days} days at least lie between the document and the bid deadline, here {actual}",
    Basis("招标投标法第24条；政府采购法第35条", "Tendering Law art. 24; Procurement Law art. 35"),
)
CLARIFIED_LATE = Rule(
    "clarification-too-late",
    "影响投标文件编制的澄清须在投标截止{days}日前发出，不足的应顺延截止时间",
    "what affects bids is clarified {days} days before the deadline, or the deadline moves",
    Basis("招标投标法第23条；87号令第27条", "Tendering Law art. 23; Order 87 art. 27"),
)
DEADLINE_OVER = Rule(
    "deadline-over",
    "投标截止时间（{deadline}）已过，不得再澄清、修改招标文件或顺延截止时间",
    "the bid deadline ({deadline}) is over: the document is not clarified and no deadline moves",
    Basis("招标投标法第23、28条；87号令第27条", "Tendering Law art. 23, 28; Order 87 art. 27"),
)
OFFERED = Rule(
    "document-offer-too-short",
    "招标文件提供期限不得少于{days}{unit}，现为{actual}{unit}",
    "the document is offered for {days} {unit_en} at least, here for {actual}",
    Basis(
        "招标投标法实施条例第16条；87号令第18条", "Tendering Regulations art. 16; Order 87 art. 18"
    ),
)
AFTER_OPENING = Rule(
    "document-after-opening",
    "开标后不得发布、澄清或撤回招标文件",
    "after the opening no document is published, clarified or withdrawn",
)
MARKS = Rule(
    "method-marks",
    "评审办法各项满分之和应为100，现为{total}",
    "the most points of price and factors add up to 100, here to {total}",
    Basis("87号令第55条", "Order 87 art. 55"),
)
PRICE_WEIGHT = Rule(
    "method-price-weight",
    "价格分权重不得低于{least}，现为{actual}",
    "the price weighs {least} at least, here {actual}",
    Basis("87号令第55条", "Order 87 art. 55"),
)
NO_DOCUMENT = Rule(
    "document-missing",
    "已开标，但没有招标文件的存证",
    "bids were opened and there is no tender document",
    Basis("电子招标投标办法第40条", "E-tendering Measures art. 40"),
)
_LEAST_PRICE_WEIGHT = {"goods": 30, "services": 10}


def _admit(facts: Facts, record: Incoming, context: RuleContext) -> None:
    section, data = section_of(facts, NAME), record.data
    action = LIFE.action_of(data)
    LIFE.check(get_text(section, "state"), action)
    check_running(facts, record)
    if (stage_of(facts) or 0) >= Stage.OPENED:
        raise AFTER_OPENING.broken("/data/action")
    deadline = get_moment(data, "bid_deadline")
    if action == "published" and deadline is None:
        raise DEADLINE_MISSING.broken("/data/bid_deadline")
    if action == "clarified":
        _check_clarification(facts, record, deadline)
    published = record.day if action == "published" else published_on(facts)
    if deadline is not None and published is not None:
        _check_period(regime_of(facts), published, deadline)
    _check_offer(regime_of(facts), data, context.calendar)
    _check_method(facts, data)


def _check_clarification(facts: Facts, record: Incoming, moved_to: datetime | None) -> None:
    before = deadline_of(facts)
    if before is not None and record.at > before:
        local = before.astimezone(BEIJING).isoformat()
        raise DEADLINE_OVER.broken("/occurred_at", deadline=local)
    known, regime = moved_to or before, regime_of(facts)
    if regime not in (Regime.ZB, Regime.ZC):
        return
    if get_flag(record.data, "affects_bids") is not False and known is not None:
        days = deadline_on(f"{regime}-CLARIFICATION", record.day).number
        if (_day(known) - record.day).days < days:
            raise CLARIFIED_LATE.broken("/data/bid_deadline", days=days)


def _check_offer(regime: Regime | None, data: Members, calendar: Calendar) -> None:
    first, last = get_day(data, "offered_from"), get_day(data, "offered_to")
    if first is None or last is None or regime not in (Regime.ZB, Regime.ZC):
        return
    # The first day counts: both laws say for how long the document is to be had.
    if regime is Regime.ZC:
        rule, actual = "ZC-DOCUMENT-OFFER", working_days_in(calendar, first, last)
        zh, en = "个工作日", "working days"
    else:
        rule, actual, zh, en = "ZB-SALE", (last - first).days + 1, "日", "days"
    days = deadline_on(rule, first).number
    if actual < days:
        raise OFFERED.broken("/data/offered_to", days=days, unit=zh, unit_en=en, actual=actual)


def _check_period(regime: Regime | None, published: date, deadline: datetime) -> None:
    if regime not in (Regime.ZB, Regime.ZC):
        return
    days = deadline_on(f"{regime}-BID-PERIOD", published).number
    actual = (_day(deadline) - published).days
    if actual < days:
        raise BID_PERIOD.broken("/data/bid_deadline", days=days, actual=actual)


def _check_method(facts: Facts, data: Members) -> None:
    method = method_of(data)
    if method is None or method.kind is not Kind.COMPREHENSIVE:
        return
    if regime_of(facts) is not Regime.ZC:
        return  # the Tendering Law leaves points to the document
    if method.total != 100:
        raise MARKS.broken("/data/method", total=method.total)
    least = _LEAST_PRICE_WEIGHT.get(category_of(facts) or "", 0)
    if method.price_weight < least:
        place = "/data/method/price/weight"
        raise PRICE_WEIGHT.broken(place, least=least, actual=method.price_weight)


def _apply(facts: Facts, record: Incoming, context: RuleContext) -> Facts:
    del context
    data, section = record.data, dict(section_of(facts, NAME))
    action = LIFE.action_of(data)
    section["state"] = LIFE.after(get_text(section, "state"), action)
    if get_moment(data, "bid_deadline") is not None:
        section["bid_deadline"] = get_text(data, "bid_deadline")
    if action == "published":
        section["published_on"] = record.day.isoformat()
    notice = get_whole(data, "notice_period_working_days")
    if notice is not None:
        section["notice_working_days"] = notice
    method = method_of(data)
    if method is not None:
        section["most"] = {each.name: str(each.most) for each in method.factors}
    told = with_section(facts, NAME, section)
    return advanced(told, Stage.BIDDING) if action == "published" else told


def _review(case: ReviewedCase) -> Iterator[Shortfall]:
    if case.of_type("opening_record") and not case.of_type(NAME):
        yield NO_DOCUMENT.missed()


def deadline_of(facts: Facts) -> datetime | None:
    """Return the bid deadline, as far as it is known."""
    return moment_of(get_text(section_of(facts, NAME), "bid_deadline"))


def published_on(facts: Facts) -> date | None:
    """Return the day on which the document was published."""
    return day_of(get_text(section_of(facts, NAME), "published_on"))


def notice_working_days(facts: Facts) -> int | None:
    """Return for how long the notice of the document runs, as the document says."""
    return get_whole(section_of(facts, NAME), "notice_working_days")


def most_points(facts: Facts) -> Members:
    """Return the most points of each factor, as decimal texts; empty where no method is known."""
    return get_members(section_of(facts, NAME), "most")


def _day(moment: datetime) -> date:
    return moment.astimezone(BEIJING).date()


TYPE = RecordType(
    name=NAME,
    zh="招标文件",
    en="Tender document",
    fields=(
        choice(
            "action",
            "步骤",
            "step",
            ACTIONS,
            kept=True,
            sight=PUBLIC,
        ),
        digest(
            "sha256",
            "文件摘要",
            "SHA-256",
            required=True,
            file_digest=True,
            kept=True,
            sight=PUBLIC,
        ),
        moment("published_at", "发布时间", "published at", sight=PUBLIC),
        moment("bid_deadline", "投标截止时间", "bid deadline", kept=True, sight=PUBLIC),
        text("opening_place", "开标地点", "place of the opening", sight=PUBLIC),
        whole(
            "notice_period_working_days",
            "公告期（工作日）",
            "notice period in working days",
            kept=True,
            sight=PUBLIC,
        ),
        day("offered_from", "提供期限起", "offered from", sight=PUBLIC),
        day("offered_to", "提供期限止", "offered to", sight=PUBLIC),
        moment("questions_until", "提问截止", "questions until", sight=PUBLIC),
        text("change", "变更内容", "what changes", sight=PUBLIC),
        flag("affects_bids", "影响投标文件编制", "affects bids", kept=True, sight=PUBLIC),
        text("price", "售价", "price of the document", sight=PUBLIC),
        METHOD,
    ),
    admit=_admit,
    apply=_apply,
    review=_review,
)
