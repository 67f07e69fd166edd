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

NOT_COSIGNED: Final = Pair(
    "已登记，见证签名尚不足。目前核对一致，请稍后再查。",
    "Entered, not yet cosigned by enough witnesses. Everything checked so far agrees. Check again"
    " later.",
)
"""In place of the sentence for *waiting* where cosignatures are what is missing."""

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

WARNINGS: Final[dict[str, Pair]] = {
    "log-forked": Pair(
        "警告：该日志曾经分叉。它的密钥 {signer} 在 {size} 个条目处签了根哈希 {root}，"
        "而 {other_root} 是已锚定历史的根哈希，或是同一处签出的另一个（区块 {block}）。"
        "只有链上锚定的部分可信。",
        "Warning: this log has forked. Its key {signer} signed the root hash {root} for {size}"
        " entries, and {other_root} is that of the anchored history or was signed as well (shown in"
        " block {block}). Only what is anchored counts.",
    ),
    "log-closed": Pair(
        "注意：该日志已经结束，最后有 {final_size} 个条目（区块 {block}），"
        "由日志 {successor} 接续。",
        "Note: this log has ended, at {final_size} entries at most (block {block}). The log"
        " {successor} goes on in its place.",
    ),
    "log-closed-for-good": Pair(
        "注意：该日志已经结束，最后有 {final_size} 个条目（区块 {block}），没有接续的日志。",
        "Note: this log has ended, at {final_size} entries at most (block {block}), and no other"
        " log goes on in its place.",
    ),
}
"""What is said first after the sentence, by code; braces are the warning's facts."""

MATCH_IN_PART: Final = Pair(
    "一致。回执所显示的部分与存证时完全相同，此后未被改动；其余部分未显示。",
    "Match. What this receipt shows of the record is exactly what was entered; it has not been"
    " changed since. The rest is hidden.",
)
"""In place of the sentence for *match* where part of the record is hidden."""

WITHHELD: Final = Pair(
    "只显示名称、未显示内容的字段（未披露或已删除），共 {withheld} 个：{names}。"
    "其内容未得到证明，只能证明存证后未变。",
    "Named and not shown, because hidden or erased ({withheld}): {names}. What these fields hold is"
    " not proven, only that it has not changed.",
)

AND_MORE: Final = Pair("……另有 {more} 个", "… and {more} more")

CLOSED: Final = Pair(
    "{closed} 个字段名称未知，因此字段的唯一性和数组长度未得到证明。",
    "{closed} fields of unknown name; uniqueness and array lengths are not proven.",
)

NAMES_NOBODY: Final = Pair("回执中未写明", "not named in this receipt")

DETACHED: Final = Pair(
    "日志只说明：有人在该时间提交了一个承诺值。内容从未交给服务方；内容所说的一切，包括其中的时间和"
    "人，都只是保管方的陈述。",
    "The log says only that a commitment was submitted, by whom and when. The content was never"
    " with the service: all that it says, times and people included, is its keeper's word.",
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
    "seen": Pair("见证方所见", "seen by witnesses"),
    "time": Pair("时间", "time"),
    "submitter": Pair("提交方", "submitted by"),
    "content": Pair("旁附内容", "content kept by the submitter"),
    "not_compared": Pair("未比对的附件", "attachments not compared"),
    "why": Pair("原因", "why"),
    "next": Pair("下一步", "what next"),
    "source": Pair("依据", "source"),
}

BY_WITNESSES: Final = Pair(
    "最迟，依据策略所列见证方自己的时钟",
    "at the latest, by the clocks of the policy's witnesses",
)
BY_SERVICE_CLOCK: Final = Pair("（依据服务方时钟）", " (by the service's own clock)")
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
    "signer-not-in-contract": Pair(
        "合约从未登记这个密钥，策略却列有它：请向运营方和另一来源核对密钥，不要采信这份回执。",
        "The contract never had this key, and the policy does: compare the keys with the operator"
        " and with somebody else, and do not rely on this receipt.",
    ),
    "signer-not-for-this-size": Pair(
        "合约为这个大小登记的是另一个密钥：策略可能过时，或签名用了已停用的密钥。"
        "请取得最新的信任策略和新的回执。",
        "The contract has another key for this size: the policy may be old, or a key was used after"
        " its retirement. Get the newest trust policy, and fetch the receipt again.",
    ),
    "log-forked": Pair(
        "请取新的回执（liuhen receipt fetch）：能连到链上锚定的仍然有效。若取不到，请保存这份回执，"
        "并联系监督部门。",
        "Fetch the receipt again (liuhen receipt fetch): one that leads to an anchored head is"
        " still good. If there is none, keep this one and show it to the supervisor.",
    ),
    "beyond-final-size": Pair(
        "日志已在 {final_size} 个条目处结束，这份回执却称它有 {claimed} 个。"
        "请保存回执，并联系监督部门。",
        "The log ended at {final_size} entries, and this receipt claims {claimed}. Keep it, and"
        " show it to the supervisor.",
    ),
    "key-retired": Pair(
        "请改用回执核验（liuhen verify），回执带有锚定。",
        "Check the receipt of this entry instead (liuhen verify): it carries the anchor.",
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
    "content-not-here": Pair(
        "记录的内容由提交方自行保管：请用保管方补全的回执核验文件。",
        "The content stayed with whoever submitted it: use the receipt that its keeper completed.",
    ),
    "file-too-long": Pair(
        "文件 {name} 太长，无法得出规范形式。请去掉多余的空白后再核验，或比对当初提交的原始文件。",
        "The file {name} is too long for a canonical form. Take superfluous white space out of it,"
        " or compare the file that was submitted.",
    ),
    "cosignatures-missing": Pair(
        "见证签名还不够。请稍后取新的回执（liuhen receipt fetch）再核验。",
        "Too few witnesses have cosigned so far. Fetch the receipt again later (liuhen receipt"
        " fetch) and check that one.",
    ),
    "cosignatures-overdue": Pair(
        "检查点早该有足够的见证签名。请取新的回执（liuhen receipt fetch）；"
        "若仍不够，请询问运营方和见证方。",
        "The checkpoint should have been cosigned long ago. Fetch the receipt again (liuhen receipt"
        " fetch); if too few witnesses have signed that one, ask the operator and the witnesses.",
    ),
    "cosigned-by-another-key": Pair(
        "见证签名用的不是策略所列的密钥：请取得最新的信任策略，并向见证方核对密钥。",
        "A cosignature is by a key that the policy does not hold: get the newest trust policy, and"
        " compare the key with the witness itself.",
    ),
    "algorithm-not-here": Pair(
        "请换用支持 ML-DSA-44 的 cryptography 库再核验。",
        "Check again with a build of the cryptography library that has ML-DSA-44.",
    ),
    "no-place-for-cosignatures": Pair(
        "请取得这个条目的 .tlog-proof 或回执再核验，它们带有见证签名。",
        "Get the .tlog-proof or the receipt of this entry and check that: it carries the"
        " cosignatures.",
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
