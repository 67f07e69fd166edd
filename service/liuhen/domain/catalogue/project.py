"""Project registration (项目登记): opens a project file and says by which law it is procured."""

from collections.abc import Iterator

from liuhen.domain.facts import Facts, RuleContext, advanced, section_of, with_section
from liuhen.domain.field import choice, code, digest, group, groups, moment, money, text
from liuhen.domain.incoming import Incoming
from liuhen.domain.life_cycle import LifeCycle, Step
from liuhen.domain.reading import (
    BEIJING,
    get_decimal,
    get_list,
    get_members,
    get_moment,
    get_text,
)
from liuhen.domain.record_type import RecordType, ReviewedCase
from liuhen.domain.rule import Basis, Rule, Shortfall
from liuhen.domain.sight import FROM_OPENING, PUBLIC, RESTRICTED
from liuhen.domain.stage import Stage

NAME = "project"

ACTIONS = {
    "registered": ("登记进场", "registered"),
    "failed": ("流标或废标", "failed"),
    "terminated": ("终止", "terminated"),
}
LIFE = LifeCycle(
    {
        "registered": Step({None}, "active"),
        "failed": Step({"active"}, "failed"),
        "terminated": Step({"active"}, "terminated"),
    },
    ACTIONS,
)
_END = Basis(
    "政府采购法第36、37条；招标投标法实施条例第31条",
    "Procurement Law art. 36, 37; Tendering Regulations art. 31",
)
REASON = Rule(
    "project-end-reason",
    "流标、废标或终止须说明理由",
    "a project fails or is terminated with a reason",
    _END,
)
OVER = Rule(
    "project-over",
    "项目已于{day}流标、废标或终止，不得继续",
    "the project failed or was terminated on {day} and does not go on",
    _END,
)
CHANNEL = Rule(
    "green-channel-ground",
    "走绿色通道须写明批准人和理由",
    "a green channel names who granted it and why",
)
FILING = Rule(
    "filing-differs",
    "备案材料“{number}”与主管部门数据不一致",
    "the filing {number!r} differs from what the department holds",
)


def _admit(facts: Facts, record: Incoming, context: RuleContext) -> None:
    del context
    action = LIFE.action_of(record.data)
    LIFE.check(state_of(facts), action)
    if action != "registered" and not get_text(record.data, "reason"):
        raise REASON.broken("/data/reason")
    channel = record.data.get("green_channel")
    if isinstance(channel, dict) and not (channel.get("granted_by") and channel.get("ground")):
        raise CHANNEL.broken("/data/green_channel")


def _apply(facts: Facts, record: Incoming, context: RuleContext) -> Facts:
    del context
    action, data = LIFE.action_of(record.data), record.data
    section = {**section_of(facts, NAME), "state": LIFE.after(state_of(facts), action)}
    if action != "registered":
        section["ended_at"] = record.at.isoformat()
        return with_section(facts, NAME, section)
    section.pop("ended_at", None)  # history of another system may tell of a second beginning
    category = get_text(data, "category")
    section["category"] = category if category in ("goods", "services", "works") else None
    budget = get_decimal(get_members(data, "budget"), "amount")
    section["is_large"] = budget is not None and budget >= 10_000_000
    told = with_section(facts, NAME, section)
    regime = get_text(data, "regime")
    if regime in ("ZB", "ZC", "other"):
        told = {**told, "regime": regime}
    return advanced(told, Stage.PREPARATION)


def _review(case: ReviewedCase) -> Iterator[Shortfall]:
    for record in case.of_type(NAME):
        for position, filing in enumerate(get_list(record.data, "filings")):
            if get_text(filing, "outcome") == "differs":
                number = get_text(filing, "number") or str(position)
                field = f"/data/filings/{position}/outcome"
                yield FILING.missed(record.record_id, field, number=number)


def state_of(facts: Facts) -> str | None:
    """Return active, failed or terminated; None where no project is registered."""
    return get_text(section_of(facts, NAME), "state")


def check_running(facts: Facts, record: Incoming) -> None:
    """Check that a step of the procurement was taken while there was something to procure.

    Raises:
        RecordRefused: It was taken after the project had failed or was terminated.
    """
    ended = get_moment(section_of(facts, NAME), "ended_at")
    if ended is not None and record.at > ended:
        raise OVER.broken("/occurred_at", day=ended.astimezone(BEIJING).date())


def category_of(facts: Facts) -> str | None:
    """Return goods, services or works, as far as it is known."""
    return get_text(section_of(facts, NAME), "category")


def has_ended(facts: Facts) -> bool:
    """Return whether the project failed or was terminated: it comes to no result."""
    return state_of(facts) in ("failed", "terminated")


def is_large(facts: Facts) -> bool:
    """Return whether the budget is ten million or more: then seven evaluators are needed (ZC)."""
    return section_of(facts, NAME).get("is_large") is True


TYPE = RecordType(
    name=NAME,
    zh="项目登记",
    en="Project registration",
    fields=(
        choice(
            "action",
            "步骤",
            "step",
            ACTIONS,
            kept=True,
            sight=PUBLIC,
        ),
        text("name", "项目名称", "name", required=True, sight=PUBLIC),
        choice(
            "regime",
            "适用法律",
            "regime",
            {
                "ZB": ("招标投标法", "Tendering Law"),
                "ZC": ("政府采购法", "Government Procurement Law"),
                "other": ("其他", "other"),
            },
            required=True,
            kept=True,
            sight=PUBLIC,
        ),
        choice(
            "category",
            "采购类别",
            "category",
            {
                "goods": ("货物", "goods"),
                "services": ("服务", "services"),
                "works": ("工程", "works"),
            },
            kept=True,
            sight=PUBLIC,
        ),
        code("project_no", "项目编号", "project number", sight=PUBLIC),
        text("purchaser", "采购人/招标人", "purchaser", sight=PUBLIC),
        text("agency", "代理机构", "agency", sight=PUBLIC),
        text("centre", "交易中心", "trading centre", sight=PUBLIC),
        text("supervisor", "监督部门", "supervisor", sight=PUBLIC),
        money("budget", "预算金额", "budget", sight=PUBLIC, kept=True),
        money("ceiling_price", "最高限价", "ceiling price", sight=PUBLIC),
        text("evaluation_method", "评审办法", "evaluation method", sight=PUBLIC),
        groups(
            "sections",
            "标段",
            "sections",
            code("section", "标段号", "section", required=True),
            text("name", "名称", "name"),
            sight=PUBLIC,
        ),
        group(
            "green_channel",
            "绿色通道",
            "green channel",
            text("granted_by", "批准人", "granted by"),
            text("ground", "理由", "ground"),
            sight=RESTRICTED,
        ),
        groups(
            "filings",
            "备案材料",
            "filings held by departments",
            text("department", "主管部门", "department"),
            code("number", "备案号", "number"),
            digest("sha256", "摘要", "SHA-256"),
            moment("checked_at", "核验时间", "checked at"),
            choice(
                "outcome",
                "核验结果",
                "outcome",
                {
                    "matched": ("一致", "matched"),
                    "differs": ("不一致", "differs"),
                    "unreachable": ("未能核验", "not reachable"),
                },
            ),
            sight=RESTRICTED,
        ),
        text("reason", "理由", "reason", sight=FROM_OPENING),
    ),
    admit=_admit,
    apply=_apply,
    review=_review,
)
