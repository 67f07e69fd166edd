"""Cases replayed: every record has the next number, and every map head the map that follows."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from liuhen.app.audit.case_facts import find_contradiction
from liuhen.app.audit.cells import Cells
from liuhen.app.audit.finding import Fault, Findings, Rule, shown
from liuhen.app.audit.opening import Opened
from liuhen.core.canonical import canonical_text
from liuhen.core.case_map import SALT_BYTES, CaseMap, case_key, case_value
from liuhen.core.log_entry import MAP_HEAD_INTERVAL, map_head_entry
from liuhen.core.strict_json import AS_STORED, parse_json
from liuhen.domain.admission import RULES_VERSION, is_sealed, learn
from liuhen.domain.facts import Facts, RuleContext
from liuhen.domain.incoming import incoming_of
from liuhen.ports import StoredTables


@dataclass(slots=True)
class _Case:
    """A case as far as it has been replayed."""

    name: str
    count: int = 0
    head: bytes = b""
    last_index: int = -1
    salt: bytes = b""
    facts: Facts = field(default_factory=dict)
    is_erased: bool = False


class Replay:
    """All cases of a log, in memory: some 500 bytes each."""

    def __init__(self, found: Findings, origin: str, context: RuleContext | None) -> None:
        """Begin before entry 0; without marks the facts of cases are not compared."""
        self._found, self._origin, self._context = found, origin, context
        self._by_key: dict[bytes, _Case] = {}
        self._changed: set[bytes] = set()
        self._map = CaseMap()
        self.map_head = -1

    def record(self, opened: Opened, index: int, entry: bytes) -> None:
        """Meet a record.

        Raises:
            Fault: It is not the next of its case.
        """
        name = opened.member("case")
        if not isinstance(name, str):
            return
        key = case_key(self._origin, name)
        case = self._by_key.setdefault(key, _Case(name))
        count, head = case.count, case.head
        case.count, case.head, case.last_index = count + 1, entry, index
        self._changed.add(key)
        if opened.withheld():
            case.is_erased = True
        if self._context is not None:
            case.facts = learn(case.facts, incoming_of(opened.known()), self._context)
        if opened.member("case_seq") != count:
            raise Fault(
                Rule.CASE, f"case_seq is {opened.member('case_seq')}, its case has {count} records"
            )
        if opened.member("case_prev") != (head.hex() or None):
            raise Fault(
                Rule.CASE,
                f"case_prev is {shown(opened.member('case_prev'))} in place of"
                f" {shown(head.hex() or None)}",
            )

    def map_head_at(self, index: int, entry: bytes, cells: Cells, mapped: Sequence[Cells]) -> None:
        """Meet a map head, with the rows of the cases that it says something new of.

        Raises:
            Fault: It commits to another map than the records before it make.
        """
        if index - self.map_head > MAP_HEAD_INTERVAL + 1 or self.map_head == index - 1 >= 0:
            what = f"the map head before is entry {self.map_head}"
            self._found.note(Rule.ORDER, cells.table, cells.key, what)
        self.map_head = index
        for row in mapped:
            with self._found.about(row.table, row.key, Rule.CASE_MAP):
                self._take(row)
        if self._changed:
            missing = ", ".join(sorted(self._by_key[key].name for key in self._changed)[:3])
            count, self._changed = len(self._changed), set()
            raise Fault(Rule.CASE_MAP, f"{count} changed cases are not in the map: {missing}")
        root = self._map.root()
        cells.expect("root", root, Rule.CASE_MAP)
        if entry != map_head_entry(index, root):
            raise Fault(Rule.ENTRY, f"the entry is {shown(entry)}, not that of the map's root")

    def compare_states(self, tables: StoredTables) -> None:
        """Compare the stored states of all cases with what the records made of them."""
        missing = {case.name: case for case in self._by_key.values()}
        for row in tables.rows("case_state", ["case"]):
            cells = Cells("case_state", ("case",), row)
            with self._found.about(cells.table, cells.key, Rule.CASE):
                case = missing.pop(cells.text("case"), None)
                if case is None:
                    raise Fault(Rule.STRAY, "no record of the log belongs to this case")
                cells.expect("count", case.count, Rule.CASE)
                cells.expect("head", case.head, Rule.CASE)
                cells.expect("last_index", case.last_index, Rule.CASE)
                self._compare_facts(cells, case)
        for name in sorted(missing):
            self._found.note(Rule.MISSING, "case_state", f"case={name!r}", "is not stored")

    def _compare_facts(self, cells: Cells, case: _Case) -> None:
        """Compare what the rules know of a case with what its records say.

        What an erasure took from a record may still stand there as a mark, and facts made by older
        rules are made anew before they are used.
        """
        rules, facts = cells.integer("rules"), cells.text("facts")
        if rules > RULES_VERSION:
            raise Fault(Rule.CASE, f"its facts are by rules {rules}, newer than {RULES_VERSION}")
        if self._context is None or rules != RULES_VERSION:
            return
        if cells.truth("sealed") is not is_sealed(case.facts):
            raise Fault(Rule.CASE, "its records say otherwise of whether it is sealed")
        if not case.is_erased and facts != canonical_text(dict(case.facts)):
            raise Fault(Rule.CASE, "its facts are not those that its records make")
        place = find_contradiction(parse_json(facts.encode(), AS_STORED), case.facts)
        if place is not None:
            raise Fault(Rule.CASE, f"its facts are not those that its records make, at {place!r}")

    def _take(self, row: Cells) -> None:
        """Enter what a map head says of one case."""
        key, salt = row.blob("case_key", 32), row.blob("salt", SALT_BYTES)
        case = self._by_key.get(key)
        if case is None:
            raise Fault(Rule.STRAY, "no case of the log has this key")
        self._changed.discard(key)
        self._map.set(key, case_value(salt, case.count, case.head))
        reused, case.salt = salt == case.salt, salt
        row.expect("count", case.count, Rule.CASE_MAP)
        row.expect("head", case.head, Rule.CASE_MAP)
        if reused:
            raise Fault(Rule.CASE_MAP, "the salt is that of the map head before")
