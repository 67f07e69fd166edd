"""Evaluation report (评标报告): the totals, the order, who dissented, and whom it recommends."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from liuhen.domain.catalogue.project import is_large
from liuhen.domain.catalogue.score_sheet import LIFE as SHEET_LIFE
from liuhen.domain.catalogue.score_sheet import last_lock, locked_seats
from liuhen.domain.catalogue.seat_assignment import seats_of
from liuhen.domain.deadline import deadline_on, due_day
from liuhen.domain.facts import Facts, RuleContext, regime_of, section_of, with_section
from liuhen.domain.field import (
    choice,
    code,
    codes,
    decimal,
    digest,
    flag,
    groups,
    moment,
    text,
    whole,
)
from liuhen.domain.incoming import Incoming
from liuhen.domain.life_cycle import LifeCycle, Step
from liuhen.domain.reading import (
    BEIJING,
    Members,
    day_of,
    get_list,
    get_moment,
    get_text,
    get_texts,
    get_whole,
)
from liuhen.domain.record_type import RecordType, ReviewedCase
from liuhen.domain.regime import Regime
from liuhen.domain.rule import Basis, Rule, Shortfall
from liuhen.domain.sight import FROM_RESULT_RESTRICTED

NAME = "evaluation_report"
MOST_CANDIDATES = 3

ACTIONS = {
    "signed": ("已签署", "signed"),
    "draft": ("草稿", "draft"),
    "revised": ("修改", "revised"),
}
LIFE = LifeCycle(
    {
        "signed": Step({None, "draft"}, "signed"),
        "draft": Step({None, "draft"}, "draft"),
        "revised": Step({"signed"}, "signed"),
    },
    ACTIONS,
)
_REPORT = Basis("87号令第58条；招标投标法第40条", "Order 87 art. 58; Tendering Law art. 40")
BEFORE_LAST_LOCK = Rule(
    "report-before-last-lock",
    "席位{seats_zh}的评分表尚未锁定，不得签署评标报告",
    "the report is not signed before the sheets of {seats} are locked",
    _REPORT,
)
EARLIER_THAN_LOCK = Rule(
    "report-earlier-than-lock",
    "评标报告时间早于最后一份评分表锁定时间（{lock}）",
    "the report is older than the newest locked sheet ({lock})",
    _REPORT,
)
_RANKED = Basis("招标投标法实施条例第53条", "Tendering Regulations art. 53")
TOO_MANY = Rule(
    "report-candidates",
    "推荐的中标候选人不得超过3个",
    "a report recommends three candidates at most",
    _RANKED,
)
ORDER = Rule(
    "report-candidates-order",
    "中标候选人须按评审排名排列，“{bid}”排名第{rank}",
    "candidates stand in the order of the evaluation; {bid!r} has rank {rank}",
    _RANKED,
)
REJECTED = Rule(
    "report-candidate-rejected",
    "投标“{bid}”已被否决，不得推荐为中标候选人",
    "the bid {bid!r} was rejected and is no candidate",
    Basis(
        "招标投标法实施条例第51条；87号令第63条", "Tendering Regulations art. 51; Order 87 art. 63"
    ),
)
NO_SUCH_SEAT = Rule(
    "report-unknown-seat",
    "没有席位“{seat}”",
    "there is no seat {seat!r} in this evaluation",
)
NO_REASON = Rule(
    "report-revision-reason",
    "修改评标报告须说明理由",
    "a signed report is revised with a reason",
    Basis("87号令第64条", "Order 87 art. 64"),
)
NOT_SIGNED = Rule(
    "report-not-signed",
    "席位“{seat}”既未签署评标报告，也未书面说明不同意见（视为同意评标结果）",
    "the seat {seat!r} neither signed the report nor stated a dissent, so it counts as agreeing",
    Basis(
        "招标投标法实施条例第53条；87号令第61条", "Tendering Regulations art. 53; Order 87 art. 61"
    ),
    is_lack=True,
)
SENT_LATE = Rule(
    "report-sent-late",
    "评标报告最迟应于{due}送交采购人，实际于{actual}送交",
    "the report is due at the purchaser by {due} and was sent on {actual}",
    Basis("政府采购法实施条例第43条", "Procurement Regulations art. 43"),
)
NOT_SENT = Rule(
    "report-not-sent",
    "评标报告最迟应于{due}送交采购人，至今没有送交记录",
    "the report was due at the purchaser by {due}; nothing says that it was sent",
    Basis("政府采购法实施条例第43条", "Procurement Regulations art. 43"),
    is_lack=True,
)
COMMITTEE = Rule(
    "committee-size",
    "评标委员会应为{least}人以上单数，现为{actual}人",
    "a committee has an odd number of members, {least} at least, here {actual}",
    Basis("招标投标法第37条；87号令第47条", "Tendering Law art. 37; Order 87 art. 47"),
)


def _admit(facts: Facts, record: Incoming, context: RuleContext) -> None:
    del context
    data, action = record.data, LIFE.action_of(record.data)
    LIFE.check(get_text(section_of(facts, NAME), "state"), action)
    if len(get_texts(data, "candidates")) > MOST_CANDIDATES:
        raise TOO_MANY.broken("/data/candidates")
    _check_candidates(data)
    if action == "revised" and get_text(data, "reason") is None:
        raise NO_REASON.broken("/data/reason")
    if action == "draft":
        return
    seats = seats_of(facts)
    for position, seat in enumerate(get_texts(data, "signatures") if seats else ()):
        if seat not in seats:
            raise NO_SUCH_SEAT.broken(f"/data/signatures/{position}", seat=seat)
    open_seats = sorted(set(seats) - set(locked_seats(facts)))
    if open_seats:
        seats_zh, named = "、".join(open_seats), ", ".join(open_seats)
        raise BEFORE_LAST_LOCK.broken("/data/action", seats=named, seats_zh=seats_zh)
    lock = last_lock(facts)
    if lock is not None and record.at < lock:
        local = lock.astimezone(BEIJING).isoformat()
        raise EARLIER_THAN_LOCK.broken("/occurred_at", lock=local)


def _check_candidates(data: Members) -> None:
    ranks = {get_text(s, "bid_id"): get_whole(s, "rank") for s in get_list(data, "summary")}
    rejected = {get_text(each, "bid_id") for each in get_list(data, "rejected")}
    highest = 0
    for position, bid in enumerate(get_texts(data, "candidates")):
        place, rank = f"/data/candidates/{position}", ranks.get(bid)
        if bid in rejected:
            raise REJECTED.broken(place, bid=bid)
        if rank is not None and rank < highest:
            raise ORDER.broken(place, bid=bid, rank=rank)
        highest = rank or highest


def _apply(facts: Facts, record: Incoming, context: RuleContext) -> Facts:
    del context
    section, action = dict(section_of(facts, NAME)), LIFE.action_of(record.data)
    section["state"] = LIFE.after(get_text(section, "state"), action)
    if action != "draft":
        section["signed_on"] = record.day.isoformat()
        section["candidates"] = [*get_texts(record.data, "candidates")]
        sent = get_moment(record.data, "sent_to_purchaser_at")
        if sent is not None:
            section["sent_on"] = sent.astimezone(BEIJING).date().isoformat()
    return with_section(facts, NAME, section)


def _review(case: ReviewedCase) -> Iterator[Shortfall]:
    reports = [r for r in case.of_type(NAME) if LIFE.action_of(r.data) != "draft"]
    if not reports:
        return
    newest, seats = reports[-1], seats_of(case.facts)
    signed = set(get_texts(newest.data, "signatures"))
    dissenting = {get_text(each, "seat") for each in get_list(newest.data, "dissent")}
    for seat in seats:
        if signed and seat not in signed | dissenting:
            yield NOT_SIGNED.missed(newest.record_id, "/data/signatures", seat=seat)
    for lock in _later_locks(case, newest):
        local = lock.astimezone(BEIJING).isoformat()
        yield EARLIER_THAN_LOCK.missed(newest.record_id, "/occurred_at", lock=local)
    regime = regime_of(case.facts)
    least = 7 if regime is Regime.ZC and is_large(case.facts) else 5
    is_short = len(seats) % 2 == 0 or len(seats) < least
    if seats and is_short and regime is not Regime.OTHER:
        yield COMMITTEE.missed(newest.record_id, least=least, actual=len(seats))
    if regime is Regime.ZC:
        yield from _review_sending(case, reports[0])


def _later_locks(case: ReviewedCase, report: Incoming) -> list[datetime]:
    """Return when the newest sheet was locked that came behind the report, if it was after it.

    What came before the report was held against it when it came in.
    """
    behind = case.records[case.records.index(report) + 1 :]
    locks = [each.at for each in behind if each.type == "score_sheet" and _is_locked(each)]
    newest = max(locks, default=report.at)
    return [newest] if newest > report.at else []


def _is_locked(sheet: Incoming) -> bool:
    return SHEET_LIFE.action_of(sheet.data) == "locked"


def _review_sending(case: ReviewedCase, report: Incoming) -> Iterator[Shortfall]:
    due = due_day(deadline_on("ZC-REPORT", report.day), report.day, case.context.calendar).day
    sent = day_of(get_text(section_of(case.facts, NAME), "sent_on"))
    if sent is not None and sent > due:
        yield SENT_LATE.missed(report.record_id, due=due, actual=sent)
    if sent is None and case.as_of.astimezone(BEIJING).date() > due:
        yield NOT_SENT.missed(report.record_id, due=due)


def signed_on(facts: Facts) -> date | None:
    """Return the day on which the report was signed."""
    return day_of(get_text(section_of(facts, NAME), "signed_on"))


def sent_on(facts: Facts) -> date | None:
    """Return the day on which the purchaser got the report."""
    return day_of(get_text(section_of(facts, NAME), "sent_on"))


def candidates_of(facts: Facts) -> Sequence[str]:
    """Return the bids that the report recommends, best first; none while there is no report."""
    return get_texts(section_of(facts, NAME), "candidates")


TYPE = RecordType(
    name=NAME,
    zh="评标报告",
    en="Evaluation report",
    fields=(
        choice(
            "action",
            "步骤",
            "step",
            ACTIONS,
            kept=True,
            sight=FROM_RESULT_RESTRICTED,
        ),
        text("formula", "计算公式", "formula", sight=FROM_RESULT_RESTRICTED),
        decimal("baseline_price", "评标基准价", "baseline price", sight=FROM_RESULT_RESTRICTED),
        groups(
            "summary",
            "汇总",
            "summary",
            code("bid_id", "投标编号", "bid", required=True),
            text("supplier_name", "供应商名称", "name of the supplier"),
            decimal("price", "报价", "price"),
            decimal("price_score", "价格得分", "points for the price"),
            decimal("quality_average", "其他因素平均得分", "mean of the other points"),
            decimal("total", "总分", "total"),
            decimal("evaluated_price", "经评审的投标价", "evaluated price"),
            whole("rank", "排名", "rank"),
            sight=FROM_RESULT_RESTRICTED,
        ),
        groups(
            "rejected",
            "否决投标",
            "rejected bids",
            code("bid_id", "投标编号", "bid", required=True),
            text("reason", "理由", "reason"),
            text("basis", "依据", "legal basis"),
            sight=FROM_RESULT_RESTRICTED,
        ),
        groups(
            "dissent",
            "不同意见",
            "dissent",
            code("seat", "席位", "seat", required=True),
            text("opinion", "意见", "opinion"),
            flag("signed", "已签字", "signed"),
            sight=FROM_RESULT_RESTRICTED,
        ),
        codes("candidates", "中标候选人", "candidates", kept=True, sight=FROM_RESULT_RESTRICTED),
        codes("signatures", "签字席位", "seats that signed", sight=FROM_RESULT_RESTRICTED),
        moment(
            "sent_to_purchaser_at",
            "送交采购人时间",
            "sent to the purchaser at",
            kept=True,
            sight=FROM_RESULT_RESTRICTED,
        ),
        digest("sha256", "文件摘要", "SHA-256", file_digest=True, sight=FROM_RESULT_RESTRICTED),
        text("reason", "修改理由", "reason for the revision", sight=FROM_RESULT_RESTRICTED),
    ),
    admit=_admit,
    apply=_apply,
    review=_review,
)
