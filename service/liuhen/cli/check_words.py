"""What each check is called, where its rule stands, and what became of it: Chinese, English.

A test holds the tables to the codes and reasons that `core` can give.
"""

from typing import Final

from liuhen.cli.words import Pair

NAMES: Final[dict[str, Pair]] = {
    "origin": Pair("日志名", "log name"),
    "commitment": Pair("承诺值", "commitment"),
    "inclusion": Pair("包含证明", "inclusion"),
    "log_signature": Pair("日志签名", "log signature"),
    "signer_signature": Pair("以太坊签名", "Ethereum signature"),
    "witnesses": Pair("见证签名", "witnesses"),
    "consistency": Pair("一致性证明", "consistency"),
    "chain_evidence": Pair("链上证据", "chain evidence"),
    "anchor": Pair("锚定", "anchor"),
    "finality": Pair("最终性", "finality"),
    "standing": Pair("日志状况", "standing of the log"),
    "not_before": Pair("不早于", "not before"),
    "content": Pair("内容", "content"),
    "file": Pair("文件", "file"),
}

SOURCES: Final[dict[str, str]] = {
    "origin": "docs/formats.md §7 (1); c2sp.org/tlog-checkpoint",
    "commitment": "docs/formats.md §1, §2, §3 (a)-(g), §7 (2); RFC 8785",
    "inclusion": "docs/formats.md §4, §7 (2), §9; RFC 9162 §2.1.3.2",
    "log_signature": "docs/formats.md §4, §7 (3), §9; c2sp.org/signed-note; RFC 8032 §5.1.7",
    "signer_signature": "docs/formats.md §4, §7 (3); EIP-712, EIP-2",
    "witnesses": "docs/formats.md §7 (3); c2sp.org/tlog-cosignature",
    "consistency": "docs/formats.md §7 (4); RFC 9162 §2.1.4.2",
    "chain_evidence": "docs/formats.md §5, §7 (5); EIP-2718; Ethereum Yellow Paper, app. B and D",
    "anchor": "docs/formats.md §7 (6)",
    "finality": "docs/formats.md §7 (6)",
    "standing": "docs/formats.md §7 (6a)",
    "not_before": "docs/formats.md §7 (7)",
    "content": "docs/formats.md §2, §3, §5, §7 (7)",
    "file": "docs/formats.md §7 (8); RFC 8785",
}

_NO_LINE = Pair("没有策略所列密钥的签名", "no signature by a key of the trust policy")
_WRONG_SIZE = Pair(
    "签名有效，但该密钥不适用于这个大小的日志",
    "signed by a key that is not good for a log of this size",
)
_RETIRED = Pair(
    "签名有效，但该密钥已停用；只有能连到链上锚定的检查点才可采信，而这份证明不含锚定",
    "signed by a retired key, which counts only for a head that leads to an anchored one; this"
    " proof leads to none",
)
_NOT_ANCHORED = Pair("回执中还没有锚定", "the receipt holds no anchor yet")
_OTHER_ANCHOR = Pair(
    "回执的锚定不在策略所指的链、合约或日志上",
    "the receipt's anchors are on a chain, contract or log that is not the policy's",
)

