"""Words for the details of a verdict: times and their worth, nodes side by side, content.

Each entry is a pair: Chinese, English. The sentences of the verdict itself are in `words.py`.
"""

from typing import Final

from liuhen.cli.words import Pair
from liuhen.core.policy import ChainKind

BOTH_BOUNDS: Final = Pair(
    "按链 {chain_id} 所示，存证于以上两个区块之间。",
    "Entered between these two blocks, as chain {chain_id} tells it.",
)
ONLY_NOT_AFTER: Final = Pair(
    "按链 {chain_id} 所示，存证不晚于该区块；早多久未得到证明。",
    "Entered before this block, as chain {chain_id} tells it; how long before is not proven.",
)
ONLY_NOT_BEFORE: Final = Pair(
    "按链 {chain_id} 所示，存证晚于该区块；晚多久未得到证明（锚定未核实）。",
    "Entered after this block, as chain {chain_id} tells it; how long after is not proven, because"
    " no anchor was confirmed.",
)
NO_BOUND: Final = Pair(
    "链上没有证明任何时间；以上时钟只是各自主人的说法。",
    "The chain proves no time here; the clocks above are their owners' word.",
)

WORTH: Final[dict[ChainKind, Pair]] = {
    ChainKind.DEVELOPMENT: Pair(
        "区块时间由出块者填写，而开发链由运营方自己出块。",
        "A block's time is what its producer wrote, here the operator itself.",
    ),
    ChainKind.CONSORTIUM: Pair(
        "区块时间由出块者填写，可能相差数秒；其可信程度取决于联盟成员。",
        "A block's time is what its producer wrote: it may be off by seconds, and is as good as"
        " the members of the consortium.",
    ),
    ChainKind.PUBLIC: Pair(
        "区块时间由出块者填写，可能相差数秒至数分钟。",
        "A block's time is what its producer wrote: it may be off by seconds to minutes.",
    ),
}
"""What the time of a block is worth, by who runs the chain."""

NOT_PROVEN: Final = Pair("未得到证明", "not proven")
BLOCK: Final = Pair("区块 {block}，{by}", "block {block}, {by}")
BLOCK_AND_HASH: Final = Pair("区块 {block} {hash}，{by}", "block {block} {hash}, {by}")
TIME_NOT_TOLD: Final = Pair("时间未知", "at a time that nobody told")
BY: Final[dict[str, Pair]] = {
    "nodes": Pair("由节点 {names} 告知", "told by {names}"),
    "policy": Pair("由信任策略担保", "vouched for by the trust policy"),
    "caller": Pair("由您担保", "vouched for by you"),
}

RECEIPT_SAYS: Final = Pair(
    "回执：大小 {size}，根 {receipt}",
    "the receipt: size {size}, root {receipt}",
)
NODE_SILENT: Final = Pair("{node}：没有可用的回答（{why}）", "{node}: no usable answer ({why})")
NODE_CHAIN: Final = Pair(
    "{node}：链 {chain_id}，第 0 区块 {genesis}，合约代码 {code_hash}",
    "{node}: chain {chain_id}, block 0 {genesis}, contract code {code_hash}",
)
NODE_HEAD: Final = Pair(
    "{node}：大小 {size}，根 {root}，区块 {block}，区块时间 {timestamp} 秒",
    "{node}: size {size}, root {root}, block {block} of second {timestamp}",
)
NODE_NO_HEAD: Final = Pair(
    "{node}：没有大小为 {size} 的日志根，最新大小 {latest}",
    "{node}: no head of size {size}; the newest has size {latest}",
)
NODE_NEWEST: Final = Pair(
    "{node}：合约中最新的日志大小 {latest}",
    "{node}: the newest head in the contract has size {latest}",
)
NODE_BLOCK: Final = Pair("，该区块哈希 {block_hash}", ", hash of that block {block_hash}")

CONTENT_TITLE: Final = Pair("记录内容", "What the record says")
MORE_FIELDS: Final = Pair(
    "……另有 {more} 个字段（--explain 显示全部）",
    "… and {more} more fields (--explain shows all)",
)
