"""What `liuhen proof check` says, in Chinese and English; the checks are in `check_words.py`."""

from typing import Final

from liuhen.cli.words import Pair
from liuhen.core.proof_check import MEMBERSHIP, POSITION

MATCH: Final = Pair(
    "一致。这个条目在日志中，由信任策略所列的密钥签名。",
    "Match. This entry is in the log, as signed by keys of the trust policy.",
)
DIFFERENT: Final = Pair(
    "不一致。这份证明与条目、签名或日志相矛盾。",
    "Different. This proof contradicts the entry, a signature, or the log.",
)
MALFORMED: Final = Pair(
    "无法读取。证明、回执或信任策略文件不完好，因此没有进行核验。",
    "Not readable. Proof, receipt or trust policy is not intact, so nothing was checked.",
)

CLAIMS: Final[dict[str, Pair]] = {
    POSITION: Pair(
        "这种证明只说明条目已登记，是日志的第 {entry_index} 号，不涉及上链锚定：锚定请用回执核验。",
        "Such a proof shows that the entry is sealed, as entry {entry_index} of the log. It shows"
        " nothing about the chain: check the receipt for that.",
    ),
    MEMBERSHIP: Pair(
        "COSE 回执只说明条目在日志密钥签名的日志中，不说明它的位置，不足以证明“已登记”"
        "（需要两个签名），也不涉及上链锚定：这些请用回执核验。",
        "A COSE receipt shows that the entry is in a log that the log's key signed. It shows"
        " neither its position, nor that it is sealed (that takes both signatures), nor anything"
        " about the chain: check the receipt for that.",
    ),
}
"""What a proof shows, and what it does not; by the fact `claims`."""

LABELS: Final[dict[str, Pair]] = {
    "entry": Pair("条目", "entry"),
    "log": Pair("日志", "log"),
}

PLACES: Final[dict[str, Pair]] = {
    POSITION: Pair(
        "{log}，第 {entry_index} 号条目，日志大小 {size}",
        "{log}, entry {entry_index} of {size}",
    ),
    MEMBERSHIP: Pair("{log}，日志大小 {size}", "{log}, of {size} entries"),
}

OTHER_PROOF: Final = Pair(
    "请确认证明与条目（或回执）属于同一份记录。若是，这份证明可能被改动过，或不是该日志签发的："
    "请重新取得证明和策略；若仍不一致，请保存全部文件并联系监督部门。",
    "Make sure that proof and entry (or receipt) are of one record. If they are, the proof was"
    " changed, or is not that log's: get proof and policy again; if they still differ, keep all"
    " files and show them to the supervisor.",
)
