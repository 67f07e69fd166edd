"""Show the records of a case to a reader: what they may see by now, and a lock on the rest.

What is shown depends on nothing that the reader may not know. Before the opening that includes how
many records there are: a record that may not be known of is left out as if it were not there, no
place in the case is told, and locks are made from types.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from liuhen.app.case_rules import AT_ONCE, CaseRules
from liuhen.app.rows import record_members
from liuhen.core.canonical import JsonObject, JsonValue
from liuhen.core.errors import Unknown
from liuhen.domain.admission import CaseState
from liuhen.domain.catalogue import CATALOGUE
from liuhen.domain.catalogue.tender_document import deadline_of
from liuhen.domain.facts import NO_FACTS, Facts, regime_of, stage_of
from liuhen.domain.field import Field
from liuhen.domain.incoming import Incoming, incoming_of
from liuhen.domain.lock import Lock, locks_of
from liuhen.domain.ownership import Ownership, ownership
from liuhen.domain.reader import Reader
from liuhen.domain.reading import Members
from liuhen.domain.regime import Regime
from liuhen.domain.stage import Stage
from liuhen.domain.visibility import Level, may_see, visibility
from liuhen.ports import LogReading, StoredRecord

_TOLD = ("type", "occurred_at", "recorded_at", "case_seq", "case_prev", "record_id", "supersedes")
_SUBMITTER = ("organisation", "system", "person", "network_address")


@dataclass(frozen=True, slots=True)
class ShownRecord:
    """One record as a reader sees it.

    Attributes:
        stored: The record, of which nothing else may be told.
        members: Members of the envelope that are shown.
        data: What is shown of `data`.
        locks: What is not, and why.
        is_restricted: Whether something is shown for the reader's role alone.
    """

    stored: StoredRecord
    members: JsonObject
    data: JsonObject
    locks: tuple[Lock, ...]
    is_restricted: bool


@dataclass(frozen=True, slots=True)
class ShownCase:
    """A case as a reader sees it.

    Attributes:
        case: Case code.
        regime: Of its project.
        stage: How far its project has come.
        facts: What is known of it; not for the reader.
        records: By their order in the case.
    """

    case: str
    regime: Regime | None
    stage: Stage | None
    facts: Facts
    records: tuple[ShownRecord, ...]


def show_case(
    store: LogReading,
    rules: CaseRules,
    case: str,
    reader: Reader,
    *,
    publishes_seat_scores: bool = False,
) -> ShownCase:
    """Return a case as a reader may see it.

    Args:
        store: The log.
        rules: Its rules.
        case: Case code.
        reader: Who reads.
        publishes_seat_scores: Whether the place publishes them.

    Raises:
        Unknown: There is no such case, or the reader may not know of any record in it.
    """
    # The state is read before the records: what is appended in between is shown as it stood then.
    state = rules.state_of(store, case)
    facts = NO_FACTS if state is None or state.facts is None else state.facts
    read = [] if state is None else list(_read(store, state))
    owned = ownership(reader, (incoming for _, _, incoming in read))
    eyes = _Eyes(regime_of(facts), stage_of(facts), owned, publishes_seat_scores)
    shown = tuple(
        eyes.shown(stored, members, incoming)
        for stored, members, incoming in read
        if eyes.knows_of(incoming)
    )
    if not shown:
        raise Unknown(f"this log has no case {case[:64]!r}")
    return ShownCase(case, eyes.regime, eyes.stage, facts, shown)


def opening_day(facts: Facts) -> str | None:
    """Return when bids are opened, as far as it was published: the deadline of the document."""
    deadline = deadline_of(facts)
    return None if deadline is None else deadline.isoformat()


def _read(
    store: LogReading, state: CaseState
) -> Iterator[tuple[StoredRecord, JsonObject, Incoming]]:
    for start in range(0, state.count, AT_ONCE):
        for record in store.case_records(state.case, start, min(AT_ONCE, state.count - start)):
            members = record_members(record)
            yield record, members, incoming_of(members)


@dataclass(frozen=True, slots=True)
class _Eyes:
    """What one reader sees of one case as it stands."""

    regime: Regime | None
    stage: Stage | None
    owned: Ownership
    publishes: bool

    def knows_of(self, record: Incoming) -> bool:
        """Return whether the reader may know that there is this record."""
        level = self._level(record.type, ("type",))
        return may_see(level, self.owned.reader.role, owns=self.owned.owns(record))

    def shown(self, stored: StoredRecord, members: JsonObject, record: Incoming) -> ShownRecord:
        """Return what is shown of a record."""
        look = _Look(self, record.type, [])
        owns = self.owned.owns(record)
        told: JsonObject = {
            name: members.get(name) for name in _TOLD if look.sees((name,), owns=owns)
        }
        submitter = members.get("submitter")
        if isinstance(submitter, dict):
            whose: JsonObject = {
                name: submitter.get(name)
                for name in _SUBMITTER
                if look.sees(("submitter", name), owns=owns)
            }
            told |= {"submitter": whose} if whose else {}
        attachments = members.get("attachments")
        if attachments and look.sees(("attachments",), owns=owns):
            told["attachments"] = attachments
        record_type = CATALOGUE.get(record.type)
        fields = {} if record_type is None else record_type.table.by_name
        data = look.part(fields, record.data, ("data",), owns=owns)
        locks = locks_of(
            self.regime,
            record.type,
            self.stage,
            self.owned.reader.role,
            owns=owns,
            publishes_seat_scores=self.publishes,
        )
        return ShownRecord(stored, told, data, locks, is_restricted=bool(look.restricted))

    def _level(self, name: str, path: tuple[str, ...]) -> Level:
        return visibility(
            self.regime,
            name,
            path,
            self.stage,
            self.owned.reader.role,
            publishes_seat_scores=self.publishes,
        )


@dataclass(frozen=True, slots=True)
class _Look:
    """A look at one record; notes what is seen for the reader's role alone."""

    eyes: _Eyes
    type: str
    restricted: list[tuple[str, ...]]

    def sees(self, path: tuple[str, ...], *, owns: bool) -> bool:
        """Return whether a value is seen."""
        level = self.eyes._level(self.type, path)  # noqa: SLF001 -- one thing in two parts
        may = may_see(level, self.eyes.owned.reader.role, owns=owns)
        if may and level is Level.RESTRICTED:
            self.restricted.append(path)
        return may

    def part(
        self, fields: Mapping[str, Field], value: Members, path: tuple[str, ...], *, owns: bool
    ) -> JsonObject:
        """Return what is seen of an object."""
        owns = owns or self.eyes.owned.owns_row(value)
        found: JsonObject = {}
        for name, member in value.items():
            field = fields.get(name)
            if field is None:
                continue
            inner = (*path, name)
            if not field.fields or member is None:
                if self.sees(inner, owns=owns):
                    found[name] = member
                continue
            shown = self._inside(field.fields, member, inner, owns=owns)
            if shown:
                found[name] = shown
        return found

    def _inside(
        self, fields: Iterable[Field], member: JsonValue, path: tuple[str, ...], *, owns: bool
    ) -> JsonValue:
        by_name = {field.name: field for field in fields}
        if isinstance(member, dict):
            return self.part(by_name, member, path, owns=owns)
        if not isinstance(member, list):
            return None
        rows = [self.part(by_name, row, path, owns=owns) for row in member if isinstance(row, dict)]
        return [row for row in rows if row]
