"""The chain of a case: records numbered 0, 1, 2 …, each naming the commitment of the one before.

Nothing here looks at what the records say; see `case_check.py`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from liuhen.domain.incoming import Incoming
from liuhen.domain.rule import Basis, Rule, Shortfall

_TRACE = Basis("电子招标投标办法第14、49条", "E-tendering Measures art. 14, 49")
GAP = Rule(
    "case-gap",
    "案卷缺少第{which_zh}号记录",
    "the case lacks {which}",
    _TRACE,
)
FORK = Rule(
    "case-fork",
    "案卷有两份第{number}号记录",
    "the case has two records with the number {number}",
    _TRACE,
)
BROKEN_LINK = Rule(
    "case-broken-link",
    "第{number}号记录所指的前一记录不是第{before}号记录",
    "record {number} does not name record {before} as the one before it",
    _TRACE,
)
NOT_FIRST = Rule(
    "case-first-link",
    "第0号记录指有前一记录，案卷开头可能被截去",
    "record 0 names one before it: the beginning of the case may have been cut off",
    _TRACE,
)
FOREIGN = Rule(
    "case-foreign-record",
    "记录属于另一案卷“{case}”",
    "the record belongs to another case, {case!r}",
    _TRACE,
)
CUT_OFF = Rule(
    "case-cut-off",
    "日志载明案卷有{count}份记录，此处只到第{last}号，末尾缺失",
    "the log counts {count} records of the case, which end at {last} here: its tail is missing",
    _TRACE,
)
BEYOND = Rule(
    "case-beyond-count",
    "日志载明案卷有{count}份记录，此处却有第{last}号记录",
    "the log counts {count} records of the case, and here is a record {last}",
    _TRACE,
)
OTHER_HEAD = Rule(
    "case-other-head",
    "案卷最后一份记录不是日志所载的那一份",
    "the newest record of the case is not the one that the log names",
    _TRACE,
)
CHAIN_RULES = frozenset({GAP, FORK, BROKEN_LINK, NOT_FIRST, FOREIGN, CUT_OFF, BEYOND, OTHER_HEAD})
LACKING = frozenset({GAP, CUT_OFF})
"""Rules that say of records that they are not there."""


@dataclass(frozen=True, slots=True)
class CaseEntry:
    """One record of a case, with what binds it to the others.

    Attributes:
        record: The record.
        commitment: Its entry in the log, 32 bytes.
        previous: Commitment of the record before it, in hex, as it says itself.
        hidden: JSON pointers of fields that were erased or are not shown.
    """

    record: Incoming
    commitment: bytes
    previous: str | None
    hidden: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ending:
    """Where a case ends, as something else than its records says: the log's own state, a map head.

    Attributes:
        count: How many records it has.
        head: Commitment of the newest, 32 bytes.
    """

    count: int
    head: bytes


def in_order(entries: Sequence[CaseEntry]) -> list[CaseEntry]:
    """Return each record once, by its number in the case; those without one come last."""
    once = {(each.record.record_id, each.commitment): each for each in entries}
    return sorted(once.values(), key=_place)


def _place(entry: CaseEntry) -> tuple[bool, int, datetime]:
    number = entry.record.case_seq
    return number is None, number or 0, entry.record.recorded_at


def check_chain(
    case: str, entries: Sequence[CaseEntry], ending: Ending | None = None
) -> Iterator[Shortfall]:
    """Return what is wrong with the numbers and links of a case.

    Args:
        case: Its code.
        entries: Its records, from `in_order`.
        ending: Where it should end; None where nothing tells.
    """
    last, newest, before = -1, set[bytes](), set[bytes]()
    for entry in entries:
        record, number = entry.record, entry.record.case_seq
        if record.case != case and "/case" not in entry.hidden:
            yield FOREIGN.missed(record.record_id, "/case", case=record.case)
        if number is None:
            continue
        if number == last:
            yield FORK.missed(record.record_id, "/case_seq", number=number)
        else:
            if number > last + 1:
                yield _gap(last + 1, number - 1)
            before = newest if number == last + 1 else set()
            last, newest = number, set()
        newest.add(entry.commitment)
        yield from _check_link(entry, number, before)
    yield from _check_end(last, newest, ending)


def _gap(first: int, last: int) -> Shortfall:
    which, which_zh = f"its records {first} to {last}", f"{first}至{last}"
    if first == last:
        which, which_zh = f"its record {first}", f"{first}"
    return GAP.missed(None, "/case_seq", which=which, which_zh=which_zh)


def _check_link(entry: CaseEntry, number: int, before: set[bytes]) -> Iterator[Shortfall]:
    if "/case_prev" in entry.hidden:
        return
    record_id, field = entry.record.record_id, "/case_prev"
    if number == 0 and entry.previous is not None:
        yield NOT_FIRST.missed(record_id, field)
    if before and entry.previous not in {each.hex() for each in before}:
        yield BROKEN_LINK.missed(record_id, field, number=number, before=number - 1)


def _check_end(last: int, newest: set[bytes], ending: Ending | None) -> Iterator[Shortfall]:
    if ending is None:
        return
    if last + 1 < ending.count:
        yield CUT_OFF.missed(count=ending.count, last=last)
    elif last + 1 > ending.count:
        yield BEYOND.missed(count=ending.count, last=last)
    elif ending.head not in newest and ending.count:
        yield OTHER_HEAD.missed()
