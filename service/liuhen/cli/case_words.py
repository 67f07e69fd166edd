"""What the check of a case and the replay of an evaluation say, in Chinese and English."""

from typing import Final

from liuhen.cli.words import Pair
from liuhen.core.verdict import Outcome
from liuhen.domain.case_report import CaseKind, Severity
from liuhen.domain.evaluation_replay import Agreement
from liuhen.domain.stage import Stage

CHECKED: Final[dict[Outcome, Pair]] = {
    Outcome.MATCH: Pair(
        "完整。案卷没有缺号，各步骤齐全，未发现违规。",
        "Complete. No record and no step is missing, and no rule is broken.",
    ),
    Outcome.WAITING: Pair(
        "进行中。未发现缺失或违规，尚有未到期的步骤。",
        "Open. Nothing is missing and no rule is broken; some steps are not due yet.",
    ),
    Outcome.DIFFERENT: Pair(
        "有缺失或违规，见下。",
        "There are shortfalls, named below.",
    ),
    Outcome.COULD_NOT_CHECK: Pair(
        "未能全部检查。已检查的部分没有发现确定的缺失或违规。",
        "Not everything could be checked. What was checked shows no certain shortfall.",
    ),
}
REPLAYED: Final[dict[Outcome, Pair]] = {
    Outcome.MATCH: Pair(
        "一致。按锁定的评分表和开标报价重算，结果与评标报告相同。",
        "Match. Computed again from the locked sheets and the opened prices, it is as reported.",
    ),
    Outcome.WAITING: Pair(
        "尚无评标报告可比对。",
        "There is no evaluation report yet to compare with.",
    ),
    Outcome.DIFFERENT: Pair(
        "不一致。重算结果与评标报告不同，见下。",
        "Different. What the sheets and prices make is not what the report says, see below.",
    ),
    Outcome.COULD_NOT_CHECK: Pair(
        "未能重算。缺少的内容见下；这不表示报告有误。",
        "It could not be computed again; what is missing is named below. That does not mean that"
        " the report is wrong.",
    ),
}
SEVERITIES: Final[dict[Severity, Pair]] = {
    Severity.BREACH: Pair("✗ 违规", "✗ breach"),
    Severity.MISSING: Pair("✗ 缺失", "✗ missing"),
    Severity.NOTICE: Pair("! 提示", "! notice"),
}
AGREEMENTS: Final[dict[Agreement, Pair]] = {
    Agreement.EQUAL: Pair("✓ 一致", "✓ equal"),
    Agreement.DIFFERS: Pair("✗ 不同", "✗ differs"),
    Agreement.CANNOT_TELL: Pair("- 无法判断", "- cannot tell"),
}
KINDS: Final[dict[CaseKind, Pair]] = {
    CaseKind.PROJECT: Pair("项目案卷", "project"),
    CaseKind.FINDING: Pair("监督检查问题案卷", "finding"),
    CaseKind.COMPLAINT: Pair("投诉案卷", "complaint"),
    CaseKind.TASK: Pair("督办任务案卷", "task"),
    CaseKind.OTHER: Pair("案卷", "case"),
}
STAGES: Final[dict[Stage, Pair]] = {
    Stage.PREPARATION: Pair("项目进场", "preparation"),
    Stage.BIDDING: Pair("投标", "open for bids"),
    Stage.OPENED: Pair("开标", "opened"),
    Stage.EVALUATION: Pair("评标", "evaluation"),
    Stage.RESULT: Pair("结果公示", "result published"),
    Stage.DISPUTE: Pair("质疑投诉", "dispute"),
    Stage.CONTRACT: Pair("合同履约", "contract"),
    Stage.ARCHIVE: Pair("归档", "archive"),
}
FIGURES: Final[dict[str, Pair]] = {
    "bid_id": Pair("投标", "the bid itself"),
    "price": Pair("报价", "price"),
    "price_score": Pair("价格得分", "points for the price"),
    "quality_average": Pair("其他因素平均得分", "mean of the other points"),
    "total": Pair("总分", "total"),
    "evaluated_price": Pair("经评审的投标价", "evaluated price"),
    "rank": Pair("排名", "rank"),
    "baseline_price": Pair("评标基准价", "baseline price"),
    "candidates": Pair("中标候选人", "candidates"),
}

COUNT: Final = Pair("{kind}，{count} 份记录", "{kind}, {count} records")
STAGE: Final = Pair("，阶段：{stage}", ", stage: {stage}")
ESTIMATE: Final = Pair("（估算：该年度工作日历尚未公布）", " [estimate: calendar not published]")
OPEN: Final = Pair("… 未到期", "… not due")
UNCHECKED: Final = Pair("- 未检查", "- not checked")
RECORD: Final = Pair("记录 {record}", "record {record}")
FIGURE: Final = Pair(
    "{bid} {figure}：报告 {reported}，重算 {computed}",
    "{bid} {figure}: reported {reported}, computed {computed}",
)
FAR: Final = Pair(
    "? 离群  席位 {seat} 对 {bid_id} “{factor}”评 {points}，各席位中位数 {median}",
    "? far off  seat {seat} gave {bid_id} {points} for {factor}, the median is {median}",
)
UNEQUAL: Final = Pair(
    "? 客观分不一致  席位 {seat} 对 {bid_id} “{factor}”评 {points}，各席位中位数 {median}"
    "（87号令第64条）",
    "? objective and unequal  seat {seat} gave {bid_id} {points} for {factor}, the median is"
    " {median} (Order 87 art. 64)",
)
CHANGED: Final = Pair(
    "! 锁定后修改  席位 {seat}，理由：{reason}，记录 {record}（87号令第64条）",
    "! changed after locking  seat {seat}, reason: {reason}, record {record} (Order 87 art. 64)",
)
AFTER_REPORT: Final = Pair("，在评标报告签署之后", ", after the report was signed")
POINTS: Final = Pair(
    "    {bid_id} {factor}：{before} → {after}", "    {bid_id} {factor}: {before} → {after}"
)
NO_REASON: Final = Pair("未写明", "none stated")
FROM_RECEIPTS: Final = Pair(
    "只依据所给的 {given} 份回执中标明属于该案卷的 {count} 份；回执本身请用 liuhen verify 核验。",
    "From receipts alone: {count} of {given} say that they are of this case. Check them with liuhen"
    " verify.",
)
FETCHED: Final = Pair(
    "新写入回执{fresh}份，已有{there}份；另有{withheld}份记录未向您的身份提供回执。",
    "{fresh} receipts written, {there} there already; {withheld} records are withheld from who you"
    " read as.",
)
