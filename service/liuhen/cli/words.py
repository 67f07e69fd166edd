"""What a verdict says to a person, in Chinese and English.

Each entry is a pair: Chinese, English. Sentences about single checks are in `check_words.py`.
"""

from typing import Final, NamedTuple

from liuhen.cli.language import Language
from liuhen.core.policy import Life
from liuhen.core.verdict import Outcome, State


class Pair(NamedTuple):
    """One sentence in both languages; braces are filled with facts."""

    zh: str
    en: str

    def in_language(self, language: Language) -> str:
        """Return the sentence in one of them."""
        return self.zh if language is Language.ZH else self.en


SENTENCES: Final[dict[Outcome, Pair]] = {
    Outcome.MATCH: Pair(
        "一致。这份记录与存证时完全相同，此后未被改动。",
        "Match. This record is exactly what was entered; it has not been changed since.",
    ),
    Outcome.WAITING: Pair(
        "已登记，尚未上链锚定。目前核对一致，请稍后再查。",
        "Entered, not yet anchored. Everything checked so far agrees. Check again later.",
    ),
    Outcome.DIFFERENT: Pair(
        "不一致。您提供的文件与存证的内容不同。",
        "Different. The file you gave is not the one that was entered.",
    ),
    Outcome.NOT_FOUND: Pair(
        "未找到。日志中没有这份文件的存证。",
        "Not found. This log holds no entry for this file.",
    ),
    Outcome.COULD_NOT_CHECK: Pair(
        "暂时无法核验。这不表示记录有问题。",
        "We could not check. This does not mean that anything is wrong.",
    ),
}

CONTRADICTED: Final = Pair(
    "不一致。这份回执与存证的内容、签名或链上的记录相矛盾。",
    "Different. This receipt contradicts what was entered, a signature, or the chain.",
)
"""In place of the sentence for *different* where no file of the caller failed."""

MALFORMED: Final = Pair(
    "无法读取。回执或信任策略文件不完好，因此没有进行核验。",
    "Not readable. Receipt or trust policy is not intact, so nothing was checked.",
)

MEANING: Final = Pair(
    "本结论只说明内容是否被改动，不说明内容是否真实、评审是否公正。",
    "This shows only whether the content was changed, not whether it is true"
    " or the evaluation fair.",
)

DEVELOPMENT_CHAIN: Final = Pair(
    "注意：这条链由运营方自己运行，不能证明任何时间（开发链）。",
    "Note: the chain is run by the operator itself and proves nothing about time"
    " (development chain).",
)

WITHHELD: Final = Pair(
    "{withheld} 个字段只显示名称，内容未披露。",
    "{withheld} fields show their name and not their value.",
)

CLOSED: Final = Pair(
    "{closed} 个字段名称未知，因此字段的唯一性和数组长度未得到证明。",
    "{closed} fields of unknown name; uniqueness and array lengths are not proven.",
)

STATES: Final[dict[State, Pair]] = {
    State.PASSED: Pair("✓ 通过", "✓ passed"),
    State.FAILED: Pair("✗ 不通过", "✗ failed"),
    State.NOT_CHECKED: Pair("- 未核验", "- not checked"),
}

LIVES: Final[dict[Life, Pair]] = {
    Life.SEALED: Pair("已登记（尚未核实锚定）", "sealed (no anchor was confirmed)"),
    Life.ANCHORED: Pair("已上链锚定（最终性未核实）", "anchored (finality was not confirmed)"),
    Life.FINAL: Pair("已上链锚定并最终确认", "final (anchored, and deep enough for the policy)"),
}

CHECKS_TITLE: Final = Pair("核验项目", "Checks")

LABELS: Final[dict[str, Pair]] = {
    "record": Pair("记录", "record"),
    "log": Pair("日志", "log"),
    "recorded": Pair("日志记录时间", "recorded"),
    "reached": Pair("状态", "reached"),
    "not_before": Pair("不早于", "not before"),
    "not_after": Pair("不晚于", "not after"),
    "why": Pair("原因", "why"),
    "next": Pair("下一步", "what next"),
    "source": Pair("依据", "source"),
}

