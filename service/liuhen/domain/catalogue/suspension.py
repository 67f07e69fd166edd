"""Suspension (暂停): nothing is opened, scored, awarded or signed until it ends: 30 days in ZC."""

from collections.abc import Iterator

from liuhen.core.canonical import JsonValue
from liuhen.domain.deadline import deadline_on
from liuhen.domain.facts import Facts, RuleContext, regime_of, section_of, with_section
from liuhen.domain.field import choice, code, day, text
from liuhen.domain.incoming import Incoming
from liuhen.domain.life_cycle import LifeCycle, Step
from liuhen.domain.reading import BEIJING, day_of, get_day, get_members, get_text
from liuhen.domain.record_type import RecordType, ReviewedCase
from liuhen.domain.regime import Regime
from liuhen.domain.rule import Basis, Rule, Shortfall
from liuhen.domain.sight import PUBLIC, RESTRICTED

NAME = "suspension"

ACTIONS = {"ordered": ("责令暂停", "ordered"), "lifted": ("恢复", "lifted")}
LIFE = LifeCycle(
    {"ordered": Step({None}, "ordered"), "lifted": Step({"ordered"}, "lifted")}, ACTIONS
)

_ORDERED = Basis(
    "政府采购法第57条；招标投标法实施条例第62条",
    "Procurement Law art. 57; Tendering Regulations art. 62",
)
TOO_LONG = Rule(
    "suspension-too-long",
    "暂停时间最长不得超过{days}日，现为{actual}日",
    "a suspension lasts {days} days at most, here {actual}",
    Basis("政府采购法第57条", "Procurement Law art. 57"),
)
SUSPENDED = Rule(
    "case-suspended",
    "采购（招标投标）活动已被“{number}”号决定暂停{until_zh}",
    "the procurement is suspended by the order {number!r} until {until}",
    _ORDERED,
)


def _admit(facts: Facts, record: Incoming, context: RuleContext) -> None:
    del context
    data, action = record.data, LIFE.action_of(record.data)
    number = get_text(data, "order_no") or ""
    LIFE.check(get_text(get_members(section_of(facts, NAME), number), "state"), action)
    first, last = get_day(data, "from") or record.day, get_day(data, "to")
    days = deadline_on("ZC-SUSPENSION", first).number
    if action != "ordered" or last is None or regime_of(facts) is not Regime.ZC:
        return  # the Tendering Regulations set no limit
    if (last - first).days > days:
        raise TOO_LONG.broken("/data/to", days=days, actual=(last - first).days)


def _apply(facts: Facts, record: Incoming, context: RuleContext) -> Facts:
    del context
    number, action = get_text(record.data, "order_no"), LIFE.action_of(record.data)
    if number is None:
        return facts
    section = dict(section_of(facts, NAME))
    told: dict[str, JsonValue] = dict(get_members(section, number))
    told["state"] = LIFE.after(get_text(told, "state"), action)
    if action == "ordered":
        begins = get_text(record.data, "from") or record.day.isoformat()
        told |= {"from": begins, "to": get_text(record.data, "to")}
    section[number] = told
    return with_section(facts, NAME, section)


def _review(case: ReviewedCase) -> Iterator[Shortfall]:
    if regime_of(case.facts) is not Regime.ZC:
        return
    orders = case.of_type(NAME)
    lifted = {get_text(r.data, "order_no"): r.day for r in orders if _action(r) == "lifted"}
    for order in orders:
        if _action(order) != "ordered" or get_day(order.data, "to") is not None:
            continue  # one that names its last day was held to it when it came in
        first = get_day(order.data, "from") or order.day
        today = case.as_of.astimezone(BEIJING).date()
        actual = (lifted.get(get_text(order.data, "order_no"), today) - first).days
        days = deadline_on("ZC-SUSPENSION", first).number
        if actual > days:
            yield TOO_LONG.missed(order.record_id, "/data/to", days=days, actual=actual)


def _action(record: Incoming) -> str:
    return LIFE.action_of(record.data)


def check_not_suspended(facts: Facts, record: Incoming) -> None:
    """Check that no suspension is in force when something happens.

    Raises:
        RecordRefused: One is.
    """
    section = section_of(facts, NAME)
    for number in section:
        told = get_members(section, number)
        first, last = day_of(get_text(told, "from")), day_of(get_text(told, "to"))
        begun = first is None or first <= record.day
        if get_text(told, "state") == "ordered" and begun and (last is None or record.day <= last):
            until_zh = "，尚未恢复" if last is None else f"至{last}"
            until = last or "it is lifted"
            raise SUSPENDED.broken("/type", number=number, until=until, until_zh=until_zh)


TYPE = RecordType(
    name=NAME,
    zh="暂停",
    en="Suspension",
    fields=(
        choice(
            "action",
            "步骤",
            "step",
            ACTIONS,
            kept=True,
            sight=PUBLIC,
        ),
        code("order_no", "文号", "number of the order", required=True, kept=True, sight=PUBLIC),
        text("ordered_by", "决定机关", "ordered by", sight=PUBLIC),
        day("from", "开始日期", "from", kept=True, sight=PUBLIC),
        day("to", "结束日期", "to", kept=True, sight=PUBLIC),
        text("reason", "理由", "reason", sight=RESTRICTED),
    ),
    admit=_admit,
    apply=_apply,
    review=_review,
)
