"""What `liuhen anchor status` says to a person, in Chinese and English."""

from typing import Final

from liuhen.cli import exits
from liuhen.cli.words import Pair

SENTENCES: Final[dict[int, Pair]] = {
    exits.MATCH: Pair(
        "日志 {log}：全部记录已锚定，或正在锚定。",
        "Log {log}: everything is anchored, or on its way.",
    ),
    exits.WAITING: Pair(
        "日志 {log}：锚定受阻，有记录等待过久或费用无法支付。",
        "Log {log}: anchoring is held up. A record waits for too long, or a tx cannot be paid for.",
    ),
    exits.DIFFERENT: Pair(
        "日志 {log}：链与日志相矛盾，不会再锚定。",
        "Log {log}: the chain contradicts the log. Nothing is anchored.",
    ),
    exits.COULD_NOT_CHECK: Pair(
        "日志 {log}：无法询问节点，以下仅为数据库中的情况。",
        "Log {log}: the nodes could not be asked. What follows is from the database alone.",
    ),
}
"""By exit code; which codes there are, `anchor_report.exit_code` says."""

SIZES: Final = Pair(
    "条目 {size}，已锚定 {anchored_size}，已最终确认 {final_size}",
    "{size} entries, {anchored_size} anchored, {final_size} final",
)
NOTHING_WAITS: Final = Pair("没有等待锚定的记录", "no record waits for an anchor")
OLDEST: Final = Pair(
    "等待最久的记录：序号 {index}，记录于 {at}，已等待 {seconds} 秒（允许 {overdue} 秒）",
    "the record that waits longest: index {index}, recorded {at}, {seconds} seconds ago"
    " (allowed: {overdue})",
)
UNDER_WAY: Final = Pair(
    "进行中：锚定 {id}，大小 {size}，状态 {state}，尝试 {attempts} 次，已付 {fee} wei，"
    "历时 {age} 秒",
    "under way: anchor {id} of {size} entries, {state}, {attempts} attempts, {fee} wei paid,"
    " for {age} seconds",
)
BLOCKS_MISSING: Final = Pair(
    "    距最终确认还差 {blocks} 个区块", "    {blocks} blocks are missing until it is final"
)
BALANCE: Final = Pair("发布账户余额：{wei} wei", "the publisher has {wei} wei")
SHORTAGE: Final = Pair("下一笔交易无法发出：{why}", "the next tx cannot be made: {why}")
TROUBLE: Final = Pair("问题：{why}", "trouble: {why}")
NODE: Final = Pair(
    "节点 {node}：{condition}，高度 {height}", "node {node}: {condition}, height {height}"
)
CONDITIONS: Final = {
    "untried": Pair("尚未询问", "not asked yet"),
    "answering": Pair("正常", "answering"),
    "silent": Pair("无应答", "silent"),
    "refusing": Pair("报错", "refusing"),
    "behind": Pair("落后", "behind"),
    "foreign": Pair("不是本链", "on another chain"),
}
"""One for each `NodeCondition`; a test compares them."""

STATES: Final = {
    "planned": Pair("已计划", "planned"),
    "signed": Pair("已签名", "signed"),
    "sent": Pair("已发送", "sent"),
    "mined": Pair("已入块", "mined"),
    "final": Pair("已最终确认", "final"),
    "replaced": Pair("已被取代", "replaced"),
    "reverted": Pair("被合约拒绝", "reverted"),
    "reorged": Pair("因重组失效", "reorged"),
}
"""One for each `AnchorState`; a test compares them."""

ANCHOR_COLUMNS: Final = (
    Pair("编号", "id"),
    Pair("大小", "size"),
    Pair("状态", "state"),
    Pair("计划于", "planned"),
    Pair("区块", "block"),
    Pair("尝试", "attempts"),
    Pair("费用 (wei)", "fee (wei)"),
    Pair("重组", "reorgs"),
)
ATTEMPT_COLUMNS: Final = (
    Pair("nonce", "nonce"),
    Pair("状态", "state"),
    Pair("签名于", "signed"),
    Pair("区块", "block"),
    Pair("最高单价 (wei)", "fee cap (wei)"),
    Pair("费用 (wei)", "fee (wei)"),
    Pair("交易", "tx"),
)
LIFE: Final = Pair(
    "锚定 {id}（日志 {log}）：大小 {size}，根哈希 {root}，状态 {state}，链 {chain_id}，"
    "合约 {contract}",
    "anchor {id} of log {log}: {size} entries, root hash {root}, {state}, chain {chain_id},"
    " contract {contract}",
)
