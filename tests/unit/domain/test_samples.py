"""Both sample projects in order, and each of their rules broken once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from liuhen.adapters.china_calendar import ChinaCalendar
from liuhen.app.digest_key import DigestKey
from liuhen.core.canonical import canonical_text
from liuhen.core.errors import RecordRefused
from liuhen.domain.admission import CaseState, admit
from liuhen.domain.catalogue import CATALOGUE, check_data
from liuhen.domain.facts import RuleContext, stage_of
from liuhen.domain.incoming import incoming_of
from liuhen.domain.stage import Stage
from scripts.samples import PROJECTS, Sample, project, refused

CONTEXT = RuleContext(ChinaCalendar(), DigestKey(bytes(32)).mark)


@dataclass
class Log:
    """Cases as the writer keeps them."""

    cases: dict[str, CaseState] = field(default_factory=dict)
    numbers: dict[str, str] = field(default_factory=dict)

    def enter(self, sample: Sample) -> None:
        sent = sample.sent(self.numbers)
        check_data(sent["type"], sent["data"])
        number = f"01957b1e-0000-7000-8000-{len(self.numbers):012x}"
        state = self.cases.get(sent["case"], CaseState(sent["case"]))
        record = incoming_of(
            {**sent, "record_id": number, "case_seq": state.count}, "2026-12-31T00:00:00.000Z"
        )
        facts = admit(state, record, CONTEXT, takes_counted=True)
        self.cases[state.case] = state.followed_by(bytes(32), state.count, facts)
        self.numbers[sample.key] = number


def replay(name: str, until: str = "") -> Log:
    log = Log()
    for sample in project(name):
        log.enter(sample)
        if sample.key == until:
            break
    return log


@pytest.mark.parametrize("name", PROJECTS)
def test_a_sample_project_is_admitted_from_entry_to_archive(name: str) -> None:
    log = replay(name)
    cases = [state for state in log.cases.values() if stage_of(state.facts or {})]
    assert [stage_of(state.facts or {}) for state in cases] == [Stage.ARCHIVE]


BREACHES = [(name, sample) for name in PROJECTS for sample in refused(name)]


@pytest.mark.parametrize(("name", "sample"), BREACHES, ids=[each.key for _, each in BREACHES])
def test_what_breaks_a_rule_is_refused_by_that_rule(name: str, sample: Sample) -> None:
    log = replay(name, sample.after)
    assert sample.after in log.numbers
    with pytest.raises(RecordRefused) as caught:
        log.enter(sample)
    assert caught.value.rule_code == sample.rule
    assert caught.value.rule
    assert any("\u4e00" <= letter <= "\u9fff" for letter in caught.value.rule_zh)


@pytest.mark.parametrize("name", PROJECTS)
def test_the_facts_of_a_case_name_nobody(name: str) -> None:
    facts = "".join(canonical_text(dict(s.facts or {})) for s in replay(name).cases.values())
    assert len(facts) < 20_000
    told = set(personal(name))
    assert len(told) > 20
    assert not [text for text in told if text in facts]


def personal(name: str) -> list[str]:
    """Return what names a firm, a person or an expert in a project."""
    names = {"supplier_id", "supplier_name", "expert_token", "party", "name", "token", "person"}
    found: list[str] = []

    def walk(value: Any, member: str = "") -> None:
        if isinstance(value, Mapping):
            for key, inner in value.items():
                walk(inner, key)
        elif isinstance(value, list):
            for inner in value:
                walk(inner, member)
        elif isinstance(value, str) and member in names:
            found.append(value)

    for sample in project(name):
        walk(sample.submission["data"])
        walk(sample.submission["submitter"])
    return found


def test_every_type_of_the_catalogue_that_a_project_has_is_in_a_sample() -> None:
    used = {sample.submission["type"] for name in PROJECTS for sample in project(name)}
    elsewhere = {"generic", "detached", "task", "board_snapshot", "accountability", "access_event"}
    elsewhere |= {"verification_event", "bid_rejection"}
    assert used | elsewhere == {name for name in CATALOGUE if not name.startswith("log.")}
