"""The receipts of a case, as a service hands them out to whoever may see its records.

All of it is the service's word. What a receipt is worth, examining it tells; which receipts were
left out, their numbers in the case do.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import quote, urlencode

from liuhen.client.exchange import Exchange
from liuhen.client.key_holder import KeyHolder, fields_of
from liuhen.client.stored import StoredReceipt
from liuhen.core.errors import Malformed
from liuhen.core.receipt import SCHEMA
from liuhen.core.strict_json import parse_json

MOST: Final = 1_000_000
"""Records of a case that are taken; a service may answer without end."""

_WITHHELD: Final = "withheld-record/v1"
_RECEIPT: Final = f'"schema":"{SCHEMA}"'.encode()
_NEXT: Final = "liuhen-next"


@dataclass(frozen=True, slots=True)
class WithheldRecord:
    """A record of which the service gives no receipt to this reader.

    Attributes:
        type: Its type, as the service says.
        case_seq: Its number in the case, as the service says; None where it does not.
    """

    type: str
    case_seq: int | None


@dataclass(frozen=True, slots=True)
class CaseReceipts:
    """What a service hands out of a case.

    Attributes:
        receipts: Of each record one, in the order of the case.
        withheld: Records without.
    """

    receipts: Sequence[StoredReceipt] = ()
    withheld: Sequence[WithheldRecord] = ()


@dataclass(slots=True)
class _Found:
    receipts: dict[str, StoredReceipt] = field(default_factory=dict)
    withheld: dict[bytes, WithheldRecord] = field(default_factory=dict)


def fetch_case(
    exchange: Exchange, case: str, holder: KeyHolder | None, log_name: str | None
) -> CaseReceipts:
    """Fetch the receipts of a case, page by page.

    Raises:
        Unknown: There is no such case, or it is not to be known.
        Malformed: The service answers what is no receipt, or without end.
        Unavailable: The key would go over a network in clear; nothing was sent.
    """
    fields = {**fields_of(holder, exchange), "accept": "application/x-ndjson"}
    path = f"/v1/cases/{quote(case, safe='')}/receipts"
    found, start = _Found(), 0
    while True:
        query = {"start": str(start)} | ({} if log_name is None else {"log": log_name})
        answer = exchange.get_answer(f"{path}?{urlencode(query)}", fields)
        for line in answer.content.splitlines():
            _take(found, line)
        following = answer.headers.get(_NEXT)
        if following is None:
            return CaseReceipts([*found.receipts.values()], [*found.withheld.values()])
        if not following.isascii() or not following.isdecimal() or int(following) <= start:
            raise Malformed("the service names a next page that does not follow")
        start = int(following)
        if start > MOST:
            raise Malformed(f"the service tells of more than {MOST} records of the case")


def _take(found: _Found, line: bytes) -> None:
    """Take a line; what an earlier page had is there once."""
    value = None if _RECEIPT in line else parse_json(line)
    if not isinstance(value, dict) or value.get("schema") != _WITHHELD:
        receipt = StoredReceipt.parse(line)
        found.receipts[receipt.record_id] = receipt
        return
    kind, number = value.get("type"), value.get("case_seq")
    found.withheld[line] = WithheldRecord(
        kind if isinstance(kind, str) else "", number if type(number) is int else None
    )