UNKNOWN_TIME: Final = Pair("未核实", "not confirmed")
BY_SERVICE_CLOCK: Final = Pair("依据服务方时钟", "by the service's own clock")
BY_BLOCK: Final = Pair("区块 {block} 的时间", "time of block {block}")
AFTER_BLOCK: Final = Pair("区块 {block}（{hash}）之后", "after block {block} ({hash})")
CHAIN_TIME: Final = Pair(
    "（{number} 秒，超出可表示的时间）",
    "(second {number}, beyond any calendar)",
)
BEIJING: Final = Pair("北京时间", "Beijing time")

PLACE: Final = Pair(
    "{origin}，第 {entry_index} 号条目，日志大小 {size}",
    "{origin}, entry {entry_index} of {size}",
)
CASE: Final = Pair("案卷 {case}", "case {case}")

INNOCENT: Final = Pair(
    "常见的无恶意原因：文件被打开后重新保存、被导出、被聊天软件压缩、是打印件的扫描、或是另一个版本。"
    "请先找到当初提交的原始文件再核验一次。",
    "Innocent causes are common: the file was opened and saved again, exported, recompressed by a"
    " messaging app, is a scan of a print, or is another version. Look for the original file and"
    " check that one.",
)

OTHER_RECEIPT: Final = Pair(
    "回执与信任策略所列的密钥、合约或日志相矛盾：它可能被改动过，或不是该日志签发的。"
    "请重新取得回执和策略再核验；若仍不一致，请保存两者并联系监督部门。",
    "The receipt contradicts a key, contract or log that the trust policy names: it was changed, or"
    " is not that log's. Get receipt and policy again; if they still differ, keep both and show"
    " them to the supervisor.",
)

