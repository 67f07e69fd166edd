"""What an audit says to a person, in Chinese and English: its outcome, and the rule of a finding.

The details of a finding name tables, columns and values, and are for whoever runs the service.
"""

from typing import Final

from liuhen.app.audit.finding import Rule
from liuhen.cli.words import Pair
from liuhen.core.verdict import Outcome

SENTENCES: Final[dict[Outcome, Pair]] = {
    Outcome.MATCH: Pair(
        "一致。数据库、日志与链上的记录全部吻合。",
        "Match. Database, log and chain agree in everything.",
    ),
    Outcome.DIFFERENT: Pair(
        "不一致。数据库中有内容与日志、签名或链上的记录相矛盾。",
        "Different. Something in the database contradicts the log, a signature, or the chain.",
    ),
    Outcome.COULD_NOT_CHECK: Pair(
        "未能全部核验。已核验的部分没有发现矛盾。",
        "Not everything could be checked. Nothing that was checked is contradicted.",
    ),
}
"""The outcomes that an audit can have."""

COUNTS: Final = Pair(
    "{origin}：{size} 个条目，根哈希 {root}；矛盾 {contradictions} 处，未核验 {unknown} 处",
    "{origin}: {size} entries, root hash {root}; {contradictions} contradictions,"
    " {unknown} not checked",
)

MORE: Final = Pair(
    "此后的发现不再逐条列出。", "Further findings are counted and no longer printed."
)

RULES: Final[dict[Rule, Pair]] = {
    Rule.COLUMN: Pair("字段值不是程序会写入的值", "a value that the service never stores"),
    Rule.STRAY: Pair("不属于日志中的任何内容", "a row that belongs to nothing"),
    Rule.MISSING: Pair("缺少应有的数据行", "a row that must be there is not"),
    Rule.ENTRY: Pair("日志条目无法解释", "an entry that cannot be explained"),
    Rule.COMMITMENT: Pair("记录与日志条目不符", "a record that is not what was entered"),
    Rule.RECORD: Pair("记录不合规则或与字段不符", "a record that contradicts itself or its row"),
    Rule.ORDER: Pair("顺序不合规则", "out of order"),
    Rule.CASE: Pair("案卷编号或链接有误", "a case with a gap, a branch or another state"),
    Rule.CASE_MAP: Pair("案卷映射与记录不符", "a case map that the records do not make"),
    Rule.KEYED_DIGEST: Pair("查询摘要与记录不符", "a lookup digest of nothing in the record"),
    Rule.HEAD: Pair("树头与条目不符", "a head that the entries do not have"),
    Rule.TILE: Pair("哈希瓦片与条目不符", "a row of hashes that the entries do not have"),
    Rule.CHECKPOINT: Pair("检查点与条目不符", "a checkpoint of another log or head"),
    Rule.SIGNATURE: Pair("检查点签名无效", "a checkpoint that is not signed as the policy says"),
    Rule.REGISTER: Pair("签名登记簿与日志不符", "a signer's register that is not of this log"),
    Rule.ANCHOR: Pair("锚定记录与日志不符", "an anchor that contradicts the log or itself"),
    Rule.ATTEMPT: Pair("锚定交易与字段不符", "a signed tx that says something else than its row"),
    Rule.EVIDENCE: Pair("链上证据与锚定不符", "chain evidence that does not prove the anchor"),
    Rule.CONTRACT: Pair("与合约中的记录不符", "the contract keeps something else"),
    Rule.NOT_CHECKED: Pair("未能核验", "could not be checked"),
}
"""One for each rule; a test compares them."""
