"""Everything that `Tell` is told: an event's name, how serious it is, its meaning, what ends it.

Diagnostics and alarms both follow this table, and docs/operations.md is compared with it: an event
that is not here does not exist.
"""

from dataclasses import dataclass
from enum import Enum, auto
from typing import Final


class Severity(Enum):
    """Who should see an event."""

    INFO = auto()
    """Whoever reads the diagnostics."""

    WARNING = auto()
    """Somebody should look when there is time: it may mend itself."""

    ALARM = auto()
    """Somebody must look: it does not mend itself."""


@dataclass(frozen=True, slots=True)
class Event:
    """One kind of event.

    Attributes:
        name: As it is told.
        severity: Who should see it.
        zh: What it means, in Chinese.
        en: The same in English.
        ended_by: Events that say it is over; none for what simply happened.
    """

    name: str
    severity: Severity
    zh: str
    en: str
    ended_by: frozenset[str] = frozenset()


_PAID: Final = frozenset({"anchor.moved", "anchor.finished"})
_WELL: Final = frozenset({"anchor.recovered"})
_INFO, _WARNING, _ALARM = Severity.INFO, Severity.WARNING, Severity.ALARM

EVENTS: Final = (
    Event(
        "chain.lost_final_block",
        _ALARM,
        "链发生了比信任策略的确认深度更深的重组，已视为最终的锚定被撤销，将重新锚定",
        "the chain was reorganised deeper than the policy's depth: anchors that were final are"
        " taken back and anchored again",
    ),
    Event(
        "anchor.refused",
        _ALARM,
        "链或合约与日志相矛盾，锚定已停止",
        "chain or contract contradict the log; nothing is anchored",
        _WELL,
    ),
    Event(
        "anchor.crashed",
        _ALARM,
        "锚定程序出现内部错误，正在重试",
        "the anchorer met an error in the program, and tries again",
        _WELL,
    ),
    Event(
        "anchor.at_fee_cap",
        _ALARM,
        "锚定交易停滞，提高费用将超过设定的上限",
        "a tx is stuck, and a higher fee would be above the cap that is set",
        _PAID,
    ),
    Event(
        "anchor.over_budget",
        _ALARM,
        "24 小时的锚定预算已用完",
        "the budget of 24 hours does not allow for another tx",
        _PAID,
    ),
    Event(
        "anchor.low_balance",
        _ALARM,
        "发布账户余额不足，无法支付锚定费用",
        "the publisher's account cannot pay for a tx",
        _PAID,
    ),
    Event(
        "anchor.nonce_taken",
        _ALARM,
        "发布账户发出了不属于本服务的交易：密钥可能另有他人使用",
        "the publisher's account has sent a tx that is not ours: somebody else may have its key",
    ),
    Event(
        "anchor.overdue",
        _ALARM,
        "有记录超过规定时间仍未锚定",
        "a record has waited for its anchor for longer than is allowed",
        frozenset({"anchor.caught_up"}),
    ),
    Event(
        "nodes.disagree",
        _ALARM,
        "两个节点对同一事实的回答不一致",
        "two nodes tell the same thing differently",
        frozenset({"nodes.agree"}),
    ),
    Event(
        "follow.crashed",
        _ALARM,
        "跟踪链的程序出现内部错误，正在重试",
        "what follows the chain met an error in the program, and tries again",
        frozenset({"follow.recovered"}),
    ),
    Event(
        "cosign.crashed",
        _ALARM,
        "收集见证签名的程序出现内部错误，正在重试",
        "what collects cosignatures met an error in the program, and tries again",
    ),
    Event(
        "watch.crashed",
        _ALARM,
        "监测锚定进度的程序出现内部错误，正在重试",
        "what watches over anchoring met an error in the program, and tries again",
    ),
    Event(
        "anchor.waiting",
        _WARNING,
        "暂时无法锚定：链、数据库、密钥或见证方没有应答",
        "nothing can be anchored for now: chain, database, key or witnesses do not answer",
    ),
    Event(
        "anchor.without_evidence",
        _WARNING,
        "锚定已最终确认，但节点没有给出可用的链上证据",
        "an anchor is final, and the nodes gave no usable chain evidence of it",
    ),
    Event(
        "chain.away_at_start",
        _WARNING,
        "启动时链无法访问，锚定前会再比对",
        "the chain could not be reached at the start; it is compared before anything is anchored",
    ),
    Event(
        "follow.waiting", _WARNING, "无法读取链的最新状态", "the chain cannot be followed for now"
    ),
    Event("node.trouble", _WARNING, "一个节点出现问题", "something is wrong with a node"),
    Event("witness.trouble", _WARNING, "一个见证方出现问题", "something is wrong with a witness"),
    Event(
        "cosigned.too_few", _WARNING, "见证签名数量不足", "fewer witnesses cosigned than are wanted"
    ),
    Event("cosign.waiting", _WARNING, "暂时无法收集见证签名", "no cosignatures can be had for now"),
    Event("watch.waiting", _WARNING, "暂时无法得知锚定进度", "how far anchoring is cannot be read"),
    Event(
        "alarm.failed",
        _WARNING,
        "告警未能送出，稍后重试",
        "an alarm could not be handed over; it is tried again",
    ),
    Event("anchor.kept_head", _INFO, "沿用原树头重新发送", "a stuck anchor keeps its head"),
    Event("anchor.moved", _INFO, "锚定前进一步", "an anchor has come one step further"),
    Event("anchor.finished", _INFO, "锚定已最终确认", "an anchor is final"),
    Event("anchor.recovered", _INFO, "锚定恢复正常", "anchoring goes on"),
    Event(
        "anchor.standing_by",
        _INFO,
        "由另一进程锚定，本进程待命",
        "another process anchors; this one stands by",
    ),
    Event("anchor.caught_up", _INFO, "逾期的记录已锚定", "what was overdue is anchored"),
    Event("nodes.agree", _INFO, "两个节点的回答重新一致", "the two nodes agree again"),
    Event("node.recovered", _INFO, "节点恢复正常", "a node is well again"),
    Event("follow.recovered", _INFO, "恢复跟踪链", "the chain is followed again"),
    Event("witness.recovered", _INFO, "见证方恢复正常", "a witness is well again"),
    Event("cosigned", _INFO, "见证签名已收齐", "enough witnesses have cosigned"),
)
"""All of them, the most serious first."""

BY_NAME: Final = {event.name: event for event in EVENTS}


def severity_of(name: str) -> Severity:
    """Return how serious an event is; one that is not in the table is not to be overlooked."""
    return BY_NAME[name].severity if name in BY_NAME else Severity.WARNING
