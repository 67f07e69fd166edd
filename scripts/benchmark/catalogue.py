"""What the catalogue costs a record on the append path: its form, and its place in its case."""

import timeit
from collections.abc import Iterator

from liuhen.adapters.china_calendar import ChinaCalendar
from liuhen.app.digest_key import DigestKey
from liuhen.core.canonical import JsonObject, JsonValue
from liuhen.domain.admission import CaseState, admit
from liuhen.domain.catalogue import check_data
from liuhen.domain.facts import RuleContext
from liuhen.domain.incoming import Incoming, incoming_of
from scripts.samples import PROJECTS, project

CONTEXT = RuleContext(ChinaCalendar(), DigestKey(bytes(32)).mark)
Step = tuple[CaseState, Incoming, JsonValue]


def catalogue_microseconds() -> float:
    """Return the cost of a record, the mean over both sample projects, the best of many rounds."""
    steps = [step for name in PROJECTS for step in _steps(name)]

    def all_of_them() -> None:
        for state, record, data in steps:
            check_data(record.type, data)
            admit(state, record, CONTEXT, takes_counted=True)

    return 1e6 * min(timeit.repeat(all_of_them, number=5, repeat=40)) / (5 * len(steps))


def _steps(name: str) -> Iterator[Step]:
    """Return every record of a project and its data, with the state of its case before it."""
    states: dict[str, CaseState] = {}
    numbers: dict[str, str] = {}
    for place, sample in enumerate(project(name)):
        members: JsonObject = sample.sent(numbers)
        record_id = numbers[sample.key] = f"01936b2e-7c00-7000-8000-{place:012x}"
        case = str(members["case"])
        state = states.get(case, CaseState(case))
        whole = {"supersedes": None, "submitter": None, "links": None, **members}
        whole |= {"record_id": record_id, "case_seq": state.count}
        whole["recorded_at"] = whole["occurred_at"]
        record = incoming_of(whole)
        facts = admit(state, record, CONTEXT, takes_counted=True)
        states[case] = state.followed_by(bytes(32), place, facts)
        yield state, record, whole["data"]
