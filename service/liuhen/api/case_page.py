"""A page of a case, as far as whoever asks may see it; the read is accounted for."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import Query, Request

from liuhen.api.reader import Reader, reader_of
from liuhen.api.reads import account_for_case
from liuhen.api.served_log import ServedLog, ServedLogs
from liuhen.app.showing import ShownCase, ShownRecord, show_case

MOST_SHOWN: Final = 200
Start = Annotated[int, Query(ge=0, description="How many of the shown records to pass over.")]
Limit = Annotated[int, Query(ge=1, le=MOST_SHOWN, description="How many to show at most.")]


@dataclass(frozen=True, slots=True)
class CasePage:
    """Some records of a case.

    Attributes:
        served: The log.
        reader: Who reads.
        shown: All that they may see of the case.
        records: Those of the page.
        following: `start` of the next page; None on the last.
    """

    served: ServedLog
    reader: Reader
    shown: ShownCase
    records: Sequence[ShownRecord]
    following: int | None


def case_page(
    logs: ServedLogs, request: Request, case: str, log: str | None, start: int, limit: int
) -> CasePage:
    """Return a page for whoever asks, after the read was logged or counted.

    Raises:
        ProblemRaised: 401 or 422, who reads is not said as it must be.
        Unknown: There is no such log or case, or the reader may not know of it.
        Unavailable: The read cannot be logged, so nothing may be shown.
    """
    reader, served = reader_of(request, logs), logs.get(log)
    publishes = logs.publishes_seat_scores
    shown = show_case(served.store, served.rules, case, reader, publishes_seat_scores=publishes)
    records = shown.records[start : start + limit]
    is_restricted = any(record.is_restricted for record in records)
    account_for_case(logs, served, reader, case, shown.facts, is_restricted=is_restricted)
    end = start + len(records)
    return CasePage(served, reader, shown, records, end if end < len(shown.records) else None)