NEXT: Final[dict[str, Pair]] = {
    "unavailable": Pair("{detail}", "{detail}"),
    "no-policy": Pair(
        "取得该日志的信任策略文件（policy.json），从两个互不依赖的来源核对，用 --policy 指定，"
        "或放到 {place}。",
        "Get the trust policy of the log (policy.json) from two places that do not depend on each"
        " other, compare, and name it with --policy, or put it at {place}.",
    ),
    "block-hash-to-compare": Pair(
        "向可信来源核对区块 {block} 的哈希是否为 {block_hash}，相同则用 --block-hash 指定；"
        "或用 --rpc 指定链上节点。",
        "Compare the hash of block {block} with a source you trust: it must be {block_hash}."
        " If it is, give it with --block-hash; or name a node of the chain with --rpc.",
    ),
    "another-block-hash-given": Pair(
        "回执所附的区块 {block} 的哈希是 {block_hash}，与策略所列或您用 --block-hash 指定的不同；"
        "请核对您的来源，并取新的回执。",
        "Block {block} in the receipt has the hash {block_hash}, and policy or --block-hash vouch"
        " for another. Check your source, and fetch the receipt again.",
    ),
    "no-node-asked": Pair(
        "用 --rpc 指定链上节点；或自行查询合约 {contract}："
        "headAt({log_id}, {size}) 的根哈希应为 {root}。",
        "Name a node of the chain with --rpc; or ask one yourself: headAt({log_id}, {size}) of the"
        " contract {contract} must have the root hash {root}.",
    ),
    "node-unreachable": Pair(
        "请检查 --rpc 的地址，或换一个节点再试（{node}：{why}）。",
        "Check the address after --rpc, or try another node ({node}: {why}).",
    ),
    "node-on-another-chain": Pair(
        "节点 {node} 不在策略所指的链上，其上没有该合约，或区块与策略所列的不同，请换一个节点。",
        "The node {node} is not on the policy's chain, that contract is not there, or a block is"
        " another than the policy knows: ask another node.",
    ),
    "nodes-disagree": Pair(
        "节点的回答不同：至少有一个不可信或落后，请再询问其他节点。",
        "The nodes answer differently: at least one lies or lags behind. Ask others.",
    ),
    "block-not-on-this-chain": Pair(
        "节点不认识回执所附的区块：可能是链重组，请取新的回执再核验。",
        "The nodes do not have the receipt's block: the chain may have reorganised. Fetch the"
        " receipt again.",
    ),
    "origin-not-in-policy": Pair(
        "这份回执属于日志 {checkpoint}，而信任策略是 {policy} 的：请使用该日志的策略。",
        "The receipt is of the log {checkpoint}, the trust policy of {policy}: use the policy of"
        " the receipt's log.",
    ),
    "no-line-by-a-policy-key": Pair(
        "检查点没有策略所列密钥的签名：策略可能过时，或回执不是该日志签发的。请向运营方和另一来源核对密钥。",
        "No key of the policy signed this checkpoint: the policy may be old, or the receipt is not"
        " that log's. Compare the keys with the operator and with somebody else.",
    ),
    "key-not-for-this-size": Pair(
        "签名密钥不适用于这个大小的日志：请取得最新的信任策略。",
        "The key is not good for a log of this size: get the newest trust policy.",
    ),
    "anchor-not-in-policy": Pair(
        "回执的锚定不在策略所指的链或合约上：请取得最新的信任策略。",
        "The receipt is anchored on a chain or contract that is not in the policy: get the newest"
        " trust policy.",
    ),
    "anchoring-overdue": Pair(
        "记录早该上链锚定。请取新的回执（liuhen receipt fetch）；若仍无锚定，请询问运营方。",
        "The record should have been anchored long ago. Fetch the receipt again (liuhen receipt"
        " fetch); if it still has no anchor, ask the operator.",
    ),
    "operator-owes-proof": Pair(
        "这份回执取得之后，日志已经上链锚定。请取新的回执（liuhen receipt fetch）。若新的回执仍没有"
        "锚定，则是运营方欠一份一致性证明，请询问运营方。",
        "The log was anchored after this receipt was given out: fetch it again (liuhen receipt"
        " fetch). If the new one has no anchor, the operator owes a consistency proof: ask.",
    ),
    "recorded-in-the-future": Pair(
        "记录的登记时间在未来：请核对本机时钟；若无误，请询问运营方。",
        "The record's time is in the future. Check the clock of this machine; if it is right, ask"
        " the operator.",
    ),
    "part-of-record-hidden": Pair(
        "回执中有未披露的字段，您的文件可能是其中之一：请用完整的回执核验。",
        "Part of the record is hidden in this receipt and might be your file: use a receipt that"
        " shows everything.",
    ),
    "file-too-long": Pair(
        "文件 {name} 太长，无法得出规范形式。请去掉多余的空白后再核验，或比对当初提交的原始文件。",
        "The file {name} is too long for a canonical form. Take superfluous white space out of it,"
        " or compare the file that was submitted.",
    ),
    "cosignatures-not-supported": Pair(
        "策略要求见证签名，而本程序尚不能核验。",
        "The policy asks for cosignatures of witnesses, which this program cannot check.",
    ),
    "not-anchored-yet": Pair(
        "稍后取新的回执（liuhen receipt fetch）再核验。",
        "Fetch the receipt again later (liuhen receipt fetch) and check that one.",
    ),
    "contract-behind": Pair(
        "锚定交易尚未出块，稍后再查。",
        "The anchor is not in a block yet. Check again later.",
    ),
    "not-final-yet": Pair(
        "锚定所在区块之后的区块还不够多，稍后再查。",
        "Not enough blocks follow the anchor's yet. Check again later.",
    ),
}
"""What to do, by the verdict's reason; braces are facts of the deciding check."""
