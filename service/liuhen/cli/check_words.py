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
    "not_before": Pair("不早于", "not before"),
    "file": Pair("文件", "file"),
}

SOURCES: Final[dict[str, str]] = {
    "origin": "evidence §6 (1); c2sp.org/tlog-checkpoint",
    "commitment": "evidence §1, §2 (a)-(g); RFC 8785",
    "inclusion": "evidence §4, §6 (2); RFC 9162 §2.1.3.2",
    "log_signature": "evidence §6 (3), §7; c2sp.org/signed-note; RFC 8032 §5.1.7",
    "signer_signature": "evidence §6 (3), §7; EIP-712, EIP-2",
    "witnesses": "evidence §6; c2sp.org/tlog-cosignature",
    "consistency": "evidence §6 (4); RFC 9162 §2.1.4.2",
    "chain_evidence": "evidence §6 (5); EIP-2718; Ethereum Yellow Paper, appendices B and D",
    "anchor": "evidence §6 (6), §8",
    "finality": "evidence §6 (6)",
    "not_before": "evidence §1, Not before, not after",
    "file": "evidence §2, §6; RFC 8785",
}

_NO_LINE = Pair("没有策略所列密钥的签名", "no signature by a key of the trust policy")
_WRONG_SIZE = Pair(
    "签名有效，但该密钥不适用于这个大小的日志",
    "signed by a key that is not good for a log of this size",
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
    ("witnesses", "cosignatures-not-supported"): Pair(
        "策略要求 {quorum} 个见证签名，未核验",
        "the policy asks for {quorum} cosignatures; they were not checked",
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
    ("finality", "not-anchored-yet"): Pair(
        "锚定未得到确认，最终性无从核验",
        "no anchor was confirmed, so there is nothing to be final",
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
    ("file", "digest-in-record"): Pair(
        "{name} 的 SHA-256 就是记录字段 {field} 的内容",
        "{name}: its SHA-256 stands in the record's field {field}",
    ),
    ("file", "data-of-record"): Pair(
        "{name} 就是当初提交的内容",
        "{name}: is what was submitted",
    ),
    ("file", "whole-record"): Pair("{name} 就是这份记录", "{name}: is the whole record"),
    ("file", "part-of-record-hidden"): Pair(
        "{name} 不等于任何已披露的内容，可能是未披露的部分",
        "{name}: equals nothing that is shown, and might be part of what is hidden",
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
