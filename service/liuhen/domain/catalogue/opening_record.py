"""Record of the opening (开标记录): every sealed bid is opened, and its price read out."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from liuhen.domain.catalogue.bid_receipt import valid_bids
from liuhen.domain.catalogue.project import check_running
from liuhen.domain.catalogue.suspension import check_not_suspended
from liuhen.domain.catalogue.tender_document import deadline_of
from liuhen.domain.dispute import waiting
from liuhen.domain.facts import Facts, RuleContext, advanced, regime_of, section_of, with_section
from liuhen.domain.field import choice, code, digest, groups, moment, money, text, whole
from liuhen.domain.incoming import Incoming
from liuhen.domain.life_cycle import LifeCycle, Step
from liuhen.domain.reading import BEIJING, day_of, get_list, get_text, get_texts, moment_of
from liuhen.domain.record_type import RecordType, ReviewedCase
from liuhen.domain.regime import Regime
from liuhen.domain.rule import Basis, Rule, Shortfall
from liuhen.domain.sight import FROM_OPENING, PUBLIC, sight
from liuhen.domain.stage import Stage

NAME = "opening_record"

ACTIONS = {"opened": ("开标", "opened"), "closed": ("开标结束", "closed")}
LIFE = LifeCycle({"opened": Step({None}, "open"), "closed": Step({"open"}, "closed")}, ACTIONS)
PUNCTUAL = timedelta(minutes=5)

_OPENING = Basis("招标投标法第34条；87号令第39条", "Tendering Law art. 34; Order 87 art. 39")
TOO_EARLY = Rule(
    "opening-too-early",
    "投标截止时间（{deadline}）前不得开标",
    "bids are not opened before the deadline ({deadline})",
    _OPENING,
)
TOO_LATE = Rule(
    "opening-late",
    "开标应在投标截止的同一时间进行，晚了{minutes}分钟",
    "bids are opened at the deadline, here {minutes} minutes later",
    _OPENING,
)
OBJECTION_OPEN = Rule(
    "opening-objection-open",
    "对招标文件的异议“{number}”尚未答复，应暂停招标投标活动，不得开标",
    "the objection {number!r} is not answered yet: until it is, nothing is opened",
    Basis("招标投标法实施条例第22条", "Tendering Regulations art. 22"),
)
NO_SUCH_BID = Rule(
    "opened-unknown-bid",
    "投标“{bid}”没有有效的投标回执",
    "the bid {bid!r} has no valid receipt",
    Basis("招标投标法第36条", "Tendering Law art. 36"),
)
OTHER_FILE = Rule(
    "opened-other-file",
    "投标“{bid}”开标的密文与回执不一致",
    "the sealed file opened for {bid!r} is not the one of its receipt",
    Basis("招标投标法第36条", "Tendering Law art. 36"),
)
NOT_OPENED = Rule(
    "bid-not-opened",
    "截止前收到的投标“{bid}”没有当众拆封",
    "the bid {bid!r} came in time and was not opened",
    Basis("招标投标法第36条", "Tendering Law art. 36"),
)
TOO_FEW = Rule(
    "opened-too-few-bids",
    "有效投标人不足{least}家，不得开标，现为{actual}家",
    "with fewer than {least} bids nothing is opened, here with {actual}",
    Basis(
        "招标投标法第28条；招标投标法实施条例第44条；政府采购法第36条",
        "Tendering Law art. 28; Tendering Regulations art. 44; Procurement Law art. 36",
    ),
)
LEAST_BIDS = 3
NO_OPENING = Rule(
    "opening-missing",
    "已评标，但没有开标记录的存证",
    "bids were evaluated and there is no record of the opening",
    Basis("招标投标法第36条；87号令第42条", "Tendering Law art. 36; Order 87 art. 42"),
)


def _admit(facts: Facts, record: Incoming, context: RuleContext) -> None:
    data, action = record.data, LIFE.action_of(record.data)
    LIFE.check(get_text(section_of(facts, NAME), "state"), action)
    check_running(facts, record)
    if action == "opened":
        check_not_suspended(facts, record)
        waits = () if regime_of(facts) is Regime.ZC else waiting(facts, "objection")
        if waits:
            raise OBJECTION_OPEN.broken("/type", number=waits[0])
    deadline = deadline_of(facts)
    # By the log's clock too, and before anything is said of bids: else a time that is still to
    # come would tell which of them there are.
    if deadline is not None and min(record.at, record.recorded_at) < deadline:
        local = deadline.astimezone(BEIJING).isoformat()
        raise TOO_EARLY.broken("/occurred_at", deadline=local)
    known = valid_bids(facts)
    for position, each in enumerate(get_list(data, "bids")):
        bid, place = get_text(each, "bid_id") or "", f"/data/bids/{position}"
        if not known:
            continue
        if bid not in known:
            raise NO_SUCH_BID.broken(f"{place}/bid_id", bid=bid)
        sealed, opened = get_text(known[bid], "ciphertext"), get_text(each, "ciphertext_sha256")
        if sealed is not None and opened is not None and sealed != context.mark_of(opened):
            raise OTHER_FILE.broken(f"{place}/ciphertext_sha256", bid=bid)


def _apply(facts: Facts, record: Incoming, context: RuleContext) -> Facts:
    del context
    section, action = dict(section_of(facts, NAME)), LIFE.action_of(record.data)
    section["state"] = LIFE.after(get_text(section, "state"), action)
    section.setdefault("opened_on", record.day.isoformat())
    if action == "closed":
        section["closed_at"] = record.at.isoformat()
    bids = {get_text(each, "bid_id") for each in get_list(record.data, "bids")}
    if bids:
        section["bids"] = [*sorted(bid for bid in bids if bid is not None)]
    return advanced(with_section(facts, NAME, section), Stage.OPENED)


def _review(case: ReviewedCase) -> Iterator[Shortfall]:
    openings = case.of_type(NAME)
    if not openings:
        if case.of_type("score_sheet", "evaluation_report"):
            yield NO_OPENING.missed()
        return
    deadline = deadline_of(case.facts)
    if deadline is not None and openings[0].at - deadline > PUNCTUAL:
        minutes = int((openings[0].at - deadline).total_seconds()) // 60
        yield TOO_LATE.missed(openings[0].record_id, "/occurred_at", minutes=minutes)
    opened, valid = set(opened_bids(case.facts)), set(valid_bids(case.facts))
    is_bound = regime_of(case.facts) is not Regime.OTHER
    if opened and len(opened | valid) < LEAST_BIDS and is_bound:
        actual = len(opened | valid)
        yield TOO_FEW.missed(openings[0].record_id, "/data/bids", least=LEAST_BIDS, actual=actual)
    for bid in sorted(valid - opened):
        yield NOT_OPENED.missed(openings[0].record_id, "/data/bids", bid=bid)


def opened_on(facts: Facts) -> date | None:
    """Return the day of the opening."""
    return day_of(get_text(section_of(facts, NAME), "opened_on"))


def closed_at(facts: Facts) -> datetime | None:
    """Return when the opening was over."""
    return moment_of(get_text(section_of(facts, NAME), "closed_at"))


def opened_bids(facts: Facts) -> list[str]:
    """Return the codes of the bids that were opened, sorted."""
    return list(get_texts(section_of(facts, NAME), "bids"))


_RESTRICTED_FROM_OPENING = sight("SSRRRRRR")

TYPE = RecordType(
    name=NAME,
    zh="开标记录",
    en="Record of the opening",
    fields=(
        choice(
            "action",
            "步骤",
            "step",
            ACTIONS,
            kept=True,
            sight=PUBLIC,
        ),
        moment("opened_at", "开标时间", "opened at", sight=FROM_OPENING),
        whole("decryption_window_minutes", "解密时限（分钟）", "minutes to decrypt", sight=PUBLIC),
        money("base_price", "标底", "base price", sight=FROM_OPENING),
        groups(
            "bids",
            "投标",
            "bids",
            code("bid_id", "投标编号", "bid", required=True, kept=True),
            text("supplier_name", "供应商名称", "name of the supplier"),
            choice(
                "result",
                "解密结果",
                "result",
                {
                    "decrypted": ("已解密", "decrypted"),
                    "not_decrypted": ("未解密", "not decrypted"),
                },
            ),
            moment("decrypted_at", "解密时间", "decrypted at"),
            digest(
                "ciphertext_sha256",
                "密文摘要",
                "SHA-256 of the sealed bid",
                sight=_RESTRICTED_FROM_OPENING,
            ),
            digest(
                "plaintext_sha256",
                "明文摘要",
                "SHA-256 of the opened bid",
                file_digest=True,
                sight=_RESTRICTED_FROM_OPENING,
            ),
            money("price", "报价", "price"),
            sight=FROM_OPENING,
        ),
        groups(
            "objections",
            "开标异议",
            "objections raised",
            text("by", "提出人", "by"),
            text("text", "内容", "what"),
            text("answer", "答复", "answer"),
            sight=_RESTRICTED_FROM_OPENING,
        ),
    ),
    admit=_admit,
    apply=_apply,
    review=_review,
)
