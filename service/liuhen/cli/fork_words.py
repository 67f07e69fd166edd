"""What `liuhen log report` says, in Chinese and English."""

from typing import Final

from liuhen.cli.words import Pair

FORK: Final = Pair(
    "相矛盾。该日志的签名人 {signer} 为 {size} 个条目签了根哈希 {root}，"
    "而链上锚定的历史在此处是 {other_root}。",
    "These contradict each other. The log's signer {signer} has signed the root hash {root} for"
    " {size} entries, and the history anchored on the chain has {other_root} there.",
)
DOUBLE: Final = Pair(
    "相矛盾。该日志为同样的 {size} 个条目签了两个根哈希："
    "{root}（签名人 {signer}）和 {other_root}。",
    "These contradict each other. For the same {size} entries the log has signed two root hashes:"
    " {root} (by {signer}) and {other_root}.",
)
REPORTED: Final = Pair(
    "已报告：合约已给该日志打上标记，此后人人可见，永不撤销。",
    "Reported: the contract has marked the log. Everybody can see that, and nobody can take it"
    " back.",
)
ALREADY: Final = Pair(
    "该日志先前已被标记（{marked_size} 个条目处）。没有再发送，没有费用。",
    "The log was marked before (at {marked_size} entries). Nothing was sent, and it cost nothing.",
)
NOT_SENT: Final = Pair(
    "试运行：合约会接受这份报告。没有发送，没有费用。",
    "Dry run: the contract would take this report. Nothing was sent, and it cost nothing.",
)
COST: Final = Pair(
    "{call}：约需 {likely}，至多 {most}（燃料 {gas}，上限 {gas_limit}）",
    "{call}: costs about {likely}, at most {most} (gas {gas}, limit {gas_limit})",
)

NOTHING: Final[dict[str, Pair]] = {
    "other-log": Pair(
        "检查点属于另一个日志，不是策略所指的。",
        "A checkpoint is of another log than the policy's.",
    ),
    "no-signer": Pair(
        "检查点上没有合约认可的签名：没有一行是该日志在此大小的以太坊签名人所签。它证明不了什么。",
        "A checkpoint has no signature that the contract accepts: no line is by the Ethereum signer"
        " of the log for this size. It proves nothing.",
    ),
    "same-root": Pair(
        "两份检查点的大小和根哈希都相同，并不矛盾。",
        "Both checkpoints have the same size and root hash. They do not contradict each other.",
    ),
    "sizes-differ": Pair(
        "两份检查点的大小不同，合约无法据此判断。请逐份与链上的历史比对（每次只给一份）。",
        "The two checkpoints are of different sizes, which the contract cannot judge. Compare each"
        " with the anchored history, one at a time.",
    ),
    "in-history": Pair(
        "检查点正是链上锚定的历史的一部分，并不矛盾。",
        "The checkpoint is part of the history that is anchored. There is no contradiction.",
    ),
    "empty-log": Pair(
        "检查点属于还没有条目的日志，与任何历史都不矛盾。",
        "The checkpoint is of the log without entries, which contradicts no history.",
    ),
    "not-anchored-yet": Pair(
        "检查点比链上锚定的最新树头还大，尚无从比对。请保存它，待锚定之后再试。",
        "The checkpoint is larger than the head anchored last, so there is nothing to compare with"
        " yet. Keep it, and try again after the next anchor.",
    ),
}
"""Why there is nothing to report; nothing was sent, and it cost nothing."""

COULD_NOT: Final = Pair(
    "未能报告。没有发送，或不知结果：请再运行一次，已发送的不会再发。",
    "Not reported. Nothing was sent, or its outcome is unknown: run it again, nothing is sent"
    " twice.",
)
MALFORMED: Final = Pair(
    "无法读取。检查点、策略或日志的某个文件格式不对。没有发送。",
    "Not readable. A checkpoint, the policy or a file of the log is not what it claims to be."
    " Nothing was sent.",
)
REFUSED: Final = Pair(
    "合约不会接受这份报告（{error}）。没有发送，没有费用。",
    "The contract would not take this report ({error}). Nothing was sent, and it cost nothing.",
)
