"""The answer of a window as one sentence, in both languages."""

from datetime import date

from liuhen.domain.field import Label
from liuhen.domain.window_answer import Matter, Window, WindowState
from liuhen.domain.working_day import Calendar

MATTER_LABELS = {
    Matter.DOCUMENT: Label("招标（采购）文件", "tender document"),
    Matter.PREQUALIFICATION: Label("资格预审文件", "prequalification document"),
    Matter.PROCESS: Label("采购过程", "process"),
    Matter.OPENING: Label("开标", "opening"),
    Matter.RESULT: Label("结果", "result"),
    Matter.COMPLAINT: Label("投诉", "complaint"),
}
_ABOUT = Label("（估计，以公告为准）", " (an estimate; the notice decides)")
_OPEN = Label(
    "可以，截至{last}当日结束（还有{working}个工作日，{days}日）{about}",
    "Yes, until the end of {last}: {working} working days and {days} days are left{about}",
)
_CLOSED = Label("已超过期限：截至{last}{about}", "No longer: it ended with {last}{about}")
_NOT_YET_FROM = Label("尚未开始：自{first}起{about}", "Not yet: from {first} on{about}")
_NOT_YET = Label("尚未开始", "Not yet")
_GONE = Label("已超过期限：前置程序的期限均已届满", "No longer: what must come first is over too")
_UNKNOWN = Label("无法判断：缺少{missing}的记录或说明", "It cannot be told without {missing}")
MISSING_LABELS = {
    "regime": Label("适用法律", "the law that holds"),
    "bid_deadline": Label("投标截止时间", "the bid deadline"),
    "prequalification_deadline": Label("资格预审截止时间", "the prequalification deadline"),
    "opening_record": Label("开标", "the opening"),
    "tender_document": Label("招标（采购）文件", "the tender document"),
    "candidate_publicity": Label("中标候选人公示", "the publication of the candidates"),
    "award_notice": Label("中标结果公告", "the award notice"),
    "objection": Label("异议", "the objection"),
    "challenge": Label("质疑", "the challenge"),
    "known_on": Label("知道或应当知道之日", "the day you knew"),
    "filed_on": Label("提出异议（质疑）之日", "the day you raised yours"),
}
"""What may be missing, by its name in the answer."""


def sentence(window: Window, day: date, calendar: Calendar) -> Label:
    """Return the answer of a window that was asked of on a day."""
    words = _words(window)
    facts = {
        "first": window.first,
        "last": window.last,
        "days": window.days_left(day),
        "working": window.working_days_left(day, calendar),
    }
    lacking = [MISSING_LABELS[name] for name in window.missing]
    missing = (
        "、".join(each.zh for each in lacking) or "有关",
        " or ".join(each.en for each in lacking) or "more",
    )
    about = (_ABOUT.zh, _ABOUT.en) if window.is_estimate else ("", "")
    return Label(
        words.zh.format(**facts, missing=missing[0], about=about[0]),
        words.en.format(**facts, missing=missing[1], about=about[1]),
    )


def _words(window: Window) -> Label:
    if window.state is WindowState.OPEN:
        return _OPEN
    if window.state is WindowState.CLOSED:
        return _GONE if window.last is None else _CLOSED
    if window.state is WindowState.NOT_YET:
        return _NOT_YET if window.first is None else _NOT_YET_FROM
    return _UNKNOWN
