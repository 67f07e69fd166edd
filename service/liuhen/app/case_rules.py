"""The rules of the domain, joined with what they need of one log: calendar, marks, a setting."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from liuhen.app.rows import record_members
from liuhen.core.draft import Draft
from liuhen.core.errors import RecordRefused
from liuhen.domain.admission import CaseState, admit, learn
from liuhen.domain.catalogue import CATALOGUE
from liuhen.domain.facts import NO_FACTS, Facts, RuleContext
from liuhen.domain.incoming import Incoming, incoming_of
from liuhen.domain.record_type import Replacement
from liuhen.ports import LogReading, StoredRecord

AT_ONCE: Final = 500
"""Records of a case that are read in one go."""

ReadCase = Callable[[str, int, int], Sequence[StoredRecord]]
"""Returns records of a case from a number on, at most so many."""


class RefusedForAnother(RecordRefused):
    """A refusal that is to be kept in the log: what to log is in `replacement`."""

    def __init__(self, refusal: RecordRefused, replacement: Replacement) -> None:
        """Carry the refusal and what is to be logged."""
        super().__init__(
            refusal.field, refusal.rule, rule_code=refusal.rule_code, rule_zh=refusal.rule_zh
        )
        self.replacement = replacement


@dataclass(frozen=True, slots=True)
class CaseRules:
    """Admits records to the cases of one log.

    Attributes:
        context: Calendar and marks.
        takes_counted: The log takes records whose number is secret without slots.
    """

    context: RuleContext
    takes_counted: bool = False

    def admit(
        self, state: CaseState | None, draft: Draft, recorded_at: str, *, by_service: bool
    ) -> Facts:
        """Return the facts of a case after a record.

        Raises:
            RecordRefused: A rule forbids the record.
            RefusedForAnother: The same, and another record is to be logged in its place.
        """
        record = _incoming(draft, state, recorded_at)
        try:
            return admit(
                state,
                record,
                self.context,
                by_service=by_service,
                takes_counted=self.takes_counted,
            )
        except RecordRefused as refusal:
            replacement = self._replacement(state, record)
            if replacement is None or not refusal.rule_code:
                raise
            raise RefusedForAnother(refusal, replacement) from refusal

    def state_of(self, store: LogReading, case: str) -> CaseState | None:
        """Return the state of a case with its facts; None where there is no such case."""
        state = store.case_state(case)
        return None if state is None else self.complete(state, store.case_records)

    def facts_of(self, store: LogReading, case: str) -> Facts:
        """Return what is known of a case."""
        state = self.state_of(store, case)
        return NO_FACTS if state is None or state.facts is None else state.facts

    def complete(self, state: CaseState, read: ReadCase) -> CaseState:
        """Return a state whose facts are known; read the case where they are not."""
        if state.facts is not None:
            return state
        return state.knowing(self.learn(state.case, read))

    def learn(self, case: str, read: ReadCase) -> Facts:
        """Return the facts that the records of a case make."""
        facts, start = NO_FACTS, 0
        while records := read(case, start, AT_ONCE):
            for record in records:
                facts = learn(facts, incoming_of(record_members(record)), self.context)
            start += len(records)
        return facts

    def _replacement(self, state: CaseState | None, record: Incoming) -> Replacement | None:
        record_type = CATALOGUE.get(record.type)
        if record_type is None or state is None or state.facts is None:
            return None
        return record_type.replace(state.facts, record, self.context)


def _incoming(draft: Draft, state: CaseState | None, recorded_at: str) -> Incoming:
    return incoming_of(
        {
            "type": draft.type,
            "record_id": draft.record_id,
            "case": draft.case,
            "case_seq": None if state is None else state.count,
            "occurred_at": draft.occurred_at,
            "recorded_at": recorded_at,
            "supersedes": draft.supersedes,
            "submitter": draft.submitter,
            "links": draft.links,
            "data": draft.data,
        }
    )
