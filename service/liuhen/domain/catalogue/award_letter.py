"""Award letter (中标通知书): binds both sides; the contract follows within thirty days."""

from collections.abc import Iterator
from datetime import date

from liuhen.domain.catalogue.award_notice import WINNER, check_may_award, published_on, winner_of
from liuhen.domain.catalogue.suspension import check_not_suspended
from liuhen.domain.deadline import deadline_on, due_day
from liuhen.domain.facts import Facts, RuleContext, regime_of, section_of, with_section
from liuhen.domain.field import choice, day, digest
from liuhen.domain.incoming import Incoming
from liuhen.domain.life_cycle import LifeCycle, Step
from liuhen.domain.reading import BEIJING, day_of, get_day, get_members, get_text
from liuhen.domain.record_type import RecordType, ReviewedCase
from liuhen.domain.regime import Regime
from liuhen.domain.rule import Basis, Rule, Shortfall
from liuhen.domain.sight import PUBLIC

NAME = "award_letter"

ACTIONS = {"issued": ("发出", "issued"), "changed": ("变更", "changed")}
LIFE = LifeCycle({"issued": Step({None}, "issued"), "changed": Step({"issued"}, "issued")}, ACTIONS)

BEFORE_NOTICE = Rule(
    "letter-before-notice",
    "中标通知书应在公告中标结果的同时发出",
    "the award letter goes out with the award notice, not before",
    Basis(
        "政府采购法实施条例第43条；87号令第69条",
        "Procurement Regulations art. 43; Order 87 art. 69",
    ),
)
OTHER_WINNER = Rule(
    "letter-other-winner",
    "中标通知书的中标人“{bid}”与公告不一致",
    "the letter names the bid {bid!r}, the notice another",
    Basis("招标投标法第45条", "Tendering Law art. 45"),
)
NO_CONTRACT = Rule(
    "contract-overdue",
    "合同最迟应于{due}订立，至今没有合同存证",
    "the contract was to be signed by {due} and was not",
    Basis("招标投标法第46条；政府采购法第46条", "Tendering Law art. 46; Procurement Law art. 46"),
)


def _admit(facts: Facts, record: Incoming, context: RuleContext) -> None:
    del context
    LIFE.check(get_text(section_of(facts, NAME), "state"), LIFE.action_of(record.data))
    check_not_suspended(facts, record)
    check_may_award(facts, record)
    if regime_of(facts) is Regime.ZC:
        notice, issued = published_on(facts), get_day(record.data, "issued_on") or record.day
        if notice is None and section_of(facts, "evaluation_report"):
            raise BEFORE_NOTICE.broken("/type")
        if notice is not None and issued < notice:
            raise BEFORE_NOTICE.broken("/data/issued_on")
    winner, bid = winner_of(facts), get_text(get_members(record.data, "winner"), "bid_id")
    if winner is not None and bid is not None and bid != winner:
        raise OTHER_WINNER.broken("/data/winner/bid_id", bid=bid)


def _apply(facts: Facts, record: Incoming, context: RuleContext) -> Facts:
    winner = get_members(record.data, "winner")
    issued = get_day(record.data, "issued_on") or record.day
    told = {
        "state": "issued",
        "issued_on": issued.isoformat(),
        "winner": get_text(winner, "bid_id"),
        "winner_name": context.mark_of(get_text(winner, "name")),
    }
    return with_section(facts, NAME, told)


def _review(case: ReviewedCase) -> Iterator[Shortfall]:
    issued, regime = issued_on(case.facts), regime_of(case.facts)
    if issued is None or regime not in (Regime.ZB, Regime.ZC) or case.of_type("contract"):
        return
    rule = deadline_on(f"{regime}-CONTRACT", issued)
    due = due_day(rule, issued, case.context.calendar).day
    if case.as_of.astimezone(BEIJING).date() > due:
        yield NO_CONTRACT.missed(due=due)


def issued_on(facts: Facts) -> date | None:
    """Return the day of the letter."""
    return day_of(get_text(section_of(facts, NAME), "issued_on"))


def winner_mark(facts: Facts) -> str | None:
    """Return the mark of the winner's name."""
    return get_text(section_of(facts, NAME), "winner_name")


TYPE = RecordType(
    name=NAME,
    zh="中标通知书",
    en="Award letter",
    fields=(
        choice(
            "action",
            "步骤",
            "step",
            ACTIONS,
            kept=True,
            sight=PUBLIC,
        ),
        WINNER,
        day("issued_on", "发出日期", "issued on", kept=True, sight=PUBLIC),
        day("contract_due", "合同订立期限", "contract due", sight=PUBLIC),
        digest("sha256", "文件摘要", "SHA-256", file_digest=True, sight=PUBLIC),
    ),
    admit=_admit,
    apply=_apply,
    review=_review,
)
