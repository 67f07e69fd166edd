"""What `liuhen log` and `liuhen key` say, in Chinese and English.

Names and reasons of the checks that a log shares with a receipt are in `check_words.py`.
"""

from typing import Final

from liuhen.cli.words import Pair
from liuhen.core.verdict import Outcome

SENTENCES: Final[dict[Outcome, Pair]] = {
    Outcome.MATCH: Pair(
        "一致。该日志的 {size} 个条目全部读过，与所签的树头相符；还与什么比对过，见下。",
        "Match. All {size} entries of this log were read and agree with its signed head; what else"
        " was compared stands below.",
    ),
    Outcome.DIFFERENT: Pair(
        "不一致。该日志与其签名、与先前见过的树头或与链上的记录相矛盾。",
        "Different. This log contradicts its signature, a head seen before, or the chain.",
    ),
    Outcome.COULD_NOT_CHECK: Pair(
        "暂时无法核验。这不表示日志有问题。",
        "We could not check. This does not mean that anything is wrong.",
    ),
}

FAILED: Final[dict[Outcome, Pair]] = {
    Outcome.DIFFERENT: Pair(
        "不一致。该日志的文件与其签名或历史相矛盾。",
        "Different. The files of this log contradict its signature or its history.",
    ),
    Outcome.COULD_NOT_CHECK: SENTENCES[Outcome.COULD_NOT_CHECK],
}
"""Where there is no report, because a file could not be used."""

MALFORMED: Final = Pair(
    "无法读取。日志或信任策略的某个文件格式不对，因此没有结论。",
    "Not readable. A file of the log, or the trust policy, is not what it claims to be.",
)

MEANING: Final = Pair(
    "本结论只说明日志没有改动或删去条目，不说明条目所指的记录是否真实。",
    "This shows only that the log changed and removed no entry, not that the records behind them"
    " are true.",
)

NAMES: Final[dict[str, Pair]] = {
    "tiles": Pair("条目与瓦片", "entries and tiles"),
    "memory": Pair("先前见过的树头", "heads seen before"),
    "contract": Pair("链上合约", "contract"),
}

_RETIRED: Final = Pair(
    "签名有效，但该密钥已停用：只有合约中正有此树头时才可采信（用 --rpc 指定链的节点）",
    "signed by a retired key, which counts only where the contract has this very head (name a node"
    " of the chain with --rpc)",
)

