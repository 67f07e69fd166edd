"""Log reads: who saw what is restricted, once a reader, case and hour.

The record is in the log before the content is answered. Its idempotency key is made from reader,
case and hour under the log's secret key, so it is one record however many processes serve, and
nobody can take the key first. A board or a ledger is of many cases: its read belongs to none.

While a case is sealed its count is a secret, and places in it are told to those who sent records of
other types; a read must move neither. So until the opening a read is entered outside of the case,
and names it in a field that only those who oversee see.
"""

from datetime import datetime
from typing import Final

from liuhen.app.append import Appender
from liuhen.app.case_rules import CaseRules
from liuhen.core.canonical import JsonObject, canonical, canonical_text
from liuhen.core.errors import IdempotencyMismatch, RecordRefused, Unavailable
from liuhen.domain.admission import is_sealed
from liuhen.domain.facts import Facts
from liuhen.domain.reader import Reader
from liuhen.domain.reading import BEIJING

SYSTEM: Final = "liuhen"
TYPE: Final = "access_event"


def log_case_read(
    append: Appender, rules: CaseRules, reader: Reader, case: str, facts: Facts, now: datetime
) -> None:
    """Make sure that the log holds this reader's read of a case in this hour.

    Args:
        append: Adds the record.
        rules: The log's rules.
        reader: Who reads; has a name.
        case: What they read.
        facts: What is known of it.
        now: The time.

    Raises:
        Unavailable: It cannot be logged, so nothing may be shown.
    """
    within = None if is_sealed(facts) else case
    _log(append, rules, reader, {"of_case": case}, within, now)


def log_board_read(
    append: Appender, rules: CaseRules, reader: Reader, kind: str, now: datetime
) -> None:
    """Make sure that the log holds this reader's read of a board or ledger in this hour.

    It is of many cases, and entered outside of all.

    Args:
        append: Adds the record.
        rules: The log's rules.
        reader: Who reads; has a name.
        kind: Record type that the board is of.
        now: The time.

    Raises:
        Unavailable: It cannot be logged, so nothing may be shown.
    """
    _log(append, rules, reader, {"of_board": kind}, None, now)


def _log(
    append: Appender,
    rules: CaseRules,
    reader: Reader,
    read: JsonObject,
    case: str | None,
    now: datetime,
) -> None:
    hour = now.astimezone(BEIJING).strftime("%Y-%m-%dT%H%z")
    who = canonical_text([TYPE, reader.role, reader.name, read, hour])
    data: JsonObject = {"hour": hour, "reader": reader.name, "role": str(reader.role), **read}
    if reader.ground is not None:
        data["ground"] = reader.ground
    body: JsonObject = {"type": TYPE, "submitter": {"system": SYSTEM}, "data": data}
    if case is not None:
        body["case"] = case
    try:
        append.append_here(canonical(body), idempotency_key=_key(rules, who))
    except IdempotencyMismatch:
        return  # logged before: with another ground, or before the opening
    except RecordRefused as refusal:
        raise Unavailable(f"the read could not be logged: {refusal}") from refusal


def _key(rules: CaseRules, who: str) -> str:
    return "access-" + rules.context.mark(who) + rules.context.mark("\0" + who)