REASONS: Final[dict[tuple[str, str], Pair]] = {
    ("origin", "same-origin"): Pair(
        "记录、检查点、签名与策略是同一个日志",
        "record, checkpoint, signatures and policy name the same log",
    ),
    ("origin", "proof-of-this-log"): Pair(
        "证明写明的日志就是信任策略的日志",
        "the proof is of the log that the trust policy names",
    ),
    ("origin", "origins-differ"): Pair(
        "记录、检查点与签名的日志名不同",
        "record, checkpoint and signatures name different logs",
    ),
    ("origin", "origin-not-in-policy"): Pair(
        "这个日志不在信任策略中",
        "this log is not the one of the trust policy",
    ),
    ("commitment", "rows-commit"): Pair(
        "全部字段组成一份完整记录，并得出一个承诺值",
        "all fields are shown, make one record, and lead to one commitment",
    ),
    ("commitment", "rows-partly-hidden"): Pair(
        "字段得出一个承诺值，其中一部分未披露",
        "the fields lead to one commitment; some of them are hidden",
    ),
    ("commitment", "not-a-record"): Pair(
        "字段不能组成一份记录",
        "the fields do not make a record",
    ),
    ("inclusion", "entry-in-tree"): Pair(
        "承诺值是检查点中日志的第 {index} 号条目",
        "the commitment is entry {index} of the log at this checkpoint",
    ),
    ("inclusion", "proof-mismatch"): Pair(
        "这些内容不在检查点所指的日志中",
        "this content is not in the log at this checkpoint",
    ),
    ("inclusion", "entry-in-log"): Pair(
        "条目在签名所指的日志中（大小 {size}）；位置未得到证明",
        "the entry is in the log of {size} entries that was signed; its position is not proven",
    ),
    ("inclusion", "no-signed-root"): Pair(
        "条目得出的根哈希没有策略所列密钥的签名，无法说明条目在日志中",
        "no key of the policy signed the root hash that the entry leads to",
    ),
    ("log_signature", "root-signed"): Pair(
        "日志名、大小和条目得出的根哈希由策略所列的日志密钥签名（Ed25519，COSE）",
        "log name, size and the root hash that the entry leads to are signed by a log key of the"
        " policy (Ed25519, COSE)",
    ),
    ("log_signature", "root-not-signed"): Pair(
        "日志密钥没有签署条目得出的根哈希：是另一个条目，或证明被改动过",
        "the log's key did not sign the root hash that the entry leads to: it is another entry, or"
        " the proof was changed",
    ),
    ("log_signature", "no-root-to-verify"): Pair(
        "证明得不出根哈希，签名无从核验",
        "the proof leads to no root hash, so there is nothing to verify a signature over",
    ),
    ("log_signature", "signed"): Pair(
        "检查点由策略所列的日志密钥签名（Ed25519）",
        "the checkpoint is signed by a log key of the policy (Ed25519)",
    ),
    ("log_signature", "signature-mismatch"): Pair(
        "日志密钥的签名无效",
        "the signature of the log's key is not valid",
    ),
    ("log_signature", "no-line-by-a-policy-key"): _NO_LINE,
    ("log_signature", "key-not-for-this-size"): _WRONG_SIZE,
    ("log_signature", "key-retired"): _RETIRED,
    ("signer_signature", "signed"): Pair(
        "检查点由策略所列的以太坊密钥签名（EIP-712）",
        "the checkpoint is signed by an Ethereum key of the policy (EIP-712)",
    ),
    ("signer_signature", "signature-mismatch"): Pair(
        "以太坊密钥的签名无效",
        "the signature of the Ethereum key is not valid",
    ),
    ("signer_signature", "no-line-by-a-policy-key"): _NO_LINE,
    ("signer_signature", "key-not-for-this-size"): _WRONG_SIZE,
    ("signer_signature", "key-retired"): _RETIRED,
    ("signer_signature", "signer-not-in-contract"): Pair(
        "策略所列的密钥签了检查点，而合约从未登记这个密钥",
        "signed by a key of the policy that the contract never had",
    ),
    ("signer_signature", "signer-not-for-this-size"): Pair(
        "策略所列的密钥签了检查点，而合约为 {size} 个条目登记的是另一个密钥",
        "signed by a key of the policy, and the contract has another one for {size} entries",
    ),
    ("signer_signature", "no-place-for-signer-line"): Pair(
        "COSE 回执只有日志密钥的签名，没有以太坊密钥的签名，因此不能证明“已登记”",
        "a COSE receipt has the signature of the log's key and no place for that of the Ethereum"
        " key, so it does not show that the entry is sealed",
    ),
    ("witnesses", "no-place-for-cosignatures"): Pair(
        "策略要求 {quorum} 个见证签名，而 COSE 回执不能附带见证签名",
        "the policy asks for {quorum} cosignatures, and a COSE receipt has no place for any",
    ),
    ("witnesses", "quorum-reached"): Pair(
        "策略所列 {witnesses} 个见证方中有 {cosigned} 个见证了检查点（策略要求 {quorum} 个）",
        "{cosigned} of the policy's {witnesses} witnesses cosigned the checkpoint (it asks for"
        " {quorum})",
    ),
    ("witnesses", "cosignatures-missing"): Pair(
        "策略要求 {quorum} 个见证签名，检查点目前只有 {cosigned} 个",
        "the policy asks for {quorum} cosignatures; the checkpoint has {cosigned} so far",
    ),
    ("witnesses", "cosigned-by-another-key"): Pair(
        "有签名用了见证方的名字或密钥编号，但不是策略所列的密钥；有效的只有 {cosigned} 个",
        "a line has a witness's name or key ID and not the policy's key; only {cosigned} count",
    ),
    ("witnesses", "algorithm-not-here"): Pair(
        "本机的密码库不支持 ML-DSA-44，见证签名未能核验",
        "the cryptographic library of this machine has no ML-DSA-44",
    ),
    ("witnesses", "signature-mismatch"): Pair(
        "策略所列见证方的签名无效",
        "a cosignature by a witness of the policy is not valid",
    ),
    ("consistency", "same-history"): Pair(
        "检查点的日志是已锚定日志的开头部分",
        "the log at this checkpoint is the beginning of the anchored one",
    ),
    ("consistency", "proof-mismatch"): Pair(
        "检查点的日志不是已锚定日志的开头部分",
        "the log at this checkpoint is not the beginning of the anchored one",
    ),
    ("consistency", "not-anchored-yet"): _NOT_ANCHORED,
    ("consistency", "anchor-not-in-policy"): _OTHER_ANCHOR,
    ("chain_evidence", "event-in-block"): Pair(
        "回执所附的区块中有策略所指合约的锚定事件",
        "the block in the receipt holds the anchor's event of the policy's contract",
    ),
    ("chain_evidence", "no-evidence-in-receipt"): Pair(
        "回执没有附带区块证据",
        "the receipt carries no block",
    ),
    ("chain_evidence", "proof-mismatch"): Pair(
        "回执所附的区块中没有这次锚定",
        "the block in the receipt does not hold this anchor",
    ),
    ("anchor", "head-in-contract"): Pair(
        "所询问的节点都确认合约中有这个日志根（大小 {size}，区块 {block}）",
        "every node asked says that the contract holds this head (size {size}, block {block})",
    ),
    ("anchor", "block-vouched-for"): Pair(
        "锚定所在区块 {block} 的哈希由策略或您担保",
        "the hash of the anchor's block {block} is vouched for by the policy or by you",
    ),
    ("anchor", "head-not-in-contract"): Pair(
        "合约中没有大小为 {size} 的日志根",
        "the contract holds no head of size {size}",
    ),
    ("anchor", "another-head-in-contract"): Pair(
        "合约中大小为 {size} 的日志根不同",
        "the contract holds another head of size {size}",
    ),
    ("anchor", "contract-behind"): Pair(
        "合约中的日志还没有到这个大小（{size}）",
        "the contract's log has not reached this size ({size}) yet",
    ),
    ("anchor", "not-anchored-yet"): _NOT_ANCHORED,
    ("anchor", "anchor-not-in-policy"): _OTHER_ANCHOR,
    ("anchor", "node-unreachable"): Pair(
        "节点 {node} 没有给出可用的回答",
        "the node {node} gave no usable answer",
    ),
    ("anchor", "node-on-another-chain"): Pair(
        "节点 {node} 的链、区块或合约代码与策略不同",
        "the node {node} has another chain, block or contract code than the policy",
    ),
    ("anchor", "nodes-disagree"): Pair("各节点的回答不同", "the nodes asked do not agree"),
    ("anchor", "block-not-on-this-chain"): Pair(
        "节点不认识回执所附的区块 {block}",
        "the nodes do not have the receipt's block {block}",
    ),
    ("anchor", "no-node-asked"): Pair(
        "没有询问任何节点，回执也没有区块证据",
        "no node was asked, and the receipt carries no block",
    ),
    ("anchor", "block-hash-to-compare"): Pair(
        "没有人为区块 {block} 的哈希 {block_hash} 担保",
        "nobody vouches for the hash of block {block}, {block_hash}",
    ),
    ("anchor", "another-block-hash-given"): Pair(
        "回执所附区块 {block} 的哈希与策略或您指定的不同",
        "policy or caller vouch for another hash than that of the receipt's block {block}",
    ),
    ("finality", "deep-enough"): Pair(
        "锚定区块 {block} 之后的区块数已达到策略要求的 {depth}",
        "block {block} is at least {depth} deep, as the policy asks",
    ),
    ("finality", "block-vouched-for"): Pair(
        "为区块 {block} 担保者视其为最终",
        "who vouches for block {block} holds it to be final",
    ),
    ("finality", "not-final-yet"): Pair(
        "锚定区块 {block} 之后的区块数不足 {depth}（最新区块 {tip}）",
        "block {block} is not {depth} deep yet (newest block {tip})",
    ),
    ("finality", "no-anchor-confirmed"): Pair(
        "锚定未得到确认，最终性无从核验",
        "no anchor was confirmed, so there is nothing to be final",
    ),
    ("standing", "no-fork-proven"): Pair(
        "所询问的节点都说：没有人证明该日志分叉，日志也没有结束",
        "every node asked says that nobody has shown a fork of this log, and that it goes on",
    ),
    ("standing", "forked-and-anchored"): Pair(
        "该日志曾经分叉，而这份回执能连到链上锚定的历史，因此仍然有效",
        "this log has forked; the receipt leads to the history that was anchored, and holds",
    ),
    ("standing", "log-closed"): Pair(
        "该日志已经结束，这份回执在其最后大小之内",
        "this log has ended, and the receipt is within its last size",
    ),
    ("standing", "log-forked"): Pair(
        "该日志曾经分叉，而这份回执没有连到链上锚定的历史，无法知道它属于哪一边",
        "this log has forked, and the receipt leads to no anchored head: on which side it is cannot"
        " be told",
    ),
    ("standing", "beyond-final-size"): Pair(
        "该日志已在 {final_size} 个条目处结束，更大的日志（{claimed}）永远不会上链",
        "this log ended at {final_size} entries, and a larger one ({claimed}) is never anchored",
    ),
    ("standing", "nodes-disagree"): Pair(
        "各节点对该日志的密钥、分叉或结束说法不同",
        "the nodes asked do not agree on the log's keys, on a fork of it or on its end",
    ),
    ("standing", "standing-not-asked"): Pair(
        "没有就这个日志询问任何节点：是否曾经分叉、是否已经结束、密钥是否停用，都不得而知",
        "no node was asked about this log, so nothing is known of forks, of its end, or of retired"
        " keys",
    ),
    ("standing", "node-unreachable"): Pair(
        "节点 {node} 没有给出可用的回答",
        "the node {node} gave no usable answer",
    ),
    ("standing", "node-on-another-chain"): Pair(
        "节点 {node} 的链、区块或合约代码与策略不同",
        "the node {node} has another chain, block or contract code than the policy",
    ),
    ("not_before", "block-on-chain"): Pair(
        "记录写明的区块 {block} 在链上，因此记录晚于该区块",
        "block {block}, named in the record, is on the chain: the record is younger",
    ),
    ("not_before", "no-block-of-this-chain-in-record"): Pair(
        "记录没有写明这条链的区块，没有时间下限",
        "the record names no block of this chain, so nothing bounds its time from below",
    ),
    ("not_before", "block-not-vouched-for"): Pair(
        "没有人为记录写明的区块 {block} 担保",
        "nobody vouches for block {block}, named in the record",
    ),
    ("not_before", "another-block-at-this-height"): Pair(
        "链上高度 {block} 是另一个区块，时间下限未得到证明",
        "the chain has another block {block} than the record names: no lower bound is proven",
    ),
    ("content", "content-commits"): Pair(
        "所附内容（{type}）得出记录写明的承诺值；内容由其保管方陈述，日志只说明由谁、何时提交",
        "the content beside the record ({type}) has the commitment in the record; what it says is"
        " its keeper's word, and the log's only who submitted it and when",
    ),
    ("content", "commitment-mismatch"): Pair(
        "所附内容不是记录所承诺的内容",
        "the content beside the record is not what the record committed to",
    ),
    ("content", "content-not-a-record"): Pair(
        "所附内容得出该承诺值，但不能组成一份记录",
        "the content leads to the commitment, and does not make a record",
    ),
    ("content", "content-of-another-log"): Pair(
        "所附内容是为日志 {origin} 制作的",
        "the content was made for the log {origin}",
    ),
    ("content", "content-not-here"): Pair(
        "记录只含承诺值，内容由提交方自行保管，回执中没有",
        "the record holds a commitment alone; its content stayed with whoever submitted it, and is"
        " not in this receipt",
    ),
    ("file", "digest-in-record"): Pair(
        "{name} 的 SHA-256 就是记录字段 {field} 的内容",
        "{name}: its SHA-256 stands in the record's field {field}",
    ),
    ("file", "data-of-record"): Pair(
        "{name} 就是当初提交的内容",
        "{name}: is what was submitted",
    ),
    ("file", "submission-of-record"): Pair(
        "{name} 就是当初的提交：其中所写全部在记录中",
        "{name}: is the submission; all that it says stands in the record",
    ),
    ("file", "whole-record"): Pair("{name} 就是这份记录", "{name}: is the whole record"),
    ("file", "part-of-record-hidden"): Pair(
        "{name} 不等于任何已披露的内容，可能是未披露的部分",
        "{name}: equals nothing that is shown, and might be part of what is hidden",
    ),
    ("file", "content-not-here"): Pair(
        "{name} 可能是记录所承诺的内容，而该内容不在回执中",
        "{name}: might be the content that the record commits to, which is not in this receipt",
    ),
    ("file", "file-too-long"): Pair(
        "{name} 太长，没有与记录的内容比对",
        "{name}: is too long to be compared with the record's content",
    ),
    ("file", "file-not-in-record"): Pair(
        "{name} 不是这份记录，不是其 data，也不是其附件",
        "{name}: is neither the record, nor its data, nor one of its attachments",
    ),
}
"""By code of the check and code of the reason; braces are the check's facts."""