REASONS: Final[dict[tuple[str, str], Pair]] = {
    ("origin", "same-origin"): Pair(
        "检查点与策略是同一个日志 {policy}", "checkpoint and policy name the same log, {policy}"
    ),
    ("tiles", "all-lead-to-root"): Pair(
        "{entries} 个条目、{files} 个文件全部重新计算，都归于所签的根哈希",
        "{entries} entries in {files} files were all hashed anew and lead to the signed root hash",
    ),
    ("tiles", "tile-altered"): Pair(
        "{path} 被改动：其中的哈希不是签名所确认的",
        "{path} was altered: its hashes are not the ones that were signed",
    ),
    ("tiles", "entries-altered"): Pair(
        "{path} 被改动：其中的条目不是签名所确认的",
        "{path} was altered: its entries are not the ones that were signed",
    ),
    ("tiles", "tile-not-of-what-is-below"): Pair(
        "{path} 与其下的条目或瓦片不符，也不归于所签的根哈希",
        "{path} is not what the entries or tiles below it hash to, nor what was signed",
    ),
    ("tiles", "log-leads-elsewhere"): Pair(
        "所有瓦片归于另一个根哈希，不是检查点所签的：这些文件属于另一段历史",
        "the tiles lead to another root hash than the checkpoint signs: the files are of another"
        " history",
    ),
    ("log_signature", "key-retired"): _RETIRED,
    ("signer_signature", "key-retired"): _RETIRED,
    ("memory", "first-sight"): Pair(
        "本机第一次见到该日志，没有可比的：从现在起记住",
        "this machine sees this log for the first time, so there was nothing to compare with; from"
        " now on it remembers",
    ),
    ("memory", "extends-what-was-seen"): Pair(
        "自 {since} 起见过的 {heads} 个树头都是它的前缀",
        "it extends every head that was seen since {since} (number of heads: {heads})",
    ),
    ("memory", "history-forked"): Pair(
        "分叉：{seen_at} 见过的 {seen_size} 个条目的树头不是它的前缀。"
        "两份签名不可能同属一个只增不改的日志",
        "fork: the head of {seen_size} entries seen at {seen_at} is no prefix of it. These two"
        " signatures cannot be of one log that only grows",
    ),
    ("memory", "log-shrank"): Pair(
        "变短：{seen_at} 见过 {seen_size} 个条目，现在只有 {size} 个。日志从不变短；"
        "若这是旧的副本，请取新的",
        "shrank: {seen_size} entries were signed when it was seen at {seen_at}, and now there are"
        " {size}. A log never shrinks; if this is an older copy, get a newer one",
    ),
    ("contract", "no-node-asked"): Pair(
        "未与链上合约比对：没有用 --rpc 指定节点",
        "not compared with the contract: no node was named with --rpc",
    ),
    ("contract", "nothing-anchored"): Pair(
        "合约中还没有该日志的树头", "the contract has no head of this log yet"
    ),
    ("contract", "anchored-heads-agree"): Pair(
        "合约中的树头（最新 {anchored} 个条目）都是它的前缀",
        "the heads in the contract, the newest of {anchored} entries, are prefixes of it",
    ),
    ("contract", "another-head-in-contract"): Pair(
        "合约在 {anchored} 个条目处是另一个根哈希：日志的历史与链上锚定的不同",
        "the contract has another root hash at {anchored} entries: this is not the history that was"
        " anchored",
    ),
    ("contract", "log-behind-contract"): Pair(
        "合约已有 {anchored} 个条目，而这里只有 {size} 个：这是旧的副本，或服务隐瞒了新的条目",
        "the contract has {anchored} entries and here are only {size}: an older copy, or a service"
        " that withholds the newer ones",
    ),
    ("contract", "nodes-disagree"): Pair(
        "节点对 {anchored} 个条目处的树头说法不同：至少有一个不可信或落后",
        "the nodes tell different heads of {anchored} entries: at least one lies or lags behind",
    ),
    ("standing", "no-fork-proven"): Pair(
        "没有人向合约证明该日志分叉，日志也没有结束",
        "nobody has shown the contract a fork of this log, and it goes on",
    ),
    ("standing", "log-closed"): Pair(
        "该日志已经结束，没有超过其最后大小",
        "this log has ended, and has not grown past its last size",
    ),
    ("standing", "log-forked"): Pair(
        "该日志曾经分叉；这里的条目还没有到那里，或有节点没有回答，无法知道它属于哪一边",
        "this log has forked: beyond the size that it has here, or a node is silent, so that on"
        " which side it is cannot be told",
    ),
    ("standing", "one-side-of-fork"): Pair(
        "该日志在 {forked_at} 个条目处分叉；这里是根哈希为 {log} 的一边，另有人得到另一边",
        "this log forked at {forked_at} entries; here is the side with the root hash {log}, and"
        " somebody was given the other",
    ),
    ("standing", "neither-side-of-fork"): Pair(
        "该日志在 {forked_at} 个条目处已签过两个根哈希，而这里是第三个：{log}",
        "two root hashes were signed for {forked_at} entries of this log, and here is a third,"
        " {log}",
    ),
    ("standing", "beyond-final-size"): Pair(
        "该日志已在 {final_size} 个条目处结束，而这里签出了 {claimed} 个条目的树头",
        "this log ended at {final_size} entries, and here is a signed head of {claimed}",
    ),
    ("standing", "standing-not-asked"): Pair(
        "没有询问节点：是否曾经分叉、是否已经结束，都不得而知（用 --rpc 指定节点）",
        "no node was asked, so nothing is known of a fork or of its end (name one with --rpc)",
    ),
    ("contract", "node-unreachable"): Pair(
        "节点 {node} 没有回答（{why}）", "the node {node} did not answer ({why})"
    ),
    ("contract", "node-on-another-chain"): Pair(
        "节点 {node} 不在策略所指的链上，或其上没有该合约",
        "the node {node} is not on the policy's chain, or that contract is not there",
    ),
}

NOT_DONE: Final = Pair("未进行：{names}", "not done: {names}")

LABELS: Final[dict[str, Pair]] = {
    "log": Pair("日志", "log"),
    "size": Pair("条目数", "entries"),
    "root": Pair("根哈希", "root hash"),
    "evidence": Pair("证据已存于", "evidence kept in"),
}

EVIDENCE: Final = Pair(
    "证据：下面两份签名的检查点不可能同属一个只增不改的日志。请保存，并交给监督部门。",
    "Evidence: these two signed checkpoints cannot be of one log that only grows. Keep both, and"
    " show them to the supervisor.",
)

NO_POLICY: Final = Pair(
    "没有信任策略：取得该日志的 policy.json，从两个互不依赖的来源核对，用 --policy 指定，"
    "或放到 {place}。",
    "There is no trust policy. Get the log's policy.json from two places that do not depend on each"
    " other, compare, and name it with --policy, or put it at {place}.",
)

COPIED: Final = Pair(
    "副本完整：{size} 个条目，取得 {fetched} 个文件，{kept} 个已有",
    "the copy is complete: {size} entries, {fetched} files fetched, {kept} were there",
)

KEYS_PROVEN: Final = Pair(
    "密钥历史 {serial}：以下密钥均由策略中的密钥逐份签名证明。",
    "Key history {serial}: every key below is proven, signature by signature, from a key of the"
    " policy.",
)

KEYS_ROLE: Final[dict[str, Pair]] = {
    "log": Pair("日志密钥", "log key"),
    "signer": Pair("以太坊密钥", "Ethereum key"),
}

KEY_GOOD: Final = Pair("适用于 {first} 至 {last} 个条目", "good for {first} to {last} entries")
KEY_OPEN: Final = Pair("自 {first} 个条目起适用", "good from {first} entries on")
POLICY_WRITTEN: Final = Pair("策略已写入 {place}", "the policy was written to {place}")
POLICY_SAME: Final = Pair(
    "策略已包含这些密钥，未改动", "the policy has these keys already and was left as it is"
)
