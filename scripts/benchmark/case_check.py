"""What the check of a long case costs: the sample project, and two thousand records in all."""

import itertools
import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from liuhen.adapters.sql.engine import Database, sqlite_url
from liuhen.adapters.sql.log_store import SqlLogs, SqlLogStore
from liuhen.adapters.sql.migrate import migrate
from liuhen.app.check_case import read_case
from liuhen.app.open_log import find_or_create_log
from liuhen.core.canonical import canonical
from liuhen.core.verdict import Outcome
from liuhen.domain.case_time import TimeLimits
from liuhen.wiring.diagnostics import set_up_diagnostics
from tests.fakes.assembled_log import ORIGIN, AssembledLog
from tests.fakes.clock import FakeClock

RECORDS, ROUNDS = 2_000, 15
SAMPLE = Path(__file__).parents[1] / "sample" / "zc" / "project.jsonl"
AFTERWARDS = datetime(2027, 1, 4, 1, tzinfo=UTC)
"""When the records come in: by the log's clock, too, nothing is opened before its deadline."""


class Costs(NamedTuple):
    """Milliseconds; of many rounds the one that others disturbed least.

    Attributes:
        read: Reading the records and putting them together.
        check: Checking them.
        contents: Holding each against its entry besides.
    """

    read: float
    check: float
    contents: float


def case_costs(folder: Path) -> Costs:
    """Store a case of two thousand records, and check it again and again."""
    set_up_diagnostics("warning")
    folder.mkdir()
    database = Database(sqlite_url(folder))
    migrate(database)
    found = find_or_create_log(SqlLogs(database), FakeClock(), ORIGIN)
    log = AssembledLog(SqlLogStore(database, found.log_id)).open()
    log.clock.present = AFTERWARDS
    case = _fill(log)
    read, check = [], []
    for _ in range(ROUNDS):
        begin = time.perf_counter()
        stored = read_case(log.store, case)
        read.append(time.perf_counter() - begin)
        assert stored is not None
        begin = time.perf_counter()
        report = stored.check(log.rules.context, log.clock.now(), _NEVER_LATE)
        check.append(time.perf_counter() - begin)
    assert (report.count, report.outcome) == (RECORDS, Outcome.MATCH), report.to_json()
    begin = time.perf_counter()
    read_case(log.store, case, contents=True)
    contents = time.perf_counter() - begin - min(read)
    log.close()
    database.close()
    return Costs(*(1e3 * each for each in (min(read), min(check), contents)))


_NEVER_LATE = TimeLimits(*[20 * TimeLimits().late * 365] * 3)


def _fill(log: AssembledLog) -> str:
    lines = [json.loads(line) for line in SAMPLE.read_text(encoding="utf-8").splitlines()]
    case: str = lines[0]["submission"]["case"]
    own = [line for line in lines if line["submission"]["case"] == case]
    more = _more(RECORDS - len(own))
    numbers: dict[str, str] = {}
    for line in own:
        submission = dict(line["submission"])
        if "supersedes" in line:
            submission["supersedes"] = numbers[line["supersedes"]]
        if submission["type"] == "opening_record":
            for extra in more:
                _append(log, {**extra, "case": case, "occurred_at": submission["occurred_at"]})
        if submission["type"] == "case_closing":
            submission["data"] = {**submission["data"], "count": RECORDS - 1}
        numbers[line["key"]] = _append(log, submission)
    return case


def _append(log: AssembledLog, submission: dict[str, Any]) -> str:
    number: str = log.appender.append_here(canonical(submission)).record_id
    return number


def _more(count: int) -> Iterator[dict[str, Any]]:
    """Return records of some kinds that a long project has many of."""
    kinds: list[dict[str, Any]] = [
        {
            "type": "credit_commitment",
            "data": {"action": "given", "supplier_id": "91000000MA0000", "scope": "credit"},
        },
        {
            "type": "access_event",
            "data": {"reader": "审计员", "role": "auditor", "ground": "审计", "hour": "10"},
        },
        {"type": "site_supervision", "data": {"step": "开标", "supervisor": "组", "result": "无"}},
    ]
    for number, kind in enumerate(itertools.islice(itertools.cycle(kinds), count)):
        data = dict(kind["data"])
        if kind["type"] == "credit_commitment":
            data["supplier_id"] += f"{number:04d}"
        data |= {f"note_{name}": f"内容 {number}" for name in range(12)}
        yield {"type": kind["type"], "data": data}
