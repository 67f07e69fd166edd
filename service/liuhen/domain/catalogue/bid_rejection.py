"""Rejection of a bid (投标拒收): it came, and was not taken. The service logs late ones itself."""

from liuhen.domain.field import code, digest, moment, text
from liuhen.domain.record_type import RecordType
from liuhen.domain.sight import OWN_THEN_RESTRICTED

TYPE = RecordType(
    name="bid_rejection",
    zh="投标拒收",
    en="Rejection of a bid",
    counts_before_opening=True,
    fields=(
        text("reason", "拒收理由", "reason", required=True, sight=OWN_THEN_RESTRICTED),
        code("supplier_id", "供应商代码", "supplier", sight=OWN_THEN_RESTRICTED),
        code("bid_id", "投标编号", "bid", sight=OWN_THEN_RESTRICTED),
        moment("received_at", "送达时间", "received at", sight=OWN_THEN_RESTRICTED),
        moment("deadline", "投标截止时间", "bid deadline", sight=OWN_THEN_RESTRICTED),
        digest(
            "ciphertext_sha256",
            "密文摘要",
            "SHA-256 of the sealed bid",
            file_digest=True,
            sight=OWN_THEN_RESTRICTED,
        ),
    ),
)
