"""Contract (合同): signed with the winner within thirty days, then published and filed (ZC)."""

from collections.abc import Iterator
from datetime import date

from liuhen.domain.catalogue.award_letter import issued_on, winner_mark
from liuhen.domain.catalogue.project import check_running
from liuhen.domain.catalogue.suspension import check_not_suspended
from liuhen.domain.deadline import deadline_on, due_day
from liuhen.domain.facts import Facts, RuleContext, advanced, regime_of, section_of, with_section
from liuhen.domain.field import choice, code, day, digest, money, text
from liuhen.domain.incoming import Incoming
from liuhen.domain.life_cycle import LifeCycle, Step
from liuhen.domain.reading import BEIJING, day_of, get_day, get_text
from liuhen.domain.record_type import RecordType, ReviewedCase
from liuhen.domain.regime import Regime
from liuhen.domain.rule import Basis, Rule, Shortfall
from liuhen.domain.sight import PUBLIC, RESTRICTED
from liuhen.domain.stage import Stage

NAME = "contract"

ACTIONS = {
    "signed": ("签订", "signed"),
    "amended": ("变更", "amended"),
    "published": ("公告", "published"),
    "filed": ("备案", "filed"),
}
LIFE = LifeCycle(
    {
        "signed": Step({None, "signed"}, "signed"),
        "amended": Step({"signed"}, "signed"),
        "published": Step({"signed"}, "signed"),
        "filed": Step({"signed"}, "signed"),
    },
    ACTIONS,
)
_ART_46 = Basis(
    "招标投标法第46条；政府采购法第46条", "Tendering Law art. 46; Procurement Law art. 46"
)
_PUBLISHING = Basis("政府采购法实施条例第50条", "Procurement Regulations art. 50")
_FILING = Basis("政府采购法第47条", "Procurement Law art. 47")
BEFORE_LETTER = Rule(
    "contract-before-letter",
    "中标通知书发出前不得签订合同",
    "no contract is signed before the award letter",
    _ART_46,
)
OTHER_PARTY = Rule(
    "contract-other-party",
    "合同相对方不是中标人",
    "the contract is with somebody else than the winner",
    _ART_46,
)
SIGNED_LATE = Rule(
    "contract-signed-late",
    "合同最迟应于{due}订立，实际于{actual}订立",
    "the contract was to be signed by {due} and was on {actual}",
    _ART_46,
)
NOT_PUBLISHED = Rule(
    "contract-not-published",
    "合同最迟应于{due}公告，至今没有公告记录",
    "the contract was to be published by {due} and was not",
    _PUBLISHING,
)
PUBLISHED_LATE = Rule(
    "contract-published-late",
    "合同最迟应于{due}公告，实际于{actual}公告",
    "the contract was to be published by {due} and was on {actual}",
    _PUBLISHING,
)
NOT_FILED = Rule(
    "contract-not-filed",
    "合同最迟应于{due}备案，至今没有备案记录",
    "the contract was to be filed by {due} and was not",
    _FILING,
)
FILED_LATE = Rule(
    "contract-filed-late",
    "合同最迟应于{due}备案，实际于{actual}备案",
    "the contract was to be filed by {due} and was on {actual}",
    _FILING,
)


def _admit(facts: Facts, record: Incoming, context: RuleContext) -> None:
    data, action = record.data, LIFE.action_of(record.data)
    LIFE.check(get_text(section_of(facts, NAME), "state"), action)
    if action != "signed":
        return
    check_running(facts, record)
    check_not_suspended(facts, record)
    issued, signed = issued_on(facts), get_day(data, "signed_on") or record.day
    has_award = bool(section_of(facts, "award_notice") or section_of(facts, "score_sheet"))
    if (issued is None and has_award) or (issued is not None and signed < issued):
        raise BEFORE_LETTER.broken("/data/signed_on")
    winner, party = winner_mark(facts), context.mark_of(get_text(data, "supplier_name"))
    if winner is not None and party is not None and party != winner:
        raise OTHER_PARTY.broken("/data/supplier_name")


def _apply(facts: Facts, record: Incoming, context: RuleContext) -> Facts:
    del context
    action, section = LIFE.action_of(record.data), dict(section_of(facts, NAME))
    section["state"] = "signed"
    if action == "signed":
        signed = get_day(record.data, "signed_on") or record.day
        section.setdefault("signed_on", signed.isoformat())
    else:
        section.setdefault(f"{action}_on", record.day.isoformat())
    return advanced(with_section(facts, NAME, section), Stage.CONTRACT)


def _review(case: ReviewedCase) -> Iterator[Shortfall]:
    section, regime = section_of(case.facts, NAME), regime_of(case.facts)
    signed, issued = signed_on(case.facts), issued_on(case.facts)
    if signed is None or regime not in (Regime.ZB, Regime.ZC):
        return
    calendar, today = case.context.calendar, case.as_of.astimezone(BEIJING).date()
    if issued is not None:
        due = due_day(deadline_on(f"{regime}-CONTRACT", issued), issued, calendar).day
        if signed > due:
            record = case.told_by(NAME, "signed", None)
            yield SIGNED_LATE.missed(record, due=due, actual=signed)
    if regime is not Regime.ZC:
        return
    for missing, late, name, step in (
        (NOT_PUBLISHED, PUBLISHED_LATE, "ZC-CONTRACTNOTICE", "published"),
        (NOT_FILED, FILED_LATE, "ZC-FILE", "filed"),
    ):
        due = due_day(deadline_on(name, signed), signed, calendar).day
        done = get_day(section, f"{step}_on")
        if done is None and today > due:
            yield missing.missed(due=due)
        if done is not None and done > due:
            yield late.missed(case.told_by(NAME, step), due=due, actual=done)


def signed_on(facts: Facts) -> date | None:
    """Return the day on which the first contract was signed."""
    return day_of(get_text(section_of(facts, NAME), "signed_on"))


TYPE = RecordType(
    name=NAME,
    zh="合同",
    en="Contract",
    fields=(
        choice(
            "action",
            "步骤",
            "step",
            ACTIONS,
            kept=True,
            sight=PUBLIC,
        ),
        code("contract_no", "合同编号", "number", sight=PUBLIC),
        text("supplier_name", "供应商名称", "name of the supplier", sight=PUBLIC),
        money("amount", "合同金额", "amount", sight=PUBLIC),
        day("signed_on", "签订日期", "signed on", kept=True, sight=PUBLIC),
        digest("sha256", "文件摘要", "SHA-256", file_digest=True, sight=PUBLIC),
        text("change", "变更内容", "what changes", sight=RESTRICTED),
    ),
    admit=_admit,
    apply=_apply,
    review=_review,
)
